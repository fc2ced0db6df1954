//! The world that a test begins in: what `given:` and the overrides of a variation say.

use super::{Place, Value};
use serde::{Deserialize, Serialize};

/// What is so before something happens. Of two that speak of one thing the later one counts: overrides stand last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// The facts, in source order.
    pub facts: Vec<Fact>,
}

/// One thing that is so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// An instance of a machine is in a state. If that is not the machine's initial state, the instance exists before the
    /// story begins.
    State {
        /// The machine, by position.
        machine: usize,
        /// The state, by position.
        state: usize,
    },
    /// A variable has a value; it also fills the payload field of its name.
    Variable {
        /// The machine, by position.
        machine: usize,
        /// Its name.
        filling: Filling,
    },
    /// A variable has a value, and payloads do not (`with context:`).
    Context {
        /// The machine, by position.
        machine: usize,
        /// Its name.
        filling: Filling,
    },
    /// A free-text guard answers this, whatever it is asked.
    Guard {
        /// The machine, by position.
        machine: usize,
        /// The guard's method.
        sentence: String,
        /// What it answers.
        holds: bool,
    },
    /// An actor is logged in.
    LoggedIn {
        /// The actor, without its sigil.
        actor: String,
        /// Under which subject; none: a sample.
        subject: Option<String>,
    },
}

/// A value under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filling {
    /// The line that says so.
    pub place: Place,
    /// The variable or field.
    pub name: String,
    /// Its value; [`Value::Null`] leaves it out.
    pub value: Value,
}
