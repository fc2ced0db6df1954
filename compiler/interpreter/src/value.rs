//! Values as a turn computes with them: typed by the IR, decoded once at the border.

use eventflow::Json;
use eventflow::{Decimal, Duration, Timestamp};
use std::collections::BTreeMap;

/// A value that is set. What is unset is `None` around it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// An exact decimal.
    Number(Decimal),
    /// A number without fraction.
    Integer(i64),
    /// Yes or no.
    Boolean(bool),
    /// A moment.
    Time(Timestamp),
    /// A span of time.
    Duration(Duration),
    /// A list.
    List(Vec<Value>),
    /// Named values of any kind.
    Object(BTreeMap<String, Json>),
    /// A record.
    Record(Record),
    /// Anything; never null, which is unset.
    Json(Json),
}

/// A value of a record type: the declared fields in order, and what came with it beyond them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    /// The declared fields.
    pub(crate) fields: Vec<Option<Value>>,
    /// Fields that the type does not declare, by name.
    pub(crate) unknown: BTreeMap<String, Json>,
}

/// What an expression gives: a value, or nothing.
pub(crate) type Maybe = Option<Value>;
