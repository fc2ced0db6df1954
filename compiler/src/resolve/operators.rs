//! Operators whose types wait: what `+` gives depends on its sides.
//!
//! An operator is settled as soon as enough of its sides is known. When nothing moves any more, the first one that still
//! waits takes its usual meaning (numbers, lists), and the rest is tried again.

use super::types::{Shape, TypeVar, Types};
use crate::catalog::types as catalog;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::BinaryOperator;
use crate::source::Span;

/// An operator with the types of its sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub(super) kind: PendingKind,
    pub(super) left: TypeVar,
    pub(super) right: TypeVar,
    pub(super) place: Span,
}

/// Which operator.
#[derive(Clone, Copy, Debug)]
pub(super) enum PendingKind {
    /// `left op right`, which gives `result`.
    Arithmetic { operator: BinaryOperator, result: TypeVar },
    /// `left increases by right`.
    Step,
    /// `left contains right`.
    Contains,
    /// `left` is greater than `right`. The two ends of a range are compared with one value.
    Ordered {
        /// The place of the value at the left.
        value: Span,
    },
    /// `-left`, which gives `right`.
    Negated,
}

/// Whether unknown sides get their usual types.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Insist {
    No,
    Yes,
}

/// Settles all operators.
pub(super) fn settle(types: &mut Types, diagnostics: &mut Diagnostics) {
    let mut waiting = std::mem::take(&mut types.pending);
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|pending| !settle_one(types, *pending, Insist::No, diagnostics));
        if waiting.len() == before {
            let first = waiting.remove(0);
            settle_one(types, first, Insist::Yes, diagnostics);
        }
    }
}

fn settle_one(types: &mut Types, pending: Pending, insist: Insist, diagnostics: &mut Diagnostics) -> bool {
    match pending.kind {
        PendingKind::Arithmetic { operator, result } => {
            arithmetic(types, pending, operator, result, insist, diagnostics)
        }
        PendingKind::Step => step(types, pending, insist, diagnostics),
        PendingKind::Contains => contains(types, pending, insist, diagnostics),
        PendingKind::Ordered { value } => {
            has_no_order(types, pending, value, diagnostics) || ordered(types, pending, insist, diagnostics)
        }
        PendingKind::Negated => negated(types, pending, insist, diagnostics),
    }
}

/// What arithmetic makes of a side.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Number,
    Integer,
    Time,
    Duration,
    Text,
    Unknown,
    Silent,
    Other,
}

fn side(types: &Types, var: TypeVar) -> Side {
    match types.shape(var) {
        Some(Shape::Number) => Side::Number,
        Some(Shape::Integer) => Side::Integer,
        Some(Shape::Time) => Side::Time,
        Some(Shape::Duration) => Side::Duration,
        Some(Shape::String) => Side::Text,
        Some(Shape::Error) => Side::Silent,
        Some(Shape::Boolean | Shape::List(_) | Shape::Object | Shape::Record(_) | Shape::Fields(_)) => Side::Other,
        Some(Shape::Json) | None => Side::Unknown,
    }
}

/// A shape for a side that does not settle it alone.
fn shape_of(side: Side) -> Option<Shape> {
    match side {
        Side::Number => Some(Shape::Number),
        Side::Integer => Some(Shape::Integer),
        Side::Time => Some(Shape::Time),
        Side::Duration => Some(Shape::Duration),
        Side::Text => Some(Shape::String),
        Side::Unknown | Side::Silent | Side::Other => None,
    }
}

fn arithmetic(
    types: &mut Types,
    pending: Pending,
    operator: BinaryOperator,
    result: TypeVar,
    insist: Insist,
    diagnostics: &mut Diagnostics,
) -> bool {
    let sides = (side(types, pending.left), side(types, pending.right));
    let gives = match sides {
        (Side::Silent, _) | (_, Side::Silent) => Shape::Error,
        (Side::Unknown, Side::Unknown) if insist == Insist::No => return false,
        (Side::Unknown, Side::Duration | Side::Time) | (Side::Duration | Side::Time, Side::Unknown)
            if insist == Insist::No =>
        {
            return false;
        }
        (Side::Unknown, known) => {
            let shape = usual_partner(operator, known).unwrap_or(Shape::Number);
            types.expect(pending.left, shape, pending.place, diagnostics);
            return arithmetic(types, pending, operator, result, Insist::Yes, diagnostics);
        }
        (known, Side::Unknown) => {
            let shape = usual_partner(operator, known).unwrap_or(Shape::Number);
            types.expect(pending.right, shape, pending.place, diagnostics);
            return arithmetic(types, pending, operator, result, Insist::Yes, diagnostics);
        }
        (left, right) => match result_of(operator, left, right) {
            Some(shape) => shape,
            None => {
                report(types, pending, sign(operator), diagnostics);
                Shape::Error
            }
        },
    };
    types.expect(result, gives, pending.place, diagnostics);
    true
}

/// What stands beside a known side if nothing else says it.
fn usual_partner(operator: BinaryOperator, known: Side) -> Option<Shape> {
    match (operator, known) {
        (_, Side::Integer) => Some(Shape::Number),
        (BinaryOperator::Add | BinaryOperator::Subtract, Side::Time) => Some(Shape::Duration),
        (BinaryOperator::Multiply | BinaryOperator::Divide, Side::Duration) => Some(Shape::Number),
        (_, known) => shape_of(known),
    }
}

/// What an operator gives; none if it does not take these sides.
fn result_of(operator: BinaryOperator, left: Side, right: Side) -> Option<Shape> {
    use BinaryOperator::{Add, Divide, Multiply, Subtract};
    match (operator, left, right) {
        (Divide, Side::Integer, Side::Integer) => Some(Shape::Number),
        (_, Side::Integer, Side::Integer) => Some(Shape::Integer),
        (_, Side::Number | Side::Integer, Side::Number | Side::Integer) => Some(Shape::Number),
        (Add, Side::Time, Side::Duration)
        | (Add, Side::Duration, Side::Time)
        | (Subtract, Side::Time, Side::Duration) => Some(Shape::Time),
        (Subtract, Side::Time, Side::Time) | (Add | Subtract, Side::Duration, Side::Duration) => Some(Shape::Duration),
        (Multiply | Divide, Side::Duration, Side::Number | Side::Integer)
        | (Multiply, Side::Number | Side::Integer, Side::Duration) => Some(Shape::Duration),
        (Add, Side::Text, Side::Text) => Some(Shape::String),
        (
            Add | Subtract | Multiply | Divide,
            Side::Number
            | Side::Integer
            | Side::Time
            | Side::Duration
            | Side::Text
            | Side::Unknown
            | Side::Silent
            | Side::Other,
            _,
        ) => None,
    }
}

fn step(types: &mut Types, pending: Pending, insist: Insist, diagnostics: &mut Diagnostics) -> bool {
    match (side(types, pending.left), side(types, pending.right)) {
        (Side::Silent, _) | (_, Side::Silent) => true,
        (Side::Unknown, Side::Unknown) if insist == Insist::No => false,
        (Side::Unknown, Side::Duration) if insist == Insist::No => false,
        (Side::Unknown, Side::Duration) => {
            types.expect(pending.left, Shape::Duration, pending.place, diagnostics);
            true
        }
        (Side::Unknown, _) => {
            types.expect(pending.left, Shape::Number, pending.place, diagnostics);
            step(types, pending, Insist::Yes, diagnostics)
        }
        (Side::Time | Side::Duration, Side::Unknown) => {
            types.expect(pending.right, Shape::Duration, pending.place, diagnostics);
            true
        }
        (Side::Time | Side::Duration, Side::Duration) => true,
        (Side::Number | Side::Integer, Side::Number | Side::Integer | Side::Unknown) => {
            types.expect(pending.right, Shape::Number, pending.place, diagnostics);
            // A whole number that a fraction is added to is a number, unless somebody wrote that it is whole.
            types.unite(pending.left, pending.right, pending.place, diagnostics);
            true
        }
        (
            Side::Number | Side::Integer | Side::Time | Side::Duration | Side::Text | Side::Other,
            Side::Number | Side::Integer | Side::Time | Side::Duration | Side::Text | Side::Unknown | Side::Other,
        ) => {
            report(types, pending, "increases by", diagnostics);
            true
        }
    }
}

fn contains(types: &mut Types, pending: Pending, insist: Insist, diagnostics: &mut Diagnostics) -> bool {
    match types.shape(pending.left) {
        Some(Shape::Error) => true,
        Some(Shape::List(element)) => {
            types.unite(element, pending.right, pending.place, diagnostics);
            true
        }
        Some(Shape::String) => {
            types.expect(pending.right, Shape::String, pending.place, diagnostics);
            true
        }
        Some(Shape::Json) | None => {
            if insist == Insist::Yes {
                let list = types.of(Shape::List(pending.right), pending.place);
                types.unite(pending.left, list, pending.place, diagnostics);
            }
            insist == Insist::Yes
        }
        Some(
            Shape::Number
            | Shape::Integer
            | Shape::Boolean
            | Shape::Time
            | Shape::Duration
            | Shape::Object
            | Shape::Record(_)
            | Shape::Fields(_),
        ) => {
            report(types, pending, "contains", diagnostics);
            true
        }
    }
}

/// Whether one of the sides has no order, which is reported: that it is of another type than the other side is not the point.
fn has_no_order(types: &mut Types, pending: Pending, value: Span, diagnostics: &mut Diagnostics) -> bool {
    let found = [pending.left, pending.right].iter().any(|var| side(types, *var) == Side::Other);
    if found {
        let finding = operands(types, pending, "is greater than");
        diagnostics.error_once(&format!("no order of {value:?}"), finding);
    }
    found
}

fn ordered(types: &mut Types, pending: Pending, insist: Insist, diagnostics: &mut Diagnostics) -> bool {
    types.unite(pending.left, pending.right, pending.place, diagnostics);
    match side(types, pending.left) {
        Side::Unknown if insist == Insist::No => false,
        Side::Unknown => {
            types.expect(pending.left, Shape::Number, pending.place, diagnostics);
            types.expect(pending.right, Shape::Number, pending.place, diagnostics);
            true
        }
        Side::Number | Side::Integer | Side::Time | Side::Duration | Side::Text | Side::Silent | Side::Other => true,
    }
}

fn negated(types: &mut Types, pending: Pending, insist: Insist, diagnostics: &mut Diagnostics) -> bool {
    match side(types, pending.left) {
        Side::Unknown if insist == Insist::No => return false,
        Side::Unknown => types.expect(pending.left, Shape::Number, pending.place, diagnostics),
        Side::Number | Side::Integer | Side::Duration | Side::Silent => {}
        Side::Time | Side::Text | Side::Other => {
            report(types, pending, "-", diagnostics);
            types.expect(pending.right, Shape::Error, pending.place, diagnostics);
            return true;
        }
    }
    types.unite(pending.right, pending.left, pending.place, diagnostics);
    true
}

fn sign(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::Add => "+",
        BinaryOperator::Subtract => "-",
        BinaryOperator::Multiply => "*",
        BinaryOperator::Divide => "/",
    }
}

fn report(types: &mut Types, pending: Pending, operator: &str, diagnostics: &mut Diagnostics) {
    diagnostics.error(operands(types, pending, operator));
}

fn operands(types: &mut Types, pending: Pending, operator: &str) -> Diagnostic {
    let describe = |var| {
        let shape = types.shape(var).unwrap_or(Shape::Json);
        (types.describe(&shape), types.place(var).unwrap_or(pending.place))
    };
    let (left, right) = (describe(pending.left), describe(pending.right));
    catalog::operands(pending.place, operator, (&left.0, left.1), (&right.0, right.1))
}
