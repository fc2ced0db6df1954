//! How clients read what the flow replied.

use super::module;
use crate::ir::{EventId, Machine};
use crate::plan::{MachinePlan, Plan, ReplyPlan, ReplyShape};
use crate::render::types::ident;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// A reader for the replies of each machine that replies.
pub(super) fn readers(plan: &Plan<'_>) -> Vec<TokenStream> {
    let machines = plan.system.machines.iter().zip(&plan.machines);
    machines
        .filter(|(_, planned)| !planned.replies.is_empty())
        .map(|(machine, planned)| reader(machine, planned))
        .collect()
}

fn reader(machine: &Machine, planned: &MachinePlan) -> TokenStream {
    let module = module(planned);
    let is_reserved = |reply: &ReplyPlan| {
        let mut events = (0..machine.events.len()).map(|index| machine.event(EventId::at(index)));
        events.any(|event| event.name == reply.event && event.reserved.is_some())
    };
    // A reserved handler may answer in place of any other, so its replies are tried for every event, and last.
    let (anywhere, own): (Vec<&ReplyPlan>, Vec<&ReplyPlan>) =
        planned.replies.iter().partition(|reply| is_reserved(reply));
    let asks_event = !own.is_empty();
    let attempts = own.iter().map(|reply| attempt(reply, &module, Some(&reply.event)));
    let attempts: Vec<_> = attempts.chain(anywhere.iter().map(|reply| attempt(reply, &module, None))).collect();
    let event = if asks_event { quote!(event) } else { quote!(_event) };
    quote! {
        impl ::eventflow::client::FromReply for #module::Reply {
            fn from_reply(
                #event: &str,
                reply: &::eventflow::dynamic::Reply,
                body: &::eventflow::Json,
            ) -> ::core::result::Result<#module::Reply, ::eventflow::Mismatch> {
                #(#attempts)*
                ::core::result::Result::Err(::eventflow::Mismatch::new("a reply of this flow", body))
            }
        }
    }
}

/// Reads one reply, if it is this one. One of the same status may have another shape, so that a body that does not fit
/// is not yet an error.
fn attempt(reply: &ReplyPlan, module: &TokenStream, event: Option<&str>) -> TokenStream {
    let variant = ident(&reply.variant);
    let status = Literal::u16_unsuffixed(reply.status);
    let (phrase, promises) = (optional(reply.phrase.as_deref()), optional(reply.promises.as_deref()));
    let event = event.map(|event| quote!(event == #event &&));
    let read = match &reply.shape {
        ReplyShape::Empty => quote!(return ::core::result::Result::Ok(#module::Reply::#variant);),
        ReplyShape::Transformer => {
            quote!(return ::core::result::Result::Ok(#module::Reply::#variant(::core::clone::Clone::clone(body)));)
        }
        ReplyShape::Fields { payload, types, .. } => {
            let name = ident(&payload.name);
            let fields = payload.fields.iter().zip(types).map(|(field, (key, _, _))| {
                let field = ident(field);
                quote!(#field: fields.get(#key)?)
            });
            let made = quote!(#module::#name { #(#fields),* });
            let binding = if types.is_empty() { quote!(_) } else { quote!(fields) };
            let made = if payload.boxed { quote!(::std::boxed::Box::new(#made)) } else { made };
            quote! {
                let read = ::eventflow::Fields::of(body).and_then(|#binding| {
                    ::core::result::Result::Ok(#module::Reply::#variant(#made))
                });
                if read.is_ok() {
                    return read;
                }
            }
        }
    };
    quote! {
        if #event ::eventflow::client::is_reply(reply, #status, #phrase, #promises) {
            #read
        }
    }
}

fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}
