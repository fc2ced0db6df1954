//! The match that one would write by hand for the very decision that the generated machine makes: the same types, a
//! guard that may fail, a counter that may be unset and that may overflow.

use super::generated::{self, order};
use crate::machine::{Contender, Event, LIMIT, Order, cart_is_valid};
use eventflow::{BoxError, Change, NoEffects};

pub struct ByHandAlike {
    state: order::State,
    context: order::Context,
}

/// User code as the generated trait asks for it.
fn valid(attempts: Option<i64>) -> Result<bool, BoxError> {
    Ok(cart_is_valid(attempts.unwrap_or_default()))
}

fn decided(state: Option<order::State>, attempts: Change<i64>) -> order::Decision {
    order::Decision { state, changes: order::Changes { attempts }, effects: NoEffects }
}

/// What an event leads to.
#[inline]
pub fn decide(
    state: order::State,
    context: &order::Context,
    event: &order::Event,
) -> Result<Option<order::Decision>, BoxError> {
    use order::State;
    let moves = |state| decided(Some(state), Change::Keep);
    Ok(match event {
        order::Event::Checkout => match state {
            State::Idle | State::Paid | State::Cancelled if valid(context.attempts)? => {
                Some(decided(Some(State::AwaitingPayment), Change::Set(1)))
            }
            State::Idle | State::Paid | State::Cancelled | State::AwaitingPayment => None,
        },
        order::Event::PaymentSucceeded => match state {
            State::AwaitingPayment => Some(moves(State::Paid)),
            State::Idle | State::Paid | State::Cancelled => None,
        },
        order::Event::PaymentFailed => match (state, context.attempts) {
            (State::AwaitingPayment, Some(attempts)) if attempts < LIMIT => {
                let next = attempts.checked_add(1).ok_or("too many attempts")?;
                Some(decided(None, Change::Set(next)))
            }
            (State::AwaitingPayment, _) => Some(moves(State::Cancelled)),
            (State::Idle | State::Paid | State::Cancelled, _) => None,
        },
        order::Event::Cancel => match state {
            State::AwaitingPayment => Some(moves(State::Cancelled)),
            State::Idle | State::Paid | State::Cancelled => None,
        },
    })
}

impl Contender for ByHandAlike {
    const NAME: &'static str = "hand-written, alike";

    fn at(order: Order) -> Self {
        let (state, context) = generated::place(order);
        Self { state, context }
    }

    fn handle(&mut self, event: Event) {
        match decide(self.state, &self.context, &generated::event(event)) {
            Ok(Some(decision)) => {
                self.state = decision.state.unwrap_or(self.state);
                decision.changes.attempts.apply(&mut self.context.attempts);
            }
            Ok(None) => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn order(&self) -> Order {
        generated::order(self.state, &self.context)
    }
}
