//! Replies: a struct for each shape, one enum over all that a machine answers.

use super::handler::Body;
use super::types::{Types, ident};
use super::words::{code, doc, line_at, one};
use crate::ir::{MachineId, Reply, ReplyBody, Type};
use crate::plan::{Plan, ReplyPlan, ReplyShape, StructPlan};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The types of the replies of a machine; none if it never answers.
pub(super) fn types(plan: &Plan<'_>, id: MachineId) -> Vec<TokenStream> {
    let machine_plan = &plan.machines[id.index()];
    if machine_plan.replies.is_empty() {
        return Vec::new();
    }
    let types = Types::new(&machine_plan.records);
    let mut items: Vec<TokenStream> = Vec::new();
    for reply in &machine_plan.replies {
        if let ReplyShape::Fields { payload, types: fields, rows, first: true, .. } = &reply.shape {
            let rows = rows.iter().map(|row| format!("From {}", line_at(plan.place(*row)))).collect();
            items.push(body_struct(reply, payload, Fields { fields, rows }, types));
        }
    }
    items.push(enumeration(&plan.system.machine(id).name, &machine_plan.replies));
    items
}

fn words(reply: &ReplyPlan) -> String {
    let phrase = reply.phrase.as_ref().map(|phrase| format!(" {phrase}")).unwrap_or_default();
    format!("reply {}{phrase}", reply.status)
}

/// What a reply carries: the key, the type and whether it is there of each field, and the row that gives it.
struct Fields<'p> {
    fields: &'p [(String, Type, bool)],
    rows: Vec<String>,
}

fn body_struct(
    reply: &ReplyPlan,
    payload: &StructPlan,
    Fields { fields, rows }: Fields<'_>,
    types: Types<'_>,
) -> TokenStream {
    let name = ident(&payload.name);
    let docs = doc(&[&format!("What {} to `:{}` carries.", code(&words(reply)), reply.event)]);
    let members = payload.fields.iter().zip(fields).zip(&rows).map(|((name, (_, ty, required)), row)| {
        let (name, ty) = (ident(name), if *required { types.owned(ty) } else { types.optional(ty) });
        let docs = doc(&[row.as_str()]);
        quote!(#docs pub #name: #ty,)
    });
    let writes = payload.fields.iter().zip(fields).map(|(name, (key, _, required))| {
        let name = ident(name);
        let write = if *required { quote!(field) } else { quote!(optional) };
        quote!(object.#write(#key, &self.#name);)
    });
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name {
            #(#members)*
        }
        impl ::eventflow::Encode for #name {
            fn encode(&self, encoder: &mut ::eventflow::Encoder) {
                let mut object = encoder.object();
                #(#writes)*
                object.end();
            }
        }
    }
}

fn enumeration(machine: &str, replies: &[ReplyPlan]) -> TokenStream {
    let docs = doc(&[&format!("What {} answers.", one(machine))]);
    let variants = replies.iter().map(|reply| {
        let variant = ident(&reply.variant);
        let docs = doc(&[&format!("{} to `:{}`", code(&words(reply)), reply.event)]);
        let body = match &reply.shape {
            ReplyShape::Empty => None,
            ReplyShape::Transformer => Some(quote!((::eventflow::Json))),
            ReplyShape::Fields { payload, .. } => {
                let name = ident(&payload.name);
                Some(if payload.boxed { quote!((::std::boxed::Box<#name>)) } else { quote!((#name)) })
            }
        };
        quote!(#docs #variant #body,)
    });
    let statuses = by_value(replies, |reply| {
        let status = Literal::u16_unsuffixed(reply.status);
        quote!(#status)
    });
    let phrases = replies.iter().any(|reply| reply.phrase.is_some()).then(|| {
        let phrases = by_value(replies, |reply| optional(reply.phrase.as_deref()));
        quote! {
            fn phrase(&self) -> ::core::option::Option<&'static str> {
                match self { #phrases }
            }
        }
    });
    let promises = replies.iter().any(|reply| reply.promises.is_some()).then(|| {
        let promises = by_value(replies, |reply| optional(reply.promises.as_deref()));
        quote! {
            fn promises(&self) -> ::core::option::Option<&'static str> {
                match self { #promises }
            }
        }
    });
    let bodies = replies.iter().map(|reply| {
        let variant = ident(&reply.variant);
        let body = match &reply.shape {
            ReplyShape::Empty => return quote!(Reply::#variant => ::core::option::Option::None,),
            ReplyShape::Fields { payload, .. } if payload.boxed => quote!(&**body),
            ReplyShape::Transformer | ReplyShape::Fields { .. } => quote!(body),
        };
        quote!(Reply::#variant(body) => ::core::option::Option::Some(::eventflow::Encoder::encode(#body)),)
    });
    let blank = super::frame::blank();
    let (blank_phrases, blank_promises) =
        (phrases.is_some().then(|| blank.clone()), promises.is_some().then(|| blank.clone()));
    quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub enum Reply {
            #(#variants)*
        }
        impl ::eventflow::Reply for Reply {
            fn status(&self) -> u16 {
                match self { #statuses }
            }
            #blank_phrases
            #phrases
            #blank_promises
            #promises
            #blank
            fn body(&self) -> ::core::option::Option<::std::string::String> {
                match self {
                    #(#bodies)*
                }
            }
        }
    }
}

fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// The arms of a match that gives each reply a value, replies of one value together.
fn by_value(replies: &[ReplyPlan], value: impl Fn(&ReplyPlan) -> TokenStream) -> TokenStream {
    let mut groups: Vec<(String, TokenStream, Vec<TokenStream>)> = Vec::new();
    for reply in replies {
        let variant = ident(&reply.variant);
        let pattern = match reply.shape {
            ReplyShape::Empty => quote!(Reply::#variant),
            ReplyShape::Transformer | ReplyShape::Fields { .. } => quote!(Reply::#variant(_)),
        };
        let value = value(reply);
        let key = value.to_string();
        match groups.iter_mut().find(|(other, _, _)| *other == key) {
            Some((_, _, patterns)) => patterns.push(pattern),
            None => groups.push((key, value, vec![pattern])),
        }
    }
    let arms = groups.into_iter().map(|(_, value, patterns)| quote!(#(#patterns)|* => #value,));
    quote!(#(#arms)*)
}

impl<'p> Body<'p> {
    /// A reply, with the callback that it promises.
    pub(super) fn reply(&mut self, reply: &'p Reply, promises: Option<&String>) -> TokenStream {
        self.needs.decision = true;
        let promises = promises.map(String::as_str);
        let plan = crate::plan::reply::find(&self.plan.replies, &self.event.name, reply, promises);
        let plan = plan.expect("every reply of the machine is planned");
        let variant = ident(&plan.variant);
        match (&reply.body, &plan.shape) {
            (ReplyBody::Fields { fields, .. }, ReplyShape::Fields { payload, .. }) => {
                let mut written = Vec::new();
                for (field, name) in fields.iter().zip(&payload.fields) {
                    let name = ident(name);
                    let value = if field.required {
                        self.required(&field.value).into_owned()
                    } else {
                        self.value(&field.value).into_option()
                    };
                    written.push(quote!(#name: #value));
                }
                let name = ident(&payload.name);
                let body = if payload.boxed { quote!(::std::boxed::Box::new(body)) } else { quote!(body) };
                quote! {
                    let body = #name { #(#written),* };
                    decision.effects.reply(Reply::#variant(#body));
                }
            }
            (ReplyBody::Transformer(call), _) => {
                let (before, body, after) = self.acted(call);
                quote!(#before let body = #body; #after decision.effects.reply(Reply::#variant(body));)
            }
            (ReplyBody::Empty | ReplyBody::Fields { .. }, _) => quote!(decision.effects.reply(Reply::#variant);),
        }
    }
}
