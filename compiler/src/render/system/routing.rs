//! What machines say, against what their recipients read: exhaustive over machine, message and field.
//!
//! Every module has types of its own, so that it compiles alone. Here they meet: where a sender and its recipient have
//! drifted apart (one was generated anew and the other was not), this does not compile.

use super::module;
use crate::ir::{EventId, Field, Machine, MachineId, Message, RecordId, Target, Type};
use crate::plan::{MachinePlan, Plan, StructPlan};
use crate::render::structs::rest;
use crate::render::types::ident;
use crate::render::words::{code, doc};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

/// The checks of all machines.
pub(super) fn checks(plan: &Plan<'_>) -> Vec<TokenStream> {
    let machines = plan.system.machines.iter().zip(&plan.machines);
    machines
        .flat_map(|(machine, planned)| sent(plan, machine, planned).into_iter().chain(asked(plan, machine, planned)))
        .collect()
}

/// The check of what a machine sends.
fn sent(plan: &Plan<'_>, machine: &Machine, planned: &MachinePlan) -> Option<TokenStream> {
    let module = module(planned);
    let mut arms = TokenStream::new();
    for (message, named) in machine.messages.iter().zip(&planned.messages) {
        let Some(variant) = &named.variant else { continue };
        let variant = ident(variant);
        let heard = heard(plan, machine, message);
        arms.extend(match (message.fields.is_empty(), heard) {
            (true, None) => quote!(#module::Emit::#variant => {}),
            (false, None) => quote!(#module::Emit::#variant(_) => {}),
            (true, Some(heard)) => {
                let made = Meeting { plan, from: &planned.records }.payload(&[], &[], &heard);
                quote!(#module::Emit::#variant => { let _ = #made; })
            }
            (false, Some(heard)) => {
                let (pattern, payload) = (pattern(&module, &named.payload), boxed(&named.payload));
                let made =
                    Meeting { plan, from: &planned.records }.payload(&message.fields, &named.payload.fields, &heard);
                quote!(#module::Emit::#variant(said) => { let #pattern = #payload; let _ = #made; })
            }
        });
    }
    (!arms.is_empty()).then(|| {
        let docs = format!("Whatever {} says can be read by whom it says it to.", code(&format!("@{}", machine.name)));
        check(&docs, &quote!(#module::Emit), &quote!(match said { #arms }))
    })
}

/// The checks of what a machine only calls.
fn asked(plan: &Plan<'_>, machine: &Machine, planned: &MachinePlan) -> Vec<TokenStream> {
    let module = module(planned);
    let called = machine.messages.iter().zip(&planned.messages);
    let called = called.filter(|(message, named)| named.variant.is_none() && !message.fields.is_empty());
    let checks = called.filter_map(|(message, named)| {
        let heard = heard(plan, machine, message)?;
        let name = ident(&named.payload.name);
        let pattern = pattern(&module, &named.payload);
        let made = Meeting { plan, from: &planned.records }.payload(&message.fields, &named.payload.fields, &heard);
        let docs = format!(
            "What {} asks with {} can be read.",
            code(&format!("@{}", machine.name)),
            code(&format!(":{}", message.event))
        );
        Some(check(&docs, &quote!(#module::says::#name), &quote!(let #pattern = said; let _ = #made;)))
    });
    checks.collect()
}

/// A function that nobody calls: it is enough that it compiles.
fn check(docs: &str, said: &TokenStream, statements: &TokenStream) -> TokenStream {
    let docs = doc(&[docs]);
    quote! {
        #docs
        const _: fn(#said) -> ::core::result::Result<(), ::eventflow::Mismatch> = {
            fn reads(said: #said) -> ::core::result::Result<(), ::eventflow::Mismatch> {
                #statements
                ::core::result::Result::Ok(())
            }
            reads
        };
    }
}

/// Takes a payload apart; a field that nobody expects does not compile.
fn pattern(module: &TokenStream, payload: &StructPlan) -> TokenStream {
    let (name, fields) = (ident(&payload.name), payload.fields.iter().map(ident));
    quote!(#module::says::#name { #(#fields),* })
}

fn boxed(payload: &StructPlan) -> TokenStream {
    if payload.boxed { quote!(*said) } else { quote!(said) }
}

/// What a recipient reads a message into.
struct Heard<'p> {
    path: TokenStream,
    shape: &'p StructPlan,
    fields: &'p [Field],
    records: &'p BTreeMap<RecordId, StructPlan>,
    /// Where the recipient's record types are.
    home: TokenStream,
}

/// The struct of the recipient; none if it reads nothing, or has no handler.
fn heard<'p>(plan: &'p Plan<'p>, sender: &Machine, message: &Message) -> Option<Heard<'p>> {
    let (machine, event) = match &message.target {
        Target::Itself(event) => {
            let own = plan.system.machines.iter().position(|machine| machine.name == sender.name)?;
            (MachineId::at(own), *event)
        }
        Target::Machine { machine, event } | Target::Every { machine, event, .. } => (*machine, (*event)?),
        Target::Actor { actor, port } => {
            let message = &plan.system.actor(*actor).hears[port.index()];
            let (planned, shape) =
                (&plan.actors[actor.index()], &plan.actors[actor.index()].hears[port.index()].payload);
            let (module, name) = (ident(&planned.module), ident(&shape.name));
            let path = quote!(#module::#name);
            let heard = Heard { path, shape, fields: &message.fields, records: &plan.records, home: quote!(self) };
            return (!message.fields.is_empty()).then_some(heard);
        }
    };
    machine_event(plan, machine, event)
}

fn machine_event<'p>(plan: &'p Plan<'p>, id: MachineId, event: EventId) -> Option<Heard<'p>> {
    let (machine, planned) = (plan.system.machine(id), &plan.machines[id.index()]);
    let fields = &machine.event(event).fields;
    let handled = !planned.handled.handlers(event).is_empty();
    let shape = &planned.events[event.index()];
    let (home, name) = (module(planned), ident(&shape.name));
    (handled && !fields.is_empty()).then(|| Heard {
        path: quote!(#home::#name),
        shape,
        fields,
        records: &planned.records,
        home,
    })
}

/// A sender's types meeting those of a recipient.
struct Meeting<'p> {
    plan: &'p Plan<'p>,
    from: &'p BTreeMap<RecordId, StructPlan>,
}

impl Meeting<'_> {
    /// The recipient's payload, made of the sender's fields, which stand in variables of their names.
    fn payload(&self, said: &[Field], names: &[crate::plan::names::Name], heard: &Heard<'_>) -> TokenStream {
        let fields = heard.fields.iter().zip(&heard.shape.fields).map(|(field, name)| {
            let name = ident(name);
            let from = said.iter().zip(names).find(|(said, _)| said.name == field.name);
            let value = match from {
                Some((said, from)) => self.field(said, &ident(from), field, heard),
                None if field.required => quote!(::eventflow::Decode::decode(&::eventflow::Json::Null)?),
                None => quote!(::core::option::Option::None),
            };
            named(&name, &value)
        });
        let path = &heard.path;
        quote!(#path { #(#fields),* })
    }

    fn field(&self, said: &Field, name: &proc_macro2::Ident, field: &Field, heard: &Heard<'_>) -> TokenStream {
        let value = quote!(#name);
        match (said.required, field.required) {
            (true, true) => self.value(&said.ty, &value, &field.ty, heard),
            (true, false) => {
                let value = self.value(&said.ty, &value, &field.ty, heard);
                quote!(::core::option::Option::Some(#value))
            }
            (false, false) if self.is_same(&said.ty, &field.ty) => value,
            // A value of unknown type, or one that may be missing, is checked where it arrives.
            (false, _) => checked(&value),
        }
    }

    fn value(&self, said: &Type, value: &TokenStream, read: &Type, heard: &Heard<'_>) -> TokenStream {
        match (said, read) {
            (Type::Integer, Type::Number) => quote!(::core::convert::From::from(#value)),
            (Type::Record(from), Type::Record(to)) if from == to => self.record(*from, value, heard),
            _ if self.is_same(said, read) => value.clone(),
            _ => checked(value),
        }
    }

    /// Whether two types are one in Rust: records are not, since every module has its own.
    fn is_same(&self, left: &Type, right: &Type) -> bool {
        let mut inner = left;
        while let Type::List(element) = inner {
            inner = element;
        }
        left == right && !matches!(inner, Type::Record(_))
    }

    /// A record of the sender taken apart, and put together as the recipient's.
    fn record(&self, id: RecordId, value: &TokenStream, heard: &Heard<'_>) -> TokenStream {
        let (Some(from), Some(to)) = (self.from.get(&id), heard.records.get(&id)) else { return checked(value) };
        let record = self.plan.system.record(id);
        let fields = record.fields.iter().zip(from.fields.iter().zip(&to.fields)).map(|(field, (from, to))| {
            let (from, to) = (ident(from), ident(to));
            let value = self.field(field, &quote::format_ident!("record"), field, heard);
            let value = if matches!(value.to_string().as_str(), "record") {
                quote!(record.#from)
            } else {
                checked(&quote!(record.#from))
            };
            named(&to, &value)
        });
        let (home, name) = (&heard.home, ident(&to.name));
        let (kept, keeps) = (rest(from), rest(to));
        quote! {{
            let record = #value;
            #home::#name { #(#fields,)* #keeps: record.#kept }
        }}
    }
}

/// The value as the recipient gets it: written by one, read by the other.
fn checked(value: &TokenStream) -> TokenStream {
    quote!(::eventflow::Decode::decode(&::eventflow::Json::of(&#value))?)
}

/// A field of a struct literal, in its short form where the value is a variable of its name.
fn named(field: &proc_macro2::Ident, value: &TokenStream) -> TokenStream {
    if *field == value.to_string() { quote!(#field) } else { quote!(#field: #value) }
}
