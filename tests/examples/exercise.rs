//! Runs random systems through the compiler, the code generator and the interpreter, in one process: what coverage is
//! measured of. `exercise FIRST..LAST SEQUENCES`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::package::Case;
use eventflow_tests::{compiled::compile, drive::wander, interpreted::interpreted};

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let range = arguments.next().unwrap_or_else(|| "0..200".to_owned());
    let bounds = range.split_once("..").and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    let (first, last): (u64, u64) = bounds.ok_or("the first argument is a range: 0..200")?;
    let sequences: u64 = arguments.next().and_then(|number| number.parse().ok()).unwrap_or(5);
    // What user code panics with is part of the game.
    std::panic::set_hook(Box::new(|_| ()));
    let mut turns = 0;
    for number in first..last {
        let case = Case::random(number)?;
        let driven = interpreted(&compile(&case.file, &case.text)?);
        turns += (0..sequences).map(|sequence| wander(&driven, sequence).turns).sum::<usize>();
    }
    println!("{} systems, {turns} turns", last - first);
    Ok(())
}
