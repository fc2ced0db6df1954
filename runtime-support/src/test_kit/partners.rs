//! Partners that are played: external actors, and the machines of the system in a test of one machine alone.
//!
//! They accept everything. What they say by themselves the story says for them; what they are called for they answer with
//! a sample.

use super::cast::Cast;
use crate::codec::{Encoder, Mismatch};
use crate::description::{EventDescription, HandlerDescription, MachineDescription, Priority, SystemDescription};
use crate::dynamic::{
    Acceptance, Accepted, BoxError, BoxFuture, Delivery, DynDecision, DynMachine, DynPort, DynTurn, Failure, Instance,
    Outcome,
};
use crate::json::Json;
use core::future::ready;
use std::sync::Arc;

/// An external actor.
pub(crate) struct PlayedActor {
    pub(crate) name: String,
    pub(crate) cast: Arc<Cast>,
}

impl DynPort for PlayedActor {
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> BoxFuture<'a, Result<Option<String>, BoxError>> {
        let answer = self.cast.answer(&self.name, delivery.event);
        Box::pin(ready(Ok(answer.map(|answer| Encoder::encode(&answer)))))
    }
}

/// A machine whose turns accept whatever comes.
pub(crate) struct PlayedMachine {
    /// The real one: what an instance is.
    pub(crate) inner: Arc<dyn DynMachine>,
    pub(crate) cast: Arc<Cast>,
}

impl DynMachine for PlayedMachine {
    fn description(&self) -> &MachineDescription {
        self.inner.description()
    }

    fn fresh(&self) -> Box<dyn Instance> {
        self.inner.fresh()
    }

    fn restore(&self, state: &str, context: &Json) -> Result<Box<dyn Instance>, Mismatch> {
        self.inner.restore(state, context)
    }

    fn decide<'a>(&'a self, turn: DynTurn<'a>) -> BoxFuture<'a, Result<Outcome, Failure>> {
        let machine = self.description();
        // Its handlers are its events, one each.
        let event = machine.events.get(turn.handler);
        let answer = event.and_then(|event| self.cast.answer(&machine.name, &event.name));
        let returned = answer.map(|answer| Encoder::encode(&answer));
        Box::pin(ready(Ok(Outcome::Decided(DynDecision { returned, ..DynDecision::default() }))))
    }

    fn accept(&self, _: &Acceptance<'_>) -> Result<Accepted, Failure> {
        Ok(Accepted { reply: None, fixed: Json::object([]) })
    }

    fn keeps_rule(&self, _: usize, _: &Json) -> Result<bool, Failure> {
        Ok(true)
    }
}

/// A system in which all machines but one are played: those have a handler for every event, from whomever, without rules.
pub(crate) fn alone(system: &SystemDescription, subject: usize) -> SystemDescription {
    let mut system = system.clone();
    for (position, machine) in system.machines.to_mut().iter_mut().enumerate() {
        if position == subject {
            continue;
        }
        machine.events.to_mut().iter_mut().for_each(loosen);
        machine.handlers = (0..machine.events.len()).map(accepting).collect();
        machine.identity = None;
    }
    system
}

fn loosen(event: &mut EventDescription) {
    event.fields.to_mut().iter_mut().for_each(|field| field.required = false);
}

fn accepting(event: usize) -> HandlerDescription {
    HandlerDescription {
        event,
        from: None,
        api: false,
        queued: false,
        priority: Priority::Normal,
        creates: true,
        checks: Vec::new().into(),
        intended: Vec::new().into(),
        place: "".into(),
    }
}

/// Failed messages are tried again at once, and what is given up is kept to be looked at.
pub(crate) fn hasten(system: &mut SystemDescription) {
    for machine in system.machines.to_mut() {
        machine.queue.backoff = 0;
        machine.queue.longest_backoff = 0;
        machine.queue.dead_letter = true;
    }
}
