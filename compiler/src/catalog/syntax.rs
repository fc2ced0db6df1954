//! What can be wrong with a line, a block or a table: one function for each diagnostic.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

const UNREADABLE: Code = Code("EF0101");
const BAD_NAME: Code = Code("EF0102");
const FOREIGN_VARIABLE: Code = Code("EF0103");
const GUARD_WITHOUT_BLOCK: Code = Code("EF0104");
const ARM_WITHOUT_GUARD: Code = Code("EF0105");
const MISPLACED: Code = Code("EF0106");
const MISSING_TABLE: Code = Code("EF0107");
const UNEXPECTED_TABLE: Code = Code("EF0108");
const BAD_COLUMNS: Code = Code("EF0109");
const BAD_CELL: Code = Code("EF0110");
const SAID_TWICE: Code = Code("EF0111");
const OUT_OF_RANGE: Code = Code("EF0112");
const UNKNOWN_WORD: Code = Code("EF0113");
const STUB_BESIDE_STATEMENTS: Code = Code("EF0114");
const ACTOR_AS_VALUE: Code = Code("EF0115");
const MISSING_BLOCK: Code = Code("EF0116");
const PRECONDITION: Code = Code("EF0150");
const ALMOST_A_STATEMENT: Code = Code("EF0151");
const STUB: Code = Code("EF0152");
const BARE_VARIABLE: Code = Code("EF0153");
const ALMOST_A_RULE: Code = Code("EF0154");
const NOT_YET_SUPPORTED: Code = Code("EF0901");

/// A line that begins like a construct and does not go on like it.
pub(crate) fn unreadable(span: Span, what: &str, form: &str, expected: &[&str]) -> Diagnostic {
    let label = match expected {
        [] => "not expected here".to_owned(),
        [only] => format!("expected {only}"),
        [others @ .., last] => format!("expected {} or {last}", others.join(", ")),
    };
    Diagnostic::error(UNREADABLE, format!("this {what} cannot be read"))
        .label(span, label)
        .help(format!("write `{form}`"))
}

/// A name that is no name.
pub(crate) fn bad_name(span: Span, name: &str, suggestion: Option<&str>) -> Diagnostic {
    let help = match suggestion {
        Some(suggestion) => format!("write `{suggestion}`"),
        None => "write it with the letters `a` to `z`".to_owned(),
    };
    Diagnostic::error(BAD_NAME, not_a_name(name))
        .label(span, "names are the letters `a` to `z`, digits and `_`, a letter first")
        .help(help)
}

/// A word as a value, which could be no variable: perhaps `whole`, with what stands behind it, is meant as text.
pub(crate) fn bad_word(span: Span, word: &str, whole: &str) -> Diagnostic {
    Diagnostic::error(BAD_NAME, not_a_name(word))
        .label(span, "a word alone is a variable, and no variable is called so")
        .help(format!("write `\"{whole}\"` if it is text"))
}

fn not_a_name(name: &str) -> String {
    match name.chars().any(char::is_uppercase) {
        true => format!("the name `{name}` has upper-case letters"),
        false => format!("`{name}` is not a name"),
    }
}

/// `@machine.$x`.
pub(crate) fn foreign_variable(span: Span) -> Diagnostic {
    Diagnostic::error(FOREIGN_VARIABLE, "a machine cannot read the variables of another one")
        .label(span, "belongs to another machine")
        .help("let that machine send the value with an event, or ask for it: `$x becomes emit :event to @machine`")
}

/// A guard that guards nothing.
pub(crate) fn guard_without_block(span: Span) -> Diagnostic {
    Diagnostic::error(GUARD_WITHOUT_BLOCK, "this guard guards nothing")
        .label(span, "no statement is indented under it")
        .help("indent under it what shall happen, or write `...` there")
}

/// `otherwise` or `??` without a guard before it.
pub(crate) fn arm_without_guard(span: Span, arm: &str) -> Diagnostic {
    let help = if arm == "??" { "begin the line with one `?`" } else { "put `otherwise` directly under an arm of `?`" };
    Diagnostic::error(ARM_WITHOUT_GUARD, format!("`{arm}` without a guard that it continues"))
        .label(span, "no open guard above it at this indentation")
        .help(help)
}

/// A line in a place where nothing of its kind can stand.
pub(crate) fn misplaced(span: Span, what: &str, help: &str) -> Diagnostic {
    Diagnostic::error(MISPLACED, format!("{what} cannot stand here")).label(span, "").help(help)
}

/// `with:` without rows.
pub(crate) fn missing_table(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(MISSING_TABLE, format!("{what} without a table"))
        .label(span, "no `|` row follows")
        .help("write the rows under it: `| field | value |`")
}

/// Rows under something that takes none.
pub(crate) fn unexpected_table(span: Span, help: &str) -> Diagnostic {
    Diagnostic::error(UNEXPECTED_TABLE, "the line above takes no table").label(span, "this row").help(help)
}

/// A row with too few or too many cells, or a header with unknown columns.
pub(crate) fn bad_columns(span: Span, problem: &str, help: &str) -> Diagnostic {
    Diagnostic::error(BAD_COLUMNS, problem).label(span, "").help(help)
}

/// A cell that is not what its column wants.
pub(crate) fn bad_cell(span: Span, what: &str, example: &str) -> Diagnostic {
    Diagnostic::error(BAD_CELL, format!("this cell is not {what}"))
        .label(span, format!("expected {what}"))
        .help(format!("write something like `{example}`"))
}

/// A part that may stand once.
pub(crate) fn said_twice(span: Span, first: Span, what: &str) -> Diagnostic {
    Diagnostic::error(SAID_TWICE, format!("{what} twice"))
        .label(span, "said again")
        .label(first, "first said here")
        .help("delete one of them")
}

/// A number beyond what it may be.
pub(crate) fn out_of_range(span: Span, what: &str, range: &str) -> Diagnostic {
    Diagnostic::error(OUT_OF_RANGE, format!("{what} must be {range}"))
        .label(span, "")
        .help(format!("write a number that is {range}"))
}

/// A word where only some are known.
pub(crate) fn unknown_word(span: Span, what: &str, known: &[&str], nearest: Option<&str>) -> Diagnostic {
    let help = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("write one of {}", known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
    };
    Diagnostic::error(UNKNOWN_WORD, format!("unknown {what}")).label(span, "").help(help)
}

/// `...` in a block that is not empty.
pub(crate) fn stub_beside_statements(span: Span) -> Diagnostic {
    Diagnostic::error(STUB_BESIDE_STATEMENTS, "`...` says that a body is empty, but this one is not")
        .label(span, "")
        .help("delete the `...`")
}

/// `@customer.email` outside of stories and tests.
pub(crate) fn actor_as_value(span: Span) -> Diagnostic {
    Diagnostic::error(ACTOR_AS_VALUE, "an actor has no values that a handler can read")
        .label(span, "only stories and tests may read this")
        .help("let the event bring the value, and read it as a `$variable`")
}

/// A section with nothing under it.
pub(crate) fn missing_block(span: Span, what: &str, help: &str) -> Diagnostic {
    Diagnostic::error(MISSING_BLOCK, format!("{what} with nothing under it")).label(span, "").help(help)
}

/// Guards, a blank line, and the rest of a block.
pub(crate) fn precondition(span: Span) -> Diagnostic {
    Diagnostic::warning(PRECONDITION, "this guard is a precondition of everything below it in its block")
        .label(span, "its block is not indented")
        .help("indent what it guards; `eventflow fmt` does so")
}

/// A custom action that is one letter away from a statement.
pub(crate) fn almost_a_statement(span: Span, word: &str, keyword: &str) -> Diagnostic {
    Diagnostic::warning(ALMOST_A_STATEMENT, "this line is a custom action, but nearly a statement")
        .label(span, format!("`{word}` is one letter away from `{keyword}`"))
        .help(format!("write `{keyword}` if the statement is meant"))
}

/// A rule that is bound to code, but says what a built-in one does.
pub(crate) fn almost_a_rule(span: Span, built_in: &str) -> Diagnostic {
    Diagnostic::warning(ALMOST_A_RULE, "this rule is code of yours, but nearly a built-in one")
        .label(span, "no built-in rule is written like this")
        .help(format!("write `{built_in}` if the built-in rule is meant, else say it in other words"))
}

/// A body that is yet to be written.
pub(crate) fn stub(span: Span) -> Diagnostic {
    Diagnostic::warning(STUB, "this body is a stub")
        .label(span, "nothing happens here")
        .help("write what shall happen; an event that shall do nothing needs no `...`")
}

/// A variable without its mark.
pub(crate) fn bare_variable(span: Span, name: &str) -> Diagnostic {
    Diagnostic::warning(BARE_VARIABLE, format!("`{name}` is read as the variable `${name}`"))
        .label(span, "a word beside a comparison mark is a variable")
        .help(format!("write `${name}`, or `\"{name}\"` for the text"))
}

/// A construct that the language reserves.
pub(crate) fn not_yet_supported(span: Span, what: &str) -> Diagnostic {
    Diagnostic::error(NOT_YET_SUPPORTED, format!("{what} is not yet supported"))
        .label(span, "reserved for a later version of the language")
        .help("write the behavior with handlers and guards (`? order is in #state`), or choose other words")
}
