//! The states of a machine: the declared ones, the initial one, and those that are only named.

use super::named::Named;
use crate::ast::{self, Declaration, StateDeclaration, StateKeyValue};
use crate::built_in;
use crate::catalog::names as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{self, Origins, StateId};
use crate::nearest;
use crate::source::{Sources, Span};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The states of one machine.
pub(super) struct StateTable {
    pub(super) states: Named<ir::State>,
    pub(super) closed: bool,
    pub(super) initial: StateId,
}

/// Where the text of an origin comes from.
pub(super) fn origin(origins: &mut Origins, sources: &Sources, span: Span) -> ir::OriginId {
    let line = sources.slice(span).lines().next().unwrap_or_default();
    origins.add(span, line.trim())
}

/// The declarations of a machine's states: its own, and those in its states file.
pub(super) fn declared<'a>(
    machine: &'a ast::Machine,
    states_file: Option<&'a ast::StatesFile>,
) -> Vec<&'a StateDeclaration> {
    in_machine(machine).chain(states_file.into_iter().flat_map(|file| &file.states)).collect()
}

fn in_machine(machine: &ast::Machine) -> impl Iterator<Item = &StateDeclaration> {
    machine.declarations().filter_map(|declaration| match declaration {
        Declaration::State(state) => Some(state),
        Declaration::Queue(_) | Declaration::Response(_) | Declaration::RecordType(_) => None,
    })
}

impl StateTable {
    /// The states of a machine in their order. Reports names that a closed machine does not have.
    pub(super) fn of(
        (machine, others): (&ast::Machine, &Others),
        declared: &[&StateDeclaration],
        origins: &mut Origins,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut table = Self { states: Named::default(), closed: false, initial: StateId::at(0) };
        report_two_initial(&in_machine(machine).collect::<Vec<_>>(), diagnostics);
        for state in declared {
            table.declare(state, origins, sources, diagnostics);
        }
        table.closed = !table.states.is_empty();
        table.initial = table.find_initial((machine, others), origins);
        let mut seen = Vec::new();
        mentions(machine, others, &mut |state, place| seen.push((state.clone(), place)));
        for (state, place) in seen {
            table.mention(&state, place, origins, diagnostics);
        }
        table
    }

    /// The state of this name.
    pub(super) fn named(&self, name: &str) -> Option<StateId> {
        self.states.place(name).map(StateId::at)
    }

    fn declare(
        &mut self,
        declared: &StateDeclaration,
        origins: &mut Origins,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) {
        if let Some(known) = self.named(&declared.state.text) {
            let earlier = origins.get(self.states[known.index()].origin).span;
            diagnostics.error(catalog::duplicate_state(declared.state.span, &declared.state.text, earlier));
            return;
        }
        let origin = origin(origins, sources, declared.span);
        let mut state = plain(&declared.state.text, origin);
        state.declared = true;
        for key in &declared.keys {
            match &key.value {
                StateKeyValue::Type(kind) => {
                    state.kind = Some(match kind {
                        ast::StateKind::Initial => ir::StateKind::Initial,
                        ast::StateKind::Waiting => ir::StateKind::Waiting,
                        ast::StateKind::Terminal => ir::StateKind::Terminal,
                    });
                }
                StateKeyValue::Outcome(outcome) => {
                    state.outcome = Some(match outcome {
                        ast::Outcome::Success => ir::Outcome::Success,
                        ast::Outcome::Failure => ir::Outcome::Failure,
                        ast::Outcome::Neutral => ir::Outcome::Neutral,
                    });
                }
                StateKeyValue::Description(text) => state.description = Some(text.text.clone()),
                StateKeyValue::Facts(_) => {}
            }
        }
        if state.outcome.is_some() && state.kind != Some(ir::StateKind::Terminal) {
            diagnostics.error(catalog::outcome_of_open_state(declared.state.span, &state.name));
        }
        self.states.add(state.name.clone(), state);
    }

    fn find_initial(&mut self, (machine, others): (&ast::Machine, &Others), origins: &mut Origins) -> StateId {
        let declared = self.states.iter().position(|state| state.kind == Some(ir::StateKind::Initial));
        if let Some(declared) = declared {
            return StateId::at(declared);
        }
        let first = machine.scenarios.iter().find(|scenario| scenario.handlers().next().is_some());
        let placed = first.and_then(|scenario| placement(others, scenario));
        let (name, span) =
            placed.map_or((built_in::INITIAL_STATE, machine.span), |state| (state.text.as_str(), state.span));
        self.named(name).unwrap_or_else(|| {
            let origin = origins.add(span, format!("#{name}"));
            StateId::at(self.states.add(name.to_owned(), plain(name, origin)))
        })
    }

    fn mention(&mut self, state: &ast::Name, place: Place, origins: &mut Origins, diagnostics: &mut Diagnostics) {
        if self.named(&state.text).is_some() {
            return;
        }
        if self.closed {
            let names: Vec<&str> = self.states.iter().map(|state| state.name.as_str()).collect();
            let near = nearest::nearest(&state.text, names.iter().copied());
            let declared = origins.get(self.states[0].origin).span;
            diagnostics.error(catalog::unknown_state(state.span, &state.text, near, &names, declared));
        } else if place == Place::Behavior {
            let origin = origins.add(state.span, format!("#{}", state.text));
            self.states.add(state.text.clone(), plain(&state.text, origin));
        }
    }
}

/// A machine begins in one state; only a states file may tell of several entries.
fn report_two_initial(declared: &[&StateDeclaration], diagnostics: &mut Diagnostics) {
    let initial = StateKeyValue::Type(ast::StateKind::Initial);
    let keys = declared.iter().flat_map(|state| &state.keys).filter(|key| key.value == initial);
    let spans: Vec<_> = keys.map(|key| key.span).collect();
    if let Some((first, others)) = spans.split_first() {
        for other in others {
            diagnostics.error(catalog::two_initial_states(*other, *first));
        }
    }
}

fn plain(name: &str, origin: ir::OriginId) -> ir::State {
    ir::State { name: name.to_owned(), origin, declared: false, kind: None, outcome: None, description: None }
}

/// The state in which a scenario's `given:` places the machine.
pub(super) fn placement<'a>(others: &Others, scenario: &'a ast::Scenario) -> Option<&'a ast::Name> {
    scenario.givens().flat_map(|given| &given.entries).find_map(|entry| match &entry.kind {
        ast::GivenKind::State(test) if !test.negated && !others.mean(&test.subject) => test.states.first(),
        _ => None,
    })
}

/// The names that mean somebody else than a machine: the other machines of its unit, and whom it speaks with.
#[derive(Default)]
pub(super) struct Others {
    /// The machine by the names that it and its unit give it.
    own: [String; 2],
    /// The machines of the unit by all their names.
    unit: Rc<BTreeSet<String>>,
    /// Whom the machine speaks of besides.
    mentioned: BTreeSet<String>,
}

impl Others {
    pub(super) fn of(machine: &ast::Machine, name: &str, unit: &Rc<BTreeSet<String>>) -> Self {
        let mut mentioned = BTreeSet::new();
        super::walk::partners(machine, &mut |partner| {
            mentioned.insert(partner.name().text.clone());
        });
        mentioned.remove(built_in::ITSELF);
        Self { own: [machine.name.text.clone(), name.to_owned()], unit: Rc::clone(unit), mentioned }
    }

    /// Whether a subject is one of them. Any other is decoration.
    fn mean(&self, subject: &ast::FreeText) -> bool {
        let marked = subject.pieces.iter().any(|piece| match &piece.kind {
            ast::PieceKind::Actor(name) => name.text != self.own[0] && name.text != built_in::ITSELF,
            _ => false,
        });
        let name = subject.method();
        let known = self.mentioned.contains(&name) || self.unit.contains(&name);
        marked || (known && !self.own.contains(&name))
    }
}

/// Whether a name takes part in the behavior (where a story begins does), or only tests read it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Behavior,
    Story,
}

/// Every state of its own that a machine names, in written order.
fn mentions<'a>(machine: &'a ast::Machine, others: &Others, visit: &mut dyn FnMut(&'a ast::Name, Place)) {
    for item in machine.scenarios.iter().flat_map(|scenario| &scenario.items) {
        match item {
            ast::ScenarioItem::Given(given) => in_given(others, given, Place::Behavior, visit),
            ast::ScenarioItem::Expect(expect) => in_expect(others, expect, visit),
            ast::ScenarioItem::Declaration(_) => {}
            ast::ScenarioItem::Handler(handler) => {
                handler.given.iter().for_each(|given| in_given(others, given, Place::Story, visit));
                super::walk::block(&handler.body, &mut |piece| match piece {
                    super::walk::Piece::State(state) => visit(state, Place::Behavior),
                    super::walk::Piece::Condition(condition) => {
                        for part in &condition.parts {
                            if let Some(ast::Reading::State(test)) = &part.reading {
                                test.states.iter().for_each(|state| visit(state, Place::Behavior));
                            }
                        }
                    }
                    _ => {}
                });
                handler.expect.iter().for_each(|expect| in_expect(others, expect, visit));
            }
        }
    }
}

fn in_given<'a>(others: &Others, given: &'a ast::Given, place: Place, visit: &mut dyn FnMut(&'a ast::Name, Place)) {
    for entry in &given.entries {
        if let ast::GivenKind::State(test) = &entry.kind
            && !others.mean(&test.subject)
        {
            test.states.iter().for_each(|state| visit(state, place));
        }
    }
}

fn in_expect<'a>(others: &Others, expect: &'a ast::Expect, visit: &mut dyn FnMut(&'a ast::Name, Place)) {
    for assertion in &expect.assertions {
        if let ast::AssertionKind::State { subject, states, .. } = &assertion.kind
            && !others.mean(subject)
        {
            states.iter().for_each(|state| visit(state, Place::Story));
        }
    }
}
