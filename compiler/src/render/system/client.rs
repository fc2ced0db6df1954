//! Clients: a method for each event that somebody outside may send.

use super::module;
use crate::plan::{MethodPlan, Plan};
use crate::render::frame::blank;
use crate::render::types::ident;
use crate::render::words::{code, doc};
use proc_macro2::TokenStream;
use quote::quote;

/// The client for what anybody may send; none if there is nothing.
pub(super) fn open(plan: &Plan<'_>) -> Vec<TokenStream> {
    if plan.outside.open.is_empty() {
        return Vec::new();
    }
    let docs = doc(&["What may be said in the name of nobody in particular."]);
    client(plan, &docs, &plan.outside.open, None)
}

/// A client, as the module of the system or a module within it has it. `actor` is whose it is, by name.
pub(super) fn client(
    plan: &Plan<'_>,
    docs: &TokenStream,
    methods: &[MethodPlan],
    actor: Option<&str>,
) -> Vec<TokenStream> {
    let methods = methods.iter().map(|method| {
        let blank = blank();
        let method = event(plan, method, actor);
        quote!(#blank #method)
    });
    let definition = quote! {
        #docs
        #[derive(Clone, Copy)]
        pub struct Client<'a> {
            dispatcher: &'a dyn ::eventflow::request::Dispatcher,
        }
    };
    let implementation = quote! {
        impl<'a> Client<'a> {
            /// The client of whatever serves requests.
            #[must_use]
            pub const fn new(dispatcher: &'a dyn ::eventflow::request::Dispatcher) -> Client<'a> {
                Client { dispatcher }
            }
            #(#methods)*
        }
    };
    vec![definition, implementation]
}

fn event(plan: &Plan<'_>, method: &MethodPlan, actor: Option<&str>) -> TokenStream {
    let MethodPlan { name, machine, handler } = method;
    let (named, planned) = (plan.system.machine(*machine), &plan.machines[machine.index()]);
    let handler = named.handler(*handler);
    let event = named.event(handler.event);
    let module = module(planned);
    let module = if actor.is_some() { quote!(super::#module) } else { module };
    let (method, machine_name, event_name) = (ident(name), &named.name, &event.name);
    let reply = if planned.replies.is_empty() { quote!(::eventflow::Never) } else { quote!(#module::Reply) };
    let (parameter, data) = if event.fields.is_empty() {
        (None, quote!(::std::borrow::ToOwned::to_owned("{}")))
    } else {
        let payload = ident(&planned.events[handler.event.index()].name);
        (Some(quote!(, event: #module::#payload)), quote!(::eventflow::Encoder::encode(&event)))
    };
    let (id, to) = if handler.creates {
        (None, None)
    } else {
        (Some(quote!(, id: impl ::core::fmt::Display)), Some(quote!(.to(id))))
    };
    let from = actor.map(|actor| quote!(.from_actor(#actor)));
    let place = plan.place(handler.origin);
    let first = format!("{} ({})", code(&place.text), place.at);
    let second =
        if handler.creates { "A new instance, unless it is said to whom." } else { "To the instance with this id." };
    let docs = doc(&[&first, second]);
    quote! {
        #docs
        pub fn #method(&self #id #parameter) -> ::eventflow::client::Pending<'a, #reply> {
            ::eventflow::client::Pending::new(self.dispatcher, #machine_name, #event_name, #data)#from #to
        }
    }
}
