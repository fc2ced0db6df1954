//! The commands, one module each.

pub(crate) mod explain;
pub(crate) mod new;

use crate::arguments::Command;
use crate::exit::{Exit, Problem};

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<Exit, Problem> {
    match command {
        Command::New(arguments) => new::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
    }
}
