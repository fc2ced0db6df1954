//! For build scripts: compiles a flow into `OUT_DIR`, for `eventflow::include_flow!`.
//!
//! What is wrong with the flow is told to Cargo line by line, which shows it cleanly and fails the build.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Severity};
use crate::driver::{self, Compilation, Request};
use crate::levels::{Level, Levels, NoSubject, Subject};
use crate::load::Disk;
use crate::output;
use crate::package::{self, Module};
use crate::render_diagnostic::{Colors, human, short};

/// Compiles a flow from a build script: `eventflowc::build("flows/system.flow")`.
///
/// The modules of all machines go to `$OUT_DIR/NAME.rs`, where `NAME` is that of the system, or of the only machine.
pub fn build(root: impl AsRef<Path>) {
    Build::new(root).run();
}

/// A compilation from a build script, with settings that win over those of `eventflow.toml`.
#[derive(Clone, Debug)]
pub struct Build {
    request: Request,
    out: Option<PathBuf>,
    unknown: Vec<String>,
}

impl Build {
    /// Of this root flow, relative to the package.
    pub fn new(root: impl AsRef<Path>) -> Self {
        let request = Request { root: Some(root.as_ref().to_owned()), ..Request::default() };
        Self { request, out: None, unknown: Vec::new() }
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
                self.request.levels.extend(&levels);
            }
            Err(NoSubject::Error) => self.unknown.push(format!("`{subject}` is an error, and has no level")),
            Err(NoSubject::Unknown { .. }) => self.unknown.push(format!("there is no warning `{subject}`")),
        }
        self
    }

    /// Compiles, and tells Cargo what to watch, what to warn about and what is wrong.
    pub fn run(self) {
        for line in self.lines() {
            tell(&line);
        }
    }

    /// Compiles; gives the lines for Cargo.
    fn lines(self) -> Vec<String> {
        let out = self.out.or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        let Some(out) = out else { return failure(&"`OUT_DIR` is not set: call this from a build script") };
        if let Some(unknown) = self.unknown.first() {
            return failure(unknown);
        }
        let Ok(mut compilation) = driver::compile(&self.request, &Disk) else {
            return failure(&"no flow is named");
        };
        let modules = compilation.generate();
        let mut lines = watched(&compilation);
        let findings = compilation.findings();
        lines.extend(findings.iter().flat_map(|finding| told(finding, &compilation)));
        if compilation.failed() {
            return lines;
        }
        if let (Some(modules), Some(resolved)) = (modules, &compilation.resolved) {
            let modules: Vec<Module> = modules.into_iter().map(documented).collect();
            let file = package::single(&modules, &resolved.system.name, &driver::shown(&compilation.root));
            if let Err(error) = output::write(&[file], &out, &output::Disk) {
                lines.extend(failure(&error));
            }
        }
        lines
    }
}

fn documented(module: crate::render::Module) -> Module {
    let about = format!("What the flow says about `{}`.", module.name);
    Module { name: module.name, about, text: module.text }
}

fn failure(why: &dyn fmt::Display) -> Vec<String> {
    why.to_string().lines().map(|line| format!("cargo::error={line}")).collect()
}

/// A finding as Cargo shows it: a warning in one line, an error with the lines of the flow.
fn told(finding: &Diagnostic, compilation: &Compilation) -> Vec<String> {
    let first = short(finding, &compilation.sources);
    match finding.severity {
        Severity::Warning => vec![format!("cargo::warning={first}")],
        Severity::Error => {
            let text = human(finding, &compilation.sources, Colors::None);
            let lines = text.lines().skip(1).map(|line| format!("cargo::error={line}"));
            std::iter::once(format!("cargo::error={first}")).chain(lines).collect()
        }
    }
}

/// What must run the build script again. A file that is not there is announced by its folder, because Cargo takes a missing
/// file for a changed one; the package's own folder is left out, since everything in it would count.
fn watched(compilation: &Compilation) -> Vec<String> {
    let mut places = BTreeSet::new();
    for path in &compilation.watched {
        let place = if path.exists() { Some(path.as_path()) } else { path.parent() };
        let own =
            |place: &&Path| place.as_os_str().is_empty() || place.components().all(|part| part.as_os_str() == "..");
        places.extend(place.filter(|place| !own(place)).map(|place| place.to_string_lossy().into_owned()));
    }
    places.iter().map(|place| format!("cargo::rerun-if-changed={place}")).collect()
}

/// Cargo listens to the standard output of build scripts.
#[expect(clippy::print_stdout, reason = "a build script talks to Cargo on standard output")]
fn tell(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn lines(flow: &str, adjust: impl FnOnce(Build) -> Build) -> (Vec<String>, Option<String>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("loan.flow");
        fs::write(&root, flow).expect("a file can be written");
        let lines = adjust(Build::new(&root).out(folder.path())).lines();
        let place = folder.path().to_string_lossy().into_owned();
        let lines = lines.iter().map(|line| line.replace(&place, "")).collect();
        (lines, fs::read_to_string(folder.path().join("loan.rs")).ok())
    }

    const TWICE: &str = "machine: @loan\n\non :go from @a (api)\n  loan moves to #b\n  loan moves to #c\n";

    #[test]
    fn a_flow_is_compiled_and_watched() {
        let (lines, written) = lines(TWICE, |build| build);
        assert!(lines.contains(&"cargo::rerun-if-changed=/loan.flow".to_owned()), "{lines:#?}");
        let warning =
            "cargo::warning=/loan.flow:5:3: warning[EF0511]: one path runs two transitions; the last one wins";
        assert!(lines.contains(&warning.to_owned()), "{lines:#?}");
        assert!(written.is_some_and(|text| text.contains("pub mod loan {")));
    }

    #[test]
    fn a_level_is_obeyed_and_nothing_is_written_after_an_error() {
        let (lines, written) = lines(TWICE, |build| build.level("warnings", Level::Deny));
        assert!(lines.iter().any(|line| line.starts_with("cargo::error=/loan.flow:5:3: error[EF0511]")), "{lines:#?}");
        assert!(lines.iter().any(|line| line.starts_with("cargo::error=5 |   loan moves to #c")), "{lines:#?}");
        assert_eq!(written, None);
    }

    #[test]
    fn an_unknown_code_is_told() {
        let (lines, _) = lines(TWICE, |build| build.level("EF9990", Level::Allow));
        assert_eq!(lines, ["cargo::error=there is no warning `EF9990`"]);
    }
}
