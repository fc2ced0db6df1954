//! A record: what one turn of one instance was about and what it decided, as it is kept for ever.
//!
//! A record can be read without the flow that wrote it. Payloads, variables and answers stay JSON text in record form:
//! the envelope neither interprets nor reorders them.

pub(crate) mod read;
pub(crate) mod size;
pub(crate) mod write;

use crate::dynamic::Sender;
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::timestamp::Timestamp;

pub use read::ReadError;

/// The version of the format that is written. The reader of every older one stays.
pub const FORMAT: i64 = 1;

/// One record of an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number in the stream, from 1 without gaps.
    pub seq: u64,
    /// The event that was received, without its sigil.
    pub event: String,
    /// When.
    pub at: Timestamp,
    /// The version of the flow that decided.
    pub flow: String,
    /// The message that caused it.
    pub message: MessageId,
    /// Who sent it; an actor without a name is a request made as nobody in particular.
    pub from: Sender,
    /// The conversation.
    pub conversation: ConversationId,
    /// The payload, as JSON text.
    pub data: String,
    /// The states after the turn, one path each; empty: no transition ran.
    pub state: Vec<String>,
    /// The variables set, as the JSON text of an object; none: nothing was set.
    pub set: Option<String>,
    /// What was sent, in order.
    pub emits: Vec<Emitted>,
    /// The timers armed.
    pub armed: Vec<Armed>,
    /// The timers disarmed.
    pub disarmed: Vec<MessageId>,
    /// The answers to calls, as JSON text, each at the position of its call in `emits`; none: it was null.
    pub calls: Vec<Option<String>>,
    /// What was answered.
    pub reply: Option<Replied>,
    /// Further names that the instance took.
    pub names: Vec<String>,
    /// The reserved event that was handled in place of the one received.
    pub note: Option<Note>,
}

/// One message of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Emitted {
    /// Its id.
    pub id: MessageId,
    /// How it travels.
    pub way: SentBy,
    /// The event, without its sigil.
    pub event: String,
    /// To whom.
    pub to: Recipient,
    /// The payload, as JSON text.
    pub data: String,
}

/// How a recorded message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentBy {
    /// Right after the commit, within the same request.
    Bare,
    /// By a worker.
    Async,
    /// As a call, or as the answer that a call consumed.
    Call,
    /// To every instance of a machine.
    Broadcast,
    /// To an external actor.
    Port,
    /// As the answer that an earlier reply promised.
    Callback,
}

/// To whom a recorded message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// One instance.
    Instance(InstanceId),
    /// The instance of a machine that is found when the message is delivered.
    Machine(String),
    /// Every instance of a machine that is in one of the states; none named: in any.
    Every {
        /// The machine.
        machine: String,
        /// The states.
        states: Vec<String>,
    },
    /// An external actor; for a callback with the subject that asked.
    Actor {
        /// The actor.
        actor: String,
        /// Who it is.
        subject: Option<String>,
    },
}

/// A timer that was armed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Armed {
    /// Its id, which is the id of the message that fires.
    pub id: MessageId,
    /// The event, without its sigil.
    pub event: String,
    /// When it is due.
    pub due: Timestamp,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Replied {
    /// The status.
    pub status: u16,
    /// The body in record form, as JSON text.
    pub body: Option<String>,
    /// The event of the callback that it promises, without its sigil.
    pub promises: Option<String>,
}

/// The reserved event that was handled in place of the one received.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// The reserved event, without its sigil.
    pub event: String,
    /// What it carried, as JSON text.
    pub data: String,
}

impl SentBy {
    /// The word in the record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Async => "async",
            Self::Call => "call",
            Self::Broadcast => "broadcast",
            Self::Port => "port",
            Self::Callback => "callback",
        }
    }

    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 6] = [Self::Bare, Self::Async, Self::Call, Self::Broadcast, Self::Port, Self::Callback];
}
