//! The walk through a test: its world, its steps, its expectations.

use super::cast::Script;
use super::plan::Test;
use super::report::{FailedClaim, Outcome, TestReport};
use super::{Cast, Options, TestPlan, Troupe};
use std::sync::Arc;

/// Runs one test of a plan with the machines of a troupe, on an engine, a clock and a store of its own.
///
/// It needs no other thread, so that the caller may run several tests side by side.
#[must_use]
pub fn run(plan: &TestPlan, test: &Test, troupe: &dyn Troupe, options: &Options) -> TestReport {
    let script = Script::new(plan, test, troupe.description(), options.start, Vec::new());
    let cast = Arc::new(Cast::new(script, options.observer.clone()));
    let machines = troupe.machines(&cast);
    let claim = FailedClaim {
        place: test.place.clone(),
        text: test.title.clone(),
        expected: "a test that runs".to_owned(),
        actual: format!("{} machines that nobody drives", machines.len()),
        hint: None,
    };
    TestReport {
        title: test.title.clone(),
        scenario: test.scenario.clone(),
        place: test.place.clone(),
        outcome: Outcome::Failed(vec![claim]),
        steps: Vec::new(),
        assumed: cast.memory().assumed.clone(),
        exchange: Vec::new(),
        pending: Vec::new(),
        unmatched: Vec::new(),
        chosen: Vec::new(),
        runs: 1,
    }
}
