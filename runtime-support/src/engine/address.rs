//! To which instance a message goes: the rules of conversations, one by one, the first that applies.
//!
//! Two candidates of one rule are never decided by a guess: the message is refused, and the refusal lists them.

use super::message::{Cause, Incoming, Kind};
use super::selection;
use super::stage::Stage;
use super::working::{Working, store_failed};
use crate::dynamic::Sender;
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::json::Json;
use crate::request::Refusal;

/// Which handler of which machine takes a message, on which instance.
pub(crate) struct Place {
    /// The machine, by position.
    pub(crate) machine: usize,
    /// The handler, by position.
    pub(crate) handler: usize,
    /// The instance.
    pub(crate) address: Address,
}

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Address {
    /// One that exists.
    Existing(InstanceId),
    /// One that the turn creates.
    New(InstanceId),
}

/// What the rules find.
enum Found {
    One(InstanceId),
    Nobody,
    Several(&'static str, Vec<InstanceId>),
}

/// What the rules look at.
struct Reference<'a> {
    machine: &'a str,
    data: &'a Json,
    conversation: &'a ConversationId,
    sender: Option<&'a InstanceId>,
    asked_by: Option<&'a InstanceId>,
}

impl Stage<'_> {
    /// Finds the handler and the instance for a message.
    pub(crate) async fn place(&self, message: &Incoming, data: &Json) -> Result<Place, Refusal> {
        let name = message.machine();
        let system = &self.engine.system;
        let machine = selection::machine(system, name)
            .ok_or_else(|| Refusal::NotAllowed { why: format!("there is no machine `@{name}`") })?;
        let description = &system.machines[machine];
        let handler = selection::handler(system, description, &message.event, &message.from)
            .ok_or_else(|| not_handled(message, name))?;
        let creates = description.handlers[handler].creates;
        let address = match &message.kind {
            Cause::Request { to, joins, .. } => {
                self.place_request(message, data, to.as_deref(), *joins, creates).await?
            }
            Cause::Sent(Kind::Queued { to, creates, .. }) => {
                if *creates {
                    Address::New(to.clone())
                } else {
                    Address::Existing(to.clone())
                }
            }
            Cause::Sent(Kind::Timer { to } | Kind::Event { to: Some(to), .. }) => Address::Existing(to.clone()),
            Cause::Sent(Kind::Event { to: None, asked_by, .. }) => {
                let sender = instance(&message.from);
                let reference = Reference {
                    machine: name,
                    data,
                    conversation: &message.conversation,
                    sender,
                    asked_by: asked_by.as_ref(),
                };
                match self.find(&reference).await? {
                    Found::One(id) => Address::Existing(id),
                    Found::Several(place, candidates) => {
                        return Err(ambiguous(&message.event, name, place, &candidates));
                    }
                    Found::Nobody if creates => Address::New(self.fresh_id(name)),
                    Found::Nobody => return Err(missing(&message.event, name, Some(&message.conversation))),
                }
            }
            Cause::Sent(Kind::Port { .. } | Kind::Broadcast { .. }) => return Err(not_handled(message, name)),
        };
        Ok(Place { machine, handler, address })
    }

    /// A request: the id in its address, the one in its payload, the only instance of the conversation that it names,
    /// a new one.
    async fn place_request(
        &self,
        message: &Incoming,
        data: &Json,
        to: Option<&str>,
        joins: bool,
        creates: bool,
    ) -> Result<Address, Refusal> {
        let name = message.machine();
        if joins {
            self.check_takes_part(message).await?;
        }
        if let Some(text) = to.or_else(|| named_in(data, name)) {
            let found = self.named(name, text).await?;
            return found.map(Address::Existing).ok_or_else(|| Refusal::NotFound { id: shown(text) });
        }
        if joins {
            let candidates = self.participants(&message.conversation, name).await?;
            match candidates.as_slice() {
                [] => {}
                [only] => return Ok(Address::Existing(only.clone())),
                _ => return Err(ambiguous(&message.event, name, IN_CONVERSATION, &candidates)),
            }
        }
        if creates {
            return Ok(Address::New(self.fresh_id(name)));
        }
        Err(missing(&message.event, name, joins.then_some(&message.conversation)))
    }

    /// A conversation is joined only by a subject that takes part in it. Code of this process that names no subject
    /// answers for itself.
    async fn check_takes_part(&self, message: &Incoming) -> Result<(), Refusal> {
        let Some(subject) = subject_id(&message.from) else { return Ok(()) };
        let known = self.participants(&message.conversation, subject.machine()).await?;
        if known.contains(&subject) {
            return Ok(());
        }
        Err(Refusal::NotFound { id: message.conversation.to_string() })
    }

    /// The instance that an emit goes to, if that is certain already when it is sent.
    pub(crate) async fn recipient(
        &self,
        machine: &str,
        data: &Json,
        sender: &Working,
        conversation: &ConversationId,
        asked_by: Option<&InstanceId>,
    ) -> Result<Option<InstanceId>, Refusal> {
        let reference = Reference { machine, data, conversation, sender: Some(&sender.id), asked_by };
        Ok(match self.find(&reference).await? {
            Found::One(id) => Some(id),
            Found::Nobody | Found::Several(..) => None,
        })
    }

    async fn find(&self, reference: &Reference<'_>) -> Result<Found, Refusal> {
        if let Some(text) = named_in(reference.data, reference.machine)
            && let Some(id) = self.named(reference.machine, text).await?
        {
            return Ok(Found::One(id));
        }
        if let Some(id) = reference.asked_by
            && self.exists(id).await?
        {
            return Ok(Found::One(id.clone()));
        }
        match only(self.participants(reference.conversation, reference.machine).await?, IN_CONVERSATION) {
            Found::Nobody => {}
            found @ (Found::One(_) | Found::Several(..)) => return Ok(found),
        }
        let Some(sender) = reference.sender else { return Ok(Found::Nobody) };
        Ok(only(self.participants(&peers_of(sender), reference.machine).await?, WITH_SENDER))
    }

    /// The instance that a text names: by its id or by a further name.
    pub(crate) async fn named(&self, machine: &str, text: &str) -> Result<Option<InstanceId>, Refusal> {
        let Ok(id) = InstanceId::parse(machine, text) else { return Ok(None) };
        if self.exists(&id).await? {
            return Ok(Some(id));
        }
        self.owner_of(machine, id.key()).await
    }

    /// The instance that has a further name.
    pub(crate) async fn owner_of(&self, machine: &str, name: &str) -> Result<Option<InstanceId>, Refusal> {
        let staged = self.plan.names.iter().find(|known| known.instance.machine() == machine && known.name == name);
        if let Some(known) = staged {
            return Ok(Some(known.instance.clone()));
        }
        self.engine.store.resolve_name(machine, name).await.map_err(store_failed)
    }

    /// Whether there is such an instance, staged ones and those in a turn included.
    pub(crate) async fn exists(&self, id: &InstanceId) -> Result<bool, Refusal> {
        if self.active.contains(id) || self.plan.instances.iter().any(|working| working.id == *id) {
            return Ok(true);
        }
        Ok(self.engine.store.load(id, Some(1)).await.map_err(store_failed)?.version.n > 0)
    }

    /// The instances of a machine in a conversation, staged ones included, in the order of ids.
    async fn participants(&self, conversation: &ConversationId, machine: &str) -> Result<Vec<InstanceId>, Refusal> {
        let mut ids = self.engine.store.resolve(conversation, machine).await.map_err(store_failed)?;
        let staged = self.plan.links.iter().filter(|link| link.conversation == *conversation);
        ids.extend(staged.map(|link| link.instance.clone()).filter(|id| id.machine() == machine));
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    fn fresh_id(&self, machine: &str) -> InstanceId {
        InstanceId::fresh(machine, &self.engine.ids.uuid())
    }
}

const IN_CONVERSATION: &str = "in the conversation";
const WITH_SENDER: &str = "have exchanged messages with the sender";

fn only(mut candidates: Vec<InstanceId>, place: &'static str) -> Found {
    if candidates.len() > 1 {
        return Found::Several(place, candidates);
    }
    candidates.pop().map_or(Found::Nobody, Found::One)
}

/// The id that a payload gives for an instance of a machine.
fn named_in<'a>(data: &'a Json, machine: &str) -> Option<&'a str> {
    let own = || data.get(&format!("{machine}_id")).and_then(Json::as_text);
    data.get("aggregate_id").and_then(Json::as_text).or_else(own)
}

fn instance(sender: &Sender) -> Option<&InstanceId> {
    match sender {
        Sender::Instance(id) => Some(id),
        Sender::Actor { .. } | Sender::System => None,
    }
}

/// Where the store keeps with whom an instance has exchanged messages: a conversation that nobody else can name.
pub(crate) fn peers_of(id: &InstanceId) -> ConversationId {
    let hash = MessageId::of_member(MessageId::from_bytes([0; 16]), id);
    ConversationId::parse(&format!("{PRIVATE}{hash}")).expect("base32 behind a tilde is an id")
}

/// How a subject takes part in a conversation: as an instance of a machine that no flow can have.
pub(crate) fn subject_id(sender: &Sender) -> Option<InstanceId> {
    let Sender::Actor { actor, subject: Some(subject) } = sender else { return None };
    let request = crate::ids::RequestKey { actor, subject, method: "", route: "", key: "" };
    let hash = MessageId::of_request(&request).to_string();
    Some(InstanceId::parse(&format!("{PRIVATE}{actor}"), &hash).expect("base32 is an id"))
}

/// What the names begin with that only the engine gives.
pub(crate) const PRIVATE: char = '~';

/// A text of the caller's, shortened: it may be megabytes.
fn shown(text: &str) -> String {
    text.chars().take(crate::ids::MAX_ID_LENGTH).collect()
}

fn not_handled(message: &Incoming, machine: &str) -> Refusal {
    let from = match &message.from {
        Sender::Instance(id) => format!(" from `@{}`", id.machine()),
        Sender::Actor { actor, .. } if actor.is_empty() => String::new(),
        Sender::Actor { actor, .. } => format!(" from `@{actor}`"),
        Sender::System => " from `@system`".to_owned(),
    };
    Refusal::NotAllowed { why: format!("`@{machine}` has no handler for `:{}`{from}", message.event) }
}

fn missing(event: &str, machine: &str, conversation: Option<&ConversationId>) -> Refusal {
    let context = match conversation {
        Some(conversation) => format!("No {machine} in conversation '{conversation}'"),
        None => "No conversation context available".to_owned(),
    };
    let message = format!(
        "EventFlowError: Cannot route event ':{event}' to @{machine}\n  \
         - No aggregate_id provided in event payload\n  \
         - {context}\n  \
         Hint: This event requires an existing {machine} aggregate.\n        \
         Include '{machine}_id' in your request or use conversation context."
    );
    Refusal::Unroutable { message }
}

fn ambiguous(event: &str, machine: &str, place: &str, candidates: &[InstanceId]) -> Refusal {
    let ids: Vec<&str> = candidates.iter().map(InstanceId::key).collect();
    let message = format!(
        "EventFlowError: Cannot route event ':{event}' to @{machine}\n  \
         - {} candidates {place}: {}\n  \
         Hint: Include '{machine}_id' in the event payload to say which one is meant.",
        candidates.len(),
        ids.join(", ")
    );
    Refusal::Unroutable { message }
}
