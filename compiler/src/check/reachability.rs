//! States that no transition reaches, and states that none leaves.

use super::Subject;
use crate::catalog::flow;
use crate::diagnostic::Diagnostics;
use crate::ir::{Block, Condition, Handler, Machine, StateId, StateKind, StatementKind};
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

fn states(machine: &Machine) -> impl Iterator<Item = (StateId, &crate::ir::State)> {
    machine.states.iter().enumerate().map(|(index, state)| (StateId::at(index), state))
}

/// Every transition as (from, to): from the states that the guards on its path name, else from those in which its
/// handler is meant to run.
fn moves(machine: &Machine) -> BTreeSet<(StateId, StateId)> {
    let mut found = BTreeSet::new();
    for handler in &machine.handlers {
        follow(machine, &handler.body, &meant(machine, handler), &mut found);
    }
    found
}

fn meant(machine: &Machine, handler: &Handler) -> BTreeSet<StateId> {
    if handler.intended.is_empty() {
        return states(machine).map(|(id, _)| id).collect();
    }
    handler.intended.iter().copied().collect()
}

fn follow(machine: &Machine, block: &Block, from: &BTreeSet<StateId>, found: &mut BTreeSet<(StateId, StateId)>) {
    for statement in block {
        match &statement.kind {
            StatementKind::Transition(to) => found.extend(from.iter().map(|state| (*state, *to))),
            StatementKind::Branch(arms) => {
                for arm in arms {
                    let named = arm.condition.as_ref().and_then(|condition| named_states(machine, condition));
                    follow(machine, &arm.body, named.as_ref().unwrap_or(from), found);
                }
            }
            StatementKind::Assign { .. }
            | StatementKind::Increase { .. }
            | StatementKind::Decrease { .. }
            | StatementKind::Append { .. }
            | StatementKind::Remove { .. }
            | StatementKind::Clear(_)
            | StatementKind::Constrain(_)
            | StatementKind::Emit(_)
            | StatementKind::Act(_)
            | StatementKind::Reply(_)
            | StatementKind::Promise { .. }
            | StatementKind::Callback { .. }
            | StatementKind::Return(_)
            | StatementKind::Schedule { .. }
            | StatementKind::Cancel(_) => {}
        }
    }
}

/// The states in which a condition can hold, where it says anything about states.
fn named_states(machine: &Machine, condition: &Condition) -> Option<BTreeSet<StateId>> {
    match condition {
        Condition::InState { states: named, negated: false } => Some(named.iter().copied().collect()),
        Condition::InState { states: named, negated: true } => {
            Some(states(machine).map(|(id, _)| id).filter(|id| !named.contains(id)).collect())
        }
        Condition::All(parts) => parts
            .iter()
            .filter_map(|part| named_states(machine, part))
            .reduce(|left, right| left.intersection(&right).copied().collect()),
        Condition::Any(parts) => parts
            .iter()
            .map(|part| named_states(machine, part))
            .reduce(|left, right| Some(left?.union(&right?).copied().collect()))
            .flatten(),
        Condition::Compare { .. }
        | Condition::Between { .. }
        | Condition::Contains { .. }
        | Condition::IsEmpty { .. }
        | Condition::Exists { .. }
        | Condition::Holds(_)
        | Condition::Sentence(_)
        | Condition::Not(_) => None,
    }
}
