//! The only place that writes: results to standard output, everything else to standard error.

use std::io::Write;

use eventflowc::diagnostic::{Diagnostic, Severity};
use eventflowc::driver::Compilation;
use eventflowc::render_diagnostic::{Colors, human, json, short, summary};
use eventflowc::source::Sources;

use crate::arguments::MessageFormat;
use crate::exit::{Exit, Problem};

/// Where findings for editors and programs go. Findings for people are messages always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output: they are the result.
    Output,
    /// Standard error: the result is something else.
    Messages,
}

/// Reports what was found, and says who has to act.
pub(crate) fn findings(compilation: &Compilation, format: MessageFormat, stream: Stream) -> Result<Exit, Problem> {
    diagnostics(&compilation.findings(), &compilation.sources, format, stream)
}

/// Reports what was found in these texts, and says who has to act.
pub(crate) fn diagnostics(
    found: &[Diagnostic],
    sources: &Sources,
    format: MessageFormat,
    stream: Stream,
) -> Result<Exit, Problem> {
    let text = |finding: &Diagnostic| match format {
        MessageFormat::Human => human(finding, sources, Colors::Ansi) + "\n",
        MessageFormat::Short => short(finding, sources) + "\n",
        MessageFormat::Json => json(finding, sources) + "\n",
    };
    let text: String = found.iter().map(text).collect();
    match (format, stream) {
        (MessageFormat::Human, _) | (_, Stream::Messages) => message(&text)?,
        (MessageFormat::Short | MessageFormat::Json, Stream::Output) => output(&text)?,
    }
    if let (MessageFormat::Human, Some(summary)) = (format, summary(found)) {
        note(&summary)?;
    }
    let failed = found.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if failed { Exit::Wrong } else { Exit::Fine })
}

/// Writes text for people.
fn message(text: &str) -> Result<(), Problem> {
    let mut stream = anstream::stderr().lock();
    stream.write_all(text.as_bytes()).map_err(Problem::stream)
}

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
