//! The code of one line: the author's words with one space wherever there is white space.

use super::lines::Line;
use super::places::{Form, Places};

/// The code of a line, the comments in it included.
pub(super) fn code(text: &str, line: &Line<'_>, form: Form, places: &Places) -> String {
    match form {
        Form::Story => text[line.code.clone()].to_owned(),
        Form::Otherwise => {
            line.inner.iter().fold("otherwise".to_owned(), |code, comment| code + " " + comment.text.trim_end())
        }
        Form::Code => spaced(text, line, places),
    }
}

fn spaced(text: &str, line: &Line<'_>, places: &Places) -> String {
    let mut written = Written::default();
    let mut at = line.code.start;
    let mut inner = line.inner.iter().peekable();
    let mark = line.masked.len() - line.masked.trim_start_matches('?').len();
    while at < line.code.end {
        if at == line.code.start + mark && mark > 0 {
            written.space = true;
        }
        if let Some((range, instead)) = places.edits.get(&at) {
            written.push(instead);
            if range.is_empty() {
                written.space = true;
            } else {
                at = range.end;
                continue;
            }
        }
        if let Some(range) = places.kept.get(&at).filter(|range| range.end <= line.code.end && !range.is_empty()) {
            written.push(&text[range.clone()]);
            at = range.end;
            while inner.next_if(|comment| comment.span.range().start < at).is_some() {}
        } else if let Some(comment) = inner.next_if(|comment| comment.span.range().start == at) {
            written.space = true;
            written.push(&comment.text);
            written.space = true;
            at = comment.span.range().end;
        } else if text[at..].starts_with('"') {
            let end = end_of_string(&text[..line.code.end], at);
            written.push(&text[at..end]);
            at = end;
        } else if let Some(character) = text[at..].chars().next() {
            match character {
                ' ' | '\t' => written.space = true,
                other => written.push(other.encode_utf8(&mut [0; 4])),
            }
            at += character.len_utf8();
        }
    }
    if let Some((_, instead)) = places.edits.get(&line.code.end) {
        written.push(instead);
    }
    written.text
}

#[derive(Default)]
struct Written {
    text: String,
    /// Whether white space stands before what comes next.
    space: bool,
}

impl Written {
    fn push(&mut self, piece: &str) {
        if self.space && !self.text.is_empty() && !piece.starts_with(' ') {
            self.text.push(' ');
        }
        self.space = false;
        self.text.push_str(piece);
    }
}

/// Where the quoted text that begins at `start` ends.
fn end_of_string(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (offset, character) in text[start + 1..].char_indices() {
        match (escaped, character) {
            (true, _) => escaped = false,
            (false, '\\') => escaped = true,
            (false, '"') => return start + offset + 2,
            (false, _) => {}
        }
    }
    text.len()
}
