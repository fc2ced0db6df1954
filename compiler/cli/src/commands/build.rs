//! `eventflow build`: the Rust crate for a flow, or its modules for a crate that is there already.

mod form;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use eventflowc::driver::{Compilation, FileNames, Tests};
use eventflowc::output::{self, Disk, Neighbors, OutputFile, Stale, Stamp};
use serde::Serialize;

use self::form::Form;
use super::Look;

use crate::arguments::Findings;
use crate::difference::difference;
use crate::exit::{Exit, Problem};
use crate::report::{self, Stream};

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eventflow build flows/system.flow --out crates/shop   a crate for a whole system
  eventflow build light.flow --standalone --out light   a crate for one machine, without an engine
  eventflow build light.flow --sources --out src/flows  modules to check in, for a crate of yours
  eventflow build --check                               fail, and show why, if the crate is stale
  eventflow build --tests                               with the tests of the flow as Rust tests
  eventflow build --emit ir                             what the flow means, as JSON")]
pub(crate) struct Arguments {
    /// The root flow; without one, the root of the nearest `eventflow.toml`.
    flow: Option<PathBuf>,
    /// The folder to write the crate to; without one, `out` of the nearest `eventflow.toml`.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// One machine alone, for programs that run no engine: its crate needs no part of one.
    #[arg(long)]
    standalone: bool,
    /// The modules alone, to be checked in below the `src` of a crate of yours: a `mod.rs`, and no manifest.
    #[arg(long, conflicts_with = "standalone")]
    sources: bool,
    /// With a test for every scenario and every case of the test files: `cargo test` in the crate runs them.
    #[arg(long, conflicts_with = "standalone")]
    tests: bool,
    /// Write nothing; fail with a difference if what is there is not what would be written.
    #[arg(long)]
    check: bool,
    /// Write no crate; show a stage of the compiler as JSON.
    #[arg(long, value_name = "STAGE", value_enum, conflicts_with_all = ["out", "standalone", "sources", "check", "tests"])]
    emit: Option<Emit>,
    #[command(flatten)]
    findings: Findings,
}

/// A stage to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// What is written, with every place, comment and blank line.
    Ast,
    /// What it means.
    Ir,
    /// What is decided about the Rust.
    Plan,
    /// What the scenarios and the test files ask for.
    TestPlan,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let tests = match arguments.emit {
        Some(Emit::TestPlan) => Tests::Beside,
        None if arguments.tests => Tests::Beside,
        Some(Emit::Ast | Emit::Ir | Emit::Plan) | None => Tests::Ignored,
    };
    let look = Look { tests, names: FileNames::Lasting, ..Look::default() };
    let mut compilation = super::compile_looking(look, arguments.flow.as_deref(), &arguments.findings)?;
    if let Some(stage) = arguments.emit {
        return emit(stage, &mut compilation, arguments);
    }
    let out =
        arguments.out.clone().or_else(|| compilation.out.clone()).ok_or_else(|| {
            Problem::Usage("nobody says where to: give `--out`, or `out` in eventflow.toml".to_owned())
        })?;
    let Some(fingerprint) = compilation.fingerprint() else {
        return report::findings(&compilation, arguments.findings.message_format, Stream::Output);
    };
    let form = Form::of(&compilation, arguments, &out);
    let stamp = form.as_ref().ok().and_then(|form| form.stamp(&fingerprint, &compilation.origin, &out));
    let stamp = stamp.filter(|_| !arguments.check);
    let unchanged = stamp.as_ref().and_then(|stamp| stamp.fresh(&out, Neighbors::Go));
    let mut modules = if unchanged.is_some() { None } else { compilation.generate() };
    if let Some(modules) = &mut modules {
        modules.extend(compilation.generate_tests());
    }
    let exit = report::findings(&compilation, arguments.findings.message_format, Stream::Output)?;
    if exit != Exit::Fine {
        return Ok(exit);
    }
    let form = form?;
    if let Some(unchanged) = unchanged {
        return wrote(&out, 0, unchanged);
    }
    let Some(modules) = modules else { return Ok(exit) };
    let files = form.files(&modules, &compilation.origin);
    if arguments.check { compare(&files, &out) } else { write(&files, &out, stamp) }
}

fn emit(stage: Emit, compilation: &mut Compilation, arguments: &Arguments) -> Result<Exit, Problem> {
    let text = match stage {
        Emit::Ast => Some(json(&compilation.files)?),
        Emit::Ir => compilation.resolved.as_ref().map(|resolved| json(&resolved.system)).transpose()?,
        Emit::Plan => compilation.plan().map(|plan| json(&plan)).transpose()?,
        Emit::TestPlan => compilation.test_plan().map(json).transpose()?,
    };
    let exit = report::findings(compilation, arguments.findings.message_format, Stream::Messages)?;
    if let Some(text) = text {
        report::output(&text)?;
    }
    Ok(exit)
}

fn json(value: &impl Serialize) -> Result<String, Problem> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| Problem::Other(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// A path as generated files and messages say it.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn write(files: &[OutputFile], out: &Path, stamp: Option<Stamp>) -> Result<Exit, Problem> {
    let written = output::write(files, out, &Disk).map_err(Problem::output)?;
    if let Some(stamp) = stamp {
        stamp.note(files);
    }
    for path in &written.removed {
        report::note(&format!("removed `{}`", out.join(path).display()))?;
    }
    wrote(out, written.changed.len(), written.unchanged.len())
}

fn wrote(out: &Path, changed: usize, unchanged: usize) -> Result<Exit, Problem> {
    report::note(&format!("wrote `{}`: {changed} changed, {unchanged} unchanged", out.display()))?;
    Ok(Exit::Fine)
}

fn compare(files: &[OutputFile], out: &Path) -> Result<Exit, Problem> {
    let stale = output::compare(files, out, &Disk).map_err(Problem::output)?;
    if stale.is_empty() {
        report::note(&format!("`{}` is up to date", out.display()))?;
        return Ok(Exit::Fine);
    }
    for Stale { path, found, wanted } in &stale {
        let name = shown(&out.join(path));
        let (found, wanted) = (found.as_deref().unwrap_or_default(), wanted.as_deref().unwrap_or_default());
        report::output(&difference(&name, found, wanted))?;
    }
    report::note(&format!("`{}` is out of date; run the same command without `--check`", out.display()))?;
    Ok(Exit::Wrong)
}
