//! Arithmetic on typed values, through the operators that generated code uses.

use crate::value::{Maybe, Value};
use eventflow::Json;
use eventflow::Mismatch;
use eventflow::dynamic::Failure;
use eventflow::{ArithmeticError, Decimal, Duration, operators};
use eventflowc::ir::{BinaryOperator, Type};

/// The value of a literal.
pub(super) fn literal(text: &str, ty: &Type) -> Result<Value, Failure> {
    let number: Decimal = text.parse().map_err(|_| Mismatch::new("a number", &Json::text(text)))?;
    Ok(if *ty == Type::Integer { Value::Integer(operators::integer(number)?) } else { Value::Number(number) })
}

/// What an unset operand counts as; none for a type that has no zero.
pub(crate) fn zero(ty: &Type) -> Maybe {
    match ty {
        Type::String => Some(Value::Text(String::new())),
        Type::Number => Some(Value::Number(Decimal::ZERO)),
        Type::Integer => Some(Value::Integer(0)),
        Type::Duration => Some(Value::Duration(Duration::from_micros(0))),
        Type::Time | Type::Boolean | Type::List(_) | Type::Object | Type::Record(_) | Type::Json => None,
    }
}

/// A number as an exact decimal; 0 of what is none, which no well-typed system asks for.
pub(crate) fn decimal(value: &Value) -> Decimal {
    match value {
        Value::Number(number) => *number,
        Value::Integer(integer) => Decimal::from_integer(*integer),
        Value::Text(_)
        | Value::Boolean(_)
        | Value::Time(_)
        | Value::Duration(_)
        | Value::List(_)
        | Value::Object(_)
        | Value::Record(_)
        | Value::Json(_) => Decimal::ZERO,
    }
}

/// `-x`
pub(super) fn negate(value: Value) -> Result<Value, Failure> {
    Ok(match value {
        Value::Duration(duration) => Value::Duration(operators::subtract(Duration::ZERO, duration)?),
        Value::Integer(integer) => Value::Integer(operators::negate_integer(integer)?),
        other => Value::Number(decimal(&other).negated()),
    })
}

/// `left OPERATOR right`
pub(crate) fn apply(operator: BinaryOperator, left: Value, right: Value) -> Result<Value, Failure> {
    Ok(match (left, operator, right) {
        (Value::Text(left), BinaryOperator::Add, Value::Text(right)) => {
            Value::Text(operators::add(left.as_str(), right.as_str())?)
        }
        (Value::Time(left), BinaryOperator::Add, Value::Duration(right))
        | (Value::Duration(right), BinaryOperator::Add, Value::Time(left)) => Value::Time(operators::add(left, right)?),
        (Value::Time(left), BinaryOperator::Subtract, Value::Duration(right)) => {
            Value::Time(operators::subtract(left, right)?)
        }
        (Value::Time(left), BinaryOperator::Subtract, Value::Time(right)) => {
            Value::Duration(operators::subtract(left, right)?)
        }
        (Value::Duration(left), BinaryOperator::Add, Value::Duration(right)) => {
            Value::Duration(operators::add(left, right)?)
        }
        (Value::Duration(left), BinaryOperator::Subtract, Value::Duration(right)) => {
            Value::Duration(operators::subtract(left, right)?)
        }
        (Value::Duration(left), BinaryOperator::Multiply, right) => {
            Value::Duration(operators::multiply(left, decimal(&right))?)
        }
        (left, BinaryOperator::Multiply, Value::Duration(right)) => {
            Value::Duration(operators::multiply(decimal(&left), right)?)
        }
        (Value::Duration(left), BinaryOperator::Divide, right) => {
            Value::Duration(operators::divide(left, decimal(&right))?)
        }
        (Value::Integer(left), BinaryOperator::Add, Value::Integer(right)) => {
            Value::Integer(operators::add(left, right)?)
        }
        (Value::Integer(left), BinaryOperator::Subtract, Value::Integer(right)) => {
            Value::Integer(operators::subtract(left, right)?)
        }
        (Value::Integer(left), BinaryOperator::Multiply, Value::Integer(right)) => {
            Value::Integer(operators::multiply(left, right)?)
        }
        (left, operator, right) => Value::Number(numbers(operator, decimal(&left), decimal(&right))?),
    })
}

fn numbers(operator: BinaryOperator, left: Decimal, right: Decimal) -> Result<Decimal, ArithmeticError> {
    match operator {
        BinaryOperator::Add => operators::add(left, right),
        BinaryOperator::Subtract => operators::subtract(left, right),
        BinaryOperator::Multiply => operators::multiply(left, right),
        BinaryOperator::Divide => operators::divide(left, right),
    }
}
