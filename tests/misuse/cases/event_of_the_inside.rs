//! An event that is not `(api)`, and that the machine sends to itself, is sent from outside.

use eventflow::request::Dispatcher;
use eventflow_misuse::flows::loan_system::member;

fn remind(dispatcher: &dyn Dispatcher) {
    drop(member::Client::new(dispatcher).overdue("loan-7"));
}

fn main() {}
