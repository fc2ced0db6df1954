//! `eventflow explain`: the page of a code, or the list of all codes.

use clap::Args;
use eventflowc::codes::{self, Entry};

use crate::arguments::unknown_code;
use crate::exit::{Exit, Problem};
use crate::report;

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eventflow explain EF0501        what the code means, and how to fix it
  eventflow explain               all codes, one a line")]
pub(crate) struct Arguments {
    /// A code, as it stands in brackets behind `error` or `warning`; without one, all codes are listed.
    code: Option<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    match &arguments.code {
        Some(code) => {
            let entry = codes::find(code).ok_or_else(|| Problem::Usage(unknown_code(code, None)))?;
            report::output(entry.page)?;
        }
        None => {
            let list: String = codes::ENTRIES.iter().map(line).collect();
            report::output(&list)?;
        }
    }
    Ok(Exit::Fine)
}

fn line(entry: &Entry) -> String {
    format!("{} {:<7} {}\n", entry.code, entry.severity.to_string(), entry.title())
}
