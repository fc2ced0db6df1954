//! Structs with named fields: payloads, records, what is said. Each with its codec, and with `Debug` written out where
//! a field is masked.

use super::types::{Types, ident};
use super::words::{doc, line_at};
use crate::ir::Field;
use crate::plan::{Plan, StructPlan};
use proc_macro2::TokenStream;
use quote::quote;

/// What a struct is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A payload that comes in, and that clients send.
    Event,
    /// A record type: what it does not declare is kept beside what it does.
    Record,
    /// A payload that goes out.
    Said,
}

/// A struct, its `Debug` and its codec.
pub(super) fn write(
    plan: &Plan<'_>,
    what: &str,
    shape: &StructPlan,
    fields: &[Field],
    types: Types<'_>,
    usage: Use,
) -> TokenStream {
    let name = ident(&shape.name);
    let docs = doc(&[what]);
    let debug = (!shape.secret).then(|| quote!(Debug,));
    let members = shape.fields.iter().zip(fields).map(|(name, field)| {
        let name = ident(name);
        let ty = if field.required { types.owned(&field.ty) } else { types.optional(&field.ty) };
        let place = plan.place(field.origin);
        let docs = doc(&[&line_at(place)]);
        quote!(#docs pub #name: #ty,)
    });
    let unknown = (usage == Use::Record).then(|| {
        let docs = doc(&["Fields that came along and that the flow does not declare, by name."]);
        let name = rest(shape);
        quote!(#docs pub #name: ::std::collections::BTreeMap<::std::string::String, ::eventflow::Json>,)
    });
    let masked = shape.secret.then(|| {
        let shown = shape.fields.iter().zip(fields).map(|(name, field)| (ident(name), field.secret));
        debug_masked(&name, shown)
    });
    let encode = encode(shape, fields, usage);
    let decode = (usage != Use::Said).then(|| decode(shape, fields, usage));
    let widen = (usage == Use::Record).then(|| widen(shape, fields));
    quote! {
        #docs
        #[derive(Clone, #debug PartialEq)]
        pub struct #name {
            #(#members)*
            #unknown
        }
        #masked
        #encode
        #decode
        #widen
    }
}

/// The field of a record that keeps what its type does not declare.
pub(super) fn rest(shape: &StructPlan) -> proc_macro2::Ident {
    let mut name = "unknown".to_owned();
    while shape.fields.iter().any(|field| field.bare() == name) {
        name.push_str("_fields");
    }
    proc_macro2::Ident::new(&name, proc_macro2::Span::call_site())
}

/// A `Debug` that masks some fields.
pub(super) fn debug_masked(
    name: &proc_macro2::Ident,
    fields: impl Iterator<Item = (proc_macro2::Ident, bool)>,
) -> TokenStream {
    let title = name.to_string();
    let fields = fields.map(|(field, secret)| {
        let shown = field.to_string();
        let shown = shown.trim_start_matches("r#");
        if secret {
            quote!(.field(#shown, &::eventflow::__private::Masked))
        } else {
            quote!(.field(#shown, &self.#field))
        }
    });
    quote! {
        impl ::core::fmt::Debug for #name {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                formatter.debug_struct(#title)#(#fields)*.finish()
            }
        }
    }
}

fn encode(shape: &StructPlan, fields: &[Field], usage: Use) -> TokenStream {
    let name = ident(&shape.name);
    let writes = shape.fields.iter().zip(fields).map(|(name, field)| {
        let (name, key) = (ident(name), &field.name);
        if field.required {
            quote!(object.field(#key, &self.#name);)
        } else {
            quote!(object.optional(#key, &self.#name);)
        }
    });
    let unknown = (usage == Use::Record).then(|| {
        let unknown = rest(shape);
        quote! {
            for (name, value) in &self.#unknown {
                object.field(name, value);
            }
        }
    });
    quote! {
        impl ::eventflow::Encode for #name {
            fn encode(&self, encoder: &mut ::eventflow::Encoder) {
                let mut object = encoder.object();
                #(#writes)*
                #unknown
                object.end();
            }
        }
    }
}

fn decode(shape: &StructPlan, fields: &[Field], usage: Use) -> TokenStream {
    let name = ident(&shape.name);
    let reads = shape.fields.iter().zip(fields).map(|(name, field)| {
        let (name, key) = (ident(name), &field.name);
        quote!(#name: fields.get(#key)?,)
    });
    let keys = fields.iter().map(|field| &field.name);
    let unknown = (usage == Use::Record).then(|| {
        let name = rest(shape);
        quote!(#name: ::eventflow::__private::unknown(json, &[#(#keys),*]),)
    });
    let binding = (!fields.is_empty()).then(|| quote!(let fields =));
    quote! {
        impl ::eventflow::Decode for #name {
            fn decode(json: &::eventflow::Json) -> ::core::result::Result<#name, ::eventflow::Mismatch> {
                #binding ::eventflow::Fields::of(json)?;
                ::core::result::Result::Ok(#name { #(#reads)* #unknown })
            }
        }
    }
}

/// The way of a record into a place of unknown type.
fn widen(shape: &StructPlan, fields: &[Field]) -> TokenStream {
    let name = ident(&shape.name);
    let rest = rest(shape);
    let writes = shape.fields.iter().zip(fields).map(|(name, field)| {
        let (name, key) = (ident(name), &field.name);
        quote!(::eventflow::__private::add_member(&mut members, #key, &self.#name, form);)
    });
    quote! {
        impl ::eventflow::__private::Widen for #name {
            fn to_json(&self, form: ::eventflow::__private::Form) -> ::eventflow::Json {
                let mut members = ::core::clone::Clone::clone(&self.#rest);
                #(#writes)*
                ::eventflow::Json::Object(members)
            }
        }
    }
}
