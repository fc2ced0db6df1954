//! Which handlers wait, and what stands in their bodies.

use crate::ir::{
    Arm, Assigned, Block, Condition, Emit, Expression, ExpressionKind, Handler, Machine, PayloadField, Reply,
    ReplyBody, SentenceId, Statement, StatementKind, Target,
};

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
pub(super) fn called_handlers(machine: &Machine, handler: &Handler) -> Vec<usize> {
    let mut called = Vec::new();
    super::machine::for_each_in(&handler.body, &mut |kind| {
        if let StatementKind::Assign { value: Assigned::Call(Emit { target: Target::Itself(event), .. }), .. } = kind {
            called.extend(handler_of_own_call(machine, *event));
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
    super::machine::for_each_in(&handler.body, &mut |kind| {
        waits = waits
            || match kind {
                StatementKind::Branch(arms) => {
                    arms.iter().filter_map(|arm| arm.condition.as_ref()).any(|of| asks(of, &asynchronous))
                }
                StatementKind::Assign { value, .. } => match value {
                    Assigned::Expression(_) => false,
                    Assigned::Action { sentence, .. } => asynchronous(*sentence),
                    Assigned::Call(emit) => !matches!(emit.target, Target::Itself(_)),
                },
                StatementKind::Act { sentence, .. } => asynchronous(*sentence),
                StatementKind::Reply(reply) | StatementKind::Promise { reply, .. } => match &reply.body {
                    ReplyBody::Transformer(sentence) => asynchronous(*sentence),
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

/// Whether a condition asks an asynchronous sentence.
fn asks(condition: &Condition, asynchronous: &dyn Fn(SentenceId) -> bool) -> bool {
    match condition {
        Condition::Sentence { sentence, .. } => asynchronous(*sentence),
        Condition::Not(inner) => asks(inner, asynchronous),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| asks(part, asynchronous)),
        Condition::InState { .. }
        | Condition::Compare { .. }
        | Condition::Between { .. }
        | Condition::Contains { .. }
        | Condition::IsEmpty { .. }
        | Condition::Exists { .. }
        | Condition::Holds(_) => false,
    }
}

/// Visits every expression of a handler, those within expressions included.
pub(crate) fn each_expression<'a>(handler: &'a Handler, visit: &mut dyn FnMut(&'a Expression)) {
    for (_, value) in &handler.fixed {
        within(value, visit);
    }
    if let Some(reply) = &handler.acceptance {
        in_reply(reply, visit);
    }
    in_block(&handler.body, visit);
}

fn in_block<'a>(block: &'a Block, visit: &mut dyn FnMut(&'a Expression)) {
    for statement in block {
        in_statement(statement, visit);
    }
}

fn in_statement<'a>(statement: &'a Statement, visit: &mut dyn FnMut(&'a Expression)) {
    match &statement.kind {
        StatementKind::Branch(arms) => {
            for Arm { condition, body, .. } in arms {
                if let Some(condition) = condition {
                    in_condition(condition, visit);
                }
                in_block(body, visit);
            }
        }
        StatementKind::Assign { value, .. } => match value {
            Assigned::Expression(value) => within(value, visit),
            Assigned::Action { arguments, .. } => in_list(arguments, visit),
            Assigned::Call(emit) => in_payload(&emit.payload, visit),
        },
        StatementKind::Increase { by: value, .. }
        | StatementKind::Decrease { by: value, .. }
        | StatementKind::Append { element: value, .. }
        | StatementKind::Remove { element: value, .. }
        | StatementKind::Return(Some(value))
        | StatementKind::Schedule { after: value, .. } => within(value, visit),
        StatementKind::Emit(emit) => in_payload(&emit.payload, visit),
        StatementKind::Act { arguments, .. } => in_list(arguments, visit),
        StatementKind::Reply(reply) | StatementKind::Promise { reply, .. } => in_reply(reply, visit),
        StatementKind::Callback { payload, .. } => in_payload(payload, visit),
        StatementKind::Transition(_)
        | StatementKind::Clear(_)
        | StatementKind::Constrain(_)
        | StatementKind::Return(None)
        | StatementKind::Cancel(_) => {}
    }
}

fn in_reply<'a>(reply: &'a Reply, visit: &mut dyn FnMut(&'a Expression)) {
    match &reply.body {
        ReplyBody::Fields { fields, .. } => in_payload(fields, visit),
        ReplyBody::Empty | ReplyBody::Transformer(_) => {}
    }
}

fn in_payload<'a>(payload: &'a [PayloadField], visit: &mut dyn FnMut(&'a Expression)) {
    for field in payload {
        within(&field.value, visit);
    }
}

fn in_list<'a>(list: &'a [Expression], visit: &mut dyn FnMut(&'a Expression)) {
    for expression in list {
        within(expression, visit);
    }
}

fn in_condition<'a>(condition: &'a Condition, visit: &mut dyn FnMut(&'a Expression)) {
    match condition {
        Condition::InState { .. } => {}
        Condition::Compare { left, right, .. } => {
            within(left, visit);
            within(right, visit);
        }
        Condition::Between { value, low, high } => {
            within(value, visit);
            within(low, visit);
            within(high, visit);
        }
        Condition::Contains { container, item, .. } => {
            within(container, visit);
            within(item, visit);
        }
        Condition::IsEmpty { value, .. } | Condition::Exists { value, .. } | Condition::Holds(value) => {
            within(value, visit);
        }
        Condition::Sentence { arguments, .. } => in_list(arguments, visit),
        Condition::Not(inner) => in_condition(inner, visit),
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                in_condition(part, visit);
            }
        }
    }
}

fn within<'a>(expression: &'a Expression, visit: &mut dyn FnMut(&'a Expression)) {
    visit(expression);
    match &expression.kind {
        ExpressionKind::List(elements) => in_list(elements, visit),
        ExpressionKind::Object(members) => {
            for (_, value) in members {
                within(value, visit);
            }
        }
        ExpressionKind::Duration { amount: inner, .. }
        | ExpressionKind::Member(inner, _)
        | ExpressionKind::Count(inner)
        | ExpressionKind::Negate(inner)
        | ExpressionKind::Widen(inner)
        | ExpressionKind::Narrow(inner) => within(inner, visit),
        ExpressionKind::Binary(_, left, right) => {
            within(left, visit);
            within(right, visit);
        }
        ExpressionKind::Text(_)
        | ExpressionKind::Number(_)
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Null
        | ExpressionKind::Empty
        | ExpressionKind::Now
        | ExpressionKind::Uuid
        | ExpressionKind::InstanceId
        | ExpressionKind::CurrentState
        | ExpressionKind::Context(_)
        | ExpressionKind::Payload(_)
        | ExpressionKind::Latest { .. } => {}
    }
}
