//! What the compiler has to say about a flow: plain data, collected in a sink.
//!
//! Nothing here renders or prints. Wording belongs to the functions of [`crate::catalog`], one per diagnostic.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::source::Span;

/// The stable name of a kind of diagnostic, such as `EF0101`. Never reused for another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Code(pub &'static str);

impl Code {
    /// The code as it is written.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The flow cannot be compiled, or is certainly wrong.
    Error,
    /// The flow compiles and will probably surprise.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A place that takes part in a diagnostic, and what this place is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What the place is (`first declared here`); empty if the message says it all.
    pub text: String,
}

/// One finding. The first label is the primary one; a finding about no text (a missing root file) has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in the author's words.
    pub message: String,
    /// The places, the one to blame first.
    pub labels: Vec<Label>,
    /// What to do about it, one action an entry.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error without places.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), labels: Vec::new(), help: Vec::new() }
    }

    /// A warning without places.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds an action.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// The place to blame, if there is one.
    pub fn primary(&self) -> Option<&Label> {
        self.labels.first()
    }
}

/// A warning that a comment beside it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    /// The warning.
    pub finding: Diagnostic,
    /// The reason that the comment gives.
    pub reason: Option<String>,
}

/// What became of everything that was found, once levels and comments have had their say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// What is to be shown, in source order, as seriously as it is to be taken.
    pub shown: Vec<Diagnostic>,
    /// What comments allow, in source order.
    pub suppressed: Vec<Suppressed>,
}

/// The proof that an error was reported. Only [`Diagnostics`] can make one, so "failed without a message" has no type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reported(());

/// The sink that every stage writes into.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    errors: usize,
    clashes: BTreeSet<String>,
}

impl Diagnostics {
    /// Nothing found yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an error (whatever severity the value carries) and gives the proof of it.
    pub fn error(&mut self, diagnostic: Diagnostic) -> Reported {
        self.errors += 1;
        self.found.push(Diagnostic { severity: Severity::Error, ..diagnostic });
        Reported(())
    }

    /// Takes an error, unless one of this clash was taken before: the same two may meet in several scopes.
    pub(crate) fn error_once(&mut self, clash: &str, diagnostic: Diagnostic) {
        if self.clashes.insert(clash.to_owned()) {
            self.error(diagnostic);
        }
    }

    /// Takes a warning (whatever severity the value carries).
    pub fn warning(&mut self, diagnostic: Diagnostic) {
        self.found.push(Diagnostic { severity: Severity::Warning, ..diagnostic });
    }

    /// Fails if an error was reported.
    pub fn outcome(&self) -> Result<(), Reported> {
        if self.has_errors() { Err(Reported(())) } else { Ok(()) }
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many errors were reported.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Everything found so far, as reported.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter()
    }

    /// How much was found so far.
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds what another sink holds. Which clashes that one was told of is not carried over: they may be told of here again.
    pub fn append(&mut self, other: Self) {
        self.found.extend(other.found);
        self.errors += other.errors;
    }

    /// Everything in source order: by file, then by place, then as reported; what has no place comes first.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut found = self.found;
        found.sort_by_key(|diagnostic| diagnostic.primary().map(|label| (label.span.file, label.span.start)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn findings_come_out_in_source_order_and_only_errors_fail() {
        let file = FileId::from_index(0);
        let mut sink = Diagnostics::new();
        sink.warning(Diagnostic::warning(Code("EF0501"), "late").label(Span::new(file, 9, 10), ""));
        assert!(sink.outcome().is_ok());
        sink.error(Diagnostic::error(Code("EF0101"), "early").label(Span::new(file, 1, 2), ""));
        assert!(sink.outcome().is_err());
        let messages: Vec<_> = sink.into_sorted().into_iter().map(|found| found.message).collect();
        assert_eq!(messages, ["early", "late"]);
    }
}
