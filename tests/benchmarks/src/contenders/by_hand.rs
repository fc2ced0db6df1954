//! The match that one would write by hand: decide, then apply.

use crate::machine::{Contender, Event, LIMIT, Order, State, cart_is_valid};

/// What an event leads to.
struct Decision {
    state: Option<State>,
    attempts: Option<i64>,
}

pub struct ByHand(Order);

fn decide(order: &Order, event: Event) -> Option<Decision> {
    let moves = |state| Decision { state: Some(state), attempts: None };
    match event {
        Event::Checkout => match order.state {
            State::Idle | State::Paid | State::Cancelled => cart_is_valid(order.attempts)
                .then_some(Decision { state: Some(State::AwaitingPayment), attempts: Some(1) }),
            State::AwaitingPayment => None,
        },
        Event::PaymentSucceeded => match order.state {
            State::AwaitingPayment => Some(moves(State::Paid)),
            State::Idle | State::Paid | State::Cancelled => None,
        },
        Event::PaymentFailed => match order.state {
            State::AwaitingPayment if order.attempts < LIMIT => {
                Some(Decision { state: None, attempts: Some(order.attempts + 1) })
            }
            State::AwaitingPayment => Some(moves(State::Cancelled)),
            State::Idle | State::Paid | State::Cancelled => None,
        },
        Event::Cancel => match order.state {
            State::AwaitingPayment => Some(moves(State::Cancelled)),
            State::Idle | State::Paid | State::Cancelled => None,
        },
    }
}

impl Contender for ByHand {
    const NAME: &'static str = "hand-written";

    fn at(order: Order) -> Self {
        Self(order)
    }

    fn handle(&mut self, event: Event) {
        if let Some(decision) = decide(&self.0, event) {
            self.0.state = decision.state.unwrap_or(self.0.state);
            self.0.attempts = decision.attempts.unwrap_or(self.0.attempts);
        }
    }

    fn order(&self) -> Order {
        self.0
    }
}
