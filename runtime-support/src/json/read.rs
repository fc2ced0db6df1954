//! JSON text into [`Json`], with every number exactly as written.
//!
//! serde_json hands out floats, which have lost digits. So the number tokens are cut out of the text first, and while
//! serde_json reads (and checks) the text, each number that it meets is taken from that list instead.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeMap;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Json;
use crate::decimal::Decimal;

/// Why a text is no JSON, or holds a number that cannot be kept exactly; the message names line and column.
#[derive(Debug)]
pub struct ParseJsonError(serde_json::Error);

impl fmt::Display for ParseJsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::error::Error for ParseJsonError {}

impl FromStr for Json {
    type Err = ParseJsonError;

    /// Reads one JSON value. A key that stands twice in an object is an error, and so is a nesting deeper than 127.
    fn from_str(text: &str) -> Result<Json, ParseJsonError> {
        let mut numbers = NumberTokens { text };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = Value { numbers: &mut numbers }.deserialize(&mut deserializer).map_err(ParseJsonError)?;
        deserializer.end().map_err(ParseJsonError)?;
        Ok(value)
    }
}

/// The number tokens of a JSON text, in order. What is not JSON gives nonsense, which nobody sees, because serde_json
/// refuses the text.
struct NumberTokens<'a> {
    text: &'a str,
}

impl<'a> Iterator for NumberTokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let mut place = 0;
        loop {
            match bytes.get(place)? {
                b'"' => place = after_string(bytes, place + 1),
                b'-' | b'0'..=b'9' => break,
                _ => place += 1,
            }
        }
        let in_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = bytes[place..].iter().take_while(|byte| in_number(byte)).count();
        let (token, rest) = self.text[place..].split_at(length);
        self.text = rest;
        Some(token)
    }
}

/// Where the string ends whose text begins at `place`.
fn after_string(bytes: &[u8], mut place: usize) -> usize {
    while let Some(byte) = bytes.get(place) {
        match byte {
            b'"' => return place + 1,
            b'\\' => place += 2,
            _ => place += 1,
        }
    }
    place
}

struct Value<'n, 't> {
    numbers: &'n mut NumberTokens<'t>,
}

impl Value<'_, '_> {
    fn number<E: Error>(self) -> Result<Json, E> {
        let token = self.numbers.next().ok_or_else(|| E::custom("a number that is not in the text"))?;
        let number: Decimal = token.parse().map_err(|error| E::custom(format_args!("{error}: {token:.60}")))?;
        Ok(Json::Number(number))
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Json, E> {
        self.number()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Json, E> {
        self.number()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Json, E> {
        self.number()
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        Ok(Json::text(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element_seed(Value { numbers: self.numbers })? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Value { numbers: self.numbers })?;
            if let Some(_earlier) = fields.insert(name.clone(), value) {
                return Err(A::Error::custom(format_args!("the key {name:?} stands twice in one object")));
            }
        }
        Ok(Json::Object(fields))
    }
}
