//! `eventflow test`: tells the stories of flows and test files, and says what does not hold.
//!
//! Every test runs on the interpreter, with a world of its own and in virtual time; several run side by side, and are
//! reported in the order of the files.

mod coverage;
mod junit;
mod lanes;
mod pretty;
mod run;
mod units;
mod verbose;
mod watch;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::arguments::Findings;
use crate::exit::{Exit, Problem};
use crate::report;
use run::Ran;
use units::{Broken, Unit};

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
What nothing in a test provides is assumed: a free-text condition is true, an action succeeds, a field gets a sample.
What was assumed is listed at the end; --strict makes it a failure.

Examples:
  eventflow test                               the project's flow, and the tests beside it
  eventflow test flows                         every system and every machine in this folder
  eventflow test order.test.flow               these tests alone
  eventflow test --scenario checkout -v        one story, event by event
  eventflow test --coverage --min-coverage 90  what no test reaches
  eventflow test --format junit > report.xml   for a build server")]
pub(crate) struct Arguments {
    /// Flows, test files, and folders in which all are meant; without one, the root of the nearest `eventflow.toml`.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only tests of the scenarios whose title contains this text.
    #[arg(long, value_name = "TEXT")]
    scenario: Option<String>,
    /// Only tests whose scenario or title contains this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Run again whenever a file changes.
    #[arg(long)]
    watch: bool,
    /// Show each event, guard, action and emit as it happens.
    #[arg(short, long)]
    verbose: bool,
    /// Show which states, events, guards and emits the tests reach, and name what they do not.
    #[arg(long)]
    coverage: bool,
    /// End with 1 if less than this percentage is reached.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,
    /// Fail where something is assumed, or a claim is bound to code that is not there.
    #[arg(long)]
    strict: bool,
    /// The form of the report.
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    format: Format,
    /// What ids follow from.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Stop at the first test that fails.
    #[arg(long)]
    fail_fast: bool,
    #[command(flatten)]
    findings: Findings,
}

/// The form of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[default]
    Pretty,
    /// One JSON object a line: one for each test, one for what was reached if that is asked for, one that sums up.
    Json,
    /// The XML that build servers read.
    Junit,
}

/// Everything that came of a run.
struct Outcome {
    units: Vec<Tested>,
    /// The flows that could not be tested, or not all of them, for errors in them or in the test files beside them.
    broken: Vec<Broken>,
    took: Duration,
}

/// What came of one unit.
struct Tested {
    name: String,
    ran: Vec<Ran>,
    reached: coverage::Reached,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    if arguments.watch {
        return watch::run(arguments);
    }
    Ok(once(arguments)?.0)
}

/// Runs all tests once; says who has to act, and which files it depends on.
fn once(arguments: &Arguments) -> Result<(Exit, Vec<PathBuf>), Problem> {
    let start = Instant::now();
    let (found, watched) = units::find(&arguments.paths, &arguments.findings)?;
    let mut outcome = Outcome { units: Vec::new(), broken: Vec::new(), took: Duration::ZERO };
    for unit in found {
        match unit {
            Unit::Broken(broken) => outcome.broken.push(broken),
            Unit::Ready(unit) => {
                let tested = run::unit(&unit, arguments)?;
                let stop = arguments.fail_fast && tested.ran.iter().any(|ran| !ran.report.is_good());
                outcome.units.push(tested);
                if stop {
                    break;
                }
            }
        }
    }
    outcome.took = start.elapsed();
    Ok((conclude(&outcome, arguments)?, watched))
}

/// What stands behind the reports of single tests, and who has to act.
fn conclude(outcome: &Outcome, arguments: &Arguments) -> Result<Exit, Problem> {
    let counts = Counts::of(outcome);
    match arguments.format {
        Format::Pretty => report::output(&pretty::conclusion(outcome, &counts, arguments.coverage))?,
        Format::Json => report::output(&pretty::json_conclusion(outcome, &counts, arguments.coverage)?)?,
        Format::Junit => report::output(&junit::text(outcome)?)?,
    }
    let none = counts.passed + counts.failed + counts.pending == 0 && outcome.broken.is_empty();
    let chosen = arguments.scenario.is_some() || arguments.filter.is_some();
    if none {
        report::note(if chosen { "no test has such a title" } else { "no test was found" })?;
    }
    let percent = coverage::percent(outcome.units.iter().map(|unit| &unit.reached));
    let short = arguments.min_coverage.filter(|least| percent < f64::from(*least));
    if let Some(least) = short {
        report::note(&format!("the tests reach {percent:.1} %, and {least} % is asked for"))?;
    }
    let wrong = counts.failed > 0 || !outcome.broken.is_empty() || short.is_some();
    Ok(match (wrong, none && chosen) {
        (true, _) => Exit::Wrong,
        (false, true) => Exit::CommandLine,
        (false, false) => Exit::Fine,
    })
}

/// How many tests ended how.
struct Counts {
    passed: usize,
    failed: usize,
    pending: usize,
}

impl Counts {
    fn of(outcome: &Outcome) -> Self {
        use eventflow::test_kit::report::Outcome as Of;
        let mut counts = Self { passed: 0, failed: 0, pending: 0 };
        for ran in outcome.units.iter().flat_map(|unit| &unit.ran) {
            match ran.report.outcome {
                Of::Passed => counts.passed += 1,
                Of::Failed(_) => counts.failed += 1,
                Of::Pending => counts.pending += 1,
            }
        }
        counts
    }
}
