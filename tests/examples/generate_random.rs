//! Prints the module of a random system.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::package::Case;

fn main() {
    let number = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
    match Case::random(number) {
        Ok(case) => println!("{}", case.module),
        Err(report) => println!("{report}"),
    }
}
