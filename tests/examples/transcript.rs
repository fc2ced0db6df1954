//! Prints what a random sequence of events leaves of a random system, and the steps: `transcript SYSTEM SEQUENCE`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::{compiled::compile, drive::wander, interpreted::interpreted, random};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|number| number.parse::<u64>().ok());
    let (system, sequence) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match compile(&format!("random_{system}.flow"), &random::system(system)) {
        Ok(compiled) => println!("{}", wander(&interpreted(&compiled), sequence).transcript),
        Err(report) => println!("{report}"),
    }
}
