//! What can be wrong with a text before it says anything: one function for each diagnostic.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

const DECEIVING_CHARACTER: Code = Code("EF0001");
const TAB_IN_INDENTATION: Code = Code("EF0002");
const DEDENT_TO_NOWHERE: Code = Code("EF0003");
const TOO_DEEP: Code = Code("EF0004");
const LINE_TOO_LONG: Code = Code("EF0005");
const UNCLOSED_TEXT: Code = Code("EF0006");
const UNKNOWN_ESCAPE: Code = Code("EF0007");
const UNCLOSED_COMMENT: Code = Code("EF0008");
const CODE_AFTER_COMMENT: Code = Code("EF0009");
const ROW_WITHOUT_STATEMENT: Code = Code("EF0010");

/// A control character, a bidirectional control, an invisible or ambiguous space.
pub(crate) fn deceiving_character(span: Span, character: char, what: &str) -> Diagnostic {
    Diagnostic::error(DECEIVING_CHARACTER, format!("the character U+{:04X} {what}", u32::from(character)))
        .label(span, "not what it looks like")
        .help("delete it, or write an ordinary space")
}

/// A tab in an indentation.
pub(crate) fn tab_in_indentation(span: Span) -> Diagnostic {
    Diagnostic::error(TAB_IN_INDENTATION, "a tab in the indentation")
        .label(span, "how wide it is depends on the editor")
        .help("indent with spaces, here and in the rest of the file")
}

/// A line that is indented less than the one above it, but not as far as any block that is open.
pub(crate) fn dedent_to_nowhere(span: Span, indentation: usize, levels: &[usize]) -> Diagnostic {
    let mut levels: Vec<String> = levels.iter().map(usize::to_string).collect();
    let last = levels.pop().unwrap_or_default();
    let levels = if levels.is_empty() { last } else { format!("{} or {last}", levels.join(", ")) };
    Diagnostic::error(DEDENT_TO_NOWHERE, "this line ends a block without going back to one that is open")
        .label(span, format!("indented by {indentation}"))
        .help(format!("indent it by {levels} spaces, like the lines that it belongs to"))
}

/// Blocks or brackets inside one another beyond the limit.
pub(crate) fn too_deep(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(TOO_DEEP, format!("nested more than {limit} levels deep"))
        .label(span, "one level too many")
        .help("move the inner part into a handler, a variable or a custom action of its own")
}

/// A line beyond the limit.
pub(crate) fn line_too_long(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error(LINE_TOO_LONG, format!("this line has more than {limit} bytes"))
        .label(span, "")
        .help("cut it into several statements")
}

/// A `"` without its partner.
pub(crate) fn unclosed_text(span: Span) -> Diagnostic {
    Diagnostic::error(UNCLOSED_TEXT, "this text does not end on its line")
        .label(span, "begins here")
        .help("close it with `\"`; a quotation mark inside is written `\\\"`, a line break `\\n`")
}

/// A backslash before a character that has no meaning there.
pub(crate) fn unknown_escape(span: Span, character: char) -> Diagnostic {
    Diagnostic::error(UNKNOWN_ESCAPE, format!("`\\{character}` has no meaning in a text"))
        .label(span, "")
        .help("write `\\\"`, `\\\\`, `\\n` or `\\t`")
}

/// `/*` without `*/`.
pub(crate) fn unclosed_comment(span: Span) -> Diagnostic {
    Diagnostic::error(UNCLOSED_COMMENT, "this comment does not end")
        .label(span, "begins here and hides the rest of the file")
        .help("close it with `*/`")
}

/// Code on the last line of a comment of several lines.
pub(crate) fn code_after_comment(span: Span) -> Diagnostic {
    Diagnostic::error(CODE_AFTER_COMMENT, "code on the last line of a comment of several lines")
        .label(span, "how far this is indented cannot be seen")
        .help("put it on a line of its own")
}

/// A table row at the beginning of a file or block.
pub(crate) fn row_without_statement(span: Span) -> Diagnostic {
    Diagnostic::error(ROW_WITHOUT_STATEMENT, "a table row with nothing above it to belong to")
        .label(span, "")
        .help("put it under the statement that it belongs to")
}
