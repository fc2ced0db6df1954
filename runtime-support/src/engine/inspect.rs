//! Looking in: instances at any record, their history, requests, dead letters.

use super::message::Message;
use super::outcome::Outcome;
use super::stage::Stage;
use super::working::{Working, store_failed};
use super::{Engine, selection};
use crate::dynamic::{BoxFuture, Instance};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::record::{Armed, Record, SentBy};
use crate::request::{Answer, Refusal};
use crate::store::DeadLetter;
use crate::system::Instances;
use crate::timestamp::Timestamp;

/// An instance as its records make it.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceView {
    /// Which.
    pub id: InstanceId,
    /// Its state, without its sigil.
    pub state: String,
    /// Its context in record form, as the JSON text of an object.
    pub context: String,
    /// How many records made it.
    pub seq: u64,
    /// The conversation that its creation opened or joined.
    pub home: Option<ConversationId>,
    /// The timers that are pending.
    pub timers: Vec<Armed>,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestStatus {
    /// What it was answered.
    pub answer: Answer,
    /// The answer that it was promised, once it is there: the event, and its payload in record form.
    pub callback: Option<(String, String)>,
    /// Why its run was given up, if it was accepted first and run later.
    pub given_up: Option<String>,
}

/// A message that was given up.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadMessage {
    /// Its id.
    pub id: MessageId,
    /// The event, without its sigil; none if the message cannot be read.
    pub event: Option<String>,
    /// The machine, or the actor with its sigil, that it is for.
    pub queue: String,
    /// Why it was given up.
    pub reason: String,
    /// How often it failed before.
    pub failures: u32,
    /// When it was given up.
    pub at: Timestamp,
    /// The message as it waits, as JSON text.
    pub body: String,
}

impl Engine {
    /// An instance; none: there is no such one.
    ///
    /// # Errors
    /// If the store cannot be asked, or a record does not fit this version of the flow.
    pub async fn instance(&self, id: &InstanceId) -> Result<Option<InstanceView>, Refusal> {
        self.view(id, None).await
    }

    /// An instance as it was after one of its records.
    ///
    /// # Errors
    /// As for [`Engine::instance`].
    pub async fn instance_at(&self, id: &InstanceId, seq: u64) -> Result<Option<InstanceView>, Refusal> {
        self.view(id, Some(seq)).await
    }

    /// The records of an instance, oldest first.
    ///
    /// # Errors
    /// If the store cannot be asked, or what it holds is no record.
    pub async fn history(&self, id: &InstanceId) -> Result<Vec<Record>, Refusal> {
        let loaded = self.inner.store.load(id, Some(u64::MAX)).await.map_err(store_failed)?;
        loaded.records.iter().map(|text| Record::from_json(text).map_err(store_failed)).collect()
    }

    /// The instance of a machine that a text names: by its id, with or without the machine in front, or by a further
    /// name.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn find(&self, machine: &str, text: &str) -> Result<Option<InstanceId>, Refusal> {
        Stage::new(&self.inner).named(machine, text).await
    }

    /// What became of a request; none: it is not known.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn request(&self, id: &MessageId) -> Result<Option<RequestStatus>, Refusal> {
        let Some(text) = self.inner.store.outcome(id).await.map_err(store_failed)? else { return Ok(None) };
        let outcome = Outcome::from_json(&text).map_err(store_failed)?;
        if outcome.body.is_none() {
            return Ok(None);
        }
        let run = MessageId::derive(*id, 0);
        let callback = match &outcome.answer.instance {
            Some(instance) => callback(&self.history(instance).await?, [*id, run]),
            None => None,
        };
        let dead = self.inner.store.dead_letter(&run).await.map_err(store_failed)?;
        Ok(Some(RequestStatus { answer: outcome.answer, callback, given_up: dead.map(|dead| dead.reason) }))
    }

    /// Dead letters, oldest first, behind one of them.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn dead_letters(&self, after: Option<&MessageId>, max: usize) -> Result<Vec<DeadMessage>, Refusal> {
        let letters = self.inner.store.dead_letters(after, max).await.map_err(store_failed)?;
        Ok(letters.into_iter().map(DeadMessage::from).collect())
    }

    /// One dead letter.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn dead_letter(&self, id: &MessageId) -> Result<Option<DeadMessage>, Refusal> {
        let letter = self.inner.store.dead_letter(id).await.map_err(store_failed)?;
        Ok(letter.map(DeadMessage::from))
    }

    /// Gives a dead letter another try, as if it had never failed; false if there is none.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn retry_dead_letter(&self, id: &MessageId) -> Result<bool, Refusal> {
        self.inner.store.retry_dead(id).await.map_err(store_failed)
    }

    /// Forgets a dead letter; false if there is none.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn purge_dead_letter(&self, id: &MessageId) -> Result<bool, Refusal> {
        self.inner.store.purge_dead(id).await.map_err(store_failed)
    }

    async fn view(&self, id: &InstanceId, up_to: Option<u64>) -> Result<Option<InstanceView>, Refusal> {
        let Some(machine) = selection::machine(&self.inner.system, id.machine()) else { return Ok(None) };
        let working = Working::load(&self.inner, machine, id, up_to).await?;
        Ok(working.map(|working| InstanceView {
            state: working.instance.state().to_owned(),
            context: working.instance.context(),
            seq: working.next_seq() - 1,
            id: working.id,
            home: working.home,
            timers: working.armed,
        }))
    }
}

impl Instances for Engine {
    fn instance<'a>(&'a self, machine: &'a str, id: &'a str) -> BoxFuture<'a, Result<Box<dyn Instance>, Refusal>> {
        Box::pin(async move {
            let unknown = || Refusal::NotFound { id: id.chars().take(crate::ids::MAX_ID_LENGTH).collect() };
            let position = selection::machine(&self.inner.system, machine).ok_or_else(unknown)?;
            let found = self.find(machine, id).await?.ok_or_else(unknown)?;
            let working = Working::load(&self.inner, position, &found, None).await?;
            working.map(|working| working.instance).ok_or_else(unknown)
        })
    }
}

/// The answer that was promised in the turn of one of these messages. Promises of one event are kept in the order in
/// which they were made.
fn callback(history: &[Record], asked: [MessageId; 2]) -> Option<(String, String)> {
    let mut promises: Vec<(&str, MessageId)> = Vec::new();
    for record in history {
        let promised = record.reply.as_ref().and_then(|reply| reply.promises.as_deref());
        promises.extend(promised.map(|event| (event, record.message)));
        for sent in record.emits.iter().filter(|sent| sent.way == SentBy::Callback) {
            let Some(kept) = promises.iter().position(|(event, _)| *event == sent.event) else { continue };
            if asked.contains(&promises.remove(kept).1) {
                return Some((sent.event.clone(), sent.data.clone()));
            }
        }
    }
    None
}

impl From<DeadLetter> for DeadMessage {
    fn from(letter: DeadLetter) -> Self {
        let DeadLetter { id, queue, body, failures, reason, at } = letter;
        let event = Message::from_json(&body).ok().map(|message| message.event);
        Self { id, event, queue, reason, failures, at, body }
    }
}
