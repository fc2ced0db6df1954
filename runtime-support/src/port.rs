//! The way to external actors: what generated ports are made of.

use crate::dynamic::{BoxError, BoxFuture, Delivery, DynPort};
use crate::ids::{ConversationId, InstanceId, MessageId};
use core::fmt;

/// About a message to an external actor.
#[derive(Clone, Copy, Debug)]
pub struct Postmark<'a> {
    /// The same at every attempt to deliver the message: to pass on, so that the outside world acts once.
    pub key: &'a MessageId,
    /// Who emitted it.
    pub from: &'a InstanceId,
    /// The conversation, to come back with.
    pub conversation: &'a ConversationId,
}

impl<'a> Postmark<'a> {
    /// What a delivery says about its message.
    #[must_use]
    pub const fn of(delivery: &Delivery<'a>) -> Postmark<'a> {
        Postmark { key: delivery.key, from: delivery.from, conversation: delivery.conversation }
    }
}

/// The port of an actor that hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl DynPort for Silent {
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> BoxFuture<'a, Result<Option<String>, BoxError>> {
        Box::pin(core::future::ready(Err(unheard(delivery.event))))
    }
}

/// The refusal of a message that an actor does not hear: one that an older version of the flow left behind.
#[must_use]
pub fn unheard(event: &str) -> BoxError {
    Box::new(Unheard { event: event.to_owned() })
}

#[derive(Debug)]
struct Unheard {
    event: String,
}

impl fmt::Display for Unheard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the port has no `:{}` in this version of the flow", self.event)
    }
}

impl core::error::Error for Unheard {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;
    use core::task::{Context, Poll, Waker};

    #[test]
    fn nobody_is_told_what_nobody_hears() {
        let from = InstanceId::parse("order", "A-17").expect("an id");
        let conversation = ConversationId::parse("c1").expect("an id");
        let key = MessageId::from_bytes([7; 16]);
        let delivery =
            Delivery { event: "paid", data: &Json::Null, key: &key, from: &from, conversation: &conversation };
        let postmark = Postmark::of(&delivery);
        assert_eq!((postmark.key, postmark.from, postmark.conversation), (&key, &from, &conversation));
        let mut delivered = Silent.deliver(delivery);
        let Poll::Ready(Err(refused)) = delivered.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("it is refused at once");
        };
        assert_eq!(refused.to_string(), "the port has no `:paid` in this version of the flow");
    }
}
