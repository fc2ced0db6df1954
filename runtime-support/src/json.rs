//! Values whose shape is not known when a flow is compiled, and the form in which payloads come in.

#[cfg(feature = "engine")]
mod read;

use core::fmt;
use std::collections::BTreeMap;

use crate::codec::{Encode, Encoder, MAX_PLAIN_DIGITS};
use crate::decimal::Decimal;

#[cfg(feature = "engine")]
pub use self::read::ParseJsonError;

/// A JSON value with exact numbers and sorted keys: equal values have equal text.
///
/// Shown, a number of more than 15 significant digits stands in quotes, so that no reader rounds it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Json {
    /// `null`; in the language, a value that is unset.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Json {
        Json::Text(text.to_owned())
    }

    /// An object of these fields; of two with one name, the later.
    #[must_use]
    pub fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
        Json::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A typed value as one of unknown type: a `number` is a number, a time its text, a duration its microseconds.
    #[must_use]
    pub fn of(value: &dyn Encode) -> Json {
        Encoder::json_of(value)
    }

    /// A number in a place of unknown type, as a record that is read back has it there: one of more than 15 significant
    /// digits is a text. So a value means the same whether its instance was loaded anew or not.
    #[must_use]
    pub fn number(number: Decimal) -> Json {
        if number.significant_digits() > MAX_PLAIN_DIGITS {
            Json::Text(number.to_string())
        } else {
            Json::Number(number)
        }
    }

    /// The value as a record that is read back has it; see [`Json::number`].
    #[must_use]
    pub fn kept(&self) -> Json {
        match self {
            Json::Number(number) => Json::number(*number),
            Json::List(items) => Json::List(items.iter().map(Json::kept).collect()),
            Json::Object(fields) => {
                Json::Object(fields.iter().map(|(name, value)| (name.clone(), value.kept())).collect())
            }
            Json::Null | Json::Bool(_) | Json::Text(_) => self.clone(),
        }
    }

    /// What kind of value it is, with its article, for messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Json::Null => "nothing",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "an array",
            Json::Object(_) => "an object",
        }
    }

    /// The field of that name, if this is an object that has it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(fields) => fields.get(name),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => None,
        }
    }

    /// The text, if this is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Object(_) => None,
        }
    }

    /// Whether this is null, which is what an unset variable and an absent field are.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut encoder = Encoder::new();
        encoder.json(self);
        f.write_str(&encoder.finish())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Json {
        Json::Number(value.into())
    }
}

impl From<Decimal> for Json {
    fn from(value: Decimal) -> Json {
        Json::Number(value)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Json {
        Json::text(value)
    }
}

impl From<String> for Json {
    fn from(value: String) -> Json {
        Json::Text(value)
    }
}

impl From<Vec<Json>> for Json {
    fn from(value: Vec<Json>) -> Json {
        Json::List(value)
    }
}

#[cfg(all(test, feature = "engine"))]
mod tests;
