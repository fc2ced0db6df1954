//! Runs systems with both executors and compares what can be seen of them.

use crate::compiled::compile;
use crate::drive::{Driven, transcript};
use crate::generated::kept;
use crate::random;
use eventflow::description::SystemDescription;
use eventflow::dynamic::DynMachine;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A random system by its number, and its generated machines.
pub type Generated = (u64, fn(&'static SystemDescription) -> Vec<Arc<dyn DynMachine>>);

/// How many sequences of events each system is driven with.
pub const SEQUENCES: u64 = 20;

/// The name of the file that a random system is compiled as.
#[must_use]
pub fn file_name(number: u64) -> String {
    format!("random_{number}.flow")
}

/// What came of a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many sequences were run.
    pub sequences: u64,
    /// How many records they left.
    pub records: usize,
    /// Where the executors differ, for people.
    pub differences: Vec<String>,
}

/// Runs every system on both executors.
#[must_use]
pub fn compare(systems: &[Generated]) -> Outcome {
    let mut outcome = Outcome::default();
    for (number, machines) in systems {
        if let Err(report) = compare_one(*number, *machines, &mut outcome) {
            outcome.differences.push(format!("system {number}: {report}"));
        }
    }
    outcome
}

fn compare_one(
    number: u64,
    machines: fn(&'static SystemDescription) -> Vec<Arc<dyn DynMachine>>,
    outcome: &mut Outcome,
) -> Result<(), String> {
    let compiled = compile(&file_name(number), &random::system(number))?;
    let (interpreted, description) = kept(&compiled);
    let answers = interpreted.answers.clone();
    let generated = Driven { system: interpreted.system.clone(), machines: machines(description), answers };
    for sequence in 0..SEQUENCES {
        let drive = |driven: &Driven| {
            catch_unwind(AssertUnwindSafe(|| transcript(driven, sequence)))
                .map_err(|_| format!("a panic in sequence {sequence}"))
        };
        let (left, right) = (drive(&interpreted)?, drive(&generated)?);
        outcome.sequences += 1;
        outcome.records += left.lines().filter(|line| line.starts_with("record ")).count();
        if left != right {
            return Err(format!("sequence {sequence}\n{}", first_difference(&left, &right)));
        }
    }
    Ok(())
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
