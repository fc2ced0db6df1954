//! The order in smlang: a table of transitions, the counter in the context.

use crate::machine::{Contender, Event, LIMIT, Order, cart_is_valid};
use smlang::statemachine;

statemachine! {
    transitions: {
        *Idle | Paid | Cancelled + Checkout [cart_is_valid] / open = AwaitingPayment,
        AwaitingPayment + PaymentSucceeded = Paid,
        AwaitingPayment + PaymentFailed [may_retry] / count = AwaitingPayment,
        AwaitingPayment + PaymentFailed = Cancelled,
        AwaitingPayment + Cancel = Cancelled,
    }
}

pub struct Context {
    attempts: i64,
}

impl StateMachineContext for Context {
    fn cart_is_valid(&self) -> Result<bool, ()> {
        Ok(cart_is_valid(self.attempts))
    }

    fn may_retry(&self) -> Result<bool, ()> {
        Ok(self.attempts < LIMIT)
    }

    fn open(&mut self) -> Result<(), ()> {
        self.attempts = 1;
        Ok(())
    }

    fn count(&mut self) -> Result<(), ()> {
        self.attempts += 1;
        Ok(())
    }
}

pub struct Smlang(StateMachine<Context>);

impl Contender for Smlang {
    const NAME: &'static str = "smlang";

    fn at(order: Order) -> Self {
        let state = match order.state {
            crate::machine::State::Idle => States::Idle,
            crate::machine::State::AwaitingPayment => States::AwaitingPayment,
            crate::machine::State::Paid => States::Paid,
            crate::machine::State::Cancelled => States::Cancelled,
        };
        Self(StateMachine::new_with_state(Context { attempts: order.attempts }, state))
    }

    fn handle(&mut self, event: Event) {
        // An event that the table has no row for is an error in smlang, and nothing here.
        let _ = self.0.process_event(match event {
            Event::Checkout => Events::Checkout,
            Event::PaymentSucceeded => Events::PaymentSucceeded,
            Event::PaymentFailed => Events::PaymentFailed,
            Event::Cancel => Events::Cancel,
        });
    }

    fn order(&self) -> Order {
        let state = match self.0.state() {
            States::Idle => crate::machine::State::Idle,
            States::AwaitingPayment => crate::machine::State::AwaitingPayment,
            States::Paid => crate::machine::State::Paid,
            States::Cancelled => crate::machine::State::Cancelled,
        };
        Order { state, attempts: self.0.context().attempts }
    }
}
