//! Broadcasts: one message that is expanded page by page into one for every instance that existed, and was in one of
//! the states, when it was sent.

use super::Inner;
use super::message::{Cursor, Kind, Message};
use super::outcome::Outcome;
use super::stage::{Delivery as Way, Waiting};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::request::{Answer, Status};
use crate::store::{Commit, CommitError, Delivery, Listing, Position, Settlement, StoreError};

/// How many instances a page has.
const PAGE: usize = 500;

impl Inner {
    /// Expands the next page of a broadcast. What is left goes on as a message of its own.
    pub(crate) async fn expand(&self, delivery: &Delivery, message: &Message) {
        match self.page(delivery, message).await {
            Ok(commit) => match self.store.commit(&commit).await {
                Ok(_) | Err(CommitError::LeaseLost) => {}
                Err(CommitError::AlreadyDone { .. }) => {
                    self.end(&delivery.lease, Settlement::Done).await;
                }
                Err(error) => self.expand_later(delivery, message, error.into()).await,
            },
            Err(error) => self.expand_later(delivery, message, error.into()).await,
        }
    }

    async fn expand_later(&self, delivery: &Delivery, message: &Message, error: crate::dynamic::BoxError) {
        let settlement = self.verdict(message.machine(), delivery.failures, &crate::request::Refusal::Store(error));
        self.end(&delivery.lease, settlement).await;
    }

    async fn page(&self, delivery: &Delivery, message: &Message) -> Result<Commit, StoreError> {
        let Kind::Broadcast { machine, states, cursor, first } = &message.kind else {
            return Err(StoreError("only a broadcast has pages".into()));
        };
        let as_of = cursor.as_ref().map_or(delivery.position, |cursor| cursor.as_of);
        let after = cursor.as_ref().map(|cursor| &cursor.after);
        let listing = Listing { machine, states, as_of: Some(as_of), after, max: PAGE };
        let members = self.store.list(listing).await?;
        let mut waiting: Vec<Waiting> = members.iter().map(|id| member(message, *first, id)).collect();
        if members.len() == PAGE
            && let Some(last) = members.last()
        {
            waiting.push(next_page(message, as_of, last));
        }
        let status = Status::Handled;
        let conversation = message.conversation.clone();
        let answer = Answer { request: message.id, instance: None, conversation, state: None, status, reply: None };
        Ok(Commit {
            command: message.id,
            writes: Vec::new(),
            outgoing: waiting.iter().map(|waiting| waiting.outgoing(self)).collect(),
            cancelled: Vec::new(),
            links: Vec::new(),
            names: Vec::new(),
            outcome: Outcome { body: None, answer }.to_json(),
            settle: Some(delivery.lease.clone()),
            worker: delivery.lease.worker.clone(),
            lease: self.options.lease,
        })
    }
}

/// The copy for one instance, in a conversation of its own.
fn member(broadcast: &Message, first: MessageId, to: &InstanceId) -> Waiting {
    let id = MessageId::of_member(first, to);
    let machine = to.machine().to_owned();
    let kind = Kind::Event { machine, to: Some(to.clone()), asked_by: None };
    let message = Message { id, conversation: ConversationId::opened_by(id), kind, ..broadcast.clone() };
    Waiting { message, delivery: Way::Queued }
}

fn next_page(broadcast: &Message, as_of: Position, last: &InstanceId) -> Waiting {
    let mut message = broadcast.clone();
    message.id = MessageId::derive(broadcast.id, 0);
    if let Kind::Broadcast { cursor, .. } = &mut message.kind {
        *cursor = Some(Cursor { as_of, after: last.clone() });
    }
    Waiting { message, delivery: Way::Queued }
}
