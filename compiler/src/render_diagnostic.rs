//! Diagnostics as text: for people with the lines of the flow, for editors one line each, for programs as JSON, and for
//! those who collect findings in forms of their own.
//!
//! Nothing is printed here, and the types of the library that draws the lines do not leave this file.

mod github;
mod sarif;

use std::collections::BTreeMap;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;

pub use self::github::github;
pub use self::sarif::sarif;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{FileId, LineColumn, Source, Sources};

/// Whether text for people carries colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colors {
    /// Escape sequences of terminals.
    Ansi,
    /// Text alone.
    None,
}

/// For people: the message, the lines it is about, and what to do. Ends with a line break.
pub fn human(diagnostic: &Diagnostic, sources: &Sources, colors: Colors) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    for (file, labels) in by_file(&diagnostic.labels) {
        if let Some(source) = sources.get(file) {
            group = group.element(snippet(source, &labels));
        }
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = match colors {
        Colors::Ansi => Renderer::styled(),
        Colors::None => Renderer::plain(),
    };
    let mut text = renderer.decor_style(DecorStyle::Ascii).render(&[group]);
    text.push('\n');
    text
}

/// A label and whether it is the primary one.
type Marked<'a> = (&'a Label, AnnotationKind);

/// The labels of each file, the file of the primary one first.
fn by_file(labels: &[Label]) -> Vec<(FileId, Vec<Marked<'_>>)> {
    let mut files: Vec<(FileId, Vec<Marked<'_>>)> = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        match files.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, marked)) => marked.push((label, kind)),
            None => files.push((label.span.file, vec![(label, kind)])),
        }
    }
    files
}

/// The lines from the first label to the last one: cut out, so that a long file costs nothing.
fn snippet<'a>(source: &'a Source, labels: &[Marked<'a>]) -> Snippet<'a, Annotation<'a>> {
    let text = source.text();
    let first = labels.iter().map(|(label, _)| source.line_index(label.span.start)).min().unwrap_or_default();
    let last = labels.iter().map(|(label, _)| source.line_index(label.span.end)).max().unwrap_or_default();
    let begin = source.line_range(first).start;
    let end = source.line_range(last).end.max(begin);
    let mut snippet = Snippet::source(&text[begin..end]).line_start(first + 1).path(source.name());
    for (label, kind) in labels {
        let inside = |offset: u32| (offset as usize).clamp(begin, end) - begin;
        let range = inside(label.span.start)..inside(label.span.end).max(inside(label.span.start));
        let annotation = kind.span(range);
        snippet = snippet.annotation(match label.text.as_str() {
            "" => annotation,
            text => annotation.label(text),
        });
    }
    snippet
}

/// For editors: `file:line:column: severity[code]: message`, without a line break.
pub fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Diagnostic { code, severity, message, .. } = diagnostic;
    let message = message.replace('\n', " ");
    match diagnostic.primary().and_then(|label| Place::of(label, sources)) {
        Some(Place { file, start: LineColumn { line, column }, .. }) => {
            format!("{file}:{line}:{column}: {severity}[{code}]: {message}")
        }
        None => format!("{severity}[{code}]: {message}"),
    }
}

/// For programs: one JSON object, without a line break.
pub fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let labels = diagnostic.labels.iter().filter_map(|label| {
        Some(JsonLabel {
            place: Place::of(label, sources)?,
            bytes: [label.span.start, label.span.end],
            text: &label.text,
        })
    });
    let whole = Json {
        severity: diagnostic.severity,
        code: diagnostic.code.as_str(),
        message: &diagnostic.message,
        labels: labels.collect(),
        help: &diagnostic.help,
    };
    serde_json::to_string(&whole).expect("texts and numbers are always JSON")
}

#[derive(Serialize)]
struct Json<'a> {
    severity: Severity,
    code: &'a str,
    message: &'a str,
    labels: Vec<JsonLabel<'a>>,
    help: &'a [String],
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    bytes: [u32; 2],
    text: &'a str,
}

/// A span as people and editors count.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    start: LineColumn,
    end: LineColumn,
}

impl<'a> Place<'a> {
    fn of(label: &Label, sources: &'a Sources) -> Option<Self> {
        let source = sources.get(label.span.file)?;
        let (start, end) = (source.line_column(label.span.start), source.line_column(label.span.end));
        Some(Self { file: source.name(), start, end })
    }
}

/// How many errors and warnings there are, in words: `1 error, 2 warnings`; nothing if there are none.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for diagnostic in diagnostics {
        *counts.entry(diagnostic.severity).or_default() += 1;
    }
    let counted = |(severity, count): (&Severity, &usize)| match count {
        1 => format!("1 {severity}"),
        many => format!("{many} {severity}s"),
    };
    let words: Vec<String> = counts.iter().map(counted).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Span;

    fn example() -> (Diagnostic, Sources) {
        let mut sources = Sources::new();
        let order = sources.add("flows/order.flow", "machine: @order\n\n#päid\n#paid\n");
        let other = sources.add("flows/other.flow", "machine: @other\n");
        let diagnostic = Diagnostic::error(Code("EF0999"), "two states are alike")
            .label(Span::new(order, 24, 29), "the second one")
            .label(Span::new(order, 17, 23), "the first one")
            .label(Span::new(other, 9, 15), "")
            .help("rename one of them");
        (diagnostic, sources)
    }

    #[test]
    fn people_see_the_lines() {
        let (diagnostic, sources) = example();
        let text = human(&diagnostic, &sources, Colors::None);
        assert_eq!(
            text,
            "\
error[EF0999]: two states are alike
 --> flows/order.flow:4:1
  |
3 | #päid
  | ----- the first one
4 | #paid
  | ^^^^^ the second one
  |
 ::: flows/other.flow:1:10
  |
1 | machine: @other
  |          ------
  |
  = help: rename one of them
"
        );
        assert!(human(&diagnostic, &sources, Colors::Ansi).contains("\u{1b}["));
    }

    #[test]
    fn editors_see_one_line() {
        let (diagnostic, sources) = example();
        assert_eq!(short(&diagnostic, &sources), "flows/order.flow:4:1: error[EF0999]: two states are alike");
        let placeless = Diagnostic::warning(Code("EF0998"), "a\nb");
        assert_eq!(short(&placeless, &sources), "warning[EF0998]: a b");
    }

    #[test]
    fn programs_see_an_object() {
        let (diagnostic, sources) = example();
        let text = json(&diagnostic, &sources);
        let expected = concat!(
            r#"{"severity":"error","code":"EF0999","message":"two states are alike","labels":["#,
            r#"{"file":"flows/order.flow","start":{"line":4,"column":1},"end":{"line":4,"column":6},"bytes":[24,29],"#,
            r#""text":"the second one"},"#,
            r#"{"file":"flows/order.flow","start":{"line":3,"column":1},"end":{"line":3,"column":6},"bytes":[17,23],"#,
            r#""text":"the first one"},"#,
            r#"{"file":"flows/other.flow","start":{"line":1,"column":10},"end":{"line":1,"column":16},"bytes":[9,15],"#,
            r#""text":""}],"help":["rename one of them"]}"#
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn places_past_the_end_and_unknown_files_are_survived() {
        let (_, sources) = example();
        let far = Span::new(FileId::from_index(0), 900, 1000);
        let gone = Span::new(FileId::from_index(9), 0, 1);
        for span in [far, gone] {
            let diagnostic = Diagnostic::error(Code("EF0999"), "far").label(span, "here");
            assert!(human(&diagnostic, &sources, Colors::None).starts_with("error[EF0999]: far"));
            assert!(json(&diagnostic, &sources).starts_with('{'));
        }
    }

    #[test]
    fn a_summary_counts() {
        let (error, _) = example();
        let warning = Diagnostic::warning(Code("EF0998"), "");
        assert_eq!(summary(&[]), None);
        assert_eq!(summary(&[warning.clone(), error, warning]).as_deref(), Some("1 error, 2 warnings"));
    }
}
