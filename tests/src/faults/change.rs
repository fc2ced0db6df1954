//! What the faults change.

use eventflowc::ir::{
    Arm, Assigned, BinaryOperator, Block, Comparison, Condition, Emit, Expression, ExpressionKind, MachineId, Party,
    PayloadField, Reply, ReplyBody, Rule, Statement, StatementKind, System, Target, Type, Way,
};

/// Greater is less.
pub(super) fn turn_comparisons(system: &mut System) {
    each_condition(system, &mut |condition| {
        if let Condition::Compare { operator, .. } = condition {
            *operator = match *operator {
                Comparison::Greater => Comparison::Less,
                Comparison::GreaterOrEqual => Comparison::LessOrEqual,
                Comparison::Less => Comparison::Greater,
                Comparison::LessOrEqual => Comparison::GreaterOrEqual,
                equality @ (Comparison::Equal | Comparison::NotEqual) => equality,
            };
        }
    });
}

/// Of two emits in a row the second one leaves first.
pub(super) fn swap_emits(system: &mut System) {
    each_block(system, &mut |block| {
        for place in 1..block.len() {
            let emits = |statement: &Statement| matches!(statement.kind, StatementKind::Emit(_));
            if emits(&block[place - 1]) && emits(&block[place]) {
                block.swap(place - 1, place);
                return;
            }
        }
    });
}

/// `cancel` and `start timer` leave what is pending.
pub(super) fn lose_disarms(system: &mut System) {
    each_block(system, &mut |block| {
        for statement in block {
            if let StatementKind::Schedule { replace, .. } = &mut statement.kind {
                *replace = false;
            } else if let StatementKind::Cancel(_) = statement.kind {
                statement.kind = StatementKind::Branch(Vec::new());
            }
        }
    });
}

/// `a / b` is `a * (1 / b)`.
pub(super) fn round_early(system: &mut System) {
    each_expression(system, &mut |expression| {
        let Expression { ty: Type::Number, kind: ExpressionKind::Binary(operator, _, right) } = expression else {
            return;
        };
        if *operator == BinaryOperator::Divide && right.ty == Type::Number {
            *operator = BinaryOperator::Multiply;
            let one = Expression { ty: Type::Number, kind: ExpressionKind::Number("1".to_owned()) };
            let inverse = ExpressionKind::Binary(BinaryOperator::Divide, Box::new(one), right.clone());
            **right = Expression { ty: Type::Number, kind: inverse };
        }
    });
}

/// Tables that ask for a value let it be missing.
pub(super) fn forget_required(system: &mut System) {
    each_block(system, &mut |block| {
        for statement in block {
            if let StatementKind::Constrain(constraints) = &mut statement.kind {
                constraints.iter_mut().for_each(|constraint| constraint.required = false);
            }
        }
    });
}

/// `is not` is the opposite of `is`, of what is unset, too.
pub(super) fn let_unset_differ(system: &mut System) {
    each_condition(system, &mut |condition| {
        if let Condition::Compare { operator: operator @ Comparison::NotEqual, .. } = condition {
            *operator = Comparison::Equal;
            *condition = Condition::Not(Box::new(condition.clone()));
        }
    });
}

/// The last arm with a condition is the first.
pub(super) fn turn_arms(system: &mut System) {
    each_block(system, &mut |block| {
        for statement in block {
            if let StatementKind::Branch(arms) = &mut statement.kind {
                let asking = arms.iter().take_while(|arm| arm.condition.is_some()).count();
                arms[..asking].reverse();
            }
        }
    });
}

/// Every instance is meant, whatever its state.
pub(super) fn drop_filters(system: &mut System) {
    each_emit(system, &mut |emit| {
        if let (Way::Broadcast, Target::Every { states, .. }) = (emit.way, &mut emit.target) {
            states.clear();
        }
    });
    let messages = system.machines.iter_mut().flat_map(|machine| &mut machine.messages);
    for message in messages {
        if let Target::Every { states, .. } = &mut message.target {
            states.clear();
        }
    }
}

/// Constraints are checked without the rules that are code.
pub(super) fn ask_no_code(system: &mut System) {
    each_block(system, &mut |block| {
        for statement in block {
            if let StatementKind::Constrain(constraints) = &mut statement.kind {
                let rules = constraints.iter_mut().map(|constraint| &mut constraint.rules);
                rules.for_each(|rules| rules.retain(|rule| !matches!(rule, Rule::Custom(_))));
            }
        }
    });
}

/// Of two handlers of one event, the one that is for a machine is for the next machine.
pub(super) fn turn_senders(system: &mut System) {
    let machines = system.machines.len();
    for machine in &mut system.machines {
        let open: Vec<_> = machine.handlers.iter().filter(|it| it.from.is_none()).map(|it| it.event).collect();
        for handler in machine.handlers.iter_mut().filter(|handler| open.contains(&handler.event)) {
            if let Some(Party::Machine(sender)) = handler.from {
                handler.from = Some(Party::Machine(MachineId::at((sender.index() + 1) % machines)));
            }
        }
    }
}

/// A name means the payload's field even if the handler has assigned the variable.
pub(super) fn read_the_payload(system: &mut System) {
    each_expression(system, &mut |expression| {
        if let ExpressionKind::Latest { field, .. } = expression.kind {
            expression.kind = ExpressionKind::Payload(field);
        }
    });
}

fn each_block(system: &mut System, change: &mut dyn FnMut(&mut Block)) {
    for handler in system.machines.iter_mut().flat_map(|machine| &mut machine.handlers) {
        within_block(&mut handler.body, change);
    }
}

fn within_block(block: &mut Block, change: &mut dyn FnMut(&mut Block)) {
    for statement in block.iter_mut() {
        if let StatementKind::Branch(arms) = &mut statement.kind {
            arms.iter_mut().for_each(|arm| within_block(&mut arm.body, change));
        }
    }
    change(block);
}

fn each_emit(system: &mut System, change: &mut dyn FnMut(&mut Emit)) {
    each_block(system, &mut |block| {
        for statement in block {
            if let StatementKind::Emit(emit) | StatementKind::Assign { value: Assigned::Call { emit, .. }, .. } =
                &mut statement.kind
            {
                change(emit);
            }
        }
    });
}

fn each_condition(system: &mut System, change: &mut dyn FnMut(&mut Condition)) {
    each_block(system, &mut |block| {
        for statement in block {
            if let StatementKind::Branch(arms) = &mut statement.kind {
                let conditions = arms.iter_mut().filter_map(|arm: &mut Arm| arm.condition.as_mut());
                conditions.for_each(|condition| within_condition(condition, change));
            }
        }
    });
}

fn within_condition(condition: &mut Condition, change: &mut dyn FnMut(&mut Condition)) {
    match condition {
        Condition::Guard { condition: inner, .. } | Condition::Not(inner) => within_condition(inner, change),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter_mut().for_each(|part| within_condition(part, change));
        }
        Condition::InState { .. }
        | Condition::Compare { .. }
        | Condition::Between { .. }
        | Condition::Contains { .. }
        | Condition::IsEmpty { .. }
        | Condition::Exists { .. }
        | Condition::Holds(_)
        | Condition::Sentence(_) => change(condition),
    }
}

/// Visits the values of statements and comparisons, inner ones first.
fn each_expression(system: &mut System, change: &mut dyn FnMut(&mut Expression)) {
    each_condition(system, &mut |condition| {
        if let Condition::Compare { left, right, .. } = condition {
            within_expression(left, change);
            within_expression(right, change);
        }
    });
    within_emits(system, change);
    each_block(system, &mut |block| {
        for statement in block {
            if let StatementKind::Assign { value: Assigned::Expression(value), .. }
            | StatementKind::Increase { by: value, .. }
            | StatementKind::Decrease { by: value, .. }
            | StatementKind::Append { element: value, .. }
            | StatementKind::Return(Some(value)) = &mut statement.kind
            {
                within_expression(value, change);
            } else if let StatementKind::Reply(Reply { body: ReplyBody::Fields { fields, .. }, .. }) =
                &mut statement.kind
            {
                within_payload(fields, change);
            }
        }
    });
}

fn within_emits(system: &mut System, change: &mut dyn FnMut(&mut Expression)) {
    each_emit(system, &mut |emit| within_payload(&mut emit.payload, change));
}

fn within_payload(payload: &mut [PayloadField], change: &mut dyn FnMut(&mut Expression)) {
    payload.iter_mut().for_each(|field| within_expression(&mut field.value, change));
}

fn within_expression(expression: &mut Expression, change: &mut dyn FnMut(&mut Expression)) {
    match &mut expression.kind {
        ExpressionKind::List(items) => items.iter_mut().for_each(|item| within_expression(item, change)),
        ExpressionKind::Object(members) => {
            members.iter_mut().for_each(|(_, value)| within_expression(value, change));
        }
        ExpressionKind::Duration { amount: inner, .. }
        | ExpressionKind::Member(inner, _)
        | ExpressionKind::Negate(inner)
        | ExpressionKind::Widen(inner)
        | ExpressionKind::Narrow(inner) => within_expression(inner, change),
        ExpressionKind::Binary(_, left, right) => {
            within_expression(left, change);
            within_expression(right, change);
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
    change(expression);
}
