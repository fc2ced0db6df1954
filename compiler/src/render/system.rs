//! The module of the system, in reading order: what the user supplies, the system at work, who may say what, the ways to
//! the external actors, what machines say to each other, and what the system is as data.

mod answer;
mod client;
mod port;
mod routing;

use super::description;
use super::frame::{Frame, blank};
use super::types::ident;
use super::words::{code, doc, one};
use crate::plan::{MachinePlan, Plan, SupplyPlan};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// Writes the module.
pub(super) fn write(plan: &Plan<'_>, frame: &mut Frame) {
    let items = [
        builder(plan),
        running(plan),
        client::open(plan),
        port::records(plan),
        port::actors(plan),
        answer::readers(plan),
        routing::checks(plan),
        description::description(plan),
    ];
    for item in items.into_iter().flatten() {
        frame.item(item);
    }
}

/// The path to the module of a machine from the module of the system.
fn module(plan: &MachinePlan) -> TokenStream {
    let module = ident(&plan.module);
    quote!(super::#module)
}

/// The builder: leave a field out, and it does not compile.
fn builder(plan: &Plan<'_>) -> Vec<TokenStream> {
    let mut members = TokenStream::new();
    let mut parameters = Vec::new();
    let mut bounds = Vec::new();
    let mut fields = Vec::new();
    for ((supply, machine), named) in plan.outside.behaviors.iter().zip(&plan.machines).zip(&plan.system.machines) {
        let Some(SupplyPlan { field, parameter }) = supply else { continue };
        let (field, parameter, module) = (ident(field), ident(parameter), module(machine));
        let docs = doc(&[&format!("What carries out the sentences of {}.", code(&format!("@{}", named.name)))]);
        members.extend(quote!(#docs pub #field: #parameter,));
        bounds.push(quote!(#parameter: #module::Behavior));
        parameters.push(parameter);
        fields.push(field);
    }
    for ((supply, actor), named) in plan.outside.ports.iter().zip(&plan.actors).zip(&plan.system.actors) {
        let Some(SupplyPlan { field, parameter }) = supply else { continue };
        let (field, parameter, module) = (ident(field), ident(parameter), ident(&actor.module));
        let docs = doc(&[&format!("The way to {}.", code(&format!("@{}", named.name)))]);
        members.extend(quote!(#docs pub #field: #parameter,));
        bounds.push(quote!(#parameter: #module::Port));
        parameters.push(parameter);
        fields.push(field);
    }
    let generics = (!parameters.is_empty()).then(|| quote!(<#(#parameters),*>));
    let bounded = (!bounds.is_empty()).then(|| quote!(<#(#bounds),*>));
    let docs = doc(&[
        &format!(
            "What {} needs from outside its flows. There is no default: leave one out, and it does not compile.",
            code(&plan.system.title)
        ),
        "Write it out and call [`System::start`].",
    ]);
    let definition = quote! {
        #docs
        #[derive(Clone, Copy, Debug)]
        pub struct System #generics {
            #members
        }
    };
    let parts = parts(plan, &fields);
    let blank = blank();
    let implementation = quote! {
        impl #bounded System #generics {
            /// Starts the system on a store, or on whatever else can host it.
            pub fn start<H: ::eventflow::system::Host>(self, host: H) -> Running<H::Running> {
                Running { engine: ::eventflow::system::Host::start(host, self.into_parts()) }
            }
            #blank
            /// What the system consists of, for an engine that is set up by hand.
            #[must_use]
            pub fn into_parts(self) -> ::eventflow::system::Parts {
                #parts
            }
        }
    };
    vec![definition, implementation]
}

fn parts(plan: &Plan<'_>, fields: &[Ident]) -> TokenStream {
    let machines = plan.machines.iter().zip(&plan.outside.behaviors).enumerate().map(|(index, (machine, supply))| {
        let (module, index) = (module(machine), Literal::usize_unsuffixed(index));
        let decider = match supply {
            Some(SupplyPlan { field, .. }) => {
                let field = ident(field);
                quote!(#module::Decider::new(#field))
            }
            None => quote!(#module::Decider),
        };
        quote!(.machine(#decider, &description::MACHINES[#index]))
    });
    let ports = plan.actors.iter().zip(&plan.outside.ports).map(|(actor, supply)| match supply {
        Some(SupplyPlan { field, .. }) => {
            let (module, field) = (ident(&actor.module), ident(field));
            quote!(.port(#module::Adapter(#field)))
        }
        None => quote!(.port(::eventflow::port::Silent)),
    });
    let taken = (!fields.is_empty()).then(|| quote!(let System { #(#fields),* } = self;));
    quote! {
        #taken
        ::eventflow::system::Parts::new(DESCRIPTION) #(#machines)* #(#ports)*
    }
}

/// The system at work: its clients, and its instances as their records make them.
fn running(plan: &Plan<'_>) -> Vec<TokenStream> {
    let mut methods = TokenStream::new();
    for ((named, actor), (method, client)) in
        plan.system.actors.iter().zip(&plan.actors).zip(plan.outside.speakers.iter().zip(&plan.outside.clients))
    {
        if client.is_empty() {
            continue;
        }
        let (method, module) = (ident(method), ident(&actor.module));
        let docs = doc(&[&format!("What {} may say.", code(&format!("@{}", named.name)))]);
        methods.extend(blank());
        methods.extend(quote! {
            #docs
            pub fn #method(&self) -> #module::Client<'_> {
                #module::Client::new(&self.engine)
            }
        });
    }
    if !plan.outside.open.is_empty() {
        methods.extend(blank());
        methods.extend(quote! {
            /// What anybody may say.
            pub fn system(&self) -> Client<'_> {
                Client::new(&self.engine)
            }
        });
    }
    for ((named, machine), method) in plan.system.machines.iter().zip(&plan.machines).zip(&plan.outside.shown) {
        let (method, module) = (ident(method), module(machine));
        let docs = doc(&[&format!(
            "Shows {} as its records make it, by its id, the key alone, or a further name.",
            one(&named.name)
        )]);
        methods.extend(blank());
        methods.extend(quote! {
            #docs
            pub fn #method(&self, id: impl ::core::fmt::Display) -> ::eventflow::system::Shown<'_, #module::Machine> {
                ::eventflow::system::show(&self.engine, id)
            }
        });
    }
    let definition = quote! {
        /// The system at work.
        #[derive(Clone, Debug)]
        pub struct Running<E> {
            engine: E,
        }
    };
    let implementation = quote! {
        impl<E: ::eventflow::request::Dispatcher + ::eventflow::system::Instances> Running<E> {
            /// What runs it.
            pub const fn engine(&self) -> &E {
                &self.engine
            }
            #methods
        }
    };
    vec![definition, implementation]
}
