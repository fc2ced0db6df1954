//! The values that plans name: computed, compared, and worded for people.
//!
//! A computed value is [`Json`] with exact numbers: a time is its text, a duration its microseconds. What comes from
//! records is widened into the same form by its type before it is compared.

use super::plan::{Arithmetic, Comparison, Type, Value};
use crate::codec::Decode;
use crate::decimal::Decimal;
use crate::description::FieldDescription;
use crate::duration::Duration;
use crate::json::Json;
use crate::operators;
use crate::schema::Schema;
use crate::timestamp::Timestamp;
use core::cmp::Ordering;

/// What the values of a plan refer to.
pub(crate) trait Scope {
    /// The virtual now.
    fn now(&self) -> Timestamp;
    /// `$x`
    fn variable(&self, name: &str) -> Json;
    /// The id of the instance of a machine.
    fn instance_id(&self, machine: usize) -> Json;
    /// The state, without its sigil.
    fn current_state(&self) -> Json;
    /// The body of the last reply.
    fn reply(&self) -> Json;
    /// The status of the last reply.
    fn reply_status(&self) -> Json;
    /// `@customer.email`
    fn of_actor(&self, actor: &str, name: &str) -> Json;
}

/// A scope with nothing in it but a time.
pub(crate) struct Literals {
    pub(crate) now: Timestamp,
}

impl Scope for Literals {
    fn now(&self) -> Timestamp {
        self.now
    }
    fn variable(&self, _: &str) -> Json {
        Json::Null
    }
    fn instance_id(&self, _: usize) -> Json {
        Json::Null
    }
    fn current_state(&self) -> Json {
        Json::Null
    }
    fn reply(&self) -> Json {
        Json::Null
    }
    fn reply_status(&self) -> Json {
        Json::Null
    }
    fn of_actor(&self, _: &str, _: &str) -> Json {
        Json::Null
    }
}

/// Computes a value. What cannot be computed is null, which compares with nothing.
pub(crate) fn evaluate(value: &Value, scope: &dyn Scope) -> Json {
    match value {
        Value::Text(text) => Json::text(text),
        Value::Number(text) => text.parse().map_or(Json::Null, Json::Number),
        Value::Boolean(value) => Json::Bool(*value),
        Value::Null | Value::Sample => Json::Null,
        Value::Empty => Json::List(Vec::new()),
        Value::Now(later) => Json::of(&scope.now().saturating_add(Duration::from_micros(*later))),
        Value::Duration(amount, unit) => match evaluate(amount, scope) {
            Json::Number(amount) => {
                let span = operators::span(amount, Duration::from_micros(*unit));
                span.map_or(Json::Null, |span| Json::of(&span))
            }
            Json::Null | Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => Json::Null,
        },
        Value::List(items) => Json::List(items.iter().map(|item| evaluate(item, scope)).collect()),
        Value::Object(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), evaluate(value, scope))).collect())
        }
        Value::Variable(name) => scope.variable(name),
        Value::InstanceId(machine) => scope.instance_id(*machine),
        Value::CurrentState => scope.current_state(),
        Value::Reply => scope.reply(),
        Value::ReplyStatus => scope.reply_status(),
        Value::OfActor(actor, name) => scope.of_actor(actor, name),
        Value::Member(of, name) => evaluate(of, scope).get(name).cloned().unwrap_or_default(),
        Value::Count(of) => Json::from(operators::json::count(&evaluate(of, scope))),
        Value::Negate(of) => match evaluate(of, scope) {
            Json::Number(number) => Json::Number(number.negated()),
            Json::Null | Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => Json::Null,
        },
        Value::Arithmetic(operator, left, right) => {
            arithmetic(*operator, &evaluate(left, scope), &evaluate(right, scope)).unwrap_or_default()
        }
    }
}

/// Numbers, and times with spans of time; unset counts as zero.
fn arithmetic(operator: Arithmetic, left: &Json, right: &Json) -> Option<Json> {
    if let (Some(left), Some(right)) = (number(left), number(right)) {
        let result = match operator {
            Arithmetic::Add => left.checked_add(right),
            Arithmetic::Subtract => left.checked_sub(right),
            Arithmetic::Multiply => left.checked_mul(right),
            Arithmetic::Divide => left.checked_div(right),
        };
        return result.ok().map(Json::Number);
    }
    let left = time(left)?;
    match (operator, time(right), number(right)) {
        (Arithmetic::Subtract, Some(right), _) => Some(Json::of(&left.since(right))),
        (Arithmetic::Add, None, Some(span)) => {
            left.checked_add(Duration::from_micros(span.to_integer()?)).ok().map(|sum| Json::of(&sum))
        }
        (Arithmetic::Subtract, None, Some(span)) => {
            left.checked_sub(Duration::from_micros(span.to_integer()?)).ok().map(|sum| Json::of(&sum))
        }
        (Arithmetic::Add, Some(_), _)
        | (Arithmetic::Add | Arithmetic::Subtract, None, None)
        | (Arithmetic::Multiply | Arithmetic::Divide, _, _) => None,
    }
}

fn number(value: &Json) -> Option<Decimal> {
    match value {
        Json::Null => Some(Decimal::ZERO),
        Json::Number(number) => Some(*number),
        Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
    }
}

fn time(value: &Json) -> Option<Timestamp> {
    value.as_text()?.parse().ok()
}

/// Whether a comparison holds, as in a guard: with what is unset none does.
pub(crate) fn compare(comparison: Comparison, left: &Json, right: &Json) -> bool {
    if let (Some(left), Some(right)) = (time(left), time(right)) {
        return holds(comparison, left.cmp(&right));
    }
    match comparison {
        Comparison::Equal => operators::json::equal(left, right),
        Comparison::NotEqual => operators::json::not_equal(left, right),
        Comparison::Greater => operators::json::greater(left, right),
        Comparison::GreaterOrEqual => operators::json::greater_or_equal(left, right),
        Comparison::Less => operators::json::less(left, right),
        Comparison::LessOrEqual => operators::json::less_or_equal(left, right),
    }
}

const fn holds(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
    }
}

/// Whether what was found is what is expected. Other than in a guard, nothing is expected to be nothing; within arrays
/// and objects numbers are compared by value too.
pub(crate) fn same(found: &Json, expected: &Json) -> bool {
    match (found, expected) {
        (Json::Null, Json::Null) => true,
        (Json::List(found), Json::List(expected)) => {
            found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| same(found, expected))
        }
        (Json::Object(found), Json::Object(expected)) => {
            let set = |value: &&Json| !value.is_null();
            found.values().filter(set).count() == expected.values().filter(set).count()
                && expected.iter().all(|(name, expected)| same(found.get(name).unwrap_or(&Json::Null), expected))
        }
        (
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_),
        ) => compare(Comparison::Equal, found, expected),
    }
}

/// Whether what was found stands in this relation to what a test names: as in a guard, but `null` and `empty` are what is
/// expected to be nothing, and lists and objects are compared item by item.
pub(crate) fn meets(comparison: Comparison, found: &Json, (expected, scope): (&Value, &dyn Scope)) -> bool {
    let value = || evaluate(expected, scope);
    match (comparison, expected) {
        (Comparison::Equal, Value::Null) => found.is_null(),
        (Comparison::NotEqual, Value::Null) => !found.is_null(),
        (Comparison::Equal, Value::Empty) => operators::json::is_empty(found),
        (Comparison::NotEqual, Value::Empty) => !operators::json::is_empty(found),
        (Comparison::Equal, _) => {
            let expected = value();
            !expected.is_null() && same(found, &expected)
        }
        (Comparison::NotEqual, _) => {
            let expected = value();
            !expected.is_null() && !found.is_null() && !same(found, &expected)
        }
        (Comparison::Greater | Comparison::GreaterOrEqual | Comparison::Less | Comparison::LessOrEqual, _) => {
            compare(comparison, found, &value())
        }
    }
}

/// A value in record form as one that can be compared.
pub(crate) fn wide(schema: &Schema, value: &Json) -> Json {
    match (schema, value) {
        (Schema::Number, _) => Decimal::decode(value).map_or_else(|_| value.clone(), Json::Number),
        (Schema::Integer, _) => i64::decode(value).map_or_else(|_| value.clone(), Json::from),
        (Schema::List(item), Json::List(values)) => Json::List(values.iter().map(|value| wide(item, value)).collect()),
        (Schema::Record(fields), Json::Object(_)) => wide_fields(fields, value),
        (
            Schema::String
            | Schema::Boolean
            | Schema::Time
            | Schema::Duration
            | Schema::List(_)
            | Schema::Object
            | Schema::Record(_)
            | Schema::Json,
            _,
        ) => value.clone(),
    }
}

/// A payload in record form as one whose fields can be compared.
pub(crate) fn wide_fields(fields: &[FieldDescription], payload: &Json) -> Json {
    let Json::Object(values) = payload else { return payload.clone() };
    let widened = values.iter().map(|(name, value)| {
        let known = fields.iter().find(|field| field.name == *name);
        (name.clone(), known.map_or_else(|| value.clone(), |field| wide(&field.schema, value)))
    });
    Json::Object(widened.collect())
}

/// A value of a type as it is shown to people: a span of time in its unit, what is not there as nothing.
pub(crate) fn shown(schema: &Schema, value: &Json) -> String {
    match (schema, value) {
        (_, Json::Null) => "nothing".to_owned(),
        (Schema::Duration, value) => {
            Duration::decode(value).map_or_else(|_| value.to_string(), |span| span.to_string())
        }
        (_, value) => value.to_string(),
    }
}

/// A value as plain words: a text without its quotes.
pub(crate) fn plain(value: &Json) -> String {
    value.as_text().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

impl Type {
    /// The type as the runtime knows it.
    #[must_use]
    pub fn schema(&self) -> Schema {
        match self {
            Self::String => Schema::String,
            Self::Number => Schema::Number,
            Self::Integer => Schema::Integer,
            Self::Boolean => Schema::Boolean,
            Self::Time => Schema::Time,
            Self::Duration => Schema::Duration,
            Self::List(item) => Schema::list_of(item.schema()),
            Self::Object => Schema::Object,
            Self::Record(fields) => {
                let field = |(name, ty): &(String, Self)| FieldDescription {
                    name: name.clone().into(),
                    schema: ty.schema(),
                    required: false,
                    secret: false,
                };
                Schema::Record(fields.iter().map(field).collect::<Vec<_>>().into())
            }
            Self::Json => Schema::Json,
        }
    }
}
