//! Which handlers an event has, and which of them takes it: found once for a machine, so that nobody looks through all of
//! them for each event, and decided in one place for whoever lowers, checks, generates or runs.

use super::{EventId, HandlerId, MachineId, Party, System};

/// The handlers of a machine by event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    machine: MachineId,
    /// Whom alone each handler admits.
    senders: Vec<Option<Party>>,
    by_event: Vec<Vec<HandlerId>>,
}

impl Handled {
    /// Of this machine of a system.
    #[must_use]
    pub fn of(system: &System, machine: MachineId) -> Self {
        let of = system.machine(machine);
        Self::among(machine, of.events.len(), of.handlers.iter().map(|handler| (handler.event, handler.from)))
    }

    /// Of a machine with so many events, by what each of its handlers takes from whom.
    pub(crate) fn among(
        machine: MachineId,
        events: usize,
        handlers: impl IntoIterator<Item = (EventId, Option<Party>)>,
    ) -> Self {
        let mut handled = Self { machine, senders: Vec::new(), by_event: vec![Vec::new(); events] };
        for (event, sender) in handlers {
            handled.by_event[event.index()].push(HandlerId::at(handled.senders.len()));
            handled.senders.push(sender);
        }
        handled
    }

    /// Of all machines of a system, by their ids.
    #[must_use]
    pub fn of_all(system: &System) -> Vec<Self> {
        (0..system.machines.len()).map(|index| Self::of(system, MachineId::at(index))).collect()
    }

    /// The handlers of an event, in order.
    #[must_use]
    pub fn handlers(&self, event: EventId) -> &[HandlerId] {
        &self.by_event[event.index()]
    }

    /// The handler that takes an event from a machine: the one that names the sender, else the one without a sender.
    #[must_use]
    pub fn taker(&self, event: EventId, sender: MachineId) -> Option<HandlerId> {
        let from =
            |party: Option<Party>| self.handlers(event).iter().copied().find(|id| self.senders[id.index()] == party);
        from(Some(Party::Machine(sender))).or_else(|| from(None))
    }

    /// The handler that a call to the own instance runs.
    #[must_use]
    pub fn own_call(&self, event: EventId) -> Option<HandlerId> {
        self.taker(event, self.machine)
    }
}
