//! One emit: to whom it goes, how it travels, and whether it is the answer to a call.

use super::effects::{Sorted, nobody};
use super::message::{Incoming, Kind, Message};
use super::stage::{Delivery, Stage, Waiting};
use super::turn::Deciding;
use super::working::Working;
use crate::dynamic::{Sender, Target, Way};
use crate::ids::{InstanceId, MessageId};
use crate::json::Json;
use crate::record::{Emitted, Recipient, SentBy};
use crate::request::Refusal;

/// One emit of a turn.
pub(crate) struct Emit<'a> {
    pub(crate) id: MessageId,
    pub(crate) way: Way,
    pub(crate) target: &'a Target,
    pub(crate) event: &'a str,
    pub(crate) data: &'a str,
}

impl Stage<'_> {
    /// Adds an emit to what a turn sends. `answers`: whether it may be the value of the call that the turn is.
    pub(crate) async fn sort_emit(
        &self,
        sorted: &mut Sorted,
        turn: &Deciding<'_>,
        working: &Working,
        emit: &Emit<'_>,
        answers: bool,
    ) -> Result<(), Refusal> {
        let Emit { id, way, target, event, data } = *emit;
        let system = &self.engine.system;
        let (kind, to, way) = match target {
            Target::Itself => event_to(working.id.machine(), Some(working.id.clone()), None, way),
            Target::Machine(machine) => {
                let name = &*system.machines[*machine].name;
                let payload: Json = data.parse().map_err(super::working::store_failed)?;
                let asked_by = sender_of(turn.message, name);
                let conversation = &turn.meta.conversation;
                let to = self.recipient(name, &payload, working, conversation, asked_by.as_ref()).await?;
                if answers && sorted.answer.is_none() && turn.caller.is_some() && to.as_ref() == turn.caller {
                    sorted.answer = Some(answer_event(event, payload));
                    let to = to.map_or_else(nobody, Recipient::Instance);
                    let (event, data) = (event.to_owned(), data.to_owned());
                    sorted.emits.push(Emitted { id, way: SentBy::Call, event, to, data });
                    return Ok(());
                }
                event_to(name, to, asked_by, way)
            }
            Target::Every { machine, states } => {
                let machine = system.machines[*machine].name.to_string();
                let states: Vec<String> = states.iter().map(ToString::to_string).collect();
                let to = Recipient::Every { machine: machine.clone(), states: states.clone() };
                (Kind::Broadcast { machine, states, cursor: None, first: id }, to, SentBy::Broadcast)
            }
            Target::Actor(actor) => {
                let actor = system.actors[*actor].name.to_string();
                let to = Recipient::Actor { actor: actor.clone(), subject: None };
                (Kind::Port { actor }, to, SentBy::Port)
            }
        };
        let message = Message {
            id,
            conversation: turn.meta.conversation.clone(),
            from: Sender::Instance(working.id.clone()),
            event: event.to_owned(),
            data: data.to_owned(),
            kind,
        };
        let delivery = if way == SentBy::Bare { Delivery::Bare } else { Delivery::Queued };
        sorted.outgoing.push(Waiting { message, delivery });
        sorted.emits.push(Emitted { id, way, event: event.to_owned(), to, data: data.to_owned() });
        Ok(())
    }
}

fn event_to(
    machine: &str,
    to: Option<InstanceId>,
    asked_by: Option<InstanceId>,
    way: Way,
) -> (Kind, Recipient, SentBy) {
    let machine = machine.to_owned();
    let recipient = to.clone().map_or_else(|| Recipient::Machine(machine.clone()), Recipient::Instance);
    let way = match way {
        Way::Bare => SentBy::Bare,
        Way::Async => SentBy::Async,
    };
    (Kind::Event { machine, to, asked_by }, recipient, way)
}

/// The instance of a machine whose message is handled.
fn sender_of(message: &Incoming, machine: &str) -> Option<InstanceId> {
    match &message.from {
        Sender::Instance(id) if id.machine() == machine => Some(id.clone()),
        Sender::Instance(_) | Sender::Actor { .. } | Sender::System => None,
    }
}

/// An event as the value of a call: its payload, with its name as `event`.
fn answer_event(event: &str, payload: Json) -> Json {
    let mut fields = match payload {
        Json::Object(fields) => fields,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => Default::default(),
    };
    fields.entry("success".to_owned()).or_insert(Json::Bool(true));
    fields.insert("event".to_owned(), Json::text(event));
    Json::Object(fields)
}
