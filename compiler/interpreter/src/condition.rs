//! Conditions. Built-in ones are total: a comparison with what is unset is false.

use crate::scene::Scene;
use crate::turn::Turn;
use crate::value::Value;
use eventflow::Json;
use eventflow::dynamic::{BoxFuture, Failure};
use eventflow::operators::json;
use eventflowc::ir::{Comparison, Condition};
use std::cmp::Ordering;

impl Turn<'_> {
    /// Whether a condition holds. Parts are asked from left to right, and no further than needed.
    pub(crate) fn holds<'t>(&'t mut self, condition: &'t Condition) -> BoxFuture<'t, Result<bool, Failure>> {
        Box::pin(async move {
            match condition {
                Condition::Guard { origin, condition } => {
                    let passed = self.holds(condition).await?;
                    self.scene.tell_tried(*origin, Some(condition), passed);
                    Ok(passed)
                }
                Condition::Sentence(call) => self.ask_guard(call).await,
                Condition::Not(inner) => Ok(!self.holds(inner).await?),
                Condition::All(parts) => {
                    for part in parts {
                        if !self.holds(part).await? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                Condition::Any(parts) => {
                    for part in parts {
                        if self.holds(part).await? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                }
                Condition::InState { .. }
                | Condition::Compare { .. }
                | Condition::Between { .. }
                | Condition::Contains { .. }
                | Condition::IsEmpty { .. }
                | Condition::Exists { .. }
                | Condition::Holds(_) => self.scene.built_in(condition),
            }
        })
    }
}

impl Scene<'_> {
    fn built_in(&self, condition: &Condition) -> Result<bool, Failure> {
        match condition {
            Condition::InState { states, negated } => Ok(states.contains(&self.working.state) != *negated),
            Condition::Compare { operator, left, right } => {
                let (left, right) = (self.evaluate(left)?, self.evaluate(right)?);
                let (Some(left), Some(right)) = (left, right) else { return Ok(false) };
                Ok(compare(*operator, &left, &right))
            }
            Condition::Between { value, low, high } => {
                let value = self.evaluate(value)?;
                let (low, high) = (self.evaluate(low)?, self.evaluate(high)?);
                let (Some(value), Some(low), Some(high)) = (value, low, high) else { return Ok(false) };
                let above = compare(Comparison::GreaterOrEqual, &value, &low);
                Ok(above && compare(Comparison::LessOrEqual, &value, &high))
            }
            Condition::Contains { container, item, negated } => {
                let (container, item) = (self.evaluate(container)?, self.evaluate(item)?);
                let (Some(container), Some(item)) = (container, item) else { return Ok(false) };
                Ok(contains(&container, &item) == Some(!*negated))
            }
            Condition::IsEmpty { value, negated } => Ok(is_empty(self.evaluate(value)?.as_ref()) != *negated),
            Condition::Exists { value, negated } => Ok(self.evaluate(value)?.is_some() != *negated),
            Condition::Holds(value) => {
                Ok(matches!(self.evaluate(value)?, Some(Value::Boolean(true) | Value::Json(Json::Bool(true)))))
            }
            Condition::Guard { .. }
            | Condition::Sentence(_)
            | Condition::Not(_)
            | Condition::All(_)
            | Condition::Any(_) => {
                unreachable!("`holds` takes these")
            }
        }
    }
}

/// A comparison of two values of one type.
fn compare(operator: Comparison, left: &Value, right: &Value) -> bool {
    if let (Value::Json(left), Value::Json(right)) = (left, right) {
        return match operator {
            Comparison::Equal => json::equal(left, right),
            Comparison::NotEqual => json::not_equal(left, right),
            Comparison::Greater => json::greater(left, right),
            Comparison::GreaterOrEqual => json::greater_or_equal(left, right),
            Comparison::Less => json::less(left, right),
            Comparison::LessOrEqual => json::less_or_equal(left, right),
        };
    }
    match operator {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Greater => order(left, right).is_some_and(Ordering::is_gt),
        Comparison::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
        Comparison::Less => order(left, right).is_some_and(Ordering::is_lt),
        Comparison::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
    }
}

/// The order of two values of one type that has one.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => Some(left.cmp(right)),
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
        (Value::Time(left), Value::Time(right)) => Some(left.cmp(right)),
        (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// Whether something is in a list or a text; no answer if there is nothing that it could be in.
fn contains(container: &Value, item: &Value) -> Option<bool> {
    match (container, item) {
        (Value::List(items), item) => Some(items.contains(item)),
        (Value::Text(text), Value::Text(part)) => Some(text.contains(part.as_str())),
        (Value::Json(container), Value::Json(item)) => {
            if json::contains(container, item) {
                Some(true)
            } else {
                json::lacks(container, item).then_some(false)
            }
        }
        _ => None,
    }
}

/// Unset, or without content.
fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None => true,
        Some(Value::Text(text)) => text.is_empty(),
        Some(Value::List(items)) => items.is_empty(),
        Some(Value::Object(members)) => members.is_empty(),
        Some(Value::Json(value)) => json::is_empty(value),
        Some(
            Value::Number(_)
            | Value::Integer(_)
            | Value::Boolean(_)
            | Value::Time(_)
            | Value::Duration(_)
            | Value::Record(_),
        ) => false,
    }
}
