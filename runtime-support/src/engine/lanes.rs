//! One turn of an instance at a time within this process: who comes while another decides waits in line.
//!
//! The store alone keeps turns apart (a second one conflicts); the lanes only spare the work of deciding in vain.

use crate::ids::InstanceId;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The instances in a turn, each with those who wait for it.
#[derive(Clone, Default)]
pub(crate) struct Lanes(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    lanes: BTreeMap<InstanceId, VecDeque<(u64, Option<Waker>)>>,
    tickets: u64,
}

impl Lanes {
    /// Waits until nobody else is in a turn of the instance.
    pub(crate) fn enter(&self, id: &InstanceId) -> Enter {
        let mut table = self.table();
        table.tickets += 1;
        let ticket = table.tickets;
        table.lanes.entry(id.clone()).or_default().push_back((ticket, None));
        Enter { place: Some(Place { lanes: self.clone(), id: id.clone(), ticket }) }
    }

    /// Whether somebody is in a turn of the instance or waits for one.
    pub(crate) fn is_taken(&self, id: &InstanceId) -> bool {
        self.table().lanes.contains_key(id)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The wait for a lane.
pub(crate) struct Enter {
    place: Option<Place>,
}

impl Future for Enter {
    type Output = Place;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Place> {
        let place = self.place.take().expect("a lane is not polled after it was entered");
        if place.is_first(context.waker()) {
            return Poll::Ready(place);
        }
        self.place = Some(place);
        Poll::Pending
    }
}

/// A place in line; who is first is in. Dropping it gives it up.
pub(crate) struct Place {
    lanes: Lanes,
    id: InstanceId,
    ticket: u64,
}

impl Place {
    fn is_first(&self, waker: &Waker) -> bool {
        let mut table = self.lanes.table();
        let Some(line) = table.lanes.get_mut(&self.id) else { return true };
        if line.front().is_some_and(|(ticket, _)| *ticket == self.ticket) {
            return true;
        }
        if let Some((_, waiting)) = line.iter_mut().find(|(ticket, _)| *ticket == self.ticket) {
            *waiting = Some(waker.clone());
        }
        false
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.lanes.table();
        let Some(line) = table.lanes.get_mut(&self.id) else { return };
        line.retain(|(ticket, _)| *ticket != self.ticket);
        let next = line.front_mut().and_then(|(_, waker)| waker.take());
        if line.is_empty() {
            table.lanes.remove(&self.id);
        }
        drop(table);
        if let Some(waker) = next {
            waker.wake();
        }
    }
}
