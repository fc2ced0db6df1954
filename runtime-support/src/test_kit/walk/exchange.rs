//! Who said what to whom: the story as messages between lanes.

use super::story::Story;
use crate::dynamic::Sender;
use crate::ids::MessageId;
use crate::record::{Emitted, SentBy};
use crate::test_kit::report::{Exchanged, Party, Way};
use crate::test_kit::stage::Entry;

/// Something that the story sent.
pub(super) struct Sent {
    /// How many records there were before.
    pub(super) at: usize,
    pub(super) from: (String, Option<String>),
    pub(super) to: (String, Option<String>),
    pub(super) event: String,
    pub(super) payload: String,
    pub(super) way: Way,
    /// The message that it became, if it was not refused.
    pub(super) message: Option<MessageId>,
    /// The status that a request was answered.
    pub(super) reply: Option<u16>,
}

impl Story<'_> {
    /// Every message, in order.
    pub(super) fn exchange(&self) -> Vec<Exchanged> {
        let mut exchange = Vec::new();
        let mut sent = self.sent.iter().peekable();
        for (place, entry) in self.stage.journal.iter().enumerate() {
            while let Some(said) = sent.next_if(|said| said.at <= place) {
                self.say(said, &mut exchange);
            }
            let from = Party::from(&entry.id);
            if self.is_timer(entry) {
                exchange.push(Exchanged {
                    from: from.clone(),
                    to: from.clone(),
                    event: entry.record.event.clone(),
                    payload: entry.record.data.clone(),
                    way: Way::Timer,
                });
            }
            exchange.extend(entry.record.emits.iter().map(|emitted| emit(&from, emitted)));
            let asked = self.sent.iter().find(|said| said.message == Some(entry.record.message));
            if let Some(status) = asked.and_then(|said| said.reply) {
                let body = entry.record.reply.as_ref().and_then(|reply| reply.body.clone());
                let to = Party { name: asked.map(|said| said.from.0.clone()).unwrap_or_default(), instance: None };
                let (event, payload) = (status.to_string(), body.unwrap_or_else(|| "null".to_owned()));
                exchange.push(Exchanged { from, to, event, payload, way: Way::Reply });
            }
        }
        sent.for_each(|said| self.say(said, &mut exchange));
        exchange
    }

    /// What the story said; a request that left no record is answered at once.
    fn say(&self, said: &Sent, exchange: &mut Vec<Exchanged>) {
        let named =
            |(name, instance): &(String, Option<String>)| Party { name: name.clone(), instance: instance.clone() };
        let (from, to) = (named(&said.from), named(&said.to));
        exchange.push(Exchanged {
            from: from.clone(),
            to: to.clone(),
            event: said.event.clone(),
            payload: said.payload.clone(),
            way: said.way,
        });
        let has_record =
            said.message.is_some_and(|message| self.stage.journal.iter().any(|entry| entry.record.message == message));
        if let Some(status) = said.reply.filter(|_| !has_record) {
            let (event, payload) = (status.to_string(), "null".to_owned());
            exchange.push(Exchanged { from: to, to: from, event, payload, way: Way::Reply });
        }
    }

    fn is_timer(&self, entry: &Entry) -> bool {
        let is_own = match entry.record.from {
            Sender::Instance(ref id) => *id == entry.id,
            Sender::System => true,
            Sender::Actor { .. } => false,
        };
        let armed = |timer: &crate::record::Armed| timer.id == entry.record.message;
        is_own && self.stage.journal.iter().any(|earlier| earlier.record.armed.iter().any(armed))
    }
}

fn emit(from: &Party, emitted: &Emitted) -> Exchanged {
    let way = match emitted.way {
        SentBy::Bare => Way::Bare,
        SentBy::Async => Way::Async,
        SentBy::Call => Way::Call,
        SentBy::Broadcast => Way::Broadcast,
        SentBy::Port => Way::Port,
        SentBy::Callback => Way::Callback,
    };
    let to = Party::from(&emitted.to);
    Exchanged { from: from.clone(), to, event: emitted.event.clone(), payload: emitted.data.clone(), way }
}
