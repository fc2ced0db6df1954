//! The `eventflow` command: arguments in, a library call, a report out.
//!
//! One module a command. What a script may rely on goes to standard output, everything else to standard error, and the
//! exit code says who has to act: the author of a flow, the caller, or the keeper of the machine.

mod arguments;
mod commands;
mod difference;
mod exit;
mod report;
mod support;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    match commands::run(arguments.command) {
        Ok(exit) => exit.code(),
        Err(problem) => {
            report::problem(&problem);
            problem.exit().code()
        }
    }
}
