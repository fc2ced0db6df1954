//! Cases about tests in the language: a flow, perhaps with its test file, and the report of what it tells.
//!
//! A case is two or three files in `tests/conformance`: `NAME.flow`, `NAME.test.flow` and `NAME.report`. The program of stories
//! (`tests/tests/stories.rs`) tells each test of the unit on interpreted machines, and then on generated ones.

use super::alias::Aliases;
use super::folder;
use eventflow::test_kit::TestReport;
use eventflow::test_kit::report::{Exchanged, FailedClaim, Outcome, StepReport, StepStatus};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its name: the section of the language that its rule stands in, and the rule in a few words.
    pub name: String,
    /// The flow.
    pub flow: String,
    /// The test file; none if the flow has none.
    pub tests: Option<String>,
    /// What is reported of its tests.
    pub report: String,
}

impl Story {
    /// All of them, in the order of their names.
    ///
    /// # Errors
    /// If the folder or a file of a case cannot be read.
    pub fn all() -> io::Result<Vec<Self>> {
        super::stems("report")?.iter().map(|stem| Self::read(stem)).collect()
    }

    fn read(name: &str) -> io::Result<Self> {
        let beside = |ending: &str| Self::file(name, ending);
        let read = |path: &Path| {
            fs::read_to_string(path)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
        };
        let tests = beside("test.flow");
        Ok(Self {
            name: name.to_owned(),
            flow: read(&beside("flow"))?,
            tests: if tests.exists() { Some(read(&tests)?) } else { None },
            report: read(&beside("report"))?,
        })
    }

    /// Where the report of a case is kept.
    #[must_use]
    pub fn place(&self) -> PathBuf {
        Self::file(&self.name, "report")
    }

    fn file(name: &str, ending: &str) -> PathBuf {
        folder().join(format!("{name}.{ending}"))
    }
}

/// Reports as a case keeps them: of each test a line with its title and what came of it, then what happened, what was said,
/// what was assumed, and what does not hold.
#[must_use]
pub fn shown(reports: &[TestReport]) -> String {
    let texts: Vec<String> = reports.iter().map(shown_one).collect();
    texts.join("\n")
}

fn shown_one(report: &TestReport) -> String {
    let outcome = match &report.outcome {
        Outcome::Passed => "passed",
        Outcome::Failed(_) => "failed",
        Outcome::Pending => "pending",
    };
    let mut lines = vec![format!("{}: {outcome}{}", report.title, times(report.runs))];
    lines.extend(report.steps.iter().map(step));
    lines.extend(report.exchange.iter().map(said));
    lines.extend(report.assumed.iter().map(ToString::to_string));
    lines.extend(report.chosen.iter().map(|chosen| format!("chosen: `{}` is {}", chosen.place.text, chosen.holds)));
    lines.extend(report.unmatched.iter().map(|place| format!("nothing asked for: {}", place.text)));
    lines.extend(report.pending.iter().map(|place| format!("pending: {}", place.text)));
    if let Outcome::Failed(claims) = &report.outcome {
        lines.extend(claims.iter().map(failed));
    }
    Aliases::default().shorten(&(lines.join("\n  ") + "\n"))
}

fn times(runs: usize) -> String {
    if runs == 1 { String::new() } else { format!(", told {runs} times") }
}

fn step(step: &StepReport) -> String {
    let status = match &step.status {
        StepStatus::Handled => "handled".to_owned(),
        StepStatus::Ignored => "ignored".to_owned(),
        StepStatus::Refused { why } => format!("refused, {why}"),
        StepStatus::NotFired { why } => format!("not fired, {why}"),
    };
    let state =
        |state: &Option<String>| state.as_ref().map_or_else(|| "nothing".to_owned(), |state| format!("#{state}"));
    format!(":{} at @{}, {} to {}: {status}", step.event, step.machine, state(&step.before), state(&step.after))
}

fn said(said: &Exchanged) -> String {
    let Exchanged { from, to, event, payload, way } = said;
    format!("@{} to @{} ({}): {event} {payload}", from.name, to.name, way.word())
}

fn failed(claim: &FailedClaim) -> String {
    let hint = claim.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    format!(
        "line {}, `{}`: expected {}, found {}{hint}",
        claim.place.line, claim.place.text, claim.expected, claim.actual
    )
}
