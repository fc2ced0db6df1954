//! For build scripts: compiles flows into `OUT_DIR`, for `eventflow::include_flow!`; and for sources that are checked in, a
//! test that they are fresh.
//!
//! There are three ways in: [`build`] is one line, [`Build`] has the settings, and [`crate::driver`] knows no Cargo. What is
//! wrong with a flow is told to Cargo line by line, which shows it cleanly and fails the build.

mod fresh;
mod watch;

pub use fresh::assert_fresh;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::diagnostic::{Diagnostic, Severity};
use crate::driver::{self, Compilation, FileNames, Request, Tests};
use crate::levels::{Level, Levels, NoSubject, Subject};
use crate::load::Disk;
use crate::output::{self, Neighbors, OutputFile, Stamp};
use crate::package;
use crate::project::Waiting;
use crate::render::{Module, Part};
use crate::render_diagnostic::{Colors, human, short};

/// Compiles a flow from a build script: `eventflowc::build("flows/system.flow")`.
///
/// The modules of all machines go to `$OUT_DIR/NAME.rs`, where `NAME` is that of the system, or of the only machine.
pub fn build(root: impl AsRef<Path>) {
    Build::new(root).run();
}

/// A compilation from a build script, with settings that win over those of `eventflow.toml`.
///
/// ```no_run
/// # use eventflowc::Build;
/// # use eventflowc::levels::Level;
/// Build::new("flows/shop.flow")
///     .also("flows/newsletter.flow")
///     .level("EF0501", Level::Deny)
///     .synchronous("order", "print receipt")
///     .run();
/// ```
#[derive(Clone, Debug)]
pub struct Build {
    roots: Vec<PathBuf>,
    settings: Request,
    out: Option<PathBuf>,
    wrong: Vec<String>,
}

impl Build {
    /// Of this root flow, relative to the package.
    #[must_use]
    pub fn new(root: impl AsRef<Path>) -> Self {
        let roots = vec![root.as_ref().to_owned()];
        Self {
            roots,
            settings: Request { names: FileNames::Lasting, ..Request::default() },
            out: None,
            wrong: Vec::new(),
        }
    }

    /// Of this root flow too, with the same settings, into a file of its own.
    #[must_use]
    pub fn also(mut self, root: impl AsRef<Path>) -> Self {
        self.roots.push(root.as_ref().to_owned());
        self
    }

    /// Where to write instead of `OUT_DIR`.
    #[must_use]
    pub fn out(mut self, folder: impl AsRef<Path>) -> Self {
        self.out = Some(folder.as_ref().to_owned());
        self
    }

    /// How seriously a warning is taken: its code, or `warnings` for all.
    #[must_use]
    pub fn level(mut self, subject: &str, level: Level) -> Self {
        match Subject::from_name(subject) {
            Ok(subject) => {
                let mut levels = Levels::default();
                levels.set(subject, level);
                self.settings.levels.extend(&levels);
            }
            Err(NoSubject::Error) => self.wrong.push(format!("`{subject}` is an error, and has no level")),
            Err(NoSubject::Unknown { .. }) => self.wrong.push(format!("there is no warning `{subject}`")),
        }
        self
    }

    /// A sentence of a machine whose method is a plain function, though it is an action. The sentence is given as the flow
    /// words it, or by the name of its method; so it is for `sync` in `eventflow.toml`.
    #[must_use]
    pub fn synchronous(mut self, machine: &str, sentence: &str) -> Self {
        self.settings.sentences.set(machine, sentence, Waiting::Sync);
        self
    }

    /// A sentence of a machine whose method is an asynchronous function, though it is a guard or a transformer; like
    /// `async` in `eventflow.toml`. A validation rule never is: that is an error.
    #[must_use]
    pub fn asynchronous(mut self, machine: &str, sentence: &str) -> Self {
        self.settings.sentences.set(machine, sentence, Waiting::Async);
        self
    }

    /// With a module for the tests of the flow, which is compiled with the tests of the crate alone: its scenarios, and the test
    /// files beside its flows. The crate needs the feature `test-kit` of `eventflow` among its `dev-dependencies`.
    ///
    /// What is wrong with the tests is a warning here, and a test that fails.
    #[must_use]
    pub fn tests(mut self) -> Self {
        self.settings.tests = Tests::Beside;
        self
    }

    /// Compiles, and tells Cargo what to watch, what to warn about and what is wrong.
    pub fn run(self) {
        let out_dir = std::env::var_os("OUT_DIR").map(PathBuf::from);
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        for line in self.lines(out_dir.as_deref(), &mut taken) {
            tell(&line);
        }
    }

    /// Compiles; gives the lines for Cargo.
    fn lines(&self, out_dir: Option<&Path>, taken: &mut BTreeMap<PathBuf, String>) -> Vec<String> {
        let Some(out) = self.out.as_deref().or(out_dir) else {
            return failure(&"`OUT_DIR` is not set: call this from a build script");
        };
        let units = self.units(Some(Place { out, stamps: out_dir }));
        let mut lines = watch::lines(&units, out_dir);
        lines.extend(once(units.iter().flat_map(Unit::told)).into_iter().flatten());
        lines.extend(self.wrong.iter().flat_map(|wrong| failure(wrong)));
        let mut files = Vec::new();
        let mut stamps = Vec::new();
        for unit in &units {
            let Some(path) = unit.path() else { continue };
            if let Err(wrong) = claim(taken, out.join(path), &unit.root()) {
                lines.extend(failure(&wrong));
            } else if let Some(file) = unit.file() {
                files.push(file);
                stamps.push(&unit.stamp);
            }
        }
        if lines.iter().any(|line| line.starts_with(ERROR)) {
            return lines;
        }
        match output::add(&files, out, &output::Disk) {
            Ok(_) => note(&stamps, &files),
            Err(error) => lines.extend(failure(&error)),
        }
        lines
    }

    /// The flows, compiled; with a place, only what does not lie there already is generated.
    fn units(&self, place: Option<Place<'_>>) -> Vec<Unit> {
        let compilations = driver::compile_together(&self.roots, &self.settings, &Disk);
        compilations.into_iter().map(|compilation| Unit::generate(compilation, &self.settings.tests, place)).collect()
    }
}

/// What flows have in common is said once: what is wrong with the project file, or with a flow that two of them use.
fn once<T: Ord + Clone>(said: impl Iterator<Item = T>) -> Vec<T> {
    let mut known = BTreeSet::new();
    said.filter(|words| known.insert(words.clone())).collect()
}

/// The files that this process wrote, each with its root flow. A build script may compile flows one after the other, and
/// nothing but the process knows of all of them.
static TAKEN: Mutex<BTreeMap<PathBuf, String>> = Mutex::new(BTreeMap::new());

/// Takes a place for the output of a root flow, unless it is that of another one.
fn claim(taken: &mut BTreeMap<PathBuf, String>, path: PathBuf, root: &str) -> Result<(), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match taken.insert(path, root.to_owned()) {
        Some(other) if other != root => Err(format!(
            "`{other}` and `{root}` would both be written to `{name}`; give one of the systems another name"
        )),
        Some(_) | None => Ok(()),
    }
}

/// Notes which files were written.
fn note(stamps: &[&Option<Stamp>], files: &[OutputFile]) {
    for (stamp, file) in stamps.iter().zip(files) {
        if let Some(stamp) = stamp {
            stamp.note(std::slice::from_ref(file));
        }
    }
}

/// Where a build writes, and where it keeps its stamps.
#[derive(Clone, Copy)]
struct Place<'a> {
    out: &'a Path,
    stamps: Option<&'a Path>,
}

impl Place<'_> {
    /// The stamp of what a compilation generates, if it generates anything.
    fn stamp(self, compilation: &mut Compilation) -> Option<Stamp> {
        let (made_from, root) = (compilation.fingerprint()?, driver::shown(&compilation.root));
        let name = &compilation.resolved.as_ref()?.system.name;
        let out = self.out.to_string_lossy();
        Stamp::new(self.stamps?.join(format!("{name}.stamp")), &[&made_from, &root, &out])
    }
}

/// One root flow, compiled.
struct Unit {
    compilation: Compilation,
    /// What is to be written.
    modules: Option<Vec<Module>>,
    /// The stamp to be kept of it.
    stamp: Option<Stamp>,
    findings: Vec<Diagnostic>,
    failed: bool,
}

impl Unit {
    fn generate(mut compilation: Compilation, tests: &Tests, place: Option<Place<'_>>) -> Self {
        let stamp = place.and_then(|place| place.stamp(&mut compilation));
        let fresh = place.zip(stamp.as_ref()).and_then(|(place, stamp)| stamp.fresh(place.out, Neighbors::Stay));
        let mut modules = if fresh.is_some() { None } else { compilation.generate() };
        let of_cases = if modules.is_some() { compilation.generate_tests() } else { None };
        let findings = compilation.findings();
        let wrong = |finding: &&Diagnostic| finding.severity == Severity::Error;
        let (of_tests, of_flows): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
            findings.iter().filter(wrong).partition(|finding| compilation.is_of_tests(finding));
        if let (Tests::Beside | Tests::Of(_), Some(modules)) = (tests, &mut modules) {
            let lines = of_tests.iter().map(|finding| short(finding, &compilation.sources));
            modules.extend(of_cases.filter(|_| of_tests.is_empty()).or_else(|| failing(lines, &compilation)));
        }
        let failed = !of_flows.is_empty();
        Self { modules: modules.filter(|_| !failed), compilation, stamp, findings, failed }
    }

    /// The root flow as the caller names it.
    fn root(&self) -> String {
        driver::shown(&self.compilation.root)
    }

    /// The file of all modules; none after an error.
    fn path(&self) -> Option<PathBuf> {
        let resolved = self.compilation.resolved.as_ref().filter(|_| !self.failed)?;
        Some(package::single_path(&resolved.system.name))
    }

    /// All modules in one file; none after an error, or if it lies in its place already.
    fn file(&self) -> Option<OutputFile> {
        let name = &self.compilation.resolved.as_ref()?.system.name;
        Some(package::single(self.modules.as_ref()?, name, &self.compilation.origin))
    }

    /// The findings as Cargo shows them, each in its lines.
    fn told(&self) -> Vec<Vec<String>> {
        self.findings.iter().map(|finding| told(finding, &self.compilation)).collect()
    }
}

/// A module of tests in place of those that cannot be read.
fn failing(findings: impl Iterator<Item = String>, compilation: &Compilation) -> Option<Module> {
    let name = &compilation.resolved.as_ref()?.system.name;
    let message =
        findings.fold("something is wrong with the flow's tests:".to_owned(), |text, line| format!("{text}\n{line}"));
    let text = format!("#[test]\nfn the_tests_can_be_read() {{\n    panic!(\"{{}}\", {message:?});\n}}\n");
    let about = "In place of the flow's tests, in which something is wrong.".to_owned();
    Some(Module { name: format!("{name}_tests"), about, text, part: Part::Tests })
}

/// What a line for Cargo begins with that fails the build.
const ERROR: &str = "cargo::error=";

fn failure(why: &dyn fmt::Display) -> Vec<String> {
    why.to_string().lines().map(|line| format!("{ERROR}{line}")).collect()
}

/// A finding as Cargo shows it: a warning in one line, an error with the lines of the flow.
fn told(finding: &Diagnostic, compilation: &Compilation) -> Vec<String> {
    let first = short(finding, &compilation.sources);
    match finding.severity {
        Severity::Warning => vec![format!("cargo::warning={first}")],
        Severity::Error if compilation.is_of_tests(finding) => vec![format!("cargo::warning={first}")],
        Severity::Error => {
            let text = human(finding, &compilation.sources, Colors::None);
            // The first line says the message and the place, which the text has in two lines.
            let lines = text.lines().skip(1).skip_while(|line| line.trim_start().starts_with("-->"));
            let lines = lines.map(|line| format!("{ERROR}{line}"));
            std::iter::once(format!("{ERROR}{first}")).chain(lines).collect()
        }
    }
}

/// Cargo listens to the standard output of build scripts.
#[expect(clippy::print_stdout, reason = "a build script talks to Cargo on standard output")]
fn tell(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests;
