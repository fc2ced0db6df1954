//! Who hears what: the handlers that an emit reaches, and the ways through their statements.

use super::Subject;
use crate::ir::{Arm, Emit, EventId, Handler, HandlerId, Machine, MachineId, Party, System, Target, Way};

/// The machines of a system with their ids.
pub(super) fn machines(system: &System) -> impl Iterator<Item = (MachineId, &Machine)> {
    system.machines.iter().enumerate().map(|(index, machine)| (MachineId::at(index), machine))
}

/// The handlers of a machine with their ids.
pub(super) fn handlers(machine: &Machine) -> impl Iterator<Item = (HandlerId, &Handler)> {
    machine.handlers.iter().enumerate().map(|(index, handler)| (HandlerId::at(index), handler))
}

/// The machine that an emit goes to, and whether it knows the event; none for an actor.
pub(super) fn recipient(own: MachineId, target: &Target) -> Option<MachineId> {
    match target {
        Target::Itself(_) => Some(own),
        Target::Machine { machine, .. } | Target::Every { machine, .. } => Some(*machine),
        Target::Actor { .. } => None,
    }
}

/// The event that the recipient of an emit knows by its name.
fn event(target: &Target) -> Option<EventId> {
    match target {
        Target::Itself(event) => Some(*event),
        Target::Machine { event, .. } | Target::Every { event, .. } => *event,
        Target::Actor { .. } => None,
    }
}

/// The handlers of the recipient that admit an emit of `sender`: the one that names the sender wins.
pub(super) fn receivers<'a>(
    subject: Subject<'a>,
    sender: MachineId,
    emit: &Emit,
) -> Option<(MachineId, Vec<(HandlerId, &'a Handler)>)> {
    let recipient = recipient(sender, &emit.target)?;
    Some((recipient, event(&emit.target).map_or_else(Vec::new, |event| takers(subject, sender, (recipient, event)))))
}

/// The handlers of a machine that admit an event of `sender`, likewise.
pub(super) fn takers<'a>(
    subject: Subject<'a>,
    sender: MachineId,
    (recipient, event): (MachineId, EventId),
) -> Vec<(HandlerId, &'a Handler)> {
    let machine = subject.system.machine(recipient);
    let of_event = subject.handled[recipient.index()].handlers(event);
    let from = |sender: Option<Party>| -> Vec<(HandlerId, &Handler)> {
        let handlers = of_event.iter().map(|id| (*id, machine.handler(*id)));
        handlers.filter(|(_, handler)| handler.from == sender).collect()
    };
    let named = from(Some(Party::Machine(sender)));
    if named.is_empty() { from(None) } else { named }
}

/// Whether a handler for the event of an emit exists at the recipient at all, whoever it admits.
pub(super) fn knows_event(subject: Subject<'_>, sender: MachineId, emit: &Emit) -> bool {
    recipient(sender, &emit.target)
        .zip(event(&emit.target))
        .is_some_and(|(recipient, event)| !subject.handled[recipient.index()].handlers(event).is_empty())
}

/// Whether an emit is a call.
pub(super) fn is_call(emit: &Emit) -> bool {
    match emit.way {
        Way::Call => true,
        Way::Bare | Way::Async | Way::Broadcast => false,
    }
}

/// Whether some arm runs whatever holds.
pub(super) fn is_exhaustive(arms: &[Arm]) -> bool {
    arms.iter().any(|arm| arm.condition.is_none())
}
