//! The statements of a machine, each with the states in which its handler gets there.

use crate::ir::{Block, Condition, Handler, HandlerId, Machine, OriginId, StateId, Statement, StatementKind};
use std::collections::BTreeSet;
use std::rc::Rc;

/// A statement on its path.
pub(super) struct Step<'a> {
    /// The handler that it stands in.
    pub(super) handler: HandlerId,
    pub(super) statement: &'a Statement,
    /// The states that the guards on its path name, else those in which its handler is meant to run.
    pub(super) from: Rc<BTreeSet<StateId>>,
    /// The guards on its path, outermost first.
    pub(super) guards: Rc<Vec<Guard<'a>>>,
}

/// The line of a guard, and what it asks; nothing for `otherwise`.
pub(super) type Guard<'a> = (OriginId, Option<&'a Condition>);

impl Step<'_> {
    /// The state that it moves to.
    pub(super) fn to(&self) -> Option<StateId> {
        if let StatementKind::Transition(to) = self.statement.kind { Some(to) } else { None }
    }
}

/// Every statement of a machine, those under guards behind the guard.
pub(super) fn of(machine: &Machine) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for (id, handler) in super::walk::handlers(machine) {
        let path = Path { handler: id, from: Rc::new(meant(machine, handler)), guards: Rc::default() };
        follow(machine, &handler.body, &path, &mut steps);
    }
    steps
}

/// The states with their ids.
pub(super) fn states(machine: &Machine) -> impl Iterator<Item = (StateId, &crate::ir::State)> {
    machine.states.iter().enumerate().map(|(index, state)| (StateId::at(index), state))
}

/// The states in which a handler is meant to run; all if nothing says so.
pub(super) fn meant(machine: &Machine, handler: &Handler) -> BTreeSet<StateId> {
    if handler.intended.is_empty() {
        return states(machine).map(|(id, _)| id).collect();
    }
    handler.intended.iter().copied().collect()
}

/// The way to a block.
struct Path<'a> {
    handler: HandlerId,
    from: Rc<BTreeSet<StateId>>,
    guards: Rc<Vec<Guard<'a>>>,
}

fn follow<'a>(machine: &'a Machine, block: &'a Block, path: &Path<'a>, steps: &mut Vec<Step<'a>>) {
    for statement in block {
        let (from, guards) = (Rc::clone(&path.from), Rc::clone(&path.guards));
        steps.push(Step { handler: path.handler, statement, from, guards });
        let StatementKind::Branch(arms) = &statement.kind else { continue };
        for arm in arms {
            let named = arm.condition.as_ref().and_then(|condition| named_states(machine, condition));
            let from = named.map_or_else(|| Rc::clone(&path.from), Rc::new);
            let guards = path.guards.iter().copied().chain([(arm.origin, arm.condition.as_ref())]).collect();
            follow(machine, &arm.body, &Path { handler: path.handler, from, guards: Rc::new(guards) }, steps);
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
        Condition::Guard { condition, .. } => named_states(machine, condition),
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
