//! Commits for the cases to vary.

use core::time::Duration;

use crate::description::Priority;
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::store::{
    Commit, CommitError, Committed, Delivery, Expected, Lease, Link, Name, Outgoing, Store, Version, WorkerId, Write,
};

pub(super) const LEASE: Duration = Duration::from_secs(30);

pub(super) fn message(name: &str) -> MessageId {
    let request = crate::ids::RequestKey { actor: "conformance", subject: "", method: "", route: "", key: name };
    MessageId::of_request(&request)
}

pub(super) fn instance(machine: &str, key: &str) -> InstanceId {
    InstanceId::parse(machine, key).expect("a valid id")
}

pub(super) fn order(key: &str) -> InstanceId {
    instance("order", key)
}

pub(super) fn conversation(name: &str) -> ConversationId {
    ConversationId::parse(name).expect("a valid id")
}

pub(super) fn worker(name: &str) -> WorkerId {
    WorkerId(name.to_owned())
}

/// A commit of nothing but its outcome.
pub(super) fn commit(command: &str) -> Commit {
    Commit {
        command: message(command),
        writes: Vec::new(),
        outgoing: Vec::new(),
        cancelled: Vec::new(),
        links: Vec::new(),
        names: Vec::new(),
        outcome: format!("outcome of {command}"),
        settle: None,
        worker: worker("committer"),
        lease: LEASE,
    }
}

/// One new record.
pub(super) fn write(id: &InstanceId, expected: Expected, record: &str) -> Write {
    Write { id: id.clone(), expected, records: vec![record.to_owned()], state: "open".to_owned(), snapshot: None }
}

/// A message that waits in the queue `work`, in no lane.
pub(super) fn outgoing(name: &str) -> Outgoing {
    Outgoing {
        id: message(name),
        queue: "work".to_owned(),
        priority: Priority::Normal,
        due: None,
        lane: None,
        behind: None,
        body: name.to_owned(),
        hold: false,
    }
}

pub(super) fn in_lane(name: &str, lane: &str) -> Outgoing {
    Outgoing { lane: Some(lane.to_owned()), ..outgoing(name) }
}

pub(super) fn link(conversation_name: &str, id: &InstanceId, none_yet: bool) -> Link {
    Link { conversation: conversation(conversation_name), instance: id.clone(), none_yet }
}

pub(super) fn name(id: &InstanceId, name: &str) -> Name {
    Name { instance: id.clone(), name: name.to_owned() }
}

pub(super) async fn kept(store: &dyn Store, commit: &Commit) -> Committed {
    store.commit(commit).await.expect("nothing stands against this commit")
}

/// Keeps messages, one commit for each.
pub(super) async fn send(store: &dyn Store, messages: impl IntoIterator<Item = Outgoing>) {
    for outgoing in messages {
        let command = format!("sends {}", outgoing.body);
        kept(store, &Commit { outgoing: vec![outgoing], ..commit(&command) }).await;
    }
}

/// Creates an instance with one record.
pub(super) async fn create(store: &dyn Store, id: &InstanceId) -> Version {
    let command = format!("creates {id}");
    kept(store, &Commit { writes: vec![write(id, Expected::Absent, "1")], ..commit(&command) }).await.versions[0]
}

pub(super) async fn take(store: &dyn Store, max: usize) -> Vec<Delivery> {
    store.take(&worker("taker"), &[], max, LEASE).await.expect("the store answers")
}

/// What can be taken, by body.
pub(super) async fn taken(store: &dyn Store) -> Vec<String> {
    take(store, 100).await.into_iter().map(|delivery| delivery.body).collect()
}

/// The lease of the only message that can be taken.
pub(super) async fn take_one(store: &dyn Store) -> Lease {
    let mut deliveries = take(store, 100).await;
    assert_eq!(deliveries.len(), 1, "exactly one message can be taken: {deliveries:?}");
    deliveries.remove(0).lease
}

/// The failure of a commit in words that can be compared.
pub(super) fn refusal(result: &Result<Committed, CommitError>) -> String {
    match result {
        Ok(_) => "kept".to_owned(),
        Err(CommitError::AlreadyDone { outcome }) => format!("already done: {outcome}"),
        Err(CommitError::Conflict { id }) => format!("conflict at {id}"),
        Err(CommitError::LeaseLost) => "lease lost".to_owned(),
        Err(
            other @ (CommitError::Unknown
            | CommitError::Unavailable { .. }
            | CommitError::TooLarge { .. }
            | CommitError::NotAtomic
            | CommitError::Fatal(_)),
        ) => other.to_string(),
    }
}
