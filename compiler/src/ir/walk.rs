//! Walks through what a handler holds: its statements, their conditions, and the expressions in both.
//!
//! Every question that is asked of all statements or all expressions stands on these, so that a new form is added to
//! one walk.

use super::{
    Assigned, Condition, Emit, Expression, ExpressionKind, Handler, Machine, OriginId, PayloadField, Reply, ReplyBody,
    SentenceId, Statement, StatementKind, VariableId,
};

impl Machine {
    /// Visits every statement of every handler in source order, those in arms after their branch.
    pub fn each_statement<'a>(&'a self, visit: &mut dyn FnMut(&'a Statement)) {
        for handler in &self.handlers {
            each_statement(&handler.body, &mut |statement, _| visit(statement));
        }
    }
}

impl Handler {
    /// Visits every expression, an outer one before those within it, with the values at acceptance first.
    pub fn each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        self.fixed.iter().for_each(|(_, value)| value.walk(visit));
        if let Some(reply) = &self.acceptance {
            reply.each_value(&mut |value| value.walk(visit));
        }
        each_statement(&self.body, &mut |statement, _| statement.each_value(&mut |value| value.walk(visit)));
    }
}

/// Visits every statement of a block in source order, with the number of guarded blocks around it.
pub fn each_statement<'a>(block: &'a [Statement], visit: &mut dyn FnMut(&'a Statement, usize)) {
    within(block, 0, visit);
}

fn within<'a>(block: &'a [Statement], depth: usize, visit: &mut dyn FnMut(&'a Statement, usize)) {
    for statement in block {
        visit(statement, depth);
        if let StatementKind::Branch(arms) = &statement.kind {
            arms.iter().for_each(|arm| within(&arm.body, depth + 1, visit));
        }
    }
}

impl Statement {
    /// Visits the expressions that stand in this statement itself: not those within them, nor those of the statements
    /// that it guards.
    pub fn each_value<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        match &self.kind {
            StatementKind::Branch(arms) => {
                arms.iter().filter_map(|arm| arm.condition.as_ref()).for_each(|condition| condition.each_value(visit));
            }
            StatementKind::Assign { value, .. } => match value {
                Assigned::Expression(value) => visit(value),
                Assigned::Action(call) => call.arguments.iter().for_each(visit),
                Assigned::Call { emit, .. } => each_field(&emit.payload, visit),
            },
            StatementKind::Increase { by: value, .. }
            | StatementKind::Decrease { by: value, .. }
            | StatementKind::Append { element: value, .. }
            | StatementKind::Remove { element: value, .. }
            | StatementKind::Schedule { after: value, .. } => visit(value),
            StatementKind::Emit(emit) => each_field(&emit.payload, visit),
            StatementKind::Act(call) => call.arguments.iter().for_each(visit),
            StatementKind::Reply(reply) | StatementKind::Promise { reply, .. } => reply.each_value(visit),
            StatementKind::Callback { payload, .. } => each_field(payload, visit),
            StatementKind::Return(value) => value.iter().for_each(visit),
            StatementKind::Transition(_)
            | StatementKind::Clear(_)
            | StatementKind::Constrain(_)
            | StatementKind::Cancel(_) => {}
        }
    }
}

impl Statement {
    /// The message that it sends, by a call too.
    #[must_use]
    pub fn emit(&self) -> Option<&Emit> {
        match &self.kind {
            StatementKind::Emit(emit) | StatementKind::Assign { value: Assigned::Call { emit, .. }, .. } => Some(emit),
            StatementKind::Branch(_)
            | StatementKind::Transition(_)
            | StatementKind::Assign { value: Assigned::Expression(_) | Assigned::Action(_), .. }
            | StatementKind::Increase { .. }
            | StatementKind::Decrease { .. }
            | StatementKind::Append { .. }
            | StatementKind::Remove { .. }
            | StatementKind::Clear(_)
            | StatementKind::Constrain(_)
            | StatementKind::Act(_)
            | StatementKind::Reply(_)
            | StatementKind::Promise { .. }
            | StatementKind::Callback { .. }
            | StatementKind::Return(_)
            | StatementKind::Schedule { .. }
            | StatementKind::Cancel(_) => None,
        }
    }

    /// The context variable that it changes.
    #[must_use]
    pub fn changes(&self) -> Option<VariableId> {
        match &self.kind {
            StatementKind::Assign { variable, .. }
            | StatementKind::Increase { variable, .. }
            | StatementKind::Decrease { variable, .. }
            | StatementKind::Append { variable, .. }
            | StatementKind::Remove { variable, .. }
            | StatementKind::Clear(variable) => Some(*variable),
            StatementKind::Branch(_)
            | StatementKind::Transition(_)
            | StatementKind::Constrain(_)
            | StatementKind::Emit(_)
            | StatementKind::Act(_)
            | StatementKind::Reply(_)
            | StatementKind::Promise { .. }
            | StatementKind::Callback { .. }
            | StatementKind::Return(_)
            | StatementKind::Schedule { .. }
            | StatementKind::Cancel(_) => None,
        }
    }
}

impl Reply {
    fn each_value<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        match &self.body {
            ReplyBody::Fields { fields, .. } => each_field(fields, visit),
            ReplyBody::Empty | ReplyBody::Transformer(_) => {}
        }
    }
}

fn each_field<'a>(payload: &'a [PayloadField], visit: &mut dyn FnMut(&'a Expression)) {
    payload.iter().for_each(|field| visit(&field.value));
}

impl Condition {
    /// Visits the guards that it consists of, in source order: their lines, and what they ask.
    pub fn each_guard<'a>(&'a self, visit: &mut dyn FnMut(OriginId, &'a Condition)) {
        match self {
            Self::Guard { origin, condition } => visit(*origin, condition),
            Self::Not(inner) => inner.each_guard(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_guard(visit)),
            Self::InState { .. }
            | Self::Compare { .. }
            | Self::Between { .. }
            | Self::Contains { .. }
            | Self::IsEmpty { .. }
            | Self::Exists { .. }
            | Self::Holds(_)
            | Self::Sentence(_) => {}
        }
    }

    /// What it asks, whatever line it stands on.
    #[must_use]
    pub fn asked(&self) -> &Self {
        if let Self::Guard { condition, .. } = self { condition } else { self }
    }

    /// Visits the expressions that it compares or passes on, in the order in which they are evaluated: not those within
    /// them.
    pub fn each_value<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        match self {
            Self::InState { .. } => {}
            Self::Compare { left, right, .. } => [left, right].into_iter().for_each(visit),
            Self::Between { value, low, high } => [value, low, high].into_iter().for_each(visit),
            Self::Contains { container, item, .. } => [container, item].into_iter().for_each(visit),
            Self::IsEmpty { value, .. } | Self::Exists { value, .. } | Self::Holds(value) => visit(value),
            Self::Sentence(call) => call.arguments.iter().for_each(visit),
            Self::Guard { condition: inner, .. } | Self::Not(inner) => inner.each_value(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each_value(visit)),
        }
    }

    /// Whether it asks a sentence of this kind: code of the user's, which may answer differently when asked twice.
    #[must_use]
    pub fn asks(&self, which: &dyn Fn(SentenceId) -> bool) -> bool {
        match self {
            Self::Sentence(call) => which(call.sentence),
            Self::Guard { condition: inner, .. } | Self::Not(inner) => inner.asks(which),
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.asks(which)),
            Self::InState { .. }
            | Self::Compare { .. }
            | Self::Between { .. }
            | Self::Contains { .. }
            | Self::IsEmpty { .. }
            | Self::Exists { .. }
            | Self::Holds(_) => false,
        }
    }

    /// Whether it evaluates an expression that [draws](Expression::draws).
    #[must_use]
    pub fn draws(&self) -> bool {
        let mut draws = false;
        self.each_value(&mut |value| draws |= value.draws());
        draws
    }
}

impl Expression {
    /// Visits the expressions that it is made of, in the order in which they are evaluated: not those within them.
    pub fn each_part<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        match &self.kind {
            ExpressionKind::List(items) => items.iter().for_each(visit),
            ExpressionKind::Object(members) => members.iter().for_each(|(_, value)| visit(value)),
            ExpressionKind::Duration { amount: inner, .. }
            | ExpressionKind::Member(inner, _)
            | ExpressionKind::Negate(inner)
            | ExpressionKind::Widen(inner)
            | ExpressionKind::Narrow(inner) => visit(inner),
            ExpressionKind::Binary(_, left, right) => [&**left, &**right].into_iter().for_each(visit),
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

    /// Visits itself and every expression within it, an outer one before its parts.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        visit(self);
        self.each_part(&mut |part| part.walk(visit));
    }

    /// Whether each evaluation gives another value: there is a `uuid()` in it. It must then be evaluated as often as it
    /// is written, neither more often nor less.
    #[must_use]
    pub fn draws(&self) -> bool {
        let mut draws = false;
        self.walk(&mut |part| draws |= matches!(part.kind, ExpressionKind::Uuid));
        draws
    }
}
