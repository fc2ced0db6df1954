//! Handlers: a function for each `on`, with the flow's line above each statement.
//!
//! A body is written twice: what it needs (the turn, the event, a caller, the behavior; whether it can fail) is known
//! only when it is written, and its last line depends on it.

use super::condition::Asked;
use super::frame::Frame;
use super::types::{Types, ident};
use super::words::{code, doc};
use crate::ir::{self, ExpressionKind, HandlerId, MachineId, VariableId};
use crate::plan::{HandlerPlan, MachinePlan, Plan, waiting};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

/// What a body needs of its function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// `&self`, for the behavior.
    pub(super) behavior: bool,
    /// The turn.
    pub(super) turn: bool,
    /// The payload.
    pub(super) event: bool,
    /// The decision.
    pub(super) decision: bool,
    /// The line to others.
    pub(super) caller: bool,
    /// A `Result`.
    pub(super) fallible: bool,
    /// The functions that make views.
    pub(super) view: Views,
}

/// Who looks through a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Views {
    /// Nobody.
    #[default]
    None,
    /// Statements that read the context.
    Read,
    /// The code behind a sentence.
    Asked,
}

/// The body of a handler in the making.
pub(super) struct Body<'p> {
    pub(super) whole: &'p Plan<'p>,
    pub(super) system: &'p ir::System,
    pub(super) machine: &'p ir::Machine,
    pub(super) plan: &'p MachinePlan,
    pub(super) handler: &'p ir::Handler,
    /// The position of the handler.
    pub(super) index: usize,
    pub(super) event: &'p ir::Event,
    pub(super) types: Types<'p>,
    pub(super) frame: &'p mut Frame,
    /// What every handler of the machine needs, as far as it is written; for calls to self.
    pub(super) others: &'p [Needs],
    /// What is known to be needed so far.
    pub(super) needs: Needs,
    /// Whether the function is known to return a `Result`.
    pub(super) fallible: bool,
    /// Whether a statement above may have moved the instance.
    pub(super) moved: bool,
    /// What the condition that is being written asks more than once.
    pub(super) asked: Asked<'p>,
    /// The variables that mean the payload's field until this very handler assigns them, where the changes of the turn
    /// do not tell: it calls handlers of its machine, or is called by them. With each, whether its assignment is written.
    pub(super) watched: BTreeMap<VariableId, bool>,
}

/// The functions of all handlers, and what each needs.
pub(super) fn functions<'p>(plan: &'p Plan<'p>, id: MachineId, frame: &mut Frame) -> (Vec<TokenStream>, Vec<Needs>) {
    let machine = plan.system.machine(id);
    let mut needs = vec![Needs::default(); machine.handlers.len()];
    loop {
        let before = needs.clone();
        let mut scratch = Frame::new(plan, "", "");
        for (index, needs) in needs.iter_mut().enumerate() {
            *needs = body(plan, id, HandlerId::at(index), &before, false, &mut scratch).1;
        }
        if needs == before {
            break;
        }
    }
    let mut functions = Vec::new();
    for (index, used) in needs.iter().enumerate() {
        let handler = HandlerId::at(index);
        let (statements, _) = body(plan, id, handler, &needs, used.fallible, frame);
        functions.push(function(plan, id, handler, *used, &statements));
    }
    (functions, needs)
}

fn body<'p>(
    plan: &'p Plan<'p>,
    id: MachineId,
    handler: HandlerId,
    others: &'p [Needs],
    fallible: bool,
    frame: &'p mut Frame,
) -> (TokenStream, Needs) {
    let mut body = start(plan, id, handler, others, fallible, frame);
    let statements = body.handler_body();
    (statements, body.needs)
}

fn start<'p>(
    plan: &'p Plan<'p>,
    id: MachineId,
    handler: HandlerId,
    others: &'p [Needs],
    fallible: bool,
    frame: &'p mut Frame,
) -> Body<'p> {
    let machine = plan.system.machine(id);
    let of = machine.handler(handler);
    let machine_plan = &plan.machines[id.index()];
    Body {
        whole: plan,
        system: plan.system,
        machine,
        plan: machine_plan,
        handler: of,
        index: handler.index(),
        event: machine.event(of.event),
        types: Types::new(&machine_plan.records),
        frame,
        others,
        needs: Needs::default(),
        fallible,
        // A handler that its own machine calls runs behind the statements of its caller.
        moved: machine_plan.handlers[handler.index()].called_by_itself,
        asked: Asked::default(),
        watched: watched(machine, machine_plan, handler),
    }
}

fn watched(machine: &ir::Machine, plan: &MachinePlan, id: HandlerId) -> BTreeMap<VariableId, bool> {
    let handler = machine.handler(id);
    let calls = || !waiting::called_handlers(&plan.handled, handler).is_empty();
    let mut watched = BTreeMap::new();
    if plan.handlers[id.index()].called_by_itself || calls() {
        handler.each_expression(&mut |expression| {
            if let ExpressionKind::Latest { variable, .. } = expression.kind {
                watched.insert(variable, false);
            }
        });
    }
    watched
}

/// What a `(queued api)` handler does at acceptance: the values that are fixed, the reply, and the fixed values as json.
pub(super) fn acceptance<'p>(
    plan: &'p Plan<'p>,
    id: MachineId,
    handler: HandlerId,
    frame: &'p mut Frame,
) -> (TokenStream, Needs) {
    let mut body = start(plan, id, handler, &[], true, frame);
    let statements = body.acceptance_body();
    (statements, body.needs)
}

fn function(plan: &Plan<'_>, id: MachineId, handler: HandlerId, needs: Needs, statements: &TokenStream) -> TokenStream {
    let of = plan.system.machine(id).handler(handler);
    let machine_plan = &plan.machines[id.index()];
    let HandlerPlan { function, waits, .. } = &machine_plan.handlers[handler.index()];
    let place = plan.place(of.origin);
    let docs = doc(&[&format!("{} ({})", code(&place.text), place.at)]);
    let name = ident(function);
    let waiting = waits.then(|| quote!(async));
    let payload = ident(&machine_plan.events[of.event.index()].name);
    let mut parameters = Vec::new();
    parameters.extend(needs.behavior.then(|| quote!(&self)));
    parameters.extend(needs.turn.then(|| quote!(turn: Turn<'_>)));
    parameters.extend(needs.event.then(|| quote!(event: &#payload)));
    parameters.extend(needs.decision.then(|| quote!(decision: &mut Decision)));
    parameters.extend(needs.caller.then(|| quote!(caller: &mut ::eventflow::Caller<'_>)));
    let output = if needs.fallible { quote!(Outcome) } else { quote!(::eventflow::Ran) };
    quote! {
        #docs
        #waiting fn #name(#(#parameters),*) -> #output {
            #statements
        }
    }
}

impl Body<'_> {
    /// The state, as the statements so far have left it.
    pub(super) fn state(&mut self) -> TokenStream {
        self.needs.turn = true;
        if self.moved {
            self.needs.decision = true;
            quote!(decision.state.unwrap_or(turn.state))
        } else {
            quote!(turn.state)
        }
    }

    /// What guards, actions and reads of the context look through.
    pub(super) fn view(&mut self) -> TokenStream {
        self.needs.turn = true;
        self.needs.decision = true;
        self.needs.view = self.needs.view.max(Views::Read);
        quote!(view(turn, decision))
    }

    /// What the code of a sentence looks through that is called at this place.
    pub(super) fn view_at(&mut self, place: &str) -> TokenStream {
        self.needs.turn = true;
        self.needs.decision = true;
        self.needs.view = Views::Asked;
        quote!(view_at(turn, decision, #place))
    }

    /// The value of a handler that ends.
    pub(super) fn ending(&self, something: bool) -> TokenStream {
        let ran = if something { quote!(::eventflow::Ran::Something) } else { quote!(::eventflow::Ran::Nothing) };
        if self.fallible { quote!(::core::result::Result::Ok(#ran)) } else { ran }
    }
}
