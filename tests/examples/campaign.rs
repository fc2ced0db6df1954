//! Compares both executors on many random systems: `campaign FIRST..LAST SEQUENCES`. It builds and runs a hundred systems
//! at a time, tells of every difference, and goes on.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::package::{Case, Effort, Package};
use std::time::Instant;

/// How many systems are built at a time.
const CHUNK: u64 = 100;

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let range = arguments.next().unwrap_or_else(|| "0..200".to_owned());
    let bounds = range.split_once("..").and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    let (first, last): (u64, u64) = bounds.ok_or("the first argument is a range: 0..200")?;
    let sequences: u64 = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(50);
    let started = Instant::now();
    let (mut systems, mut run, mut turns, mut emitting, mut different) = (0, 0, 0, 0, 0);
    for start in (first..last).step_by(usize::try_from(CHUNK).unwrap_or(1)) {
        let cases: Result<Vec<Case>, String> = (start..last.min(start + CHUNK)).map(Case::random).collect();
        let package = Package::write("campaign", &cases?, Effort::Long).map_err(|error| error.to_string())?;
        package.build()?;
        for verdict in package.run(sequences)? {
            systems += 1;
            run += verdict.sequences;
            turns += verdict.turns;
            emitting += verdict.emitting;
            if let Some(difference) = verdict.difference {
                different += 1;
                println!("{}:\n{}\n{}", verdict.label, difference.report, difference.script);
            }
        }
        let seconds = started.elapsed().as_secs();
        println!(
            "{systems} systems, {run} sequences, {turns} turns of which {emitting} emit: {different} systems differ ({seconds} s)"
        );
    }
    Ok(())
}
