//! Flow texts through the compiler, without files. A text says in comments of its own which of its sentences wait:
//! `// waits: cart_is_valid` for guards, rules and transformers, `// does not wait: send_mail` for actions.

use eventflowc::check::{Known, check};
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

fn options(text: &str) -> Options {
    let listed = |head: &str| text.lines().filter_map(|line| line.strip_prefix(head)).map(str::to_owned).collect();
    Options { asynchronous: listed("// waits: "), synchronous: listed("// does not wait: ") }
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
        let system = resolve(&loaded, &sources, &options(text), &mut diagnostics);
        check(&system.system, &system.origins, Known::Whole, &mut diagnostics);
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
