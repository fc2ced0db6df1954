//! [`Json`] into typed values: record form and the forms that HTTP allows.

use std::collections::BTreeMap;

use super::{MAX_PLAIN_DIGITS, Mismatch};
use crate::decimal::Decimal;
use crate::duration::Duration;
use crate::json::Json;
use crate::timestamp::Timestamp;

/// A value that can be read from a record, or from a payload.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be read from a record", label = "no `Decode` for this type")]
pub trait Decode: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// If the value has another type.
    fn decode(json: &Json) -> Result<Self, Mismatch>;
}

/// The fields of an object, for reading a record type field by field.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a BTreeMap<String, Json>);

impl<'a> Fields<'a> {
    /// The fields, if it is an object.
    ///
    /// # Errors
    /// If it is something else.
    pub fn of(json: &'a Json) -> Result<Fields<'a>, Mismatch> {
        match json {
            Json::Object(fields) => Ok(Fields(fields)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
                Err(Mismatch::new("an object", json))
            }
        }
    }

    /// Reads a field; one that is absent is null, which an `Option` takes and other types refuse.
    ///
    /// # Errors
    /// If the field has another type.
    pub fn get<T: Decode>(&self, name: &str) -> Result<T, Mismatch> {
        T::decode(self.0.get(name).unwrap_or(&Json::Null)).map_err(|mismatch| mismatch.in_field(name))
    }

    /// The names of the fields that are there, in order.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().map(String::as_str)
    }
}

/// What `text` says, if it is a text that says such a value.
fn from_text<T: core::str::FromStr>(expected: &'static str, json: &Json) -> Result<T, Mismatch> {
    json.as_text().and_then(|text| text.parse().ok()).ok_or_else(|| Mismatch::new(expected, json))
}

impl Decode for bool {
    fn decode(json: &Json) -> Result<bool, Mismatch> {
        match json {
            Json::Bool(value) => Ok(*value),
            Json::Null | Json::Number(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
                Err(Mismatch::new("a boolean", json))
            }
        }
    }
}

impl Decode for String {
    fn decode(json: &Json) -> Result<String, Mismatch> {
        json.as_text().map(str::to_owned).ok_or_else(|| Mismatch::new("a string", json))
    }
}

impl Decode for Decimal {
    fn decode(json: &Json) -> Result<Decimal, Mismatch> {
        match json {
            Json::Number(value) => Ok(*value),
            Json::Null | Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => from_text("a number", json),
        }
    }
}

impl Decode for i64 {
    fn decode(json: &Json) -> Result<i64, Mismatch> {
        let expected = "an integer";
        let number = Decimal::decode(json).map_err(|_| Mismatch::new(expected, json))?;
        number.to_integer().ok_or_else(|| Mismatch::new(expected, json))
    }
}

impl Decode for Timestamp {
    fn decode(json: &Json) -> Result<Timestamp, Mismatch> {
        from_text("a time", json)
    }
}

impl Decode for Duration {
    fn decode(json: &Json) -> Result<Duration, Mismatch> {
        let expected = "a duration (in microseconds)";
        match json {
            Json::Number(_) => i64::decode(json).map(Duration::from_micros).map_err(|_| Mismatch::new(expected, json)),
            // In a place of unknown type it was a text: see `Json::number`.
            Json::Text(text) if text.len() > MAX_PLAIN_DIGITS as usize => {
                i64::decode(json).map(Duration::from_micros).map_err(|_| Mismatch::new(expected, json))
            }
            Json::Null | Json::Bool(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => {
                Err(Mismatch::new(expected, json))
            }
        }
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(json: &Json) -> Result<Option<T>, Mismatch> {
        if json.is_null() { Ok(None) } else { T::decode(json).map(Some) }
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(json: &Json) -> Result<Vec<T>, Mismatch> {
        let Json::List(items) = json else { return Err(Mismatch::new("an array", json)) };
        let decode = |(index, item)| T::decode(item).map_err(|mismatch| mismatch.in_item(index));
        items.iter().enumerate().map(decode).collect()
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(json: &Json) -> Result<BTreeMap<String, T>, Mismatch> {
        let fields = Fields::of(json)?;
        fields.names().map(|name| Ok((name.to_owned(), fields.get(name)?))).collect()
    }
}

impl Decode for Json {
    fn decode(json: &Json) -> Result<Json, Mismatch> {
        Ok(json.kept())
    }
}
