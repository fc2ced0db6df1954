//! The `eventflow` command: arguments in, a library call, a report out.
//!
//! One module a command. What a script may rely on goes to standard output, everything else to standard error, and the
//! exit code says who has to act: the author of a flow, the caller, or the keeper of the machine.

mod arguments;
mod commands;
mod difference;
mod exit;
mod flows;
mod package_name;
mod report;
mod support;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let outcome = match arguments::Arguments::try_parse() {
        Ok(arguments) => commands::run(arguments.command),
        Err(said) => report::command_line(&said),
    };
    match outcome {
        Ok(exit) => exit.code(),
        Err(problem) => {
            report::problem(&problem);
            problem.exit().code()
        }
    }
}
