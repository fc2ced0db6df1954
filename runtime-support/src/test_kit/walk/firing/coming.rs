//! Whether the event of a step has come, can come, or will not.

use super::{Fired, status};
use crate::description::{HandlerDescription, Party};
use crate::record::{Emitted, SentBy};
use crate::test_kit::claims::recipient;
use crate::test_kit::plan::{Firing, Step};
use crate::test_kit::report::StepStatus;
use crate::test_kit::stage::Stopped;
use crate::test_kit::walk::story::Story;
use crate::test_kit::watch::TurnLog;

impl Story<'_> {
    /// Whether the event of a step may come without the story's doing.
    pub(in crate::test_kit::walk) fn may_come(&self, step: &Step) -> bool {
        let handler = &self.machine(step.machine).handlers[step.handler];
        step.firing != Firing::Always && self.comes_by_itself(step.machine, handler)
    }

    /// Whether the event of a step has come by itself, and no step has told it yet.
    pub(in crate::test_kit::walk) fn has_come(&self, step: &Step) -> bool {
        let is_it = |turn: &TurnLog| !turn.claimed && turn.machine == step.machine && turn.handler == step.handler;
        self.may_come(step) && self.stage.log().turns.iter().any(is_it)
    }

    /// Whether an awaited event has come, or its actor has been asked for it and has not answered yet.
    pub(in crate::test_kit::walk) fn is_due(&self, step: &Step) -> bool {
        if self.has_come(step) {
            return true;
        }
        let handler = &self.machine(step.machine).handlers[step.handler];
        match handler.from {
            Some(Party::Actor(actor)) if !handler.api => {
                let actor = &self.stage.description.actors[actor].name;
                let answered = self.answers_told.get(&(step.machine, actor.to_string())).copied().unwrap_or_default();
                answered < self.times_asked(step.machine, actor)
            }
            Some(Party::Actor(_) | Party::Machine(_) | Party::System) | None => false,
        }
    }

    /// Whether an event may come without the story's doing: from a machine that is there, or from the machine itself.
    pub(super) fn comes_by_itself(&self, machine: usize, handler: &HandlerDescription) -> bool {
        match handler.from {
            None => !handler.api,
            Some(Party::Machine(partner)) => partner == machine || self.is_there(partner),
            Some(Party::System) => true,
            Some(Party::Actor(_)) => false,
        }
    }

    /// Whether a machine speaks for itself.
    pub(super) fn is_there(&self, machine: usize) -> bool {
        !self.test.alone || machine == self.test.machine
    }

    /// The turn of a step that came by itself, if it did.
    pub(super) fn claimed(&mut self, step: &Step) -> Option<Fired> {
        let (message, end) = {
            let mut log = self.stage.log();
            let mut turns = log.turns.iter_mut().filter(|turn| !turn.claimed);
            let turn = turns.find(|turn| turn.machine == step.machine && turn.handler == step.handler)?;
            turn.claimed = true;
            (turn.message, turn.end.clone())
        };
        self.carries_what_it_does(step);
        Some(Fired::Yes(self.turned(message, status(&end))))
    }

    /// Fails a test that says what an event carries which the story does not send.
    fn carries_what_it_does(&mut self, step: &Step) {
        if let Some(filling) = step.payload.first() {
            let (expected, hint) = ("an event that the story sends", "vary what leads to it");
            self.fail_at(&filling.place, expected, "it came by itself, so that nothing changes what it carries", hint);
        }
    }

    /// Moves the clock to the step's timer, if there is one.
    pub(super) fn reach(&mut self, step: &Step, event: &str) -> Result<Option<Fired>, Stopped> {
        let Some(id) = self.stage.instance(step.machine) else { return Ok(None) };
        let Some(timer) = self.stage.armed(&id, event) else { return Ok(None) };
        self.carries_what_it_does(step);
        self.stage.move_to(timer.due)?;
        self.settle()?;
        let end = self.claim(timer.id);
        // A timer on the way may have disarmed it.
        let status =
            end.map_or_else(|| StepStatus::NotFired { why: "its timer was disarmed".to_owned() }, |end| status(&end));
        Ok(Some(match status {
            StepStatus::NotFired { why } => Fired::No(why),
            StepStatus::Handled | StepStatus::Ignored | StepStatus::Refused { .. } => {
                Fired::Yes(self.turned(timer.id, status))
            }
        }))
    }

    /// How often a machine has emitted something to a partner; calls are answered as they are made.
    fn times_asked(&self, machine: usize, partner: &str) -> usize {
        let name = &self.machine(machine).name;
        let emits = self.stage.journal.iter().filter(|entry| entry.id.machine() == *name).map(|entry| &entry.record);
        let asked = emits.flat_map(|record| {
            record.emits.iter().zip(record.calls.iter().map(Option::is_some).chain(core::iter::repeat(false)))
        });
        let asked = asked
            .filter(|(emitted, is_call)| !is_call && emitted.way != SentBy::Call && recipient(&emitted.to) == partner);
        asked.count()
    }

    /// Why a partner has nothing more to answer.
    pub(super) fn is_answered(&self, machine: usize, partner: &str) -> Option<String> {
        let asked = self.times_asked(machine, partner);
        let answered = self.answers_told.get(&(machine, partner.to_owned())).copied().unwrap_or_default();
        if answered < asked.max(1) {
            return None;
        }
        Some(match asked {
            0 => format!("`@{partner}` was never asked, and has spoken once"),
            1 => format!("`@{partner}` was asked once, and has answered"),
            _ => format!("`@{partner}` was asked {asked} times, and has answered {answered} times"),
        })
    }

    /// Why nothing came of a machine that is there: it did not send it, or to others.
    pub(super) fn unsent(&self, partner: usize, (machine, event): (usize, &str)) -> String {
        let (from, to) = (&self.machine(partner).name, &self.machine(machine).name);
        let mut emits = self.stage.journal.iter().filter(|entry| entry.id.machine() == *from);
        let is_it = |emitted: &Emitted| emitted.event == event && recipient(&emitted.to) == *to;
        if emits.any(|entry| entry.record.emits.iter().any(is_it)) {
            return format!("no `@{to}` was there that takes what `@{from}` sent");
        }
        format!("`@{from}` did not send it")
    }
}
