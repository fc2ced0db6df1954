//! Generated sources that are checked in: a test that they are what the flow says, which can also write them.

use std::path::Path;

use super::{Build, Unit, once};
use crate::diagnostic::Severity;
use crate::driver::shown;
use crate::output::{self, Disk, OutputFile};
use crate::package;
use crate::project::Sentences;
use crate::render_diagnostic::{Colors, human};

/// The variable that makes the test write the sources.
const UPDATE: &str = "EVENTFLOW_UPDATE";

/// Fails unless the sources in a folder are those that a flow compiles to. For a test of a crate that has its generated
/// sources checked in:
///
/// ```no_run
/// #[test]
/// fn the_machines_are_what_the_flow_says() {
///     eventflowc::assert_fresh("flows/system.flow", "src/flows");
/// }
/// ```
///
/// Paths begin at the package. The folder is one module of the crate, `mod flows;`, with a module for each machine in it.
/// With `EVENTFLOW_UPDATE=1` in the environment the sources are written, and the test passes.
///
/// # Panics
/// If the sources differ; the message shows where, and says which command writes them. If the flow has errors, it shows
/// these.
#[track_caller]
pub fn assert_fresh(root: impl AsRef<Path>, folder: impl AsRef<Path>) {
    Build::new(root).assert_fresh(folder);
}

/// What to do about sources that are not fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Tell.
    Tell,
    /// Write them.
    Write,
}

impl Build {
    /// Fails unless the sources in a folder are those that the flows compile to, like [`assert_fresh`], with settings. All
    /// flows go to the one folder.
    ///
    /// # Panics
    /// Like [`assert_fresh`].
    #[track_caller]
    pub fn assert_fresh(&self, folder: impl AsRef<Path>) {
        let remedy =
            if std::env::var_os(UPDATE).is_some_and(|value| value != "0") { Remedy::Write } else { Remedy::Tell };
        if let Err(why) = self.fresh(folder.as_ref(), remedy) {
            panic!("{why}");
        }
    }

    pub(super) fn fresh(&self, folder: &Path, remedy: Remedy) -> Result<(), String> {
        let units = self.units(None);
        let mut wrong = once(units.iter().flat_map(errors));
        wrong.extend_from_slice(&self.wrong);
        if !wrong.is_empty() {
            return Err(wrong.join("\n"));
        }
        let files = sources(&units);
        if remedy == Remedy::Write {
            return output::write(&files, folder, &Disk).map(drop).map_err(|error| error.to_string());
        }
        let stale = output::compare(&files, folder, &Disk).map_err(|error| error.to_string())?;
        if stale.is_empty() {
            return Ok(());
        }
        let told: Vec<String> = stale.iter().map(|stale| format!("{stale}\n")).collect();
        let folder = shown(folder);
        Err(format!("`{folder}` is not what the flow says now\n\n{}\n{}", told.join("\n"), self.remedy(&folder)))
    }

    /// The commands that make the sources fresh.
    fn remedy(&self, folder: &str) -> String {
        let package =
            std::env::var("CARGO_PKG_NAME").map_or_else(|_| String::new(), |name| format!(" --package {name}"));
        let test = format!("`{UPDATE}=1 cargo test{package}`");
        match (self.roots.as_slice(), self.settings.sentences == Sentences::default()) {
            // Nothing but what the project file says decides about the text, so that the command writes the same.
            ([root], true) => {
                let root = shown(root);
                format!("write it anew with {test}, or with `eventflow build {root} --sources --out {folder}`")
            }
            _ => format!("write it anew with {test}"),
        }
    }
}

/// The errors of a flow, as people read them.
fn errors(unit: &Unit) -> Vec<String> {
    let errors = unit.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| human(finding, &unit.compilation.sources, Colors::None)).collect()
}

/// The files of a folder with the modules of all flows.
fn sources(units: &[Unit]) -> Vec<OutputFile> {
    let modules: Vec<_> = units.iter().flat_map(|unit| unit.modules.iter().flatten().cloned()).collect();
    let roots: Vec<&str> = units.iter().map(|unit| unit.compilation.origin.as_str()).collect();
    package::folder(&modules, &roots.join(" and "))
}
