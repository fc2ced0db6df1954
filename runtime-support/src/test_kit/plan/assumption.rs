//! What a test assumes of code: `assume:` and `observe:`.

use super::{Comparison, Filling, Place, Value};
use serde::{Deserialize, Serialize};

/// One line of `assume:` or `observe:`. Beside it nothing is asked of the code that would carry the sentence out, unless
/// it is only observed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assumption {
    /// Its line.
    pub place: Place,
    /// The machine, by position; none: whichever has the sentence.
    pub machine: Option<usize>,
    /// Only while this event is handled.
    pub event: Option<String>,
    /// Of which sentences.
    pub of: Sayer,
    /// Only with these arguments, by parameter.
    pub arguments: Vec<Argument>,
    /// What they do.
    pub effect: Effect,
}

/// Which sentences an assumption is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sayer {
    /// The guard or action with this method.
    Sentence(String),
    /// `? * = …`: every guard.
    EveryGuard,
    /// `* = …`: every action.
    EveryAction,
}

/// What an argument must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Argument {
    /// The parameter.
    pub name: String,
    /// How it compares.
    pub comparison: Comparison,
    /// With what.
    pub value: Value,
}

/// What is assumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// A guard answers this.
    Holds(bool),
    /// A guard answers either: the test holds for both.
    HoldsOrNot,
    /// An action succeeds.
    Succeeds,
    /// An action succeeds with this value.
    Returns(Value),
    /// An action fails with this error.
    Throws(Value),
    /// An action succeeds, and the machine gets this event when the turn is over.
    Triggers {
        /// The event.
        event: String,
        /// What it carries.
        payload: Vec<Filling>,
    },
    /// Calls are recorded, and what answers them is what would without this line: `observe:`.
    Observed,
}
