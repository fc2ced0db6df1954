//! An event is sent in the name of an actor that may not send it.

use eventflow::request::Dispatcher;
use eventflow_misuse::flows::loan_system::member;

fn hand_back(dispatcher: &dyn Dispatcher) {
    drop(member::Client::new(dispatcher).hand_back("loan-7"));
}

fn main() {}
