//! What can be wrong with types, values and rules.

use crate::diagnostic::{Code, Diagnostic};
use crate::nearest::nearest;
use crate::source::Span;

const CONFLICT: Code = Code("EF0301");
const OPERANDS: Code = Code("EF0302");
const UNKNOWN_FIELD: Code = Code("EF0303");
const CONDITION_AS_VALUE: Code = Code("EF0304");
const VALUE_AS_CONDITION: Code = Code("EF0305");
const LONG_NUMBER: Code = Code("EF0306");
const ONLY_IN_TESTS: Code = Code("EF0307");
const BOUND: Code = Code("EF0308");
const COUNT: Code = Code("EF0309");
const VARIABLE_IN_RULE: Code = Code("EF0310");
const LITERAL_DURATION: Code = Code("EF0311");
const SELF_CONTAINING: Code = Code("EF0312");
const DIVISION_BY_ZERO: Code = Code("EF0313");
const NOT_WHOLE: Code = Code("EF0314");
const UNTYPED: Code = Code("EF0350");
const VARIABLE_FOR_A_TYPE: Code = Code("EF0352");
const CONTRADICTION: Code = Code("EF0351");
const RULE_OF_RECORD: Code = Code("EF0353");
const DATE_AS_SUBTRACTION: Code = Code("EF0354");

/// Two rules of one cell that no value keeps both, or one that says the contrary of itself.
pub(crate) fn contradiction(later: Span, earlier: Option<Span>) -> Diagnostic {
    let message = match earlier {
        Some(_) => "these two rules contradict each other",
        None => "no value keeps this rule",
    };
    let diagnostic = Diagnostic::warning(CONTRADICTION, message).label(later, "");
    let diagnostic = match earlier {
        Some(earlier) => diagnostic.label(earlier, "says the contrary"),
        None => diagnostic,
    };
    diagnostic.help("correct the bounds, or keep one of the rules")
}

/// Two types where one is needed. The later place is to blame.
pub(crate) fn conflict(place: Span, left: (&str, Span), right: (&str, Span)) -> Diagnostic {
    let order = |span: Span| (span.file, span.start);
    let (earlier, later) = if order(left.1) <= order(right.1) { (left, right) } else { (right, left) };
    if later.1 == earlier.1 && is_unit_missing(later.0, earlier.0) {
        return without_unit(later.1);
    }
    let mut diagnostic =
        Diagnostic::error(CONFLICT, format!("this is of type `{}` and elsewhere of type `{}`", later.0, earlier.0))
            .label(later.1, format!("`{}` here", later.0))
            .label(earlier.1, format!("`{}` here", earlier.0));
    if place != later.1 && place != earlier.1 {
        diagnostic = diagnostic.label(place, "both meet here");
    }
    diagnostic.help("give both the same type, or use two variables")
}

/// Whether one value is a number that is to be a span of time.
fn is_unit_missing(one: &str, other: &str) -> bool {
    let is_number = |ty| matches!(ty, "number" | "integer");
    (one == "duration" && is_number(other)) || (other == "duration" && is_number(one))
}

/// `schedule :reminder in 3`.
fn without_unit(place: Span) -> Diagnostic {
    Diagnostic::error(CONFLICT, "a span of time has a unit")
        .label(place, "a number of what?")
        .help("write `ms`, `seconds`, `minutes`, `hours` or `days` behind it")
}

/// An operator between values that it does not take.
pub(crate) fn operands(place: Span, operator: &str, left: (&str, Span), right: (&str, Span)) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::error(OPERANDS, format!("`{operator}` does not go with `{}` and `{}`", left.0, right.0))
            .label(place, "no meaning for these types");
    for (ty, span) in if left == right { vec![left] } else { vec![left, right] } {
        if span != place {
            diagnostic = diagnostic.label(span, format!("`{ty}` because of this"));
        }
    }
    diagnostic.help("numbers go with numbers, times and durations with durations, texts with texts")
}

/// A field that a record type does not have.
pub(crate) fn unknown_field<'a>(
    span: Span,
    name: &str,
    record: &str,
    declared: Span,
    fields: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_FIELD, format!("`{record}` has no field `{name}`"))
        .label(span, "no such field")
        .label(declared, format!("`{record}` is declared here"));
    match nearest(name, fields) {
        Some(near) => diagnostic.help(format!("write `{near}`")),
        None => diagnostic.help(format!("add the field to `type: {record}`")),
    }
}

/// A comparison where a value is needed.
pub(crate) fn condition_as_value(span: Span) -> Diagnostic {
    Diagnostic::error(CONDITION_AS_VALUE, "a comparison is a condition, not a value")
        .label(span, "a value is needed here")
        .help("ask it with `?`, and give the variable `true` or `false` in the arms")
}

/// A value where a condition is needed.
pub(crate) fn value_as_condition(span: Span) -> Diagnostic {
    Diagnostic::error(VALUE_AS_CONDITION, "this value is neither true nor false")
        .label(span, "a condition is needed here")
        .help("compare it with something")
}

/// A number with more digits than are exact.
pub(crate) fn long_number(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error(LONG_NUMBER, format!("numbers have at most {most} digits"))
        .label(span, "too long to be exact")
        .help("shorten it, or write it as text")
}

/// A value that only tests know.
pub(crate) fn only_in_tests(span: Span) -> Diagnostic {
    Diagnostic::error(ONLY_IN_TESTS, "this value exists only in `given:` and in tests")
        .label(span, "no value in a handler")
        .help("write a text in quotes, or a variable")
}

/// A bound that is not a number written out.
pub(crate) fn bound(span: Span) -> Diagnostic {
    Diagnostic::error(BOUND, "a rule needs a number here")
        .label(span, "not a number that is written out")
        .help("write a number such as `5` or `0.5`")
}

/// A count that is not a whole number written out.
pub(crate) fn count(span: Span) -> Diagnostic {
    Diagnostic::error(COUNT, "a rule needs a whole number here")
        .label(span, "not a count of characters")
        .help("write a number such as `8`")
}

/// A variable in a custom rule.
pub(crate) fn variable_in_rule(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(VARIABLE_IN_RULE, format!("a rule looks at its own value only, not at `${name}`"))
        .label(span, "not known where the rule is checked")
        .help("check it with a guard in the handler")
}

/// A duration that is not written out.
pub(crate) fn literal_duration(span: Span) -> Diagnostic {
    Diagnostic::error(LITERAL_DURATION, "a queue needs a duration that is written out")
        .label(span, "not a number and a unit")
        .help("write one such as `5 seconds`")
}

/// A record type that leads back to itself: the fields on the way, and the last of them in the texts, which is to blame.
pub(crate) fn self_containing(record: &str, fields: &[(&str, Span)]) -> Diagnostic {
    let last = fields.iter().copied().max_by_key(|(_, span)| (span.file, span.start));
    let mut diagnostic =
        Diagnostic::error(SELF_CONTAINING, format!("a `{record}` would contain a `{record}`, and so on without end"));
    for (holder, span) in last.into_iter().chain(fields.iter().copied().filter(|field| Some(*field) != last)) {
        diagnostic = diagnostic.label(span, format!("a field of `{holder}`"));
    }
    diagnostic.help("hold the other one's id, such as `| parent_id | string |`; a list of records is no way out")
}

/// A word in the place of a field's type that is read as a variable, and that nothing reads.
pub(crate) fn variable_for_a_type(span: Span, word: &str, field: &str, near: Option<&str>) -> Diagnostic {
    let message = format!(
        "there is no type `{word}`, so the field `{field}` is the variable `${word}` here, which nothing reads"
    );
    let diagnostic = Diagnostic::warning(VARIABLE_FOR_A_TYPE, message).label(span, "neither built in nor declared");
    match near {
        Some(near) => diagnostic.help(format!("write `{near}` for the type")),
        None => {
            diagnostic.help(format!("declare the type: `type: {word}` with a table of its fields; or read `${word}`"))
        }
    }
}

/// A rule among the fields of a record type.
pub(crate) fn rule_of_record(span: Span, record: &str) -> Diagnostic {
    Diagnostic::warning(RULE_OF_RECORD, "nothing checks this rule: a record type says what its fields are")
        .label(span, "")
        .help(format!("check a `{record}` where it comes in, by a rule of your own in the table of the handler"))
}

/// Something of whose type nothing is known.
pub(crate) fn untyped(span: Span, name: &str) -> Diagnostic {
    Diagnostic::warning(UNTYPED, format!("nothing says what type `{name}` has, so it is `json`"))
        .label(span, "first named here")
        .help("say its type in a table, or where it is assigned: `$x: string becomes …`")
}

/// A division by a zero that is written out.
pub(crate) fn division_by_zero(span: Span) -> Diagnostic {
    Diagnostic::error(DIVISION_BY_ZERO, "this divides by zero, which always fails")
        .label(span, "zero")
        .help("divide by another number, or by a variable that a guard keeps from being 0")
}

/// A number written out that no integer can be, where an integer is needed. The place is the whole statement.
pub(crate) fn not_whole(place: Span, number: &str) -> Diagnostic {
    Diagnostic::error(NOT_WHOLE, format!("`{number}` goes to an integer here, and none is this number"))
        .label(place, "this always fails")
        .help("write a whole number of no more than 18 digits, or make the type `number`")
}

/// `2024-01-01` without quotation marks.
pub(crate) fn date_as_subtraction(span: Span, written: &str, result: &str) -> Diagnostic {
    Diagnostic::warning(DATE_AS_SUBTRACTION, format!("`{written}` is no date: it subtracts, and gives {result}"))
        .label(span, "three numbers")
        .help(format!(
            "a moment comes with an event, or is counted from `now`: `now + 7 days`; `\"{written}\"` is the text"
        ))
}
