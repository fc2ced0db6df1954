//! Conversions between types: those that cannot fail, and those that are checked.

use crate::border;
use crate::value::{Maybe, Record, Value};
use eventflow::Json;
use eventflow::dynamic::Failure;
use eventflow::{Decimal, operators};
use eventflowc::ir::{System, Type};

/// Integer to number, anything to json, record to object, and these within lists.
pub(super) fn widen(system: &System, from: &Type, to: &Type, value: Value) -> Value {
    match (value, to) {
        (Value::Integer(integer), Type::Number) => Value::Number(Decimal::from_integer(integer)),
        (Value::Record(record), Type::Object) => Value::Object(border::members(system, from, &record)),
        (value, Type::Json) => Value::Json(border::widen(system, from, &value)),
        (Value::List(items), Type::List(to)) => {
            let from = from.element().unwrap_or(from);
            Value::List(items.into_iter().map(|item| widen(system, from, to, item)).collect())
        }
        (
            value,
            Type::String
            | Type::Number
            | Type::Integer
            | Type::Boolean
            | Type::Time
            | Type::Duration
            | Type::List(_)
            | Type::Object
            | Type::Record(_),
        ) => value,
    }
}

/// Json to a type, number to integer, object to record; what does not fit fails the turn.
pub(super) fn narrow(system: &System, from: &Type, to: &Type, value: Value) -> Result<Maybe, Failure> {
    match (value, to) {
        (Value::Number(number), Type::Integer) => Ok(Some(Value::Integer(operators::integer(number)?))),
        (Value::Json(json), to) => Ok(border::decode(system, to, &json)?),
        (Value::Object(members), Type::Record(_)) => Ok(border::decode(system, to, &Json::Object(members))?),
        (Value::Record(record), Type::Record(_)) if from != to => Ok(rebuilt(system, from, to, &record)?),
        (value, to) => Ok(border::decode(system, to, &border::widen(system, from, &value))?),
    }
}

fn rebuilt(system: &System, from: &Type, to: &Type, record: &Record) -> Result<Maybe, Failure> {
    Ok(border::decode(system, to, &Json::Object(border::members(system, from, record)))?)
}
