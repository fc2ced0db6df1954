//! A thousand stories of ten events each, told by the test kit on the interpreter: what a large test suite takes.
//!
//! `cargo run --release --bin rehearse --manifest-path tests/benchmarks/Cargo.toml`

use eventflow::test_kit::{Options, run};
use eventflow_interpreter::{rehearse, test_plan};
use eventflowc::driver::{Request, Tests, compile};
use eventflowc::load::Memory;
use std::path::PathBuf;
use std::time::Instant;

/// How many tests are run.
const TESTS: usize = 1_000;
/// How many events each of them has.
const EVENTS: usize = 10;

fn main() {
    let files = Memory::new().with("walk.flow", FLOW).with("walk.test.flow", variations());
    let request = Request { root: Some(PathBuf::from("walk.flow")), tests: Tests::Beside, ..Request::default() };
    let compiled = compile(&request, &files).expect("the root is named");
    let resolved = compiled.resolved.as_ref().expect("the flow compiles");
    let plan = test_plan(compiled.test_plan().expect("the tests compile")).expect("the forms agree");
    let troupe = rehearse(resolved.system.clone(), &resolved.origins, &compiled.sources);
    let tests = &plan.tests[plan.tests.len() - TESTS..];
    assert!(tests.iter().all(|test| test.steps.len() == EVENTS));
    let begun = Instant::now();
    let good = tests.iter().filter(|test| run(&plan, test, &troupe, &Options::default()).is_good()).count();
    let took = begun.elapsed();
    let events = u32::try_from(TESTS * EVENTS).expect("a small number");
    println!("{good} of {TESTS} tests of {EVENTS} events pass in {took:.2?}: {:.1?} an event", took / events);
    assert_eq!(good, TESTS, "a test that fails measures nothing");
}

/// Paths through the scenario: nine events, and one that is said in the test.
fn variations() -> String {
    let mut text = String::from("test: @walk\n\n  for scenario: a long walk\n");
    for number in 0..TESTS {
        text.push_str(&format!(
            "\n    path {number}:\n      after :step_9\n      then :rest from @walker\n      = walk is in #resting\n      \
             = $steps equals 8\n      = @walker received :rested\n      = write it down was called\n"
        ));
    }
    text
}

const FLOW: &str = include_str!("../flows/walk.flow");
