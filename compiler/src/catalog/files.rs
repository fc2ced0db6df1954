//! What can be wrong with files and imports.

use crate::built_in;
use crate::diagnostic::{Code, Diagnostic};
use crate::nearest::nearest;
use crate::source::Span;
use std::io;

const UNREADABLE: Code = Code("EF0201");
const NOT_A_FLOW: Code = Code("EF0202");
const NO_SUCH_MACHINE: Code = Code("EF0203");
const IMPORT_CYCLE: Code = Code("EF0204");
const DUPLICATE_MACHINE: Code = Code("EF0205");
const OUTSIDE: Code = Code("EF0206");
const NO_MACHINE: Code = Code("EF0207");
const TWO_NAMES: Code = Code("EF0208");
const NAME_OF_THE_RUNTIME: Code = Code("EF0209");
const LONG_CHAIN: Code = Code("EF0210");

fn at(diagnostic: Diagnostic, span: Option<Span>, text: &str) -> Diagnostic {
    match span {
        Some(span) => diagnostic.label(span, text),
        None => diagnostic,
    }
}

/// A file that cannot be had.
pub(crate) fn unreadable(imported_at: Option<Span>, name: &str, error: &io::Error) -> Diagnostic {
    let (message, help) = match error.kind() {
        io::ErrorKind::NotFound => (
            format!("there is no file `{name}`"),
            match imported_at {
                Some(_) => "correct the path; it is relative to the file that imports",
                None => "correct the path of the root flow",
            },
        ),
        io::ErrorKind::IsADirectory => {
            (format!("`{name}` is a folder, not a flow"), "name the file in it, such as `system.flow`")
        }
        io::ErrorKind::FileTooLarge => {
            (format!("`{name}` is longer than a flow can be"), "name a flow, or cut it into several")
        }
        io::ErrorKind::InvalidData => (format!("`{name}` is not UTF-8 text: {error}"), "save the file as UTF-8"),
        _ => (format!("`{name}` cannot be read: {error}"), "check the file and its permissions"),
    };
    at(Diagnostic::error(UNREADABLE, message), imported_at, "imported here").help(help)
}

/// A test or states file where a flow is needed.
pub(crate) fn not_a_flow(imported_at: Option<Span>, name: &str) -> Diagnostic {
    at(Diagnostic::error(NOT_A_FLOW, format!("`{name}` holds no machines by its name")), imported_at, "imported here")
        .help("name the `.flow` file beside it; its tests and declared states are found by themselves")
}

/// An import of a machine that the file does not have.
pub(crate) fn no_such_machine(span: Span, name: &str, file: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(NO_SUCH_MACHINE, format!("there is no machine `@{name}` in `{file}`"))
        .label(span, "not in that file");
    match (nearest(name, known.iter().copied()), known) {
        (Some(near), _) => diagnostic.help(format!("write `@{near}`")),
        (None, []) => diagnostic.help(format!("begin the file with `machine: @{name}`")),
        (None, known) => diagnostic.help(format!("the file has `@{}`", known.join("`, `@"))),
    }
}

/// Files that import each other.
pub(crate) fn import_cycle(span: Span, open: &[String], again: &str) -> Diagnostic {
    let start = open.iter().position(|name| name == again).unwrap_or_default();
    let way: Vec<String> = open[start..].iter().map(|name| format!("`{name}`")).collect();
    Diagnostic::error(IMPORT_CYCLE, format!("this import leads back to `{again}`"))
        .label(span, format!("{} imports `{again}` again", way.join(" imports ")))
        .help("let one file, the system's, import the others")
}

/// Two machines of one name.
pub(crate) fn duplicate_machine(span: Span, name: &str, earlier: Span) -> Diagnostic {
    Diagnostic::error(DUPLICATE_MACHINE, format!("there are two machines `@{name}` in this system"))
        .label(span, "the second one")
        .label(earlier, "the first one")
        .help(format!("rename one of them, or import it `as @other_{name}`"))
}

/// An import outside of the project.
pub(crate) fn outside(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(OUTSIDE, format!("`{name}` lies outside of this project"))
        .label(span, "leaves the project's folder")
        .help("move the file into the project; the project is the nearest folder with `Cargo.toml`, `eventflow.toml` or `.git`")
}

/// A file without a machine.
pub(crate) fn no_machine(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(NO_MACHINE, format!("`{name}` has no machine"))
        .label(span, "nothing to compile here")
        .help("add `machine: @name`, or import machines with `uses:`")
}

/// One machine under two names.
pub(crate) fn two_names(span: Span, name: &str, earlier_name: &str, earlier: Span) -> Diagnostic {
    Diagnostic::error(TWO_NAMES, format!("this machine is already part of the system as `@{earlier_name}`"))
        .label(span, format!("named `@{name}` here"))
        .label(earlier, format!("named `@{earlier_name}` here"))
        .help("import it once")
}

/// A machine under a name that means something else everywhere.
pub(crate) fn name_of_the_runtime(span: Span, name: &str) -> Diagnostic {
    let meaning =
        if name == built_in::ITSELF { "the machine that names it" } else { "the runtime, which raises timers" };
    Diagnostic::error(NAME_OF_THE_RUNTIME, format!("no machine can be called `@{name}`"))
        .label(span, format!("`@{name}` is {meaning}"))
        .help("give the machine another name")
}

/// A file that is reached over too many others.
pub(crate) fn long_chain(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error(LONG_CHAIN, format!("more than {most} files import one another in a row"))
        .label(span, "one too many")
        .help("let one file, the system's, import the others")
}
