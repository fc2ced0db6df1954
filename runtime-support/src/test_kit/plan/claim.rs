//! What a test expects: the lines behind `=`.

use super::{Comparison, Place, Value};
use serde::{Deserialize, Serialize};

/// One `=` line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assertion {
    /// The line.
    pub place: Place,
    /// The machine whose instance it is about where it says nothing else, by position.
    pub machine: usize,
    /// What it claims.
    pub claim: Claim,
}

/// What an assertion claims.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// About the states of an instance.
    State {
        /// The machine, by position.
        machine: usize,
        /// What about them.
        claim: StateClaim,
        /// The states, by position: any of them.
        states: Vec<usize>,
    },
    /// `has 3 items`; none: at least one.
    Items {
        /// What has them.
        value: Value,
        /// How many.
        count: Option<Value>,
    },
    /// About what was emitted.
    Event(EventClaim),
    /// About calls of an action.
    Called {
        /// The machine, by position.
        machine: usize,
        /// The action's method.
        sentence: String,
        /// Whether it must not have been called so.
        negated: bool,
        /// With which arguments, by parameter.
        arguments: Vec<Expected>,
    },
    /// A condition that the test kit can decide.
    Holds(Condition),
    /// Free text, bound to the user's code by this name; pending where there is none.
    Code {
        /// The method.
        name: String,
        /// The values of the variables in it.
        arguments: Vec<Value>,
    },
}

/// What is claimed about states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateClaim {
    /// The instance is in it now.
    IsIn,
    /// It is not.
    IsNotIn,
    /// A transition led to it.
    HasEntered,
    /// It has been in it, the state before the story included.
    HasBeenIn,
    /// It never was.
    HasNeverBeenIn,
}

/// What is claimed about an event: `@a received :e`, `:e was [not] emitted to @a`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventClaim {
    /// The event, without its sigil.
    pub event: String,
    /// The recipient, without its sigil: an actor or a machine; none: whoever.
    pub to: Option<String>,
    /// Whether it must not have happened.
    pub negated: bool,
    /// What it carries.
    pub payload: Vec<Expected>,
}

/// A value that is expected under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The field or parameter.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// A condition, as in a guard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// A comparison.
    Compare(Comparison, Value, Value),
    /// `is between A and B`, both included.
    Between(Value, Value, Value),
    /// `contains`
    Contains(Value, Value),
    /// `is empty`
    IsEmpty(Value),
    /// `exists`
    Exists(Value),
    /// A boolean value.
    True(Value),
    /// The instance of a machine is in one of these states, both by position.
    InState(usize, Vec<usize>),
    /// The opposite.
    Not(Box<Condition>),
    /// All hold.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
}
