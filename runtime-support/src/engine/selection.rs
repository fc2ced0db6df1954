//! Which handler takes an event: by the event and by who sent it.

use crate::description::{MachineDescription, Party, SystemDescription};
use crate::dynamic::Sender;

/// Events that the runtime raises in place of another; nobody can send them.
pub(crate) const VALIDATION_FAILED: &str = "validation_failed";
/// See [`VALIDATION_FAILED`].
pub(crate) const CONSTRAINT_VIOLATED: &str = "constraint_violated";
/// What `start timer` brings back.
pub(crate) const TIMER_EXPIRED: &str = "timer_expired";

/// The handler for an event of a sender, by position; one that names the sender beats one that names nobody.
pub(crate) fn handler(
    system: &SystemDescription,
    machine: &MachineDescription,
    event: &str,
    sender: &Sender,
) -> Option<usize> {
    let from_outside = matches!(sender, Sender::Actor { .. });
    if event == VALIDATION_FAILED || event == CONSTRAINT_VIOLATED || (from_outside && event == TIMER_EXPIRED) {
        return None;
    }
    let party = party(system, sender);
    let of_event = |position: &usize| machine.events[machine.handlers[*position].event].name == event;
    let candidates = || (0..machine.handlers.len()).filter(of_event);
    let named = candidates().find(|position| party.is_some() && machine.handlers[*position].from == party);
    named.or_else(|| candidates().find(|position| machine.handlers[*position].from.is_none()))
}

/// The handler of a reserved event, by position.
pub(crate) fn reserved(machine: &MachineDescription, event: &str) -> Option<usize> {
    machine.handlers.iter().position(|handler| machine.events[handler.event].name == event)
}

/// The machine of a name, by position.
pub(crate) fn machine(system: &SystemDescription, name: &str) -> Option<usize> {
    system.machines.iter().position(|machine| machine.name == name)
}

/// The external actor of a name, by position.
pub(crate) fn actor(system: &SystemDescription, name: &str) -> Option<usize> {
    system.actors.iter().position(|actor| actor.name == name)
}

/// The events from outside that a sender may expect to be accepted in a state.
pub(crate) fn accepted(
    system: &SystemDescription,
    machine: &MachineDescription,
    state: &str,
    sender: &Sender,
) -> Vec<String> {
    let party = party(system, sender);
    let meant = |intended: &[usize]| intended.is_empty() || intended.iter().any(|at| machine.states[*at].name == state);
    let mut names = Vec::new();
    for handler in machine.handlers.iter().filter(|handler| handler.api && meant(&handler.intended)) {
        let name = &machine.events[handler.event].name;
        let admitted = handler.from.is_none() || handler.from == party;
        if admitted && !names.iter().any(|known| known == name) {
            names.push(name.to_string());
        }
    }
    names
}

fn party(system: &SystemDescription, sender: &Sender) -> Option<Party> {
    match sender {
        Sender::Instance(id) => machine(system, id.machine()).map(Party::Machine),
        Sender::Actor { actor: name, .. } => actor(system, name).map(Party::Actor),
        Sender::System => Some(Party::System),
    }
}
