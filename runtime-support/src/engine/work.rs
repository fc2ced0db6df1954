//! What workers do: messages that wait in the store, one at a time.

use super::Inner;
use super::deliver::deliver;
use super::handle::Handled;
use super::message::{Incoming, Kind, Message};
use super::selection;
use crate::description::QueueDescription;
use crate::dynamic::{self, Failure};
use crate::json::Json;
use crate::request::Refusal;
use crate::store::{Delivery, Settlement, StoreError};
use core::time::Duration;
use std::sync::Arc;

impl Inner {
    /// Takes the next message that can be taken and does what it asks for; false if there was none.
    pub(crate) async fn work_once(self: &Arc<Self>) -> Result<bool, StoreError> {
        let taken = self.store.take(&self.worker(), &[], 1, self.options.lease).await?;
        let Some(delivery) = taken.into_iter().next() else { return Ok(false) };
        let message = match Message::from_json(&delivery.body) {
            Ok(message) => message,
            Err(error) => {
                let reason = format!("the message cannot be read: {error}");
                self.end(&delivery.lease, Settlement::Dead { reason }).await;
                return Ok(true);
            }
        };
        if delivery.failures > self.queue(&message).retries {
            let reason = format!("taken {} times and never brought to an end", delivery.failures);
            self.end(&delivery.lease, give_up(self.queue(&message), reason)).await;
            return Ok(true);
        }
        match &message.kind {
            Kind::Port { actor } => self.deliver(&delivery, &message, actor).await,
            Kind::Broadcast { .. } => self.expand(&delivery, &message).await,
            Kind::Queued { .. } | Kind::Event { .. } | Kind::Timer { .. } => {
                self.take_turn(&delivery, &message.into()).await;
            }
        }
        Ok(true)
    }

    async fn take_turn(self: &Arc<Self>, delivery: &Delivery, message: &Incoming) {
        match self.holding(&delivery.lease, self.handle(message, Some(&delivery.lease), None)).await {
            Ok(Handled::Done { held, .. }) => self.clone().drain(held).await,
            Ok(Handled::LeaseLost) => {}
            Err(refusal) => {
                let settlement = self.verdict(message.machine(), delivery.failures, &refusal);
                self.end(&delivery.lease, settlement).await;
            }
        }
    }

    async fn deliver(&self, delivery: &Delivery, message: &Message, actor: &str) {
        let settlement = match self.holding(&delivery.lease, self.to_port(message, actor)).await {
            Ok(()) => Settlement::Done,
            Err(reason) => again(self.queue(message), delivery.failures, reason),
        };
        self.end(&delivery.lease, settlement).await;
    }

    async fn to_port(&self, message: &Message, actor: &str) -> Result<(), String> {
        let port = selection::actor(&self.system, actor).and_then(|at| self.ports.get(at));
        let port = port.ok_or_else(|| format!("there is no port for `@{actor}`"))?;
        let data: Json = message.data.parse().map_err(|error| format!("the payload cannot be read: {error}"))?;
        let dynamic::Sender::Instance(from) = &message.from else {
            return Err("only instances send to ports".to_owned());
        };
        let delivery = dynamic::Delivery {
            event: &message.event,
            data: &data,
            key: &message.id,
            from,
            conversation: &message.conversation,
        };
        deliver(&**port, delivery).await.map(drop)
    }

    /// What becomes of a message to a machine whose turn came to nothing. What would fail again in the same way is not
    /// tried again.
    pub(crate) fn verdict(&self, machine: &str, failures: u32, refusal: &Refusal) -> Settlement {
        let queue = self.queue_of(machine);
        let reason = refusal.to_string();
        match refusal {
            Refusal::NotAllowed { .. }
            | Refusal::Malformed { .. }
            | Refusal::NotFound { .. }
            | Refusal::Unroutable { .. }
            | Refusal::Taken { .. }
            | Refusal::Invalid { .. }
            | Refusal::Constraint { .. }
            | Refusal::Failed(Failure::TooLarge(_))
            | Refusal::KeyReused => give_up(queue, reason),
            Refusal::Full { .. }
            | Refusal::Busy { .. }
            | Refusal::Failed(_)
            | Refusal::Unreadable { .. }
            | Refusal::Store(_) => again(queue, failures, reason),
        }
    }

    /// How the messages of a queue are treated; what goes to an actor, as the sender's are.
    fn queue(&self, message: &Message) -> QueueDescription {
        self.queue_of(match (&message.kind, &message.from) {
            (Kind::Port { .. }, dynamic::Sender::Instance(from)) => from.machine(),
            (_, _) => message.machine(),
        })
    }

    fn queue_of(&self, machine: &str) -> QueueDescription {
        let machine = selection::machine(&self.system, machine);
        machine.map_or(QueueDescription::DEFAULT, |at| self.system.machines[at].queue.clone())
    }
}

fn give_up(queue: QueueDescription, reason: String) -> Settlement {
    if queue.dead_letter { Settlement::Dead { reason } } else { Settlement::Done }
}

fn again(queue: QueueDescription, failures: u32, reason: String) -> Settlement {
    if failures >= queue.retries {
        return give_up(queue, reason);
    }
    let doubled = queue.backoff.saturating_mul(1_i64.checked_shl(failures.min(62)).unwrap_or(i64::MAX));
    let micros = u64::try_from(doubled.min(queue.longest_backoff)).unwrap_or_default();
    Settlement::Retry { after: Duration::from_micros(micros) }
}
