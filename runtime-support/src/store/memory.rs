//! A store that keeps everything in memory: for tests, for simulation, and for what need not outlive its process.

mod queue;
mod streams;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use core::future::ready;
use core::time::Duration;

use self::queue::Queue;
use self::streams::Streams;
use super::signal::Signal;
use super::{
    Answered, Commit, CommitError, Committed, DeadLetter, Delivery, Lease, Listing, Loaded, Position, Settlement,
    Store, Stored, WorkerId,
};
use crate::dynamic::BoxFuture;
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::runtime::Clock;
use crate::timestamp::Timestamp;

/// A store that forgets everything when it is dropped.
pub struct MemoryStore {
    clock: Arc<dyn Clock>,
    tables: Mutex<Tables>,
    signal: Signal,
}

#[derive(Default)]
struct Tables {
    position: u64,
    streams: Streams,
    queue: Queue,
    commands: BTreeMap<MessageId, Command>,
    links: BTreeMap<(ConversationId, String), BTreeSet<InstanceId>>,
    names: BTreeMap<(String, String), InstanceId>,
}

/// A command that was carried out.
struct Command {
    outcome: String,
    at: Timestamp,
    left_record: bool,
}

impl MemoryStore {
    /// An empty store that reads the time from `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> MemoryStore {
        MemoryStore { clock, tables: Mutex::default(), signal: Signal::default() }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // A commit checks before it changes anything, so that a poisoned lock guards whole tables.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers from the tables, and tells those who wait for messages.
    fn change<T: Send + 'static>(&self, change: impl FnOnce(&mut Tables) -> T) -> Answered<'_, T> {
        let answer = change(&mut self.tables());
        self.signal.raise();
        Box::pin(ready(Ok(answer)))
    }

    fn read<T: Send + 'static>(&self, read: impl FnOnce(&Tables) -> T) -> Answered<'_, T> {
        Box::pin(ready(Ok(read(&self.tables()))))
    }
}

impl Tables {
    fn check(&self, commit: &Commit) -> Result<(), CommitError> {
        if commit.settle.as_ref().is_some_and(|lease| !self.queue.holds(lease)) {
            return Err(CommitError::LeaseLost);
        }
        if let Some(done) = self.commands.get(&commit.command) {
            return Err(CommitError::AlreadyDone { outcome: done.outcome.clone() });
        }
        let conflict = |id: &InstanceId| CommitError::Conflict { id: id.clone() };
        if let Some(id) = self.streams.conflict(&commit.writes) {
            return Err(conflict(id));
        }
        for (place, link) in commit.links.iter().enumerate() {
            let key = (link.conversation.clone(), link.instance.machine().to_owned());
            let known = self.links.get(&key).into_iter().flatten();
            let staged = commit.links[..place]
                .iter()
                .filter(|earlier| earlier.conversation == key.0 && earlier.instance.machine() == key.1)
                .map(|earlier| &earlier.instance);
            if link.none_yet && known.chain(staged).any(|other| *other != link.instance) {
                return Err(conflict(&link.instance));
            }
        }
        let mut staged = BTreeMap::new();
        for name in &commit.names {
            let key = (name.instance.machine().to_owned(), name.name.clone());
            let holder = self.names.get(&key).unwrap_or_else(|| staged.entry(key).or_insert(&name.instance));
            if *holder != name.instance {
                return Err(conflict(&name.instance));
            }
        }
        Ok(())
    }

    fn commit(&mut self, commit: &Commit, now: Timestamp) -> Committed {
        self.position += 1;
        let position = Position(self.position);
        let versions = self.streams.append(&commit.writes, position);
        for link in &commit.links {
            let key = (link.conversation.clone(), link.instance.machine().to_owned());
            self.links.entry(key).or_default().insert(link.instance.clone());
        }
        for name in &commit.names {
            self.names.insert((name.instance.machine().to_owned(), name.name.clone()), name.instance.clone());
        }
        if let Some(lease) = &commit.settle {
            self.queue.remove(&lease.message);
        }
        for message in &commit.cancelled {
            self.queue.remove(message);
            self.queue.purge(message);
        }
        let held = self.queue.enqueue(commit, position, now);
        let left_record = commit.writes.iter().any(|write| !write.records.is_empty());
        let command = Command { outcome: commit.outcome.clone(), at: now, left_record };
        self.commands.insert(commit.command, command);
        Committed { versions, position, held }
    }

    fn prune(&mut self, older_than: Timestamp) -> u64 {
        let before = self.commands.len();
        let queue = &self.queue;
        self.commands.retain(|id, command| command.left_record || command.at >= older_than || queue.is_open(id));
        (before - self.commands.len()) as u64
    }
}

impl Store for MemoryStore {
    fn load<'a>(&'a self, id: &'a InstanceId, up_to: Option<u64>) -> Answered<'a, Loaded> {
        self.read(|tables| tables.streams.load(id, up_to))
    }

    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<Committed, CommitError>> {
        let now = self.clock.now();
        let result = {
            let mut tables = self.tables();
            tables.check(commit).map(|()| tables.commit(commit, now))
        };
        self.signal.raise();
        Box::pin(ready(result))
    }

    fn outcome<'a>(&'a self, command: &'a MessageId) -> Answered<'a, Option<String>> {
        self.read(|tables| tables.commands.get(command).map(|done| done.outcome.clone()))
    }

    fn resolve<'a>(&'a self, conversation: &'a ConversationId, machine: &'a str) -> Answered<'a, Vec<InstanceId>> {
        let key = (conversation.clone(), machine.to_owned());
        self.read(|tables| tables.links.get(&key).into_iter().flatten().cloned().collect())
    }

    fn resolve_name<'a>(&'a self, machine: &'a str, name: &'a str) -> Answered<'a, Option<InstanceId>> {
        let key = (machine.to_owned(), name.to_owned());
        self.read(|tables| tables.names.get(&key).cloned())
    }

    fn take<'a>(
        &'a self,
        worker: &'a WorkerId,
        queues: &'a [String],
        max: usize,
        lease: Duration,
    ) -> Answered<'a, Vec<Delivery>> {
        let now = self.clock.now();
        let until = now.saturating_add(lease.into());
        // Taking makes nothing takeable, so that nobody is told.
        Box::pin(ready(Ok(self.tables().queue.take(worker, queues, max, (now, until)))))
    }

    fn renew<'a>(&'a self, lease: &'a Lease, by: Duration) -> Answered<'a, bool> {
        let until = self.clock.now().saturating_add(by.into());
        self.change(|tables| tables.queue.renew(lease, until))
    }

    fn settle<'a>(&'a self, lease: &'a Lease, settlement: Settlement) -> Answered<'a, bool> {
        let now = self.clock.now();
        self.change(|tables| tables.queue.settle(lease, settlement, now))
    }

    fn wake<'a>(&'a self, _queues: &'a [String]) -> BoxFuture<'a, ()> {
        Box::pin(self.signal.listen())
    }

    fn next_due(&self) -> Answered<'_, Option<Timestamp>> {
        let now = self.clock.now();
        self.read(|tables| tables.queue.next_due(now))
    }

    fn tail(&self, after: Position, max: usize) -> Answered<'_, (Vec<Stored>, Position)> {
        self.read(|tables| tables.streams.tail(after, max))
    }

    fn list<'a>(&'a self, listing: Listing<'a>) -> Answered<'a, Vec<InstanceId>> {
        self.read(|tables| tables.streams.list(&listing))
    }

    fn dead_letters<'a>(&'a self, after: Option<&'a MessageId>, max: usize) -> Answered<'a, Vec<DeadLetter>> {
        self.read(|tables| tables.queue.dead_letters(after, max))
    }

    fn dead_letter<'a>(&'a self, id: &'a MessageId) -> Answered<'a, Option<DeadLetter>> {
        self.read(|tables| tables.queue.dead_letter(id))
    }

    fn retry_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        self.change(|tables| tables.queue.retry_dead(id))
    }

    fn purge_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        self.change(|tables| tables.queue.purge(id))
    }

    fn prune(&self, older_than: Timestamp) -> Answered<'_, u64> {
        self.change(|tables| tables.prune(older_than))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::{self, Bench};
    use crate::{ManualClock, duration};

    struct InMemory(Arc<ManualClock>);

    impl Bench for InMemory {
        fn store(&self) -> Arc<dyn Store> {
            Arc::new(MemoryStore::new(self.0.clone()))
        }

        fn pass(&self, time: duration::Duration) {
            self.0.advance(time);
        }
    }

    #[test]
    fn keeps_the_contract() {
        conformance::check(&InMemory(Arc::new(ManualClock::new(Timestamp::EPOCH))));
    }
}
