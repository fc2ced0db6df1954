//! What came of a test, as data: whoever shows it to people decides how it looks.

use super::plan::Place;
use crate::ids::InstanceId;
use crate::record::Recipient;
use core::fmt;
use core::time::Duration;
use serde::Serialize;

/// What came of one test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestReport {
    /// The test's title.
    pub title: String,
    /// The scenario that it tells or varies.
    pub scenario: Option<String>,
    /// Where the test stands.
    pub place: Place,
    /// Whether it passed.
    pub outcome: Outcome,
    /// What happened, in the order of the story.
    pub steps: Vec<StepReport>,
    /// What nothing provided, in the order in which it was needed; each once.
    pub assumed: Vec<Assumed>,
    /// Every message, in the order in which they were sent: what a diagram of lanes shows.
    pub exchange: Vec<Exchanged>,
    /// Claims that are bound to code which is not there.
    pub pending: Vec<Place>,
    /// Assumptions that nothing ever asked for: lines under `assume:` and `observe:`.
    pub unmatched: Vec<Place>,
    /// How the guards answered that may answer either way; the story that is told here is the first that failed, or
    /// the last one.
    pub chosen: Vec<Chosen>,
    /// How many times the story was told: once for every combination of such answers.
    pub runs: usize,
}

/// Whether a test passed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything holds that it claims.
    Passed,
    /// Something does not hold; all that does not.
    Failed(Vec<FailedClaim>),
    /// Nothing is wrong, but some claims are bound to code that is not there.
    Pending,
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FailedClaim {
    /// The line.
    pub place: Place,
    /// What is claimed, as the flow words it.
    pub text: String,
    /// What should have been, in words.
    pub expected: String,
    /// What was, in words.
    pub actual: String,
    /// What may help.
    pub hint: Option<String>,
}

/// One step of the story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepReport {
    /// The line of the `on`, or of the step in a path.
    pub place: Place,
    /// The machine that gets the event, without its sigil.
    pub machine: String,
    /// The event, without its sigil.
    pub event: String,
    /// Where the handler stands: `order.flow:17`.
    pub handler: String,
    /// The state before, without its sigil; none: there was no instance.
    pub before: Option<String>,
    /// The state when all was quiet after it.
    pub after: Option<String>,
    /// How long it took, in real time.
    pub took: Duration,
    /// What became of it.
    pub status: StepStatus,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Its turn ran.
    Handled,
    /// The guards of its handler let nothing run.
    Ignored,
    /// Its turn came to nothing.
    Refused {
        /// Why.
        why: String,
    },
    /// It did not happen: the story did not lead to it.
    NotFired {
        /// Why.
        why: String,
    },
}

/// Something that nothing provided. Shown, it is a line for people: `assumed true: cart is valid`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// The machine that needed it, without its sigil.
    pub machine: String,
    /// What kind of thing.
    pub kind: AssumedKind,
    /// The sentence, as the flow words it; the field; the event that was called.
    pub text: String,
    /// The value that was taken, where there is one: as JSON text, a span of time as a flow writes it.
    pub value: Option<String>,
}

/// What kind of thing was assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AssumedKind {
    /// A free-text guard is true.
    Guard,
    /// An action succeeds and changes nothing.
    Action,
    /// A transformer makes this body.
    Transformer,
    /// A validation rule is kept.
    Rule,
    /// A payload's field has this value.
    Field,
    /// A call of an actor, or of a machine that is played, is answered this.
    Answer,
    /// An instance exists before the story begins, in this state.
    Instance,
}

/// A message of the story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exchanged {
    /// Who sent it.
    pub from: Party,
    /// Who got it, or will get it.
    pub to: Party,
    /// The event, without its sigil; of a reply its status.
    pub event: String,
    /// What it carries, as JSON text.
    pub payload: String,
    /// How it travels.
    pub way: Way,
}

/// Who takes part in an exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Party {
    /// The machine or the actor, without its sigil; `system` for the runtime, empty for nobody in particular.
    pub name: String,
    /// Which instance of the machine.
    pub instance: Option<String>,
}

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// From an actor to a machine, as a request.
    Request,
    /// From a machine that is played.
    Played,
    /// Between machines, within the request.
    Bare,
    /// Between machines, by a worker.
    Async,
    /// As a call that is answered within the turn, or as the answer that it consumed.
    Call,
    /// To every instance of a machine.
    Broadcast,
    /// To an actor.
    Port,
    /// As the answer that an earlier reply promised.
    Callback,
    /// From an instance to itself, at its time.
    Timer,
    /// As the answer to a request.
    Reply,
}

/// How a guard answered that may answer either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// The line that says so.
    pub place: Place,
    /// What it answered.
    pub holds: bool,
}

impl TestReport {
    /// Whether nothing is wrong: it passed, or it is only pending.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        match self.outcome {
            Outcome::Passed | Outcome::Pending => true,
            Outcome::Failed(_) => false,
        }
    }
}

impl From<&InstanceId> for Party {
    fn from(id: &InstanceId) -> Self {
        Self { name: id.machine().to_owned(), instance: Some(id.key().to_owned()) }
    }
}

impl From<&Recipient> for Party {
    fn from(to: &Recipient) -> Self {
        match to {
            Recipient::Instance(id) => Self::from(id),
            Recipient::Machine(name)
            | Recipient::Every { machine: name, .. }
            | Recipient::Actor { actor: name, .. } => Self { name: name.clone(), instance: None },
        }
    }
}

impl fmt::Display for Assumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, kind, text, value } = self;
        let value = value.as_deref().unwrap_or("null");
        match kind {
            AssumedKind::Guard => write!(f, "assumed true: {text}"),
            AssumedKind::Rule => write!(f, "assumed kept: {text}"),
            AssumedKind::Action if self.value.is_some() => write!(f, "assumed to return {value}: {text}"),
            AssumedKind::Action => write!(f, "assumed to succeed: {text}"),
            AssumedKind::Transformer => write!(f, "assumed to make {value}: ^{text}"),
            AssumedKind::Field => write!(f, "assumed: ${text} is {value}"),
            AssumedKind::Answer => write!(f, "assumed to be answered {value}: :{text}"),
            AssumedKind::Instance => write!(f, "assumed: {machine} is in #{text}"),
        }
    }
}

impl Way {
    /// The word that reports use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Played => "played",
            Self::Bare => "bare",
            Self::Async => "async",
            Self::Call => "call",
            Self::Broadcast => "broadcast",
            Self::Port => "port",
            Self::Callback => "callback",
            Self::Timer => "timer",
            Self::Reply => "reply",
        }
    }
}
