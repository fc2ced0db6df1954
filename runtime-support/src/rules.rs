//! Validation rules: what a value must keep beyond its type, as functions and as data.

mod text;

use core::fmt;
use std::borrow::Cow;

use crate::codec::{Decode, Encode, Encoder};
use crate::decimal::Decimal;
use crate::description::{CheckDescription, FieldDescription, List, Text};
use crate::dynamic::Failure;
use crate::json::Json;
use crate::schema::{Schema, UnknownFields, validate as validate_types};

pub use self::text::{is_email, is_url, is_uuid};

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// `greater than N`
    GreaterThan(Decimal),
    /// `less than N`
    LessThan(Decimal),
    /// `between N and M`, both included.
    Between(Decimal, Decimal),
    /// `at least N`
    AtLeast(Decimal),
    /// `at most N`
    AtMost(Decimal),
    /// `min N characters`
    MinCharacters(u32),
    /// `max N characters`
    MaxCharacters(u32),
    /// `valid email`
    Email,
    /// `valid uuid`
    Uuid,
    /// `valid url`
    Url,
    /// `one of a, b, c`
    OneOf(List<Text>),
    /// A rule that the user's code carries out.
    Custom {
        /// Which, for [`DynMachine::keeps_rule`](crate::dynamic::DynMachine::keeps_rule).
        index: usize,
        /// The rule as the flow words it.
        sentence: Text,
    },
}

/// A rule that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: `items[2].price`.
    pub field: String,
    /// Which rule, as a flow words it; `unknown` for a field that nobody declared.
    pub rule: String,
    /// What is wrong, for people.
    pub message: String,
}

/// What is wrong with a payload: types, missing and unknown fields, then the rules of each field. All of it is found,
/// but for a field whose checks bail. `keeps_custom` asks the user's code about a custom rule.
///
/// # Errors
/// If the user's code failed.
pub fn validate(
    fields: &[FieldDescription],
    checks: &[CheckDescription],
    payload: &Json,
    unknown: UnknownFields,
    keeps_custom: &dyn Fn(usize, &Json) -> Result<bool, Failure>,
) -> Result<Vec<Violation>, Failure> {
    let mut violations = validate_types(fields, payload, unknown);
    for check in checks {
        let Some(field) = fields.get(check.field) else { continue };
        let Some(value) = payload.get(&field.name).filter(|value| !value.is_null()) else {
            // The types above have reported it if the field is required by itself.
            if check.required && !field.required {
                violations.push(Violation::missing(&field.name));
            }
            continue;
        };
        // Asking a text whether it is at least five helps nobody: its type is reported, and that is all there is.
        if field.schema.admits(value) {
            violations.extend(broken_rules(&field.name, check, &as_number(&field.schema, value), keeps_custom)?);
        }
    }
    Ok(violations)
}

/// A number as a JSON number: in a record it is a text, which would be another than an option that says `2.50`.
fn as_number<'v>(schema: &Schema, value: &'v Json) -> Cow<'v, Json> {
    if matches!(schema, Schema::Number | Schema::Integer)
        && value.as_text().is_some()
        && let Ok(number) = Decimal::decode(value)
    {
        return Cow::Owned(Json::Number(number));
    }
    Cow::Borrowed(value)
}

/// The rules of one field that a value breaks.
fn broken_rules(
    field: &str,
    check: &CheckDescription,
    value: &Json,
    keeps_custom: &dyn Fn(usize, &Json) -> Result<bool, Failure>,
) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for rule in check.rules.iter() {
        let kept = match rule {
            Rule::Custom { index, sentence: _ } => keeps_custom(*index, value)?,
            Rule::GreaterThan(_)
            | Rule::LessThan(_)
            | Rule::Between(..)
            | Rule::AtLeast(_)
            | Rule::AtMost(_)
            | Rule::MinCharacters(_)
            | Rule::MaxCharacters(_)
            | Rule::Email
            | Rule::Uuid
            | Rule::Url
            | Rule::OneOf(_) => rule.is_kept_by(value),
        };
        if !kept {
            violations.push(rule.violation(field));
            if check.bail {
                break;
            }
        }
    }
    Ok(violations)
}

impl Rule {
    /// Whether a value keeps the rule. A value of another kind than the rule is about breaks it; a custom rule, which
    /// only the user's code can judge, is kept as far as this can tell.
    #[must_use]
    pub fn is_kept_by(&self, value: &Json) -> bool {
        let number = |holds: &dyn Fn(Decimal) -> bool| Decimal::decode(value).is_ok_and(holds);
        let text = |holds: &dyn Fn(&str) -> bool| value.as_text().is_some_and(holds);
        match self {
            Rule::GreaterThan(bound) => number(&|value| value > *bound),
            Rule::LessThan(bound) => number(&|value| value < *bound),
            Rule::Between(low, high) => number(&|value| *low <= value && value <= *high),
            Rule::AtLeast(bound) => number(&|value| value >= *bound),
            Rule::AtMost(bound) => number(&|value| value <= *bound),
            Rule::MinCharacters(least) => text(&|text| text.chars().count() >= *least as usize),
            Rule::MaxCharacters(most) => text(&|text| text.chars().count() <= *most as usize),
            Rule::Email => text(&is_email),
            Rule::Uuid => text(&is_uuid),
            Rule::Url => text(&is_url),
            Rule::OneOf(options) => options.iter().any(|option| is_option(option, value)),
            Rule::Custom { .. } => true,
        }
    }

    /// The rule broken, at a field.
    #[must_use]
    pub fn violation(&self, field: &str) -> Violation {
        let rule = self.to_string();
        let demand = match self {
            Rule::GreaterThan(_) | Rule::LessThan(_) | Rule::Between(..) | Rule::AtLeast(_) | Rule::AtMost(_) => {
                format!("must be {rule}")
            }
            Rule::MinCharacters(least) => format!("must have at least {least} characters"),
            Rule::MaxCharacters(most) => format!("must have at most {most} characters"),
            Rule::Email => "must be a valid email address".to_owned(),
            Rule::Uuid => "must be a valid uuid".to_owned(),
            Rule::Url => "must be a valid url".to_owned(),
            Rule::OneOf(_) => format!("must be {rule}"),
            Rule::Custom { .. } => format!("breaks the rule: {rule}"),
        };
        Violation { field: field.to_owned(), rule, message: format!("`{field}` {demand}") }
    }
}

/// Whether a value is what an option of `one of` says.
fn is_option(option: &str, value: &Json) -> bool {
    match value {
        Json::Text(text) => text == option,
        Json::Number(number) => option.parse() == Ok(*number),
        Json::Bool(value) => option == if *value { "true" } else { "false" },
        Json::Null | Json::List(_) | Json::Object(_) => false,
    }
}

impl Violation {
    /// A field that must be there and is not.
    #[must_use]
    pub fn missing(field: &str) -> Violation {
        Violation { field: field.to_owned(), rule: "required".to_owned(), message: format!("`{field}` is required") }
    }

    /// A field that nobody declared.
    #[must_use]
    pub fn unknown(field: &str) -> Violation {
        Violation {
            field: field.to_owned(),
            rule: "unknown".to_owned(),
            message: format!("`{field}` is not a field of this event"),
        }
    }

    /// A value of another type.
    #[must_use]
    pub fn of_type(field: &str, schema: &Schema) -> Violation {
        Violation {
            field: field.to_owned(),
            rule: type_rule(schema).to_owned(),
            message: format!("`{field}` must be {}", schema.kind()),
        }
    }
}

/// A type as a rule, as a flow words it.
const fn type_rule(schema: &Schema) -> &'static str {
    match schema {
        Schema::String => "string",
        Schema::Number => "number",
        Schema::Integer => "integer",
        Schema::Boolean => "boolean",
        Schema::Time => "time",
        Schema::Duration => "duration",
        Schema::List(_) => "array",
        Schema::Object | Schema::Record(_) => "object",
        Schema::Json => "json",
    }
}

impl fmt::Display for Rule {
    /// The rule as a flow words it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::GreaterThan(bound) => write!(f, "greater than {bound}"),
            Rule::LessThan(bound) => write!(f, "less than {bound}"),
            Rule::Between(low, high) => write!(f, "between {low} and {high}"),
            Rule::AtLeast(bound) => write!(f, "at least {bound}"),
            Rule::AtMost(bound) => write!(f, "at most {bound}"),
            Rule::MinCharacters(least) => write!(f, "min {least} characters"),
            Rule::MaxCharacters(most) => write!(f, "max {most} characters"),
            Rule::Email => f.write_str("valid email"),
            Rule::Uuid => f.write_str("valid uuid"),
            Rule::Url => f.write_str("valid url"),
            Rule::OneOf(options) => write!(f, "one of {}", options.join(", ")),
            Rule::Custom { index: _, sentence } => f.write_str(sentence),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Encode for Violation {
    fn encode(&self, encoder: &mut Encoder) {
        let mut object = encoder.object();
        object.field("field", &self.field);
        object.field("rule", &self.rule);
        object.field("message", &self.message);
        object.end();
    }
}

#[cfg(test)]
mod tests;
