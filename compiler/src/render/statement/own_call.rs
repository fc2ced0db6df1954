//! Calls of a machine to itself: the other handler runs within the same turn, held to what any call is held to.

use crate::ir::{Emit, EventId, HandlerId, Rule, VariableId};
use crate::render::handler::Body;
use crate::render::types::ident;
use proc_macro2::TokenStream;
use quote::quote;

impl<'p> Body<'p> {
    /// A call to the own instance: the other handler runs within this turn.
    pub(super) fn own_call(
        &mut self,
        variable: VariableId,
        emit: &'p Emit,
        (event, place): (EventId, &str),
    ) -> TokenStream {
        self.needs.fallible = true;
        self.needs.decision = true;
        let (before, said) = self.payload_of(emit);
        let change = self.change_type(variable);
        let name = &self.machine.event(event).name;
        let Some(index) = self.plan.handled.own_call(event).map(HandlerId::index) else {
            let set = self.set(variable, &quote!(#change::to(::eventflow::__private::nobody(#name)?)));
            return quote!(#before #set);
        };
        self.moved = true;
        let carries = !self.machine.message(emit.message).fields.is_empty();
        let message = (carries && before.is_empty()).then(|| quote!(let message = #said;));
        let data = if carries {
            quote!(::eventflow::Encoder::encode(&message))
        } else {
            quote!(::std::borrow::ToOwned::to_owned("{}"))
        };
        let checks = self.own_checks(index, emit, event);
        let (called, run) = self.run_own(index, emit, (event, place));
        let set = self.set(variable, &quote!(#change::to(answer)));
        let (keep_reply, give_reply) = if self.plan.effects.replies {
            (quote!(let reply = decision.effects.reply.take();), quote!(decision.effects.reply = reply;))
        } else {
            (TokenStream::new(), TokenStream::new())
        };
        let answered = quote!(::eventflow::__private::own_answer(&mut decision.effects, #name, data, ran)?);
        let runs = quote! {
            #called
            #keep_reply
            let ran = #run;
            #give_reply
        };
        let answer = if checks.is_empty() {
            quote!(#runs let answer = #answered;)
        } else {
            quote! {
                let mut violations = ::std::vec::Vec::new();
                #checks
                let answer = if violations.is_empty() {
                    #runs
                    #answered
                } else {
                    ::eventflow::__private::own_refusal(&mut decision.effects, #name, data, violations)?
                };
            }
        };
        quote! {
            #before
            #message
            let data = #data;
            #answer
            #set
        }
    }

    /// The checks of a payload that the machine sends to a handler of its own, as the engine checks any other: what is
    /// missing, then the rules of the handler's table.
    fn own_checks(&mut self, index: usize, emit: &'p Emit, event: EventId) -> TokenStream {
        let declared = &self.machine.event(event).fields;
        let said = &self.machine.message(emit.message).fields;
        let mut checks = TokenStream::new();
        for field in declared.iter().filter(|field| field.required) {
            if !said.iter().any(|other| other.name == field.name && other.required) {
                checks.extend(self.own_check(emit, &field.name, (true, false), &[]));
            }
        }
        for check in &self.machine.handlers[index].checks {
            let field = &declared[check.field.index()];
            let certain = said.iter().any(|other| other.name == field.name && other.required);
            let required = check.required && !field.required && !certain;
            if required || !check.rules.is_empty() {
                checks.extend(self.own_check(emit, &field.name, (required, check.bail), &check.rules));
            }
        }
        checks
    }

    /// The check of one field of a payload for a handler of the own machine.
    fn own_check(
        &mut self,
        emit: &'p Emit,
        name: &str,
        (required, bail): (bool, bool),
        rules: &'p [Rule],
    ) -> TokenStream {
        let said = &self.machine.message(emit.message).fields;
        let shape = &self.plan.messages[emit.message.index()].payload;
        let value = match said.iter().position(|field| field.name == name) {
            None => quote!(::core::option::Option::None::<&::eventflow::Json>),
            Some(place) => {
                let member = ident(&shape.fields[place]);
                if said[place].required {
                    quote!(::core::option::Option::Some(&message.#member))
                } else {
                    quote!(message.#member.as_ref())
                }
            }
        };
        self.checked(name, (required, bail), rules, &value)
    }

    /// What the handler of a call to the own instance is given, and the call of its function.
    fn run_own(&mut self, index: usize, emit: &'p Emit, (event, place): (EventId, &str)) -> (TokenStream, TokenStream) {
        let others = self.others.get(index).copied().unwrap_or_default();
        let plan = &self.plan.handlers[index];
        let (function, variant) = (ident(&plan.function), ident(&plan.variant));
        self.needs.behavior |= others.behavior;
        self.needs.caller |= others.caller;
        self.needs.turn |= others.turn;
        let carries = !self.machine.event(event).fields.is_empty() && (others.turn || others.event);
        let payload = carries.then(|| {
            let payload = self.as_event(emit, event);
            quote!(let payload = #payload;)
        });
        let wrapped = match (self.machine.event(event).fields.is_empty(), self.plan.events[event.index()].boxed) {
            (true, _) => quote!(Event::#variant),
            (false, false) => quote!(Event::#variant(::core::clone::Clone::clone(&payload))),
            (false, true) => quote!(Event::#variant(::std::boxed::Box::new(::core::clone::Clone::clone(&payload)))),
        };
        let called = others.turn.then(|| quote!(let called = #wrapped;));
        let mut arguments = Vec::new();
        arguments.extend(others.turn.then(|| quote!(turn.calling(&called, &turn.call(#place)))));
        arguments.extend(others.event.then(|| quote!(&payload)));
        arguments.extend(others.decision.then(|| quote!(decision)));
        arguments.extend(others.caller.then(|| quote!(caller)));
        let receiver = if others.behavior { quote!(self.) } else { quote!(Self::) };
        let waiting = plan.waits.then(|| quote!(.await));
        let failing = others.fallible.then(|| quote!(?));
        (quote!(#payload #called), quote!(#receiver #function(#(#arguments),*)#waiting #failing))
    }

    /// The payload of an emit as the event of this machine that it is.
    fn as_event(&mut self, emit: &'p Emit, event: EventId) -> TokenStream {
        let declared = &self.machine.event(event).fields;
        let shape = &self.plan.events[event.index()];
        let said = &self.machine.message(emit.message).fields;
        let said_shape = &self.plan.messages[emit.message.index()].payload;
        let name = ident(&shape.name);
        let mut written = Vec::new();
        for (field, name) in declared.iter().zip(&shape.fields) {
            let name = ident(name);
            let place = said.iter().position(|other| other.name == field.name);
            let value = place.map(|place| (ident(&said_shape.fields[place]), said[place].required));
            let text = &field.name;
            self.needs.fallible |= field.required;
            written.push(match (value, field.required) {
                (Some((member, true)), true) | (Some((member, false)), false) => quote!(#name: message.#member),
                (Some((member, true)), false) => quote!(#name: ::core::option::Option::Some(message.#member)),
                (Some((member, false)), true) => {
                    quote!(#name: ::eventflow::__private::required(message.#member, #text)?)
                }
                (None, false) => quote!(#name: ::core::option::Option::None),
                (None, true) => {
                    quote!(#name: ::eventflow::__private::required(::core::option::Option::None, #text)?)
                }
            });
        }
        quote!(#name { #(#written),* })
    }
}
