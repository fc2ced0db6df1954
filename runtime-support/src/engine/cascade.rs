//! What follows a commit within the same request: its bare emits, first in first out, until none is left.
//!
//! A message that fails here goes on as a retried one, and those behind it in its lane go back to the store with it.

use super::Inner;
use super::handle::{Handled, Held};
use crate::store::{Lease, Settlement};
use crate::timestamp::Timestamp;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// How many of the last turns the reason of a dead letter names.
const NAMED_TURNS: usize = 12;

impl Inner {
    /// Runs the messages that a commit held for this worker, and those that they lead to.
    pub(crate) async fn drain(self: Arc<Self>, held: Vec<Held>) {
        let mut cascade = Cascade { queue: held.into(), stuck: BTreeSet::new(), trail: VecDeque::new(), turns: 1 };
        while let Some(next) = cascade.queue.pop_front() {
            if cascade.turns >= self.options.longest_cascade {
                self.give_up_cascade(next, &mut cascade).await;
                return;
            }
            self.step(next, &mut cascade).await;
        }
    }

    async fn step(&self, next: Held, cascade: &mut Cascade) {
        let Held { message, lanes, lease, leased_at } = next;
        if lanes.iter().any(|lane| cascade.stuck.contains(lane)) {
            self.end(&lease, Settlement::Release).await;
            return;
        }
        if !self.keep_lease(&lease, leased_at).await {
            cascade.stuck.extend(lanes);
            return;
        }
        cascade.turns += 1;
        cascade.trail.push_back(format!(":{} to @{}", message.event, message.machine()));
        if cascade.trail.len() > NAMED_TURNS {
            cascade.trail.pop_front();
        }
        match self.holding(&lease, self.handle(&message, Some(&lease), None)).await {
            Ok(Handled::Done { held, .. }) => cascade.queue.extend(held),
            Ok(Handled::LeaseLost) => {}
            Err(refusal) => {
                let settlement = self.verdict(message.machine(), 0, &refusal);
                // A message that is given up holds nobody back.
                if matches!(settlement, Settlement::Retry { .. }) {
                    cascade.stuck.extend(lanes);
                }
                self.end(&lease, settlement).await;
            }
        }
    }

    /// Past the bound, what is left becomes dead letters that name the loop.
    async fn give_up_cascade(&self, first: Held, cascade: &mut Cascade) {
        let mut named: Vec<&str> = Vec::new();
        for turn in &cascade.trail {
            if !named.contains(&turn.as_str()) {
                named.push(turn);
            }
        }
        let reason = format!("a cascade of {} turns does not end; it goes round {}", cascade.turns, named.join(", "));
        for held in core::iter::once(first).chain(cascade.queue.drain(..)) {
            self.end(&held.lease, Settlement::Dead { reason: reason.clone() }).await;
        }
    }

    /// Prolongs a lease that has grown old while others had their turns; false if it is lost.
    async fn keep_lease(&self, lease: &Lease, leased_at: Timestamp) -> bool {
        let age = self.clock.now().since(leased_at).as_micros();
        let third = i64::try_from(self.options.lease.as_micros() / 3).unwrap_or(i64::MAX);
        age < third || matches!(self.store.renew(lease, self.options.lease).await, Ok(true))
    }

    /// Ends a lease. If the store cannot be asked, the lease runs out and the message is taken again.
    pub(crate) async fn end(&self, lease: &Lease, settlement: Settlement) -> bool {
        matches!(self.store.settle(lease, settlement).await, Ok(true))
    }
}

struct Cascade {
    queue: VecDeque<Held>,
    /// Lanes whose first message is being retried.
    stuck: BTreeSet<String>,
    trail: VecDeque<String>,
    turns: usize,
}
