//! Whether and how a step of the story happens.
//!
//! API events always do. An answer of a partner happens while fewer answers were told than the partner was asked for, or
//! once if it was never asked. An event without a sender happens once, unless it came by itself; a timer when the clock
//! reaches it; a reserved event if it is raised.

mod coming;
mod triggered;

use super::exchange::Sent;
use super::outcome;
use super::story::{Story, Until};
use super::world::Known;
use crate::description::Party;
use crate::dynamic::Sender;
use crate::engine::played::Played;
use crate::engine::selection::{CONSTRAINT_VIOLATED, TIMER_EXPIRED, VALIDATION_FAILED};
use crate::ids::MessageId;
use crate::json::Json;
use crate::request::{Answer, Refusal, Request, Status};
use crate::test_kit::plan::{Firing, Step};
use crate::test_kit::report::{StepStatus, Way};
use crate::test_kit::stage::Stopped;
use crate::test_kit::watch::End;

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
            self.replied_anew();
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
