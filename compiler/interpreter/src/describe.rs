//! The description of a system, built from its IR: what generated code holds as a constant.

use crate::rule::{described, field_description, schema};
use eventflow::description::{
    ActorDescription, CheckDescription, EventDescription, HandlerDescription, MachineDescription, Party, Priority,
    QueueDescription, StateDescription, SystemDescription, VariableDescription,
};
use eventflowc::ir::{self, Handler, Machine, Origins, System};
use eventflowc::source::Sources;

/// `order.flow:17` for each place of the sources, by [`ir::OriginId`].
pub(crate) fn places(origins: &Origins, sources: &Sources) -> Vec<String> {
    (0..origins.len()).map(|index| sources.place(origins.get(ir::OriginId::at(index)).span)).collect()
}

/// Describes a system. `places` are those of its origins.
pub(crate) fn describe(system: &System, places: &[String]) -> SystemDescription {
    SystemDescription {
        name: system.name.clone().into(),
        title: system.title.clone().into(),
        flow: system.hash().into(),
        machines: system.machines.iter().map(|machine| describe_machine(system, machine, places)).collect(),
        actors: system.actors.iter().map(|actor| describe_actor(system, actor)).collect(),
    }
}

fn describe_machine(system: &System, machine: &Machine, places: &[String]) -> MachineDescription {
    MachineDescription {
        name: machine.name.clone().into(),
        states: machine.states.iter().map(describe_state).collect(),
        initial: machine.initial.index(),
        variables: machine.variables.iter().map(|variable| describe_variable(system, variable)).collect(),
        identity: machine.identity.map(ir::VariableId::index),
        events: machine.events.iter().map(|event| describe_event(system, &event.name, &event.fields)).collect(),
        handlers: machine.handlers.iter().map(|handler| describe_handler(machine, handler, places)).collect(),
        queue: describe_queue(&machine.queue),
    }
}

fn describe_state(state: &ir::State) -> StateDescription {
    let outcome = state.outcome.map(|outcome| match outcome {
        ir::Outcome::Success => "success".into(),
        ir::Outcome::Failure => "failure".into(),
        ir::Outcome::Neutral => "neutral".into(),
    });
    let terminal = state.kind == Some(ir::StateKind::Terminal);
    StateDescription { name: state.name.clone().into(), terminal, outcome }
}

fn describe_variable(system: &System, variable: &ir::Variable) -> VariableDescription {
    let schema = schema(system, &variable.ty);
    VariableDescription { name: variable.name.clone().into(), schema, secret: variable.secret }
}

fn describe_event(system: &System, name: &str, fields: &[ir::Field]) -> EventDescription {
    let fields = fields.iter().map(|field| field_description(system, field)).collect();
    EventDescription { name: name.to_owned().into(), fields }
}

fn describe_handler(machine: &Machine, handler: &Handler, places: &[String]) -> HandlerDescription {
    let checks = handler.checks.iter().map(|check| CheckDescription {
        field: check.field.index(),
        required: check.required,
        bail: check.bail,
        rules: check.rules.iter().map(|rule| described(machine, rule)).collect(),
    });
    HandlerDescription {
        event: handler.event.index(),
        from: handler.from.map(|from| match from {
            ir::Party::Machine(id) => Party::Machine(id.index()),
            ir::Party::Actor(id) => Party::Actor(id.index()),
            ir::Party::System => Party::System,
        }),
        api: handler.api,
        queued: handler.queued,
        priority: handler.priority.map_or(Priority::Normal, describe_priority),
        creates: handler.creates,
        checks: checks.collect(),
        intended: handler.intended.iter().map(|state| state.index()).collect(),
        place: places.get(handler.origin.index()).cloned().unwrap_or_default().into(),
    }
}

fn describe_priority(priority: ir::Priority) -> Priority {
    match priority {
        ir::Priority::Critical => Priority::Critical,
        ir::Priority::High => Priority::High,
        ir::Priority::Normal => Priority::Normal,
        ir::Priority::Low => Priority::Low,
        ir::Priority::Bulk => Priority::Bulk,
    }
}

fn describe_queue(queue: &ir::Queue) -> QueueDescription {
    let (backoff, longest_backoff) = match queue.backoff {
        ir::Backoff::Fixed(wait) => (wait, wait),
        ir::Backoff::Exponential { from, up_to } => (from, up_to),
    };
    QueueDescription {
        by_priority: queue.by_priority,
        workers: queue.workers,
        retries: queue.retries,
        backoff,
        longest_backoff,
        dead_letter: queue.dead_letter,
        limit: queue.limit,
    }
}

fn describe_actor(system: &System, actor: &ir::Actor) -> ActorDescription {
    let hears = actor.hears.iter().map(|port| describe_event(system, &port.name, &port.fields)).collect();
    ActorDescription { name: actor.name.clone().into(), hears }
}
