//! Which handlers wait, and what stands in their bodies.

use crate::ir::handled::Handled;
use crate::ir::walk::each_statement;
use crate::ir::{Assigned, Handler, HandlerId, Machine, ReplyBody, SentenceId, StatementKind, Target};

/// For each handler whether it waits: it uses an asynchronous sentence, calls another, or calls a handler of its own
/// machine that waits.
pub(super) fn handlers(machine: &Machine, handled: &Handled) -> Vec<bool> {
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); machine.handlers.len()];
    for (index, handler) in machine.handlers.iter().enumerate() {
        for callee in called_handlers(handled, handler) {
            callers[callee.index()].push(index);
        }
    }
    let mut waits: Vec<bool> = machine.handlers.iter().map(|handler| waits_itself(machine, handler)).collect();
    let mut found: Vec<usize> = (0..waits.len()).filter(|index| waits[*index]).collect();
    while let Some(callee) = found.pop() {
        for caller in &callers[callee] {
            if !std::mem::replace(&mut waits[*caller], true) {
                found.push(*caller);
            }
        }
    }
    waits
}

/// The handlers of its own machine that a handler calls.
pub(crate) fn called_handlers(handled: &Handled, handler: &Handler) -> Vec<HandlerId> {
    let mut called = Vec::new();
    each_statement(&handler.body, &mut |statement, _| {
        if let StatementKind::Assign { value: Assigned::Call { emit, .. }, .. } = &statement.kind
            && let Target::Itself(event) = emit.target
        {
            called.extend(handled.own_call(event));
        }
    });
    called
}

fn waits_itself(machine: &Machine, handler: &Handler) -> bool {
    let asynchronous = |id: SentenceId| machine.sentence(id).asynchronous;
    let mut waits = false;
    each_statement(&handler.body, &mut |statement, _| {
        waits = waits
            || match &statement.kind {
                StatementKind::Branch(arms) => {
                    arms.iter().filter_map(|arm| arm.condition.as_ref()).any(|of| of.asks(&asynchronous))
                }
                StatementKind::Assign { value, .. } => match value {
                    Assigned::Expression(_) => false,
                    Assigned::Action(call) => asynchronous(call.sentence),
                    Assigned::Call { emit, .. } => !matches!(emit.target, Target::Itself(_)),
                },
                StatementKind::Act(call) => asynchronous(call.sentence),
                StatementKind::Reply(reply) | StatementKind::Promise { reply, .. } => match &reply.body {
                    ReplyBody::Transformer(call) => asynchronous(call.sentence),
                    ReplyBody::Empty | ReplyBody::Fields { .. } => false,
                },
                StatementKind::Transition(_)
                | StatementKind::Increase { .. }
                | StatementKind::Decrease { .. }
                | StatementKind::Append { .. }
                | StatementKind::Remove { .. }
                | StatementKind::Clear(_)
                | StatementKind::Constrain(_)
                | StatementKind::Emit(_)
                | StatementKind::Callback { .. }
                | StatementKind::Return(_)
                | StatementKind::Schedule { .. }
                | StatementKind::Cancel(_) => false,
            };
    });
    waits
}
