//! From text to tree: lines are read one by one, so that an error in one never hides the next.
//!
//! What holds afterwards: the tree holds everything that could be understood; if the sink has no error, it holds
//! everything.

mod almost_comparison;
mod almost_rule;
mod body;
mod expression;
mod flow;
mod line;
mod reader;
mod reserved;
mod state;
mod statement;
mod story;
mod table;
mod test_file;
mod words;

use self::reader::Reader;
use crate::ast::{Content, File, FileKind};
use crate::diagnostic::Diagnostics;
use crate::layout::layout;
use crate::source::FileId;

/// Reads a file of the given kind. Whether it has errors, the sink says.
pub fn parse(file: FileId, text: &str, kind: FileKind, diagnostics: &mut Diagnostics) -> File {
    let layout = layout(file, text, diagnostics);
    let mut reader = Reader::new(file, diagnostics);
    let content = match kind {
        FileKind::Flow => Content::Flow(reader.flow_file(&layout.nodes)),
        FileKind::Test => Content::Test(reader.test_file(&layout.nodes)),
        FileKind::States => Content::States(reader.states_file(&layout.nodes)),
    };
    let lost_details = reader.lost_details();
    File { file, content, comments: layout.comments, blank_lines: layout.blank_lines, lost_details }
}

/// The method of a sentence that somebody gives outside a flow, as a flow words it; a method's name stays what it is. Empty if
/// it has no word.
pub fn method(sentence: &str) -> String {
    let mut nothing_to_say = Diagnostics::new();
    Reader::new(FileId::from_index(0), &mut nothing_to_say).free_text_at(0, sentence.trim()).method()
}

#[cfg(test)]
mod tests;
