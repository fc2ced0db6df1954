//! The module of a machine, in reading order: states, events, context, what it says and answers, what only code can
//! say, the handlers, and at last what the runtime needs to know.

use super::behavior;
use super::codec;
use super::dispatch;
use super::frame::{Frame, blank};
use super::reply;
use super::structs::{self, Use};
use super::types::{Types, ident};
use super::words::{code, doc, line_at, one, prose};
use crate::ir::{EventId, Handler, MachineId, Outcome, Party, StateKind};
use crate::plan::Plan;
use proc_macro2::TokenStream;
use quote::quote;

/// Writes the module.
pub(super) fn write(plan: &Plan<'_>, id: MachineId, frame: &mut Frame) {
    let dispatch = dispatch::decider(plan, id, frame);
    let accepted = super::acceptance::acceptance(plan, id, frame);
    frame.item(abi());
    frame.item(states(plan, id));
    for item in events(plan, id) {
        frame.item(item);
    }
    for item in context(plan, id) {
        frame.item(item);
    }
    if let Some(setter) = behavior::setter(plan, id) {
        frame.item(setter);
    }
    for item in records(plan, id) {
        frame.item(item);
    }
    for item in said(plan, id) {
        frame.item(item);
    }
    for item in reply::types(plan, id) {
        frame.item(item);
    }
    for item in aliases(plan, id, dispatch.fallible || accepted.functions.is_some()) {
        frame.item(item);
    }
    if let Some(behavior) = behavior::behavior(plan, id) {
        frame.item(behavior);
    }
    for item in behavior::view(plan, id, dispatch.views.max(accepted.views)) {
        frame.item(item);
    }
    for item in dispatch.items {
        frame.item(item);
    }
    frame.item(machine(plan, id));
    if let Some(functions) = accepted.functions {
        frame.item(functions);
    }
    frame.item(codec::recorded(plan, id, accepted.method));
}

/// What locks the module to the runtime that it was generated for.
fn abi() -> TokenStream {
    let version = proc_macro2::Literal::u32_unsuffixed(crate::plan::CODEGEN_ABI);
    quote! {
        const _: () = ::core::assert!(
            ::eventflow::__private::CODEGEN_ABI == #version,
            "this module was generated for another version of the crate `eventflow`: generate it again"
        );
    }
}

fn states(plan: &Plan<'_>, id: MachineId) -> TokenStream {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let docs = doc(&[&format!("Where {} is.", one(&machine.name))]);
    let mut variants = TokenStream::new();
    let mut names = TokenStream::new();
    for (state, name) in machine.states.iter().zip(&machine_plan.states) {
        let variant = ident(name);
        let text = &state.name;
        let mut what = code(&format!("#{text}"));
        what.push_str(match (state.kind, state.outcome) {
            (Some(StateKind::Initial), _) => ", where it begins",
            (Some(StateKind::Waiting), _) => ", where it waits",
            (Some(StateKind::Terminal), Some(Outcome::Success)) => ", the end, and a success",
            (Some(StateKind::Terminal), Some(Outcome::Failure)) => ", the end, and a failure",
            (Some(StateKind::Terminal), Some(Outcome::Neutral) | None) => ", the end",
            (None, _) if machine.state(machine.initial).name == *text => ", where it begins",
            (None, _) => "",
        });
        let place = plan.place(state.origin);
        what.push_str(&if state.declared && place.line == format!("#{text}") {
            format!(": declared in {}", place.at)
        } else {
            format!(": {}", line_at(place))
        });
        let description = state.description.as_deref().map(prose);
        let docs = match &description {
            Some(description) => doc(&[&what, description]),
            None => doc(&[&what]),
        };
        variants.extend(quote!(#docs #variant,));
        names.extend(quote!(State::#variant => #text,));
    }
    let blank = blank();
    let all = machine_plan.states.iter().map(ident);
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum State {
            #variants
        }
        impl State {
            /// All of them, the declared ones first.
            pub const ALL: &'static [State] = &[#(State::#all),*];
            #blank
            /// The name in the flow, without its sigil.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { #names }
            }
        }
    }
}

fn events(plan: &Plan<'_>, id: MachineId) -> Vec<TokenStream> {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let types = Types::new(&machine_plan.records);
    let mut items = Vec::new();
    for (index, event) in machine.events.iter().enumerate() {
        let first = machine_plan.handled.handlers(EventId::at(index)).first();
        let Some(handler) = first.filter(|_| !event.fields.is_empty()) else { continue };
        let place = plan.place(machine.handler(*handler).origin);
        let what = format!("The payload of {} ({})", code(&place.text), place.at);
        items.push(structs::write(plan, &what, &machine_plan.events[index], &event.fields, types, Use::Event));
    }
    let docs = doc(&[&format!("What can happen to {}.", one(&machine.name))]);
    let variants = machine.handlers.iter().zip(&machine_plan.handlers).map(|(handler, named)| {
        let variant = ident(&named.variant);
        let docs = doc(&[&handler_words(plan, handler)]);
        let shape = &machine_plan.events[handler.event.index()];
        let name = ident(&shape.name);
        let payload = (!machine.event(handler.event).fields.is_empty())
            .then(|| if shape.boxed { quote!((::std::boxed::Box<#name>)) } else { quote!((#name)) });
        quote!(#docs #variant #payload,)
    });
    items.push(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub enum Event {
            #(#variants)*
        }
    });
    items
}

fn handler_words(plan: &Plan<'_>, handler: &Handler) -> String {
    let place = plan.place(handler.origin);
    let creates = if handler.creates { ": may create" } else { "" };
    let from = match handler.from {
        Some(Party::System) => ", from the runtime",
        Some(Party::Machine(_) | Party::Actor(_)) | None => "",
    };
    format!("{} ({}){creates}{from}", code(&place.text), place.at)
}

fn context(plan: &Plan<'_>, id: MachineId) -> Vec<TokenStream> {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let types = Types::new(&machine_plan.records);
    let secret = machine.variables.iter().any(|variable| variable.secret);
    let debug = (!secret).then(|| quote!(Debug,));
    let mut remembered = TokenStream::new();
    let mut changed = TokenStream::new();
    for (variable, name) in machine.variables.iter().zip(&machine_plan.variables) {
        let name = ident(name);
        let place = plan.place(variable.origin);
        let docs = doc(&[&line_at(place)]);
        let ty = types.optional(&variable.ty);
        let change = behavior::change_type(&variable.ty, types);
        remembered.extend(quote!(#docs pub #name: #ty,));
        changed.extend(quote!(#docs pub #name: #change,));
    }
    let masked = |title: &str| {
        let shown = machine.variables.iter().zip(&machine_plan.variables);
        let shown = shown.map(|(variable, name)| (ident(name), variable.secret));
        secret.then(|| structs::debug_masked(&quote::format_ident!("{title}"), shown))
    };
    let (masked_context, masked_changes) = (masked("Context"), masked("Changes"));
    let context_docs = doc(&[&format!("What {} remembers.", one(&machine.name))]);
    let changes_docs = doc(&["What one turn does to the context."]);
    let mut items = vec![
        quote! {
            #context_docs
            #[derive(Clone, #debug Default, PartialEq)]
            pub struct Context {
                #remembered
            }
            #masked_context
        },
        quote! {
            #changes_docs
            #[derive(Clone, #debug Default, PartialEq)]
            pub struct Changes {
                #changed
            }
            #masked_changes
        },
    ];
    items.retain(|item| !item.is_empty());
    items
}

fn records(plan: &Plan<'_>, id: MachineId) -> Vec<TokenStream> {
    let machine_plan = &plan.machines[id.index()];
    let types = Types::new(&machine_plan.records);
    machine_plan
        .records
        .iter()
        .map(|(id, shape)| {
            let record = plan.system.record(*id);
            let place = plan.place(record.origin);
            let what = format!("The record {} ({})", code(&record.name), place.at);
            structs::write(plan, &what, shape, &record.fields, types, Use::Record)
        })
        .collect()
}

fn said(plan: &Plan<'_>, id: MachineId) -> Vec<TokenStream> {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let types = Types::new(&machine_plan.records).inner();
    let mut payloads = TokenStream::new();
    let mut variants = TokenStream::new();
    let mut names = TokenStream::new();
    let mut targets = TokenStream::new();
    let mut codecs = TokenStream::new();
    for (message, named) in machine.messages.iter().zip(&machine_plan.messages) {
        let place = plan.place(message.origin);
        let what = line_at(place);
        if named.first && !message.fields.is_empty() {
            payloads.extend(structs::write(plan, &what, &named.payload, &message.fields, types, Use::Said));
        }
        let Some(variant) = &named.variant else { continue };
        let (variant, payload, event) = (ident(variant), ident(&named.payload.name), &message.event);
        let docs = doc(&[&what]);
        let target = codec::target(plan, &message.target);
        let unit = message.fields.is_empty();
        let body = match (unit, named.payload.boxed) {
            (true, _) => None,
            (false, false) => Some(quote!((says::#payload))),
            (false, true) => Some(quote!((::std::boxed::Box<says::#payload>))),
        };
        variants.extend(quote!(#docs #variant #body,));
        let ignoring = (!unit).then(|| quote!((_)));
        names.extend(quote!(Emit::#variant #ignoring => #event,));
        targets.extend(quote!(Emit::#variant #ignoring => #target,));
        codecs.extend(match (unit, named.payload.boxed) {
            (true, _) => quote!(Emit::#variant => encoder.object().end(),),
            (false, false) => quote!(Emit::#variant(payload) => { ::eventflow::Encode::encode(payload, encoder); }),
            (false, true) => quote!(Emit::#variant(payload) => { ::eventflow::Encode::encode(&**payload, encoder); }),
        });
    }
    let mut items = Vec::new();
    if !payloads.is_empty() {
        let docs = doc(&[&format!(
            "What {} says. The types are its own, so that it compiles without the others.",
            one(&machine.name)
        )]);
        items.push(quote!(#docs pub mod says { #payloads }));
    }
    if !variants.is_empty() {
        let docs = doc(&[&format!("What {} may say, and to whom.", one(&machine.name))]);
        let blank = blank();
        items.push(quote! {
            #docs
            #[derive(Clone, Debug, PartialEq)]
            pub enum Emit {
                #variants
            }
            impl ::eventflow::Message for Emit {
                fn event(&self) -> &'static str {
                    match self { #names }
                }
                #blank
                fn target(&self) -> ::eventflow::Target {
                    match self { #targets }
                }
                #blank
                fn encode(&self, encoder: &mut ::eventflow::Encoder) {
                    match self { #codecs }
                }
            }
        });
    }
    items.extend(timers(plan, id));
    items
}

fn timers(plan: &Plan<'_>, id: MachineId) -> Option<TokenStream> {
    let machine = plan.system.machine(id);
    let timers = &plan.machines[id.index()].timers;
    if timers.is_empty() {
        return None;
    }
    let docs = doc(&[&format!("The timers of {}.", one(&machine.name))]);
    let mut variants = TokenStream::new();
    let mut names = TokenStream::new();
    for (event, name) in timers {
        let variant = ident(name);
        let text = &machine.event(*event).name;
        let docs = doc(&[&format!("Comes back as {}.", code(&format!(":{text}")))]);
        variants.extend(quote!(#docs #variant,));
        names.extend(quote!(Timer::#variant => #text,));
    }
    Some(quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Timer {
            #variants
        }
        impl ::eventflow::Timer for Timer {
            fn event(self) -> &'static str {
                match self { #names }
            }
        }
    })
}

/// The runtime's generic types, with the types of this machine in them.
fn aliases(plan: &Plan<'_>, id: MachineId, fallible: bool) -> Vec<TokenStream> {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let who = one(&machine.name);
    let marker = doc(&[&format!(
        "{} ({}): its types, as the runtime knows them.",
        code(&format!("machine: @{}", machine.name)),
        plan.place(machine.origin).at
    )]);
    let turn = doc(&[&format!("What a turn of {who} sees.")]);
    let decision = doc(&[&format!("What a turn of {who} decides.")]);
    let mut items = vec![
        quote!(#marker #[derive(Clone, Copy, Debug, PartialEq, Eq)] pub enum Machine {}),
        quote!(#turn pub type Turn<'a> = ::eventflow::Turn<'a, Machine>;),
        quote!(#decision pub type Decision = ::eventflow::Decision<Machine>;),
    ];
    if machine_plan.effects.any() {
        let docs = doc(&[&format!("What a turn of {who} does beyond its instance.")]);
        let or_never = |present: bool, name: &str| {
            let name = quote::format_ident!("{name}");
            if present { quote!(#name) } else { quote!(::eventflow::Never) }
        };
        let emit = or_never(machine_plan.messages.iter().any(|message| message.variant.is_some()), "Emit");
        let timer = or_never(!machine_plan.timers.is_empty(), "Timer");
        let reply = or_never(!machine_plan.replies.is_empty(), "Reply");
        items.push(quote!(#docs pub type Effects = ::eventflow::Effects<#emit, #timer, #reply>;));
    }
    if fallible {
        items.push(quote!(
            type Outcome = ::core::result::Result<::eventflow::Ran, ::eventflow::Failure>;
        ));
    }
    items
}

fn machine(plan: &Plan<'_>, id: MachineId) -> TokenStream {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let name = &machine.name;
    let initial = ident(&machine_plan.states[machine.initial.index()]);
    let effects = if machine_plan.effects.any() { quote!(Effects) } else { quote!(::eventflow::NoEffects) };
    let variables: Vec<_> = machine_plan.variables.iter().map(ident).collect();
    let blank = blank();
    let (context, changes, apply) = if variables.is_empty() {
        (quote!(_context), quote!(_changes), TokenStream::new())
    } else {
        let apply = quote! {
            #(changes.#variables.apply(&mut context.#variables);)*
        };
        (quote!(context), quote!(changes), apply)
    };
    quote! {
        impl ::eventflow::Machine for Machine {
            const NAME: &'static str = #name;
            const STATES: &'static [State] = State::ALL;
            const INITIAL: State = State::#initial;
            type State = State;
            type Context = Context;
            type Changes = Changes;
            type Event = Event;
            type Effects = #effects;
            #blank
            fn state_name(state: State) -> &'static str {
                state.name()
            }
            #blank
            fn apply(#context: &mut Context, #changes: Changes) {
                #apply
            }
        }
    }
}
