//! Whether and how a step of the story happens.
//!
//! API events always do. An answer of a partner happens while fewer answers were told than the partner was asked for, or
//! once if it was never asked. An event without a sender happens once, unless it came by itself; a timer when the clock
//! reaches it; a reserved event if it is raised.

use super::exchange::Sent;
use super::outcome;
use super::story::{Story, Until};
use super::world::Known;
use crate::description::{HandlerDescription, Party};
use crate::dynamic::Sender;
use crate::engine::played::Played;
use crate::engine::selection::{CONSTRAINT_VIOLATED, TIMER_EXPIRED, VALIDATION_FAILED};
use crate::ids::{InstanceId, MessageId};
use crate::json::Json;
use crate::record::{Emitted, SentBy};
use crate::request::{Answer, Refusal, Request, Status};
use crate::test_kit::cast::Triggered;
use crate::test_kit::claims::recipient;
use crate::test_kit::plan::{Firing, Step};
use crate::test_kit::report::{StepStatus, Way};
use crate::test_kit::stage::Stopped;
use crate::test_kit::watch::{End, TurnLog};

/// What became of a step.
pub(super) enum Fired {
    /// It did not happen.
    No(String),
    /// It did.
    Yes(Turned),
}

/// A step that happened.
pub(super) struct Turned {
    /// The message whose turn it was; none if it was refused at the door.
    pub(super) message: Option<MessageId>,
    pub(super) status: StepStatus,
    /// What it carried, if the story sent it.
    pub(super) payload: Option<Json>,
    /// What was taken down right after it, if no turn tells.
    mark: Until,
    /// Whether its turn failed, other than by a refusal.
    pub(super) broke: bool,
}

impl Story<'_> {
    pub(super) fn fire(&mut self, step: &Step, known: &Known) -> Result<Fired, Stopped> {
        let machine = self.machine(step.machine);
        let handler = machine.handlers[step.handler].clone();
        let event = machine.events[handler.event].name.to_string();
        if event == VALIDATION_FAILED || event == CONSTRAINT_VIOLATED {
            return Ok(self.claimed(step).unwrap_or_else(|| Fired::No("nothing raised it".to_owned())));
        }
        let told = step.firing != Firing::Always;
        if told
            && self.comes_by_itself(step.machine, &handler)
            && let Some(fired) = self.claimed(step)
        {
            return Ok(fired);
        }
        if !handler.api
            && let Some(fired) = self.reach(step, &event)?
        {
            return Ok(fired);
        }
        match handler.from {
            Some(Party::System) => Ok(Fired::No("no timer is pending".to_owned())),
            None if event == TIMER_EXPIRED => Ok(Fired::No("no timer is pending".to_owned())),
            None => self.ask(step, None, known),
            Some(Party::Machine(partner)) => {
                let name = self.machine(partner).name.to_string();
                if told && self.is_there(partner) {
                    return Ok(Fired::No(self.unsent(partner, (step.machine, &event))));
                }
                if told && let Some(why) = self.is_answered(step.machine, &name) {
                    return Ok(Fired::No(why));
                }
                self.speak(step, partner, known)
            }
            Some(Party::Actor(actor)) => {
                let name = self.stage.description.actors[actor].name.to_string();
                if !handler.api {
                    if told && let Some(why) = self.is_answered(step.machine, &name) {
                        return Ok(Fired::No(why));
                    }
                    *self.answers_told.entry((step.machine, name.clone())).or_default() += 1;
                }
                self.ask(step, Some(name), known)
            }
        }
    }

    /// Whether the event of a step may come without the story's doing.
    pub(super) fn may_come(&self, step: &Step) -> bool {
        let handler = &self.machine(step.machine).handlers[step.handler];
        step.firing != Firing::Always && self.comes_by_itself(step.machine, handler)
    }

    /// Whether the event of a step has come by itself, and no step has told it yet.
    pub(super) fn has_come(&self, step: &Step) -> bool {
        let is_it = |turn: &TurnLog| !turn.claimed && turn.machine == step.machine && turn.handler == step.handler;
        self.may_come(step) && self.stage.log().turns.iter().any(is_it)
    }

    /// Whether an awaited event has come, or its actor has been asked for it and has not answered yet.
    pub(super) fn is_due(&self, step: &Step) -> bool {
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
    fn comes_by_itself(&self, machine: usize, handler: &HandlerDescription) -> bool {
        match handler.from {
            None => !handler.api,
            Some(Party::Machine(partner)) => partner == machine || self.is_there(partner),
            Some(Party::System) => true,
            Some(Party::Actor(_)) => false,
        }
    }

    /// Whether a machine speaks for itself.
    fn is_there(&self, machine: usize) -> bool {
        !self.test.alone || machine == self.test.machine
    }

    /// The turn of a step that came by itself, if it did.
    fn claimed(&mut self, step: &Step) -> Option<Fired> {
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
    fn reach(&mut self, step: &Step, event: &str) -> Result<Option<Fired>, Stopped> {
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
    fn is_answered(&self, machine: usize, partner: &str) -> Option<String> {
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
    fn unsent(&self, partner: usize, (machine, event): (usize, &str)) -> String {
        let (from, to) = (&self.machine(partner).name, &self.machine(machine).name);
        let mut emits = self.stage.journal.iter().filter(|entry| entry.id.machine() == *from);
        let is_it = |emitted: &Emitted| emitted.event == event && recipient(&emitted.to) == *to;
        if emits.any(|entry| entry.record.emits.iter().any(is_it)) {
            return format!("no `@{to}` was there that takes what `@{from}` sent");
        }
        format!("`@{from}` did not send it")
    }

    /// Sends a request from outside, as an actor or as nobody in particular.
    fn ask(&mut self, step: &Step, actor: Option<String>, known: &Known) -> Result<Fired, Stopped> {
        self.ensure_instance(step.machine, step.handler)?;
        let payload = self.payload(step.machine, step.handler, &step.payload, known);
        let to = self.stage.instance(step.machine);
        let subject = actor.as_ref().and_then(|actor| known.subjects.get(actor).map(|subject| (actor, subject)));
        let subject = subject.map(|(actor, subject)| subject.clone().unwrap_or_else(|| actor.clone()));
        let member = (actor.clone().unwrap_or_default(), subject.clone());
        // A conversation is joined by its address or by one of its members; code of this process answers for itself.
        let joins = to.is_none() && self.conversation.is_some();
        let subject = subject.filter(|_| !joins || self.members.contains(&member));
        let described = self.machine(step.machine);
        let event = described.events[described.handlers[step.handler].event].name.clone();
        let request = Request {
            machine: described.name.clone(),
            event: event.clone(),
            actor: actor.clone().map(Into::into),
            subject,
            to: to.map(|id| id.key().to_owned()),
            conversation: self.conversation.clone().filter(|_| joins),
            key: None,
            data: payload.to_string(),
        };
        self.note_sent(step.machine, (actor.unwrap_or_default(), None), (&event, &payload, Way::Request));
        let answer = self.stage.request(request);
        if answer.is_ok() {
            self.members.insert(member);
        }
        self.answered(step, answer, payload).map(Fired::Yes)
    }

    /// Lets a played machine say something, or a real one in its name.
    fn speak(&mut self, step: &Step, partner: usize, known: &Known) -> Result<Fired, Stopped> {
        self.ensure_instance(step.machine, step.handler)?;
        let name = self.machine(partner).name.to_string();
        *self.answers_told.entry((step.machine, name.clone())).or_default() += 1;
        let payload = self.payload(step.machine, step.handler, &step.payload, known);
        let from = self.partner(partner);
        let described = self.machine(step.machine);
        let (machine, event) =
            (described.name.to_string(), described.events[described.handlers[step.handler].event].name.to_string());
        let (to, conversation) = (self.stage.instance(step.machine), self.conversation.clone());
        self.note_sent(step.machine, (name, Some(from.key().to_owned())), (&event, &payload, Way::Played));
        let from = Sender::Instance(from);
        let played = Played { from, machine: &machine, to, event: &event, conversation, data: &payload };
        let answer = self.stage.deliver(played);
        self.answered(step, answer, payload).map(Fired::Yes)
    }

    /// Takes in the answer to what the story sent, and runs what follows.
    fn answered(&mut self, step: &Step, answer: Result<Answer, Refusal>, payload: Json) -> Result<Turned, Stopped> {
        let mark = self.until_now();
        let api = self.machine(step.machine).handlers[step.handler].api;
        let replied = outcome::replied(&answer);
        if let Some(sent) = self.sent.last_mut() {
            sent.message = answer.as_ref().ok().map(|answer| answer.request);
            sent.reply = api.then_some(replied.status);
        }
        if api {
            self.reply = Some(replied);
        }
        let (mut message, mut status, mut broke) = (None, StepStatus::Handled, false);
        match answer {
            Ok(answer) => {
                self.conversation.get_or_insert(answer.conversation);
                let queued = answer.status == Status::Queued;
                message = Some(if queued { MessageId::derive(answer.request, 0) } else { answer.request });
                if matches!(answer.status, Status::Ignored { .. }) {
                    status = StepStatus::Ignored;
                }
            }
            Err(refusal) => {
                broke = matches!(refusal, Refusal::Failed(_));
                let why = refusal.to_string();
                self.told_failures.insert(why.clone());
                status = StepStatus::Refused { why };
            }
        }
        self.settle()?;
        if let Some(message) = message
            && let Some(end) = self.claim(message)
            && status == StepStatus::Handled
        {
            broke = matches!(end, End::Failed(_));
            status = self::status(&end);
        }
        Ok(Turned { message, status, payload: Some(payload), mark, broke })
    }

    /// Runs what waits, and what actions triggered, until nothing is left.
    fn settle(&mut self) -> Result<(), Stopped> {
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
    fn partner(&mut self, machine: usize) -> InstanceId {
        if let Some(id) = self.stage.instance(machine) {
            return id;
        }
        let fresh = self.stage.fresh_id(&self.machine(machine).name);
        self.partners.entry(machine).or_insert(fresh).clone()
    }

    fn note_sent(
        &mut self,
        machine: usize,
        (from, instance): (String, Option<String>),
        (event, payload, way): (&str, &Json, Way),
    ) {
        let to = self.stage.instance(machine).map(|id| id.key().to_owned());
        let to = (self.machine(machine).name.to_string(), to);
        let at = self.stage.journal.len();
        let (event, payload) = (event.to_owned(), payload.to_string());
        self.sent.push(Sent { at, from: (from, instance), to, event, payload, way, message: None, reply: None });
    }

    /// Marks the turns of a message as told, and says how the outermost ended.
    fn claim(&mut self, message: MessageId) -> Option<End> {
        let mut log = self.stage.log();
        let mut turns = log.turns.iter_mut().filter(|turn| turn.message == message);
        let mut end = None;
        for turn in &mut turns {
            // A reserved handler has a step of its own.
            let machine = &self.stage.description.machines[turn.machine];
            let event = &machine.events[machine.handlers[turn.handler].event].name;
            turn.claimed = event != VALIDATION_FAILED && event != CONSTRAINT_VIOLATED;
            end = Some(turn.end.clone());
        }
        end
    }

    fn turned(&self, message: MessageId, status: StepStatus) -> Turned {
        let mark = self.until_now();
        let broke = matches!(status, StepStatus::Refused { .. });
        Turned { message: Some(message), status, payload: None, mark, broke }
    }

    /// The moment right after a step's turn, before anything that follows from it.
    pub(super) fn until(&self, turned: &Turned) -> Until {
        let Some(message) = turned.message else { return turned.mark };
        let log = self.stage.log();
        let Some(last) = log.turns.iter().rposition(|turn| turn.message == message) else { return turned.mark };
        let journal = &self.stage.journal;
        let records = match journal.iter().rposition(|entry| entry.record.message == message) {
            // The turns that it called are committed with it.
            Some(place) => {
                let same = journal[place..].iter().take_while(|entry| entry.position == journal[place].position);
                place + same.count()
            }
            // It left no record: what was there before is what earlier turns left.
            None => {
                let earlier = |id: &MessageId| !log.turns[last..].iter().any(|turn| turn.message == *id);
                let kept = journal.iter().rposition(|entry| earlier(&entry.record.message));
                kept.map_or(0, |place| place + 1)
            }
        };
        Until { records, calls: log.turns[last].calls }
    }
}

fn status(end: &End) -> StepStatus {
    match end {
        End::Handled => StepStatus::Handled,
        End::Ignored => StepStatus::Ignored,
        End::Failed(why) => StepStatus::Refused { why: why.clone() },
    }
}
