//! Requests that are answered when they are accepted, and run by a worker.

use super::message::{Kind, Message};
use super::stage::{Delivery, Stage, Waiting};
use super::turn::{Deciding, Turned};
use super::working::Working;
use crate::codec::Encoder;
use crate::dynamic::{Acceptance, Failure, Reply};
use crate::ids::{InstanceId, MessageId};
use crate::json::Json;
use crate::record::size;
use crate::request::{Refusal, Status};

impl Stage<'_> {
    /// Keeps a valid request for a worker. What its answer says is fixed now and reused by the run.
    pub(crate) async fn accept(
        &mut self,
        turn: &Deciding<'_>,
        working: &Working,
        data: &Json,
        recorded: String,
    ) -> Result<Turned, Refusal> {
        let acceptance = Acceptance {
            handler: turn.handler,
            data,
            state: working.instance.state(),
            meta: &turn.meta,
            random: &*self.engine.ids,
        };
        let accepted = self.engine.machines[turn.machine].accept(&acceptance).map_err(Refusal::Failed)?;
        let fixed = accepted.fixed.to_string();
        let reply = accepted.reply.as_ref().and_then(|reply| reply.body.as_deref());
        if let Some(excess) = size::together([recorded.as_str(), &fixed].into_iter().chain(reply)) {
            return Err(Refusal::Failed(Failure::TooLarge(excess)));
        }
        let creates = working.is_new();
        let id =
            if creates { self.promised_id(turn.machine, working, &accepted.fixed).await? } else { working.id.clone() };
        let message = Message {
            id: MessageId::derive(turn.message.id, 0),
            conversation: turn.meta.conversation.clone(),
            from: turn.message.from.clone(),
            event: turn.message.event.clone(),
            data: recorded,
            kind: Kind::Queued {
                machine: working.id.machine().to_owned(),
                to: id.clone(),
                creates,
                fixed,
                request: turn.message.id,
            },
        };
        self.plan.outgoing.push(Waiting { message, delivery: Delivery::Queued });
        let reply = accepted.reply.unwrap_or_else(|| queued(&id));
        Ok(Turned {
            instance: Some(id),
            conversation: turn.meta.conversation.clone(),
            state: (!creates).then(|| working.instance.state().to_owned()),
            status: Status::Queued,
            reply: Some(reply),
            value: Json::Null,
        })
    }

    /// The id of the instance that the run will create: the value of the identity variable, if it is fixed already.
    async fn promised_id(&self, machine: usize, working: &Working, fixed: &Json) -> Result<InstanceId, Refusal> {
        let description = &self.engine.system.machines[machine];
        let identity = description.identity.and_then(|variable| fixed.get(&description.variables[variable].name));
        let Some(text) = identity.and_then(Json::as_text) else { return Ok(working.id.clone()) };
        let id = InstanceId::parse(&description.name, text)
            .map_err(|cause| Refusal::Malformed { why: cause.to_string() })?;
        if self.owner_of(&description.name, id.key()).await?.is_some() || self.exists(&id).await? {
            return Err(Refusal::Taken { id: id.to_string() });
        }
        Ok(id)
    }
}

fn queued(id: &InstanceId) -> Reply {
    let mut encoder = Encoder::new();
    let mut out = encoder.object();
    out.text("id", id.key());
    out.text("status", "queued");
    out.end();
    Reply { status: 202, phrase: None, body: Some(encoder.finish()), promises: None }
}
