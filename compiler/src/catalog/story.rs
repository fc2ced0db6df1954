//! What can be wrong in `given:`, `expect:` and test files.

use crate::diagnostic::{Code, Diagnostic};
use crate::nearest::nearest;
use crate::source::Span;

const UNKNOWN_SCENARIO: Code = Code("EF0601");
const UNKNOWN_MACHINE: Code = Code("EF0602");
const UNKNOWN_EVENT: Code = Code("EF0603");
const UNKNOWN_STATE: Code = Code("EF0604");
const UNKNOWN_NAME: Code = Code("EF0605");
const UNKNOWN_SENTENCE: Code = Code("EF0606");
const PARAMETERS: Code = Code("EF0607");
const TYPES: Code = Code("EF0608");
const UNKNOWN_ACTOR: Code = Code("EF0609");
const OUT_OF_PLACE: Code = Code("EF0610");
const NO_ASSERTION_FORM: Code = Code("EF0611");
const NOT_A_TEST: Code = Code("EF0612");
const ALMOST_A_GUARD: Code = Code("EF0650");
const EXPECTS_NOTHING: Code = Code("EF0651");
const WITHOUT_EFFECT: Code = Code("EF0652");
const NEVER_HOLDS: Code = Code("EF0653");
const ALWAYS_HOLDS: Code = Code("EF0654");

/// Names that exist, each with its sigil, for help.
pub(crate) struct Known<'a> {
    /// What stands in front of each: `@`, `:`, `#`, `$`, or nothing.
    pub(crate) sigil: &'a str,
    /// The names.
    pub(crate) names: &'a [&'a str],
    /// What there is if there is none of them.
    pub(crate) otherwise: &'a str,
}

/// How many names a help lists.
const MOST_LISTED: usize = 8;

impl Known<'_> {
    fn help(&self, diagnostic: Diagnostic, written: &str) -> Diagnostic {
        let sigil = self.sigil;
        if let Some(near) = nearest(written, self.names.iter().copied()) {
            return diagnostic.help(format!("write `{sigil}{near}`"));
        }
        let mut names = self.names.to_vec();
        names.dedup();
        let listed = names.iter().take(MOST_LISTED).copied().collect::<Vec<_>>();
        match listed.as_slice() {
            [] => diagnostic.help(self.otherwise),
            listed => {
                let more = if names.len() > listed.len() { ", …" } else { "" };
                diagnostic.help(format!("there is `{sigil}{}`{more}", listed.join(&format!("`, `{sigil}"))))
            }
        }
    }
}

/// A scenario that nobody tells.
pub(crate) fn unknown_scenario(span: Span, title: &str, whose: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_SCENARIO, format!("{whose} tells no scenario `{title}`"))
        .label(span, "no scenario has this title");
    known.help(diagnostic, title)
}

/// A machine that is not in the unit.
pub(crate) fn unknown_machine(span: Span, name: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_MACHINE, format!("there is no machine `@{name}` here"))
        .label(span, "not a machine of what is compiled");
    known.help(diagnostic, name)
}

/// A test of another system.
pub(crate) fn unknown_system(span: Span, name: &str, own: &str) -> Diagnostic {
    Diagnostic::error(UNKNOWN_MACHINE, format!("what is compiled is not the system `{name}`"))
        .label(span, "another system's name")
        .help(format!("write `test: system {own}`"))
}

/// An event that nobody knows.
pub(crate) fn unknown_event(span: Span, name: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_EVENT, format!("there is no event `:{name}`"))
        .label(span, "nobody emits or handles it");
    known.help(diagnostic, name)
}

/// An event that a scenario does not tell.
pub(crate) fn untold_event(span: Span, name: &str, scenario: Span, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_EVENT, format!("this scenario does not tell `:{name}`"))
        .label(span, "not among its handlers")
        .label(scenario, "the scenario");
    known.help(diagnostic, name)
}

/// An event that a machine does not handle.
pub(crate) fn unhandled_event(span: Span, name: &str, machine: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_EVENT, format!("`@{machine}` does not handle `:{name}`"))
        .label(span, "it has no handler for this");
    known.help(diagnostic, name)
}

/// An event that a machine handles, but not from this sender.
pub(crate) fn wrong_sender(span: Span, event: &str, machine: &str, senders: &[String]) -> Diagnostic {
    Diagnostic::error(UNKNOWN_EVENT, format!("`@{machine}` does not handle `:{event}` from this sender"))
        .label(span, "no handler admits it")
        .help(format!("it handles `:{event}` {}", senders.join(", or ")))
}

/// A state that the machine does not have.
pub(crate) fn unknown_state(span: Span, name: &str, machine: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_STATE, format!("`@{machine}` has no state `#{name}`"))
        .label(span, "nothing leads to it");
    known.help(diagnostic, name)
}

/// A variable or field that is not there.
pub(crate) fn unknown_name(span: Span, message: String, written: &str, known: &Known<'_>) -> Diagnostic {
    known.help(Diagnostic::error(UNKNOWN_NAME, message).label(span, "not known here"), written)
}

/// `reply is 201`.
pub(crate) fn reply_as_value(span: Span) -> Diagnostic {
    Diagnostic::error(UNKNOWN_NAME, "a reply is no value: it has a status, and may have fields")
        .label(span, "which of it?")
        .help("write `reply status is 201` for the status, or `reply.field` for a field")
}

/// A bare word where a name is needed; of those that there are, one may be near.
pub(crate) fn unknown_word(span: Span, word: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_NAME, format!("`{word}` is no variable here"))
        .label(span, "a word alone is a variable");
    match near {
        Some(near) => diagnostic.help(format!("write `${near}`, or `\"{word}\"` if it is text")),
        None => diagnostic.help(format!("write `\"{word}\"` if it is text")),
    }
}

/// A free text that no code carries out.
pub(crate) fn unknown_sentence(span: Span, what: &str, text: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_SENTENCE, format!("there is no {what} `{text}`"))
        .label(span, format!("no {what} of the flow has this text"));
    known.help(diagnostic, text)
}

/// A free text that is something else.
pub(crate) fn other_sentence(span: Span, text: &str, is: &str, wanted: &str) -> Diagnostic {
    Diagnostic::error(UNKNOWN_SENTENCE, format!("`{text}` is {is}, not {wanted}"))
        .label(span, format!("{is} of the flow"))
}

/// A free text with more or fewer parameters than the flow gives it.
pub(crate) fn parameter_count(span: Span, text: &str, written: usize, asked: usize) -> Diagnostic {
    Diagnostic::error(PARAMETERS, format!("`{text}` has {}, not {written}", parameters(asked)))
        .label(span, "another number of parameters")
        .help("write each as the flow does, as a literal, or as `{any}`")
}

fn parameters(count: usize) -> String {
    match count {
        0 => "no parameter".to_owned(),
        1 => "one parameter".to_owned(),
        many => format!("{many} parameters"),
    }
}

/// An argument that the sentence does not have.
pub(crate) fn unknown_parameter(span: Span, name: &str, text: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(PARAMETERS, format!("`{text}` has no parameter `{name}`"))
        .label(span, "not one of its parameters");
    known.help(diagnostic, name)
}

/// A value that cannot be one of this type.
pub(crate) fn no_such_value(span: Span, what: &str, expected: &str) -> Diagnostic {
    Diagnostic::error(TYPES, format!("{what} is of type {expected}"))
        .label(span, "cannot be a value of that type")
        .help("correct the value, or the type in the flow")
}

/// Two values that can never be compared.
pub(crate) fn incomparable(span: Span, left: &str, right: &str) -> Diagnostic {
    Diagnostic::error(TYPES, format!("{left} and {right} cannot be compared"))
        .label(span, "never equal, and in no order")
        .help("compare values of one type")
}

/// An operation that a type does not have.
pub(crate) fn unfit_operation(span: Span, operation: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(TYPES, format!("{operation} means nothing for {ty}")).label(span, format!("of type {ty}"))
}

/// An actor that the flow does not know.
pub(crate) fn unknown_actor(span: Span, name: &str, known: &Known<'_>) -> Diagnostic {
    let diagnostic = Diagnostic::error(UNKNOWN_ACTOR, format!("there is no actor `@{name}` here"))
        .label(span, "neither a machine nor anybody the flow speaks with");
    known.help(diagnostic, name)
}

/// Something that has no meaning where it stands in a test.
pub(crate) fn out_of_place(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::error(OUT_OF_PLACE, message).label(span, "out of place").help(help)
}

/// `W-1`: bare words are text, and with text there is no arithmetic.
pub(crate) fn arithmetic_with_a_word(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error(TYPES, format!("`{written}` reads as arithmetic, but a word alone is text here"))
        .label(span, "no value")
        .help(format!("write `\"{written}\"` if all of it is text; a variable has a `$`"))
}

/// An assertion that names an event or a state and is no form of the language.
pub(crate) fn no_assertion_form(span: Span, names: &str, form: &str) -> Diagnostic {
    Diagnostic::error(NO_ASSERTION_FORM, format!("this says nothing about {names} that a test understands"))
        .label(span, "reads as free text")
        .help(format!("write `{form}`"))
}

/// A file that is asked for tests and holds none by its name.
pub(crate) fn not_a_test(name: &str) -> Diagnostic {
    Diagnostic::error(NOT_A_TEST, format!("`{name}` holds no tests by its name"))
        .help("tests stand in files that end in `.test.flow`")
}

/// A text in `given:` that is nearly a guard.
pub(crate) fn almost_a_guard(span: Span, text: &str, guard: &str) -> Diagnostic {
    Diagnostic::warning(ALMOST_A_GUARD, format!("no guard reads `{text}`, so this line is only scenery"))
        .label(span, "sets nothing")
        .help(format!("write `{guard}` if this guard is meant"))
}

/// A test that cannot fail.
pub(crate) fn expects_nothing(span: Span, title: &str) -> Diagnostic {
    Diagnostic::warning(EXPECTS_NOTHING, format!("`{title}` expects nothing"))
        .label(span, "this test cannot fail")
        .help("say what must hold: `= …`")
}

/// A line that changes nothing.
pub(crate) fn without_effect(span: Span, message: String, help: &str) -> Diagnostic {
    Diagnostic::warning(WITHOUT_EFFECT, message).label(span, "without effect").help(help)
}

/// A value in `given:` that nobody reads.
pub(crate) fn unread_value(span: Span, name: &str, machine: &str, known: &Known<'_>) -> Diagnostic {
    let message = format!("nothing in `@{machine}` reads `${name}`");
    known.help(Diagnostic::warning(WITHOUT_EFFECT, message).label(span, "without effect"), name)
}

/// An assertion that fails whatever happens.
pub(crate) fn never_holds(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::warning(NEVER_HOLDS, message).label(span, "never holds").help(help)
}

/// An assertion that contradicts one above it.
pub(crate) fn contradiction(span: Span, earlier: Span) -> Diagnostic {
    Diagnostic::warning(NEVER_HOLDS, "these two assertions never hold together")
        .label(span, "excludes the other one")
        .label(earlier, "the other one")
        .help("remove one of them")
}

/// An assertion that holds whatever happens.
pub(crate) fn always_holds(span: Span, message: &str, help: &str) -> Diagnostic {
    Diagnostic::warning(ALWAYS_HOLDS, message).label(span, "cannot fail").help(help)
}
