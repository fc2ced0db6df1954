//! External actors: a module each, with what the actor hears, the port that the user implements, its adapter for the
//! engine, and the client for what the actor says.

use super::client;
use crate::ir::{Actor, ActorId, PortMessage};
use crate::plan::{Plan, PortPlan};
use crate::render::frame::blank;
use crate::render::structs::{self, Use};
use crate::render::types::{Types, ident};
use crate::render::words::{code, doc, line_at};
use proc_macro2::TokenStream;
use quote::quote;

/// The record types that messages to external actors are made of.
pub(super) fn records(plan: &Plan<'_>) -> Vec<TokenStream> {
    let types = Types::new(&plan.records);
    let records = plan.records.iter().map(|(id, shape)| {
        let record = plan.system.record(*id);
        let place = plan.place(record.origin);
        let what = format!("The record {} ({}), as external actors see it", code(&record.name), place.at);
        structs::write(plan, &what, shape, &record.fields, types, Use::Record)
    });
    records.collect()
}

/// The modules of the external actors.
pub(super) fn actors(plan: &Plan<'_>) -> Vec<TokenStream> {
    (0..plan.actors.len()).filter_map(|index| actor(plan, ActorId::at(index))).collect()
}

fn actor(plan: &Plan<'_>, id: ActorId) -> Option<TokenStream> {
    let (actor, planned) = (plan.system.actor(id), &plan.actors[id.index()]);
    let methods = &plan.outside.clients[id.index()];
    let mut items = Vec::new();
    if !methods.is_empty() {
        let docs = doc(&[&format!("What {} may say.", code(&format!("@{}", actor.name)))]);
        items.extend(client::client(plan, &docs, methods, Some(&actor.name)));
    }
    if !actor.hears.is_empty() {
        items.extend(heard(plan, actor, &planned.hears));
        items.push(port(plan, id));
        items.extend(adapter(plan, id));
    }
    if items.is_empty() {
        return None;
    }
    let module = ident(&planned.module);
    let place = plan.place(actor.origin);
    let docs = doc(&[&format!("The external actor {} ({}).", code(&format!("@{}", actor.name)), place.at)]);
    Some(quote!(#docs pub mod #module { #(#items)* }))
}

/// The payloads of the messages.
fn heard(plan: &Plan<'_>, actor: &Actor, planned: &[PortPlan]) -> Vec<TokenStream> {
    let types = Types::new(&plan.records).inner();
    let messages = actor.hears.iter().zip(planned).filter(|(message, _)| !message.fields.is_empty());
    let payloads = messages.map(|(message, planned)| {
        let place = plan.place(message.origin);
        let what = line_at(place);
        structs::write(plan, &what, &planned.payload, &message.fields, types, Use::Event)
    });
    payloads.collect()
}

/// The trait that the user implements.
fn port(plan: &Plan<'_>, id: ActorId) -> TokenStream {
    let (actor, planned) = (plan.system.actor(id), &plan.actors[id.index()]);
    let docs = doc(&[
        &format!("The way to {}.", code(&format!("@{}", actor.name))),
        "A message is delivered at least once, and in order for each instance; the postmark's key is the same at every attempt.",
    ]);
    let mut methods = TokenStream::new();
    for (message, planned) in actor.hears.iter().zip(&planned.hears) {
        if !methods.is_empty() {
            methods.extend(blank());
        }
        methods.extend(method(plan, message, planned));
    }
    quote! {
        #docs
        pub trait Port: ::core::marker::Send + ::core::marker::Sync + 'static {
            #methods
        }
    }
}

fn answer(plan: &Plan<'_>, message: &PortMessage) -> TokenStream {
    let types = Types::new(&plan.records).inner();
    message.answer.as_ref().map_or_else(|| quote!(()), |ty| types.owned(ty))
}

fn method(plan: &Plan<'_>, message: &PortMessage, planned: &PortPlan) -> TokenStream {
    let place = plan.place(message.origin);
    let first = line_at(place);
    let method = ident(&planned.method);
    let payload = ident(&planned.payload.name);
    let parameter = (!message.fields.is_empty()).then(|| quote!(message: #payload,));
    let answer = answer(plan, message);
    let docs = doc(&[&first, "# Errors", "If it could not be delivered; it is tried again."]);
    quote! {
        #docs
        fn #method(
            &self,
            #parameter
            postmark: ::eventflow::port::Postmark<'_>,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<#answer, ::eventflow::dynamic::BoxError>,
        > + ::core::marker::Send;
    }
}

/// The port as the engine sees it.
fn adapter(plan: &Plan<'_>, id: ActorId) -> Vec<TokenStream> {
    let (actor, planned) = (plan.system.actor(id), &plan.actors[id.index()]);
    let arms = actor.hears.iter().zip(&planned.hears).map(|(message, planned)| {
        let (event, method) = (&message.name, ident(&planned.method));
        let payload = (!message.fields.is_empty()).then(|| quote!(::eventflow::Decode::decode(delivery.data)?,));
        let call = quote!(Port::#method(&self.0, #payload postmark).await?);
        if message.answer.is_some() {
            quote!(#event => ::core::option::Option::Some(::eventflow::Encoder::encode(&#call)),)
        } else {
            quote!(#event => { #call; ::core::option::Option::None })
        }
    });
    let definition = quote! {
        /// The port as the engine sees it.
        pub(super) struct Adapter<P>(pub(super) P);
    };
    let implementation = quote! {
        impl<P: Port> ::eventflow::dynamic::DynPort for Adapter<P> {
            fn deliver<'a>(
                &'a self,
                delivery: ::eventflow::dynamic::Delivery<'a>,
            ) -> ::eventflow::dynamic::BoxFuture<
                'a,
                ::core::result::Result<::core::option::Option<::std::string::String>, ::eventflow::dynamic::BoxError>,
            > {
                ::std::boxed::Box::pin(async move {
                    let postmark = ::eventflow::port::Postmark::of(&delivery);
                    ::core::result::Result::Ok(match delivery.event {
                        #(#arms)*
                        unheard => return ::core::result::Result::Err(::eventflow::port::unheard(unheard)),
                    })
                })
            }
        }
    };
    vec![definition, implementation]
}
