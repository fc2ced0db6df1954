//! Who hears what: the handlers that an emit reaches, and the ways through their statements.

use super::Subject;
use crate::ir::{Arm, Emit, EventId, Handler, HandlerId, Machine, MachineId, System, Target, Way};

/// The machines of a system with their ids.
pub(super) fn machines(system: &System) -> impl Iterator<Item = (MachineId, &Machine)> {
    system.machines.iter().enumerate().map(|(index, machine)| (MachineId::at(index), machine))
}

/// The handlers of a machine with their ids.
pub(super) fn handlers(machine: &Machine) -> impl Iterator<Item = (HandlerId, &Handler)> {
    machine.handlers.iter().enumerate().map(|(index, handler)| (HandlerId::at(index), handler))
}

/// The machine that an emit goes to; none for an actor.
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

/// The machine that an emit of `sender` goes to, and its handler that takes it, if one does; none for an actor.
pub(super) fn receiver<'a>(
    subject: Subject<'a>,
    sender: MachineId,
    emit: &Emit,
) -> Option<(MachineId, Option<(HandlerId, &'a Handler)>)> {
    let recipient = recipient(sender, &emit.target)?;
    Some((recipient, event(&emit.target).and_then(|event| taker(subject, sender, (recipient, event)))))
}

/// The handler of a machine that takes an event of `sender`.
pub(super) fn taker<'a>(
    subject: Subject<'a>,
    sender: MachineId,
    (recipient, event): (MachineId, EventId),
) -> Option<(HandlerId, &'a Handler)> {
    let taker = subject.handled[recipient.index()].taker(event, sender);
    taker.map(|id| (id, subject.system.machine(recipient).handler(id)))
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
