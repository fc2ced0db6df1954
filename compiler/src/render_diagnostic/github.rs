//! Workflow commands of GitHub Actions: what a job prints this way stands beside the lines of a change.

use std::fmt::Write as _;

use super::Place;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// For GitHub Actions: one command, without a line break.
pub fn github(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = String::new();
    if let Some(place) = diagnostic.primary().and_then(|label| Place::of(label, sources)) {
        properties = format!("file={},", property(place.file));
        properties.push_str(&position(&place));
    }
    format!(
        "::{command} {properties}title={}::{}",
        property(diagnostic.code.as_str()),
        data(&text(diagnostic, sources))
    )
}

/// Lines and columns. Columns count only within one line.
fn position(Place { start, end, .. }: &Place<'_>) -> String {
    let (line, last) = (start.line, end.line);
    match line == last {
        true => format!("line={line},endLine={last},col={},endColumn={},", start.column, end.column),
        false => format!("line={line},endLine={last},"),
    }
}

/// The message, the other places and the help, a line each.
fn text(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut text = diagnostic.message.clone();
    for label in diagnostic.labels.iter().skip(1).filter(|label| !label.text.is_empty()) {
        if let Some(Place { file, start, .. }) = Place::of(label, sources) {
            // Writing into a `String` never fails.
            let _ = write!(text, "\n{file}:{}:{}: {}", start.line, start.column, label.text);
        }
    }
    for help in &diagnostic.help {
        let _ = write!(text, "\nhelp: {help}");
    }
    text
}

/// What stands behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which also ends at `,` and at `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Span;

    #[test]
    fn a_command_names_the_place_the_code_and_what_to_do() {
        let mut sources = Sources::new();
        let order = sources.add("flows/order.flow", "machine: @order\n\n#päid\n#paid\n");
        let diagnostic = Diagnostic::error(Code("EF0999"), "two states are alike")
            .label(Span::new(order, 24, 29), "the second one")
            .label(Span::new(order, 17, 23), "the first one")
            .help("rename one of them");
        assert_eq!(
            github(&diagnostic, &sources),
            "::error file=flows/order.flow,line=4,endLine=4,col=1,endColumn=6,title=EF0999::two states are alike\
             %0Aflows/order.flow:3:1: the first one%0Ahelp: rename one of them"
        );
    }

    #[test]
    fn marks_that_would_end_a_part_are_escaped() {
        let mut sources = Sources::new();
        let odd = sources.add("50%, a:b.flow", "one\ntwo\n");
        let diagnostic = Diagnostic::warning(Code("EF0998"), "100% of a,b: c\r\nd::e").label(Span::new(odd, 0, 7), "");
        assert_eq!(
            github(&diagnostic, &sources),
            "::warning file=50%25%2C a%3Ab.flow,line=1,endLine=2,title=EF0998::100%25 of a,b: c%0D%0Ad::e"
        );
    }

    #[test]
    fn a_finding_without_a_place_is_a_command_without_a_file() {
        let placeless = Diagnostic::error(Code("EF0201"), "no file");
        assert_eq!(github(&placeless, &Sources::new()), "::error title=EF0201::no file");
    }
}
