//! The canonical text of a file: the newer surface, two spaces a level, tables in columns.
//!
//! The tree says where each line belongs and which of its forms are older ones; the words themselves are the author's,
//! taken from the text. So nothing that the tree does not tell (a spelling, a comment, a blank line) can be lost. What
//! holds of the result: it reads as the same tree, all comments stand in it in their order, and formatting it again
//! changes nothing.

mod lines;
mod places;
mod stories;
mod table;
mod words;
mod writer;

use crate::ast::File;
use places::{Nesting, Places};

/// The text of a file in its canonical form. The file is what `text` was read as, without errors.
#[must_use]
pub fn format(file: &File, text: &str) -> String {
    let mut places = Places::of(file, Nesting::Written);
    if places.deepest() > MAX_LEVEL {
        places = Places::of(file, Nesting::AsInText);
    }
    let lines = lines::lines(text, &file.comments);
    let written = writer::write(text, &lines, &places);
    let windows = text.find('\n').is_some_and(|end| text[..end].ends_with('\r'));
    let written = written.replace("\r\n", "\n");
    if windows { written.replace('\n', "\r\n") } else { written }
}

/// How deep lines may stand: what is written must be readable, with a level to spare for a `with` line.
const MAX_LEVEL: usize = crate::layout::MAX_DEPTH - 3;
