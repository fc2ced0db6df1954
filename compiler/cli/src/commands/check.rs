//! `eventflow check`: what is wrong in a flow and its tests.

use std::path::PathBuf;

use clap::Args;
use eventflowc::driver::{Facts, Tests};

use super::Look;
use crate::arguments::Findings;
use crate::exit::{Exit, Problem};
use crate::report::{self, Stream};

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eventflow check                              the flow that eventflow.toml names
  eventflow check flows/system.flow            this one
  eventflow check --deny warnings              for a build server
  eventflow check --states                     with the facts that declared states state
  eventflow check --message-format json        for a program, one object a line
  eventflow check --message-format github      in a job of GitHub Actions
  eventflow check --message-format sarif > flows.sarif
                                               for a code host that collects findings")]
pub(crate) struct Arguments {
    /// The root flow; without one, the root of the nearest `eventflow.toml`.
    flow: Option<PathBuf>,
    /// Compare with the flow what declared states say of it: `after`, `emits`, `waiting_for` and so on.
    #[arg(long)]
    states: bool,
    #[command(flatten)]
    findings: Findings,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let facts = if arguments.states { Facts::Compared } else { Facts::Ignored };
    let look = Look { tests: Tests::Beside, facts, ..Look::default() };
    let mut compilation = super::compile_looking(look, arguments.flow.as_deref(), &arguments.findings)?;
    // Names that clash in Rust are found when the Rust is planned. Nothing is found behind that.
    compilation.plan();
    let exit = report::findings(&compilation, arguments.findings.message_format, Stream::Output)?;
    if let Some(resolved) = compilation.resolved.as_ref().filter(|_| !compilation.failed()) {
        let machines = resolved.system.machines.len();
        let handlers: usize = resolved.system.machines.iter().map(|machine| machine.handlers.len()).sum();
        let root = compilation.root.display();
        let mut checked = vec![counted(machines, "machine"), counted(handlers, "handler")];
        checked.extend(arguments.states.then(|| counted(resolved.facts.len(), "fact")));
        report::note(&format!("checked `{root}`: {}", checked.join(", ")))?;
    }
    Ok(exit)
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}
