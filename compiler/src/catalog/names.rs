//! What can be wrong with names.

use crate::diagnostic::{Code, Diagnostic};
use crate::ir::SentenceKind;
use crate::source::Span;

const DUPLICATE: Code = Code("EF0221");
const DUPLICATE_STATE: Code = Code("EF0222");
const UNKNOWN_STATE: Code = Code("EF0223");
const UNKNOWN_WORD: Code = Code("EF0224");
const UNKNOWN_TYPE: Code = Code("EF0225");
const UNKNOWN_RESPONSE: Code = Code("EF0226");
const NO_RECIPIENT: Code = Code("EF0227");
const NEVER_SCHEDULED: Code = Code("EF0228");
const NO_WORD: Code = Code("EF0229");
const SENTENCE_KINDS: Code = Code("EF0230");
const SENTENCE_PARAMETERS: Code = Code("EF0231");
const NO_VALUE: Code = Code("EF0232");
const OUTCOME_OF_OPEN_STATE: Code = Code("EF0233");
const TWO_INITIAL_STATES: Code = Code("EF0234");
const AMBIGUOUS_PARTNER: Code = Code("EF0519");

/// Two fields, types, responses or keys of one name in one place.
pub(crate) fn duplicate(span: Span, what: &str, name: &str, earlier: Span) -> Diagnostic {
    Diagnostic::error(DUPLICATE, format!("the {what} `{name}` is declared twice"))
        .label(span, "the second one")
        .label(earlier, "the first one")
        .help("remove or rename one of them")
}

/// A state that is declared twice.
pub(crate) fn duplicate_state(span: Span, name: &str, earlier: Span) -> Diagnostic {
    Diagnostic::error(DUPLICATE_STATE, format!("the state `#{name}` is declared twice"))
        .label(span, "the second declaration")
        .label(earlier, "the first declaration")
        .help("put all its keys under one declaration")
}

/// A state that the machine does not have.
pub(crate) fn unknown_state(span: Span, name: &str, near: Option<&str>, known: &[&str], declared: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_STATE, format!("there is no state `#{name}`"))
        .label(span, "not one of the machine's states")
        .label(declared, "its states begin here");
    match near {
        Some(near) => diagnostic.help(format!("write `#{near}`")),
        None => diagnostic.help(format!("declare it, or use one of `#{}`", known.join("`, `#"))),
    }
}

/// A bare word that is no variable.
pub(crate) fn unknown_word(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_WORD, format!("`{name}` is no variable of this machine"))
        .label(span, "a word alone is a variable")
        .help(format!("write `${name}` for a variable, or `\"{name}\"` for the text"));
    match near {
        Some(near) => diagnostic.help(format!("there is a variable `${near}`")),
        None => diagnostic,
    }
}

/// A type that does not exist.
pub(crate) fn unknown_type(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_TYPE, format!("there is no type `{name}`"))
        .label(span, "neither built in nor declared");
    match near {
        Some(near) => diagnostic.help(format!("write `{near}`")),
        None => diagnostic.help(format!("declare it: `type: {name}` with a table of its fields")),
    }
}

/// A response that is not declared.
pub(crate) fn unknown_response(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(UNKNOWN_RESPONSE, format!("there is no response `{name}`")).label(span, "not declared");
    match near {
        Some(near) => diagnostic.help(format!("write `{near}`")),
        None => diagnostic.help(format!("declare it: `response: {name}` with a table of its fields")),
    }
}

/// A target that nothing can be sent to.
pub(crate) fn no_recipient(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(NO_RECIPIENT, format!("nothing can be sent to `@{name}` here"))
        .label(span, "no machine of this system");
    match near {
        Some(near) => diagnostic.help(format!("write `@{near}`")),
        None => diagnostic.help("name a machine of the system"),
    }
}

/// A name by which several machines call themselves, and that the system gives to none of them.
pub(crate) fn ambiguous_partner(span: Span, name: &str, candidates: &[&str]) -> Diagnostic {
    let first = candidates.first().copied().unwrap_or(name);
    let all = candidates.iter().map(|candidate| format!("`@{candidate}`")).collect::<Vec<_>>().join(" and ");
    Diagnostic::warning(AMBIGUOUS_PARTNER, format!("several machines call themselves `@{name}`: {all}"))
        .label(span, format!("means `@{first}`, the first one"))
        .help(format!("write the alias: `@{first}`"))
}

/// A timer that nothing arms.
pub(crate) fn never_scheduled(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(NEVER_SCHEDULED, format!("`:{name}` is never scheduled"))
        .label(span, "there is no timer to cancel");
    match near {
        Some(near) => diagnostic.help(format!("write `cancel :{near}`")),
        None => diagnostic.help(format!("schedule it somewhere: `schedule :{name} in 1 hour`")),
    }
}

/// A free text without a word.
pub(crate) fn no_word(span: Span) -> Diagnostic {
    Diagnostic::error(NO_WORD, "this text has no word to name its method after")
        .label(span, "only values and marks")
        .help("say in words what is asked or done")
}

/// What a kind of sentence is called.
fn kind_name(kind: SentenceKind) -> &'static str {
    match kind {
        SentenceKind::Guard => "a guard",
        SentenceKind::Action => "an action",
        SentenceKind::Transformer => "a transformer",
        SentenceKind::Rule => "a rule",
    }
}

/// Two texts of different kinds with one name.
pub(crate) fn sentence_kinds(
    span: Span,
    kind: SentenceKind,
    earlier: Span,
    earlier_kind: SentenceKind,
    name: &str,
) -> Diagnostic {
    let message = format!("`{name}` is {} here and {} elsewhere", kind_name(kind), kind_name(earlier_kind));
    Diagnostic::error(SENTENCE_KINDS, message)
        .label(span, format!("{} here", kind_name(kind)))
        .label(earlier, format!("{} here", kind_name(earlier_kind)))
        .help("word one of them differently")
}

/// Two texts with one name and different parameters.
pub(crate) fn sentence_parameters(span: Span, earlier: Span, name: &str) -> Diagnostic {
    Diagnostic::error(SENTENCE_PARAMETERS, format!("two texts would both be `{name}`, with different parameters"))
        .label(span, "the second text")
        .label(earlier, "the first text")
        .help("word one of them differently, or give both the same parameters")
}

/// A row without a value and without a variable of its name.
pub(crate) fn no_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(NO_VALUE, format!("the field `{name}` gets no value"))
        .label(span, "no value, and no variable of this name")
        .help(format!("write `| {name} | VALUE |`"))
}

/// An outcome of a state that is not terminal.
pub(crate) fn outcome_of_open_state(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(OUTCOME_OF_OPEN_STATE, format!("`#{name}` has an outcome but is not terminal"))
        .label(span, "only terminal states have an outcome")
        .help("add `type: terminal`, or remove the outcome")
}

/// Two initial states in one machine.
pub(crate) fn two_initial_states(span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(TWO_INITIAL_STATES, "a machine has one initial state")
        .label(span, "the second one")
        .label(first, "the first one")
        .help("remove one of them; a states file may list several entries")
}
