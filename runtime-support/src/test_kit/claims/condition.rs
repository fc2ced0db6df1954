//! Conditions, as in guards: with what is unset no comparison holds.

use super::Moment;
use crate::json::Json;
use crate::operators::json;
use crate::schema::Schema;
use crate::test_kit::plan::{Comparison, Condition, Value};
use crate::test_kit::values::{self, compare, evaluate, meets};

/// Whether a condition holds.
pub(crate) fn holds(condition: &Condition, moment: &Moment<'_>) -> bool {
    let value = |value: &Value| evaluate(value, moment);
    match condition {
        Condition::Compare(comparison, left, right) => meets(*comparison, &value(left), (right, moment)),
        Condition::Between(of, low, high) => {
            let (of, low, high) = (value(of), value(low), value(high));
            compare(Comparison::GreaterOrEqual, &of, &low) && compare(Comparison::LessOrEqual, &of, &high)
        }
        Condition::Contains(container, item) => json::contains(&value(container), &value(item)),
        Condition::IsEmpty(of) => json::is_empty(&value(of)),
        Condition::Exists(of) => !value(of).is_null(),
        Condition::True(of) => value(of) == Json::Bool(true),
        Condition::InState(machine, states) => {
            let described = &moment.description.machines[*machine];
            let state = moment.state(*machine);
            states.iter().any(|at| described.states.get(*at).is_some_and(|of| of.name == state))
        }
        Condition::Not(inner) => !holds(inner, moment),
        Condition::All(parts) => parts.iter().all(|part| holds(part, moment)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, moment)),
    }
}

/// What a condition asks for, in words.
pub(crate) fn expected(condition: &Condition, moment: &Moment<'_>) -> String {
    let spans = compares_spans(condition, moment);
    let value = |value: &Value| shown(&evaluate(value, moment), spans);
    match condition {
        Condition::Compare(comparison, _, right) => format!("{}{}", word(*comparison), value(right)),
        Condition::Between(_, low, high) => format!("between {} and {}", value(low), value(high)),
        Condition::Contains(_, item) => format!("something that contains {}", value(item)),
        Condition::IsEmpty(_) => "nothing, or something empty".to_owned(),
        Condition::Exists(_) => "a value".to_owned(),
        Condition::True(_) => "true".to_owned(),
        Condition::InState(machine, states) => {
            let described = &moment.description.machines[*machine];
            let names =
                states.iter().filter_map(|at| described.states.get(*at)).map(|state| format!("#{}", state.name));
            names.collect::<Vec<_>>().join(", ")
        }
        Condition::Not(inner) => format!("not {}", expected(inner, moment)),
        Condition::All(parts) => parts.iter().map(|part| expected(part, moment)).collect::<Vec<_>>().join(" and "),
        Condition::Any(parts) => parts.iter().map(|part| expected(part, moment)).collect::<Vec<_>>().join(" or "),
    }
}

/// What there is instead, in words.
pub(crate) fn found(condition: &Condition, moment: &Moment<'_>) -> String {
    let spans = compares_spans(condition, moment);
    let value = |value: &Value| shown(&evaluate(value, moment), spans);
    match condition {
        Condition::Compare(_, of, _)
        | Condition::Between(of, _, _)
        | Condition::Contains(of, _)
        | Condition::IsEmpty(of)
        | Condition::Exists(of)
        | Condition::True(of) => value(of),
        Condition::InState(machine, _) => format!("#{}", moment.state(*machine)),
        Condition::Not(inner) => found(inner, moment),
        // The parts that are to blame, or all of them.
        Condition::All(parts) => {
            let broken = parts.iter().filter(|part| !holds(part, moment));
            broken.map(|part| found(part, moment)).collect::<Vec<_>>().join(" and ")
        }
        Condition::Any(parts) => {
            let mut values: Vec<_> = parts.iter().map(|part| found(part, moment)).collect();
            // `is not between` asks the same value twice.
            values.dedup();
            values.join(" and ")
        }
    }
}

/// Whether a comparison is one of spans of time: a computed one is a number, and is shown as what it is.
fn compares_spans(condition: &Condition, moment: &Moment<'_>) -> bool {
    match condition {
        Condition::Compare(_, left, right) => [left, right].iter().any(|value| is_span(value, moment)),
        Condition::Between(of, low, high) => [of, low, high].iter().any(|value| is_span(value, moment)),
        Condition::Contains(..)
        | Condition::IsEmpty(_)
        | Condition::Exists(_)
        | Condition::True(_)
        | Condition::InState(..)
        | Condition::Not(_)
        | Condition::All(_)
        | Condition::Any(_) => false,
    }
}

fn is_span(value: &Value, moment: &Moment<'_>) -> bool {
    match value {
        Value::Duration(..) => true,
        Value::Variable(name) => moment.schema(name) == Some(&Schema::Duration),
        Value::Negate(of) => is_span(of, moment),
        Value::Arithmetic(_, left, _) => is_span(left, moment),
        Value::Text(_)
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Null
        | Value::Empty
        | Value::Now(_)
        | Value::List(_)
        | Value::Object(_)
        | Value::Sample
        | Value::InstanceId(_)
        | Value::CurrentState
        | Value::Reply
        | Value::ReplyStatus
        | Value::OfActor(..)
        | Value::Member(..)
        | Value::Count(_) => false,
    }
}

fn shown(value: &Json, span: bool) -> String {
    let schema = if span { &Schema::Duration } else { &Schema::Json };
    values::shown(schema, value)
}

const fn word(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "",
        Comparison::NotEqual => "something other than ",
        Comparison::Greater => "more than ",
        Comparison::GreaterOrEqual => "at least ",
        Comparison::Less => "less than ",
        Comparison::LessOrEqual => "at most ",
    }
}
