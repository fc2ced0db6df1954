//! Flow texts through the compiler, without files.

use eventflowc::check::check;
use eventflowc::diagnostic::{Diagnostics, Severity};
use eventflowc::load::{Memory, load};
use eventflowc::parse::parse;
use eventflowc::render_diagnostic;
use eventflowc::resolve::{Options, Resolved, resolve};
use eventflowc::source::Sources;
use std::path::Path;

/// A text that compiles.
pub struct Compiled {
    /// The text, for the places of failures.
    pub sources: Sources,
    /// What it means.
    pub resolved: Resolved,
}

/// Compiles the text of one file with the name.
///
/// # Errors
/// If there are errors in it; the report is for people.
pub fn compile(name: &str, text: &str) -> Result<Compiled, String> {
    let files = Memory::new().with(name, text);
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let parse = |file, kind, text: &str, diagnostics: &mut Diagnostics| parse(file, text, kind, diagnostics);
    let loaded = load(Path::new(name), &files, &parse, &mut sources, &mut diagnostics);
    let mut resolved = None;
    if !diagnostics.has_errors() {
        let system = resolve(&loaded, &sources, &Options::default(), &mut diagnostics);
        check(&system.system, &system.origins, &mut diagnostics);
        resolved = Some(system);
    }
    let sorted = diagnostics.into_sorted();
    let errors = sorted.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let report: String = errors.map(|error| render_diagnostic::short(error, &sources) + "\n").collect();
    match resolved {
        Some(resolved) if report.is_empty() => Ok(Compiled { sources, resolved }),
        Some(_) | None => Err(report),
    }
}
