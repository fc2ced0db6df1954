//! The lines of a text with their code and their comments kept apart.

use std::ops::Range;

use crate::ast::Comment;

/// One line; a comment of several lines belongs to the line on which it begins.
pub(super) struct Line<'a> {
    /// How many characters stand before its code, or its first comment.
    pub(super) column: usize,
    /// Where its code stands in the text; empty if it has none.
    pub(super) code: Range<usize>,
    /// The code, with every comment in it replaced by spaces.
    pub(super) masked: String,
    /// The comments before the code.
    pub(super) leading: Vec<&'a Comment>,
    /// The comments within the code.
    pub(super) inner: Vec<&'a Comment>,
    /// The comments behind the code; all comments if there is no code.
    pub(super) trailing: Vec<&'a Comment>,
}

impl Line<'_> {
    /// Whether it has code.
    pub(super) fn has_code(&self) -> bool {
        !self.code.is_empty()
    }

    /// Whether it has neither code nor a comment.
    pub(super) fn is_blank(&self) -> bool {
        !self.has_code() && self.trailing.is_empty()
    }

    /// Whether it is a row of a table.
    pub(super) fn is_row(&self) -> bool {
        self.masked.starts_with('|')
    }

    /// Whether it is `with:` alone.
    pub(super) fn is_with(&self) -> bool {
        self.masked.strip_prefix("with").is_some_and(|rest| rest.trim() == ":")
    }
}

/// The lines of a text whose comments are known, in order.
pub(super) fn lines<'a>(text: &str, comments: &'a [Comment]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut comments = comments.iter().peekable();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while start < text.len() {
        let mut end = end_of_line(text, start);
        let mut own = Vec::new();
        while let Some(comment) = comments.next_if(|comment| comment.span.range().start < end) {
            end = end.max(end_of_line(text, comment.span.range().end));
            own.push(comment);
        }
        lines.push(line(text, start..end, own));
        start = end + 1;
    }
    lines
}

/// Where the line that `at` stands in ends, without its line feed.
fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length)
}

fn line<'a>(text: &str, place: Range<usize>, comments: Vec<&'a Comment>) -> Line<'a> {
    let mut masked = text[place.clone()].to_owned();
    for comment in &comments {
        let span = comment.span.range();
        masked.replace_range(span.start - place.start..span.end - place.start, &" ".repeat(span.len()));
    }
    let behind = masked.trim_end().len();
    let before = behind - masked[..behind].trim_start().len();
    let code = place.start + before..place.start + behind;
    let first = comments.first().map_or(code.start, |comment| comment.span.range().start);
    let column = if code.is_empty() { first } else { code.start } - place.start;
    let (mut leading, mut inner, mut trailing) = (Vec::new(), Vec::new(), Vec::new());
    for comment in comments {
        let at = comment.span.range().start;
        if code.is_empty() || at >= code.end {
            trailing.push(comment);
        } else if at < code.start {
            leading.push(comment);
        } else {
            inner.push(comment);
        }
    }
    Line { column, masked: masked[before..behind].to_owned(), code, leading, inner, trailing }
}
