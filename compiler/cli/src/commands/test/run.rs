//! Runs the tests of a unit side by side, and reports each as soon as all before it are reported.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use eventflow::test_kit::plan::Test;
use eventflow::test_kit::{Observer, Options, TestPlan, TestReport};
use eventflow_interpreter::{Rehearsal, rehearse, test_plan};

use super::coverage::{Reached, Seen};
use super::units::Ready;
use super::verbose::{self, Guards, Notes};
use super::{Arguments, Format, Tested, pretty};
use crate::exit::Problem;
use crate::report;

/// A test that ran.
pub(super) struct Ran {
    /// What came of it.
    pub(super) report: TestReport,
    /// What happened, line by line, where it is asked for.
    pub(super) notes: Vec<String>,
    seen: Seen,
}

/// Runs the tests of a unit.
pub(super) fn unit(unit: &Ready, arguments: &Arguments) -> Result<Tested, Problem> {
    let compilation = &unit.compilation;
    let name = compilation.root.display().to_string();
    let (Some(resolved), Some(plan)) = (&compilation.resolved, compilation.whole_tests()) else {
        return Ok(Tested { name, ran: Vec::new(), reached: Reached::default() });
    };
    let plan = test_plan(plan).map_err(|error| Problem::Other(error.to_string()))?;
    let tests = plan.tests.iter().filter(|test| unit.means(&test.place.file) && meant(test, arguments));
    let tests: Vec<&Test> = tests.collect();
    let rehearsal = rehearse(resolved.system.clone(), &resolved.origins, &compilation.sources);
    let texts = arguments.verbose.then(|| verbose::guards(resolved, &compilation.sources));
    if arguments.format == Format::Pretty && !tests.is_empty() {
        report::output(&pretty::heading(&name))?;
    }
    let ran = side_by_side((&plan, &tests), &rehearsal, texts.as_ref(), arguments)?;
    let mut reached = Reached::of(&resolved.system, &resolved.origins, &compilation.sources);
    for one in &ran {
        reached.add(one.report.scenario.as_deref(), &one.seen);
    }
    Ok(Tested { name, ran, reached })
}

/// Whether the caller means a test.
fn meant(test: &Test, arguments: &Arguments) -> bool {
    let scenario = test.scenario.as_deref().unwrap_or_default();
    let in_scenario = arguments.scenario.as_ref().is_none_or(|text| scenario.contains(text));
    let filtered =
        arguments.filter.as_ref().is_none_or(|text| scenario.contains(text) || test.title.contains(text.as_str()));
    in_scenario && filtered
}

fn side_by_side(
    (plan, tests): (&TestPlan, &[&Test]),
    rehearsal: &Rehearsal,
    guards: Option<&Arc<Guards>>,
    arguments: &Arguments,
) -> Result<Vec<Ran>, Problem> {
    let threads = thread::available_parallelism().map_or(1, Into::into).min(tests.len());
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (finished, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (finished, next, stop) = (finished.clone(), &next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(test) = tests.get(place) else { break };
                    // Nobody listens any more when the report could not be written: then there is nothing left to do.
                    if finished.send((place, one((plan, test), rehearsal, guards, arguments))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(finished);
        let reported = in_order(results, arguments);
        stop.store(true, Ordering::Relaxed);
        reported
    })
}

/// Reports the tests in their order, up to the first that fails if that is all that is asked for.
fn in_order(results: mpsc::Receiver<(usize, Ran)>, arguments: &Arguments) -> Result<Vec<Ran>, Problem> {
    let mut waiting = BTreeMap::new();
    let mut ran: Vec<Ran> = Vec::new();
    for (place, result) in results {
        waiting.insert(place, result);
        while let Some(result) = waiting.remove(&ran.len()) {
            match arguments.format {
                Format::Pretty => report::output(&pretty::test(&result))?,
                Format::Json => report::output(&pretty::json(&result)?)?,
                Format::Junit => {}
            }
            let failed = !result.report.is_good();
            ran.push(result);
            if failed && arguments.fail_fast {
                return Ok(ran);
            }
        }
    }
    Ok(ran)
}

fn one(
    (plan, test): (&TestPlan, &Test),
    rehearsal: &Rehearsal,
    guards: Option<&Arc<Guards>>,
    arguments: &Arguments,
) -> Ran {
    let covers = arguments.coverage || arguments.min_coverage.is_some();
    let observer = (guards.is_some() || covers).then(|| Arc::new(Notes::new(guards.cloned())));
    let options = Options {
        strict: arguments.strict,
        seed: arguments.seed,
        observer: observer.clone().map(|notes| notes as Arc<dyn Observer>),
        ..Options::default()
    };
    let report = eventflow::test_kit::run(plan, test, rehearsal, &options);
    let (notes, seen) = observer.map(|observer| observer.taken()).unwrap_or_default();
    Ran { report, notes, seen }
}
