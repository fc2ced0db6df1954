//! The report for people, and its twin for programs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use eventflow::test_kit::TestReport;
use eventflow::test_kit::report::{FailedClaim, Outcome as Of, StepReport, StepStatus};
use serde::Serialize;

use super::coverage::{Summary, Told, percent};
use super::run::Ran;
use super::{Counts, Outcome, lanes};
use crate::exit::Problem;

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const OPEN: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().dimmed();

/// So many tests are looked through at a glance.
const FEW: usize = 10;

/// The line above the tests of a unit.
pub(super) fn heading(name: &str) -> String {
    format!("{}{name}{:#}\n", Style::new().bold(), Style::new().bold())
}

/// One test.
pub(super) fn test(ran: &Ran) -> String {
    let report = &ran.report;
    let mut text = String::new();
    let (mark, style) = match &report.outcome {
        Of::Passed => ("✓", GOOD),
        Of::Failed(_) => ("✗", BAD),
        Of::Pending => ("?", OPEN),
    };
    write(&mut text, format_args!("  {style}{mark}{style:#} {}\n", title(report)));
    for step in &report.steps {
        text.push_str(&self::step(step));
    }
    for note in &ran.notes {
        write(&mut text, format_args!("      {DIM}{note}{DIM:#}\n"));
    }
    if let Of::Failed(claims) = &report.outcome {
        claims.iter().for_each(|claim| failed(claim, &mut text));
        let diagram = lanes::diagram(&report.exchange);
        if !diagram.is_empty() {
            text.push_str("      what was said:\n");
            diagram.lines().for_each(|line| write(&mut text, format_args!("        {line}\n")));
        }
    }
    for place in &report.pending {
        write(&mut text, format_args!("      {OPEN}pending{OPEN:#} {}:{}: {}\n", place.file, place.line, place.text));
    }
    for place in &report.unmatched {
        let (file, line) = (&place.file, place.line);
        write(&mut text, format_args!("      {OPEN}never asked for{OPEN:#} {file}:{line}: {}\n", place.text));
    }
    text
}

/// The scenario, and the title of a case in it.
pub(super) fn title(report: &TestReport) -> String {
    match &report.scenario {
        Some(scenario) if *scenario == report.title => report.title.clone(),
        Some(scenario) => format!("{scenario} › {}", report.title),
        None => report.title.clone(),
    }
}

fn step(step: &StepReport) -> String {
    let StepReport { event, after, took, status, .. } = step;
    let after = after.as_deref().map_or_else(String::new, |state| format!(" → {state}"));
    let took = milliseconds(*took);
    match status {
        StepStatus::Handled => format!("    {GOOD}✓{GOOD:#} {event}{after} ({took}ms)\n"),
        StepStatus::Ignored => format!("    {DIM}- {event} ignored{after} ({took}ms){DIM:#}\n"),
        StepStatus::Refused { why } => format!("    {OPEN}!{OPEN:#} {event} refused: {} ({took}ms)\n", one_line(why)),
        StepStatus::NotFired { why } => format!("    {DIM}· {event} did not happen: {why}{DIM:#}\n"),
    }
}

fn failed(claim: &FailedClaim, text: &mut String) {
    let FailedClaim { place, text: claimed, expected, actual, hint } = claim;
    write(text, format_args!("    {BAD}{}:{}:{}{BAD:#}: {claimed}\n", place.file, place.line, place.column));
    write(text, format_args!("      expected {expected}\n      actual   {actual}\n"));
    if let Some(hint) = hint {
        write(text, format_args!("      help     {hint}\n"));
    }
}

/// What stands behind all tests.
pub(super) fn conclusion(outcome: &Outcome, counts: &Counts, coverage: bool) -> String {
    let mut text = String::new();
    for (line, tests) in assumed(outcome) {
        let tests = if tests == 1 { "1 test".to_owned() } else { format!("{tests} tests") };
        write(&mut text, format_args!("{line} ({tests})\n"));
    }
    if coverage && !outcome.units.is_empty() {
        for unit in &outcome.units {
            write(&mut text, format_args!("reached in {}:\n{}", unit.name, unit.reached.text()));
        }
        let percent = percent(outcome.units.iter().map(|unit| &unit.reached));
        write(&mut text, format_args!("reached in all: {percent:.1} %\n"));
    }
    text.push_str(&failures(outcome));
    let Counts { passed, failed, pending } = counts;
    let style = if *failed > 0 || !outcome.broken.is_empty() { BAD } else { GOOD };
    write(&mut text, format_args!("{style}{passed} passed, {failed} failed{style:#}"));
    if *pending > 0 {
        write(&mut text, format_args!(", {OPEN}{pending} pending{OPEN:#}"));
    }
    for (in_part, could) in [(false, "could not be tested"), (true, "could be tested in part only")] {
        let broken = outcome.broken.iter().filter(|flow| flow.in_part == in_part).count();
        if broken > 0 {
            let flows = if broken == 1 { "flow" } else { "flows" };
            write(&mut text, format_args!(", {BAD}{broken} {flows} {could}{BAD:#}"));
        }
    }
    write(&mut text, format_args!(" ({:.2}s)\n", outcome.took.as_secs_f64()));
    text
}

/// The tests that failed, so that they are found below a long report: nothing if there are few tests.
fn failures(outcome: &Outcome) -> String {
    let mut text = String::new();
    let ran: Vec<&Ran> = outcome.units.iter().flat_map(|unit| &unit.ran).collect();
    if ran.len() <= FEW {
        return text;
    }
    for report in ran.iter().map(|ran| &ran.report).filter(|report| matches!(report.outcome, Of::Failed(_))) {
        let place = &report.place;
        write(&mut text, format_args!("{BAD}failed{BAD:#} {}:{}: {}\n", place.file, place.line, title(report)));
    }
    text
}

/// What was assumed, and by how many tests.
fn assumed(outcome: &Outcome) -> BTreeMap<String, usize> {
    let mut assumed = BTreeMap::new();
    for ran in outcome.units.iter().flat_map(|unit| &unit.ran) {
        let mut lines: Vec<String> = ran.report.assumed.iter().map(ToString::to_string).collect();
        lines.sort();
        lines.dedup();
        for line in lines {
            *assumed.entry(line).or_default() += 1;
        }
    }
    assumed
}

/// One test as a JSON object on a line of its own.
pub(super) fn json(ran: &Ran) -> Result<String, Problem> {
    object(&ran.report)
}

/// What stands behind all tests, as JSON objects.
pub(super) fn json_conclusion(outcome: &Outcome, counts: &Counts, coverage: bool) -> Result<String, Problem> {
    #[derive(Serialize)]
    struct Covered<'a> {
        unit: &'a str,
        reached: Vec<Summary<'a>>,
        scenarios: Vec<Told<'a>>,
    }
    #[derive(Serialize)]
    struct Summed<'a> {
        passed: usize,
        failed: usize,
        pending: usize,
        broken: Vec<&'a str>,
        seconds: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        percent: Option<f64>,
    }
    let mut text = String::new();
    if coverage {
        for unit in &outcome.units {
            let (reached, scenarios) = (unit.reached.summaries(), unit.reached.scenarios());
            let covered = Covered { unit: &unit.name, reached, scenarios };
            text.push_str(&object(&covered)?);
        }
    }
    let Counts { passed, failed, pending } = *counts;
    let percent = coverage.then(|| percent(outcome.units.iter().map(|unit| &unit.reached)));
    let broken = outcome.broken.iter().map(|flow| flow.name.as_str()).collect();
    let seconds = outcome.took.as_secs_f64();
    text.push_str(&object(&Summed { passed, failed, pending, broken, seconds, percent })?);
    Ok(text)
}

fn object(value: &impl Serialize) -> Result<String, Problem> {
    let text = serde_json::to_string(value).map_err(|error| Problem::Other(error.to_string()))?;
    Ok(text + "\n")
}

/// A span in milliseconds, with one decimal.
fn milliseconds(took: Duration) -> String {
    format!("{:.1}", took.as_secs_f64() * 1_000.0)
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

fn write(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes everything");
}
