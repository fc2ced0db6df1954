//! From a decision to what is committed: the record, the messages, the timers, the names.

use super::emits::Emit;
use super::message::{Cause, Kind, Message};
use super::stage::{Delivery, Stage, Waiting};
use super::turn::{Deciding, Turned};
use super::working::{Promise, Working};
use crate::dynamic::{DynDecision, Effect, Failure, Reply, Sender, Target};
use crate::ids::{InstanceId, MessageId};
use crate::json::Json;
use crate::record::{Armed, Emitted, Note, Recipient, Record, Replied, SentBy};
use crate::request::{Refusal, Status};

/// What a turn decided, and on what.
pub(crate) struct Decided {
    /// The payload, in record form.
    pub(crate) data: String,
    pub(crate) decision: DynDecision,
    /// The reserved event that was handled in its place.
    pub(crate) note: Option<Note>,
}

/// The effects of one turn, sorted by where they go.
#[derive(Default)]
pub(crate) struct Sorted {
    pub(crate) emits: Vec<Emitted>,
    armed: Vec<Armed>,
    disarmed: Vec<MessageId>,
    calls: Vec<Option<String>>,
    pub(crate) outgoing: Vec<Waiting>,
    /// The first event that was emitted back to the caller.
    pub(crate) answer: Option<Json>,
}

impl Stage<'_> {
    /// Stages the record of a turn and all that follows from it.
    pub(crate) async fn stage(
        &mut self,
        turn: Deciding<'_>,
        mut working: Working,
        decided: Decided,
    ) -> Result<Turned, Refusal> {
        let Decided { data, mut decision, note } = decided;
        if let Some(excess) = crate::record::size::excess(&data, &decision, note.as_ref()) {
            return Err(Refusal::Failed(Failure::TooLarge(excess)));
        }
        let creates = working.is_new() && working.staged.is_empty();
        // A reserved event in place of a creation creates nothing: only its reply and its emits count.
        let nothing_created = creates && note.is_some();
        let names = if nothing_created {
            Vec::new()
        } else {
            self.identify(&mut working, creates, &turn.message.kind, decision.identity.take()).await?
        };
        let sorted = self.sort(&turn, &working, &decision).await?;
        let value = answer(&decision, &sorted)?;
        self.plan.outgoing.extend(sorted.outgoing);
        if nothing_created {
            self.plan.outgoing.retain(|waiting| !is_timer_of(waiting, &working.id));
            return Ok(turned(&turn, None, Status::Handled, decision.reply, value));
        }
        self.plan.cancelled.extend(&sorted.disarmed);
        self.link(&working.id, &turn.meta.conversation, &turn.message.from, creates);
        let description = &self.engine.system.machines[turn.machine];
        let moved = decision.state.or_else(|| creates.then_some(description.initial));
        let record = Record {
            seq: working.next_seq(),
            event: turn.message.event.clone(),
            at: self.now,
            flow: self.engine.system.flow.to_string(),
            message: turn.message.id,
            from: turn.message.from.clone(),
            conversation: turn.meta.conversation.clone(),
            data,
            state: moved.map(|state| description.states[state].name.to_string()).into_iter().collect(),
            set: Some(core::mem::take(&mut decision.set)).filter(|set| !set.is_empty()),
            emits: sorted.emits,
            armed: sorted.armed,
            disarmed: sorted.disarmed,
            calls: sorted.calls,
            reply: self.replied(&turn, decision.reply.as_ref()),
            names,
            note,
        };
        working.stage(record)?;
        let status = if creates { Status::Created } else { Status::Handled };
        let turned = turned(&turn, Some(&working), status, decision.reply, value);
        self.keep(working);
        Ok(turned)
    }

    async fn sort(&self, turn: &Deciding<'_>, working: &Working, decision: &DynDecision) -> Result<Sorted, Refusal> {
        let mut sorted = Sorted::default();
        let mut promises = working.promises.clone();
        if let Some(event) = self.replied(turn, decision.reply.as_ref()).and_then(|reply| reply.promises) {
            promises.push(Promise { event, to: turn.message.from.clone() });
        }
        for (index, effect) in decision.effects.indexed() {
            let id = MessageId::derive(turn.message.id, u64::from(index.unwrap_or_default()));
            match effect {
                Effect::Emit { way, target, event, data } => {
                    let emit = Emit { id, way: *way, target, event, data };
                    self.sort_emit(&mut sorted, turn, working, &emit, decision.returned.is_none()).await?;
                }
                Effect::Called { target, event, data, answer } => {
                    sorted.calls.resize(sorted.emits.len(), None);
                    sorted.calls.push((answer != "null").then(|| answer.clone()));
                    let (way, to) = self.called_recipient(target, id, &working.id);
                    sorted.emits.push(Emitted { id, way, event: event.to_string(), to, data: data.clone() });
                }
                Effect::Arm { event, due } => {
                    sorted.armed.push(Armed { id, event: event.to_string(), due: *due });
                    sorted.outgoing.push(timer(turn, working, id, event, *due));
                }
                Effect::Disarm { event } => {
                    let fresh = sorted.armed.iter().filter(|timer| timer.event == *event).map(|timer| timer.id);
                    let fresh: Vec<MessageId> = fresh.collect();
                    sorted.armed.retain(|timer| timer.event != *event);
                    sorted.outgoing.retain(|waiting| !fresh.contains(&waiting.message.id));
                    let pending = working.armed.iter().filter(|timer| timer.event == *event);
                    // The timer that fires in this turn is disarmed by its record already.
                    let pending = pending.map(|timer| timer.id).filter(|timer| *timer != turn.message.id);
                    let new: Vec<MessageId> = pending.filter(|timer| !sorted.disarmed.contains(timer)).collect();
                    sorted.disarmed.extend(new);
                }
                Effect::Callback { event, data } => {
                    let kept = promises.iter().position(|promise| promise.event == *event);
                    let to = kept.map_or_else(nobody, |kept| asker(promises.remove(kept).to));
                    let (event, data) = (event.to_string(), data.clone());
                    sorted.emits.push(Emitted { id, way: SentBy::Callback, event, to, data });
                }
            }
        }
        Ok(sorted)
    }

    /// Whom a call of an instance reached; a callee that refused is known by its machine only.
    fn called_recipient(&self, target: &Target, call: MessageId, caller: &InstanceId) -> (SentBy, Recipient) {
        let system = &self.engine.system;
        match target {
            Target::Actor(actor) => {
                let actor = system.actors[*actor].name.to_string();
                (SentBy::Port, Recipient::Actor { actor, subject: None })
            }
            Target::Machine(machine) | Target::Every { machine, .. } => {
                let has_turn = |working: &&Working| working.staged.iter().any(|record| record.message == call);
                let callee = self.plan.instances.iter().find(has_turn);
                let machine = || Recipient::Machine(system.machines[*machine].name.to_string());
                (SentBy::Call, callee.map_or_else(machine, |working| Recipient::Instance(working.id.clone())))
            }
            Target::Itself => (SentBy::Call, Recipient::Instance(caller.clone())),
        }
    }

    /// The reply as it is recorded. A request that was queued is a promise by itself.
    fn replied(&self, turn: &Deciding<'_>, reply: Option<&Reply>) -> Option<Replied> {
        let queued = matches!(turn.message.kind, Cause::Sent(Kind::Queued { .. }));
        let own = || queued.then(|| turn.message.event.clone());
        match reply {
            Some(Reply { status, body, promises, .. }) => {
                let promises = promises.as_ref().map(ToString::to_string).or_else(own);
                Some(Replied { status: *status, body: body.clone(), promises })
            }
            None => own().map(|event| Replied { status: 202, body: None, promises: Some(event) }),
        }
    }
}

fn timer(
    turn: &Deciding<'_>,
    working: &Working,
    id: MessageId,
    event: &str,
    due: crate::timestamp::Timestamp,
) -> Waiting {
    let from =
        if event == super::selection::TIMER_EXPIRED { Sender::System } else { Sender::Instance(working.id.clone()) };
    let message = Message {
        id,
        conversation: working.home.clone().unwrap_or_else(|| turn.meta.conversation.clone()),
        from,
        event: event.to_owned(),
        data: "{}".to_owned(),
        kind: Kind::Timer { to: working.id.clone() },
    };
    Waiting { message, delivery: Delivery::Due(due) }
}

fn is_timer_of(waiting: &Waiting, id: &InstanceId) -> bool {
    matches!(&waiting.message.kind, Kind::Timer { to } if to == id)
}

/// The value of a call: what was returned, else the first event emitted back.
fn answer(decision: &DynDecision, sorted: &Sorted) -> Result<Json, Refusal> {
    match &decision.returned {
        Some(text) => text.parse().map_err(super::working::store_failed),
        None => Ok(sorted.answer.clone().unwrap_or_default()),
    }
}

fn asker(sender: Sender) -> Recipient {
    match sender {
        Sender::Instance(id) => Recipient::Instance(id),
        Sender::Actor { actor, subject } => Recipient::Actor { actor: actor.into_owned(), subject },
        Sender::System => Recipient::Actor { actor: "system".to_owned(), subject: None },
    }
}

/// Who is meant where nobody asked.
pub(crate) fn nobody() -> Recipient {
    Recipient::Actor { actor: String::new(), subject: None }
}

fn turned(turn: &Deciding<'_>, working: Option<&Working>, status: Status, reply: Option<Reply>, value: Json) -> Turned {
    Turned {
        instance: working.map(|working| working.id.clone()),
        conversation: turn.meta.conversation.clone(),
        state: working.map(|working| working.instance.state().to_owned()),
        status,
        reply,
        value,
    }
}
