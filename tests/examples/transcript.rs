//! Prints what a sequence of events leaves of a random system: `transcript SYSTEM SEQUENCE`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::differential::file_name;
use eventflow_tests::{compiled::compile, drive::transcript, generated::kept, random};

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|number| number.parse::<u64>().ok());
    let (system, sequence) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    match compile(&file_name(system), &random::system(system)) {
        Ok(compiled) => println!("{}", transcript(&kept(&compiled).0, sequence)),
        Err(report) => println!("{report}"),
    }
}
