//! Types of the flow as Rust types.

use crate::ir::{RecordId, Type};
use crate::plan::StructPlan;
use crate::plan::names::Name;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// The record types of a module, and the way to them from where a type is named.
#[derive(Clone, Copy)]
pub(super) struct Types<'p> {
    records: &'p BTreeMap<RecordId, StructPlan>,
    at: Place<'p>,
}

/// From where a type is named.
#[derive(Clone, Copy)]
enum Place<'p> {
    /// In the module of the records.
    Here,
    /// In a module within it.
    Within,
    /// In a module of the tests: this is the one of the records.
    Tests(&'p Name),
}

impl<'p> Types<'p> {
    /// Types as the module of the records names them.
    pub(super) fn new(records: &'p BTreeMap<RecordId, StructPlan>) -> Self {
        Self { records, at: Place::Here }
    }

    /// Types as a module within it names them.
    pub(super) fn inner(self) -> Self {
        Self { at: Place::Within, ..self }
    }

    /// Types as the module for the tests of the machine names them.
    pub(super) fn in_tests(self, module: &'p Name) -> Self {
        Self { at: Place::Tests(module), ..self }
    }

    /// The type of an owned value.
    pub(super) fn owned(self, ty: &Type) -> TokenStream {
        match ty {
            Type::String => quote!(::std::string::String),
            Type::Number => quote!(::eventflow::Number),
            Type::Integer => quote!(i64),
            Type::Boolean => quote!(bool),
            Type::Time => quote!(::eventflow::Timestamp),
            Type::Duration => quote!(::eventflow::Duration),
            Type::List(element) => {
                let element = self.owned(element);
                quote!(::std::vec::Vec<#element>)
            }
            Type::Object => quote!(::std::collections::BTreeMap<::std::string::String, ::eventflow::Json>),
            Type::Record(id) => {
                let name = self.records.get(id).map(|record| ident(&record.name));
                match self.at {
                    Place::Here => quote!(#name),
                    Place::Within => quote!(super::#name),
                    Place::Tests(module) => {
                        let module = ident(module);
                        quote!(super::super::#module::#name)
                    }
                }
            }
            Type::Json => quote!(::eventflow::Json),
        }
    }

    /// The type of a value that is only looked at, with a lifetime or none.
    pub(super) fn borrowed(self, ty: &Type, lifetime: &TokenStream) -> TokenStream {
        match ty {
            Type::String => quote!(&#lifetime str),
            Type::List(element) => {
                let element = self.owned(element);
                quote!(&#lifetime [#element])
            }
            Type::Number | Type::Integer | Type::Boolean | Type::Time | Type::Duration => self.owned(ty),
            Type::Object | Type::Record(_) | Type::Json => {
                let owned = self.owned(ty);
                quote!(&#lifetime #owned)
            }
        }
    }

    /// The type of a place that may be unset.
    pub(super) fn optional(self, ty: &Type) -> TokenStream {
        let owned = self.owned(ty);
        quote!(::core::option::Option<#owned>)
    }
}

/// Whether values of the type are copied rather than borrowed.
pub(super) fn is_copied(ty: &Type) -> bool {
    match ty {
        Type::Number | Type::Integer | Type::Boolean | Type::Time | Type::Duration => true,
        Type::String | Type::List(_) | Type::Object | Type::Record(_) | Type::Json => false,
    }
}

/// The token of a planned name.
pub(super) fn ident(name: &Name) -> Ident {
    match name.as_str().strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name.as_str(), Span::call_site()),
    }
}

/// A whole number without sign, as people write it: from six digits on in groups of three.
pub(super) fn grouped(number: u128) -> Literal {
    suffixed(number, "")
}

/// The same with the name of its type behind it.
pub(super) fn suffixed(number: u128, ty: &str) -> Literal {
    let digits = number.to_string();
    let group = |(index, digit): (usize, char)| {
        let begins = index > 0 && (digits.len() - index).is_multiple_of(3) && digits.len() > 5;
        begins.then_some('_').into_iter().chain([digit])
    };
    let text: String = digits.chars().enumerate().flat_map(group).collect();
    format!("{text}{ty}").parse().expect("digits are a literal")
}
