//! The states in which each handler is meant to run. Execution never depends on them.

use super::handlers::guarded_states;
use super::lower::LoweredMachine;
use super::outline::{Outline, ScenarioOutline};
use crate::ir::walk::each_statement;
use crate::ir::{Block, HandlerId, StateId, StatementKind};
use std::collections::BTreeSet;

/// The intended states of every handler: of its guards, else of the story that tells it first.
pub(super) fn states(machine: &Outline<'_>, lowered: &LoweredMachine) -> Vec<Vec<StateId>> {
    let guarded: Vec<Option<Vec<StateId>>> =
        machine.handlers.iter().map(|handler| guarded_states(&handler.tree.body, machine)).collect();
    let mut intended: Vec<Option<Vec<StateId>>> = guarded.clone();
    for scenario in &machine.scenarios {
        tell(machine, lowered, scenario, &guarded, &mut intended);
    }
    intended
        .into_iter()
        .map(|states| {
            let mut states = states.unwrap_or_default();
            states.sort_unstable();
            states
        })
        .collect()
}

/// Walks through a story: handlers that follow each other from one actor are alternatives.
fn tell(
    machine: &Outline<'_>,
    lowered: &LoweredMachine,
    scenario: &ScenarioOutline<'_>,
    guarded: &[Option<Vec<StateId>>],
    intended: &mut [Option<Vec<StateId>>],
) {
    let mut now = vec![scenario.starts_in.unwrap_or(machine.states.initial)];
    let mut rest = scenario.handlers.as_slice();
    while let Some(first) = rest.first() {
        let from = machine.handlers[first.index()].from;
        let same = |id: &&HandlerId| from.is_some() && machine.handlers[id.index()].from == from;
        let count = 1 + rest[1..].iter().take_while(same).count();
        let (alternatives, later) = rest.split_at(count);
        let mut after = BTreeSet::new();
        for id in alternatives {
            let runs_in = guarded[id.index()].clone().unwrap_or_else(|| now.clone());
            let mut leads = BTreeSet::new();
            targets(&lowered.handlers[id.index()].body, &mut leads);
            match leads.is_empty() {
                true => after.extend(&runs_in),
                false => after.append(&mut leads),
            }
            intended[id.index()].get_or_insert(runs_in);
        }
        now = after.into_iter().collect();
        rest = later;
    }
}

/// The states that a body moves to.
fn targets(body: &Block, into: &mut BTreeSet<StateId>) {
    each_statement(body, &mut |statement, _| {
        if let StatementKind::Transition(state) = statement.kind {
            into.insert(state);
        }
    });
}
