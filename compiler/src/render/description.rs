//! What a system is, as constants of the runtime: machines, events, handlers, actors, schemas.
//!
//! They stand in a module of their own within the module of the system, so that no name of a flow can meet theirs. A
//! record type is one constant, however often it is used.

use super::codec::rule;
use super::types::{grouped, ident};
use super::words::{code, doc};
use crate::ir::{
    Actor, Backoff, Event, Field, FieldCheck, Handler, Machine, Outcome, Party, Priority, Queue, Rule, State,
    StateKind, Type, Variable,
};
use crate::plan::Plan;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The constant that says it all, and the module that it is made in.
pub(super) fn description(plan: &Plan<'_>) -> Vec<TokenStream> {
    let system = plan.system;
    let (name, title, flow) = (&system.name, &system.title, system.hash());
    let docs = doc(&[
        "What the system is, as data: machines, events, handlers, actors, schemas.",
        "The engine, HTTP routes, inspection and tests read it.",
    ]);
    let constant = quote! {
        #docs
        pub const DESCRIPTION: ::eventflow::description::SystemDescription =
            ::eventflow::description::SystemDescription {
                name: ::eventflow::describe::text(#name),
                title: ::eventflow::describe::text(#title),
                flow: ::eventflow::describe::text(#flow),
                machines: ::eventflow::describe::list(description::MACHINES),
                actors: ::eventflow::describe::list(description::ACTORS),
            };
    };
    vec![constant, Describer { plan }.module()]
}

struct Describer<'p> {
    plan: &'p Plan<'p>,
}

impl Describer<'_> {
    fn module(&self) -> TokenStream {
        let system = self.plan.system;
        let names: Vec<_> = self.plan.outside.constants.iter().map(ident).collect();
        let machines = system.machines.iter().zip(&names).map(|(machine, name)| {
            let docs = doc(&[&code(&format!("@{}", machine.name))]);
            let described = self.machine(machine);
            quote!(#docs const #name: ::eventflow::description::MachineDescription = #described;)
        });
        let actors = system.actors.iter().map(|actor| self.actor(actor));
        let records = self.plan.outside.records.iter().map(|(id, name)| {
            let record = system.record(*id);
            let name = ident(name);
            let docs = doc(&[&format!("The record {}.", code(&record.name))]);
            let fields = self.fields(&record.fields);
            quote!(#docs const #name: &[::eventflow::description::FieldDescription] = &[#fields];)
        });
        quote! {
            mod description {
                /// The machines, in the order in which the engine is given them.
                pub(super) const MACHINES: &[::eventflow::description::MachineDescription] = &[#(#names),*];
                /// The external actors, in the order in which the engine is given their ports.
                pub(super) const ACTORS: &[::eventflow::description::ActorDescription] = &[#(#actors),*];
                #(#machines)*
                #(#records)*
            }
        }
    }

    fn machine(&self, machine: &Machine) -> TokenStream {
        let name = &machine.name;
        let states = list(machine.states.iter().map(state));
        let initial = number(machine.initial.index());
        let variables = list(machine.variables.iter().map(|variable| self.variable(variable)));
        let identity = match machine.identity {
            Some(id) => {
                let index = number(id.index());
                quote!(::core::option::Option::Some(#index))
            }
            None => quote!(::core::option::Option::None),
        };
        let events = list(machine.events.iter().map(|event| self.event(event)));
        let handlers = list(machine.handlers.iter().map(|handler| self.handler(machine, handler)));
        let queue = queue(&machine.queue);
        quote! {
            ::eventflow::description::MachineDescription {
                name: ::eventflow::describe::text(#name),
                states: #states,
                initial: #initial,
                variables: #variables,
                identity: #identity,
                events: #events,
                handlers: #handlers,
                queue: #queue,
            }
        }
    }

    fn variable(&self, variable: &Variable) -> TokenStream {
        let (name, schema) = (&variable.name, self.schema(&variable.ty));
        let masked = variable.secret.then(|| quote!(.masked()));
        quote!(::eventflow::describe::variable(#name, #schema)#masked)
    }

    fn event(&self, event: &Event) -> TokenStream {
        let (name, fields) = (&event.name, self.fields(&event.fields));
        quote!(::eventflow::describe::event(#name, const { &[#fields] }))
    }

    fn actor(&self, actor: &Actor) -> TokenStream {
        let name = &actor.name;
        let hears = actor.hears.iter().map(|port| {
            let (name, fields) = (&port.name, self.fields(&port.fields));
            quote!(::eventflow::describe::event(#name, const { &[#fields] }))
        });
        quote!(::eventflow::describe::actor(#name, const { &[#(#hears),*] }))
    }

    fn fields(&self, fields: &[Field]) -> TokenStream {
        let fields = fields.iter().map(|field| {
            let (name, schema) = (&field.name, self.schema(&field.ty));
            let masked = field.secret.then(|| quote!(.masked()));
            let presence = if field.required { quote!(required) } else { quote!(optional) };
            quote!(::eventflow::describe::#presence(#name, #schema)#masked)
        });
        quote!(#(#fields),*)
    }

    fn schema(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::String => quote!(::eventflow::schema::Schema::String),
            Type::Number => quote!(::eventflow::schema::Schema::Number),
            Type::Integer => quote!(::eventflow::schema::Schema::Integer),
            Type::Boolean => quote!(::eventflow::schema::Schema::Boolean),
            Type::Time => quote!(::eventflow::schema::Schema::Time),
            Type::Duration => quote!(::eventflow::schema::Schema::Duration),
            Type::List(element) => {
                let element = self.schema(element);
                quote!(::eventflow::describe::list_of(const { &#element }))
            }
            Type::Object => quote!(::eventflow::schema::Schema::Object),
            Type::Record(id) => {
                let name = self.plan.outside.records.get(id).map(ident);
                quote!(::eventflow::describe::record(#name))
            }
            Type::Json => quote!(::eventflow::schema::Schema::Json),
        }
    }

    fn handler(&self, machine: &Machine, handler: &Handler) -> TokenStream {
        let (event, place) = (number(handler.event.index()), &self.plan.place(handler.origin).at);
        let mut said = TokenStream::new();
        if let Some(from) = handler.from {
            let from = party(from);
            said.extend(quote!(.from(#from)));
        }
        said.extend(handler.api.then(|| quote!(.api())));
        said.extend(handler.queued.then(|| quote!(.queued())));
        said.extend(handler.priority.map(priority));
        said.extend(handler.creates.then(|| quote!(.creates())));
        if !handler.checks.is_empty() {
            let checks = handler.checks.iter().map(|check| self.check(machine, check));
            said.extend(quote!(.checks(const { &[#(#checks),*] })));
        }
        if !handler.intended.is_empty() {
            let states = handler.intended.iter().map(|state| number(state.index()));
            said.extend(quote!(.intended(const { &[#(#states),*] })));
        }
        quote!(::eventflow::describe::on(#event, #place)#said)
    }

    fn check(&self, machine: &Machine, check: &FieldCheck) -> TokenStream {
        let (field, required, bail) = (number(check.field.index()), check.required, check.bail);
        let rules = check.rules.iter().map(|of| match of {
            Rule::OneOf(options) => quote! {
                ::eventflow::rules::Rule::OneOf(::eventflow::describe::list(const {
                    &[#(::eventflow::describe::text(#options)),*]
                }))
            },
            Rule::GreaterThan(_)
            | Rule::LessThan(_)
            | Rule::Between(..)
            | Rule::AtLeast(_)
            | Rule::AtMost(_)
            | Rule::MinCharacters(_)
            | Rule::MaxCharacters(_)
            | Rule::Email
            | Rule::Uuid
            | Rule::Url
            | Rule::Custom(_) => rule(machine, of),
        });
        quote!(::eventflow::describe::check(#field, #required, #bail, const { &[#(#rules),*] }))
    }
}

/// A list of descriptions within a constant.
fn list(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    quote!(::eventflow::describe::list(const { &[#(#items),*] }))
}

fn number(value: usize) -> Literal {
    Literal::usize_unsuffixed(value)
}

fn state(state: &State) -> TokenStream {
    let name = &state.name;
    let made = if state.kind == Some(StateKind::Terminal) { quote!(terminal) } else { quote!(state) };
    let outcome = state.outcome.map(|outcome| {
        let outcome = match outcome {
            Outcome::Success => "success",
            Outcome::Failure => "failure",
            Outcome::Neutral => "neutral",
        };
        quote!(.outcome(#outcome))
    });
    quote!(::eventflow::describe::#made(#name)#outcome)
}

fn party(party: Party) -> TokenStream {
    match party {
        Party::Machine(id) => {
            let index = number(id.index());
            quote!(::eventflow::description::Party::Machine(#index))
        }
        Party::Actor(id) => {
            let index = number(id.index());
            quote!(::eventflow::description::Party::Actor(#index))
        }
        Party::System => quote!(::eventflow::description::Party::System),
    }
}

fn priority(priority: Priority) -> TokenStream {
    let name = match priority {
        Priority::Critical => quote!(Critical),
        Priority::High => quote!(High),
        Priority::Normal => quote!(Normal),
        Priority::Low => quote!(Low),
        Priority::Bulk => quote!(Bulk),
    };
    quote!(.priority(::eventflow::description::Priority::#name))
}

fn queue(queue: &Queue) -> TokenStream {
    if *queue == Queue::default() {
        return quote!(::eventflow::description::QueueDescription::DEFAULT);
    }
    let optional = |value: Option<u32>| match value {
        Some(value) => {
            let value = Literal::u32_unsuffixed(value);
            quote!(::core::option::Option::Some(#value))
        }
        None => quote!(::core::option::Option::None),
    };
    let (by_priority, dead_letter) = (queue.by_priority, queue.dead_letter);
    let (workers, limit) = (optional(queue.workers), optional(queue.limit));
    let retries = Literal::u32_unsuffixed(queue.retries);
    let (first, longest) = match queue.backoff {
        Backoff::Fixed(wait) => (wait, wait),
        Backoff::Exponential { from, up_to } => (from, up_to),
    };
    let micros = |wait: i64| grouped(u128::from(wait.unsigned_abs()));
    let (first, longest) = (micros(first), micros(longest));
    quote! {
        ::eventflow::description::QueueDescription {
            by_priority: #by_priority,
            workers: #workers,
            retries: #retries,
            backoff: #first,
            longest_backoff: #longest,
            dead_letter: #dead_letter,
            limit: #limit,
        }
    }
}
