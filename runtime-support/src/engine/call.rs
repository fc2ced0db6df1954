//! Calls: the callee's turn is staged into the commit of the caller's.

use super::address::Place;
use super::deliver::deliver;
use super::message::{Cause, Incoming, Kind};
use super::stage::Stage;
use crate::dynamic::{BoxFuture, Call, Caller, Delivery, Failure, Meta, Sender, Target};
use crate::ids::MessageId;
use crate::json::Json;
use crate::request::{Refusal, Status};
use std::borrow::Cow;

/// How many turns may wait for one another: each takes its part of the stack, and all of them go into one commit.
const DEEPEST: usize = 16;

/// The line of one turn to the machines and actors that it calls.
pub(crate) struct StageCaller<'s, 'e> {
    pub(crate) stage: &'s mut Stage<'e>,
    pub(crate) meta: &'s Meta,
}

impl Caller for StageCaller<'_, '_> {
    fn call<'a>(&'a mut self, call: Call<'a>) -> BoxFuture<'a, Result<Json, Failure>> {
        Box::pin(async move {
            match call.target {
                Target::Machine(machine) => self.call_machine(&call, machine).await,
                Target::Actor(actor) => self.call_actor(&call, actor).await,
                Target::Itself | Target::Every { .. } => {
                    Err(failed(&call, "only one machine or one actor can be called".to_owned()))
                }
            }
        })
    }
}

impl StageCaller<'_, '_> {
    async fn call_machine(&mut self, call: &Call<'_>, machine: usize) -> Result<Json, Failure> {
        if self.stage.active.len() >= DEEPEST {
            return Err(failed(call, format!("calls go no deeper than {DEEPEST}")));
        }
        let name = self.stage.engine.system.machines[machine].name.clone();
        let asked_by = match &self.meta.sender {
            Sender::Instance(id) if id.machine() == name => Some(id.clone()),
            Sender::Instance(_) | Sender::Actor { .. } | Sender::System => None,
        };
        let message = Incoming {
            id: self.id_of(call),
            conversation: self.meta.conversation.clone(),
            from: Sender::Instance(self.meta.instance.clone()),
            event: call.event.to_owned(),
            data: call.data.to_owned(),
            kind: Cause::Sent(Kind::Event { machine: name.to_string(), to: None, asked_by }),
        };
        let data: Json = call.data.parse().map_err(|error| failed(call, format!("its payload: {error}")))?;
        let before = self.stage.plan.clone();
        let refused = match self.stage.called(&message, &data, &self.meta.instance).await {
            Ok(turned) => match turned.status {
                Status::Created | Status::Handled | Status::Queued => return Ok(turned.value),
                Status::Ignored { .. } => format!("`@{name}` ignored `:{}`", call.event),
            },
            Err(Refusal::Failed(cycle @ Failure::CallCycle(_))) => return Err(cycle),
            Err(refusal) if is_answer(&refusal) => refusal.to_string(),
            Err(refusal) => return Err(failed(call, refusal.to_string())),
        };
        self.stage.plan = before;
        Ok(Json::object([("success", Json::Bool(false)), ("error", Json::Text(refused))]))
    }

    async fn call_actor(&mut self, call: &Call<'_>, actor: usize) -> Result<Json, Failure> {
        let data: Json = call.data.parse().map_err(|error| failed(call, format!("its payload: {error}")))?;
        let delivery = Delivery {
            event: call.event,
            data: &data,
            key: &self.id_of(call),
            from: &self.meta.instance,
            conversation: &self.meta.conversation,
        };
        let answer = deliver(&*self.stage.engine.ports[actor], delivery).await;
        match answer.map_err(|why| failed(call, why))? {
            Some(text) => text.parse().map_err(|error| failed(call, format!("its answer: {error}"))),
            None => Ok(Json::Null),
        }
    }

    fn id_of(&self, call: &Call<'_>) -> MessageId {
        MessageId::derive(self.meta.message, u64::from(call.index))
    }
}

impl Stage<'_> {
    async fn called(
        &mut self,
        message: &Incoming,
        data: &Json,
        caller: &crate::ids::InstanceId,
    ) -> Result<super::turn::Turned, Refusal> {
        let place: Place = self.place(message, data).await?;
        self.turn(message, data, place, Some(caller)).await
    }
}

/// Whether the callee refused, which the caller may handle; anything else fails the caller's turn.
const fn is_answer(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NotAllowed { .. }
        | Refusal::Malformed { .. }
        | Refusal::NotFound { .. }
        | Refusal::Unroutable { .. }
        | Refusal::Taken { .. }
        | Refusal::Invalid { .. }
        | Refusal::Constraint { .. } => true,
        Refusal::KeyReused
        | Refusal::Full { .. }
        | Refusal::Busy { .. }
        | Refusal::Failed(_)
        | Refusal::Unreadable { .. }
        | Refusal::Store(_) => false,
    }
}

fn failed(call: &Call<'_>, why: String) -> Failure {
    Failure::Call { event: Cow::Owned(call.event.to_owned()), why }
}
