//! The order in rust-fsm: the transition table is its, guard and counter stand around it, as it has neither.

use crate::machine::{Contender, Event, LIMIT, Order, State, cart_is_valid};
use rust_fsm::{StateMachine, StateMachineImpl};

pub struct Table;

/// Inputs after the guards were asked.
pub enum Input {
    Open,
    Succeed,
    Count,
    Cancel,
}

impl StateMachineImpl for Table {
    type Input = Input;
    type State = State;
    type Output = i64;
    const INITIAL_STATE: State = State::Idle;

    fn transition(state: &State, input: &Input) -> Option<State> {
        match (state, input) {
            (State::Idle | State::Paid | State::Cancelled, Input::Open) => Some(State::AwaitingPayment),
            (State::AwaitingPayment, Input::Succeed) => Some(State::Paid),
            (State::AwaitingPayment, Input::Count) => Some(State::AwaitingPayment),
            (State::AwaitingPayment, Input::Cancel) => Some(State::Cancelled),
            _ => None,
        }
    }

    fn output(state: &State, input: &Input) -> Option<i64> {
        (*state == State::AwaitingPayment && matches!(input, Input::Count)).then_some(1)
    }
}

pub struct RustFsm {
    machine: StateMachine<Table>,
    attempts: i64,
}

impl Contender for RustFsm {
    const NAME: &'static str = "rust-fsm";

    fn at(order: Order) -> Self {
        Self { machine: StateMachine::from_state(order.state), attempts: order.attempts }
    }

    fn handle(&mut self, event: Event) {
        let opens = matches!(event, Event::Checkout);
        let input = match event {
            Event::Checkout if *self.machine.state() != State::AwaitingPayment && cart_is_valid(self.attempts) => {
                Input::Open
            }
            Event::Checkout => return,
            Event::PaymentSucceeded => Input::Succeed,
            Event::PaymentFailed if self.attempts < LIMIT => Input::Count,
            Event::PaymentFailed | Event::Cancel => Input::Cancel,
        };
        if let Ok(output) = self.machine.consume(&input) {
            self.attempts = if opens { 1 } else { self.attempts + output.unwrap_or(0) };
        }
    }

    fn order(&self) -> Order {
        Order { state: *self.machine.state(), attempts: self.attempts }
    }
}
