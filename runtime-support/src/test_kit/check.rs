//! Tests of a plan as Rust tests: a panic says what failed.

use super::report::{FailedClaim, Outcome, TestReport};
use super::{Options, TestPlan, Troupe, WrittenPlan, run};
use core::fmt::Write as _;

/// Runs one test of a plan, by its position.
///
/// # Panics
/// If the plan cannot be read, has no such test, or the test fails; the message says where and why.
#[track_caller]
pub fn check(plan: &WrittenPlan, test: usize, troupe: &dyn Troupe) {
    let plan = readable(plan);
    let test = plan.tests.get(test).unwrap_or_else(|| panic!("the plan has {} tests", plan.tests.len()));
    let report = run(plan, test, troupe, &Options::default());
    assert!(report.is_good(), "{}", failure(&report));
}

/// Runs all tests of a plan.
///
/// # Panics
/// If the plan cannot be read or a test fails; the message says of each that does where and why.
#[track_caller]
pub fn check_all(plan: &WrittenPlan, troupe: &dyn Troupe) {
    let plan = readable(plan);
    let reports = plan.tests.iter().map(|test| run(plan, test, troupe, &Options::default()));
    let failed: Vec<String> = reports.filter(|report| !report.is_good()).map(|report| failure(&report)).collect();
    assert!(failed.is_empty(), "{} of {} tests failed\n{}", failed.len(), plan.tests.len(), failed.join("\n"));
}

#[track_caller]
fn readable(plan: &WrittenPlan) -> &TestPlan {
    plan.read().unwrap_or_else(|error| panic!("the test plan cannot be read: {error}"))
}

/// What is wrong, for people.
fn failure(report: &TestReport) -> String {
    let TestReport { title, scenario, place, outcome, .. } = report;
    let of = scenario.as_ref().filter(|scenario| *scenario != title);
    let of = of.map(|scenario| format!(" ({scenario})")).unwrap_or_default();
    let mut text = format!("{}:{}: {title}{of}", place.file, place.line);
    let failed = match outcome {
        Outcome::Passed | Outcome::Pending => &[][..],
        Outcome::Failed(failed) => failed,
    };
    for FailedClaim { place, text: claim, expected, actual, hint } in failed {
        let _ = write!(text, "\n  {}:{}: {claim}", place.file, place.line);
        let _ = write!(text, "\n    expected: {expected}\n    actual:   {actual}");
        if let Some(hint) = hint {
            let _ = write!(text, "\n    hint:     {hint}");
        }
    }
    text
}
