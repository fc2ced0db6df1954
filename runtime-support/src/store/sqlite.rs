//! A store in one SQLite file: the embedded default.
//!
//! One thread writes. It gathers whatever waits into one transaction, each caller in a savepoint of its own, and
//! acknowledges when the transaction is on the disk; so many callers share one sync, and none fails for another. A few
//! threads read, each through a connection that cannot write. The file can be opened with any SQLite tool meanwhile.

mod commit;
mod errors;
mod layout;
mod lock;
mod messages;
mod options;
mod questions;
mod readers;
mod writer;

use core::time::Duration;
use std::sync::Arc;

use self::readers::Readers;
use self::writer::{Tidings, Writer};
use super::signal::Signal;
use super::{
    Answered, Commit, CommitError, Committed, DeadLetter, Delivery, Lease, Listing, Loaded, Position, Settlement,
    Store, StoreError, Stored, WorkerId,
};
use crate::dynamic::BoxFuture;
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::runtime::Clock;
use crate::timestamp::Timestamp;

pub use self::options::{SqliteOptions, Synchronous};

/// A store in one SQLite file, opened by [`SqliteOptions`].
///
/// Dropping it waits for what was begun, and then lets go of the file.
pub struct SqliteStore {
    clock: Arc<dyn Clock>,
    signal: Signal,
    // In this order: the lock is released when nobody writes any more.
    readers: Readers,
    writer: Writer,
    _lock: lock::Lock,
}

impl Store for SqliteStore {
    fn load<'a>(&'a self, id: &'a InstanceId, up_to: Option<u64>) -> Answered<'a, Loaded> {
        let id = id.clone();
        self.readers.ask(move |connection| questions::load(connection, &id, up_to))
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<Committed, CommitError>> {
        let (owned, now) = (commit.clone(), self.clock.now());
        self.writer.run(Tidings::MoreToTake, move |connection| commit::commit(connection, &owned, now))
    }

    fn outcome<'a>(&'a self, command: &'a MessageId) -> Answered<'a, Option<String>> {
        let command = *command;
        self.readers.ask(move |connection| questions::outcome(connection, &command))
    }

    fn resolve<'a>(&'a self, conversation: &'a ConversationId, machine: &'a str) -> Answered<'a, Vec<InstanceId>> {
        let (conversation, machine) = (conversation.clone(), machine.to_owned());
        self.readers.ask(move |connection| questions::resolve(connection, &conversation, &machine))
    }

    fn resolve_name<'a>(&'a self, machine: &'a str, name: &'a str) -> Answered<'a, Option<InstanceId>> {
        let (machine, name) = (machine.to_owned(), name.to_owned());
        self.readers.ask(move |connection| questions::resolve_name(connection, &machine, &name))
    }

    fn take<'a>(
        &'a self,
        worker: &'a WorkerId,
        queues: &'a [String],
        max: usize,
        lease: Duration,
    ) -> Answered<'a, Vec<Delivery>> {
        let (worker, queues, now) = (worker.clone(), queues.to_vec(), self.clock.now());
        let until = now.saturating_add(lease.into());
        // Taking makes nothing takeable; who waits would only wake itself again and again.
        let take = move |connection: &_| {
            messages::take(connection, &worker, &queues, max, (now, until)).map_err(StoreError::from)
        };
        self.writer.run(Tidings::None, take)
    }

    fn renew<'a>(&'a self, lease: &'a Lease, by: Duration) -> Answered<'a, bool> {
        let (lease, until) = (lease.clone(), self.clock.now().saturating_add(by.into()));
        self.writer.run(Tidings::MoreToTake, move |connection| Ok(messages::renew(connection, &lease, until)?))
    }

    fn settle<'a>(&'a self, lease: &'a Lease, settlement: Settlement) -> Answered<'a, bool> {
        let (lease, now) = (lease.clone(), self.clock.now());
        self.writer
            .run(Tidings::MoreToTake, move |connection| Ok(messages::settle(connection, &lease, &settlement, now)?))
    }

    fn wake<'a>(&'a self, _queues: &'a [String]) -> BoxFuture<'a, ()> {
        Box::pin(self.signal.listen())
    }

    fn next_due(&self) -> Answered<'_, Option<Timestamp>> {
        let now = self.clock.now();
        self.readers.ask(move |connection| questions::next_due(connection, now))
    }

    fn tail(&self, after: Position, max: usize) -> Answered<'_, (Vec<Stored>, Position)> {
        self.readers.ask(move |connection| questions::tail(connection, after, max))
    }

    fn list<'a>(&'a self, listing: Listing<'a>) -> Answered<'a, Vec<InstanceId>> {
        let query = questions::InstanceQuery::from(listing);
        self.readers.ask(move |connection| query.run(connection))
    }

    fn dead_letters<'a>(&'a self, after: Option<&'a MessageId>, max: usize) -> Answered<'a, Vec<DeadLetter>> {
        let after = after.copied();
        self.readers.ask(move |connection| questions::dead_letters(connection, after, max))
    }

    fn dead_letter<'a>(&'a self, id: &'a MessageId) -> Answered<'a, Option<DeadLetter>> {
        let id = *id;
        self.readers.ask(move |connection| questions::dead_letter(connection, &id))
    }

    fn retry_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        let id = *id;
        self.writer.run(Tidings::MoreToTake, move |connection| Ok(messages::retry_dead(connection, &id)?))
    }

    fn purge_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        let id = *id;
        self.writer.run(Tidings::None, move |connection| Ok(messages::purge_dead(connection, &id)?))
    }

    fn prune(&self, older_than: Timestamp) -> Answered<'_, u64> {
        self.writer.run(Tidings::None, move |connection| Ok(commit::prune(connection, older_than)?))
    }
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod tests;
