//! The order of `flows/order.flow`, as the compiler writes it: decide on data, then apply.

use crate::machine::{Contender, Event, Order, State, cart_is_valid};
use eventflow::dynamic::{Meta, Random, Sender};
use eventflow::{BoxError, ConversationId, Decide, InstanceId, Machine as _, MessageId, Timestamp};

mod order {
    include!(concat!(env!("OUT_DIR"), "/order.rs"));
}

struct Behavior;

impl order::Behavior for Behavior {
    fn cart_is_valid(&self, view: order::View<'_>) -> Result<bool, BoxError> {
        Ok(cart_is_valid(view.attempts().unwrap_or_default()))
    }
}

/// `uuid()` is not asked for.
struct NoRandom;

impl Random for NoRandom {
    fn uuid(&self) -> String {
        String::new()
    }
}

pub struct Generated {
    decider: order::Decider<Behavior>,
    state: order::State,
    context: order::Context,
    meta: Meta,
}

impl Contender for Generated {
    const NAME: &'static str = "generated";

    fn at(order: Order) -> Self {
        let state = match order.state {
            State::Idle => order::State::Idle,
            State::AwaitingPayment => order::State::AwaitingPayment,
            State::Paid => order::State::Paid,
            State::Cancelled => order::State::Cancelled,
        };
        let message = MessageId::from_bytes([0; 16]);
        let meta = Meta {
            instance: InstanceId::fresh("order", "00000000-0000-7000-8000-000000000001"),
            conversation: ConversationId::opened_by(message),
            sender: Sender::System,
            message,
            now: Timestamp::from_micros(0).expect("the epoch is a time"),
        };
        let context = order::Context { attempts: Some(order.attempts) };
        Self { decider: order::Decider::new(Behavior), state, context, meta }
    }

    fn handle(&mut self, event: Event) {
        let event = match event {
            Event::Checkout => order::Event::Checkout,
            Event::PaymentSucceeded => order::Event::PaymentSucceeded,
            Event::PaymentFailed => order::Event::PaymentFailed,
            Event::Cancel => order::Event::Cancel,
        };
        let turn = order::Turn {
            state: self.state,
            context: &self.context,
            event: &event,
            meta: &self.meta,
            random: &NoRandom,
            fixed: None,
        };
        if let Ok(Some(decision)) = self.decider.decide(turn) {
            self.state = decision.state.unwrap_or(self.state);
            order::Machine::apply(&mut self.context, decision.changes);
        }
    }

    fn order(&self) -> Order {
        let state = match self.state {
            order::State::Idle => State::Idle,
            order::State::AwaitingPayment => State::AwaitingPayment,
            order::State::Paid => State::Paid,
            order::State::Cancelled => State::Cancelled,
        };
        Order { state, attempts: self.context.attempts.unwrap_or_default() }
    }
}
