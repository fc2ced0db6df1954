//! `eventflow bindings`: the code that a flow needs, ready to paste.

use std::path::PathBuf;

use clap::Args;
use eventflowc::bindings::bindings;

use crate::arguments::Findings;
use crate::exit::{Exit, Problem};
use crate::report::{self, Stream};

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eventflow bindings                       all that the project's flow needs
  eventflow bindings order.flow            all that this flow needs
  eventflow bindings --of order            one trait or one machine: `order`, `order::Behavior`")]
pub(crate) struct Arguments {
    /// The root flow; without one, the root of the nearest `eventflow.toml`.
    flow: Option<PathBuf>,
    /// Only what this machine or trait needs.
    #[arg(long, value_name = "NAME")]
    of: Option<String>,
    #[command(flatten)]
    findings: Findings,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let mut compilation = super::compile(arguments.flow.as_deref(), &arguments.findings)?;
    let modules = compilation.generate();
    let exit = report::findings(&compilation, arguments.findings.message_format, Stream::Messages)?;
    let (Some(modules), Exit::Fine) = (modules, exit) else { return Ok(exit) };
    let mut found = Vec::new();
    for module in &modules {
        found.extend(bindings(&module.name, &module.text).map_err(|error| Problem::Other(error.to_string()))?);
    }
    if let Some(name) = &arguments.of {
        found.retain(|binding| binding.of == *name || binding.of.split("::").any(|part| part == name));
        if found.is_empty() {
            return Err(Problem::Usage(format!("nothing called `{name}` needs code")));
        }
    }
    let texts: Vec<&str> = found.iter().map(|binding| binding.text.as_str()).collect();
    match texts.as_slice() {
        [] => report::note("this flow needs no code")?,
        texts => report::output(&texts.join("\n"))?,
    }
    Ok(exit)
}
