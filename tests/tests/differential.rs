//! The interpreter and the generated code, run by the same engine, leave the same records, answers, dead letters and
//! timers: on random systems with random sequences of events, and on what once made a difference. The generated code
//! also plays the scripts of the conformance suite.
//!
//! All systems are generated into one package of small programs, which hold both executors and compare. A difference
//! names its system; `cargo run -p eventflow-tests --example random_flow NUMBER` prints it. The environment variable
//! `EVENTFLOW_DIFFERENTIAL=FIRST..LAST` chooses other systems.

use eventflow_tests::differential::Verdict;
use eventflow_tests::kept;
use eventflow_tests::package::{Case, Effort, Package};
use std::fmt::Write as _;

const SYSTEMS: std::ops::Range<u64> = 0..200;
/// How many random sequences of events each system is driven with.
const SEQUENCES: u64 = 20;

#[test]
fn both_executors_leave_the_same_records() {
    let random: Result<Vec<Case>, String> = chosen().map(Case::random).collect();
    let mut cases = kept::cases().expect("what once made a difference compiles");
    cases.extend(Case::conformance().expect("the conformance suite compiles"));
    cases.extend(random.expect("a random system compiles"));
    let package = Package::write("differential", &cases, Effort::Quick).expect("the package is written");
    package.build().expect("generated code compiles");
    let verdicts = package.run(SEQUENCES).expect("every program ends well");
    let mut reports = String::new();
    for verdict in &verdicts {
        let file = cases.iter().find(|case| case.label == verdict.label).map(|case| &case.file);
        if let Some(difference) = &verdict.difference {
            let (report, script) = (&difference.report, &difference.script);
            write!(reports, "{} ({}):\n{report}\n{script}\n", verdict.label, file.map_or("", String::as_str))
                .expect("a string takes everything");
        }
    }
    assert!(reports.is_empty(), "the executors differ:\n{reports}");
    assert_eq!(verdicts.len(), cases.len(), "every system was compared");
    let sequences = usize::try_from(SEQUENCES).expect("a small number");
    let random: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.label.starts_with("random")).collect();
    assert!(random.iter().all(|verdict| verdict.sequences == sequences), "every sequence was run");
    let turns: usize = random.iter().map(|verdict| verdict.turns).sum();
    assert!(turns > 4 * sequences * random.len(), "the systems live: {turns} turns");
}

fn chosen() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("EVENTFLOW_DIFFERENTIAL") else { return SYSTEMS };
    let bounds = text.split_once("..").and_then(|(first, last)| Some(first.parse().ok()?..last.parse().ok()?));
    bounds.expect("EVENTFLOW_DIFFERENTIAL is a range: 0..200")
}
