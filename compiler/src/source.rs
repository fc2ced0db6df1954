//! Source texts and places in them: files with ids, spans of bytes, lines and columns.
//!
//! A [`Span`] is small, `Copy` and means nothing without the [`Sources`] that handed out its [`FileId`].

use serde::Serialize;

/// Names one text of a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FileId(u32);

impl FileId {
    /// The id of the file that was added as number `index`, counted from zero.
    pub fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// The number of files added before this one.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A range of bytes in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`. Offsets beyond four gigabytes are cut; the layout refuses such texts.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let offset = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Self { file, start: offset(start), end: offset(end) }
    }

    /// The smallest span that holds both; `self` if the files differ.
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span at the beginning of this one.
    pub fn at_start(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// The empty span at the end of this one.
    pub fn at_end(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// The bytes as a range that indexes the text.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place for people: both numbers count from one, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LineColumn {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// One text with the name under which people know it.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<u32>,
}

impl Source {
    /// A text called `name`, usually a path relative to where the user stands.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0];
        for (index, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                line_starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
            }
        }
        Self { name: name.into(), text, line_starts }
    }

    /// The name shown in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The number of lines; a text that ends in a line break has an empty last one.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The line that holds `offset`, counted from zero.
    pub fn line_index(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of line `index` (from zero) without its line break; empty past the end.
    pub fn line_range(&self, index: usize) -> std::ops::Range<usize> {
        let end = self.text.len();
        let start = self.line_starts.get(index).map_or(end, |start| *start as usize);
        let next = self.line_starts.get(index + 1).map_or(end, |start| *start as usize);
        let line = self.text.get(start..next).unwrap_or_default();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        start..start + line.len()
    }

    /// The line and column of a byte offset.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let line = self.line_index(offset);
        let start = self.line_starts.get(line).map_or(0, |start| *start as usize);
        let before = self.text.get(start..(offset as usize).min(self.text.len())).unwrap_or_default();
        LineColumn { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The text that `span` covers; empty if the span is not of this text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// All texts of one compilation.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// No text yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text and gives the id by which spans name it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId::from_index(self.files.len());
        self.files.push(Source::new(name, text));
        id
    }

    /// The text with this id, if this `Sources` handed it out.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.index())
    }

    /// All texts in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (FileId::from_index(index), source))
    }

    /// Where `span` begins, as descriptions and reports name it: the file without folders, and the line, `order.flow:17`.
    /// Empty if the file is unknown.
    pub fn place(&self, span: Span) -> String {
        self.get(span.file).map_or_else(String::new, |source| {
            let file = source.name().rsplit(['/', '\\']).next().unwrap_or_default();
            format!("{file}:{}", source.line_index(span.start) + 1)
        })
    }

    /// The text that `span` covers; empty if the file is unknown.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).map_or("", |source| source.slice(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source::new("a.flow", "ä\r\nbc\n");
        assert_eq!(source.line_column(0), LineColumn { line: 1, column: 1 });
        assert_eq!(source.line_column(2), LineColumn { line: 1, column: 2 });
        assert_eq!(source.line_column(5), LineColumn { line: 2, column: 2 });
        assert_eq!(source.line_range(0), 0..2);
        assert_eq!(source.line_range(1), 4..6);
        assert_eq!(source.line_range(2), 7..7);
        assert_eq!(source.line_range(9), 7..7);
    }
}
