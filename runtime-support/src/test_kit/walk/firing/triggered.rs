//! What follows from a step: what waits, and what actions are assumed to trigger.

use crate::description::Party;
use crate::dynamic::Sender;
use crate::engine::played::Played;
use crate::ids::InstanceId;
use crate::test_kit::cast::Triggered;
use crate::test_kit::report::Way;
use crate::test_kit::stage::Stopped;
use crate::test_kit::walk::story::Story;
use crate::test_kit::walk::world::Known;

impl Story<'_> {
    /// Runs what waits, and what actions triggered, until nothing is left.
    pub(super) fn settle(&mut self) -> Result<(), Stopped> {
        loop {
            self.stage.settle()?;
            let triggered = core::mem::take(&mut self.cast.memory().triggered);
            if triggered.is_empty() {
                return Ok(());
            }
            self.triggered += triggered.len();
            for triggered in triggered {
                self.trigger(triggered)?;
            }
        }
    }

    /// Delivers an event that an action triggered, as from whomever the machine expects it.
    fn trigger(&mut self, triggered: Triggered) -> Result<(), Stopped> {
        let Triggered { instance, event, payload } = triggered;
        let description = self.stage.description.clone();
        let machine = description.machines.iter().position(|machine| machine.name == instance.machine());
        let handler = machine.and_then(|machine| {
            let machine = &description.machines[machine];
            machine.handlers.iter().position(|handler| machine.events[handler.event].name == event)
        });
        let (Some(machine), Some(handler)) = (machine, handler) else {
            return Err(Stopped(format!(
                "`@{}` has no handler for `:{event}`, which an action triggers",
                instance.machine()
            )));
        };
        let from = match description.machines[machine].handlers[handler].from {
            None => Sender::Instance(instance.clone()),
            Some(Party::System) => Sender::System,
            Some(Party::Machine(partner)) => Sender::Instance(self.partner(partner)),
            Some(Party::Actor(actor)) => Sender::Actor { actor: description.actors[actor].name.clone(), subject: None },
        };
        let name = match &from {
            Sender::Instance(id) => (id.machine().to_owned(), Some(id.key().to_owned())),
            Sender::Actor { actor, .. } => (actor.to_string(), None),
            Sender::System => ("system".to_owned(), None),
        };
        let payload = self.payload(machine, handler, &payload, &Known::default());
        self.note_sent(machine, name, (&event, &payload, Way::Played));
        let (to, conversation) = (Some(instance), self.conversation.clone());
        let to_machine = &description.machines[machine].name;
        let played = Played { from, machine: to_machine, to, event: &event, conversation, data: &payload };
        let answer = self.stage.deliver(played);
        answer
            .map(drop)
            .map_err(|refusal| Stopped(format!("`:{event}`, which an action triggers, is refused: {refusal}")))
    }

    /// The instance in whose name a machine speaks.
    pub(super) fn partner(&mut self, machine: usize) -> InstanceId {
        if let Some(id) = self.stage.instance(machine) {
            return id;
        }
        let fresh = self.stage.fresh_id(&self.machine(machine).name);
        self.partners.entry(machine).or_insert(fresh).clone()
    }
}
