//! Reads `eventflow.toml` key by key, so that each mistake is reported where it stands.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Place, Project, Said, Sentences, Waiting};
use crate::catalog::project as catalog;
use crate::diagnostic::Diagnostics;
use crate::levels::{Level, Levels, NoSubject, Subject};
use crate::nearest::nearest;
use crate::source::{FileId, Span};

/// Where the text stands and where findings go.
pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    pub(super) diagnostics: &'a mut Diagnostics,
}

type Value<'i> = Spanned<DeValue<'i>>;
type Table<'i> = DeTable<'i>;

impl Reader<'_> {
    /// The whole file.
    pub(super) fn project(&mut self, text: &str) -> Project {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let place = self.span(error.span().unwrap_or(0..0));
            self.diagnostics.error(catalog::not_toml(error.message(), place));
        }
        let mut project = Project::default();
        if !errors.is_empty() {
            return project;
        }
        for (key, value) in in_order(table.get_ref()) {
            match key.get_ref().as_ref() {
                "root" => project.root = self.text("root", value),
                "out" => project.out = self.text("out", value),
                "lints" => self.lints(value, &mut project.levels),
                "machines" => self.machines(value, &mut project.sentences),
                _ => self.unknown(key, "the project file", &["root", "out", "lints", "machines"]),
            }
        }
        project
    }

    fn lints(&mut self, value: &Value<'_>, levels: &mut Levels) {
        let Some(table) = self.table("lints", value) else { return };
        for (key, value) in in_order(table) {
            let name = key.get_ref();
            let place = self.span(key.span());
            match Subject::from_name(name) {
                Ok(subject) => {
                    if let Some(level) = self.level(name, value) {
                        levels.set(subject, level);
                    }
                }
                Err(NoSubject::Error) => drop(self.diagnostics.error(catalog::level_of_error(name, place))),
                Err(NoSubject::Unknown { nearest }) => {
                    self.diagnostics.error(catalog::unknown_code(name, place, nearest));
                }
            }
        }
    }

    fn machines(&mut self, value: &Value<'_>, sentences: &mut Sentences) {
        let Some(table) = self.table("machines", value) else { return };
        for (machine, value) in in_order(table) {
            let Some(table) = self.table(machine.get_ref(), value) else { continue };
            for (key, value) in in_order(table) {
                let waiting = match key.get_ref().as_ref() {
                    "sync" => Waiting::Sync,
                    "async" => Waiting::Async,
                    _ => {
                        let place = format!("`[machines.{}]`", machine.get_ref());
                        self.unknown(key, &place, &["sync", "async"]);
                        continue;
                    }
                };
                for (sentence, place) in self.texts(key.get_ref(), value) {
                    let place = Some(Place { machine: self.span(machine.span()), sentence: place });
                    let machine = machine.get_ref().as_ref().to_owned();
                    sentences.said.push(Said { machine, sentence, waiting, place });
                }
            }
        }
    }

    fn level(&mut self, key: &str, value: &Value<'_>) -> Option<Level> {
        let level = value.get_ref().as_str().and_then(Level::from_word);
        if level.is_none() {
            let wanted = format!("one of `{}`", Level::WORDS.join("`, `"));
            self.wrong(key, value, &wanted);
        }
        level
    }

    fn text(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, value, "a text");
        }
        text
    }

    fn texts(&mut self, key: &str, value: &Value<'_>) -> Vec<(String, Span)> {
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for entry in list.iter() {
            match entry.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), self.span(entry.span()))),
                None => self.wrong(key, entry, "a list of texts"),
            }
        }
        texts
    }

    fn table<'v, 'i>(&mut self, key: &str, value: &'v Value<'i>) -> Option<&'v Table<'i>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong(key, value, "a table");
        }
        table
    }

    fn wrong(&mut self, key: &str, value: &Value<'_>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a truth value",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let place = self.span(value.span());
        self.diagnostics.error(catalog::wrong_value(key, place, found, wanted));
    }

    fn unknown(&mut self, key: &Spanned<toml::de::DeString<'_>>, place: &str, known: &[&str]) {
        let name = key.get_ref();
        let span = self.span(key.span());
        let meant = nearest(name, known.iter().copied());
        self.diagnostics.error(catalog::unknown_key(name, place, span, meant, known));
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }
}

/// The entries of a table as they stand in the text.
fn in_order<'v, 'i>(table: &'v Table<'i>) -> Vec<(&'v Spanned<toml::de::DeString<'i>>, &'v Value<'i>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
