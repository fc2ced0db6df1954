//! What every part of the tree builder needs: lines that must match a rule, names, texts.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use super::line::Tree;
use crate::ast::{FreeText, Name, Path, Piece, PieceKind, Text};
use crate::built_in;
use crate::catalog::{source, syntax};
use crate::diagnostic::{Diagnostics, Severity};
use crate::grammar::Rule;
use crate::layout::{Line, MAX_DEPTH};
use crate::source::{FileId, Span};

/// How a construct is called and written, for the message about a line that is not quite one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// `emit`
    pub(super) what: &'static str,
    /// `emit [async] :event …`
    pub(super) form: &'static str,
}

/// Builds nodes of one file.
pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// Whether values of actors (`@customer.email`) may be read: in stories and tests.
    pub(super) in_story: bool,
    /// How many preconditions the line being read stands behind.
    pub(super) preconditions: usize,
    /// The places of names already reported: a line may be read twice, as built in and as free text.
    reported: BTreeSet<Span>,
    /// The places of errors in lines that declare nothing.
    details: BTreeSet<Span>,
    /// The lines in bodies that stand there by mistake, and may declare something.
    strays: BTreeSet<Span>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: FileId, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            file,
            diagnostics,
            in_story: false,
            preconditions: 0,
            reported: BTreeSet::new(),
            details: BTreeSet::new(),
            strays: BTreeSet::new(),
        }
    }

    /// Reads lines that declare nothing: what is wrong with them hides nothing that others name.
    pub(super) fn detail<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.diagnostics.count();
        let result = read(self);
        let errors = self.diagnostics.iter().skip(before).filter(|found| found.severity == Severity::Error);
        let places = errors.filter_map(|error| Some(error.primary()?.span));
        self.details.extend(places.filter(|place| !self.strays.contains(place)));
        result
    }

    /// Notes a line of a body that cannot be parsed and declares nothing.
    pub(super) fn unreadable_detail(&mut self, line: &Line) {
        self.details.insert(line.span);
    }

    /// Notes a line that stands in a body by mistake.
    pub(super) fn stray_line(&mut self, line: &Line) {
        self.strays.insert(line.span);
    }

    /// Where what is wrong hides nothing that others name, in source order.
    pub(super) fn lost_details(self) -> Vec<Span> {
        self.details.into_iter().collect()
    }

    /// The tree of a line that must match; if it does not, that is reported.
    pub(super) fn read<'i>(&mut self, rule: Rule, line: &'i Line, form: Form) -> Option<Tree<'i>> {
        if !self.is_sound(line) {
            return None;
        }
        match Tree::parse(rule, self.file, line.span.start as usize, &line.text) {
            Ok(tree) => Some(tree),
            Err(failure) => {
                let start = line.span.start as usize + failure.at;
                let rest = line.text.get(failure.at..).unwrap_or_default();
                let length = rest.split([' ', '\t']).next().map_or(0, str::len);
                let span = Span::new(self.file, start, start + length);
                let expected = match is_foreign_unit(&line.text, failure.at) {
                    true => &["a unit: `ms`, `seconds`, `minutes`, `hours` or `days`"],
                    false => failure.expected.as_slice(),
                };
                let text = if self.in_story { unquoted_words(&line.text, failure.at) } else { None };
                let meant = text.as_deref().unwrap_or(form.form);
                self.diagnostics.error(syntax::unreadable(span, form.what, meant, expected));
                None
            }
        }
    }

    /// The tree of a line if it matches. What is wrong with every line is reported nevertheless.
    pub(super) fn try_read<'i>(&mut self, rule: Rule, line: &'i Line) -> Option<Tree<'i>> {
        if !self.is_sound(line) {
            return None;
        }
        Tree::parse(rule, self.file, line.span.start as usize, &line.text).ok()
    }

    /// Whether a line may be parsed at all; reports what is wrong, once.
    pub(super) fn is_sound(&mut self, line: &Line) -> bool {
        if !line.readable || self.reported.contains(&line.span) {
            return false;
        }
        let problem = if let Some(at) = too_deep(&line.text) {
            source::too_deep(self.within(line, at, at + 1), MAX_DEPTH)
        } else if let Some((start, end)) = foreign_variable(&line.text) {
            syntax::foreign_variable(self.within(line, start, end))
        } else {
            return true;
        };
        self.diagnostics.error(problem);
        self.reported.insert(line.span);
        false
    }

    fn within(&self, line: &Line, start: usize, end: usize) -> Span {
        let base = line.span.start as usize;
        Span::new(self.file, base + start, base + end)
    }

    /// The name in a tree with or without a sigil. It is checked, and reported if it is none.
    pub(super) fn name(&mut self, tree: &Tree<'_>) -> Name {
        let name = unchecked_name(tree);
        self.check_name(&name.text, name.span);
        name
    }

    fn check_name(&mut self, text: &str, span: Span) {
        let dashed = text.contains('-');
        if !text.split(['.', '-']).all(is_name) {
            if self.reported.insert(span) {
                self.diagnostics.error(syntax::bad_name(span, text, valid_spelling(text).as_deref()));
            }
        } else if text.contains('.') && !dashed && self.reported.insert(span) {
            self.diagnostics.error(syntax::not_yet_supported(span, "a state inside another state"));
        }
    }

    /// The name in the first part that matched this rule.
    pub(super) fn name_in(&mut self, tree: &Tree<'_>, rule: Rule) -> Option<Name> {
        tree.find(rule).map(|found| self.name(&found))
    }

    /// All names in parts that matched this rule.
    pub(super) fn names_in(&mut self, tree: &Tree<'_>, rule: Rule) -> Vec<Name> {
        tree.children().filter(|child| child.rule() == rule).map(|child| self.name(&child)).collect()
    }

    /// `$order.total`, `order.total`, `@customer.email`.
    pub(super) fn path(&mut self, tree: &Tree<'_>) -> Path {
        let mut names: Vec<Name> = tree.children().map(|child| self.name(&child)).collect();
        let root = if names.is_empty() { self.name(tree) } else { names.remove(0) };
        Path { span: tree.span(), root, fields: names }
    }

    /// `total`, `reply.id`. In a story a bare word may be text, and text is written as its author likes: `Vienna`.
    pub(super) fn word_path(&mut self, tree: &Tree<'_>) -> Path {
        let mut names = tree.children().map(|child| unchecked_name(&child));
        let root = names.next().unwrap_or_else(|| unchecked_name(tree));
        let path = Path { span: tree.span(), root, fields: names.collect() };
        if self.in_story && path.root.text != built_in::REPLY {
            return path;
        }
        let wrong = std::iter::once(&path.root).chain(&path.fields).find(|name| !is_name(&name.text));
        if let Some(name) = wrong
            && self.reported.insert(name.span)
        {
            self.diagnostics.error(syntax::bad_word(name.span, &name.text, tree.text()));
        }
        path
    }

    /// Text that is shown as it is.
    pub(super) fn text(&self, tree: &Tree<'_>) -> Text {
        Text { span: tree.span(), text: tree.text().nfc().collect() }
    }

    /// The value of a quoted text.
    pub(super) fn quoted(&self, tree: &Tree<'_>) -> Text {
        Text { span: tree.span(), text: unquoted(tree.text()) }
    }

    /// The pieces that a tree consists of.
    pub(super) fn free_text(&mut self, tree: &Tree<'_>) -> FreeText {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut end = None;
        for child in tree.children() {
            let span = child.span();
            let kind = match child.rule() {
                Rule::string => PieceKind::Text(unquoted(child.text())),
                Rule::variable_path => PieceKind::Variable(self.path(&child)),
                Rule::actor => PieceKind::Actor(self.name(&child)),
                Rule::event_piece => PieceKind::Event(self.name(&child)),
                Rule::state_piece => PieceKind::State(self.name(&child)),
                Rule::number => PieceKind::Number,
                Rule::word => PieceKind::Word,
                Rule::mark => PieceKind::Mark,
                _ => continue,
            };
            let spaced = end.is_some_and(|end| end < span.start);
            end = Some(span.end);
            pieces.push(Piece { span, spaced, written: child.text().nfc().collect(), kind });
        }
        let span = match (pieces.first(), pieces.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => tree.span().at_start(),
        };
        FreeText { span, pieces }
    }

    /// The free text of the first part that matched this rule; an empty one if there is none.
    pub(super) fn free_text_in(&mut self, tree: &Tree<'_>, rule: Rule) -> FreeText {
        match tree.find(rule) {
            Some(found) => self.free_text(&found),
            None => FreeText { span: tree.span().at_start(), pieces: Vec::new() },
        }
    }

    /// `text`, which stands at `base`, as free text.
    pub(super) fn free_text_at(&mut self, base: usize, text: &str) -> FreeText {
        let parsed = Tree::parse(Rule::free_text_line, self.file, base, text).ok();
        match parsed.and_then(|tree| tree.first()) {
            Some(tree) => self.free_text(&tree),
            None => FreeText { span: Span::new(self.file, base, base), pieces: Vec::new() },
        }
    }

    /// The whole line as free text.
    pub(super) fn line_text(&mut self, line: &Line) -> FreeText {
        self.free_text_at(line.span.start as usize, &line.text)
    }
}

/// The name in a tree with or without a sigil, whatever it is made of.
fn unchecked_name(tree: &Tree<'_>) -> Name {
    let text = tree.text().trim_start_matches(['@', ':', '#', '$', '^']).nfc().collect();
    Name { span: tree.span(), text }
}

/// Whether a text is a name as the language wants it.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|other| other.is_ascii_lowercase() || other.is_ascii_digit() || other == '_')
}

/// The text between quotation marks, escapes resolved.
fn unquoted(quoted: &str) -> String {
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(quoted);
    let mut text = String::new();
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            (plain, false) => text.push(plain),
        }
    }
    text.nfc().collect()
}

/// The nearest valid name: lower-case, words separated by `_`. None for letters that are not Latin ones with a mark: how they
/// are written in other letters is a question of language.
fn valid_spelling(name: &str) -> Option<String> {
    let mut spelled = String::new();
    let mut lower_before = false;
    for character in name.chars() {
        if character.is_uppercase() && lower_before {
            spelled.push('_');
        }
        lower_before = character.is_lowercase() || character.is_ascii_digit();
        let plain: String = character.nfkd().filter(char::is_ascii).collect();
        if plain.is_empty() {
            return None;
        }
        spelled.extend(plain.to_lowercase().chars().map(|part| if part.is_ascii_alphanumeric() { part } else { '_' }));
    }
    let spelled = spelled.trim_matches('_');
    Some(if spelled.starts_with(|first: char| first.is_ascii_lowercase()) {
        spelled.to_owned()
    } else {
        format!("n_{spelled}").trim_end_matches('_').to_owned()
    })
}

/// Where brackets open one level too many, outside of quoted texts.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, character) in unquoted_characters(text) {
        match character {
            '(' | '[' | '{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(at);
                }
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Where `@machine.$x` stands, outside of quoted texts.
fn foreign_variable(text: &str) -> Option<(usize, usize)> {
    let characters: Vec<(usize, char)> = unquoted_characters(text).collect();
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    for (index, (start, character)) in characters.iter().enumerate() {
        if *character != '@' {
            continue;
        }
        let mut rest = characters[index + 1..].iter().skip_while(|(_, character)| is_name(*character));
        if rest.next().is_some_and(|(_, mark)| *mark == '.')
            && let Some((dollar, '$')) = rest.next().copied()
        {
            let length = text[dollar + 1..].find(|other| !is_name(other)).unwrap_or(text.len() - dollar - 1);
            return Some((*start, dollar + 1 + length));
        }
    }
    None
}

/// The characters outside of quoted texts with their places.
pub(super) fn unquoted_characters(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut quoted = false;
    let mut escaped = false;
    text.char_indices().filter(move |(_, character)| {
        if quoted {
            match (escaped, character) {
                (true, _) => escaped = false,
                (false, '\\') => escaped = true,
                (false, '"') => quoted = false,
                (false, _) => {}
            }
            return false;
        }
        quoted = *character == '"';
        !quoted
    })
}

/// The text in quotation marks, if at this place a further word stands behind the first of a payload: `with city: New York`.
fn unquoted_words(text: &str, at: usize) -> Option<String> {
    let (before, rest) = text.split_at_checked(at)?;
    let (payload, _) = before.rsplit_once(':').filter(|(payload, _)| payload.contains(" with "))?;
    let rest = rest.split(',').next().unwrap_or_default();
    let words = text.get(payload.len() + 1..at + rest.len())?.trim();
    let is_plain = |other: char| other.is_alphanumeric() || matches!(other, ' ' | '-' | '.' | '\'' | '’');
    (words.contains(' ') && words.chars().all(is_plain)).then(|| format!("\"{words}\""))
}

/// Whether a number stands before this place, and behind it a unit of time that the language does not have.
fn is_foreign_unit(text: &str, at: usize) -> bool {
    let Some((before, rest)) = text.split_at_checked(at) else { return false };
    let word = rest.split(|letter: char| !letter.is_alphabetic()).next().unwrap_or_default();
    let is_unit = matches!(
        word,
        "millisecond"
            | "milliseconds"
            | "sec"
            | "secs"
            | "s"
            | "min"
            | "mins"
            | "m"
            | "hr"
            | "hrs"
            | "h"
            | "d"
            | "week"
            | "weeks"
            | "w"
            | "month"
            | "months"
            | "year"
            | "years"
    );
    is_unit && before.trim_end().ends_with(|last: char| last.is_ascii_digit())
}
