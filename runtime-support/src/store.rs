//! The contract between the engine and what keeps its records, messages and answers.
//!
//! One commit is one atomic step, and every promise of the engine rests on it. Bodies of records, messages and outcomes
//! are opaque to a store. Time is the store's own: leases and due messages are judged by one clock, however many
//! processes ask.

#[cfg(any(test, feature = "test-kit"))]
pub mod conformance;
mod memory;
mod open;
mod signal;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use self::memory::MemoryStore;
pub use self::open::{OpenError, open};
#[cfg(feature = "sqlite")]
pub use self::sqlite::{SqliteOptions, SqliteStore, Synchronous};

use crate::description::Priority;
use crate::dynamic::{BoxError, BoxFuture};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::timestamp::Timestamp;
use core::fmt;
use core::time::Duration;

/// How far an instance has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// How many records it has.
    pub n: u64,
    /// The store's own compare value; opaque to everybody else.
    pub token: u64,
}

/// A place in the order of commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub u64);

/// What a write expects to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No record yet.
    Absent,
    /// Exactly the records of this version.
    At(Version),
}

/// New records of one instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// Whose records they are.
    pub id: InstanceId,
    /// What the writer read.
    pub expected: Expected,
    /// The records, as JSON text, in order.
    pub records: Vec<String>,
    /// The state after the last of them, by which instances are listed.
    pub state: String,
    /// The instance after the last of them, so that older records need not be read again.
    pub snapshot: Option<String>,
}

/// A message to be kept: an emit, a queued request, a timer, a broadcast, a delivery to a port.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Its id, the same at every attempt to commit it.
    pub id: MessageId,
    /// The queue it waits in.
    pub queue: String,
    /// Its class within the queue.
    pub priority: Priority,
    /// Not before this.
    pub due: Option<Timestamp>,
    /// Messages of one lane are taken one at a time, in commit order, so that one that is not due yet holds up those
    /// behind it; without a lane, in any order.
    pub lane: Option<String>,
    /// A lane that it joins instead of its own while messages are open there.
    pub behind: Option<String>,
    /// What it says.
    pub body: String,
    /// Whether it is leased to the committing worker at once. That happens only while all open messages of its lane are
    /// leased to that worker, who handles them in order; otherwise it waits in its queue like any other.
    pub hold: bool,
}

/// An instance takes part in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The conversation.
    pub conversation: ConversationId,
    /// The instance.
    pub instance: InstanceId,
    /// Whether it must be the first of its machine there; a commit that comes second is a conflict.
    pub none_yet: bool,
}

/// A further name of an instance, unique within its machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The instance.
    pub instance: InstanceId,
    /// The name.
    pub name: String,
}

/// One atomic step.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// What is carried out, the same at every attempt.
    pub command: MessageId,
    /// None if it was ignored; several, of different instances, stand or fall together.
    pub writes: Vec<Write>,
    /// Messages to keep.
    pub outgoing: Vec<Outgoing>,
    /// Messages that nobody needs any more: disarmed timers. Those that are unknown or done are passed over.
    pub cancelled: Vec<MessageId>,
    /// Conversations that instances take part in; those known are passed over.
    pub links: Vec<Link>,
    /// Further names. One that another instance has is a conflict.
    pub names: Vec<Name>,
    /// What a duplicate of the command gets back.
    pub outcome: String,
    /// The message whose handling this is.
    pub settle: Option<Lease>,
    /// Who commits: messages on hold are leased to it.
    pub worker: WorkerId,
    /// How long messages on hold are leased.
    pub lease: Duration,
}

/// What a commit led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    /// The new versions, in the order of the writes.
    pub versions: Vec<Version>,
    /// Where the commit stands in the order of all.
    pub position: Position,
    /// The leases of the messages on hold that were granted, in the order of the messages.
    pub held: Vec<Lease>,
}

/// Why a commit came to nothing; only after [`CommitError::Unknown`] may it have been kept.
#[derive(Debug)]
pub enum CommitError {
    /// The command was carried out before; this is its outcome.
    AlreadyDone {
        /// What was kept with it.
        outcome: String,
    },
    /// Somebody else was faster.
    Conflict {
        /// At this instance.
        id: InstanceId,
    },
    /// The message is no longer leased to the worker.
    LeaseLost,
    /// It may have been kept: ask [`Store::outcome`] before anything else.
    Unknown,
    /// Not now.
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
    /// More than the store keeps in one step.
    TooLarge {
        /// How many bytes it keeps.
        limit: usize,
    },
    /// The writes cannot stand or fall together.
    NotAtomic,
    /// Nothing more is to be expected of this store.
    Fatal(BoxError),
}

/// Why a question was not answered.
#[derive(Debug)]
pub struct StoreError(pub BoxError);

/// The records of an instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// How many it has, up to what was asked for; zero: there is no such instance.
    pub version: Version,
    /// A snapshot that the first of the records follows.
    pub snapshot: Option<String>,
    /// The records, as JSON text.
    pub records: Vec<String>,
}

/// Who takes messages; the name of an engine's process or task.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(pub String);

/// A message that is given to one worker for a time. When the time is over, others may take the message; until one of
/// them does, the lease still serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The message.
    pub message: MessageId,
    /// To whom.
    pub worker: WorkerId,
    /// The same only for this lease: who comes with another has lost it.
    pub fence: u64,
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The lease.
    pub lease: Lease,
    /// What it says.
    pub body: String,
    /// How often it failed before; a lease that ran out counts, or a message that kills its worker would do so for ever.
    pub failures: u32,
    /// The commit that kept it.
    pub position: Position,
}

/// What becomes of a message that was taken and led to no commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It is done.
    Done,
    /// It failed, and is tried again after a while; its lane waits.
    Retry {
        /// How long.
        after: Duration,
    },
    /// It was not tried, and can be taken at once.
    Release,
    /// It is kept as a dead letter, and its lane goes on.
    Dead {
        /// Why.
        reason: String,
    },
}

/// A message that was given up.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadLetter {
    /// Its id.
    pub id: MessageId,
    /// The queue it was in.
    pub queue: String,
    /// What it says.
    pub body: String,
    /// How often it failed.
    pub failures: u32,
    /// Why it was given up.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A record in the order of commits.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Where its commit stands.
    pub position: Position,
    /// Whose record it is.
    pub id: InstanceId,
    /// Which of its records, from 1.
    pub seq: u64,
    /// The record.
    pub record: String,
}

/// The instances of a machine that are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<'a> {
    /// The machine.
    pub machine: &'a str,
    /// In one of these states; none named: in any.
    pub states: &'a [String],
    /// As of this commit; none: now.
    pub as_of: Option<Position>,
    /// Behind this one in the order of ids.
    pub after: Option<&'a InstanceId>,
    /// At most so many.
    pub max: usize,
}

/// A result of the store.
pub type Answered<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// What keeps everything. All methods may be called at once, from any thread.
pub trait Store: Send + Sync + 'static {
    /// The records of an instance, up to a number of them. What is read may be stale; a commit on it then conflicts.
    /// Whoever names a number gets all records from the first and no snapshot; `u64::MAX` thus reads without one.
    fn load<'a>(&'a self, id: &'a InstanceId, up_to: Option<u64>) -> Answered<'a, Loaded>;

    /// Keeps all of a commit or nothing. The fence of `settle` is checked first, then the command, then versions, links
    /// and names.
    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<Committed, CommitError>>;

    /// What was kept with a command.
    fn outcome<'a>(&'a self, command: &'a MessageId) -> Answered<'a, Option<String>>;

    /// The instances of a machine in a conversation, in the order of ids.
    fn resolve<'a>(&'a self, conversation: &'a ConversationId, machine: &'a str) -> Answered<'a, Vec<InstanceId>>;

    /// The instance that has a further name.
    fn resolve_name<'a>(&'a self, machine: &'a str, name: &'a str) -> Answered<'a, Option<InstanceId>>;

    /// The oldest open messages of the queues, at most one a lane, by priority, leased for a time. No queue named: any.
    fn take<'a>(
        &'a self,
        worker: &'a WorkerId,
        queues: &'a [String],
        max: usize,
        lease: Duration,
    ) -> Answered<'a, Vec<Delivery>>;

    /// Prolongs a lease; false if it is lost.
    fn renew<'a>(&'a self, lease: &'a Lease, by: Duration) -> Answered<'a, bool>;

    /// Ends a lease without a commit; false if it is lost.
    fn settle<'a>(&'a self, lease: &'a Lease, settlement: Settlement) -> Answered<'a, bool>;

    /// Completes when there may be something to take. A hint: it may come for nothing, and it may be lost.
    fn wake<'a>(&'a self, queues: &'a [String]) -> BoxFuture<'a, ()>;

    /// When the next message can be taken that cannot be taken yet: it is due, or its lease or its wait ends.
    fn next_due(&self) -> Answered<'_, Option<Timestamp>>;

    /// Records in commit order, behind a position, in whole commits, about `max` of them.
    fn tail(&self, after: Position, max: usize) -> Answered<'_, (Vec<Stored>, Position)>;

    /// Instances in the order of ids.
    fn list<'a>(&'a self, listing: Listing<'a>) -> Answered<'a, Vec<InstanceId>>;

    /// Dead letters in the order in which they were given up, oldest first, behind one of them; from the start if that
    /// one is gone.
    fn dead_letters<'a>(&'a self, after: Option<&'a MessageId>, max: usize) -> Answered<'a, Vec<DeadLetter>>;

    /// One dead letter.
    fn dead_letter<'a>(&'a self, id: &'a MessageId) -> Answered<'a, Option<DeadLetter>>;

    /// Puts a dead letter back into its queue, as if it had never failed; false if there is none.
    fn retry_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool>;

    /// Forgets a dead letter; false if there is none.
    fn purge_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool>;

    /// Forgets outcomes older than a time, but never those of commands that left a record or whose message is open, and
    /// returns how many.
    fn prune(&self, older_than: Timestamp) -> Answered<'_, u64>;
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store cannot answer: {}", self.0)
    }
}

impl core::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyDone { .. } => f.write_str("the command was carried out before"),
            Self::Conflict { id } => write!(f, "somebody else was faster at `{id}`"),
            Self::LeaseLost => f.write_str("the message is no longer leased to this worker"),
            Self::Unknown => f.write_str("it is not known whether the commit was kept"),
            Self::Unavailable { retry_after } => {
                write!(f, "the store is not available; try again in {} ms", retry_after.as_millis())
            }
            Self::TooLarge { limit } => write!(f, "the commit is larger than {limit} bytes"),
            Self::NotAtomic => f.write_str("the writes cannot be kept in one step"),
            Self::Fatal(error) => write!(f, "the store failed: {error}"),
        }
    }
}

impl core::error::Error for CommitError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Fatal(error) => Some(&**error),
            Self::AlreadyDone { .. }
            | Self::Conflict { .. }
            | Self::LeaseLost
            | Self::Unknown
            | Self::Unavailable { .. }
            | Self::TooLarge { .. }
            | Self::NotAtomic => None,
        }
    }
}
