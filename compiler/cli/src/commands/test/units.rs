//! From paths to what is tested: systems and machines, each compiled with the tests that are meant.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use eventflowc::ast::FileKind;
use eventflowc::diagnostic::Severity;
use eventflowc::driver::{Compilation, Tests};
use eventflowc::render_diagnostic::short;

use crate::arguments::{Findings, MessageFormat};
use crate::commands::compile_with;
use crate::exit::{Exit, Problem};
use crate::flows::{add_flows, named};
use crate::report::{self, Stream};

/// A system, or a machine alone.
pub(super) enum Unit {
    /// Something is wrong with it or its tests, which was reported. What can be tested of it all the same stands behind it.
    Broken(Broken),
    /// It can be tested.
    Ready(Box<Ready>),
}

/// What cannot be tested, or not all of it.
pub(super) struct Broken {
    /// The root flow.
    pub(super) name: String,
    /// Its errors, one a line.
    pub(super) errors: Vec<String>,
    /// Whether there are tests with which nothing is wrong.
    pub(super) in_part: bool,
}

/// What can be tested.
pub(super) struct Ready {
    pub(super) compilation: Compilation,
    /// The test file whose tests alone are meant; none: all of the unit.
    only: Option<String>,
}

impl Ready {
    /// Whether any test is meant.
    fn has_tests(&self) -> bool {
        self.compilation.whole_tests().is_some_and(|plan| plan.tests.iter().any(|test| self.means(&test.place.file)))
    }

    /// Whether a test that stands in this file is meant.
    pub(super) fn means(&self, file: &str) -> bool {
        self.only.as_ref().is_none_or(|only| same(Path::new(only)) == same(Path::new(file)))
    }
}

/// A unit that is compiled, and the test file that was named for it.
type Named = (Compilation, Option<String>);

/// Finds and compiles everything that is named, and reports what is wrong with it; gives the files that it depends on,
/// too. What is broken does not keep the rest from being tested.
pub(super) fn find(paths: &[PathBuf], findings: &Findings) -> Result<(Vec<Unit>, Vec<PathBuf>), Problem> {
    let mut compilations: Vec<Named> = Vec::new();
    let mut strays = Vec::new();
    if paths.is_empty() {
        compilations.push((compile_with(Tests::Beside, None, findings)?, None));
    }
    for path in paths {
        if named(path)?.is_dir() {
            let mut flows = Vec::new();
            add_flows(path, &mut flows)?;
            strays.extend(flows.iter().filter(|flow| is_test(flow)).filter_map(|test| stray(test)));
            compilations.extend(folder(&flows, findings)?.into_iter().map(|compilation| (compilation, None)));
        } else if is_test(path) {
            let flow = tested_by(path)?;
            if paths.iter().any(|other| same(other) == same(&flow)) {
                // The flow brings the tests beside it.
                continue;
            }
            let tests = Tests::Of(vec![path.clone()]);
            let only = path.to_string_lossy().into_owned();
            compilations.push((compile_with(tests, Some(&flow), findings)?, Some(only)));
        } else {
            compilations.push((compile_with(Tests::Beside, Some(path), findings)?, None));
        }
    }
    let mut watched: Vec<PathBuf> = paths.iter().filter(|path| path.is_dir()).cloned().collect();
    let mut units = Vec::new();
    for (compilation, only) in compilations {
        watched.extend(compilation.watched.iter().cloned());
        units.extend(reported((compilation, only), findings.message_format)?);
    }
    units.extend(strays.into_iter().map(Unit::Broken));
    Ok((units, watched))
}

fn reported((compilation, only): Named, format: MessageFormat) -> Result<Vec<Unit>, Problem> {
    let exit = report::findings(&compilation, format, Stream::Messages)?;
    let ready = Ready { compilation, only };
    Ok(match (exit, ready.has_tests()) {
        (Exit::Fine, _) => vec![Unit::Ready(Box::new(ready))],
        (_, true) => vec![Unit::Broken(broken(&ready.compilation, true)), Unit::Ready(Box::new(ready))],
        (_, false) => vec![Unit::Broken(broken(&ready.compilation, false))],
    })
}

fn broken(compilation: &Compilation, in_part: bool) -> Broken {
    let settled = compilation.settled();
    let errors = settled.shown.iter().filter(|finding| finding.severity == Severity::Error);
    Broken {
        name: compilation.root.display().to_string(),
        errors: errors.map(|error| short(error, &compilation.sources)).collect(),
        in_part,
    }
}

fn is_test(path: &Path) -> bool {
    FileKind::of_name(&path.to_string_lossy()) == FileKind::Test
}

/// A test file that no flow brings, because none has its name: left out in silence, its tests would be thought to hold.
fn stray(test: &Path) -> Option<Broken> {
    let problem = tested_by(test).err()?;
    report::problem(&problem);
    Some(Broken { name: test.display().to_string(), errors: vec![problem.to_string()], in_part: false })
}

/// The flow that a test file is about: `order.flow` of `order.test.flow`.
fn tested_by(path: &Path) -> Result<PathBuf, Problem> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let flow = path.with_file_name(format!("{}.flow", name.strip_suffix(".test.flow").unwrap_or(&name)));
    if flow.is_file() {
        return Ok(flow);
    }
    let (test, flow) = (path.display(), flow.display());
    Err(Problem::Usage(format!("`{test}` tests `{flow}`, which does not exist")))
}

/// The units among the files of a folder: its systems, and the machines that none of them uses.
fn folder(files: &[PathBuf], findings: &Findings) -> Result<Vec<Compilation>, Problem> {
    let flows = files.iter().filter(|path| FileKind::of_name(&path.to_string_lossy()) == FileKind::Flow);
    let compile = |flow: &PathBuf| compile_with(Tests::Beside, Some(flow), findings);
    let mut compilations = flows.map(compile).collect::<Result<Vec<_>, _>>()?;
    let used: BTreeSet<PathBuf> = compilations.iter().flat_map(used_by).collect();
    compilations.retain(|compilation| !used.contains(&same(&compilation.root)));
    Ok(compilations)
}

/// The flows that a unit consists of, without its root.
fn used_by(compilation: &Compilation) -> Vec<PathBuf> {
    let root = same(&compilation.root);
    let names = compilation.files.iter().filter_map(|file| compilation.sources.get(file.file));
    names.map(|source| same(Path::new(source.name()))).filter(|path| *path != root).collect()
}

/// A path by which one file is always called.
fn same(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
