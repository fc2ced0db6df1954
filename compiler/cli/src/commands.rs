//! The commands, one module each.

pub(crate) mod bindings;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod test;

use std::fs::File;
use std::path::{Path, PathBuf};

use eventflowc::driver::{self, Compilation, Facts, FileNames, NoRoot, Request, Tests};
use eventflowc::load::Disk;
use eventflowc::project::Sentences;

use crate::arguments::{Command, Findings};
use crate::exit::{Exit, Problem};
use crate::flows::named;

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<Exit, Problem> {
    match command {
        Command::New(arguments) => new::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Bindings(arguments) => bindings::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    }
}

/// Compiles the flow that the caller names, or the project's.
fn compile(flow: Option<&Path>, findings: &Findings) -> Result<Compilation, Problem> {
    compile_with(Tests::Ignored, flow, findings)
}

/// Compiles a flow and looks at its tests, whose reports the caller reads.
fn compile_with(tests: Tests, flow: Option<&Path>, findings: &Findings) -> Result<Compilation, Problem> {
    compile_looking(Look { tests, ..Look::default() }, flow, findings)
}

/// What is looked at besides flows, and how it is named.
#[derive(Default)]
struct Look {
    tests: Tests,
    names: FileNames,
    facts: Facts,
}

/// Compiles a flow and looks at this.
fn compile_looking(look: Look, flow: Option<&Path>, findings: &Findings) -> Result<Compilation, Problem> {
    if let Some(flow) = flow {
        readable(flow)?;
    }
    let request = Request {
        folder: PathBuf::new(),
        root: flow.map(Path::to_owned),
        levels: findings.levels(),
        sentences: Sentences::default(),
        tests: look.tests,
        names: look.names,
        facts: look.facts,
    };
    driver::compile(&request, &Disk).map_err(|NoRoot { project_file }| {
        Problem::Usage(match project_file {
            Some(file) => format!("name a flow, or the root of the project in `{}`", file.display()),
            None => "name a flow; there is no eventflow.toml here or above that names one".to_owned(),
        })
    })
}

/// Makes sure that a flow which the caller names can be read. What it says is another question, and the author's.
fn readable(flow: &Path) -> Result<(), Problem> {
    let found = named(flow)?;
    if found.is_dir() {
        let folder = flow.display();
        return Err(Problem::Usage(format!("`{folder}` is a folder; name the flow in it, such as `system.flow`")));
    }
    // A pipe can be opened only once: whoever writes into it would find nobody there the second time.
    if found.is_file() {
        File::open(flow).map_err(|error| Problem::io("read", flow, error))?;
    }
    Ok(())
}
