//! What the language's operators mean, for both executors.
//!
//! A variable without a value is `None` here. Comparisons with one are false, `is not` included; arithmetic starts from
//! zero, which callers say with `unwrap_or_default`.

mod arithmetic;
pub mod json;

pub use self::arithmetic::{
    DividedBy, LONGEST_TEXT, Minus, Plus, Times, add, divide, integer, multiply, negate_integer, span, subtract,
};
pub use crate::values::ArithmeticError;

use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::duration::Duration;
use crate::json::Json;
use crate::timestamp::Timestamp;

/// `is`, `equals`: both have a value, and it is the same.
#[must_use]
pub fn equal<T: PartialEq + ?Sized>(left: Option<&T>, right: Option<&T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left == right)
}

/// `is not`: both have a value, and they differ.
#[must_use]
pub fn not_equal<T: PartialEq + ?Sized>(left: Option<&T>, right: Option<&T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left != right)
}

/// `is greater than`, `is after`.
#[must_use]
pub fn greater<T: PartialOrd + ?Sized>(left: Option<&T>, right: Option<&T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left > right)
}

/// `is at least`.
#[must_use]
pub fn greater_or_equal<T: PartialOrd + ?Sized>(left: Option<&T>, right: Option<&T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left >= right)
}

/// `is less than`, `is before`.
#[must_use]
pub fn less<T: PartialOrd + ?Sized>(left: Option<&T>, right: Option<&T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left < right)
}

/// `is at most`.
#[must_use]
pub fn less_or_equal<T: PartialOrd + ?Sized>(left: Option<&T>, right: Option<&T>) -> bool {
    matches!((left, right), (Some(left), Some(right)) if left <= right)
}

/// `is between A and B`, both included.
#[must_use]
pub fn between<T: PartialOrd + ?Sized>(value: Option<&T>, low: Option<&T>, high: Option<&T>) -> bool {
    greater_or_equal(value, low) && less_or_equal(value, high)
}

/// `contains`, of a text: the part stands somewhere in it.
#[must_use]
pub fn text_contains(text: Option<&str>, part: Option<&str>) -> bool {
    matches!((text, part), (Some(text), Some(part)) if text.contains(part))
}

/// `does not contain`, of a text; false if either is unset.
#[must_use]
pub fn text_lacks(text: Option<&str>, part: Option<&str>) -> bool {
    matches!((text, part), (Some(text), Some(part)) if !text.contains(part))
}

/// `contains`, of an array: one of its items equals the item.
#[must_use]
pub fn list_contains<T: PartialEq>(list: Option<&[T]>, item: Option<&T>) -> bool {
    matches!((list, item), (Some(list), Some(item)) if list.contains(item))
}

/// `does not contain`, of an array; false if either is unset.
#[must_use]
pub fn list_lacks<T: PartialEq>(list: Option<&[T]>, item: Option<&T>) -> bool {
    matches!((list, item), (Some(list), Some(item)) if !list.contains(item))
}

/// `is empty`, `is null`: there is no value, or one without content.
#[must_use]
pub fn is_empty<T: Emptiness + ?Sized>(value: Option<&T>) -> bool {
    value.is_none_or(Emptiness::is_without_content)
}

/// `removes`: takes the first item that equals `item` out of the array, if there is one.
pub fn remove_first<T: PartialEq>(list: &mut Vec<T>, item: &T) {
    if let Some(place) = list.iter().position(|present| present == item) {
        list.remove(place);
    }
}

/// Which values are empty although they are set. Texts, arrays and objects can be; all others never are.
pub trait Emptiness {
    /// Whether the value has no content.
    fn is_without_content(&self) -> bool {
        false
    }
}

impl Emptiness for bool {}
impl Emptiness for i64 {}
impl Emptiness for Decimal {}
impl Emptiness for Timestamp {}
impl Emptiness for Duration {}

impl Emptiness for str {
    fn is_without_content(&self) -> bool {
        self.is_empty()
    }
}

impl Emptiness for String {
    fn is_without_content(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Emptiness for [T] {
    fn is_without_content(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Emptiness for Vec<T> {
    fn is_without_content(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Emptiness for BTreeMap<String, T> {
    fn is_without_content(&self) -> bool {
        self.is_empty()
    }
}

impl Emptiness for Json {
    fn is_without_content(&self) -> bool {
        json::is_empty(self)
    }
}

#[cfg(test)]
mod tests;
