//! Diagnostics about the project file and about levels: EF0801 to EF0819.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

const NOT_TOML: Code = Code("EF0801");
const UNKNOWN_KEY: Code = Code("EF0802");
const WRONG_VALUE: Code = Code("EF0803");
const UNKNOWN_CODE: Code = Code("EF0804");
const LEVEL_OF_ERROR: Code = Code("EF0805");
const ALLOW_WITHOUT_REASON: Code = Code("EF0806");
const UNUSED_ALLOW: Code = Code("EF0807");
const TWO_FORMS: Code = Code("EF0808");
const UNREADABLE: Code = Code("EF0809");
const UNKNOWN_SENTENCE: Code = Code("EF0810");
const WAITING_RULE: Code = Code("EF0811");
const UNKNOWN_MACHINE: Code = Code("EF0812");
const UNKNOWN_MACHINE_OF_BUILD: Code = Code("EF0813");

/// The project file is no TOML.
pub(crate) fn not_toml(why: &str, span: Span) -> Diagnostic {
    Diagnostic::error(NOT_TOML, format!("the project file is no TOML: {why}")).label(span, "here")
}

/// A key that means nothing here.
pub(crate) fn unknown_key(key: &str, place: &str, span: Span, nearest: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_KEY, format!("{place} has no key `{key}`")).label(span, "");
    diagnostic.help(match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known here: `{}`", known.join("`, `")),
    })
}

/// A value of another kind than the key asks for.
pub(crate) fn wrong_value(key: &str, span: Span, found: &str, wanted: &str) -> Diagnostic {
    Diagnostic::error(WRONG_VALUE, format!("`{key}` must be {wanted}")).label(span, format!("this is {found}"))
}

/// A level for a code that does not exist.
pub(crate) fn unknown_code(code: &str, span: Span, nearest: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_CODE, format!("there is no warning `{code}`")).label(span, "");
    match nearest {
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")),
        None => diagnostic.help("`eventflow explain` lists the codes"),
    }
}

/// A level for a code that is always an error.
pub(crate) fn level_of_error(code: &str, span: Span) -> Diagnostic {
    Diagnostic::error(LEVEL_OF_ERROR, format!("`{code}` is an error, and only warnings have a level"))
        .label(span, "")
        .help("remove this line")
}

/// A comment that allows and does not say why.
pub(crate) fn allow_without_reason(code: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(ALLOW_WITHOUT_REASON, format!("this comment allows `{code}` without a reason"))
        .label(span, "")
        .help(format!("say why: `// allow {code}: the reason`"))
}

/// A comment that allows what is not there.
pub(crate) fn unused_allow(code: &str, span: Span, nearest: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::warning(UNUSED_ALLOW, format!("there is no `{code}` here to allow")).label(span, "allows nothing");
    match nearest {
        Some(nearest) if nearest != code => diagnostic.help(format!("did you mean `{nearest}`?")),
        Some(_) | None => diagnostic.help("remove the comment"),
    }
}

/// A sentence that is said to wait and not to wait. A build script has no places.
pub(crate) fn two_forms(machine: &str, sentence: &str, places: Option<(Span, Span)>) -> Diagnostic {
    let message = format!("`{sentence}` of `@{machine}` cannot be both `sync` and `async`");
    let diagnostic = Diagnostic::error(TWO_FORMS, message).help("say one of the two");
    match places {
        Some((first, second)) => diagnostic.label(second, "").label(first, "the other one"),
        None => diagnostic,
    }
}

/// A sentence that the machine does not have. A build script has no place.
pub(crate) fn unknown_sentence(
    machine: &str,
    sentence: &str,
    place: Option<Span>,
    nearest: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_SENTENCE, format!("`@{machine}` has no sentence `{sentence}`"));
    at(place, diagnostic).help(match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "`eventflow bindings` lists the sentences of a flow".to_owned(),
    })
}

/// A validation rule that is said to wait. A build script has no place.
pub(crate) fn waiting_rule(sentence: &str, place: Option<Span>) -> Diagnostic {
    let message = format!("`{sentence}` is a validation rule, and a rule cannot be asynchronous");
    at(place, Diagnostic::error(WAITING_RULE, message))
        .help("payloads are checked before anything runs: remove it here, and ask what has to wait in a guard")
}

/// A machine that nobody has, of which the project file speaks.
pub(crate) fn unknown_machine(machine: &str, root: &str, place: Span, nearest: Option<&str>) -> Diagnostic {
    let message = format!("`{root}` has no machine `@{machine}`, so nothing follows from this");
    let diagnostic = Diagnostic::warning(UNKNOWN_MACHINE, message).label(place, "");
    diagnostic.help(match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "remove it, or allow this warning if another flow of the project has the machine".to_owned(),
    })
}

/// A machine that nobody has, of which a build script speaks.
pub(crate) fn unknown_machine_of_build(machine: &str, sentence: &str, nearest: Option<&str>) -> Diagnostic {
    let message = format!("there is no machine `@{machine}`, so `{sentence}` is no sentence of it");
    let diagnostic = Diagnostic::error(UNKNOWN_MACHINE_OF_BUILD, message);
    match nearest {
        Some(nearest) => diagnostic.help(format!("did you mean `{nearest}`?")),
        None => diagnostic,
    }
}

fn at(place: Option<Span>, diagnostic: Diagnostic) -> Diagnostic {
    match place {
        Some(place) => diagnostic.label(place, ""),
        None => diagnostic,
    }
}

/// A project file that cannot be had.
pub(crate) fn unreadable(name: &str, why: &str) -> Diagnostic {
    Diagnostic::error(UNREADABLE, format!("`{name}` cannot be read: {why}")).help("check the file and its permissions")
}
