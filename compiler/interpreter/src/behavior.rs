//! The code behind free text: what a flow asks of its users, by the name of the sentence.

use eventflow::dynamic::{BoxError, BoxFuture, Meta};
use eventflow::{ActionKey, Json};

/// Whatever carries out the sentences of a system.
///
/// It is asked by name, with the arguments as [`Json::of`] makes them of typed values: a number is a number, with all its digits,
/// a time its text, a duration its microseconds. What it answers is checked against the types of the flow: an answer of another
/// type fails the turn.
pub trait Behaviors: Send + Sync + 'static {
    /// Whether a condition holds.
    fn guard<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<bool, BoxError>>;

    /// Carries out an action.
    fn action<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Acted, BoxError>>;

    /// Makes the body of a reply.
    fn transformer<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Json, BoxError>>;

    /// Whether a value, the first of the arguments, keeps a rule; the others stand in the rule's text.
    ///
    /// # Errors
    /// If it cannot be said.
    fn rule(&self, machine: &str, sentence: &str, arguments: &[Json]) -> Result<bool, BoxError>;

    /// Hears that a guard was tried: what runs is told while it runs. Most have nothing to do about it.
    fn tried(&self, tried: Tried<'_>) {
        let _ = tried;
    }
}

/// A guard that was asked, or an `otherwise` that was reached.
#[derive(Clone, Copy)]
pub struct Tried<'a> {
    /// The machine, without its sigil.
    pub machine: &'a str,
    /// Where it stands: `order.flow:17`.
    pub place: &'a str,
    /// Whether it passes.
    pub passed: bool,
    /// What it reads, as the flow writes it: `$total`, `$item.price`, `current_state`. Found out when it is asked for.
    pub values: &'a dyn Fn() -> Vec<(String, Json)>,
}

/// One question to [`Behaviors`].
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The machine, without its sigil.
    pub machine: &'a str,
    /// The name of the sentence, in `snake_case`.
    pub sentence: &'a str,
    /// The values of its parameters, in order.
    pub arguments: Vec<Json>,
    /// The state, without its sigil, as the statements so far have left it.
    pub state: &'a str,
    /// The variables that are set, as the statements so far have left them.
    pub context: Json,
    /// The payload of the event, in record form.
    pub event: &'a Json,
    /// About the turn.
    pub meta: &'a Meta,
    /// The key of this call: the same on every attempt.
    pub key: ActionKey,
}

/// What an action did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acted {
    /// Its value, where one is taken.
    pub value: Option<Json>,
    /// Variables that it sets, by name; null unsets. Only those that no statement of the machine assigns may be set.
    pub set: Vec<(String, Json)>,
}
