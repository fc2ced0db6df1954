//! Who hears what: the handlers that an emit reaches, and the ways through their statements.

use crate::ir::{Arm, Emit, Handler, HandlerId, Machine, MachineId, System, Target, Way};

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

/// The handlers of the recipient that admit an emit of `sender`: the one that names the sender wins.
pub(super) fn receivers<'a>(
    system: &'a System,
    sender: MachineId,
    emit: &Emit,
) -> Option<(MachineId, Vec<(HandlerId, &'a Handler)>)> {
    let recipient = recipient(sender, &emit.target)?;
    let event = &system.machine(sender).message(emit.message).event;
    let machine = system.machine(recipient);
    let of_event = |handler: &Handler| machine.event(handler.event).name == *event;
    let named = crate::ir::Party::Machine(sender);
    let mut found: Vec<_> =
        handlers(machine).filter(|(_, handler)| of_event(handler) && handler.from == Some(named)).collect();
    if found.is_empty() {
        found = handlers(machine).filter(|(_, handler)| of_event(handler) && handler.from.is_none()).collect();
    }
    Some((recipient, found))
}

/// Whether a handler for the event of an emit exists at the recipient at all, whoever it admits.
pub(super) fn knows_event(system: &System, sender: MachineId, emit: &Emit) -> bool {
    recipient(sender, &emit.target).is_some_and(|recipient| {
        let event = &system.machine(sender).message(emit.message).event;
        let machine = system.machine(recipient);
        machine.handlers.iter().any(|handler| machine.event(handler.event).name == *event)
    })
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
