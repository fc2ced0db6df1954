//! The contract between the engine and a machine: plain data in, plain data out.
//!
//! The engine knows machines only as [`DynMachine`]. Generated code becomes one through the typed layer; the
//! interpreter implements it directly. Values cross the border in record form, so that what is recorded does not depend
//! on which of the two decided.

use crate::codec::Mismatch;
use crate::description::{MachineDescription, Text};
pub use crate::excess::{DEEPEST, Excess, LARGEST};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::json::Json;
use crate::rules::Violation;
use crate::timestamp::Timestamp;
use core::any::Any;
use core::fmt;
use core::future::Future;
use core::pin::Pin;

/// A future that can be sent between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// What user code may fail with.
pub type BoxError = Box<dyn core::error::Error + Send + Sync>;

/// A machine, as the engine sees it.
pub trait DynMachine: Send + Sync + 'static {
    /// What it is.
    fn description(&self) -> &MachineDescription;

    /// An instance without records.
    fn fresh(&self) -> Box<dyn Instance>;

    /// An instance from a snapshot: the state's name and the context in record form.
    ///
    /// # Errors
    /// If the state or a variable is not one of this machine.
    fn restore(&self, state: &str, context: &Json) -> Result<Box<dyn Instance>, Mismatch>;

    /// What the event leads to. The payload was validated; nothing is stored by this.
    ///
    /// # Errors
    /// If a guard, an action, a call or arithmetic failed, or a rule was broken: then nothing of the turn is kept.
    fn decide<'a>(&'a self, turn: DynTurn<'a>) -> BoxFuture<'a, Result<Outcome, Failure>>;

    /// What a `(queued api)` handler answers at acceptance, without running it.
    ///
    /// # Errors
    /// If the values of the reply cannot be computed.
    fn accept(&self, turn: &Acceptance<'_>) -> Result<Accepted, Failure>;

    /// Whether a value keeps a custom validation rule, by the rule's position in [`MachineDescription`]'s checks.
    ///
    /// # Errors
    /// If the user's code failed.
    fn keeps_rule(&self, rule: usize, value: &Json) -> Result<bool, Failure>;
}

/// An instance: its state and its context, folded from records.
pub trait Instance: Any + Send + Sync {
    /// The state's name without its sigil.
    fn state(&self) -> &str;

    /// Folds the decisions of one record: the state moved to, and the variables set, in record form.
    ///
    /// # Errors
    /// If the record has a state or a variable that this machine has not; it is never dropped in silence.
    fn apply(&mut self, state: Option<&str>, set: Option<&Json>) -> Result<(), Mismatch>;

    /// The context as a JSON object in record form, set variables only, in the context's order.
    fn context(&self) -> String;

    /// A copy, for a turn that is only staged.
    fn boxed_clone(&self) -> Box<dyn Instance>;

    /// The concrete type, for the machine that made it.
    fn as_any(&self) -> &dyn Any;
}

/// One event on one instance.
pub struct DynTurn<'a> {
    /// The instance before the turn.
    pub instance: &'a dyn Instance,
    /// The handler, by position in the description.
    pub handler: usize,
    /// The payload: an object.
    pub data: &'a Json,
    /// About the turn.
    pub meta: &'a Meta,
    /// Values that were fixed when a `(queued api)` request was accepted, by variable name.
    pub fixed: Option<&'a Json>,
    /// Where `uuid()` comes from.
    pub random: &'a dyn Random,
    /// The line to other machines.
    pub caller: &'a mut dyn Caller,
}

/// A `(queued api)` request at the door.
pub struct Acceptance<'a> {
    /// The handler, by position in the description.
    pub handler: usize,
    /// The payload: an object.
    pub data: &'a Json,
    /// The state of the instance, or the initial one.
    pub state: &'a str,
    /// About the turn to come.
    pub meta: &'a Meta,
    /// Where `uuid()` comes from.
    pub random: &'a dyn Random,
}

/// What a `(queued api)` handler answers at acceptance.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// The reply; none: the runtime's own.
    pub reply: Option<Reply>,
    /// The variables that were fixed, in record form.
    pub fixed: Json,
}

/// Where fresh ids come from within a turn.
pub trait Random: Send + Sync {
    /// A fresh uuid (version 7), as text.
    fn uuid(&self) -> String;
}

/// About one turn.
#[derive(Clone, Debug, PartialEq)]
pub struct Meta {
    /// The instance.
    pub instance: InstanceId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Who sent the event.
    pub sender: Sender,
    /// The message that causes the turn.
    pub message: MessageId,
    /// `now`: read once a turn.
    pub now: Timestamp,
}

/// Who sent an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// An instance of a machine.
    Instance(InstanceId),
    /// An external actor, with the subject that was authenticated as it.
    Actor {
        /// The actor's name without its sigil.
        actor: Text,
        /// Who it is.
        subject: Option<String>,
    },
    /// The runtime itself.
    System,
}

/// The line of a turn to the machines and actors that it calls.
pub trait Caller: Send {
    /// Asks, and waits for the answer; the callee's turn is staged into the commit of this one.
    fn call<'a>(&'a mut self, call: Call<'a>) -> BoxFuture<'a, Result<Json, Failure>>;
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// Its place in the index that emits, timers and callbacks of the turn share: [`Effects::next_index`].
    pub index: u32,
    /// To whom.
    pub target: Target,
    /// The event's name without its sigil.
    pub event: &'a str,
    /// The payload, as an object in record form.
    pub data: &'a str,
}

/// What came of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The body has statements and its guards let none run.
    Ignored,
    /// Something was decided, be it only that the event is accepted.
    Decided(DynDecision),
}

/// What a turn decided, in record form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DynDecision {
    /// The state moved to, by position in the description.
    pub state: Option<usize>,
    /// The variables set, as a JSON object in the context's order; empty: none.
    pub set: String,
    /// What goes out.
    pub effects: Effects,
    /// The answer to the request.
    pub reply: Option<Reply>,
    /// The value of `return`, as JSON text.
    pub returned: Option<String>,
    /// The value assigned to the identity variable: the instance's id, or a further name of it.
    pub identity: Option<String>,
}

/// What a turn does beyond its instance, in execution order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    list: Vec<Effect>,
    indexed: u32,
}

impl Effects {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { list: Vec::new(), indexed: 0 }
    }

    /// The index that the next emit, timer, call or callback gets.
    #[must_use]
    pub fn next_index(&self) -> u32 {
        self.indexed
    }

    /// Adds an effect. All but [`Effect::Disarm`] take an index.
    pub fn push(&mut self, effect: Effect) {
        if !matches!(effect, Effect::Disarm { .. }) {
            self.indexed += 1;
        }
        self.list.push(effect);
    }

    /// The effects in order, each with its index; a disarming has none.
    pub fn indexed(&self) -> impl Iterator<Item = (Option<u32>, &Effect)> {
        let mut next = 0;
        self.list.iter().map(move |effect| {
            let index = (!matches!(effect, Effect::Disarm { .. })).then_some(next);
            next += u32::from(index.is_some());
            (index, effect)
        })
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// One effect of a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// A message.
    Emit {
        /// How it travels.
        way: Way,
        /// To whom.
        target: Target,
        /// The event's name without its sigil.
        event: Text,
        /// The payload, as an object in record form.
        data: String,
    },
    /// A call that was made and answered.
    Called {
        /// Who was called.
        target: Target,
        /// The event's name without its sigil.
        event: Text,
        /// The payload, as an object in record form.
        data: String,
        /// The answer, in record form.
        answer: String,
    },
    /// A timer that comes back as an event of this instance.
    Arm {
        /// The event's name without its sigil.
        event: Text,
        /// When it is due.
        due: Timestamp,
    },
    /// Disarms every pending timer of an event, those that this turn armed before included.
    Disarm {
        /// The event's name without its sigil.
        event: Text,
    },
    /// The answer that an earlier reply promised.
    Callback {
        /// The event that was promised, without its sigil.
        event: Text,
        /// What it carries, as an object in record form.
        data: String,
    },
}

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Delivered right after the commit, within the same request.
    Bare,
    /// Delivered by a worker.
    Async,
}

/// To whom a message goes; machines and actors by position in the description. What goes to an actor goes to its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The instance itself.
    Itself,
    /// A machine.
    Machine(usize),
    /// Every instance of a machine that is in one of the states, by name; none named: in any.
    Every {
        /// The machine.
        machine: usize,
        /// The states, without their sigils.
        states: Vec<Text>,
    },
    /// An external actor.
    Actor(usize),
}

/// An answer to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The words after it.
    pub phrase: Option<Text>,
    /// The body in record form; none: no body.
    pub body: Option<String>,
    /// The event of the callback that it promises (`reply 202 async for :event`).
    pub promises: Option<Text>,
}

/// A way to an external actor, implemented by the user through a typed trait.
pub trait DynPort: Send + Sync + 'static {
    /// Delivers a message, at least once and in order for each instance. The answer, for a call, is in record form.
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> BoxFuture<'a, Result<Option<String>, BoxError>>;
}

/// A message to an external actor.
#[derive(Clone, Debug)]
pub struct Delivery<'a> {
    /// The event's name without its sigil.
    pub event: &'a str,
    /// The payload: an object.
    pub data: &'a Json,
    /// The same at every attempt; to pass on to the outside.
    pub key: &'a MessageId,
    /// Who emitted it.
    pub from: &'a InstanceId,
    /// The conversation.
    pub conversation: &'a ConversationId,
}

/// Why a turn came to nothing. Nothing of it is kept.
#[derive(Debug)]
pub enum Failure {
    /// A guard, an action, a transformer or a rule of the user's failed.
    Code {
        /// The sentence, as the flow words it.
        sentence: Text,
        /// Its place: `order.flow:17`.
        place: Text,
        /// What it said.
        error: BoxError,
    },
    /// Code of the user's panicked.
    Panic {
        /// The sentence, as the flow words it.
        sentence: Text,
        /// Its place: `order.flow:17`.
        place: Text,
        /// The panic's message.
        message: String,
    },
    /// A result does not fit its type, or a division by zero.
    Arithmetic(crate::operators::ArithmeticError),
    /// A value is needed that nothing has set.
    Unset {
        /// The variable or field, as the flow writes it: `$email`.
        name: Text,
    },
    /// A value of unknown type does not fit the place it was put into.
    Mismatch(Mismatch),
    /// A rule of an emit's table is broken: raises `:validation_failed`.
    Invalid {
        /// The event that was to be emitted, without its sigil.
        event: Text,
        /// All broken rules.
        violations: Vec<Violation>,
    },
    /// A constraint is broken: raises `:constraint_violated`.
    Constraint {
        /// The variable, without its sigil.
        variable: Text,
        /// The rule, as the flow words it.
        rule: Text,
        /// The value that breaks it, in record form; none: unset.
        value: Option<String>,
    },
    /// A call came back to an instance that is in a turn.
    CallCycle(InstanceId),
    /// What the turn decided is more than a record may hold.
    TooLarge(Excess),
    /// A call could not be made or answered.
    Call {
        /// The event that was called, without its sigil.
        event: Text,
        /// What went wrong.
        why: String,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code { sentence, place, error } => write!(f, "`{sentence}` ({place}) failed: {error}"),
            Self::Panic { sentence, place, message } => write!(f, "`{sentence}` ({place}) panicked: {message}"),
            Self::Arithmetic(error) => write!(f, "arithmetic: {error}"),
            Self::Unset { name } => write!(f, "unset: `{name}` has no value"),
            Self::Mismatch(mismatch) => write!(f, "{mismatch}"),
            Self::Invalid { event, violations } => {
                write!(f, "{} broken rule(s) in the payload of `:{event}`", violations.len())
            }
            Self::Constraint { variable, rule, .. } => write!(f, "`${variable}` breaks its constraint `{rule}`"),
            Self::CallCycle(id) => write!(f, "`@{id}` is called while it is in a turn"),
            Self::TooLarge(excess) => write!(f, "what the turn decides is {excess}"),
            Self::Call { event, why } => write!(f, "the call of `:{event}` failed: {why}"),
        }
    }
}

impl core::error::Error for Failure {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Code { error, .. } => Some(&**error),
            Self::Panic { .. }
            | Self::Arithmetic(_)
            | Self::Unset { .. }
            | Self::Mismatch(_)
            | Self::Invalid { .. }
            | Self::Constraint { .. }
            | Self::CallCycle(_)
            | Self::TooLarge(_)
            | Self::Call { .. } => None,
        }
    }
}

impl From<crate::operators::ArithmeticError> for Failure {
    fn from(error: crate::operators::ArithmeticError) -> Self {
        Self::Arithmetic(error)
    }
}

impl From<Mismatch> for Failure {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch)
    }
}
