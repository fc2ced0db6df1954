//! The types of values as data: what a payload is checked against, and how it is written into a record.
//!
//! A schema is a constant in generated code and built from the IR by the interpreter.

use core::ops::Deref;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::codec::{Decode, Encode, Encoder};
use crate::decimal::Decimal;
use crate::description::{FieldDescription, List};
use crate::duration::Duration;
use crate::json::Json;
use crate::rules::Violation;
use crate::timestamp::Timestamp;

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Schema {
    /// Text.
    String,
    /// An exact decimal: a JSON number, or a string that says one.
    Number,
    /// A number without fraction.
    Integer,
    /// Yes or no.
    Boolean,
    /// A moment, as RFC 3339 has it.
    Time,
    /// A span of time, in microseconds.
    Duration,
    /// An array of items of one type.
    List(Item),
    /// Named values of any kind.
    Object,
    /// A record type: these fields.
    Record(List<FieldDescription>),
    /// Anything.
    Json,
}

/// The type of an array's items: a constant, or owned.
#[derive(Clone, Debug)]
pub enum Item {
    /// Part of a constant.
    Constant(&'static Schema),
    /// Built at run time.
    Owned(Arc<Schema>),
}

impl Deref for Item {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        match self {
            Item::Constant(schema) => schema,
            Item::Owned(schema) => schema,
        }
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Item) -> bool {
        **self == **other
    }
}

/// What becomes of fields that nobody declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFields {
    /// They are violations: the payload is from outside.
    Reject,
    /// They are kept: the payload is from a machine, or from an older record.
    Keep,
}

impl Schema {
    /// An array of items of a type that is known at run time only.
    #[must_use]
    pub fn list_of(item: Schema) -> Schema {
        Schema::List(Item::Owned(Arc::new(item)))
    }

    /// The type in the language's words, with its article.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Schema::String => "a string",
            Schema::Number => "a number",
            Schema::Integer => "an integer",
            Schema::Boolean => "a boolean",
            Schema::Time => "a time",
            Schema::Duration => "a duration (in microseconds)",
            Schema::List(_) => "an array",
            Schema::Object | Schema::Record(_) => "an object",
            Schema::Json => "a value",
        }
    }

    /// Whether the value itself has the type; what is inside it is not looked at.
    #[must_use]
    pub fn admits(&self, value: &Json) -> bool {
        match self {
            Schema::String => matches!(value, Json::Text(_)),
            Schema::Number => Decimal::decode(value).is_ok(),
            Schema::Integer => i64::decode(value).is_ok(),
            Schema::Boolean => matches!(value, Json::Bool(_)),
            Schema::Time => Timestamp::decode(value).is_ok(),
            Schema::Duration => Duration::decode(value).is_ok(),
            Schema::List(_) => matches!(value, Json::List(_)),
            Schema::Object | Schema::Record(_) => matches!(value, Json::Object(_)),
            Schema::Json => true,
        }
    }

    /// Adds every place within `value`, which stands at `place`, that does not have its type.
    pub fn check(&self, place: &str, value: &Json, unknown: UnknownFields, violations: &mut Vec<Violation>) {
        if !self.admits(value) {
            violations.push(Violation::of_type(place, self));
            return;
        }
        match (self, value) {
            (Schema::List(item), Json::List(values)) => {
                for (index, value) in values.iter().enumerate() {
                    item.check(&format!("{place}[{index}]"), value, unknown, violations);
                }
            }
            (Schema::Record(fields), Json::Object(values)) => {
                check_fields(Some(place), fields, values, unknown, violations);
            }
            (
                Schema::String
                | Schema::Number
                | Schema::Integer
                | Schema::Boolean
                | Schema::Time
                | Schema::Duration
                | Schema::List(_)
                | Schema::Object
                | Schema::Record(_)
                | Schema::Json,
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_),
            ) => {}
        }
    }

    /// Writes a value in the encoder's form. A value of another type is written as it is.
    pub fn encode(&self, value: &Json, encoder: &mut Encoder) {
        match (self, value) {
            (Schema::Number, _) => encode_as::<Decimal>(value, encoder),
            (Schema::Integer, _) => encode_as::<i64>(value, encoder),
            (Schema::Time, _) => encode_as::<Timestamp>(value, encoder),
            (Schema::Duration, _) => encode_as::<Duration>(value, encoder),
            (Schema::List(item), Json::List(values)) => {
                let mut list = encoder.list();
                for value in values {
                    item.encode(value, list.begin_item());
                }
                list.end();
            }
            (Schema::Record(fields), Json::Object(values)) => encode_fields(fields, values, encoder),
            (
                Schema::String | Schema::Boolean | Schema::List(_) | Schema::Object | Schema::Record(_) | Schema::Json,
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_),
            ) => encoder.json(value),
        }
    }
}

/// Every place of a payload that is missing, unknown or of another type, in the order of the fields.
#[must_use]
pub fn validate(fields: &[FieldDescription], payload: &Json, unknown: UnknownFields) -> Vec<Violation> {
    let mut violations = Vec::new();
    match payload {
        Json::Object(values) => check_fields(None, fields, values, unknown, &mut violations),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
            violations.push(Violation::of_type("payload", &Schema::Object));
        }
    }
    violations
}

/// A payload in record form: the fields in declared order, those that nobody declared after them in the order of names;
/// declared ones that are null are left out.
#[must_use]
pub fn canonical(fields: &[FieldDescription], payload: &Json) -> String {
    written(fields, payload, Encoder::new())
}

/// A payload as HTTP shows it: like [`canonical`], with a `number` as a JSON number where every reader keeps it exactly.
#[must_use]
pub fn plain(fields: &[FieldDescription], payload: &Json) -> String {
    written(fields, payload, Encoder::plain())
}

fn written(fields: &[FieldDescription], payload: &Json, mut encoder: Encoder) -> String {
    match payload {
        Json::Object(values) => encode_fields(fields, values, &mut encoder),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => encoder.json(payload),
    }
    encoder.finish()
}

fn check_fields(
    place: Option<&str>,
    fields: &[FieldDescription],
    values: &BTreeMap<String, Json>,
    unknown: UnknownFields,
    violations: &mut Vec<Violation>,
) {
    let inside = |name: &str| place.map_or_else(|| name.to_owned(), |place| format!("{place}.{name}"));
    for field in fields {
        match values.get(&*field.name) {
            None | Some(Json::Null) if field.required => violations.push(Violation::missing(&inside(&field.name))),
            None | Some(Json::Null) => {}
            Some(value) => field.schema.check(&inside(&field.name), value, unknown, violations),
        }
    }
    if unknown == UnknownFields::Reject {
        let undeclared = undeclared(fields, values);
        violations.extend(undeclared.map(|(name, _)| Violation::unknown(&inside(name))));
    }
}

fn encode_fields(fields: &[FieldDescription], values: &BTreeMap<String, Json>, encoder: &mut Encoder) {
    let mut object = encoder.object();
    for field in fields {
        if let Some(value) = values.get(&*field.name).filter(|value| !value.is_null()) {
            field.schema.encode(value, object.begin_field(&field.name));
        }
    }
    for (name, value) in undeclared(fields, values) {
        object.field(name, value);
    }
    object.end();
}

fn undeclared<'a>(
    fields: &'a [FieldDescription],
    values: &'a BTreeMap<String, Json>,
) -> impl Iterator<Item = (&'a str, &'a Json)> {
    let declared = |name: &str| fields.iter().any(|field| field.name == name);
    values.iter().map(|(name, value)| (name.as_str(), value)).filter(move |(name, _)| !declared(name))
}

fn encode_as<T: Decode + Encode>(value: &Json, encoder: &mut Encoder) {
    match T::decode(value) {
        Ok(typed) => typed.encode(encoder),
        Err(_) => encoder.json(value),
    }
}

#[cfg(all(test, feature = "engine"))]
mod tests;
