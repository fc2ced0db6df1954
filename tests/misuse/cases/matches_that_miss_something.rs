//! The flow has a state and an event that the code does not know yet.

use eventflow_misuse::flows::loan::{Event, State};

fn label(state: State) -> &'static str {
    match state {
        State::Idle => "new",
        State::Out => "out",
        State::Refused => "refused",
    }
}

fn is_a_wish(event: &Event) -> bool {
    match event {
        Event::Borrow(_) | Event::HandBack => true,
    }
}

fn main() {}
