//! The only place that writes: results to standard output, everything else to standard error.

use std::io::Write;

use crate::exit::Problem;

/// Writes a result that a script may rely on.
pub(crate) fn output(text: &str) -> Result<(), Problem> {
    let mut stream = anstream::stdout().lock();
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).map_err(Problem::stream)
}

/// Tells the person at the terminal something.
pub(crate) fn note(text: &str) -> Result<(), Problem> {
    let mut stream = anstream::stderr().lock();
    writeln!(stream, "{text}").map_err(Problem::stream)
}

/// Says why a run ends early.
pub(crate) fn problem(problem: &Problem) {
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let mut stream = anstream::stderr().lock();
    let said = match problem {
        Problem::Unread => Ok(()),
        Problem::Usage(_) | Problem::Io { .. } | Problem::Other(_) => {
            writeln!(stream, "{style}error{style:#}: {problem}")
        }
    };
    // Where standard error is closed too, the exit code is all that is left to say.
    drop(said);
}
