//! Values that tests name: they are computed when the test needs them.

use serde::{Deserialize, Serialize};

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text.
    Text(String),
    /// A number, as normalized decimal text.
    Number(String),
    /// `true`, `false`
    Boolean(bool),
    /// `null`, and what is said not to exist.
    Null,
    /// `empty`
    Empty,
    /// The virtual now, and so many microseconds later (`yesterday` is a day earlier).
    Now(i64),
    /// A span of time: an amount of a unit, in microseconds.
    Duration(Box<Value>, i64),
    /// `[a, b]`
    List(Vec<Value>),
    /// `{ key: value }`
    Object(Vec<(String, Value)>),
    /// A sample of the place's type: `is calculated`.
    Sample,
    /// `$x`: right after a turn the payload's field, else the context's variable; when all is quiet the variable.
    Variable(String),
    /// `$order_id`, where the flow does not assign it: the id of the instance of this machine.
    InstanceId(usize),
    /// `current_state`: the state's name without `#`.
    CurrentState,
    /// `reply`: the body of the last reply.
    Reply,
    /// `reply status`
    ReplyStatus,
    /// `@customer.email`: what is known of an actor: a value that the story gives under this name, or a sample.
    OfActor(String, String),
    /// `x.name`
    Member(Box<Value>, String),
    /// `$items_count`: how many elements a list has.
    Count(Box<Value>),
    /// `-x`
    Negate(Box<Value>),
    /// `a + b`
    Arithmetic(Arithmetic, Box<Value>, Box<Value>),
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `equals`, `is`
    Equal,
    /// `is not`
    NotEqual,
    /// `is greater than`, `is after`
    Greater,
    /// `is at least`
    GreaterOrEqual,
    /// `is less than`, `is before`
    Less,
    /// `is at most`
    LessOrEqual,
}
