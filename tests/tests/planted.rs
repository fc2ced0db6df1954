//! The differential test would find a fault of the code generator: planted ones differ, each in one of the first random
//! systems.
//!
//! It takes some minutes, and so is asked for: `cargo test -p eventflow-tests --test planted -- --ignored --nocapture`.

use eventflow_tests::faults::{FAULTS, Fault};
use eventflow_tests::package::{Case, Effort, Package};

/// Each fault must be found within so many systems.
const SYSTEMS: u64 = 500;
/// How many sequences of events each system is driven with.
const SEQUENCES: u64 = 20;
/// How many systems with a fault are built at a time.
const AT_A_TIME: usize = 4;

#[test]
#[ignore = "it compiles a hundred systems"]
#[expect(clippy::print_stdout, reason = "what was found where is worth knowing")]
fn every_planted_fault_is_found() {
    // Each fault that nothing has shown yet, with the system to look at next.
    let mut hidden: Vec<(Fault, u64)> = FAULTS.iter().map(|fault| (*fault, 0)).collect();
    while !hidden.is_empty() {
        let mut cases = Vec::new();
        for (fault, next) in &mut hidden {
            let planted = plant(fault, next);
            assert!(!planted.is_empty(), "no system shows that {}", fault.name);
            cases.extend(planted);
        }
        let package = Package::write("planted", &cases, Effort::Quick).expect("the package is written");
        package.build().expect("faulty code compiles, too");
        let verdicts = package.run(SEQUENCES).expect("every program ends well");
        let mut shown: Vec<&str> = Vec::new();
        for verdict in verdicts.iter().filter(|verdict| verdict.difference.is_some()) {
            println!("found {}", verdict.label);
            shown.push(&verdict.label);
        }
        hidden.retain(|(fault, _)| !shown.iter().any(|label| label.starts_with(fault.name)));
    }
}

/// The next systems that a fault changes.
fn plant(fault: &Fault, next: &mut u64) -> Vec<Case> {
    let mut cases = Vec::new();
    while cases.len() < AT_A_TIME && *next < SYSTEMS {
        cases.extend(fault.case(*next).expect("a random system compiles"));
        *next += 1;
    }
    cases
}
