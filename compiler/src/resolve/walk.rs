//! Everything that a body names, in written order, whatever statement it stands in.

use crate::ast::{
    AssignedValue, Block, ChangeOperation, Condition, ConstraintTable, Emit, Expression, FieldTable, FreeText,
    GuardTest, Machine, Name, Payload, ReplyBody, RuleKind, Scenario, Statement, Target,
};

/// Something that a body names.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    /// A value.
    Value(&'a Expression),
    /// A condition behind `?`.
    Condition(&'a Condition),
    /// A free text with parameters.
    Text(&'a FreeText),
    /// The variable that a statement changes.
    Assigned(&'a Name),
    /// A variable that is assigned the answer to a call.
    CallInto(&'a Name),
    /// A variable that a constraint looks at.
    Constrained(&'a Name),
    /// A message; its values come as pieces of their own.
    Emit(&'a Emit),
    /// A timer of an event.
    Schedule(&'a Name),
    /// The machine's one timer.
    Timer,
    /// The timers of an event are disarmed.
    Cancel(&'a Name),
    /// The new state of a transition.
    State(&'a Name),
    /// A named response.
    Response(&'a Name),
}

/// Somebody whom a machine speaks with.
#[derive(Clone, Copy)]
pub(super) enum Partner<'a> {
    /// Alone admitted by a handler.
    Sender(&'a Name),
    /// Named by an emit.
    Recipient(&'a Name),
    /// A machine that an emit names, to reach all its instances.
    Every(&'a Name),
}

impl<'a> Partner<'a> {
    pub(super) fn name(self) -> &'a Name {
        match self {
            Self::Sender(name) | Self::Recipient(name) | Self::Every(name) => name,
        }
    }
}

/// Visits everybody whom a machine names as a sender or a recipient, in written order.
pub(super) fn partners<'a>(machine: &'a Machine, visit: &mut dyn FnMut(Partner<'a>)) {
    for handler in machine.scenarios.iter().flat_map(Scenario::handlers) {
        handler.from.iter().for_each(|name| visit(Partner::Sender(name)));
        block(&handler.body, &mut |piece| {
            if let Piece::Emit(Emit { target: Some(target), .. }) = piece {
                visit(match target {
                    Target::Actor(name) => Partner::Recipient(name),
                    Target::All { machine, .. } => Partner::Every(machine),
                });
            }
        });
    }
}

/// Visits a block in written order.
pub(super) fn block<'a>(block: &'a Block, visit: &mut dyn FnMut(Piece<'a>)) {
    for one in &block.statements {
        statement(one, visit);
    }
}

/// Visits a statement and what stands below it.
fn statement<'a>(statement: &'a Statement, visit: &mut dyn FnMut(Piece<'a>)) {
    match statement {
        Statement::Guards(chain) => {
            for arm in &chain.arms {
                if let GuardTest::Any(groups) = &arm.test {
                    for guard in groups.iter().flatten() {
                        visit(Piece::Condition(&guard.condition));
                    }
                }
                block(&arm.block, visit);
            }
        }
        Statement::Transition(transition) => visit(Piece::State(&transition.state)),
        Statement::Change(change) => {
            match &change.operation {
                ChangeOperation::Becomes(AssignedValue::Expression(value))
                | ChangeOperation::IncreasesBy(value)
                | ChangeOperation::DecreasesBy(value)
                | ChangeOperation::Adds(value)
                | ChangeOperation::Removes(value) => visit(Piece::Value(value)),
                ChangeOperation::Becomes(AssignedValue::Call(call)) => {
                    emit(call, visit);
                    visit(Piece::CallInto(&change.variable));
                }
                ChangeOperation::Becomes(AssignedValue::Action(text)) => visit(Piece::Text(text)),
                ChangeOperation::Clears => {}
            }
            visit(Piece::Assigned(&change.variable));
            constraint(change.constraint.as_ref(), visit);
        }
        Statement::Emit(message) => emit(message, visit),
        Statement::Reply(reply) => match &reply.body {
            ReplyBody::Table(table) => fields(table, visit),
            ReplyBody::Response(name) => visit(Piece::Response(name)),
            ReplyBody::None | ReplyBody::Transformer(_) => {}
        },
        Statement::SendCallback(callback) => {
            if let Some(table) = &callback.table {
                fields(table, visit);
            }
        }
        Statement::Return(value) => {
            if let Some(value) = &value.value {
                visit(Piece::Value(value));
            }
        }
        Statement::Schedule(schedule) => {
            visit(Piece::Value(&schedule.delay));
            visit(Piece::Schedule(&schedule.event));
        }
        Statement::StartTimer(timer) => {
            visit(Piece::Value(&timer.delay));
            visit(Piece::Timer);
        }
        Statement::Cancel(cancel) => visit(Piece::Cancel(&cancel.event)),
        Statement::Action(action) => {
            visit(Piece::Text(&action.text));
            constraint(action.constraint.as_ref(), visit);
        }
    }
}

fn emit<'a>(message: &'a Emit, visit: &mut dyn FnMut(Piece<'a>)) {
    match &message.payload {
        Some(Payload::Arguments { arguments, .. }) => {
            for argument in arguments {
                visit(Piece::Value(&argument.value));
            }
        }
        Some(Payload::Table(table)) => fields(table, visit),
        None => {}
    }
    visit(Piece::Emit(message));
}

/// Visits the values of a table, and the parameters of its custom rules.
pub(super) fn fields<'a>(table: &'a FieldTable, visit: &mut dyn FnMut(Piece<'a>)) {
    for row in &table.rows {
        if let Some(value) = &row.value {
            visit(Piece::Value(value));
        }
        for rule in &row.rules {
            if let RuleKind::Custom { text, .. } = &rule.kind {
                visit(Piece::Text(text));
            }
        }
    }
}

fn constraint<'a>(table: Option<&'a ConstraintTable>, visit: &mut dyn FnMut(Piece<'a>)) {
    for row in table.into_iter().flat_map(|table| &table.rows) {
        visit(Piece::Constrained(&row.variable));
    }
}
