//! The intermediate representation: what a flow means, without a trace of how it was written.
//!
//! Everything behind it (checks, code generator, interpreter, diagrams) reads the IR and nothing else. Names are
//! resolved to ids, every expression is typed, conditions are trees, literals are the compiler's own. Where a piece
//! comes from is an [`OriginId`] into [`Origins`], which stands beside the IR: two flows that mean the same have equal
//! IRs wherever their lines stand.

pub mod expression;
pub mod facts;
pub mod handled;
mod hash;
pub mod statement;
pub mod types;
pub mod walk;

pub use expression::{BinaryOperator, Comparison, Condition, Expression, ExpressionKind, SentenceCall, TimeUnit};
pub use statement::{
    Arm, Assigned, Block, Constraint, Emit, PayloadField, Reply, ReplyBody, Statement, StatementKind, Target, Way,
};
pub use types::{Field, FieldCheck, RecordType, Rule, Type};

use crate::built_in;
use crate::source::Span;
use serde::Serialize;

/// The version of this form. It counts up with each release that gives the IR another form than the release before, so that who reads
/// `--emit ir` can tell them apart. For records nothing is to be done: they name the hash of the whole, which another form changes.
pub const VERSION: u32 = 1;

/// Defines the ids of the arenas below.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its arena.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of a position. An arena never holds more than `u32::MAX` entries: sources are shorter than that.
            #[must_use]
            pub fn at(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
        }
    )*};
}

ids! {
    /// A machine of [`System::machines`].
    MachineId;
    /// An external actor of [`System::actors`].
    ActorId;
    /// A message that an actor hears, in [`Actor::hears`].
    PortId;
    /// A record type of [`System::records`].
    RecordId;
    /// A state of [`Machine::states`].
    StateId;
    /// A context variable of [`Machine::variables`].
    VariableId;
    /// An event that a machine knows, in [`Machine::events`].
    EventId;
    /// A field of [`Event::fields`].
    FieldId;
    /// A handler of [`Machine::handlers`].
    HandlerId;
    /// A message of [`Machine::messages`].
    MessageId;
    /// A free text of [`Machine::sentences`].
    SentenceId;
    /// A rule of [`Machine::custom_rules`].
    CustomRuleId;
    /// A scenario of [`Machine::scenarios`].
    ScenarioId;
    /// A place in the sources, in [`Origins`].
    OriginId;
}

/// Where the pieces of a [`System`] come from. Not part of the meaning.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    places: Vec<Origin>,
}

/// One place in the sources.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The place.
    pub span: Span,
    /// The line as its author wrote it, trimmed and without its comment.
    pub text: String,
}

impl Origins {
    /// Notes a place.
    pub fn add(&mut self, span: Span, text: impl Into<String>) -> OriginId {
        let id = OriginId::at(self.places.len());
        self.places.push(Origin { span, text: text.into() });
        id
    }

    /// How many places there are; their ids count up from zero.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The place with this id; every id that [`Origins::add`] gave is known.
    #[must_use]
    pub fn get(&self, id: OriginId) -> &Origin {
        &self.places[id.index()]
    }
}

/// Everything that is compiled together: the machines of a system, or one machine alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct System {
    /// [`VERSION`].
    pub version: u32,
    /// The system's name as an identifier: `shop`.
    pub name: String,
    /// The system's name as its author wrote it.
    pub title: String,
    /// The machines, in the order of their imports.
    pub machines: Vec<Machine>,
    /// The actors that are no machine of the unit, in the order of their names.
    pub actors: Vec<Actor>,
    /// Declared and inferred record types.
    pub records: Vec<RecordType>,
}

/// An actor that is no machine of the unit: what is sent to it goes to a port, what it sends comes from a client.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Actor {
    /// The name without its sigil.
    pub name: String,
    /// The first place that names it.
    pub origin: OriginId,
    /// What machines of the unit emit to it, in order of first occurrence.
    pub hears: Vec<PortMessage>,
}

/// A message to an external actor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PortMessage {
    /// The event's name without its sigil.
    pub name: String,
    /// The first place that emits it.
    pub origin: OriginId,
    /// What it carries: the fields of every emit of it.
    pub fields: Vec<Field>,
    /// The type of the answer, if it is called anywhere (`$x becomes emit …`).
    pub answer: Option<Type>,
}

/// One machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Machine {
    /// The name without its sigil.
    pub name: String,
    /// Where it is declared.
    pub origin: OriginId,
    /// Whether it declares states, so that no other may be named.
    pub closed: bool,
    /// The states, the declared ones first, then in order of first occurrence.
    pub states: Vec<State>,
    /// The state of an instance before its first transition.
    pub initial: StateId,
    /// The context, in order of first occurrence in the source: the order of `set` in a record.
    pub variables: Vec<Variable>,
    /// The variable `<machine>_id`, if the flow assigns it: its value names the instance.
    pub identity: Option<VariableId>,
    /// The events that the machine handles, schedules or emits to itself, in order of first occurrence.
    pub events: Vec<Event>,
    /// The handlers, in source order; retellings are not among them.
    pub handlers: Vec<Handler>,
    /// What the machine emits: one entry for each event and recipient, in order of first occurrence.
    pub messages: Vec<Message>,
    /// The free texts that code must carry out, in order of first occurrence.
    pub sentences: Vec<Sentence>,
    /// The validation rules that code must judge, one for each place, in source order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_rules: Vec<CustomRule>,
    /// The stories that the handlers are told in.
    pub scenarios: Vec<Scenario>,
    /// How the machine's messages are queued.
    pub queue: Queue,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct State {
    /// The name without its sigil.
    pub name: String,
    /// Where it is declared, or named first.
    pub origin: OriginId,
    /// Whether the machine or its states file declares it.
    pub declared: bool,
    /// Its kind, where one is declared.
    pub kind: Option<StateKind>,
    /// What reaching it means; terminal states only.
    pub outcome: Option<Outcome>,
    /// Its description.
    pub description: Option<String>,
}

/// What kind of state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum StateKind {
    /// Instances begin in it.
    Initial,
    /// An instance in it waits for something.
    Waiting,
    /// Nothing follows.
    Terminal,
}

/// How a story ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Well.
    Success,
    /// Badly.
    Failure,
    /// Neither.
    Neutral,
}

/// A context variable. Its value may always be unset.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variable {
    /// The name without its sigil.
    pub name: String,
    /// The first place that names it.
    pub origin: OriginId,
    /// Its type.
    pub ty: Type,
    /// Who may set it.
    pub set_by: SetBy,
    /// Whether it is masked wherever it is shown.
    pub secret: bool,
}

/// Who may set a context variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SetBy {
    /// Statements of the flow.
    Statements,
    /// No statement does: custom actions may.
    Actions,
}

/// An event of a machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// The name without its sigil.
    pub name: String,
    /// The first place that names it.
    pub origin: OriginId,
    /// What it carries, over all handlers and emits. The reserved events have theirs built in.
    pub fields: Vec<Field>,
    /// Set for the events that the runtime raises.
    pub reserved: Option<Reserved>,
    /// Whether it can come from outside the unit.
    pub external: bool,
    /// Whether the machine schedules it (`schedule`, `start timer`).
    pub scheduled: bool,
}

/// The events that the runtime raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reserved {
    /// `:validation_failed`, with the fields `errors` and `event`.
    ValidationFailed,
    /// `:constraint_violated`, with the fields `variable`, `rule` and `value`.
    ConstraintViolated,
    /// `:timer_expired`, from `@system`.
    TimerExpired,
}

/// Who sends or receives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Party {
    /// A machine of the unit, possibly the handler's own.
    Machine(MachineId),
    /// An external actor.
    Actor(ActorId),
    /// The runtime itself: `@system`.
    System,
}

/// One `on`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handler {
    /// The line of the `on`.
    pub origin: OriginId,
    /// What it handles.
    pub event: EventId,
    /// Whom alone it admits.
    pub from: Option<Party>,
    /// Whether it can be called from outside.
    pub api: bool,
    /// Whether a request is answered at acceptance and run by a worker.
    pub queued: bool,
    /// The values that are fixed at acceptance of a `(queued api)` request, in order: the variables that its reply reads.
    pub fixed: Vec<(VariableId, Expression)>,
    /// The reply at acceptance of a `(queued api)` request, if the flow has one.
    pub acceptance: Option<Reply>,
    /// The order in the queue.
    pub priority: Option<Priority>,
    /// Whether it creates an instance where none is meant.
    pub creates: bool,
    /// The story that tells it first.
    pub scenario: ScenarioId,
    /// The states in which it is meant to run; execution never depends on this.
    pub intended: Vec<StateId>,
    /// What is checked before the body runs, in the order of the table.
    pub checks: Vec<FieldCheck>,
    /// The type of the value of `return`, if any `return` has one.
    pub returns: Option<Type>,
    /// The body.
    pub body: Block,
}

/// The order between instances in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Priority {
    /// Weight 16.
    Critical,
    /// Weight 8.
    High,
    /// Weight 4.
    Normal,
    /// Weight 2.
    Low,
    /// Weight 1.
    Bulk,
}

/// One kind of message that a machine emits: an event and its recipient.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Message {
    /// The event's name without its sigil.
    pub event: String,
    /// The recipient.
    pub target: Target,
    /// The first place that emits it.
    pub origin: OriginId,
    /// What this machine says in it: the fields of all its emits of it; one that some emit leaves out is optional.
    pub fields: Vec<Field>,
    /// The type of the answer, if it is called anywhere.
    pub answer: Option<Type>,
}

/// A free text that code must carry out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sentence {
    /// What it is.
    pub kind: SentenceKind,
    /// The name of its method, in `snake_case`, before any escaping of Rust keywords.
    pub name: String,
    /// The text, each parameter as `$name`.
    pub text: String,
    /// The variables, numbers and quoted strings in it; for a rule the value under test comes first.
    pub parameters: Vec<Parameter>,
    /// The type of its value, where one is taken (`$x becomes FREE TEXT`).
    pub returns: Option<Type>,
    /// Whether its method may wait.
    pub asynchronous: bool,
    /// Every place that uses it, in source order.
    pub origins: Vec<OriginId>,
}

/// What a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum SentenceKind {
    /// A condition: reads, answers yes or no.
    Guard,
    /// A custom action: acts, may set variables that no statement assigns.
    Action,
    /// `^transformer`: makes a reply's body.
    Transformer,
    /// A custom validation rule: looks at one value.
    Rule,
}

/// A validation rule that code judges, at one place of the flow: a sentence, with what its text says beside words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CustomRule {
    /// The row that it stands in: what is named when the code fails.
    pub origin: OriginId,
    /// The sentence; its first parameter is the value under test.
    pub sentence: SentenceId,
    /// The numbers and quoted texts in it, for the other parameters.
    pub arguments: Vec<RuleArgument>,
    /// The rule as the flow words it.
    pub text: String,
}

/// A number or a quoted text in a custom rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum RuleArgument {
    /// A decimal, in its normal form.
    Number(String),
    /// Text.
    Text(String),
}

/// A parameter of a sentence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// Its name: the variable's, or made from its type and position.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// A story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// Its title; none for the handlers that stand outside any scenario.
    pub title: Option<String>,
    /// Where it begins.
    pub origin: OriginId,
    /// The state in which its `given:` places the machine.
    pub starts_in: Option<StateId>,
    /// The handlers that it tells, retold ones among them, in its order.
    pub handlers: Vec<HandlerId>,
}

/// How messages are queued.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Queue {
    /// Whether priorities count.
    pub by_priority: bool,
    /// How many workers; none: the runtime's choice.
    pub workers: Option<u32>,
    /// How often a failing message is tried again.
    pub retries: u32,
    /// How long before it is.
    pub backoff: Backoff,
    /// Whether what keeps failing is kept.
    pub dead_letter: bool,
    /// How many open messages are accepted from outside.
    pub limit: Option<u32>,
}

impl Default for Queue {
    fn default() -> Self {
        let backoff = Backoff::Exponential { from: 1_000_000, up_to: 60_000_000 };
        Self { by_priority: false, workers: None, retries: 5, backoff, dead_letter: true, limit: None }
    }
}

/// The time between two attempts, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Backoff {
    /// Always the same.
    Fixed(i64),
    /// Doubled each time.
    Exponential {
        /// The first.
        from: i64,
        /// The longest.
        up_to: i64,
    },
}

impl System {
    /// The machine with this id.
    #[must_use]
    pub fn machine(&self, id: MachineId) -> &Machine {
        &self.machines[id.index()]
    }

    /// The actor with this id.
    #[must_use]
    pub fn actor(&self, id: ActorId) -> &Actor {
        &self.actors[id.index()]
    }

    /// The record type with this id.
    #[must_use]
    pub fn record(&self, id: RecordId) -> &RecordType {
        &self.records[id.index()]
    }

    /// The name of a sender or recipient, without its sigil.
    #[must_use]
    pub fn party_name(&self, party: Party) -> &str {
        match party {
            Party::Machine(id) => &self.machine(id).name,
            Party::Actor(id) => &self.actor(id).name,
            Party::System => built_in::SYSTEM,
        }
    }
}

impl Machine {
    /// The state with this id.
    #[must_use]
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.index()]
    }

    /// The variable with this id.
    #[must_use]
    pub fn variable(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// The event with this id.
    #[must_use]
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.index()]
    }

    /// The handler with this id.
    #[must_use]
    pub fn handler(&self, id: HandlerId) -> &Handler {
        &self.handlers[id.index()]
    }

    /// The message with this id.
    #[must_use]
    pub fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.index()]
    }

    /// The sentence with this id.
    #[must_use]
    pub fn sentence(&self, id: SentenceId) -> &Sentence {
        &self.sentences[id.index()]
    }

    /// The custom rule with this id.
    #[must_use]
    pub fn custom_rule(&self, id: CustomRuleId) -> &CustomRule {
        &self.custom_rules[id.index()]
    }
}
