//! The commands, one module each.

pub(crate) mod bindings;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod man;
pub(crate) mod new;

use std::path::{Path, PathBuf};

use eventflowc::driver::{self, Compilation, NoRoot, Request};
use eventflowc::load::Disk;
use eventflowc::project::Sentences;

use crate::arguments::{Command, Findings};
use crate::exit::{Exit, Problem};

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<Exit, Problem> {
    match command {
        Command::New(arguments) => new::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Bindings(arguments) => bindings::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// Compiles the flow that the caller names, or the project's.
fn compile(flow: Option<&Path>, findings: &Findings) -> Result<Compilation, Problem> {
    let request = Request {
        folder: PathBuf::new(),
        root: flow.map(Path::to_owned),
        levels: findings.levels(),
        sentences: Sentences::default(),
    };
    driver::compile(&request, &Disk).map_err(|NoRoot { project_file }| {
        Problem::Usage(match project_file {
            Some(file) => format!("name a flow, or the root of the project in `{}`", file.display()),
            None => "name a flow; there is no eventflow.toml here or above that names one".to_owned(),
        })
    })
}
