//! The order of `flows/order.flow`, as the compiler writes it: decide on data, then apply.

use crate::machine::{Contender, EVENTS, Event, LIMIT, Order, STATES, State, cart_is_valid};
use eventflow::dynamic::{Meta, Random, Sender};
use eventflow::{BoxError, ConversationId, Decide, Failure, InstanceId, Machine as _, MessageId, Situation, Timestamp};
use std::sync::LazyLock;

#[allow(dead_code, reason = "nothing here reads the state, the event and the time of a view")]
pub mod order {
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

/// About every turn.
static META: LazyLock<Meta> = LazyLock::new(|| {
    let message = MessageId::from_bytes([0; 16]);
    Meta {
        instance: InstanceId::fresh("order", "00000000-0000-7000-8000-000000000001"),
        conversation: ConversationId::opened_by(message),
        sender: Sender::System,
        message,
        now: Timestamp::EPOCH,
    }
});

pub struct Generated {
    decider: order::Decider<Behavior>,
    state: order::State,
    context: order::Context,
    meta: &'static Meta,
}

impl Generated {
    #[inline]
    fn decide(&self, event: &order::Event) -> Result<Option<order::Decision>, Failure> {
        self.decider.decide(order::Turn {
            state: self.state,
            context: &self.context,
            event,
            meta: self.meta,
            random: &NoRandom,
            situation: Situation::default(),
        })
    }
}

/// A place in the generated types.
pub fn place(order: Order) -> (order::State, order::Context) {
    let state = match order.state {
        State::Idle => order::State::Idle,
        State::AwaitingPayment => order::State::AwaitingPayment,
        State::Paid => order::State::Paid,
        State::Cancelled => order::State::Cancelled,
    };
    (state, order::Context { attempts: Some(order.attempts) })
}

/// And back.
pub fn order(state: order::State, context: &order::Context) -> Order {
    let state = match state {
        order::State::Idle => State::Idle,
        order::State::AwaitingPayment => State::AwaitingPayment,
        order::State::Paid => State::Paid,
        order::State::Cancelled => State::Cancelled,
    };
    Order { state, attempts: context.attempts.unwrap_or_default() }
}

/// An event in the generated type.
pub fn event(event: Event) -> order::Event {
    match event {
        Event::Checkout => order::Event::Checkout,
        Event::PaymentSucceeded => order::Event::PaymentSucceeded,
        Event::PaymentFailed => order::Event::PaymentFailed,
        Event::Cancel => order::Event::Cancel,
    }
}

impl Contender for Generated {
    const NAME: &'static str = "generated";

    fn at(order: Order) -> Self {
        let (state, context) = place(order);
        Self { decider: order::Decider::new(Behavior), state, context, meta: &META }
    }

    fn handle(&mut self, occurred: Event) {
        match self.decide(&event(occurred)) {
            Ok(Some(decision)) => {
                self.state = decision.state.unwrap_or(self.state);
                order::Machine::apply(&mut self.context, decision.changes);
            }
            Ok(None) => {}
            Err(failure) => panic!("{failure}"),
        }
    }

    fn order(&self) -> Order {
        order(self.state, &self.context)
    }
}

/// Whether the match by hand comes to the very decisions of the generated one, in every state, with every count, none
/// among them.
pub fn decides_like(by_hand: fn(order::State, &order::Context, &order::Event) -> Decided) -> bool {
    let counts = (0..=LIMIT).map(Some).chain([None]);
    counts.flat_map(|attempts| STATES.map(|state| (state, attempts))).all(|(state, attempts)| {
        EVENTS.into_iter().map(event).all(|event| {
            let mut machine = Generated::at(Order { state, attempts: 0 });
            machine.context.attempts = attempts;
            let by_hand = by_hand(machine.state, &machine.context, &event);
            by_hand.expect("no input here fails") == machine.decide(&event).expect("no input here fails")
        })
    })
}

/// What an event leads to, by hand.
pub type Decided = Result<Option<order::Decision>, BoxError>;
