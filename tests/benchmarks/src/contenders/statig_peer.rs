//! The order in statig: a method a state, the counter in shared storage.

use crate::machine::{Contender, Event, LIMIT, Order, cart_is_valid};
use statig::prelude::*;

pub struct Counter {
    attempts: i64,
}

#[state_machine(initial = "State::idle()", state(derive(Debug)))]
impl Counter {
    #[state]
    fn idle(&mut self, event: &Event) -> Outcome<State> {
        self.reopen(event)
    }

    #[state]
    fn awaiting_payment(&mut self, event: &Event) -> Outcome<State> {
        match event {
            Event::PaymentSucceeded => Transition(State::paid()),
            Event::PaymentFailed if self.attempts < LIMIT => {
                self.attempts += 1;
                Handled
            }
            Event::PaymentFailed | Event::Cancel => Transition(State::cancelled()),
            Event::Checkout => Super,
        }
    }

    #[state]
    fn paid(&mut self, event: &Event) -> Outcome<State> {
        self.reopen(event)
    }

    #[state]
    fn cancelled(&mut self, event: &Event) -> Outcome<State> {
        self.reopen(event)
    }
}

impl Counter {
    fn reopen(&mut self, event: &Event) -> Outcome<State> {
        if *event == Event::Checkout && cart_is_valid(self.attempts) {
            self.attempts = 1;
            return Transition(State::awaiting_payment());
        }
        Super
    }
}

pub struct Statig(statig::blocking::InitializedStateMachine<Counter>);

impl Contender for Statig {
    const NAME: &'static str = "statig";

    fn at(order: Order) -> Self {
        let mut machine = Self(Counter { attempts: 0 }.uninitialized_state_machine().init());
        // statig has no way to begin elsewhere: the events that lead there are replayed.
        for event in crate::way_to(order) {
            machine.handle(event);
        }
        machine
    }

    fn handle(&mut self, event: Event) {
        self.0.handle(&event);
    }

    fn order(&self) -> Order {
        let state = match self.0.state() {
            State::Idle {} => crate::machine::State::Idle,
            State::AwaitingPayment {} => crate::machine::State::AwaitingPayment,
            State::Paid {} => crate::machine::State::Paid,
            State::Cancelled {} => crate::machine::State::Cancelled,
        };
        Order { state, attempts: self.0.inner().attempts }
    }
}
