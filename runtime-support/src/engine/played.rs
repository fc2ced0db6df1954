//! What only tests do to an engine: messages as from whoever is played, and instances that are so before a story begins.

use super::Engine;
use super::handle::Handled;
use super::message::{Cause, Incoming, Kind};
use super::stage::Stage;
use super::working::{Working, store_failed};
use crate::dynamic::Sender;
use crate::ids::{ConversationId, InstanceId, MessageId, RequestKey};
use crate::json::Json;
use crate::record::Record;
use crate::request::{Answer, Refusal, Status};

/// The event of the records by which tests say what is so.
pub(crate) const GIVEN: &str = "given";

/// A message that a test sends as somebody.
pub(crate) struct Played<'a> {
    /// As whom.
    pub(crate) from: Sender,
    /// The machine that it goes to, without its sigil.
    pub(crate) machine: &'a str,
    /// The instance; none: as the rules of conversations find it.
    pub(crate) to: Option<InstanceId>,
    /// The event, without its sigil.
    pub(crate) event: &'a str,
    /// The conversation; none: one of its own.
    pub(crate) conversation: Option<ConversationId>,
    /// The payload.
    pub(crate) data: &'a Json,
}

/// What a test says of an instance.
pub(crate) struct Given {
    /// The machine, by position.
    pub(crate) machine: usize,
    /// The instance; there need be none yet.
    pub(crate) id: InstanceId,
    /// The conversation that it takes part in.
    pub(crate) conversation: ConversationId,
    /// The state that it is in now.
    pub(crate) state: Option<String>,
    /// The variables that it has now, as the JSON text of an object in record form.
    pub(crate) set: Option<String>,
}

impl Engine {
    /// Delivers a message as if somebody of the system had sent it, and runs what follows from it.
    ///
    /// # Errors
    /// If the turn is refused or fails; then nothing of it is kept, and the message is not tried again.
    pub(crate) async fn deliver_as(&self, played: Played<'_>) -> Result<Answer, Refusal> {
        let Played { from, machine, to, event, conversation, data } = played;
        let id = self.fresh_command();
        let message = Incoming {
            id,
            conversation: conversation.unwrap_or_else(|| ConversationId::opened_by(id)),
            from,
            event: event.to_owned(),
            data: data.to_string(),
            kind: Cause::Sent(Kind::Event { machine: machine.to_owned(), to, asked_by: None }),
        };
        match self.inner.handle(&message, None, None).await? {
            Handled::Done { outcome, held } => {
                self.inner.clone().drain(held).await;
                Ok(outcome.answer)
            }
            Handled::LeaseLost => Err(Refusal::Store("the store spoke of a lease where there was none".into())),
        }
    }

    /// Makes something so for an instance, by a record that says it.
    ///
    /// # Errors
    /// If the machine has no such state or variable, or the store fails.
    pub(crate) async fn give(&self, given: Given) -> Result<(), Refusal> {
        let Given { machine, id, conversation, state, set } = given;
        let mut stage = Stage::new(&self.inner);
        let known = stage.load(machine, &id).await?;
        let creates = known.is_none();
        let mut working = known.unwrap_or_else(|| Working::fresh(&self.inner, machine, id));
        let initial =
            || self.system().machines[machine].states[self.system().machines[machine].initial].name.to_string();
        let command = self.fresh_command();
        let record = Record {
            seq: working.next_seq(),
            event: GIVEN.to_owned(),
            at: stage.now,
            flow: self.system().flow.to_string(),
            message: command,
            from: Sender::System,
            conversation: conversation.clone(),
            data: "{}".to_owned(),
            state: state.or_else(|| creates.then(initial)).into_iter().collect(),
            set,
            emits: Vec::new(),
            armed: Vec::new(),
            disarmed: Vec::new(),
            calls: Vec::new(),
            reply: None,
            names: Vec::new(),
            note: None,
        };
        working.stage(record)?;
        stage.link(&working.id, &conversation, &Sender::System, creates);
        let answer = Answer {
            request: command,
            instance: Some(working.id.clone()),
            conversation,
            state: None,
            status: Status::Handled,
            reply: None,
        };
        stage.keep(working);
        let outcome = super::outcome::Outcome { body: None, answer }.to_json();
        let commit = stage.commit(command, outcome, None, &self.inner.worker());
        self.inner.store.commit(&commit).await.map(drop).map_err(store_failed)
    }

    fn fresh_command(&self) -> MessageId {
        let key = format!("{:032x}", self.inner.ids.bits());
        MessageId::of_request(&RequestKey { actor: "", subject: "", method: "TEST", route: "", key: &key })
    }
}
