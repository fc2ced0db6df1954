//! Values that are made of others: lists, records and objects, and what is read of them.

use super::value::Value;
use crate::ir::{Expression, Type};
use crate::render::handler::Body;
use crate::render::types::{ident, is_copied};
use proc_macro2::TokenStream;
use quote::quote;

impl<'p> Body<'p> {
    pub(super) fn list(&mut self, elements: &'p [Expression], ty: &'p Type) -> Value<'p> {
        let elements: Vec<Value<'p>> = elements.iter().map(|element| self.required(element)).collect();
        let fallible = elements.iter().any(|element| element.fallible);
        let elements = elements.into_iter().map(Value::into_owned);
        Value { fallible, ..Value::new(quote!(::eventflow::__private::list([#(#elements),*])), ty) }
    }

    pub(super) fn object(&mut self, members: &'p [(String, Expression)], ty: &'p Type) -> Value<'p> {
        let Type::Record(id) = ty else { return self.open_object(members, ty) };
        let declared = &self.system.record(*id).fields;
        let shape = &self.plan.records[id];
        let mut fallible = false;
        let mut written = Vec::new();
        for (name, expression) in members {
            let Some(place) = declared.iter().position(|field| field.name == *name) else { continue };
            let value = if declared[place].required { self.required(expression) } else { self.value(expression) };
            fallible |= value.fallible;
            let value = if declared[place].required { value.into_owned() } else { value.into_option() };
            let name = ident(&shape.fields[place]);
            written.push(quote!(#name: #value));
        }
        for (field, name) in declared.iter().zip(&shape.fields) {
            if members.iter().all(|(given, _)| *given != field.name) {
                let name = ident(name);
                if field.required {
                    let text = &field.name;
                    fallible = true;
                    written.push(quote! {
                        #name: ::eventflow::__private::required(::core::option::Option::None, #text)?
                    });
                } else {
                    written.push(quote!(#name: ::core::option::Option::None));
                }
            }
        }
        let rest = crate::render::structs::rest(shape);
        let unknown = self.unknown_members(members, declared);
        let name = ident(&shape.name);
        self.needs.fallible |= fallible;
        Value { fallible, ..Value::new(quote!(#name { #(#written,)* #rest: #unknown }), ty) }
    }

    /// The members of a literal that its record type does not declare.
    fn unknown_members(&mut self, members: &'p [(String, Expression)], declared: &[crate::ir::Field]) -> TokenStream {
        let mut pairs = Vec::new();
        for (name, expression) in members {
            if declared.iter().all(|field| field.name != *name) {
                let value = self.value(expression).into_widened();
                pairs.push(quote!((#name, #value)));
            }
        }
        if pairs.is_empty() {
            quote!(::std::collections::BTreeMap::new())
        } else {
            quote!(::eventflow::__private::set_members([#(#pairs),*]))
        }
    }

    fn open_object(&mut self, members: &'p [(String, Expression)], ty: &'p Type) -> Value<'p> {
        let mut fallible = false;
        let mut pairs = Vec::new();
        for (name, expression) in members {
            let value = self.value(expression);
            fallible |= value.fallible;
            let value = value.into_widened();
            pairs.push(quote!((#name, #value)));
        }
        let object = quote!(::eventflow::__private::members([#(#pairs),*]));
        let tokens = if *ty == Type::Json { quote!(::eventflow::Json::Object(#object)) } else { object };
        Value { fallible, ..Value::new(tokens, ty) }
    }

    pub(super) fn member(&mut self, of: &'p Expression, name: &'p str, ty: &'p Type) -> Value<'p> {
        let value = self.value(of);
        let (unset, fallible) = (value.unset, value.fallible);
        if let Type::Record(id) = &of.ty {
            let place = self.system.record(*id).fields.iter().position(|field| field.name == name);
            if let Some(place) = place {
                let required = self.system.record(*id).fields[place].required;
                let field = ident(&self.plan.records[id].fields[place]);
                return Value { fallible, ..member_of_record(value, unset, &field, required, ty) };
            }
        }
        let found = if unset {
            let json = value.into_option_ref();
            quote!(#json.and_then(|value| ::eventflow::__private::Member::member(value, #name)))
        } else {
            let json = value.into_ref();
            quote!(::eventflow::__private::Member::member(#json, #name))
        };
        if *ty == Type::Json {
            return Value { unset: true, fallible, ..Value::new(found, ty).borrowed() };
        }
        let owned = self.types.owned(ty);
        let tokens = quote!(#found.map(<#owned as ::eventflow::Decode>::decode).transpose()?);
        Value { unset: true, ..self.failing(tokens, ty) }
    }
}

fn member_of_record<'p>(
    value: Value<'p>,
    unset: bool,
    field: &proc_macro2::Ident,
    required: bool,
    ty: &'p Type,
) -> Value<'p> {
    let record = value.into_borrowed();
    let (place, record_or_closure) = if unset {
        (quote!(value.#field), Some(record))
    } else {
        let record = strip_reference(&record);
        (quote!(#record.#field), None)
    };
    let read = match (ty, required) {
        (ty, _) if is_copied(ty) => place,
        (Type::String, true) => quote!(#place.as_str()),
        (Type::List(_), true) => quote!(#place.as_slice()),
        (Type::String | Type::List(_), false) => quote!(#place.as_deref()),
        (_, true) => quote!(&#place),
        (_, false) => quote!(#place.as_ref()),
    };
    let tokens = match (record_or_closure, required) {
        (None, _) => read,
        (Some(record), true) => quote!(#record.map(|value| #read)),
        (Some(record), false) => quote!(#record.and_then(|value| #read)),
    };
    Value { unset: unset || !required, ..Value::new(tokens, ty).borrowed() }
}

/// `&place` as `place`: a field is read of it, and a reference to a place needs no parentheses then.
fn strip_reference(tokens: &TokenStream) -> TokenStream {
    let mut parts = tokens.clone().into_iter();
    match parts.next() {
        Some(proc_macro2::TokenTree::Punct(mark)) if mark.as_char() == '&' => parts.collect(),
        _ => tokens.clone(),
    }
}
