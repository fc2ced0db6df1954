//! Which handlers wait, and what stands in their bodies.

use crate::ir::walk::each_statement;
use crate::ir::{Assigned, Handler, Machine, ReplyBody, SentenceId, StatementKind, Target};

/// For each handler whether it waits: it uses an asynchronous sentence, calls another, or calls a handler of its own
/// machine that waits.
pub(super) fn handlers(machine: &Machine) -> Vec<bool> {
    let mut waits: Vec<bool> = machine.handlers.iter().map(|handler| waits_itself(machine, handler)).collect();
    loop {
        let before = waits.clone();
        for (index, handler) in machine.handlers.iter().enumerate() {
            let callees = called_handlers(machine, handler);
            waits[index] = waits[index] || callees.into_iter().any(|callee| before[callee]);
        }
        if waits == before {
            return waits;
        }
    }
}

/// The handlers of its own machine that a handler calls, by position.
pub(crate) fn called_handlers(machine: &Machine, handler: &Handler) -> Vec<usize> {
    let mut called = Vec::new();
    each_statement(&handler.body, &mut |statement, _| {
        if let StatementKind::Assign { value: Assigned::Call { emit, .. }, .. } = &statement.kind
            && let Target::Itself(event) = emit.target
        {
            called.extend(handler_of_own_call(machine, event));
        }
    });
    called
}

/// The handler that a call to the own instance runs: the one that names the machine itself, else the one without a
/// sender.
pub(crate) fn handler_of_own_call(machine: &Machine, event: crate::ir::EventId) -> Option<usize> {
    let of_event = || machine.handlers.iter().enumerate().filter(move |(_, handler)| handler.event == event);
    let named = of_event().find(|(_, handler)| match handler.from {
        Some(crate::ir::Party::Machine(_)) => true,
        Some(crate::ir::Party::Actor(_) | crate::ir::Party::System) | None => false,
    });
    let unnamed = of_event().find(|(_, handler)| handler.from.is_none());
    named.or(unnamed).map(|(index, _)| index)
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
