//! Finds the comments of the form `// allow EF0501: reason`.

use crate::source::{FileId, Source, Sources, Span};

/// One code that a comment allows.
#[derive(Clone, Debug)]
pub(super) struct Allowance {
    /// The code, in capital letters.
    pub(super) code: String,
    /// The comment.
    pub(super) span: Span,
    /// The line that it covers, from zero.
    line: Range,
    /// Why.
    pub(super) reason: Option<String>,
    /// Whether it allowed anything.
    pub(super) used: bool,
}

type Range = std::ops::Range<usize>;

impl Allowance {
    /// Where the line begins that it covers.
    pub(super) fn place(&self) -> (FileId, usize) {
        (self.span.file, self.line.start)
    }

    /// Whether a finding at this place is meant.
    pub(super) fn covers(&self, place: Span) -> bool {
        place.file == self.span.file && self.line.contains(&(place.start as usize))
    }
}

/// All such comments of all flows, in the order of the lines that they cover.
pub(super) fn allowances(sources: &Sources) -> Vec<Allowance> {
    sources.iter().flat_map(|(file, source)| in_file(file, source)).collect()
}

fn in_file(file: FileId, source: &Source) -> Vec<Allowance> {
    let mut found = Vec::new();
    let mut inside_block_comment = false;
    let mut statement = 0..0;
    for index in 0..source.line_count() {
        let range = source.line_range(index);
        let line = &source.text()[range.clone()];
        let Some(comment) = line_comment(line, &mut inside_block_comment) else { continue };
        let Some((codes, reason)) = allow(&line[comment..]) else { continue };
        let alone = line[..comment].trim().is_empty();
        if alone && statement.start < range.end {
            statement = next_statement(source, index);
        }
        let covered = if alone { statement.clone() } else { range.clone() };
        for code in codes.split(',').map(str::trim).filter(|code| !code.is_empty()) {
            found.push(Allowance {
                code: code.to_ascii_uppercase(),
                span: Span::new(file, range.start + comment, range.end),
                line: covered.clone(),
                reason: (!reason.is_empty()).then(|| reason.to_owned()),
                used: false,
            });
        }
    }
    found
}

/// Where `//` begins in a line, outside texts and block comments.
fn line_comment(line: &str, inside_block_comment: &mut bool) -> Option<usize> {
    let mut quoted = false;
    let mut marks = line.char_indices().peekable();
    while let Some((at, mark)) = marks.next() {
        let next = marks.peek().map(|(_, mark)| *mark);
        match (mark, next) {
            ('*', Some('/')) if *inside_block_comment => {
                *inside_block_comment = false;
                marks.next();
            }
            _ if *inside_block_comment => {}
            ('\\', Some(_)) if quoted => drop(marks.next()),
            ('"', _) => quoted = !quoted,
            ('/', Some('/')) if !quoted => return Some(at),
            ('/', Some('*')) if !quoted => {
                *inside_block_comment = true;
                marks.next();
            }
            _ => {}
        }
    }
    None
}

/// The codes and the reason of a comment that allows.
fn allow(comment: &str) -> Option<(&str, &str)> {
    let text = comment.trim_start_matches('/').trim().strip_prefix("allow ")?;
    let (codes, reason) = text.split_once(':').unwrap_or((text, ""));
    codes.trim().get(..2).is_some_and(|area| area.eq_ignore_ascii_case("ef")).then(|| (codes, reason.trim()))
}

/// The next line that is neither blank nor only a comment; nothing at the end of the text if there is none.
fn next_statement(source: &Source, comment: usize) -> Range {
    (comment + 1..source.line_count())
        .map(|index| source.line_range(index))
        .find(|range| {
            let line = source.text()[range.clone()].trim();
            !line.is_empty() && !line.starts_with("//")
        })
        .unwrap_or(source.text().len()..source.text().len())
}
