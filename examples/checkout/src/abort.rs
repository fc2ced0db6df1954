//! A store that ends the process right after one of its commits: what a crash at the worst moment looks like.

use eventflow::dynamic::BoxFuture;
use eventflow::store::{
    Answered, Commit, CommitError, Committed, DeadLetter, Delivery, Lease, Listing, Loaded, Position, Settlement,
    Store, Stored, WorkerId,
};
use eventflow::{ConversationId, InstanceId, MessageId, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Passes everything on, and aborts after so many commits.
pub struct Aborting {
    /// The store behind it.
    pub inner: Arc<dyn Store>,
    /// How many commits are left.
    pub left: AtomicU64,
}

impl Store for Aborting {
    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<Committed, CommitError>> {
        Box::pin(async move {
            let committed = self.inner.commit(commit).await;
            if committed.is_ok() && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
                std::process::abort();
            }
            committed
        })
    }

    fn load<'a>(&'a self, id: &'a InstanceId, up_to: Option<u64>) -> Answered<'a, Loaded> {
        self.inner.load(id, up_to)
    }

    fn outcome<'a>(&'a self, command: &'a MessageId) -> Answered<'a, Option<String>> {
        self.inner.outcome(command)
    }

    fn resolve<'a>(&'a self, conversation: &'a ConversationId, machine: &'a str) -> Answered<'a, Vec<InstanceId>> {
        self.inner.resolve(conversation, machine)
    }

    fn resolve_name<'a>(&'a self, machine: &'a str, name: &'a str) -> Answered<'a, Option<InstanceId>> {
        self.inner.resolve_name(machine, name)
    }

    fn take<'a>(
        &'a self,
        worker: &'a WorkerId,
        queues: &'a [String],
        max: usize,
        lease: Duration,
    ) -> Answered<'a, Vec<Delivery>> {
        self.inner.take(worker, queues, max, lease)
    }

    fn renew<'a>(&'a self, lease: &'a Lease, by: Duration) -> Answered<'a, bool> {
        self.inner.renew(lease, by)
    }

    fn settle<'a>(&'a self, lease: &'a Lease, settlement: Settlement) -> Answered<'a, bool> {
        self.inner.settle(lease, settlement)
    }

    fn wake<'a>(&'a self, queues: &'a [String]) -> BoxFuture<'a, ()> {
        self.inner.wake(queues)
    }

    fn next_due(&self) -> Answered<'_, Option<Timestamp>> {
        self.inner.next_due()
    }

    fn tail(&self, after: Position, max: usize) -> Answered<'_, (Vec<Stored>, Position)> {
        self.inner.tail(after, max)
    }

    fn list<'a>(&'a self, listing: Listing<'a>) -> Answered<'a, Vec<InstanceId>> {
        self.inner.list(listing)
    }

    fn dead_letters<'a>(&'a self, after: Option<&'a MessageId>, max: usize) -> Answered<'a, Vec<DeadLetter>> {
        self.inner.dead_letters(after, max)
    }

    fn dead_letter<'a>(&'a self, id: &'a MessageId) -> Answered<'a, Option<DeadLetter>> {
        self.inner.dead_letter(id)
    }

    fn retry_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        self.inner.retry_dead(id)
    }

    fn purge_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        self.inner.purge_dead(id)
    }

    fn prune(&self, older_than: Timestamp) -> Answered<'_, u64> {
        self.inner.prune(older_than)
    }
}
