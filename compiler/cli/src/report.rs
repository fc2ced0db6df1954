//! The only place that writes: results to standard output, everything else to standard error.

use std::io::Write;

use eventflowc::diagnostic::{Diagnostic, Settled, Severity};
use eventflowc::driver::Compilation;
use eventflowc::render_diagnostic::{Colors, github, human, json, sarif, short, summary};
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
    diagnostics(&compilation.settled(), &compilation.sources, format, stream)
}

/// Reports what was found in these texts, and says who has to act.
pub(crate) fn diagnostics(
    settled: &Settled,
    sources: &Sources,
    format: MessageFormat,
    stream: Stream,
) -> Result<Exit, Problem> {
    let found = &settled.shown;
    let each = |text: &dyn Fn(&Diagnostic) -> String| found.iter().map(|finding| text(finding) + "\n").collect();
    let text: String = match format {
        MessageFormat::Human => each(&|finding| human(finding, sources, Colors::Ansi)),
        MessageFormat::Short => each(&|finding| short(finding, sources)),
        MessageFormat::Json => each(&|finding| json(finding, sources)),
        MessageFormat::Sarif => sarif(settled, sources),
        MessageFormat::Github => each(&|finding| github(finding, sources)),
    };
    match (format, stream) {
        (MessageFormat::Human, _) | (_, Stream::Messages) => message(&text)?,
        (MessageFormat::Short | MessageFormat::Json | MessageFormat::Sarif | MessageFormat::Github, Stream::Output) => {
            output(&text)?
        }
    }
    if let (MessageFormat::Human, Some(summary)) = (format, summary(found)) {
        note(&summary)?;
    }
    let failed = found.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if failed { Exit::Wrong } else { Exit::Fine })
}

/// Says what is wrong with the command line, or gives the help that it asks for.
pub(crate) fn command_line(said: &clap::Error) -> Result<Exit, Problem> {
    let text = said.render().ansi().to_string();
    if !said.use_stderr() {
        return output(&text).map(|()| Exit::Fine);
    }
    // Where it cannot be said, the exit code is all that is left to say.
    drop(message(&text));
    Ok(Exit::CommandLine)
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
