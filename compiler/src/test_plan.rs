//! Test plans: what `given:`, `expect:` and `.test.flow` files ask for, as data that a driver runs on any executor.
//!
//! A plan names machines, states, events, handlers and sentences as the description of its system does, so that it runs
//! on the interpreter and on generated code alike. It is serialized as JSON: the test kit of the runtime reads that form,
//! whoever wrote it. Everything that could be decided from the text is decided here: every name exists, every scenario
//! is cut into its steps, every variation is a test of its own.

pub mod assumption;
pub mod claim;
mod lower;
pub mod value;
pub mod world;

pub use assumption::{Argument, Assumption, Effect, Sayer};
pub use claim::{Assertion, Claim, Condition, EventClaim, Expected, StateClaim};
pub use lower::{Unit, lower};
pub use value::{Arithmetic, Comparison, Value};
pub use world::{Fact, Filling, World};

use serde::Serialize;

/// The version of the form.
pub const VERSION: u32 = 1;

/// All tests of a unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestPlan {
    /// [`VERSION`].
    pub version: u32,
    /// The unit's name, as an identifier.
    pub unit: String,
    /// The hash of the flow that the plan was made for.
    pub flow: String,
    /// What code would carry out, machine by machine in the order of the system: the driver plays it.
    pub roles: Vec<Role>,
    /// What is called with `$x becomes emit …` and gives a value: the driver answers a sample of it where nobody else does.
    pub answers: Vec<Answer>,
    /// The tests, in the order of the files and of their lines.
    pub tests: Vec<Test>,
}

/// The code behind one machine's free texts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Role {
    /// The machine, without its sigil.
    pub machine: String,
    /// Its sentences.
    pub sentences: Vec<Sentence>,
    /// The machine's variables that only actions can set.
    pub settable: Vec<String>,
}

/// One free text that code would carry out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sentence {
    /// What it is.
    pub kind: SentenceKind,
    /// The name of its method.
    pub name: String,
    /// The text, each parameter as `$name`.
    pub text: String,
    /// Its parameters, in order.
    pub parameters: Vec<Parameter>,
    /// The type of its value, where one is taken.
    pub returns: Option<Type>,
}

/// What a sentence is given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type: how arguments are shown follows from it.
    pub ty: Type,
}

/// The value of a call to an actor, or to a machine that is played.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Who is called, without its sigil: an actor or a machine.
    pub by: String,
    /// The event, without its sigil.
    pub event: String,
    /// The type of the value.
    pub returns: Type,
}

/// What a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SentenceKind {
    /// Answers yes or no.
    Guard,
    /// Acts.
    Action,
    /// Makes a reply's body.
    Transformer,
    /// Looks at one value.
    Rule,
}

/// A type, with the fields of records written out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
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
    /// These fields.
    Record(Vec<(String, Type)>),
    /// Anything.
    Json,
}

/// One test. It runs alone: an engine, a clock and a world of its own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Test {
    /// What it shows: the scenario's title, or that of a case.
    pub title: String,
    /// The scenario that it tells or varies; none: the handlers that stand outside any.
    pub scenario: Option<String>,
    /// The event that a variation is about.
    pub event: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub kind: TestKind,
    /// The machine whose story it is, by position in the system.
    pub machine: usize,
    /// Whether the other machines of the system are played too: the story begins with a message from one of them.
    pub alone: bool,
    /// The world before the story.
    pub world: World,
    /// What is assumed of code and partners, in source order. A later one wins over an earlier one, and one with
    /// arguments over one without.
    pub assumptions: Vec<Assumption>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// What must hold when all is quiet.
    pub expect: Vec<Assertion>,
}

/// What a test is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TestKind {
    /// A scenario as the flow tells it.
    Scenario,
    /// A case under `for :event`: the scenario up to that event, with what differs.
    Variation,
    /// A case under `for scenario:`: the scenario up to `after`, then other events.
    Path,
}

/// One event of a story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The line of the `on`, or of the step in a path.
    pub place: Place,
    /// The machine that gets it, by position.
    pub machine: usize,
    /// The handler that is meant, by position in the machine's description.
    pub handler: usize,
    /// When it happens.
    pub firing: Firing,
    /// The world of this event: what the handler's own `given:` says, and the overrides of a variation.
    pub world: World,
    /// What its payload carries: fields that are said. The rest are samples, or left out if they are said to be unset.
    pub payload: Vec<Filling>,
    /// What must hold right after its turn, before its emits are delivered.
    pub expect: Vec<Assertion>,
}

/// When a step happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Firing {
    /// As the story goes: an API event always; an answer of an actor only if it was asked; what nobody sends once, unless
    /// it came by itself; a timer when the clock reaches it; a reserved event only if it is raised.
    Told,
    /// In any case: a step of a path.
    Always,
    /// As soon as it comes, or can: the end of a story that is told no further. It has come by itself, or its actor has been
    /// asked; else it happens when everything before it is told.
    Awaited,
}

/// A place in a file, as reports show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, in characters.
    pub column: u32,
    /// The line's text without indentation and comment.
    pub text: String,
}
