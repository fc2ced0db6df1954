//! Compiles the random systems with the numbers from the first argument to the second, and prints what is wrong with
//! them: nothing should be.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::{compiled::compile, random};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|number| number.parse::<u64>().ok());
    let (first, last) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(20));
    let mut failed = 0;
    for number in first..last {
        if let Err(report) = compile(&format!("random_{number}.flow"), &random::system(number)) {
            failed += 1;
            println!("{report}");
        }
    }
    println!("{failed} of {} do not compile", last - first);
}
