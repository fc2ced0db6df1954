//! Prints the module of a random system.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use eventflow_tests::{compiled::compile, generated, random};

fn main() {
    let number = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
    match compile(&format!("random_{number}.flow"), &random::system(number)) {
        Ok(compiled) => match generated::module("system", &compiled) {
            Ok(text) => println!("{text}"),
            Err(report) => println!("{report}"),
        },
        Err(report) => println!("{report}"),
    }
}
