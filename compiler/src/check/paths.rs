//! What happens on one path through a handler: two replies, two transitions, statements that never run.

use super::{Subject, walk};
use crate::catalog::flow;
use crate::diagnostic::Diagnostics;
use crate::ir::walk::each_statement;
use crate::ir::{Arm, Block, Condition, ExpressionKind, OriginId, StateId, Statement, StatementKind};

/// Two replies that one path runs both.
pub(super) fn two_replies(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    each_body(subject, |body| {
        let mut pairs = Vec::new();
        pairs_on_path(body, None, &is_reply, &mut pairs);
        for (first, second) in pairs {
            diagnostics.error(flow::two_replies(subject.origins, first, second));
        }
    });
}

/// Two transitions that one path runs both: the last wins.
pub(super) fn two_transitions(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    each_body(subject, |body| {
        let mut pairs = Vec::new();
        pairs_on_path(body, None, &is_transition, &mut pairs);
        for (first, second) in pairs {
            diagnostics.warning(flow::two_transitions(subject.origins, first, second));
        }
    });
}

/// Statements behind a `return`.
pub(super) fn after_return(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    each_body(subject, |body| {
        let mut found = Vec::new();
        behind_return(body, &mut found);
        for (ending, statement) in found {
            diagnostics.warning(flow::after_return(subject.origins, ending, statement));
        }
    });
}

/// Arms that an earlier arm always forestalls.
pub(super) fn unreachable_arm(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    each_body(subject, |body| {
        each_statement(body, &mut |statement, _| {
            if let StatementKind::Branch(arms) = &statement.kind {
                for (earlier, arm) in forestalled(arms) {
                    diagnostics.warning(flow::unreachable_arm(subject.origins, earlier.origin, arm.origin));
                }
            }
        });
    });
}

fn each_body(subject: Subject<'_>, mut visit: impl FnMut(&Block)) {
    for machine in &subject.system.machines {
        for handler in &machine.handlers {
            visit(&handler.body);
        }
    }
}

fn is_reply(statement: &Statement) -> bool {
    matches!(statement.kind, StatementKind::Reply(_) | StatementKind::Promise { .. })
}

fn is_transition(statement: &Statement) -> bool {
    matches!(statement.kind, StatementKind::Transition(_))
}

/// Where a path stands behind a block.
struct Behind {
    /// The last statement of the kind that some path ran.
    last: Option<OriginId>,
    /// Whether every path has ended.
    ended: bool,
}

/// Follows every path; a statement of the kind that some path reaches behind another one makes a pair, once.
fn pairs_on_path(
    block: &Block,
    before: Option<OriginId>,
    wanted: &impl Fn(&Statement) -> bool,
    pairs: &mut Vec<(OriginId, OriginId)>,
) -> Behind {
    let mut last = before;
    for statement in block {
        match &statement.kind {
            StatementKind::Branch(arms) => {
                let behind: Vec<_> = arms
                    .iter()
                    .map(|arm| pairs_on_path(&arm.body, last, wanted, pairs))
                    .filter(|arm| !arm.ended)
                    .collect();
                let passed_by = !walk::is_exhaustive(arms);
                if behind.is_empty() && !passed_by {
                    return Behind { last, ended: true };
                }
                last = behind.into_iter().find_map(|arm| arm.last.filter(|found| Some(*found) != last)).or(last);
            }
            StatementKind::Return(_) => return Behind { last, ended: true },
            _ if wanted(statement) => {
                if let Some(first) = last {
                    pairs.push((first, statement.origin));
                }
                last = Some(statement.origin);
            }
            StatementKind::Transition(_)
            | StatementKind::Assign { .. }
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
            | StatementKind::Schedule { .. }
            | StatementKind::Cancel(_) => {}
        }
    }
    Behind { last, ended: false }
}

/// The first statement behind each place where all paths have ended; gives the ending if this block ends them all.
fn behind_return(block: &Block, found: &mut Vec<(OriginId, OriginId)>) -> Option<OriginId> {
    let mut ended: Option<OriginId> = None;
    for statement in block {
        if let Some(ending) = ended {
            found.push((ending, statement.origin));
            return ended;
        }
        match &statement.kind {
            StatementKind::Return(_) => ended = Some(statement.origin),
            StatementKind::Branch(arms) => {
                let endings: Vec<_> = arms.iter().map(|arm| behind_return(&arm.body, found)).collect();
                if walk::is_exhaustive(arms) && endings.iter().all(Option::is_some) {
                    ended = endings.into_iter().flatten().last();
                }
            }
            StatementKind::Transition(_)
            | StatementKind::Assign { .. }
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
            | StatementKind::Schedule { .. }
            | StatementKind::Cancel(_) => {}
        }
    }
    ended
}

/// The arms that can never run, each with the earlier one that always runs in their place.
fn forestalled(arms: &[Arm]) -> Vec<(&Arm, &Arm)> {
    let mut found = Vec::new();
    for (index, arm) in arms.iter().enumerate() {
        let earlier = arms[..index].iter().find(|earlier| match (&earlier.condition, &arm.condition) {
            (None, _) => true,
            (Some(held), Some(asked)) => implies(asked, held),
            (Some(held), None) => always(held),
        });
        found.extend(earlier.map(|earlier| (earlier, arm)));
    }
    found
}

/// Whether `held` holds whenever `asked` does. Incomplete: `false` says nothing.
fn implies(asked: &Condition, held: &Condition) -> bool {
    let (asked, held) = (asked.asked(), held.asked());
    if asked == held || always(held) {
        return true;
    }
    match (asked, held) {
        (Condition::InState { states: asked, negated: false }, Condition::InState { states: held, negated: false }) => {
            subset(asked, held)
        }
        (Condition::InState { states: asked, negated: true }, Condition::InState { states: held, negated: true }) => {
            subset(held, asked)
        }
        // The same question, wherever it stands.
        (Condition::Sentence(asked), Condition::Sentence(held)) => {
            asked.sentence == held.sentence && asked.arguments == held.arguments
        }
        (Condition::Not(asked), Condition::Not(held)) => implies(held, asked),
        (Condition::Any(parts), _) => parts.iter().all(|part| implies(part, held)),
        (_, Condition::All(parts)) => parts.iter().all(|part| implies(asked, part)),
        (Condition::All(parts), _) => parts.iter().any(|part| implies(part, held)),
        (_, Condition::Any(parts)) => parts.iter().any(|part| implies(asked, part)),
        _ => false,
    }
}

fn subset(inner: &[StateId], outer: &[StateId]) -> bool {
    inner.iter().all(|state| outer.contains(state))
}

fn always(condition: &Condition) -> bool {
    matches!(condition.asked(), Condition::Holds(value) if value.kind == ExpressionKind::Boolean(true))
}
