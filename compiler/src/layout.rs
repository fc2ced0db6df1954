//! From text to lines with blocks: comments, blank lines and indentation are settled here, and everything that could
//! hide in a text is refused.
//!
//! A line's text keeps its length (comments become spaces), so that an offset in it is an offset in the source.

mod blocks;
mod characters;

use crate::ast::{Comment, Placement};
use crate::catalog::source as catalog;
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, Span};

/// How deep blocks and brackets may nest. The parser recurses, and so does everybody who walks its trees.
pub(crate) const MAX_DEPTH: usize = 48;

/// How many bytes one line may have.
const MAX_LINE: usize = 16 * 1024;

/// A file as blocks of lines.
#[derive(Debug)]
pub(crate) struct Layout {
    /// The outermost lines.
    pub(crate) nodes: Vec<Node>,
    /// Every comment in order.
    pub(crate) comments: Vec<Comment>,
    /// Every blank line in order.
    pub(crate) blank_lines: Vec<Span>,
}

/// A line, the table rows under it, and the lines that are indented under it.
#[derive(Debug)]
pub(crate) struct Node {
    /// The line itself.
    pub(crate) line: Line,
    /// The `|` lines that belong to it, at any indentation.
    pub(crate) rows: Vec<Line>,
    /// Its block.
    pub(crate) children: Vec<Node>,
}

/// One line of code.
#[derive(Debug)]
pub(crate) struct Line {
    /// From its first to its last character of code.
    pub(crate) span: Span,
    /// That code, each comment replaced by spaces.
    pub(crate) text: String,
    /// Whether it may be parsed; otherwise what is wrong with it is already reported.
    pub(crate) readable: bool,
    /// Whether a blank line stands directly above it (or above the comments above it).
    pub(crate) after_blank: bool,
}

/// One line with its indentation, before blocks are made of it.
pub(super) struct Indented {
    pub(super) indentation: usize,
    pub(super) line: Line,
}

/// Cuts a text into blocks of lines.
pub(crate) fn layout(file: FileId, text: &str, diagnostics: &mut Diagnostics) -> Layout {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut scanner = Scanner {
        file,
        text,
        diagnostics,
        comments: Vec::new(),
        blank_lines: Vec::new(),
        lines: Vec::new(),
        after_blank: false,
        tab_seen: false,
    };
    let mut at = start;
    while at < text.len() {
        at = scanner.line(at);
    }
    let Scanner { lines, comments, blank_lines, diagnostics, .. } = scanner;
    Layout { nodes: blocks::blocks(lines, diagnostics), comments, blank_lines }
}

struct Scanner<'a> {
    file: FileId,
    text: &'a str,
    diagnostics: &'a mut Diagnostics,
    comments: Vec<Comment>,
    blank_lines: Vec<Span>,
    lines: Vec<Indented>,
    after_blank: bool,
    tab_seen: bool,
}

/// What the characters of a line came to.
struct Scanned {
    /// The code with comments as spaces.
    code: String,
    /// Where the next line begins.
    next: usize,
    /// Whether the code may be parsed.
    readable: bool,
    /// Whether there was a comment.
    commented: bool,
}

impl Scanner<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    /// Takes the line that begins at `start`, and gives where the next one begins.
    fn line(&mut self, start: usize) -> usize {
        let mut scanned = self.scan(start);
        let code = scanned.code.trim_end();
        let trimmed = code.trim_start_matches([' ', '\t']);
        if trimmed.is_empty() {
            if !scanned.commented {
                self.blank_lines.push(self.span(start, start));
                self.after_blank = true;
            }
            return scanned.next;
        }
        let span = self.span(start + code.len() - trimmed.len(), start + code.len());
        // A line begins where its first character stands, also if that is the first one of a comment.
        let rest = self.text.get(start..).unwrap_or_default();
        let before = &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()];
        if let Some(tab) = before.find('\t').filter(|_| !self.tab_seen) {
            self.tab_seen = true;
            self.diagnostics.error(catalog::tab_in_indentation(self.span(start + tab, start + tab + 1)));
        }
        if code.len() > MAX_LINE {
            self.diagnostics.error(catalog::line_too_long(span.at_start(), MAX_LINE));
            scanned.readable = false;
        }
        let line = Line { span, text: trimmed.to_owned(), readable: scanned.readable, after_blank: self.after_blank };
        // A tab counts as four spaces, so that a file indented by tabs keeps its structure behind the error.
        let indentation = before.chars().map(|character| if character == '\t' { 4 } else { 1 }).sum();
        self.lines.push(Indented { indentation, line });
        self.after_blank = false;
        scanned.next
    }

    /// Reads characters up to the end of a line; a comment of several lines makes it end later.
    fn scan(&mut self, start: usize) -> Scanned {
        let bytes = self.text.as_bytes();
        let mut scanned = Scanned { code: String::new(), next: self.text.len(), readable: true, commented: false };
        let mut at = start;
        while let Some(character) = self.text.get(at..).and_then(|rest| rest.chars().next()) {
            let following = bytes.get(at + 1).copied();
            match (character, following) {
                ('\n', _) => {
                    scanned.next = at + 1;
                    return scanned;
                }
                ('\r', Some(b'\n')) => {
                    scanned.next = at + 2;
                    return scanned;
                }
                ('/', Some(b'/')) => {
                    let end = self.end_of_line(at);
                    self.comment(&mut scanned, start, at, end);
                    at = end;
                }
                ('/', Some(b'*')) => match self.block_comment(&mut scanned, start, at) {
                    Some(end) => at = end,
                    None => return scanned,
                },
                ('"', _) => at = self.string(&mut scanned, at),
                (_, _) => {
                    self.check_character(&mut scanned, at, character);
                    scanned.code.push(character);
                    at += character.len_utf8();
                }
            }
        }
        scanned
    }

    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        at + line.len()
    }

    fn comment(&mut self, scanned: &mut Scanned, line: usize, start: usize, end: usize) {
        let text = self.text.get(start..end).unwrap_or_default().to_owned();
        for (offset, character) in text.char_indices() {
            if character != '\n' && !(character == '\r' && text[offset + 1..].starts_with('\n')) {
                self.check_character(&mut Scanned { readable: true, ..Scanned::nothing() }, start + offset, character);
            }
        }
        let alone = self.text.get(line..start).unwrap_or_default().trim().is_empty()
            && self.text.get(end..self.end_of_line(end)).unwrap_or_default().trim().is_empty();
        let placement = if alone { Placement::OwnLine } else { Placement::Trailing };
        self.comments.push(Comment { span: self.span(start, end), text, placement });
        scanned.commented = true;
        scanned.code.extend(std::iter::repeat_n(' ', end - start));
    }

    /// Takes the comment at `start`; gives its end if the line goes on behind it.
    fn block_comment(&mut self, scanned: &mut Scanned, line: usize, start: usize) -> Option<usize> {
        let rest = self.text.get(start + 2..).unwrap_or_default();
        let Some(length) = rest.find("*/") else {
            self.diagnostics.error(catalog::unclosed_comment(self.span(start, start + 2)));
            self.comment(scanned, line, start, self.text.len());
            return None;
        };
        let end = start + 2 + length + 2;
        if !self.text.get(start..end).unwrap_or_default().contains('\n') {
            self.comment(scanned, line, start, end);
            return Some(end);
        }
        let end_of_line = self.end_of_line(end);
        let behind = self.text.get(end..end_of_line).unwrap_or_default();
        if behind.trim().is_empty() {
            self.comment(scanned, line, start, end);
            scanned.code.truncate(start - line);
        } else if behind.trim_start().starts_with("//") {
            self.comment(scanned, line, start, end_of_line);
            scanned.code.truncate(start - line);
        } else {
            let code = end + (behind.len() - behind.trim_start().len());
            self.diagnostics.error(catalog::code_after_comment(self.span(code, end_of_line)));
            self.comment(scanned, line, start, end_of_line);
            scanned.code.truncate(start - line);
        }
        let line_break = self.text.get(end_of_line..).unwrap_or_default();
        scanned.next =
            end_of_line + if line_break.starts_with("\r\n") { 2 } else { usize::from(line_break.starts_with('\n')) };
        None
    }

    /// Takes the quoted text at `start` and gives its end.
    fn string(&mut self, scanned: &mut Scanned, start: usize) -> usize {
        let end_of_line = self.end_of_line(start);
        let inside = self.text.get(start + 1..end_of_line).unwrap_or_default();
        let mut end = None;
        let mut characters = inside.char_indices();
        while let Some((offset, character)) = characters.next() {
            let at = start + 1 + offset;
            match character {
                '"' => {
                    end = Some(at + 1);
                    break;
                }
                '\\' => match characters.next() {
                    Some((_, '"' | '\\' | 'n' | 't' | '|')) => {}
                    Some((next, other)) => {
                        let span = self.span(at, start + 1 + next + other.len_utf8());
                        self.diagnostics.error(catalog::unknown_escape(span, other));
                        scanned.readable = false;
                    }
                    None => {}
                },
                _ => self.check_character(scanned, at, character),
            }
        }
        let end = end.unwrap_or_else(|| {
            self.diagnostics.error(catalog::unclosed_text(self.span(start, end_of_line)));
            scanned.readable = false;
            end_of_line
        });
        scanned.code.push_str(self.text.get(start..end).unwrap_or_default());
        end
    }

    fn check_character(&mut self, scanned: &mut Scanned, at: usize, character: char) {
        if let Some(name) = characters::deceiving(character) {
            let span = self.span(at, at + character.len_utf8());
            self.diagnostics.error(catalog::deceiving_character(span, character, name));
            scanned.readable = false;
        }
    }
}

impl Scanned {
    fn nothing() -> Self {
        Self { code: String::new(), next: 0, readable: true, commented: false }
    }
}

#[cfg(test)]
mod tests;
