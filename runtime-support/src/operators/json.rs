//! The operators on values of unknown type. Null is unset; what cannot be compared compares false.

use core::cmp::Ordering;

use crate::decimal::Decimal;
use crate::json::Json;

/// How two values of one kind are ordered: numbers by value, texts by their characters, booleans with false first.
///
/// A number and a text that says a number are ordered as numbers, because a number of many digits comes back from a
/// record as text. All other pairs have no order.
#[must_use]
pub fn order(left: &Json, right: &Json) -> Option<Ordering> {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => Some(left.cmp(right)),
        (Json::Text(left), Json::Text(right)) => Some(left.cmp(right)),
        (Json::Bool(left), Json::Bool(right)) => Some(left.cmp(right)),
        (Json::Number(left), Json::Text(right)) => right.parse().ok().map(|right: Decimal| left.cmp(&right)),
        (Json::Text(left), Json::Number(right)) => left.parse().ok().map(|left: Decimal| left.cmp(right)),
        (
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_),
        ) => None,
    }
}

fn same(left: &Json, right: &Json) -> bool {
    left == right || order(left, right) == Some(Ordering::Equal)
}

fn both_set(left: &Json, right: &Json) -> bool {
    !left.is_null() && !right.is_null()
}

/// `is`, `equals`.
#[must_use]
pub fn equal(left: &Json, right: &Json) -> bool {
    both_set(left, right) && same(left, right)
}

/// `is not`: both are set, and they differ.
#[must_use]
pub fn not_equal(left: &Json, right: &Json) -> bool {
    both_set(left, right) && !same(left, right)
}

/// `is greater than`, `is after`.
#[must_use]
pub fn greater(left: &Json, right: &Json) -> bool {
    order(left, right).is_some_and(Ordering::is_gt)
}

/// `is at least`.
#[must_use]
pub fn greater_or_equal(left: &Json, right: &Json) -> bool {
    order(left, right).is_some_and(Ordering::is_ge)
}

/// `is less than`, `is before`.
#[must_use]
pub fn less(left: &Json, right: &Json) -> bool {
    order(left, right).is_some_and(Ordering::is_lt)
}

/// `is at most`.
#[must_use]
pub fn less_or_equal(left: &Json, right: &Json) -> bool {
    order(left, right).is_some_and(Ordering::is_le)
}

/// `is between A and B`, both included.
#[must_use]
pub fn between(value: &Json, low: &Json, high: &Json) -> bool {
    greater_or_equal(value, low) && less_or_equal(value, high)
}

/// Whether the item is in the container: an item of an array, a part of a text, a name of an object's field. There is
/// no answer if either is unset, or the container is none.
fn search(container: &Json, item: &Json) -> Option<bool> {
    match (container, item) {
        (_, Json::Null) => None,
        (Json::List(items), _) => Some(items.iter().any(|present| same(present, item))),
        (Json::Text(text), Json::Text(part)) => Some(text.contains(part.as_str())),
        (Json::Object(fields), Json::Text(name)) => Some(fields.contains_key(name)),
        (
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_),
            Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_),
        ) => None,
    }
}

/// `contains`.
#[must_use]
pub fn contains(container: &Json, item: &Json) -> bool {
    search(container, item) == Some(true)
}

/// `does not contain`.
#[must_use]
pub fn lacks(container: &Json, item: &Json) -> bool {
    search(container, item) == Some(false)
}

/// `is empty`, `is null`: null, or a text, array or object without content.
#[must_use]
pub fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(_) | Json::Number(_) => false,
        Json::Text(text) => text.is_empty(),
        Json::List(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
    }
}

/// How many items an array, or fields an object, has; none for anything else.
#[must_use]
pub fn count(value: &Json) -> i64 {
    let length = match value {
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => 0,
        Json::List(items) => items.len(),
        Json::Object(fields) => fields.len(),
    };
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// `removes`: takes the first item that equals `item` out of the array, if there is one.
pub fn remove_first(list: &mut Vec<Json>, item: &Json) {
    if let Some(place) = list.iter().position(|present| same(present, item)) {
        list.remove(place);
    }
}
