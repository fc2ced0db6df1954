//! One message from its place to its commit; decided again if somebody else was faster.

use super::Inner;
use super::address::{Address, Place};
use super::lanes;
use super::message::Incoming;
use super::outcome::Outcome;
use super::stage::{Delivery, Stage};
use super::working::store_failed;
use crate::ids::{InstanceId, MessageId};
use crate::json::Json;
use crate::request::{Answer, Refusal};
use crate::store::{Commit, CommitError, Committed, Lease};
use crate::timestamp::Timestamp;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use std::collections::BTreeSet;

/// How often a message is decided before it is given back.
const ATTEMPTS: u32 = 8;

/// What became of a message.
pub(crate) enum Handled {
    /// It was committed, now or before.
    Done {
        /// What is kept with it.
        outcome: Box<Outcome>,
        /// The messages that follow in the same request.
        held: Vec<Held>,
    },
    /// Somebody else handles it.
    LeaseLost,
}

/// A message that is leased to this worker.
pub(crate) struct Held {
    pub(crate) message: Incoming,
    /// The lanes that it may be in.
    pub(crate) lanes: Vec<String>,
    pub(crate) lease: Lease,
    pub(crate) leased_at: Timestamp,
}

/// What a commit led to.
enum Try {
    Kept(Committed),
    Before(Box<Outcome>),
    Again(Refusal),
    LeaseLost,
}

impl Inner {
    /// Decides a message and commits it with all that follows. `body` is the hash of a request's payload.
    pub(crate) async fn handle(
        &self,
        message: &Incoming,
        lease: Option<&Lease>,
        body: Option<MessageId>,
    ) -> Result<Handled, Refusal> {
        let data: Json = message.data.parse().map_err(store_failed)?;
        let worker = lease.map_or_else(|| self.worker(), |lease| lease.worker.clone());
        let mut last = Refusal::Store("nothing was tried".into());
        let mut contended = BTreeSet::new();
        for attempt in 0..ATTEMPTS {
            let place = Stage::new(self).place(message, &data).await?;
            let own = match &place.address {
                Address::Existing(id) | Address::New(id) => id.clone(),
            };
            let _alone = self.enter(&place, &contended).await?;
            let mut stage = Stage::new(self);
            let turned = stage.turn(message, &data, place, None).await?;
            let super::turn::Turned { instance, conversation, state, status, reply, value: _ } = turned;
            let outcome =
                Outcome { body, answer: Answer { request: message.id, instance, conversation, state, status, reply } };
            let commit = stage.commit(message.id, outcome.to_json(), lease, &worker);
            // Who decides for the first time lets those go first who collided and stand in line: else newcomers, who stand in
            // none, would be faster than they again and again.
            let others = commit.writes.iter().map(|write| &write.id).filter(|id| **id != own);
            if let Some(id) = others.filter(|_| attempt == 0).find(|id| self.lanes.is_taken(id)) {
                contended.insert(id.clone());
                last = Refusal::Busy { id: id.clone() };
                continue;
            }
            match self.try_commit(&commit).await? {
                Try::Kept(committed) => {
                    let held = self.held(&stage, &commit, &committed);
                    return Ok(Handled::Done { outcome: Box::new(outcome), held });
                }
                Try::Before(outcome) => return Ok(Handled::Done { outcome, held: Vec::new() }),
                Try::LeaseLost => return Ok(Handled::LeaseLost),
                Try::Again(refusal) => {
                    if let Refusal::Busy { id } = &refusal {
                        contended.insert(id.clone());
                    }
                    last = refusal;
                }
            }
        }
        Err(last)
    }

    /// Waits for the lane of the instance that a message is for, and for those of the instances over which it collided
    /// before, such as one that many call at once. Nobody waits in a lane for one that stands before it in the order of
    /// ids, so that nobody waits for ever; and nobody waits longer than a lease lasts, so that an action that asks its own
    /// instance, and waits for the answer, fails.
    async fn enter(&self, place: &Place, contended: &BTreeSet<InstanceId>) -> Result<Vec<lanes::Place>, Refusal> {
        let mut ids = contended.clone();
        match &place.address {
            Address::Existing(id) => drop(ids.insert(id.clone())),
            Address::New(_) => {}
        }
        let mut alone = Vec::with_capacity(ids.len());
        for id in ids {
            let (mut entering, mut patience) = (self.lanes.enter(&id), None);
            let entered = poll_fn(|context| match Pin::new(&mut entering).poll(context) {
                Poll::Ready(place) => Poll::Ready(Ok(place)),
                Poll::Pending => {
                    let patience = patience.get_or_insert_with(|| self.runtime.sleep(self.options.lease));
                    patience.as_mut().poll(context).map(Err)
                }
            });
            alone.push(entered.await.map_err(|()| Refusal::Busy { id })?);
        }
        Ok(alone)
    }

    async fn try_commit(&self, commit: &Commit) -> Result<Try, Refusal> {
        match self.store.commit(commit).await {
            Ok(committed) => Ok(Try::Kept(committed)),
            Err(CommitError::AlreadyDone { outcome }) => {
                // The message was handled before and came again; there is nothing left to do for it.
                if let Some(lease) = &commit.settle {
                    self.end(lease, crate::store::Settlement::Done).await;
                }
                Ok(Try::Before(Box::new(Outcome::from_json(&outcome).map_err(store_failed)?)))
            }
            Err(CommitError::Conflict { id }) => Ok(Try::Again(Refusal::Busy { id })),
            Err(CommitError::LeaseLost) => Ok(Try::LeaseLost),
            Err(unknown @ CommitError::Unknown) => match self.store.outcome(&commit.command).await {
                Ok(Some(outcome)) => Ok(Try::Before(Box::new(Outcome::from_json(&outcome).map_err(store_failed)?))),
                Ok(None) => Ok(Try::Again(store_failed(unknown))),
                Err(error) => Err(store_failed(error)),
            },
            Err(
                error @ (CommitError::Unavailable { .. }
                | CommitError::TooLarge { .. }
                | CommitError::NotAtomic
                | CommitError::Fatal(_)),
            ) => Err(store_failed(error)),
        }
    }

    /// The bare emits of a commit, in order, with the leases that the store granted.
    fn held(&self, stage: &Stage<'_>, commit: &Commit, committed: &Committed) -> Vec<Held> {
        let bare = stage.plan.outgoing.iter().zip(&commit.outgoing);
        let bare = bare.filter(|(waiting, _)| waiting.delivery == Delivery::Bare);
        bare.filter_map(|(waiting, outgoing)| {
            let lease = committed.held.iter().find(|lease| lease.message == outgoing.id)?;
            let lanes = outgoing.lane.iter().chain(&outgoing.behind).cloned().collect();
            Some(Held { message: waiting.message.clone().into(), lanes, lease: lease.clone(), leased_at: stage.now })
        })
        .collect()
    }
}
