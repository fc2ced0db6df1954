//! Runs systems with both executors and compares what can be seen of them.
//!
//! A program of generated code calls [`main`] with its systems. Whoever started it reads the [`Verdict`]s off its output.

use crate::code::Schemas;
use crate::compiled::compile;
use crate::conformance;
use crate::drive::step::{self, Step};
use crate::drive::{Driven, Trace, replay, wander};
use crate::interpreted::interpreted;
use crate::shrink;
use eventflow::Json;
use eventflow::description::SystemDescription;
use eventflow::dynamic::DynMachine;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A generated system.
pub struct Parts {
    /// What it is.
    pub description: SystemDescription,
    /// Its machines.
    pub machines: Vec<Arc<dyn DynMachine>>,
}

/// A system of a program: the flow, and what was generated of it.
pub struct Generated {
    /// By what it is told apart from the others.
    pub label: &'static str,
    /// The name of the file that it is compiled as.
    pub file: &'static str,
    /// The flow.
    pub text: &'static str,
    /// What is done to it.
    pub plays: Plays,
    /// Makes the generated machines.
    pub parts: fn(&Arc<Schemas>) -> Parts,
}

/// What is done to a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plays {
    /// Random sequences.
    AtRandom,
    /// The steps of a [`Script`], and random sequences.
    Steps(&'static str),
    /// A script of the [conformance suite](crate::conformance): what it leads to stands in it.
    Conformance(&'static str),
}

/// Steps that are written down, and the number that ids are counted from: `seed 7`, then a step a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The number.
    pub seed: u64,
    /// The steps.
    pub steps: Vec<Step>,
}

/// What came of the comparison of one system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// The system.
    pub label: String,
    /// How many sequences were run.
    pub sequences: usize,
    /// How many records they left.
    pub turns: usize,
    /// How many of these emit something.
    pub emitting: usize,
    /// Where the executors first differ.
    pub difference: Option<Difference>,
}

/// A difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The sequence, as a [`Script`]; empty if the systems differ before anything happens.
    pub script: String,
    /// What differs, for people.
    pub report: String,
}

/// What a program of generated code does: compares its systems over as many random sequences as its argument says, and
/// prints a verdict a line.
#[expect(clippy::print_stdout, reason = "it is the whole of a program, whose output is read")]
pub fn main(systems: &[Generated]) {
    let sequences = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(1);
    // What user code panics with is part of the game; any other panic is not, and is shown.
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.to_string().contains(crate::code::PANIC) {
            shown(panic);
        }
    }));
    for system in systems {
        println!("{}", compare(system, sequences).to_json());
    }
}

fn compare(system: &Generated, sequences: u64) -> Verdict {
    let mut verdict = Verdict { label: system.label.to_owned(), ..Verdict::default() };
    let compiled = match compile(system.file, system.text) {
        Ok(compiled) => compiled,
        Err(report) => {
            verdict.difference = Some(Difference { script: String::new(), report });
            return verdict;
        }
    };
    let left = interpreted(&compiled);
    let Parts { description, machines } = (system.parts)(&Arc::new(Schemas::new(&compiled.resolved.system)));
    if description != left.system {
        let report = format!("  described   {:?}\n  generated   {description:?}", left.system);
        verdict.difference = Some(Difference { script: String::new(), report });
        return verdict;
    }
    let right = Driven { system: description, machines, answers: left.answers.clone() };
    match system.plays {
        Plays::AtRandom => {}
        Plays::Steps(text) => match text.parse::<Script>() {
            Ok(script) => {
                verdict.take(script.seed, &|driven| replay(driven, script.seed, &script.steps), [&left, &right]);
            }
            Err(report) => verdict.difference = Some(Difference { script: text.to_owned(), report }),
        },
        Plays::Conformance(script) => {
            verdict.sequences = 1;
            let played = conformance::play(script, &compiled.resolved.system, &right).unwrap_or_else(|wrong| wrong);
            if played != script {
                let report = first_difference(script, &played);
                verdict.difference = Some(Difference { script: String::new(), report });
            }
            return verdict;
        }
    }
    for number in 0..sequences {
        if verdict.difference.is_none() {
            verdict.take(number, &|driven| wander(driven, number), [&left, &right]);
        }
    }
    verdict
}

/// Drives both executors alike: the trace that both leave, or the steps with the report of what differs.
fn drive(drive: &dyn Fn(&Driven) -> Trace, executors: [&Driven; 2]) -> Result<Trace, (Vec<Step>, String)> {
    let [left, right] = executors.map(|driven| catch_unwind(AssertUnwindSafe(|| drive(driven))));
    match (left, right) {
        (Ok(left), Ok(right)) if left.transcript == right.transcript => Ok(left),
        (Ok(left), Ok(right)) => Err((left.steps, first_difference(&left.transcript, &right.transcript))),
        (left, right) => {
            let report = format!("  a panic: interpreted {}, generated {}", left.is_err(), right.is_err());
            Err((left.or(right).map(|trace| trace.steps).unwrap_or_default(), report))
        }
    }
}

/// A difference that steps show, by as few of them as are found.
fn smallest(seed: u64, (steps, report): (Vec<Step>, String), executors: [&Driven; 2]) -> Difference {
    let shown = |steps: &[Step]| drive(&|driven| replay(driven, seed, steps), executors).err();
    let steps = shrink::steps::shrink(&steps, &mut |steps| shown(steps).is_some());
    // What a random sequence showed and its steps do not show again is told as it was seen.
    let report = shown(&steps).map_or(report, |(_, report)| report);
    Difference { script: Script { seed, steps }.to_string(), report }
}

impl Verdict {
    /// Adds what one sequence leaves.
    fn take(&mut self, seed: u64, sequence: &dyn Fn(&Driven) -> Trace, executors: [&Driven; 2]) {
        self.sequences += 1;
        match drive(sequence, executors) {
            Ok(trace) => {
                self.turns += trace.turns;
                self.emitting += trace.emitting;
            }
            Err(seen) => self.difference = Some(smallest(seed, seen, executors)),
        }
    }

    fn to_json(&self) -> Json {
        let number = |count: usize| Json::from(i64::try_from(count).unwrap_or(i64::MAX));
        let difference = self.difference.as_ref().map_or(Json::Null, |difference| {
            Json::object([("script", Json::text(&difference.script)), ("report", Json::text(&difference.report))])
        });
        Json::object([
            ("label", Json::text(&self.label)),
            ("sequences", number(self.sequences)),
            ("turns", number(self.turns)),
            ("emitting", number(self.emitting)),
            ("difference", difference),
        ])
    }

    /// Reads a line of a program's output.
    ///
    /// # Errors
    /// If it is no verdict.
    pub fn read(line: &str) -> Result<Self, String> {
        let json: Json = line.parse().map_err(|_| format!("no verdict: {line}"))?;
        let number = |name| -> Option<usize> { json.get(name)?.to_string().parse().ok() };
        let text = |json: &Json, name| json.get(name).and_then(Json::as_text).map(str::to_owned);
        let difference = json.get("difference").filter(|difference| !difference.is_null());
        let verdict = || {
            Some(Self {
                label: text(&json, "label")?,
                sequences: number("sequences")?,
                turns: number("turns")?,
                emitting: number("emitting")?,
                difference: match difference {
                    Some(of) => Some(Difference { script: text(of, "script")?, report: text(of, "report")? }),
                    None => None,
                },
            })
        };
        verdict().ok_or_else(|| format!("no verdict: {line}"))
    }
}

impl std::fmt::Display for Script {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}", self.seed)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

impl std::str::FromStr for Script {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let seed = first.strip_prefix("seed ").and_then(|seed| seed.trim().parse().ok());
        let seed = seed.ok_or_else(|| format!("`{first}` is no seed: the first line is `seed 7`"))?;
        Ok(Self { seed, steps: step::read(rest)? })
    }
}

/// The first line that differs, with the line before it.
fn first_difference(left: &str, right: &str) -> String {
    let mut before = "";
    let mut rights = right.lines();
    for line in left.lines() {
        let other = rights.next().unwrap_or("(nothing)");
        if line != other {
            return format!("  after       {before}\n  interpreted {line}\n  generated   {other}");
        }
        before = line;
    }
    format!("  after       {before}\n  interpreted (nothing)\n  generated   {}", rights.next().unwrap_or("(nothing)"))
}

#[cfg(test)]
mod tests {
    use super::{Difference, Script, Verdict};
    use crate::compiled::compile;
    use crate::drive::wander;
    use crate::interpreted::interpreted;

    #[test]
    fn a_difference_is_shown_by_as_few_steps_as_can_be() {
        let flow = |amount: &str| {
            format!(
                "machine: @till\n\n  on :open from @clerk (api) with:\n    | n | number | optional |\n    \
                 till moves to #open\n\n  on :sell from @clerk (api) with:\n    | n | number | optional |\n    \
                 $sold increases by {amount}\n"
            )
        };
        let [left, mut right] =
            [flow("1"), flow("2")].map(|text| interpreted(&compile("till.flow", &text).expect("a flow")));
        // Records name the flow that decided; that is not what is to differ.
        right.system.flow = left.system.flow.clone();
        let mut verdict = Verdict::default();
        let mut number = 0;
        while verdict.difference.is_none() {
            verdict.take(number, &|driven| wander(driven, number), [&left, &right]);
            number += 1;
        }
        let difference = verdict.difference.expect("one sells and the other sells twice as much");
        let script: Script = difference.script.parse().expect("a script");
        let steps: Vec<String> = script.steps.iter().map(ToString::to_string).collect();
        assert_eq!(steps, ["send :open to @till from @clerk {}", "send :sell to @till #0 from @clerk {}"]);
        assert!(difference.report.contains("\"sold\":\"2\""), "{}", difference.report);
    }

    #[test]
    fn a_verdict_is_read_as_it_is_written() {
        let difference = Difference { script: "seed 3\nwait 5\n".into(), report: "\"a\"\n  b".into() };
        let verdict =
            Verdict { label: "17".into(), sequences: 4, turns: 30, emitting: 12, difference: Some(difference) };
        assert_eq!(Verdict::read(&verdict.to_json().to_string()), Ok(verdict.clone()));
        let clean = Verdict { difference: None, ..verdict };
        assert_eq!(Verdict::read(&clean.to_json().to_string()), Ok(clean));
        assert!(Verdict::read("a panic").is_err());
    }

    #[test]
    fn a_script_is_read_as_it_is_written() {
        let text = "seed 12\nsend :begin to @order {}\nwait 60\n";
        assert_eq!(text.parse::<Script>().map(|script| script.to_string()), Ok(text.to_owned()));
        assert!("wait 60\n".parse::<Script>().is_err());
    }
}
