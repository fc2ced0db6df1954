//! What can be said on the command line; the arguments of each command stand in its module.

use clap::{Args, Parser, Subcommand, ValueEnum};
use eventflowc::codes;
use eventflowc::levels::{Level, Levels, NoSubject, Subject};

use crate::commands::{bindings, build, check, completions, explain, fmt, man, new, test};

/// Compiles business flows in near-English to Rust.
#[derive(Debug, Parser)]
#[command(name = "eventflow", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit codes:
  0  fine
  1  a flow or a test is wrong
  2  the command line is wrong
  3  the machine is: a file could not be read or written

Examples:
  eventflow new shop              start a project
  eventflow check                 find what is wrong in it
  eventflow explain EF0501        read what a code means")]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Starts a project that builds, runs and passes its tests.
    New(new::Arguments),
    /// Finds what is wrong in a flow, and writes nothing.
    #[command(visible_alias = "validate")]
    Check(check::Arguments),
    /// Writes the Rust crate for a flow.
    Build(build::Arguments),
    /// Tells the stories of flows and test files, and says what does not hold.
    Test(test::Arguments),
    /// Writes flows in their canonical form.
    Fmt(fmt::Arguments),
    /// Shows what a code means, with an example that fails and one that is fixed.
    Explain(explain::Arguments),
    /// Shows the code that a flow needs, ready to paste.
    Bindings(bindings::Arguments),
    /// Prints a script that completes this command in a shell.
    Completions(completions::Arguments),
    /// Prints a manual page, or writes all of them.
    Man(man::Arguments),
}

/// The form of errors and warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageFormat {
    /// For people: with the lines of the flow.
    #[default]
    Human,
    /// One line each, for editors: `file:line:column: severity[code]: message`.
    Short,
    /// One JSON object a line, for programs.
    Json,
    /// One SARIF 2.1.0 document, for code hosts and other collectors.
    Sarif,
    /// Workflow commands of GitHub Actions, which stand beside the lines of a change.
    Github,
}

/// How findings are shown and how seriously they are taken.
#[derive(Args, Clone, Debug)]
pub(crate) struct Findings {
    /// The form of errors and warnings.
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    pub(crate) message_format: MessageFormat,
    /// Do not show a warning: its code, or `warnings` for all.
    #[arg(long, value_name = "CODE", value_parser = subject)]
    allow: Vec<Subject>,
    /// Show a warning that the project allows or denies.
    #[arg(long, value_name = "CODE", value_parser = subject)]
    warn: Vec<Subject>,
    /// Make a warning an error.
    #[arg(long, value_name = "CODE", value_parser = subject)]
    deny: Vec<Subject>,
}

impl Findings {
    /// The levels that the command line sets; for one code the strictest counts.
    pub(crate) fn levels(&self) -> Levels {
        let mut levels = Levels::default();
        for (subjects, level) in [(&self.allow, Level::Allow), (&self.warn, Level::Warn), (&self.deny, Level::Deny)] {
            for subject in subjects {
                levels.set(*subject, level);
            }
        }
        levels
    }
}

/// Reads the subject of a level.
fn subject(text: &str) -> Result<Subject, String> {
    Subject::from_name(text).map_err(|reason| match reason {
        NoSubject::Error => format!("`{text}` is an error, and only warnings have a level"),
        NoSubject::Unknown { nearest } => unknown_code(text, nearest),
    })
}

/// What to say about a code that does not exist.
pub(crate) fn unknown_code(text: &str, nearest: Option<&str>) -> String {
    match nearest.or_else(|| codes::nearest(text)) {
        Some(nearest) => format!("there is no code `{text}`; did you mean `{nearest}`?"),
        None => format!("there is no code `{text}`; `eventflow explain` lists them"),
    }
}
