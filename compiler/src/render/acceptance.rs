//! What `(queued api)` handlers answer at the door: the values that are fixed there, and the reply that reads them.

use super::frame::{Frame, blank};
use super::handler::{self, Needs, Views};
use super::types::ident;
use super::words::{code, doc};
use crate::ir::{HandlerId, MachineId};
use crate::plan::Plan;
use proc_macro2::TokenStream;
use quote::quote;

/// The generated pieces.
pub(super) struct Acceptance {
    /// A function for each handler that answers at the door.
    pub(super) functions: Option<TokenStream>,
    /// The method that calls them.
    pub(super) method: Option<TokenStream>,
    /// Whether some function makes a view.
    pub(super) views: Views,
}

/// The acceptance of a machine's queued requests.
pub(super) fn acceptance(plan: &Plan<'_>, id: MachineId, frame: &mut Frame) -> Acceptance {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let mut functions = TokenStream::new();
    let mut arms = TokenStream::new();
    let mut views = Views::None;
    for (index, handler) in machine.handlers.iter().enumerate() {
        if !handler.queued || (handler.acceptance.is_none() && handler.fixed.is_empty()) {
            continue;
        }
        let (statements, needs) = handler::acceptance(plan, id, HandlerId::at(index), frame);
        views = views.max(needs.view);
        let named = &machine_plan.handlers[index];
        let function = quote::format_ident!("accept_{}", named.function.bare());
        let place = plan.place(handler.origin);
        let docs = doc(&[&format!("What {} ({}) answers at the door.", code(&place.text), place.at)]);
        let payload = ident(&machine_plan.events[handler.event.index()].name);
        let parameters = parameters(needs, &quote!(#payload));
        if !functions.is_empty() {
            functions.extend(blank());
        }
        functions.extend(quote! {
            #docs
            fn #function(#(#parameters),*) -> ::core::result::Result<::eventflow::Json, ::eventflow::Failure> {
                #statements
            }
        });
        let variant = ident(&named.variant);
        let pattern = match (machine.event(handler.event).fields.is_empty(), needs.event) {
            (true, _) => quote!(Event::#variant),
            (false, true) => quote!(Event::#variant(event)),
            (false, false) => quote!(Event::#variant(_)),
        };
        let mut arguments = Vec::new();
        arguments.extend(needs.turn.then(|| quote!(turn)));
        arguments.extend(needs.event.then(|| quote!(event)));
        arguments.extend(needs.decision.then(|| quote!(decision)));
        arms.extend(quote!(#pattern => Machine::#function(#(#arguments),*),));
    }
    if arms.is_empty() {
        return Acceptance { functions: None, method: None, views: Views::None };
    }
    let rest = rest(plan, id);
    let method = quote! {
        fn accept(
            turn: Turn<'_>,
            decision: &mut Decision,
        ) -> ::core::result::Result<::eventflow::Json, ::eventflow::Failure> {
            match turn.event {
                #arms
                #rest
            }
        }
    };
    Acceptance { functions: Some(quote!(impl Machine { #functions })), method: Some(method), views }
}

/// The arm of the handlers that answer nothing at the door.
fn rest(plan: &Plan<'_>, id: MachineId) -> Option<TokenStream> {
    let machine = plan.system.machine(id);
    let named = &plan.machines[id.index()].handlers;
    let patterns: Vec<TokenStream> = machine
        .handlers
        .iter()
        .zip(named)
        .filter(|(handler, _)| !handler.queued || (handler.acceptance.is_none() && handler.fixed.is_empty()))
        .map(|(handler, named)| {
            let variant = ident(&named.variant);
            if machine.event(handler.event).fields.is_empty() {
                quote!(Event::#variant)
            } else {
                quote!(Event::#variant(_))
            }
        })
        .collect();
    (!patterns.is_empty()).then(|| quote!(#(#patterns)|* => ::core::result::Result::Ok(::eventflow::Json::object([])),))
}

fn parameters(needs: Needs, payload: &TokenStream) -> Vec<TokenStream> {
    let mut parameters = Vec::new();
    parameters.extend(needs.turn.then(|| quote!(turn: Turn<'_>)));
    parameters.extend(needs.event.then(|| quote!(event: &#payload)));
    parameters.extend(needs.decision.then(|| quote!(decision: &mut Decision)));
    parameters
}
