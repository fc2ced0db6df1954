//! How a run ends, for the caller: exit codes, and the problems that end a run early.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use eventflowc::output::OutputError;

/// Who has to act after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nobody.
    Fine,
    /// The author: a flow or a test is wrong.
    Wrong,
    /// The caller: the command line is wrong.
    CommandLine,
    /// The keeper of the machine: something could not be read or written.
    Machine,
}

impl Exit {
    /// The code that the process ends with.
    pub(crate) fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Fine => 0,
            Self::Wrong => 1,
            Self::CommandLine => 2,
            Self::Machine => 3,
        })
    }
}

/// What ends a run before its work is done.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The arguments ask for what cannot be.
    Usage(String),
    /// A file or a stream.
    Io {
        /// What was being done: `read`, `write`.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another program or library could not do its part.
    Other(String),
    /// Nobody reads the output any more, so there is nothing left to say.
    Unread,
}

impl Problem {
    /// A file that could not be used.
    pub(crate) fn io(doing: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Io { doing, path: path.to_owned(), error }
    }

    /// Files that could not be written.
    pub(crate) fn output(error: OutputError) -> Self {
        match error {
            OutputError::Io { doing, path, error } => Self::Io { doing, path, error },
            OutputError::NotGenerated { .. } | OutputError::Twice { .. } => Self::Other(error.to_string()),
        }
    }

    /// A failed write to one of the standard streams.
    pub(crate) fn stream(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Io { doing: "write", path: PathBuf::from("standard output"), error },
        }
    }

    /// Who has to act.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Usage(_) => Exit::CommandLine,
            Self::Io { .. } | Self::Other(_) => Exit::Machine,
            Self::Unread => Exit::Fine,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Other(message) => formatter.write_str(message),
            Self::Io { doing, path, error } => write!(formatter, "cannot {doing} `{}`: {error}", path.display()),
            Self::Unread => Ok(()),
        }
    }
}
