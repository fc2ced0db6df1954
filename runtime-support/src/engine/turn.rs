//! One turn: one event on one instance, run to completion and staged.

use super::address::{Address, Place};
use super::call::StageCaller;
use super::effects::Decided;
use super::message::{Cause, Incoming, Kind};
use super::payload::{self, Payload};
use super::selection;
use super::stage::Stage;
use super::working::Working;
use crate::dynamic::{BoxFuture, DynDecision, DynTurn, Failure, Meta, Outcome, Reply, Sender};
use crate::ids::{ConversationId, InstanceId};
use crate::json::Json;
use crate::record::{Note, size};
use crate::request::{Refusal, Status};
use crate::rules::Violation;
use std::borrow::Cow;

/// What came of a turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Turned {
    /// Whose turn it was; none if nothing was created.
    pub(crate) instance: Option<InstanceId>,
    pub(crate) conversation: ConversationId,
    pub(crate) state: Option<String>,
    pub(crate) status: Status,
    pub(crate) reply: Option<Reply>,
    /// What a call gets.
    pub(crate) value: Json,
}

/// A turn that is being decided.
pub(crate) struct Deciding<'m> {
    pub(crate) message: &'m Incoming,
    pub(crate) machine: usize,
    pub(crate) handler: usize,
    pub(crate) meta: Meta,
    /// Who called, if this is the turn of a call.
    pub(crate) caller: Option<&'m InstanceId>,
}

/// What a body led to.
enum Body {
    Ran(Box<DynDecision>, Option<Note>),
    Ignored,
}

impl Stage<'_> {
    /// Runs the turn of a message at its place and stages what it decided.
    pub(crate) fn turn<'a>(
        &'a mut self,
        message: &'a Incoming,
        data: &'a Json,
        place: Place,
        caller: Option<&'a InstanceId>,
    ) -> BoxFuture<'a, Result<Turned, Refusal>> {
        Box::pin(async move {
            if let Address::Existing(id) = &place.address
                && self.active.contains(id)
            {
                return Err(Refusal::Failed(Failure::CallCycle(id.clone())));
            }
            let working = self.working(&place).await?;
            if matches!(message.kind, Cause::Sent(Kind::Timer { .. })) && !working.is_armed(message.id) {
                return Ok(ignored(&working, message.conversation.clone(), Vec::new()));
            }
            let meta = Meta {
                instance: working.id.clone(),
                conversation: conversation(message, &working),
                sender: message.from.clone(),
                message: message.id,
                now: self.now,
            };
            let turn = Deciding { message, machine: place.machine, handler: place.handler, meta, caller };
            self.run(turn, working, data).await
        })
    }

    async fn working(&self, place: &Place) -> Result<Working, Refusal> {
        match &place.address {
            Address::Existing(id) => {
                let found = self.load(place.machine, id).await?;
                found.ok_or_else(|| Refusal::NotFound { id: id.to_string() })
            }
            Address::New(id) => Ok(Working::fresh(self.engine, place.machine, id.clone())),
        }
    }

    async fn run(&mut self, turn: Deciding<'_>, working: Working, data: &Json) -> Result<Turned, Refusal> {
        let from_outside = matches!(turn.message.from, Sender::Actor { .. });
        let checked = payload::check(self.engine, turn.machine, turn.handler, data, from_outside)?;
        let (recorded, checked) = match checked {
            Payload::Valid { value, text } => (text, Ok(value)),
            Payload::Invalid { violations } => (data.to_string(), Err(violations)),
        };
        // What no record could hold is refused before anything runs for it.
        if let Some(excess) = size::together([recorded.as_str()]) {
            return Err(Refusal::Malformed { why: format!("the payload is {excess}") });
        }
        if let (Cause::Request { .. }, Ok(value)) = (&turn.message.kind, &checked)
            && self.engine.handler(turn.machine, turn.handler).queued
        {
            return self.accept(&turn, &working, value, recorded).await;
        }
        let body = self.body(&turn, &working, checked).await?;
        let (decision, note) = match body {
            Body::Ran(decision, note) => (*decision, note),
            Body::Ignored if matches!(turn.message.kind, Cause::Sent(Kind::Timer { .. })) => {
                (DynDecision::default(), None)
            }
            Body::Ignored => {
                let description = &self.engine.system.machines[turn.machine];
                let state = working.instance.state();
                let accepted = selection::accepted(&self.engine.system, description, state, &turn.message.from);
                return Ok(ignored(&working, turn.meta.conversation, accepted));
            }
        };
        self.stage(turn, working, Decided { data: recorded, decision, note }).await
    }

    /// Runs the handler, or the reserved one in its place: then all that the body decided is dropped.
    async fn body(
        &mut self,
        turn: &Deciding<'_>,
        working: &Working,
        checked: Result<Json, Vec<Violation>>,
    ) -> Result<Body, Refusal> {
        let event = &turn.message.event;
        let value = match checked {
            Ok(value) => value,
            Err(violations) => {
                let note = payload::validation_failed(event, &violations);
                return self.raise(turn, working, note, Refusal::Invalid { violations }).await;
            }
        };
        let before = self.plan.clone();
        match self.decide(turn, working, turn.handler, &value).await {
            Ok(Outcome::Decided(decision)) => Ok(Body::Ran(Box::new(decision), None)),
            Ok(Outcome::Ignored) => Ok(Body::Ignored),
            Err(Failure::Invalid { event, violations }) => {
                self.plan = before;
                let note = payload::validation_failed(&event, &violations);
                self.raise(turn, working, note, Refusal::Invalid { violations }).await
            }
            Err(Failure::Constraint { variable, rule, value }) => {
                self.plan = before;
                let note = payload::constraint_violated(&variable, &rule, value.as_deref());
                self.raise(turn, working, note, Refusal::Constraint { variable, rule }).await
            }
            Err(failure) => Err(Refusal::Failed(failure)),
        }
    }

    /// Lets the handler of a reserved event take the turn. Without one, or if its guards let nothing run, or if it would
    /// raise another, the turn is refused.
    async fn raise(
        &mut self,
        turn: &Deciding<'_>,
        working: &Working,
        note: Note,
        refusal: Refusal,
    ) -> Result<Body, Refusal> {
        let description = &self.engine.system.machines[turn.machine];
        let Some(handler) = selection::reserved(description, &note.event) else { return Err(refusal) };
        if size::together([note.data.as_str()]).is_some() {
            return Err(refusal);
        }
        let data: Json = note.data.parse().map_err(super::working::store_failed)?;
        match self.decide(turn, working, handler, &data).await {
            Ok(Outcome::Decided(mut decision)) => {
                if matches!(turn.message.kind, Cause::Request { .. }) {
                    decision.reply.get_or_insert_with(|| payload::unprocessable(&note));
                }
                Ok(Body::Ran(Box::new(decision), Some(note)))
            }
            Ok(Outcome::Ignored) | Err(Failure::Invalid { .. } | Failure::Constraint { .. }) => Err(refusal),
            Err(failure) => Err(Refusal::Failed(failure)),
        }
    }

    async fn decide(
        &mut self,
        turn: &Deciding<'_>,
        working: &Working,
        handler: usize,
        data: &Json,
    ) -> Result<Outcome, Failure> {
        let engine = self.engine;
        let fixed: Option<Json> = match &turn.message.kind {
            Cause::Sent(Kind::Queued { fixed, .. }) => Some(fixed.parse().map_err(|error| unreadable(turn, error))?),
            Cause::Request { .. }
            | Cause::Sent(Kind::Event { .. } | Kind::Timer { .. } | Kind::Port { .. } | Kind::Broadcast { .. }) => None,
        };
        self.active.push(working.id.clone());
        let mut caller = StageCaller { stage: self, meta: &turn.meta };
        let decided = engine.machines[turn.machine]
            .decide(DynTurn {
                instance: &*working.instance,
                handler,
                data,
                meta: &turn.meta,
                fixed: fixed.as_ref(),
                random: &*engine.ids,
                caller: &mut caller,
            })
            .await;
        self.active.pop();
        decided
    }
}

/// The conversation of a turn. A request that names none, and every timer, continues the home of the instance.
fn conversation(message: &Incoming, working: &Working) -> ConversationId {
    let home = || working.home.clone();
    match &message.kind {
        Cause::Request { joins: false, .. } | Cause::Sent(Kind::Timer { .. }) => {
            home().unwrap_or_else(|| message.conversation.clone())
        }
        Cause::Request { joins: true, .. }
        | Cause::Sent(Kind::Queued { .. } | Kind::Event { .. } | Kind::Port { .. } | Kind::Broadcast { .. }) => {
            message.conversation.clone()
        }
    }
}

fn ignored(working: &Working, conversation: ConversationId, accepted: Vec<String>) -> Turned {
    let exists = !working.is_new() || !working.staged.is_empty();
    Turned {
        instance: exists.then(|| working.id.clone()),
        conversation,
        state: exists.then(|| working.instance.state().to_owned()),
        status: Status::Ignored { accepted },
        reply: None,
        value: Json::Null,
    }
}

fn unreadable(turn: &Deciding<'_>, error: crate::json::ParseJsonError) -> Failure {
    Failure::Code {
        sentence: Cow::Owned(format!("on :{}", turn.message.event)),
        place: Cow::Borrowed("the message that waited"),
        error: Box::new(error),
    }
}
