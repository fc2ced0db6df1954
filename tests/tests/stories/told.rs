//! Flows and test files from texts to reports.

use eventflow::BoxError;
use eventflow::description::SystemDescription;
use eventflow::dynamic::DynMachine;
use eventflow::test_kit::plan::Test;
use eventflow::test_kit::report::{FailedClaim, Outcome, StepStatus};
use eventflow::test_kit::{Cast, CodeClaim, Options, TestPlan, TestReport, Troupe};
use eventflow_interpreter::{Rehearsal, rehearse, test_plan};
use eventflow_tests::told::{Heard, Kept, code};
use eventflowc::diagnostic::Severity;
use eventflowc::driver::{Request, Tests, compile};
use eventflowc::load::{Files, Memory};
use eventflowc::render_diagnostic;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder in which what is told is kept, so that generated machines can tell it again.
pub(crate) const KEEP: &str = "EVENTFLOW_KEEP_STORIES";

/// A unit with its tests.
pub(crate) struct Told {
    pub(crate) plan: TestPlan,
    pub(crate) troupe: Bound,
    kept: Option<Kept>,
}

/// Interpreted machines, with code that decides claims in free text.
pub(crate) struct Bound(pub(crate) Rehearsal);

impl Troupe for Bound {
    fn description(&self) -> &SystemDescription {
        self.0.description()
    }

    fn machines(&self, cast: &Arc<Cast>) -> Vec<Arc<dyn DynMachine>> {
        self.0.machines(cast)
    }

    fn claim(&self, claim: &CodeClaim<'_>) -> Option<Result<bool, BoxError>> {
        code::claim(claim)
    }
}

/// Compiles a flow of one machine.
#[track_caller]
pub(crate) fn flow(text: &str) -> Told {
    with_tests(text, "")
}

/// Compiles a flow of one machine with its test file.
#[track_caller]
pub(crate) fn with_tests(text: &str, tests: &str) -> Told {
    let files = Memory::new().with("story.flow", text);
    let files = if tests.is_empty() { files } else { files.with("story.test.flow", tests) };
    unit("story.flow", &files)
}

/// Compiles a unit with the test files beside its flows.
#[track_caller]
pub(crate) fn unit(root: &str, files: &dyn Files) -> Told {
    let request = Request { root: Some(PathBuf::from(root)), tests: Tests::Beside, ..Request::default() };
    let mut compiled = compile(&request, files).expect("the root is named");
    let errors = compiled.findings().into_iter().filter(|finding| finding.severity == Severity::Error);
    let errors: String = errors.map(|error| render_diagnostic::short(&error, &compiled.sources) + "\n").collect();
    assert!(errors.is_empty(), "{errors}");
    let plan = test_plan(compiled.test_plan().expect("nothing is wrong with the tests")).expect("the forms agree");
    let resolved = compiled.resolved.as_ref().expect("nothing is wrong with the flows");
    let troupe = rehearse(resolved.system.clone(), &resolved.origins, &compiled.sources);
    let keep = std::env::var_os(KEEP);
    let kept = keep.map(|folder| Kept::write(Path::new(&folder), &mut compiled).expect("the folder can be written"));
    Told { plan, troupe: Bound(troupe), kept: kept.flatten() }
}

impl Told {
    /// The test with a title.
    #[track_caller]
    pub(crate) fn test(&self, title: &str) -> &Test {
        let found = self.plan.tests.iter().find(|test| test.title == title);
        let titles: Vec<&String> = self.plan.tests.iter().map(|test| &test.title).collect();
        found.unwrap_or_else(|| panic!("no test `{title}` among {titles:?}"))
    }

    #[track_caller]
    pub(crate) fn run(&self, title: &str) -> TestReport {
        self.run_with(title, &Options::default())
    }

    #[track_caller]
    pub(crate) fn run_with(&self, title: &str, options: &Options) -> TestReport {
        self.report(self.test(title), options)
    }

    /// Runs all tests, whatever comes of them.
    pub(crate) fn reports(&self) -> Vec<TestReport> {
        self.plan.tests.iter().map(|test| self.report(test, &Options::default())).collect()
    }

    fn report(&self, test: &Test, options: &Options) -> TestReport {
        let heard = Heard::run(&self.plan, test, &self.troupe, options);
        if let Some(kept) = &self.kept {
            let position = self.plan.tests.iter().position(|of_plan| std::ptr::eq(of_plan, test));
            kept.add(position.expect("it is a test of the plan"), options, &heard).expect("the folder can be written");
        }
        heard.report
    }

    /// Runs a test that must pass.
    #[track_caller]
    pub(crate) fn passes(&self, title: &str) -> TestReport {
        let report = self.run(title);
        assert_eq!(report.outcome, Outcome::Passed, "{report:#?}");
        report
    }

    /// Runs a test that must fail, and returns what fails in it.
    #[track_caller]
    pub(crate) fn fails(&self, title: &str) -> Vec<FailedClaim> {
        let report = self.run(title);
        match report.outcome {
            Outcome::Failed(claims) => claims,
            Outcome::Passed | Outcome::Pending => panic!("{report:#?}"),
        }
    }

    /// Runs all tests, which must pass.
    #[track_caller]
    pub(crate) fn all_pass(&self) {
        assert!(!self.plan.tests.is_empty());
        for test in &self.plan.tests {
            let report = self.report(test, &Options::default());
            assert_eq!(report.outcome, Outcome::Passed, "{report:#?}");
        }
    }
}

/// What became of each step: `event: status`.
pub(crate) fn statuses(report: &TestReport) -> Vec<String> {
    let status = |status: &StepStatus| match status {
        StepStatus::Handled => "handled".to_owned(),
        StepStatus::Ignored => "ignored".to_owned(),
        StepStatus::Refused { why } => format!("refused ({why})"),
        StepStatus::NotFired { why } => format!("not fired ({why})"),
    };
    report.steps.iter().map(|step| format!("{}: {}", step.event, status(&step.status))).collect()
}
