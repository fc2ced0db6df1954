//! Typed values as [`Json`]: put into a place of unknown type, or as the record form says.

use crate::codec::Decode;
use crate::decimal::Decimal;
use crate::duration::Duration;
use crate::dynamic::Failure;
use crate::json::Json;
use crate::timestamp::Timestamp;
use std::collections::BTreeMap;

/// How numbers become [`Json`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As JSON numbers, or texts if they are long: the value stands where any value may stand.
    Open,
    /// As the record form has them: a `number` is a string, an `integer` beyond 2^53 too.
    Record,
}

/// A value that can stand in a place of unknown type.
pub trait Widen {
    /// The value as JSON.
    fn to_json(&self, form: Form) -> Json;

    /// The value in a place of unknown type.
    fn widen(&self) -> Json {
        self.to_json(Form::Open)
    }

    /// The value as a record that is read back has it.
    fn recorded(&self) -> Json {
        self.to_json(Form::Record)
    }
}

impl<T: Widen + ?Sized> Widen for &T {
    fn to_json(&self, form: Form) -> Json {
        (**self).to_json(form)
    }
}

impl Widen for str {
    fn to_json(&self, _form: Form) -> Json {
        Json::text(self)
    }
}

impl Widen for String {
    fn to_json(&self, _form: Form) -> Json {
        Json::text(self)
    }
}

impl Widen for bool {
    fn to_json(&self, _form: Form) -> Json {
        Json::Bool(*self)
    }
}

impl Widen for i64 {
    fn to_json(&self, form: Form) -> Json {
        match form {
            Form::Record if self.unsigned_abs() > 1 << 53 => Json::Text(self.to_string()),
            Form::Record => Json::from(*self),
            Form::Open => Json::number(Decimal::from(*self)),
        }
    }
}

impl Widen for Decimal {
    fn to_json(&self, form: Form) -> Json {
        match form {
            Form::Open => Json::number(*self),
            Form::Record => Json::Text(self.to_string()),
        }
    }
}

impl Widen for Timestamp {
    fn to_json(&self, _form: Form) -> Json {
        Json::Text(self.to_string())
    }
}

impl Widen for Duration {
    fn to_json(&self, form: Form) -> Json {
        match form {
            Form::Open => Json::number(Decimal::from(self.as_micros())),
            Form::Record => Json::from(self.as_micros()),
        }
    }
}

impl Widen for Json {
    fn to_json(&self, _form: Form) -> Json {
        self.clone()
    }
}

impl<T: Widen> Widen for Option<T> {
    fn to_json(&self, form: Form) -> Json {
        self.as_ref().map_or(Json::Null, |value| value.to_json(form))
    }
}

impl<T: Widen> Widen for [T] {
    fn to_json(&self, form: Form) -> Json {
        Json::List(self.iter().map(|item| item.to_json(form)).collect())
    }
}

impl<T: Widen> Widen for Vec<T> {
    fn to_json(&self, form: Form) -> Json {
        self.as_slice().to_json(form)
    }
}

impl<T: Widen> Widen for BTreeMap<String, T> {
    fn to_json(&self, form: Form) -> Json {
        Json::Object(self.iter().map(|(name, value)| (name.clone(), value.to_json(form))).collect())
    }
}

/// A value with members that are found by name.
pub trait Member {
    /// The member; none if it is absent or null.
    fn member(&self, name: &str) -> Option<&Json>;
}

impl Member for Json {
    fn member(&self, name: &str) -> Option<&Json> {
        self.get(name).filter(|value| !value.is_null())
    }
}

impl Member for BTreeMap<String, Json> {
    fn member(&self, name: &str) -> Option<&Json> {
        self.get(name).filter(|value| !value.is_null())
    }
}

/// A value in a place of unknown type. `None` does not come here: what is there is given.
#[must_use]
pub fn widen<T: Widen + ?Sized>(value: &T) -> Json {
    value.widen()
}

/// The value of one type as one of another.
///
/// # Errors
/// If it does not fit.
pub fn convert<T: Widen + ?Sized, A: Decode>(value: &T) -> Result<A, Failure> {
    Ok(A::decode(&value.widen())?)
}

/// The same for a value that may be unset; null is unset, too.
///
/// # Errors
/// If it does not fit.
pub fn convert_set<T: Widen + ?Sized, A: Decode>(value: Option<&T>) -> Result<Option<A>, Failure> {
    Ok(Option::decode(&value.map_or(Json::Null, Widen::widen))?)
}

/// A list of these elements. `From` is in scope here, and need not be where this is called.
#[must_use]
pub fn list<T, const N: usize>(elements: [T; N]) -> Vec<T> {
    Vec::from(elements)
}

/// The members of an object literal; an unset one is null.
#[must_use]
pub fn members<const N: usize>(members: [(&str, Option<Json>); N]) -> BTreeMap<String, Json> {
    members.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default())).collect()
}

/// The members that are set.
#[must_use]
pub fn set_members<const N: usize>(members: [(&str, Option<Json>); N]) -> BTreeMap<String, Json> {
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Adds a field of a record to an object, unless it is unset.
pub fn add_member<T: Widen>(members: &mut BTreeMap<String, Json>, name: &str, value: &T, form: Form) {
    let value = value.to_json(form);
    if !value.is_null() {
        members.insert(name.to_owned(), value);
    }
}

/// The fields of an object that a record type does not declare.
#[must_use]
pub fn unknown(json: &Json, declared: &[&str]) -> BTreeMap<String, Json> {
    let Json::Object(fields) = json else { return BTreeMap::new() };
    let unknown = fields.iter().filter(|(name, _)| !declared.contains(&name.as_str()));
    unknown.map(|(name, value)| (name.clone(), value.kept())).collect()
}
