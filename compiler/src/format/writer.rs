//! Lines to text: indentation, comments and blank lines.

use super::lines::Line;
use super::places::{Form, Place, Places};
use super::{table, words};
use crate::ast::Comment;

/// Writes all lines at their places.
pub(super) fn write(text: &str, lines: &[Line<'_>], places: &Places) -> String {
    let mut writer = Writer {
        text,
        lines,
        places,
        written: String::new(),
        blank: false,
        opened: false,
        above: Vec::new(),
        level: 0,
    };
    let rows = writer.rows();
    for (index, line) in lines.iter().enumerate() {
        writer.line(index, line, rows.get(index).and_then(Option::as_deref));
    }
    writer.written
}

/// A line above: where its code stood, and how deep it is now.
struct Above {
    column: usize,
    level: usize,
}

struct Writer<'a> {
    text: &'a str,
    lines: &'a [Line<'a>],
    places: &'a Places,
    written: String,
    /// Whether a blank line is due before the next one.
    blank: bool,
    /// Whether the line above is one that the next lines are put under: they follow at once.
    opened: bool,
    /// The last line of code and those around it.
    above: Vec<Above>,
    /// The level of the last line of code that is no row.
    level: usize,
}

impl Writer<'_> {
    /// The rows of all tables, by line.
    fn rows(&self) -> Vec<Option<String>> {
        let mut rows: Vec<Option<String>> = vec![None; self.lines.len()];
        let mut index = 0;
        while index < self.lines.len() {
            let end = (index..self.lines.len())
                .find(|at| self.lines[*at].has_code() && !self.lines[*at].is_row())
                .unwrap_or(self.lines.len());
            let places: Vec<usize> = (index..end).filter(|at| self.lines[*at].is_row()).collect();
            let table: Vec<&Line<'_>> = places.iter().map(|at| &self.lines[*at]).collect();
            for (at, row) in places.iter().zip(table::rows(self.text, &table)) {
                rows[*at] = Some(row);
            }
            index = end + 1;
        }
        rows
    }

    fn line(&mut self, index: usize, line: &Line<'_>, row: Option<&str>) {
        if line.is_blank() {
            self.blank = true;
        } else if !line.has_code() {
            let level = self.level_of_comment(index);
            self.put(level, comments(&line.trailing));
        } else if let Some(row) = row {
            self.comments_above(&line.leading, self.level + 1);
            self.put(self.level + 1, with_comments(row.to_owned(), &line.trailing));
        } else if self.is_merged(index) {
            self.blank = false;
            let level = self.level + 1;
            let all: Vec<&Comment> =
                [&line.leading, &line.inner, &line.trailing].into_iter().flatten().copied().collect();
            self.comments_above(&all, level);
        } else {
            self.code(index, line);
        }
    }

    fn code(&mut self, index: usize, line: &Line<'_>) {
        let place = self.place(line);
        let mut code = words::code(self.text, line, place.form, self.places);
        if self.takes_with(index) {
            code.push_str(" with:");
        }
        self.comments_above(&line.leading, place.level);
        self.put(place.level, with_comments(code, &line.trailing));
        self.opened = self.places.opens.contains(&line.code.start);
        while self.above.last().is_some_and(|above| above.column >= line.column) {
            self.above.pop();
        }
        self.above.push(Above { column: line.column, level: place.level });
        if self.places.lines.contains_key(&line.code.start) || line.masked.starts_with("with") {
            self.level = place.level;
        }
    }

    /// The place of a line; one that the line above takes along stands under it.
    fn place(&self, line: &Line<'_>) -> Place {
        let is_machine = self.places.named.is_some_and(|name| line.code.contains(&name));
        let under = if is_machine { 0 } else { self.level + 1 };
        let taken = Place { level: under, form: Form::Code };
        self.places.lines.get(&line.code.start).copied().unwrap_or(taken)
    }

    /// Whether a line `with:` below this one belongs at its end.
    fn takes_with(&self, index: usize) -> bool {
        let line = &self.lines[index];
        let ends_open = line.masked.ends_with(':') || line.masked.ends_with("...");
        self.places.takes_with.contains(&line.code.start)
            && !ends_open
            && self.lines[index + 1..].iter().find(|line| line.has_code()).is_some_and(Line::is_with)
    }

    /// Whether a line is a `with:` that stands at the end of the line above by now.
    fn is_merged(&self, index: usize) -> bool {
        self.lines[index].is_with()
            && (0..index).rev().find(|above| self.lines[*above].has_code()).is_some_and(|above| self.takes_with(above))
    }

    /// The level of a comment on lines of its own: that of the line below if both began at one column; else it is
    /// under the nearest line above that began left of it.
    fn level_of_comment(&self, index: usize) -> usize {
        let column = self.lines[index].column;
        let below = (index + 1..self.lines.len())
            .find(|below| self.lines[*below].has_code() && !self.is_merged(*below))
            .map(|below| &self.lines[below]);
        let level_below = below.map(|line| if line.is_row() { self.level + 1 } else { self.place(line).level });
        if below.is_some_and(|line| line.column == column) {
            return level_below.unwrap_or_default();
        }
        let around = self.above.iter().rev().find(|above| above.column < column);
        around.map_or(level_below.filter(|_| column > 0).unwrap_or_default(), |above| above.level + 1)
    }

    fn comments_above(&mut self, found: &[&Comment], level: usize) {
        for comment in found {
            self.put(level, comments(&[*comment]));
        }
    }

    fn put(&mut self, level: usize, line: String) {
        if self.blank && !self.opened && !self.written.is_empty() {
            self.written.push('\n');
        }
        self.blank = false;
        self.opened = false;
        self.written.push_str(&"  ".repeat(level));
        self.written.push_str(&line);
        self.written.push('\n');
    }
}

fn comments(comments: &[&Comment]) -> String {
    comments.iter().map(|comment| comment.text.trim_end()).collect::<Vec<_>>().join(" ")
}

fn with_comments(code: String, found: &[&Comment]) -> String {
    if found.is_empty() { code } else { code + " " + &comments(found) }
}
