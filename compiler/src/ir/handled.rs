//! Which handlers an event has: found once for a machine, so that nobody looks through all of them for each event.

use super::{EventId, HandlerId, Machine, Party};

/// The handlers of a machine by event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    by_event: Vec<Vec<HandlerId>>,
}

impl Handled {
    /// Of this machine.
    pub fn of(machine: &Machine) -> Self {
        let mut by_event = vec![Vec::new(); machine.events.len()];
        for (index, handler) in machine.handlers.iter().enumerate() {
            by_event[handler.event.index()].push(HandlerId::at(index));
        }
        Self { by_event }
    }

    /// The handlers of an event, in order.
    pub fn handlers(&self, event: EventId) -> &[HandlerId] {
        &self.by_event[event.index()]
    }

    /// The handler that a call to the own instance runs: the one that names the machine itself, else the one without a
    /// sender.
    pub fn own_call(&self, machine: &Machine, event: EventId) -> Option<HandlerId> {
        let of_event = || self.handlers(event).iter().copied();
        let named = of_event().find(|id| match machine.handler(*id).from {
            Some(Party::Machine(_)) => true,
            Some(Party::Actor(_) | Party::System) | None => false,
        });
        named.or_else(|| of_event().find(|id| machine.handler(*id).from.is_none()))
    }
}
