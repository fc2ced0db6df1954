//! The machine that every contender implements: an order of four states with a guard and a counter.
//!
//! Checkout opens an order that is not open, if the cart is valid. A failed payment is tried again up to three times;
//! then the order is cancelled. The whole behavior is [`expected`].

/// Where the order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Idle,
    AwaitingPayment,
    Paid,
    Cancelled,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Checkout,
    PaymentSucceeded,
    PaymentFailed,
    Cancel,
}

pub const STATES: [State; 4] = [State::Idle, State::AwaitingPayment, State::Paid, State::Cancelled];
pub const EVENTS: [Event; 4] = [Event::Checkout, Event::PaymentSucceeded, Event::PaymentFailed, Event::Cancel];
/// How often a payment is tried.
pub const LIMIT: i64 = 3;

/// What an order is: a place and a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    pub state: State,
    pub attempts: i64,
}

/// The guard that only code can answer. It stands for user code: not inlined anywhere, and it may panic, or else the
/// compiler would drop whatever a contender does about panics.
#[inline(never)]
pub fn cart_is_valid(attempts: i64) -> bool {
    let attempts = std::hint::black_box(attempts);
    assert!(attempts >= 0, "nobody tries {attempts} times");
    attempts < 1_000_000_000_000
}

/// The specification.
pub fn expected(order: Order, event: Event) -> Order {
    let open = order.state == State::AwaitingPayment;
    match event {
        Event::Checkout if !open && cart_is_valid(order.attempts) => {
            Order { state: State::AwaitingPayment, attempts: 1 }
        }
        Event::PaymentSucceeded if open => Order { state: State::Paid, ..order },
        Event::PaymentFailed if open && order.attempts < LIMIT => Order { attempts: order.attempts + 1, ..order },
        Event::PaymentFailed | Event::Cancel if open => Order { state: State::Cancelled, ..order },
        Event::Checkout | Event::PaymentSucceeded | Event::PaymentFailed | Event::Cancel => order,
    }
}

/// A way to run the machine.
pub trait Contender {
    /// The name in the report.
    const NAME: &'static str;

    /// A machine at this place.
    fn at(order: Order) -> Self;
    /// Handles one event.
    fn handle(&mut self, event: Event);
    /// Where the machine is.
    fn order(&self) -> Order;
}
