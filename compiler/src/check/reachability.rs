//! States that no transition reaches, and states that none leaves.

use super::Subject;
use super::steps::{self, states};
use crate::catalog::flow;
use crate::diagnostic::Diagnostics;
use crate::ir::{Machine, StateId, StateKind, StatementKind};
use crate::nearest::nearest;
use std::collections::BTreeSet;

/// A declared state that nothing enters.
pub(super) fn never_entered(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        let entered: BTreeSet<_> = moves(machine).into_iter().map(|(_, to)| to).collect();
        for (id, state) in states(machine) {
            let begins = id == machine.initial || state.kind == Some(StateKind::Initial);
            if state.declared && !begins && !entered.contains(&id) {
                diagnostics.warning(flow::never_entered(subject.origins, state, None));
            }
        }
    }
}

/// A state that is not declared, only asked for: probably it is misspelled.
pub(super) fn only_asked_for(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        let mut known = BTreeSet::from([machine.initial]);
        machine.each_statement(&mut |statement| {
            if let StatementKind::Transition(to) = statement.kind {
                known.insert(to);
            }
        });
        for (id, state) in states(machine).filter(|(id, state)| !state.declared && !known.contains(id)) {
            let names = states(machine).filter(|(id, _)| known.contains(id)).map(|(_, state)| state.name.as_str());
            let near = nearest(&state.name, names);
            // A story may begin where the flow does not lead yet, unless it leads to a state of nearly this name.
            let is_placed = machine.scenarios.iter().any(|scenario| scenario.starts_in == Some(id));
            if near.is_some() || !is_placed {
                diagnostics.warning(flow::never_entered(subject.origins, state, near));
            }
        }
    }
}

/// A declared state that is not terminal and that nothing leaves.
pub(super) fn never_left(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        let left: BTreeSet<_> =
            moves(machine).into_iter().filter(|(from, to)| from != to).map(|(from, _)| from).collect();
        for (id, state) in states(machine) {
            if state.declared && state.kind != Some(StateKind::Terminal) && !left.contains(&id) {
                diagnostics.warning(flow::never_left(subject.origins, state));
            }
        }
    }
}

/// Every transition as (from, to): from the states that the guards on its path name, else from those in which its
/// handler is meant to run.
fn moves(machine: &Machine) -> BTreeSet<(StateId, StateId)> {
    let mut found = BTreeSet::new();
    for step in steps::of(machine) {
        found.extend(step.to().into_iter().flat_map(|to| step.from.iter().map(move |from| (*from, to))));
    }
    found
}
