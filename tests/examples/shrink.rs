//! Makes the flow of a difference as small as it can be, and keeps it with the fewest steps that show it:
//! `shrink 17` for random system 17, `shrink a.flow` for a file. With the name of a planted fault behind it, the code has
//! that fault, which shows what shrinking does; then nothing is kept.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::differential::Verdict;
use eventflow_tests::faults::{FAULTS, Fault};
use eventflow_tests::kept;
use eventflow_tests::package::{Case, Effort, Package, Played};
use eventflow_tests::random;
use eventflow_tests::shrink::shrink;
use std::fs;

/// How many flows are compiled at a time.
const AT_A_TIME: usize = 8;
/// How many sequences of events each flow is driven with.
const SEQUENCES: u64 = 20;

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let subject = arguments.next().unwrap_or_else(|| "0".to_owned());
    let fault = arguments.next().and_then(|name| FAULTS.into_iter().find(|fault| fault.name == name));
    let (name, text) = match subject.parse::<u64>() {
        Ok(number) => (format!("random_{number}"), random::system(number)),
        Err(_) => ("shrunk".to_owned(), fs::read_to_string(&subject).map_err(|error| format!("{subject}: {error}"))?),
    };
    let first = compare(std::slice::from_ref(&text), fault.as_ref())?;
    if first[0].difference.is_none() {
        println!("{name}: the executors agree");
        return Ok(());
    }
    let mut differs = |texts: &[String]| {
        let verdicts = compare(texts, fault.as_ref())?;
        Ok(verdicts.iter().map(|verdict| verdict.difference.is_some()).collect())
    };
    let small = shrink(&text, AT_A_TIME, &mut differs)?;
    let verdict = compare(std::slice::from_ref(&small), fault.as_ref())?.remove(0);
    let difference = verdict.difference.ok_or("the smallest flow differs")?;
    println!("{small}\n{}\n{}", difference.report, difference.script);
    if fault.is_none() {
        let path = kept::folder().join(&name);
        let keep = |extension, text: &str| fs::write(path.with_extension(extension), text);
        keep("flow", &small).and_then(|()| keep("steps", &difference.script)).map_err(|error| error.to_string())?;
        println!("kept as {}", path.display());
    }
    Ok(())
}

/// Compares the executors on flows; those that do not compile do not differ.
fn compare(texts: &[String], fault: Option<&Fault>) -> Result<Vec<Verdict>, String> {
    let label = |place: usize| format!("flow_{place}");
    let mut cases = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        let case = match fault {
            Some(fault) => fault.plant_in(&label(place), text.clone()),
            None => Case::new(&label(place), text.clone(), Played::AtRandom).map(Some),
        };
        cases.extend(case.ok().flatten());
    }
    let package = Package::write("shrink", &cases, Effort::Quick).map_err(|error| error.to_string())?;
    let verdicts = match package.build() {
        Ok(()) => package.run(SEQUENCES)?,
        // Generated code that rustc refuses is another defect than the one that is looked for.
        Err(_) => Vec::new(),
    };
    let of = |place: usize| verdicts.iter().find(|verdict| verdict.label == label(place)).cloned().unwrap_or_default();
    Ok((0..texts.len()).map(of).collect())
}
