//! The open messages and the dead letters.
//!
//! Only the first message of a lane can be taken. So the first ones, and those without a lane, are indexed: by priority
//! once they are available, before that by the time at which they become so.

use std::collections::{BTreeMap, BTreeSet};

use crate::description::Priority;
use crate::duration::Duration;
use crate::ids::MessageId;
use crate::store::{Commit, DeadLetter, Delivery, Lease, Outgoing, Position, Settlement, WorkerId};
use crate::timestamp::Timestamp;

#[derive(Default)]
pub(super) struct Queue {
    next: u64,
    fences: u64,
    open: BTreeMap<u64, Message>,
    by_id: BTreeMap<MessageId, u64>,
    lanes: BTreeMap<String, BTreeSet<u64>>,
    ready: BTreeSet<(Priority, u64)>,
    waiting: BTreeSet<(Timestamp, u64)>,
    dead: BTreeMap<u64, Dead>,
    dead_by_id: BTreeMap<MessageId, u64>,
}

struct Message {
    outgoing: Outgoing,
    position: Position,
    failures: u32,
    /// When it can be taken: it is due, and neither leased nor waiting to be tried again.
    available: Timestamp,
    lease: Option<Lease>,
}

struct Dead {
    message: Message,
    reason: String,
    at: Timestamp,
}

impl Queue {
    /// Whether the lease is the last one that was given for its message.
    pub(super) fn holds(&self, lease: &Lease) -> bool {
        self.message(&lease.message).is_some_and(|message| message.lease.as_ref() == Some(lease))
    }

    /// Whether the message may still be handled, now or after somebody retries it.
    pub(super) fn is_open(&self, id: &MessageId) -> bool {
        self.by_id.contains_key(id) || self.dead_by_id.contains_key(id)
    }

    fn message(&self, id: &MessageId) -> Option<&Message> {
        self.by_id.get(id).and_then(|place| self.open.get(place))
    }

    /// Keeps the messages of a commit, and leases those on hold whose lanes the committing worker has to itself.
    pub(super) fn enqueue(&mut self, commit: &Commit, position: Position, now: Timestamp) -> Vec<Lease> {
        let until = now.saturating_add(commit.lease.into());
        let mut leases = Vec::new();
        for outgoing in &commit.outgoing {
            if self.is_open(&outgoing.id) {
                continue;
            }
            let mut outgoing = outgoing.clone();
            let busy = outgoing.behind.take().filter(|lane| self.lanes.contains_key(lane));
            outgoing.lane = busy.or(outgoing.lane);
            let others = outgoing.lane.as_ref().and_then(|lane| self.lanes.get(lane));
            let own = |place: &u64| self.open[place].lease.as_ref().is_some_and(|lease| lease.worker == commit.worker);
            let held = outgoing.hold && others.is_none_or(|others| others.iter().all(own));
            let available = outgoing.due.unwrap_or(Timestamp::MIN);
            let message = Message { outgoing, position, failures: 0, available, lease: None };
            let place = self.insert(message);
            if held {
                leases.extend(self.lease(place, &commit.worker, until));
            }
        }
        leases
    }

    fn insert(&mut self, message: Message) -> u64 {
        self.next += 1;
        let place = self.next;
        self.by_id.insert(message.outgoing.id, place);
        if let Some(lane) = &message.outgoing.lane {
            self.lanes.entry(lane.clone()).or_default().insert(place);
        }
        self.open.insert(place, message);
        self.index(place);
        place
    }

    /// Puts a message into the indexes if it is first in its lane.
    fn index(&mut self, place: u64) {
        let Some(message) = self.open.get(&place) else { return };
        let lane = message.outgoing.lane.as_ref().and_then(|lane| self.lanes.get(lane));
        if lane.is_none_or(|places| places.first() == Some(&place)) {
            self.waiting.insert((message.available, place));
        }
    }

    fn unindex(&mut self, place: u64) {
        if let Some(message) = self.open.get(&place) {
            self.waiting.remove(&(message.available, place));
            self.ready.remove(&(message.outgoing.priority, place));
        }
    }

    fn postpone(&mut self, place: u64, available: Timestamp) {
        self.unindex(place);
        if let Some(message) = self.open.get_mut(&place) {
            message.available = available;
        }
        self.index(place);
    }

    fn lease(&mut self, place: u64, worker: &WorkerId, until: Timestamp) -> Option<Lease> {
        self.fences += 1;
        let fence = self.fences;
        let message = self.open.get_mut(&place)?;
        let lease = Lease { message: message.outgoing.id, worker: worker.clone(), fence };
        message.lease = Some(lease.clone());
        self.postpone(place, until);
        Some(lease)
    }

    /// Takes a message out; the one behind it in its lane is then the first.
    fn extract(&mut self, id: &MessageId) -> Option<Message> {
        let place = self.by_id.remove(id)?;
        self.unindex(place);
        let message = self.open.remove(&place)?;
        if let Some(lane) = &message.outgoing.lane
            && let Some(places) = self.lanes.get_mut(lane)
        {
            places.remove(&place);
            match places.first().copied() {
                Some(next) => self.index(next),
                None => drop(self.lanes.remove(lane)),
            }
        }
        Some(message)
    }

    pub(super) fn remove(&mut self, id: &MessageId) {
        drop(self.extract(id));
    }

    pub(super) fn take(
        &mut self,
        worker: &WorkerId,
        queues: &[String],
        max: usize,
        (now, until): (Timestamp, Timestamp),
    ) -> Vec<Delivery> {
        self.make_ready(now);
        let asked_for = |place: &u64| {
            let message = self.open.get(place)?;
            (queues.is_empty() || queues.contains(&message.outgoing.queue)).then_some(*place)
        };
        let places: Vec<u64> = self.ready.iter().filter_map(|(_, place)| asked_for(place)).take(max).collect();
        places.into_iter().filter_map(|place| self.deliver(place, worker, until)).collect()
    }

    fn make_ready(&mut self, now: Timestamp) {
        while let Some((available, place)) = self.waiting.first().copied().filter(|(available, _)| *available <= now) {
            self.waiting.remove(&(available, place));
            if let Some(message) = self.open.get(&place) {
                self.ready.insert((message.outgoing.priority, place));
            }
        }
    }

    fn deliver(&mut self, place: u64, worker: &WorkerId, until: Timestamp) -> Option<Delivery> {
        let ran_out = self.open.get(&place).is_some_and(|message| message.lease.is_some());
        let lease = self.lease(place, worker, until)?;
        let message = self.open.get_mut(&place)?;
        message.failures += u32::from(ran_out);
        let Message { outgoing, position, failures, .. } = message;
        Some(Delivery { lease, body: outgoing.body.clone(), failures: *failures, position: *position })
    }

    pub(super) fn renew(&mut self, lease: &Lease, until: Timestamp) -> bool {
        let place = self.by_id.get(&lease.message).copied().filter(|_| self.holds(lease));
        place.map(|place| self.postpone(place, until)).is_some()
    }

    pub(super) fn settle(&mut self, lease: &Lease, settlement: Settlement, now: Timestamp) -> bool {
        let Some(place) = self.by_id.get(&lease.message).copied().filter(|_| self.holds(lease)) else { return false };
        match settlement {
            Settlement::Done => self.remove(&lease.message),
            Settlement::Retry { after } => self.give_back(place, 1, now.saturating_add(Duration::from(after))),
            Settlement::Release => self.give_back(place, 0, Timestamp::MIN),
            Settlement::Dead { reason } => self.bury(&lease.message, reason, now),
        }
        true
    }

    fn give_back(&mut self, place: u64, failed: u32, available: Timestamp) {
        if let Some(message) = self.open.get_mut(&place) {
            message.lease = None;
            message.failures += failed;
        }
        self.postpone(place, available);
    }

    fn bury(&mut self, id: &MessageId, reason: String, at: Timestamp) {
        if let Some(message) = self.extract(id) {
            self.next += 1;
            let message = Message { lease: None, failures: message.failures + 1, ..message };
            self.dead_by_id.insert(*id, self.next);
            self.dead.insert(self.next, Dead { message, reason, at });
        }
    }

    /// When the next message becomes available that is not available now.
    pub(super) fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.waiting.iter().map(|(available, _)| *available).find(|available| *available > now)
    }

    fn exhume(&mut self, id: &MessageId) -> Option<Dead> {
        self.dead_by_id.remove(id).and_then(|place| self.dead.remove(&place))
    }

    pub(super) fn dead_letters(&self, after: Option<&MessageId>, max: usize) -> Vec<DeadLetter> {
        let start = after.and_then(|id| self.dead_by_id.get(id)).map_or(0, |place| place + 1);
        self.dead.range(start..).take(max).map(|(_, dead)| dead.letter()).collect()
    }

    pub(super) fn dead_letter(&self, id: &MessageId) -> Option<DeadLetter> {
        self.dead_by_id.get(id).and_then(|place| self.dead.get(place)).map(Dead::letter)
    }

    pub(super) fn retry_dead(&mut self, id: &MessageId) -> bool {
        let again = |dead: Dead| Message { failures: 0, available: Timestamp::MIN, ..dead.message };
        self.exhume(id).map(|dead| self.insert(again(dead))).is_some()
    }

    pub(super) fn purge(&mut self, id: &MessageId) -> bool {
        self.exhume(id).is_some()
    }
}

impl Dead {
    fn letter(&self) -> DeadLetter {
        let Message { outgoing, failures, .. } = &self.message;
        DeadLetter {
            id: outgoing.id,
            queue: outgoing.queue.clone(),
            body: outgoing.body.clone(),
            failures: *failures,
            reason: self.reason.clone(),
            at: self.at,
        }
    }
}
