//! The walk through a test: its world, its steps, its expectations.

mod exchange;
mod firing;
mod outcome;
mod payload;
mod story;
mod world;

use super::cast::Script;
use super::plan::{Effect, Test};
use super::report::{Chosen, FailedClaim, Outcome, TestReport};
use super::{Cast, Options, TestPlan, Troupe};
use std::collections::BTreeSet;
use std::sync::Arc;
use story::Story;

/// How many guards may answer either way in one test: each doubles the runs.
const MOST_EITHER: usize = 10;

/// Runs one test of a plan with the machines of a troupe, on an engine, a clock and a store of its own.
///
/// It needs no other thread, so that the caller may run several tests side by side. A test in which guards may answer
/// either way is told once for every combination of their answers; the report is that of the first run that failed.
#[must_use]
pub fn run(plan: &TestPlan, test: &Test, troupe: &dyn Troupe, options: &Options) -> TestReport {
    let either = test.assumptions.iter().enumerate();
    let either = either.filter(|(_, assumption)| assumption.effect == Effect::HoldsOrNot).map(|(position, _)| position);
    let either: Vec<usize> = either.collect();
    if either.len() > MOST_EITHER {
        return refused(test, format!("{} guards that may answer either way", either.len()));
    }
    let mut unmatched: Option<BTreeSet<usize>> = None;
    let mut runs = 0;
    loop {
        // Bit by bit: the first run answers true everywhere.
        let chosen = either.iter().enumerate().map(|(bit, position)| (*position, runs >> bit & 1 == 0)).collect();
        let (mut report, missed) = tell(plan, test, troupe, (options, chosen));
        runs += 1;
        let missed = match unmatched.take() {
            Some(before) => before.intersection(&missed).copied().collect(),
            None => missed,
        };
        report.runs = runs;
        report.unmatched = missed.iter().map(|position| test.assumptions[*position].place.clone()).collect();
        unmatched = Some(missed);
        if runs == 1 << either.len() || !report.is_good() {
            return report;
        }
    }
}

/// Tells the story once. With the report come the assumptions that nothing asked for.
fn tell(
    plan: &TestPlan,
    test: &Test,
    troupe: &dyn Troupe,
    (options, either): (&Options, Vec<(usize, bool)>),
) -> (TestReport, BTreeSet<usize>) {
    let chosen = either
        .iter()
        .map(|(position, holds)| Chosen { place: test.assumptions[*position].place.clone(), holds: *holds });
    let chosen = chosen.collect();
    let script = Script::new(plan, test, troupe.description(), (options.start, either));
    let cast = Arc::new(Cast::new(script, options.observer.clone()));
    let mut report = match Story::new(test, troupe, options, &cast) {
        Ok(story) => story.tell(),
        Err(stopped) => refused(test, stopped.0),
    };
    report.chosen = chosen;
    let matched = &cast.memory().matched;
    let missed = (0..test.assumptions.len()).filter(|position| !matched.contains(position)).collect();
    (report, missed)
}

/// The report of a test that cannot be told.
fn refused(test: &Test, why: String) -> TestReport {
    let claim = FailedClaim {
        place: test.place.clone(),
        text: test.title.clone(),
        expected: "a test that can be told".to_owned(),
        actual: why,
        hint: None,
    };
    TestReport {
        title: test.title.clone(),
        scenario: test.scenario.clone(),
        place: test.place.clone(),
        outcome: Outcome::Failed(vec![claim]),
        steps: Vec::new(),
        assumed: Vec::new(),
        exchange: Vec::new(),
        pending: Vec::new(),
        unmatched: Vec::new(),
        chosen: Vec::new(),
        runs: 1,
    }
}
