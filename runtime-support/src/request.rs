//! Requests from outside and their answers: what typed clients send and the engine serves.

use crate::codec::Mismatch;
use crate::description::Text;
use crate::dynamic::{BoxFuture, Failure, Reply};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::rules::Violation;
use core::fmt;
use core::time::Duration;

/// Whoever serves requests: the engine, or what stands before it.
pub trait Dispatcher: Send + Sync {
    /// Serves one request. The answer is fixed by the commit of the request's first turn.
    fn dispatch(&self, request: Request) -> BoxFuture<'_, Result<Answer, Refusal>>;
}

/// A request from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The machine, without its sigil.
    pub machine: Text,
    /// The event, without its sigil.
    pub event: Text,
    /// As which actor, without its sigil; none: as nobody in particular.
    pub actor: Option<Text>,
    /// Who acts as it.
    pub subject: Option<String>,
    /// To which instance: its id, its key alone, or a further name of it.
    pub to: Option<String>,
    /// The conversation that it continues.
    pub conversation: Option<ConversationId>,
    /// The idempotency key: the same key with the same body is served once.
    pub key: Option<String>,
    /// The payload, as a JSON object.
    pub data: String,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The request, by which its answer and what it was promised can be asked for later.
    pub request: MessageId,
    /// Whose turn it was; none if a reserved handler answered in place of a creation.
    pub instance: Option<InstanceId>,
    /// The conversation.
    pub conversation: ConversationId,
    /// The state after the turn, without its sigil.
    pub state: Option<String>,
    /// What happened.
    pub status: Status,
    /// What the flow replied.
    pub reply: Option<Reply>,
}

/// What a request led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// A new instance.
    Created,
    /// A turn on an existing instance.
    Handled,
    /// Accepted, and run by a worker.
    Queued,
    /// No guard passed; these events are accepted now.
    Ignored {
        /// Their names, without sigils.
        accepted: Vec<String>,
    },
}

impl Status {
    /// The HTTP status of an answer without a reply of the flow's own.
    ///
    /// ```
    /// # use eventflow::request::Status;
    /// assert_eq!(Status::Created.http_status(), 201);
    /// assert_eq!(Status::Ignored { accepted: vec!["cancel".to_owned()] }.http_status(), 409);
    /// ```
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Created => 201,
            Self::Handled => 200,
            Self::Queued => 202,
            Self::Ignored { .. } => 409,
        }
    }
}

/// Why a request was not served. Nothing of it is kept.
#[derive(Debug)]
pub enum Refusal {
    /// The machine has no such event for this caller.
    NotAllowed {
        /// What is wrong.
        why: String,
    },
    /// The payload is no JSON object, or the id is no id.
    Malformed {
        /// What is wrong.
        why: String,
    },
    /// There is no such instance.
    NotFound {
        /// What was asked for.
        id: String,
    },
    /// Nobody to give it to, or more than one; the text says what is missing.
    Unroutable {
        /// The message for the person who has to act.
        message: String,
    },
    /// The id is taken.
    Taken {
        /// The id.
        id: String,
    },
    /// The payload breaks rules; all of them.
    Invalid {
        /// The broken rules.
        violations: Vec<Violation>,
    },
    /// A constraint of the flow is broken, and no handler takes care of it.
    Constraint {
        /// The variable, without its sigil.
        variable: Text,
        /// The rule, as the flow words it.
        rule: Text,
    },
    /// The key was used with another body.
    KeyReused,
    /// The queue is full.
    Full {
        /// When to try again.
        retry_after: Duration,
    },
    /// Others were faster, again and again.
    Busy {
        /// Whose turns collided.
        id: InstanceId,
    },
    /// The turn failed.
    Failed(Failure),
    /// A stored record does not fit this version of the flow.
    Unreadable {
        /// Whose record it is.
        id: InstanceId,
        /// Which record, from 1.
        seq: u64,
        /// What does not fit.
        mismatch: Mismatch,
    },
    /// The store could not be asked.
    Store(crate::dynamic::BoxError),
}

impl Refusal {
    /// The HTTP status that says so.
    ///
    /// ```
    /// # use eventflow::request::Refusal;
    /// assert_eq!(Refusal::NotFound { id: "order-7".to_owned() }.http_status(), 404);
    /// assert_eq!(Refusal::KeyReused.http_status(), 422);
    /// ```
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Malformed { .. } => 400,
            Self::NotAllowed { .. } => 403,
            Self::NotFound { .. } | Self::Unroutable { .. } => 404,
            Self::Taken { .. } => 409,
            Self::Invalid { .. } | Self::Constraint { .. } | Self::KeyReused => 422,
            Self::Full { .. } | Self::Busy { .. } => 503,
            Self::Failed(_) | Self::Unreadable { .. } | Self::Store(_) => 500,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed { why } | Self::Malformed { why } => f.write_str(why),
            Self::NotFound { id } => write!(f, "there is no `{id}`"),
            Self::Unroutable { message } => f.write_str(message),
            Self::Taken { id } => write!(f, "the id `{id}` is taken"),
            Self::Invalid { violations } => {
                f.write_str("the payload is not valid")?;
                for violation in violations {
                    write!(f, "; {violation}")?;
                }
                Ok(())
            }
            Self::Constraint { variable, rule } => write!(f, "`${variable}` would break its constraint `{rule}`"),
            Self::KeyReused => f.write_str("this idempotency key was used with another body"),
            Self::Full { retry_after } => write!(f, "the queue is full; try again in {} s", retry_after.as_secs()),
            Self::Busy { id } => write!(f, "`@{id}` is busy; try again"),
            Self::Failed(failure) => write!(f, "{failure}"),
            Self::Unreadable { id, seq, mismatch } => {
                write!(f, "record {seq} of `@{id}` does not fit this version of the flow: {mismatch}")
            }
            Self::Store(error) => write!(f, "the store failed: {error}"),
        }
    }
}

impl core::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Store(error) => Some(&**error),
            Self::NotAllowed { .. }
            | Self::Malformed { .. }
            | Self::NotFound { .. }
            | Self::Unroutable { .. }
            | Self::Taken { .. }
            | Self::Invalid { .. }
            | Self::Constraint { .. }
            | Self::KeyReused
            | Self::Full { .. }
            | Self::Busy { .. }
            | Self::Unreadable { .. } => None,
        }
    }
}
