//! Plans the module of the system: the names of its clients' methods, of its builder's parameters and fields, of what it
//! shows, and of the constants that describe it.

use super::machine::records_of;
use super::names::{Name, Scope};
use super::wish;
use crate::diagnostic::Diagnostics;
use crate::ir::{ActorId, EventId, HandlerId, Machine, MachineId, Origins, Party, RecordId, System, Target, Type};
use crate::source::Span;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The plan of the system's module, beside what [`super::ActorPlan`] says of its actors.
#[derive(Clone, Debug, Serialize)]
pub struct SystemPlan {
    /// What each external actor may send, by [`ActorId`].
    pub clients: Vec<Vec<MethodPlan>>,
    /// What may be sent in the name of nobody: `(api)` events without `from`, and those that nobody emits.
    pub open: Vec<MethodPlan>,
    /// What supplies each machine's sentences, by [`MachineId`]; none where all is in the flow.
    pub behaviors: Vec<Option<SupplyPlan>>,
    /// What supplies the port to each actor, by [`ActorId`]; none for an actor that hears nothing.
    pub ports: Vec<Option<SupplyPlan>>,
    /// The method that shows an instance of each machine, by [`MachineId`].
    pub shown: Vec<Name>,
    /// The method that gives the client of each actor, by [`ActorId`].
    pub speakers: Vec<Name>,
    /// The constants of the record types that schemas are made of.
    pub records: BTreeMap<RecordId, Name>,
    /// The constants of the machines' descriptions, by [`MachineId`].
    pub constants: Vec<Name>,
}

/// A method of a client: an event to a machine, and the handler that it is for.
#[derive(Clone, Debug, Serialize)]
pub struct MethodPlan {
    /// The method.
    pub name: Name,
    /// The machine.
    pub machine: MachineId,
    /// The handler.
    pub handler: HandlerId,
}

/// Something that the user of a system must supply.
#[derive(Clone, Debug, Serialize)]
pub struct SupplyPlan {
    /// The field of the builder.
    pub field: Name,
    /// The type parameter of the builder.
    pub parameter: Name,
}

pub(super) fn plan(system: &System, origins: &Origins, diagnostics: &mut Diagnostics) -> SystemPlan {
    let (behaviors, ports) = supplies(system, origins, diagnostics);
    let mut methods = Scope::with_fixed(&["engine", "system"]);
    let machines = system.machines.iter();
    let shown = machines
        .clone()
        .map(|machine| methods.snake(wish("machine", "@", &machine.name, machine.origin, origins), diagnostics))
        .collect();
    let actors = system.actors.iter();
    let speakers = actors
        .map(|actor| methods.snake(wish("actor", "@", &actor.name, actor.origin, origins), diagnostics))
        .collect();
    let mut constants = Scope::with_fixed(&["MACHINES", "ACTORS"]);
    let span = super::no_place();
    let machine_constants =
        machines.map(|machine| constants.invent(&constant("machine", &machine.name), span)).collect();
    let clients = (0..system.actors.len()).map(|actor| {
        let actor = Some(Party::Actor(ActorId::at(actor)));
        let from = |(_, machine): (MachineId, &Machine), id: HandlerId| machine.handler(id).from == actor;
        client(system, origins, diagnostics, &from)
    });
    let clients = clients.collect();
    let emitted = emitted(system);
    SystemPlan {
        clients,
        open: client(system, origins, diagnostics, &|machine, id| is_open(machine, id, &emitted)),
        behaviors,
        ports,
        shown,
        speakers,
        records: record_constants(system, &mut constants, span),
        constants: machine_constants,
    }
}

fn constant(kind: &str, name: &str) -> Name {
    Name::constant(&format!("{kind}_{name}"))
}

/// The fields and parameters of the builder.
fn supplies(
    system: &System,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> (Vec<Option<SupplyPlan>>, Vec<Option<SupplyPlan>>) {
    let mut fields = Scope::default();
    let mut parameters = Scope::with_fixed(&["System", "Running", "Client"]);
    let mut behaviors = Vec::new();
    for machine in &system.machines {
        behaviors.push((!machine.sentences.is_empty()).then(|| SupplyPlan {
            field: fields.snake(wish("machine", "@", &machine.name, machine.origin, origins), diagnostics),
            parameter: parameters.invent(&Name::pascal(&format!("{}_behavior", machine.name)), super::no_place()),
        }));
    }
    let mut ports = Vec::new();
    for actor in &system.actors {
        ports.push((!actor.hears.is_empty()).then(|| SupplyPlan {
            field: fields.snake(wish("actor", "@", &actor.name, actor.origin, origins), diagnostics),
            parameter: parameters.invent(&Name::pascal(&format!("{}_port", actor.name)), super::no_place()),
        }));
    }
    (behaviors, ports)
}

/// The methods for the handlers that a client may speak to: called like the event, and where several machines have an
/// event of that name, like the event and the machine.
fn client(
    system: &System,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
    admitted: &dyn Fn((MachineId, &Machine), HandlerId) -> bool,
) -> Vec<MethodPlan> {
    let mut found = Vec::new();
    for (index, machine) in system.machines.iter().enumerate() {
        let handlers = (0..machine.handlers.len()).map(HandlerId::at);
        let machine_id = MachineId::at(index);
        found.extend(handlers.filter(|id| admitted((machine_id, machine), *id)).map(|id| (machine_id, id)));
    }
    let event = |(machine, handler): (MachineId, HandlerId)| {
        let machine = system.machine(machine);
        machine.event(machine.handler(handler).event).name.as_str()
    };
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    found.iter().for_each(|entry| *told.entry(event(*entry)).or_default() += 1);
    let mut scope = Scope::with_fixed(&["new"]);
    let mut methods = Vec::new();
    for entry in &found {
        let (machine, handler) = *entry;
        let several = told.get(event(*entry)).is_some_and(|count| *count > 1);
        let recipient = system.machine(machine);
        let name = match several {
            true => format!("{}_to_{}", event(*entry), recipient.name),
            false => event(*entry).to_owned(),
        };
        let origin = recipient.event(recipient.handler(handler).event).origin;
        let wish = wish("event", ":", &name, origin, origins);
        // Of machines that become one name in Rust that is said, and nobody wrote the name of this method.
        let earlier = &system.machines[..machine.index()];
        let one_name = |other: &Machine| Name::snake(&other.name) == Name::snake(&recipient.name);
        let name = match several && earlier.iter().any(one_name) {
            true => scope.invent_snake(wish),
            false => scope.snake(wish, diagnostics),
        };
        methods.push(MethodPlan { name, machine, handler });
    }
    methods
}

/// Whether an event without `from` may be sent by anybody: it is `(api)`, or nobody in the unit emits it.
fn is_open(machine: (MachineId, &Machine), id: HandlerId, emitted: &BTreeSet<(MachineId, EventId)>) -> bool {
    let (machine_id, machine) = machine;
    let handler = machine.handler(id);
    let event = machine.event(handler.event);
    if handler.from.is_some() || event.reserved.is_some() {
        return false;
    }
    handler.api || !(emitted.contains(&(machine_id, handler.event)) || event.scheduled)
}

/// Every event that a machine of the unit emits, with its recipient.
fn emitted(system: &System) -> BTreeSet<(MachineId, EventId)> {
    let mut emitted = BTreeSet::new();
    for (index, machine) in system.machines.iter().enumerate() {
        emitted.extend(machine.messages.iter().filter_map(|message| match &message.target {
            Target::Itself(event) => Some((MachineId::at(index), *event)),
            Target::Machine { machine, event } | Target::Every { machine, event, .. } => Some((*machine, (*event)?)),
            Target::Actor { .. } => None,
        }));
    }
    emitted
}

/// The record types that schemas are made of, each with its constant.
fn record_constants(system: &System, constants: &mut Scope, span: Span) -> BTreeMap<RecordId, Name> {
    let used: BTreeSet<RecordId> = records_of(system, schemas(system));
    used.into_iter().map(|id| (id, constants.invent(&constant("record", &system.record(id).name), span))).collect()
}

/// All types that the description names.
fn schemas(system: &System) -> Vec<&Type> {
    let machines = || system.machines.iter();
    let mut types: Vec<&Type> =
        machines().flat_map(|machine| &machine.variables).map(|variable| &variable.ty).collect();
    types.extend(machines().flat_map(|machine| &machine.events).flat_map(|event| &event.fields).map(|field| &field.ty));
    let hears = system.actors.iter().flat_map(|actor| &actor.hears);
    types.extend(hears.flat_map(|port| &port.fields).map(|field| &field.ty));
    types
}
