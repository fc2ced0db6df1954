//! What can be said on the command line; the arguments of each command stand in its module.

use clap::{Parser, Subcommand};
use eventflowc::codes;

use crate::commands::{explain, new};

/// Compiles business flows in near-English to Rust.
#[derive(Debug, Parser)]
#[command(name = "eventflow", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes:
  0  fine
  1  a flow or a test is wrong
  2  the command line is wrong
  3  the machine is: a file could not be read or written

Examples:
  eventflow new shop              start a project
  eventflow check                 find what is wrong in it
  eventflow explain EF0501        read what a code means")]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts a project that builds, runs and passes its tests.
    New(new::Arguments),
    /// Shows what a code means, with an example that fails and one that is fixed.
    Explain(explain::Arguments),
}

/// What to say about a code that does not exist.
pub(crate) fn unknown_code(text: &str, nearest: Option<&str>) -> String {
    match nearest.or_else(|| codes::nearest(text)) {
        Some(nearest) => format!("there is no code `{text}`; did you mean `{nearest}`?"),
        None => format!("there is no code `{text}`; `eventflow explain` lists them"),
    }
}
