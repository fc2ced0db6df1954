//! The report in the form that build servers read.

use std::time::Duration;

use eventflow::test_kit::TestReport;
use eventflow::test_kit::report::Outcome as Of;
use eventflow_templates::junit::{Case, Failure, JUnit, Suite};

use super::units::Broken;
use super::{Counts, Outcome, Tested, pretty};
use crate::exit::Problem;

/// The XML of a run.
pub(super) fn text(outcome: &Outcome) -> Result<String, Problem> {
    let Counts { passed, failed, pending } = Counts::of(outcome);
    // A build server shows no suite that is empty.
    let told = outcome.units.iter().filter(|unit| !unit.ran.is_empty());
    let run = JUnit {
        tests: passed + failed + pending + outcome.broken.len(),
        failures: failed,
        errors: outcome.broken.len(),
        skipped: pending,
        time: seconds(outcome.took),
        suites: told.map(suite).chain(outcome.broken.iter().map(untested)).collect(),
    };
    run.text().map_err(|error| Problem::Other(error.to_string()))
}

fn suite(unit: &Tested) -> Suite {
    let count = |is: fn(&Of) -> bool| unit.ran.iter().filter(|ran| is(&ran.report.outcome)).count();
    let took = unit.ran.iter().map(|ran| took(&ran.report)).sum();
    Suite {
        name: unit.name.clone(),
        tests: unit.ran.len(),
        failures: count(|outcome| matches!(outcome, Of::Failed(_))),
        errors: 0,
        skipped: count(|outcome| matches!(outcome, Of::Pending)),
        time: seconds(took),
        cases: unit.ran.iter().map(|ran| case(&ran.report)).collect(),
    }
}

/// A flow that could not be tested, as a test of its own that does not hold.
fn untested(flow: &Broken) -> Suite {
    let could = if flow.in_part { "could be tested in part only" } else { "could not be tested" };
    let error = Failure { message: format!("`{}` {could}", flow.name), text: flow.errors.join("\n") };
    Suite {
        name: flow.name.clone(),
        tests: 1,
        failures: 0,
        errors: 1,
        skipped: 0,
        time: seconds(Duration::ZERO),
        cases: vec![Case {
            name: "the flow and its tests can be read".to_owned(),
            class: flow.name.clone(),
            file: flow.name.clone(),
            line: 1,
            time: seconds(Duration::ZERO),
            failures: Vec::new(),
            errors: vec![error],
            pending: false,
            pending_because: String::new(),
        }],
    }
}

fn case(report: &TestReport) -> Case {
    let claims = match &report.outcome {
        Of::Failed(claims) => claims.as_slice(),
        Of::Passed | Of::Pending => &[],
    };
    let failures = claims.iter().map(|claim| Failure {
        message: claim.text.clone(),
        text: format!(
            "{}:{}:{}\nexpected {}\nactual   {}{}",
            claim.place.file,
            claim.place.line,
            claim.place.column,
            claim.expected,
            claim.actual,
            claim.hint.as_ref().map(|hint| format!("\nhelp     {hint}")).unwrap_or_default(),
        ),
    });
    let pending = report.pending.iter().map(|place| format!("{}:{}: {}", place.file, place.line, place.text));
    Case {
        name: pretty::title(report),
        class: report.scenario.clone().unwrap_or_default(),
        file: report.place.file.clone(),
        line: report.place.line,
        time: seconds(took(report)),
        failures: failures.collect(),
        errors: Vec::new(),
        pending: report.outcome == Of::Pending,
        pending_because: pending.collect::<Vec<_>>().join("; "),
    }
}

fn took(report: &TestReport) -> Duration {
    report.steps.iter().map(|step| step.took).sum()
}

fn seconds(took: Duration) -> String {
    format!("{:.6}", took.as_secs_f64())
}
