//! The way of a machine's data into records and back, and the constants that rules and targets are.

use super::expression::number;
use super::types::{grouped, ident};
use crate::ir::{self, MachineId, Rule, Target, Type};
use crate::plan::Plan;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// A rule as a constant of the runtime.
pub(super) fn rule(machine: &ir::Machine, rule: &Rule) -> TokenStream {
    match rule {
        Rule::GreaterThan(text) => with_bounds("GreaterThan", &[text]),
        Rule::LessThan(text) => with_bounds("LessThan", &[text]),
        Rule::Between(low, high) => with_bounds("Between", &[low, high]),
        Rule::AtLeast(text) => with_bounds("AtLeast", &[text]),
        Rule::AtMost(text) => with_bounds("AtMost", &[text]),
        Rule::MinCharacters(count) => {
            let count = grouped(u128::from(*count));
            quote!(::eventflow::Rule::MinCharacters(#count))
        }
        Rule::MaxCharacters(count) => {
            let count = grouped(u128::from(*count));
            quote!(::eventflow::Rule::MaxCharacters(#count))
        }
        Rule::Email => quote!(::eventflow::Rule::Email),
        Rule::Uuid => quote!(::eventflow::Rule::Uuid),
        Rule::Url => quote!(::eventflow::Rule::Url),
        Rule::OneOf(options) => quote! {
            ::eventflow::Rule::OneOf(::std::borrow::Cow::Borrowed(&[#(::std::borrow::Cow::Borrowed(#options)),*]))
        },
        Rule::Custom(id) => {
            let index = Literal::usize_unsuffixed(id.index());
            let text = &machine.custom_rule(*id).text;
            quote!(::eventflow::Rule::Custom { index: #index, sentence: ::std::borrow::Cow::Borrowed(#text) })
        }
    }
}

fn with_bounds(name: &str, bounds: &[&String]) -> TokenStream {
    let name = quote::format_ident!("{name}");
    let bounds = bounds.iter().map(|text| number(text));
    quote!(::eventflow::Rule::#name(#(#bounds),*))
}

/// To whom a message goes, for the engine.
pub(super) fn target(plan: &Plan<'_>, target: &Target) -> TokenStream {
    match target {
        Target::Itself(_) => quote!(::eventflow::Target::Itself),
        Target::Machine { machine, .. } => {
            let machine = Literal::usize_unsuffixed(machine.index());
            quote!(::eventflow::Target::Machine(#machine))
        }
        Target::Every { machine, states, .. } => {
            let names = states.iter().map(|state| &plan.system.machine(*machine).state(*state).name);
            let machine = Literal::usize_unsuffixed(machine.index());
            let states = if states.is_empty() {
                quote!(::std::vec::Vec::new())
            } else {
                quote!(::std::vec![#(::std::borrow::Cow::Borrowed(#names)),*])
            };
            quote!(::eventflow::Target::Every { machine: #machine, states: #states })
        }
        Target::Actor { actor, .. } => {
            let actor = Literal::usize_unsuffixed(actor.index());
            quote!(::eventflow::Target::Actor(#actor))
        }
    }
}

/// The codecs of a machine.
pub(super) fn recorded(plan: &Plan<'_>, id: MachineId, acceptance: Option<TokenStream>) -> TokenStream {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let mut context = TokenStream::new();
    let mut changes = TokenStream::new();
    let mut applied = TokenStream::new();
    for (variable, name) in machine.variables.iter().zip(&machine_plan.variables) {
        let (name, key) = (ident(name), &variable.name);
        context.extend(quote!(object.optional(#key, &context.#name);));
        changes.extend(quote!(object.optional(#key, &changes.#name);));
        let apply = match variable.ty {
            Type::List(_) => quote!(apply_recorded_list),
            _ => quote!(apply_recorded),
        };
        applied.extend(quote!(#key => ::eventflow::__private::#apply(&mut context.#name, value),));
    }
    let none = machine.variables.is_empty();
    let (context_name, object_name) =
        if none { (quote!(_context), quote!(_object)) } else { (quote!(context), quote!(object)) };
    let changes_name = if none { quote!(_changes) } else { quote!(changes) };
    let apply = if none {
        quote!(::core::result::Result::Err(::eventflow::__private::no_variable(variable, value)))
    } else {
        quote! {
            match variable {
                #applied
                _ => ::core::result::Result::Err(::eventflow::__private::no_variable(variable, value)),
            }
        }
    };
    let named = machine.identity.filter(|variable| machine.variable(*variable).ty == Type::String);
    let identity = named.map(|variable| identity(machine_plan, variable));
    let events = events(plan, id);
    let blank = super::frame::blank();
    let identity_blank = identity.is_some().then(|| blank.clone());
    let acceptance_blank = acceptance.is_some().then(|| blank.clone());
    quote! {
        impl ::eventflow::Recorded for Machine {
            fn decode_event(
                handler: usize,
                data: &::eventflow::Json,
            ) -> ::core::result::Result<Event, ::eventflow::Mismatch> {
                #events
            }
            #blank
            fn encode_context(#context_name: &Context, #object_name: &mut ::eventflow::ObjectEncoder<'_>) {
                #context
            }
            #blank
            fn encode_changes(#changes_name: &Changes, #object_name: &mut ::eventflow::ObjectEncoder<'_>) {
                #changes
            }
            #blank
            fn apply_recorded(
                #context_name: &mut Context,
                variable: &str,
                value: &::eventflow::Json,
            ) -> ::core::result::Result<(), ::eventflow::Mismatch> {
                #apply
            }
            #identity_blank
            #identity
            #acceptance_blank
            #acceptance
        }
    }
}

fn identity(plan: &crate::plan::MachinePlan, variable: ir::VariableId) -> TokenStream {
    let name = ident(&plan.variables[variable.index()]);
    quote! {
        fn identity(changes: &Changes) -> ::core::option::Option<::std::string::String> {
            match &changes.#name {
                ::eventflow::Change::Set(value) => {
                    ::core::option::Option::Some(::core::clone::Clone::clone(value))
                }
                ::eventflow::Change::Keep | ::eventflow::Change::Clear => ::core::option::Option::None,
            }
        }
    }
}

fn events(plan: &Plan<'_>, id: MachineId) -> TokenStream {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let mut arms = TokenStream::new();
    for (index, (handler, named)) in machine.handlers.iter().zip(&machine_plan.handlers).enumerate() {
        let number = Literal::usize_unsuffixed(index);
        let variant = ident(&named.variant);
        let boxed = machine_plan.events[handler.event.index()].boxed;
        arms.extend(match (machine.event(handler.event).fields.is_empty(), boxed) {
            (true, _) => quote!(#number => ::core::result::Result::Ok(Event::#variant),),
            (false, false) => quote!(#number => ::eventflow::Decode::decode(data).map(Event::#variant),),
            (false, true) => quote! {
                #number => ::core::result::Result::Ok(Event::#variant(::std::boxed::Box::new(
                    ::eventflow::Decode::decode(data)?
                ))),
            },
        });
    }
    quote! {
        match handler {
            #arms
            _ => ::core::result::Result::Err(::eventflow::__private::no_handler(data)),
        }
    }
}
