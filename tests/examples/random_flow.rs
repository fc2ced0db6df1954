//! Prints the random system with the number that is given: `cargo run -p eventflow-tests --example random_flow 17`.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    let number = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
    println!("{}", eventflow_tests::random::system(number));
}
