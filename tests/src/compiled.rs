//! Flow texts through the compiler, without files.

use eventflowc::compile::{Analysis, analyze};
use eventflowc::diagnostic::Severity;
use eventflowc::load::Memory;
use eventflowc::render_diagnostic;
use eventflowc::resolve::{Options, Resolved};
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
    let Analysis { sources, system, diagnostics, .. } = analyze(Path::new(name), &files, &Options::default());
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let report: String = errors.map(|error| render_diagnostic::short(error, &sources) + "\n").collect();
    match system {
        Some(resolved) if report.is_empty() => Ok(Compiled { sources, resolved }),
        Some(_) | None => Err(report),
    }
}
