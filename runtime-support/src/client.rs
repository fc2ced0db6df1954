//! Requests of generated clients: typed on the way in, typed on the way out.
//!
//! A client needs nothing but a [`Dispatcher`]. A request is sent when it is awaited, so that everything that may be
//! said about it can be said before.

use crate::codec::Mismatch;
use crate::description::Text;
use crate::dynamic::{BoxFuture, Reply};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::json::Json;
use crate::request::{self, Dispatcher, Refusal, Request, Status};
use core::fmt;
use core::marker::PhantomData;

/// A request that was made out and not sent yet: awaiting it sends it. `R` is what the flow may reply.
#[must_use = "a request is sent when it is awaited"]
pub struct Pending<'a, R> {
    dispatcher: &'a dyn Dispatcher,
    request: Request,
    reply: PhantomData<fn() -> R>,
}

impl<'a, R> Pending<'a, R> {
    /// An event for a machine, with its payload as an object in record form.
    pub fn new(dispatcher: &'a dyn Dispatcher, machine: &'static str, event: &'static str, data: String) -> Self {
        let request = Request {
            machine: Text::Borrowed(machine),
            event: Text::Borrowed(event),
            actor: None,
            subject: None,
            to: None,
            conversation: None,
            key: None,
            data,
        };
        Self { dispatcher, request, reply: PhantomData }
    }

    /// Sends it in the name of an actor. Generated clients say this.
    pub fn from_actor(mut self, actor: &'static str) -> Self {
        self.request.actor = Some(Text::Borrowed(actor));
        self
    }

    /// Sends it to this instance: its id, its key alone, or a further name of it.
    pub fn to(mut self, instance: impl fmt::Display) -> Self {
        self.request.to = Some(instance.to_string());
        self
    }

    /// Says who acts.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.request.subject = Some(subject.into());
        self
    }

    /// Continues a conversation; without it, the one that the instance was created in.
    pub fn conversation(mut self, conversation: &ConversationId) -> Self {
        self.request.conversation = Some(conversation.clone());
        self
    }

    /// Gives it an idempotency key: sent again with the same key, it is served once and answered alike.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.request.key = Some(key.into());
        self
    }

    /// Sends it, and leaves the reply as it is recorded: for whoever cannot read JSON text, or need not.
    pub fn dispatch(self) -> BoxFuture<'a, Result<request::Answer, Refusal>> {
        self.dispatcher.dispatch(self.request)
    }

    /// The request as data, for a way of one's own.
    pub fn into_request(self) -> Request {
        self.request
    }
}

impl<R> fmt::Debug for Pending<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The payload may hold what is secret.
        let Request { machine, event, to, conversation, key, .. } = &self.request;
        let mut shown = f.debug_struct("Pending");
        shown.field("machine", machine).field("event", event).field("to", to);
        shown.field("conversation", conversation).field("key", key).finish_non_exhaustive()
    }
}

/// The answer to a request, with what the flow replied.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<R> {
    /// The request, by which its answer and what it was promised can be asked for later.
    pub request: MessageId,
    /// Whose turn it was; none if a reserved handler answered in place of a creation.
    pub instance: Option<InstanceId>,
    /// The conversation.
    pub conversation: ConversationId,
    /// The state after the turn, without its sigil.
    pub state: Option<String>,
    /// What happened.
    pub status: Status,
    /// What the flow replied.
    pub reply: Option<R>,
}

/// What the flow of a machine may reply; generated code implements it for the `Reply` of a machine.
pub trait FromReply: Sized {
    /// Reads the reply to an event.
    ///
    /// # Errors
    /// If it is none that the flow has.
    fn from_reply(event: &str, reply: &Reply, body: &Json) -> Result<Self, Mismatch>;
}

/// A machine that never replies.
impl FromReply for crate::Never {
    fn from_reply(_: &str, _: &Reply, body: &Json) -> Result<Self, Mismatch> {
        Err(Mismatch::new("no reply at all", body))
    }
}

/// Whether a reply has this status, these words and this promise: what tells the replies of a flow apart.
#[must_use]
pub fn is_reply(reply: &Reply, status: u16, phrase: Option<&str>, promises: Option<&str>) -> bool {
    reply.status == status && reply.phrase.as_deref() == phrase && reply.promises.as_deref() == promises
}

#[cfg(feature = "engine")]
mod sending {
    //! The answer is text, and reading text is what a core without the engine leaves out.

    use super::{Answer, FromReply, Pending};
    use crate::codec::Mismatch;
    use crate::dynamic::{BoxFuture, Failure, Reply};
    use crate::json::Json;
    use crate::request::{self, Refusal};

    impl<'a, R: FromReply + 'a> IntoFuture for Pending<'a, R> {
        type Output = Result<Answer<R>, Refusal>;
        type IntoFuture = BoxFuture<'a, Self::Output>;

        fn into_future(self) -> Self::IntoFuture {
            Box::pin(async move {
                let event = self.request.event.clone();
                let answer = self.dispatch().await?;
                let request::Answer { request, instance, conversation, state, status, reply } = answer;
                let reply = reply.map(|reply| typed(&event, &reply)).transpose();
                let reply = reply.map_err(|mismatch| Refusal::Failed(Failure::Mismatch(mismatch)))?;
                Ok(Answer { request, instance, conversation, state, status, reply })
            })
        }
    }

    fn typed<R: FromReply>(event: &str, reply: &Reply) -> Result<R, Mismatch> {
        let body = match &reply.body {
            Some(text) => text.parse().map_err(|_| Mismatch::new("JSON", &Json::text(text)))?,
            None => Json::Null,
        };
        R::from_reply(event, reply, &body)
    }
}

#[cfg(all(test, feature = "engine"))]
mod tests;
