//! Types, fields and the rules that values must keep.

use super::{CustomRuleId, FieldId, OriginId, RecordId};
use serde::Serialize;

/// The type of a value. Every variable may be unset besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Type {
    /// Text.
    String,
    /// An exact decimal.
    Number,
    /// A number without fraction.
    Integer,
    /// Yes or no.
    Boolean,
    /// A moment.
    Time,
    /// A span of time.
    Duration,
    /// A list.
    List(Box<Type>),
    /// Named values of any kind.
    Object,
    /// A record type.
    Record(RecordId),
    /// Anything: checked at run time where it is put into a typed place.
    Json,
}

impl Type {
    /// The record type that it is.
    #[must_use]
    pub fn record(&self) -> Option<RecordId> {
        if let Self::Record(id) = self { Some(*id) } else { None }
    }

    /// The type of its elements, if it is a list.
    #[must_use]
    pub fn element(&self) -> Option<&Self> {
        if let Self::List(element) = self { Some(element) } else { None }
    }
}

/// A record type: declared with `type:`, or inferred from what is read of a value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordType {
    /// The name, in `snake_case`.
    pub name: String,
    /// Where it is declared, or first read.
    pub origin: OriginId,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

/// A named value of an event, a message or a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The first place that names it.
    pub origin: OriginId,
    /// Its type.
    pub ty: Type,
    /// Whether it is always there: every table says so, and no emit leaves it out.
    pub required: bool,
    /// Whether it is masked wherever it is shown.
    pub secret: bool,
}

/// What a handler's table asks of one field of the payload.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldCheck {
    /// The field.
    pub field: FieldId,
    /// Whether it must be there.
    pub required: bool,
    /// Whether the first broken rule ends the checks of this field.
    pub bail: bool,
    /// The rules, in the order of the cell.
    pub rules: Vec<Rule>,
}

/// One validation rule. Numbers are decimals as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Rule {
    /// `greater than N`
    GreaterThan(String),
    /// `less than N`
    LessThan(String),
    /// `between N and M`, both included.
    Between(String, String),
    /// `at least N`
    AtLeast(String),
    /// `at most N`
    AtMost(String),
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
    OneOf(Vec<String>),
    /// A rule that code carries out.
    Custom(CustomRuleId),
}
