//! Statements that say something: emits, calls of others, callbacks, and the payloads they carry.

use crate::ir::{Emit, FieldCheck, PayloadField, Target, VariableId, Way};
use crate::render::expression::Value;
use crate::render::handler::Body;
use crate::render::types::ident;
use proc_macro2::TokenStream;
use quote::quote;

impl<'p> Body<'p> {
    pub(super) fn emit(&mut self, emit: &'p Emit) -> TokenStream {
        self.needs.decision = true;
        let (before, payload) = self.payload_of(emit);
        let message = &self.plan.messages[emit.message.index()];
        let variant = message.variant.as_ref().map(ident);
        let empty = self.machine.message(emit.message).fields.is_empty();
        let bound = (!empty && before.is_empty()).then(|| quote!(let message = #payload;));
        let said = match (empty, message.payload.boxed) {
            (true, _) => quote!(Emit::#variant),
            (false, false) => quote!(Emit::#variant(message)),
            (false, true) => quote!(Emit::#variant(::std::boxed::Box::new(message))),
        };
        let emitted = match emit.way {
            Way::Bare | Way::Call => quote!(emit),
            Way::Async | Way::Broadcast => quote!(emit_async),
        };
        quote!(#before #bound decision.effects.#emitted(#said);)
    }

    /// What an emit carries: the statements that check it, and the struct.
    pub(super) fn payload_of(&mut self, emit: &'p Emit) -> (TokenStream, TokenStream) {
        let message = self.machine.message(emit.message);
        let shape = &self.plan.messages[emit.message.index()].payload;
        let name = ident(&shape.name);
        let mut written = Vec::new();
        for field in &emit.payload {
            let Some(place) = message.fields.iter().position(|declared| declared.name == field.name) else { continue };
            let value = self.field_value(field);
            let value = if message.fields[place].required {
                self.as_required(value, &field.name).into_owned()
            } else {
                value.into_option()
            };
            let name = ident(&shape.fields[place]);
            written.push(quote!(#name: #value));
        }
        for (declared, name) in message.fields.iter().zip(&shape.fields) {
            if emit.payload.iter().all(|field| field.name != declared.name) {
                let name = ident(name);
                written.push(quote!(#name: ::core::option::Option::None));
            }
        }
        let said = quote!(says::#name { #(#written),* });
        if emit.checks.is_empty() || message.fields.is_empty() {
            return (TokenStream::new(), said);
        }
        let checks = emit.checks.iter().map(|check| self.check(emit, check)).collect::<Vec<_>>();
        self.needs.fallible = true;
        let event = &message.event;
        let before = quote! {
            let message = #said;
            let mut violations = ::std::vec::Vec::new();
            #(#checks)*
            ::eventflow::__private::all_kept(#event, violations)?;
        };
        (before, quote!(message))
    }

    /// The check of one field of an emit's table.
    fn check(&mut self, emit: &'p Emit, check: &'p FieldCheck) -> TokenStream {
        let message = self.machine.message(emit.message);
        let Some(field) = emit.payload.get(check.field.index()) else { return TokenStream::new() };
        let Some(place) = message.fields.iter().position(|declared| declared.name == field.name) else {
            return TokenStream::new();
        };
        let name = &field.name;
        let member = ident(&self.plan.messages[emit.message.index()].payload.fields[place]);
        let value = if message.fields[place].required {
            quote!(::core::option::Option::Some(&message.#member))
        } else {
            quote!(message.#member.as_ref())
        };
        self.checked(name, (check.required, check.bail), &check.rules, &value)
    }

    /// The value of a payload's field; where the field needs one, the handler ends without.
    pub(super) fn field_value(&mut self, field: &'p PayloadField) -> Value<'p> {
        if field.required { self.required(&field.value) } else { self.value(&field.value) }
    }

    pub(super) fn as_required(&mut self, value: Value<'p>, name: &str) -> Value<'p> {
        if !value.unset {
            return value;
        }
        self.needs.fallible = true;
        let tokens = &value.tokens;
        Value { tokens: quote!(::eventflow::__private::required(#tokens, #name)?), unset: false, ..value }
    }

    pub(super) fn call(&mut self, variable: VariableId, emit: &'p Emit, place: &str) -> TokenStream {
        if let Target::Itself(event) = emit.target {
            return self.own_call(variable, emit, (event, place));
        }
        self.needs.caller = true;
        self.needs.decision = true;
        self.needs.fallible = true;
        let (before, payload) = self.payload_of(emit);
        let message = self.machine.message(emit.message);
        let event = &message.event;
        let target = crate::render::codec::target(self.whole, &emit.target);
        let data = if message.fields.is_empty() {
            quote!(::std::borrow::ToOwned::to_owned("{}"))
        } else {
            quote!(::eventflow::Encoder::encode(&#payload))
        };
        let change = self.change_type(variable);
        let set = self.set(variable, &quote!(#change::to(answer)));
        quote! {
            #before
            let data = #data;
            let answer = caller.call(&mut decision.effects, #target, #event, data).await?;
            #set
        }
    }

    pub(super) fn call_back(&mut self, event: &'p str, payload: &'p [PayloadField]) -> TokenStream {
        self.needs.decision = true;
        let data = self.fields_encoded(payload);
        quote! {
            #data
            decision.effects.call_back(#event, encoder.finish());
        }
    }

    /// Binds `encoder` to the text of an object.
    fn fields_encoded(&mut self, payload: &'p [PayloadField]) -> TokenStream {
        let mut writes = Vec::new();
        for field in payload {
            let name = &field.name;
            let value = self.field_value(field);
            let unset = value.unset;
            let value = value.into_borrowed();
            writes.push(if unset {
                quote!(object.optional(#name, &#value);)
            } else {
                quote!(object.field(#name, &#value);)
            });
        }
        quote! {
            let mut encoder = ::eventflow::Encoder::new();
            let mut object = encoder.object();
            #(#writes)*
            object.end();
        }
    }
}
