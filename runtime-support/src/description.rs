//! What a system is, as data: machines, events, handlers, actors, schemas.
//!
//! The engine, inspection tools and the test kit read it; generated code holds it as a constant and the interpreter
//! builds it from the IR, which is why everything in it is either borrowed for ever or owned. Positions (`usize`) refer
//! to the lists of the same description.

use crate::rules::Rule;
use crate::schema::Schema;
use std::borrow::Cow;

/// Text that is a literal in generated code and owned elsewhere.
pub type Text = Cow<'static, str>;
/// A list that is a constant in generated code and owned elsewhere.
pub type List<T> = Cow<'static, [T]>;

/// A compiled system.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemDescription {
    /// The name as an identifier.
    pub name: Text,
    /// The name as its author wrote it.
    pub title: Text,
    /// The hash of the IR: the version of the flow that records name.
    pub flow: Text,
    /// The machines; the engine is given its machines in this order.
    pub machines: List<MachineDescription>,
    /// The external actors; the engine is given its ports in this order.
    pub actors: List<ActorDescription>,
}

/// One machine.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineDescription {
    /// The name without its sigil.
    pub name: Text,
    /// The states.
    pub states: List<StateDescription>,
    /// The state of an instance before its first transition.
    pub initial: usize,
    /// The context, in the order of `set` in a record.
    pub variables: List<VariableDescription>,
    /// The variable whose value names the instance, if the flow assigns one.
    pub identity: Option<usize>,
    /// The events.
    pub events: List<EventDescription>,
    /// The handlers, in source order.
    pub handlers: List<HandlerDescription>,
    /// How its messages are queued.
    pub queue: QueueDescription,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDescription {
    /// The name without its sigil.
    pub name: Text,
    /// Whether nothing follows.
    pub terminal: bool,
    /// What reaching it means: `success`, `failure` or `neutral`; terminal states only.
    pub outcome: Option<Text>,
}

/// A context variable.
#[derive(Clone, Debug, PartialEq)]
pub struct VariableDescription {
    /// The name without its sigil.
    pub name: Text,
    /// Its type.
    pub schema: Schema,
    /// Whether it is masked wherever it is shown.
    pub secret: bool,
}

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDescription {
    /// The name without its sigil.
    pub name: Text,
    /// What it carries, in order.
    pub fields: List<FieldDescription>,
}

/// A field of an event or a message.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDescription {
    /// The name.
    pub name: Text,
    /// Its type.
    pub schema: Schema,
    /// Whether the event is incomplete without it.
    pub required: bool,
    /// Whether it is masked wherever it is shown.
    pub secret: bool,
}

/// A handler.
#[derive(Clone, Debug, PartialEq)]
pub struct HandlerDescription {
    /// The event, by position.
    pub event: usize,
    /// Whom alone it admits.
    pub from: Option<Party>,
    /// Whether it can be called from outside.
    pub api: bool,
    /// Whether a request is answered at acceptance and run by a worker.
    pub queued: bool,
    /// The order in the queue.
    pub priority: Priority,
    /// Whether it creates an instance where none is meant.
    pub creates: bool,
    /// What is checked before the body runs.
    pub checks: List<CheckDescription>,
    /// The states in which it is meant to run.
    pub intended: List<usize>,
    /// Its place: `order.flow:17`.
    pub place: Text,
}

/// What a handler asks of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckDescription {
    /// The field of the event, by position.
    pub field: usize,
    /// Whether it must be there.
    pub required: bool,
    /// Whether its first broken rule ends its checks.
    pub bail: bool,
    /// The rules, in order.
    pub rules: List<Rule>,
}

/// An external actor.
#[derive(Clone, Debug, PartialEq)]
pub struct ActorDescription {
    /// The name without its sigil.
    pub name: Text,
    /// What it hears, by port.
    pub hears: List<EventDescription>,
}

/// Who sends or receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A machine of the system, by position.
    Machine(usize),
    /// An external actor, by position.
    Actor(usize),
    /// The runtime itself: `@system`.
    System,
}

/// The order between instances in a queue. The weights are 16, 8, 4, 2 and 1, so that no class starves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// First.
    Critical,
    /// Before the normal.
    High,
    /// Unless something else is said.
    #[default]
    Normal,
    /// After the normal.
    Low,
    /// Last.
    Bulk,
}

/// How messages are queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueDescription {
    /// Whether priorities count.
    pub by_priority: bool,
    /// How many workers; none: the runtime's choice.
    pub workers: Option<u32>,
    /// How often a failing message is tried again.
    pub retries: u32,
    /// The first wait between two attempts, in microseconds.
    pub backoff: i64,
    /// The longest wait, in microseconds; the waits double up to it.
    pub longest_backoff: i64,
    /// Whether what keeps failing is kept.
    pub dead_letter: bool,
    /// How many open messages are accepted from outside.
    pub limit: Option<u32>,
}

impl QueueDescription {
    /// First in, first out; five retries, from one second up to one minute; dead letters are kept.
    pub const DEFAULT: Self = Self {
        by_priority: false,
        workers: None,
        retries: 5,
        backoff: 1_000_000,
        longest_backoff: 60_000_000,
        dead_letter: true,
        limit: None,
    };
}
