//! Ways through the statements of a handler.

use crate::ir::{
    Arm, Assigned, Block, Condition, Emit, Expression, ExpressionKind, Handler, HandlerId, Machine, MachineId,
    PayloadField, ReplyBody, Statement, StatementKind, System, Target, Way,
};

/// The machines of a system with their ids.
pub(super) fn machines(system: &System) -> impl Iterator<Item = (MachineId, &Machine)> {
    system.machines.iter().enumerate().map(|(index, machine)| (MachineId::at(index), machine))
}

/// The handlers of a machine with their ids.
pub(super) fn handlers(machine: &Machine) -> impl Iterator<Item = (HandlerId, &Handler)> {
    machine.handlers.iter().enumerate().map(|(index, handler)| (HandlerId::at(index), handler))
}

/// Visits every statement of a block in source order, with the number of guarded blocks around it.
pub(super) fn statements<'a>(block: &'a Block, visit: &mut impl FnMut(&'a Statement, usize)) {
    fn inner<'a>(block: &'a Block, depth: usize, visit: &mut impl FnMut(&'a Statement, usize)) {
        for statement in block {
            visit(statement, depth);
            if let StatementKind::Branch(arms) = &statement.kind {
                for arm in arms {
                    inner(&arm.body, depth + 1, visit);
                }
            }
        }
    }
    inner(block, 0, visit);
}

/// The emit of a statement, a call's included.
pub(super) fn emit(statement: &Statement) -> Option<&Emit> {
    match &statement.kind {
        StatementKind::Emit(emit) | StatementKind::Assign { value: Assigned::Call(emit), .. } => Some(emit),
        StatementKind::Branch(_)
        | StatementKind::Transition(_)
        | StatementKind::Assign { value: Assigned::Expression(_) | Assigned::Action { .. }, .. }
        | StatementKind::Increase { .. }
        | StatementKind::Decrease { .. }
        | StatementKind::Append { .. }
        | StatementKind::Remove { .. }
        | StatementKind::Clear(_)
        | StatementKind::Constrain(_)
        | StatementKind::Act { .. }
        | StatementKind::Reply(_)
        | StatementKind::Promise { .. }
        | StatementKind::Callback { .. }
        | StatementKind::Return(_)
        | StatementKind::Schedule { .. }
        | StatementKind::Cancel(_) => None,
    }
}

/// The machine that an emit goes to, and whether it knows the event; none for an actor.
pub(super) fn recipient(own: MachineId, target: &Target) -> Option<MachineId> {
    match target {
        Target::Itself(_) => Some(own),
        Target::Machine { machine, .. } | Target::Every { machine, .. } => Some(*machine),
        Target::Actor { .. } => None,
    }
}

/// The handlers of the recipient that admit an emit of `sender`: the one that names the sender wins.
pub(super) fn receivers<'a>(
    system: &'a System,
    sender: MachineId,
    emit: &Emit,
) -> Option<(MachineId, Vec<(HandlerId, &'a Handler)>)> {
    let recipient = recipient(sender, &emit.target)?;
    let event = &system.machine(sender).message(emit.message).event;
    let machine = system.machine(recipient);
    let of_event = |handler: &Handler| machine.event(handler.event).name == *event;
    let named = crate::ir::Party::Machine(sender);
    let mut found: Vec<_> =
        handlers(machine).filter(|(_, handler)| of_event(handler) && handler.from == Some(named)).collect();
    if found.is_empty() {
        found = handlers(machine).filter(|(_, handler)| of_event(handler) && handler.from.is_none()).collect();
    }
    Some((recipient, found))
}

/// Whether a handler for the event of an emit exists at the recipient at all, whoever it admits.
pub(super) fn knows_event(system: &System, sender: MachineId, emit: &Emit) -> bool {
    recipient(sender, &emit.target).is_some_and(|recipient| {
        let event = &system.machine(sender).message(emit.message).event;
        let machine = system.machine(recipient);
        machine.handlers.iter().any(|handler| machine.event(handler.event).name == *event)
    })
}

/// Whether an emit is a call.
pub(super) fn is_call(emit: &Emit) -> bool {
    match emit.way {
        Way::Call => true,
        Way::Bare | Way::Async | Way::Broadcast => false,
    }
}

/// Visits every expression of a block, the inner ones after those around them.
pub(super) fn expressions<'a>(block: &'a Block, visit: &mut impl FnMut(&'a Statement, &'a Expression)) {
    statements(block, &mut |statement, _| {
        for expression in of_statement(statement) {
            nested(expression, &mut |inner| visit(statement, inner));
        }
    });
}

fn nested<'a>(expression: &'a Expression, visit: &mut impl FnMut(&'a Expression)) {
    visit(expression);
    match &expression.kind {
        ExpressionKind::List(items) => items.iter().for_each(|item| nested(item, visit)),
        ExpressionKind::Object(fields) => fields.iter().for_each(|(_, value)| nested(value, visit)),
        ExpressionKind::Duration { amount: inner, .. }
        | ExpressionKind::Member(inner, _)
        | ExpressionKind::Count(inner)
        | ExpressionKind::Negate(inner)
        | ExpressionKind::Widen(inner)
        | ExpressionKind::Narrow(inner) => nested(inner, visit),
        ExpressionKind::Binary(_, left, right) => {
            nested(left, visit);
            nested(right, visit);
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

fn of_statement(statement: &Statement) -> Vec<&Expression> {
    match &statement.kind {
        StatementKind::Branch(arms) => arms.iter().filter_map(|arm| arm.condition.as_ref()).flat_map(asked).collect(),
        StatementKind::Assign { value, .. } => match value {
            Assigned::Expression(value) => vec![value],
            Assigned::Action { arguments, .. } => arguments.iter().collect(),
            Assigned::Call(emit) => values(&emit.payload),
        },
        StatementKind::Increase { by: value, .. }
        | StatementKind::Decrease { by: value, .. }
        | StatementKind::Append { element: value, .. }
        | StatementKind::Remove { element: value, .. }
        | StatementKind::Schedule { after: value, .. } => vec![value],
        StatementKind::Emit(emit) => values(&emit.payload),
        StatementKind::Act { arguments, .. } => arguments.iter().collect(),
        StatementKind::Reply(reply) | StatementKind::Promise { reply, .. } => match &reply.body {
            ReplyBody::Fields { fields, .. } => values(fields),
            ReplyBody::Empty | ReplyBody::Transformer(_) => Vec::new(),
        },
        StatementKind::Callback { payload, .. } => values(payload),
        StatementKind::Return(value) => value.iter().collect(),
        StatementKind::Transition(_)
        | StatementKind::Clear(_)
        | StatementKind::Constrain(_)
        | StatementKind::Cancel(_) => Vec::new(),
    }
}

fn values(payload: &[PayloadField]) -> Vec<&Expression> {
    payload.iter().map(|field| &field.value).collect()
}

fn asked(condition: &Condition) -> Vec<&Expression> {
    match condition {
        Condition::InState { .. } => Vec::new(),
        Condition::Compare { left, right, .. } => vec![left, right],
        Condition::Between { value, low, high } => vec![value, low, high],
        Condition::Contains { container, item, .. } => vec![container, item],
        Condition::IsEmpty { value, .. } | Condition::Exists { value, .. } | Condition::Holds(value) => vec![value],
        Condition::Sentence { arguments, .. } => arguments.iter().collect(),
        Condition::Not(inner) => asked(inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().flat_map(asked).collect(),
    }
}

/// Whether some arm runs whatever holds.
pub(super) fn is_exhaustive(arms: &[Arm]) -> bool {
    arms.iter().any(|arm| arm.condition.is_none())
}
