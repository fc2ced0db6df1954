//! Requests from outside: the first turn fixes the answer, which is released when what follows is quiet.

use super::address::PRIVATE;
use super::handle::{Handled, Held};
use super::message::{Cause, Incoming};
use super::outcome::Outcome;
use super::working::store_failed;
use super::{Engine, Inner};
use crate::dynamic::{BoxFuture, Sender};
use crate::ids::{ConversationId, MessageId, RequestKey};
use crate::json::Json;
use crate::request::{Answer, Dispatcher, Refusal, Request};
use crate::runtime::Runtime;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll};
use std::borrow::Cow;
use std::sync::Arc;

impl Dispatcher for Engine {
    fn dispatch(&self, request: Request) -> BoxFuture<'_, Result<Answer, Refusal>> {
        let task: BoxFuture<'static, _> = Box::pin(self.inner.clone().serve(request));
        Box::pin(Going { task: Some(task), begun: false, runtime: self.inner.runtime.clone() })
    }
}

impl Inner {
    async fn serve(self: Arc<Self>, request: Request) -> Result<Answer, Refusal> {
        let has_key = request.key.is_some();
        let (message, body) = self.message(request)?;
        if has_key && let Some(known) = self.store.outcome(&message.id).await.map_err(store_failed)? {
            return repeated(Outcome::from_json(&known).map_err(store_failed)?, body);
        }
        match self.handle(&message, None, Some(body)).await? {
            Handled::Done { outcome, held } => {
                let answer = repeated(*outcome, body)?;
                self.follow(held).await;
                Ok(answer)
            }
            Handled::LeaseLost => Err(Refusal::Store("the store spoke of a lease where there was none".into())),
        }
    }

    /// The request as a message, and the hash of its payload.
    fn message(&self, request: Request) -> Result<(Incoming, MessageId), Refusal> {
        let Request { machine, event, actor, subject, to, conversation, key, data } = request;
        let payload: Json =
            data.parse().map_err(|error| Refusal::Malformed { why: format!("the payload: {error}") })?;
        if !matches!(payload, Json::Object(_)) {
            return Err(Refusal::Malformed { why: "the payload is no JSON object".to_owned() });
        }
        if conversation.as_ref().is_some_and(|named| named.as_str().starts_with(PRIVATE)) {
            return Err(Refusal::Malformed { why: format!("no conversation begins with `{PRIVATE}`") });
        }
        let key = key.unwrap_or_else(|| format!("{:032x}", self.ids.bits()));
        let route = match &to {
            Some(to) => format!("/{machine}/{to}/{event}"),
            None => format!("/{machine}/{event}"),
        };
        let named = RequestKey {
            actor: actor.as_deref().unwrap_or_default(),
            subject: subject.as_deref().unwrap_or_default(),
            method: "POST",
            route: &route,
            key: &key,
        };
        let id = MessageId::of_request(&named);
        let data = payload.to_string();
        let body = MessageId::of_request(&RequestKey { actor: "", subject: "", method: "", route: "body", key: &data });
        let joins = conversation.is_some();
        let message = Incoming {
            id,
            conversation: conversation.unwrap_or_else(|| ConversationId::opened_by(id)),
            from: Sender::Actor { actor: actor.unwrap_or(Cow::Borrowed("")), subject },
            event: event.into_owned(),
            kind: Cause::Request { machine: machine.into_owned(), to, joins },
            data,
        };
        Ok((message, body))
    }

    /// Runs what follows a commit, and returns when it is quiet or has taken long enough; the rest goes on by itself.
    async fn follow(self: &Arc<Self>, held: Vec<Held>) {
        if held.is_empty() {
            return;
        }
        let task: BoxFuture<'static, ()> = Box::pin(self.clone().drain(held));
        let mut rest = Going { task: Some(task), begun: true, runtime: self.runtime.clone() };
        let mut wait = self.runtime.sleep(self.options.cascade_wait);
        poll_fn(|context| {
            if Pin::new(&mut rest).poll(context).is_ready() { Poll::Ready(()) } else { wait.as_mut().poll(context) }
        })
        .await;
    }
}

/// What goes on by itself once it has begun: whoever waits for it may stop waiting at any point, also in the middle of a
/// commit, and it is left to the runtime.
struct Going<T: Send + 'static> {
    task: Option<BoxFuture<'static, T>>,
    begun: bool,
    runtime: Arc<dyn Runtime>,
}

impl<T: Send + 'static> Future for Going<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        self.begun = true;
        let Some(task) = &mut self.task else { return Poll::Pending };
        let polled = task.as_mut().poll(context);
        if polled.is_ready() {
            self.task = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Going<T> {
    fn drop(&mut self) {
        if let Some(task) = self.task.take().filter(|_| self.begun) {
            self.runtime.spawn(Box::pin(async { drop(task.await) }));
        }
    }
}

/// The answer of a command, unless it was given for another body.
fn repeated(outcome: Outcome, body: MessageId) -> Result<Answer, Refusal> {
    if outcome.body == Some(body) { Ok(outcome.answer) } else { Err(Refusal::KeyReused) }
}
