//! `eventflow fmt`: flows in their canonical form.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use eventflowc::ast::{File, FileKind};
use eventflowc::diagnostic::{Diagnostic, Diagnostics, Settled, Severity};
use eventflowc::format::format;
use eventflowc::load::{self, Files as _, text};
use eventflowc::output::{self, overwrite};
use eventflowc::parse::parse;
use eventflowc::source::Sources;

use crate::arguments::MessageFormat;
use crate::difference::difference;
use crate::exit::{Exit, Problem};
use crate::flows::add_flows;
use crate::report::{self, Stream};

/// How the text is called that has no file.
const STANDARD_INPUT: &str = "standard input";

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
A file with errors is left as it is, and its errors are shown.

Examples:
  eventflow fmt                        all flows in this folder and those below
  eventflow fmt flows/order.flow       this one
  eventflow fmt --check                for a build server: ends with 1 if one is not formatted
  eventflow fmt --diff flows           what would change
  eventflow fmt - < order.flow         from standard input to standard output")]
pub(crate) struct Arguments {
    /// Flows, and folders in which all flows are meant; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing, list the files that are not formatted, and end with 1 if there are some.
    #[arg(long)]
    check: bool,
    /// Write nothing, and show what would change.
    #[arg(long)]
    diff: bool,
    /// The form of errors.
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    message_format: MessageFormat,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        return standard_input(arguments);
    }
    let mut flows = Vec::new();
    for path in &arguments.paths {
        add_flows(path, &mut flows)?;
    }
    let mut sources = Sources::new();
    let (mut errors, mut changed) = (Vec::new(), 0usize);
    for path in &flows {
        let name = path.display().to_string();
        let before = match text(&name, load::Disk.read(path).map_err(|error| Problem::io("read", path, error))?) {
            Ok(before) => before,
            Err(finding) => {
                errors.push(finding);
                continue;
            }
        };
        match canonical(&name, &before, &mut sources)? {
            Ok(after) if after == before => {}
            Ok(after) => {
                changed += 1;
                arguments.tell(&name, &before, &after)?;
                if arguments.writes() {
                    overwrite(&behind_links(path)?, &after, &output::Disk).map_err(Problem::output)?;
                }
            }
            Err(found) => errors.extend(found),
        }
    }
    if arguments.writes() {
        report::note(&format!("formatted {changed} of {} flows", flows.len()))?;
    }
    arguments.end(errors, &sources, changed > 0)
}

/// The place of a file itself: a link that is replaced would be one no longer.
fn behind_links(path: &Path) -> Result<PathBuf, Problem> {
    if path.is_symlink() {
        fs::canonicalize(path).map_err(|error| Problem::io("write", path, error))
    } else {
        Ok(path.to_owned())
    }
}

fn standard_input(arguments: &Arguments) -> Result<Exit, Problem> {
    if arguments.paths.len() > 1 {
        return Err(Problem::Usage("`-` is standard input, and stands alone".to_owned()));
    }
    let name = STANDARD_INPUT;
    let bytes = load::all_of(io::stdin()).map_err(|error| Problem::io("read", Path::new(name), error))?;
    let mut sources = Sources::new();
    let before = match text(name, bytes) {
        Ok(before) => before,
        Err(finding) => return arguments.end(vec![finding], &sources, false),
    };
    match canonical(name, &before, &mut sources)? {
        Ok(after) => {
            if arguments.writes() {
                report::output(&after)?;
            } else if after != before {
                arguments.tell(name, &before, &after)?;
            }
            arguments.end(Vec::new(), &sources, after != before)
        }
        Err(errors) => arguments.end(errors, &sources, false),
    }
}

impl Arguments {
    /// Whether the canonical text goes where it belongs, or is only spoken of.
    fn writes(&self) -> bool {
        !self.check && !self.diff
    }

    /// Says that a text is not formatted.
    fn tell(&self, name: &str, before: &str, after: &str) -> Result<(), Problem> {
        if self.diff {
            report::output(&difference(name, before, after))
        } else if self.check {
            report::output(&format!("{name}\n"))
        } else {
            Ok(())
        }
    }

    fn end(&self, errors: Vec<Diagnostic>, sources: &Sources, changed: bool) -> Result<Exit, Problem> {
        let found = Settled { shown: errors, suppressed: Vec::new() };
        let exit = report::diagnostics(&found, sources, self.message_format, Stream::Messages)?;
        Ok(if self.check && changed { Exit::Wrong } else { exit })
    }
}

/// The canonical form of a text, or its errors.
fn canonical(name: &str, text: &str, sources: &mut Sources) -> Result<Result<String, Vec<Diagnostic>>, Problem> {
    let kind = kind(name, text);
    let file = match read(name, text, kind, sources) {
        Ok(file) => file,
        Err(errors) => return Ok(Err(errors)),
    };
    let after = format(&file, text);
    // Lines may have become longer than a line may be: then the author's text is the better one.
    match read(name, &after, kind, &mut Sources::new()) {
        Ok(_) => Ok(Ok(after)),
        Err(_) => Err(Problem::Other(format!("`{name}` cannot be formatted: it would no longer be readable"))),
    }
}

/// What the name says; standard input has none, so that its lines have to.
fn kind(name: &str, text: &str) -> FileKind {
    match FileKind::of_name(name) {
        FileKind::Flow if name == STANDARD_INPUT && text.lines().any(|line| line.starts_with("test:")) => {
            FileKind::Test
        }
        kind @ (FileKind::Flow | FileKind::Test | FileKind::States) => kind,
    }
}

fn read(name: &str, text: &str, kind: FileKind, sources: &mut Sources) -> Result<File, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::new();
    let file = parse(sources.add(name, text), text, kind, &mut diagnostics);
    let errors: Vec<Diagnostic> =
        diagnostics.into_sorted().into_iter().filter(|found| found.severity == Severity::Error).collect();
    if errors.is_empty() { Ok(file) } else { Err(errors) }
}
