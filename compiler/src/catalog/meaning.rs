//! What can be wrong with handlers and statements, beyond names and types.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

const DUPLICATE_HANDLER: Code = Code("EF0401");
const NOBODY_TO_ANSWER: Code = Code("EF0402");
const FOREIGN_STATE: Code = Code("EF0403");
const RESERVED_EMITTED: Code = Code("EF0404");
const ASYNCHRONOUS_CALL: Code = Code("EF0405");
const BROADCAST_CALL: Code = Code("EF0406");
const REPLY_NOT_KNOWN: Code = Code("EF0407");
const TRANSITION_WITHOUT_MARK: Code = Code("EF0408");
const RESERVED_FROM_OUTSIDE: Code = Code("EF0410");
const DIFFERING_RETELLING: Code = Code("EF0515");
const ALMOST_A_STATE_TEST: Code = Code("EF0518");
const ALMOST_A_COMPARISON: Code = Code("EF0521");
const ALMOST_A_TRANSITION: Code = Code("EF0522");

/// Two handlers of one event and sender in one scenario.
pub(crate) fn duplicate_handler(span: Span, earlier: Span, event: &str) -> Diagnostic {
    Diagnostic::error(DUPLICATE_HANDLER, format!("`:{event}` is handled twice in this scenario"))
        .label(span, "the second handler")
        .label(earlier, "the first handler")
        .help("put both into one handler, tell them apart with `from @actor`, or tell a scenario of its own")
}

/// A later telling that does something else.
pub(crate) fn differing_retelling(span: Span, first: Span, event: &str) -> Diagnostic {
    Diagnostic::warning(DIFFERING_RETELLING, format!("this retelling of `:{event}` differs from its first telling"))
        .label(span, "not on any path of the first telling, so it never runs")
        .label(first, "the first telling is what runs")
        .help("tell the same as there, or change the first telling")
}

/// A reply where nobody asked.
pub(crate) fn nobody_to_answer(span: Span, handler: Span, event: &str) -> Diagnostic {
    Diagnostic::error(NOBODY_TO_ANSWER, "there is nobody to answer here")
        .label(span, "a reply answers a request from outside")
        .label(handler, format!("`:{event}` is no `(api)` event"))
        .help("add `(api)` to the handler, or `emit` to whoever should know")
}

/// Another machine's state.
pub(crate) fn foreign_state(span: Span, other: &str, own: &str) -> Diagnostic {
    Diagnostic::error(FOREIGN_STATE, format!("`@{own}` can neither see nor change the state of `@{other}`"))
        .label(span, "another machine")
        .help(format!("emit an event to `@{other}`, or begin the line with `{own}`"))
}

/// A free-text guard that speaks of a state.
pub(crate) fn almost_a_state_test(span: Span, text: &str, form: &str) -> Diagnostic {
    Diagnostic::warning(ALMOST_A_STATE_TEST, format!("`{text}` is a sentence that your code answers, not a state test"))
        .label(span, "only a word of a sentence here")
        .help(format!("write `{form}` to ask for the state, or name none in the sentence"))
}

/// A free-text guard that is nearly a comparison.
pub(crate) fn almost_a_comparison(span: Span, comparison: &str) -> Diagnostic {
    Diagnostic::warning(ALMOST_A_COMPARISON, "this guard is a sentence that your code answers, but nearly a comparison")
        .label(span, "compares nothing")
        .help(format!("write `{comparison}` to compare, or say it in other words"))
}

/// A custom action that speaks of a state as if it moved there.
pub(crate) fn almost_a_transition(span: Span, state: &str, subject: &str) -> Diagnostic {
    Diagnostic::warning(ALMOST_A_TRANSITION, "this line is a custom action, and changes no state")
        .label(span, "only a word of a sentence here")
        .help(format!("write `{subject} moves to #{state}` to change the state, or name none in the sentence"))
}

/// A reserved event that a flow emits.
pub(crate) fn reserved_emitted(span: Span, event: &str) -> Diagnostic {
    Diagnostic::error(RESERVED_EMITTED, format!("only the runtime raises `:{event}`"))
        .label(span, "a reserved event")
        .help("use an event with a name of its own")
}

/// A call that should not wait.
pub(crate) fn asynchronous_call(span: Span) -> Diagnostic {
    Diagnostic::error(ASYNCHRONOUS_CALL, "a call waits for its answer, so it cannot be `async`")
        .label(span, "nothing to assign yet")
        .help("remove `async`, or emit without `$variable becomes` and handle the answer")
}

/// A call to many.
pub(crate) fn broadcast_call(span: Span) -> Diagnostic {
    Diagnostic::error(BROADCAST_CALL, "a call has one recipient")
        .label(span, "many recipients")
        .help("call one machine, or emit without `$variable becomes`")
}

/// A reply that is not known at acceptance.
pub(crate) fn reply_not_known(span: Span, door: Span, why: &str) -> Diagnostic {
    Diagnostic::error(REPLY_NOT_KNOWN, "this reply must be known when the request is accepted, and is not")
        .label(span, why)
        .label(door, "accepted at once, run later")
        .help("reply with the payload, `current_state`, the id, or variables assigned above from `uuid()`, `now` or the payload; send the rest with `send callback`")
}

/// A transition whose state lacks its mark.
pub(crate) fn transition_without_mark(span: Span, state: &str) -> Diagnostic {
    Diagnostic::error(TRANSITION_WITHOUT_MARK, format!("`{state}` is a state, but is written without its `#`"))
        .label(span, "read as part of a custom action")
        .help(format!("write `#{state}`"))
}

/// A reserved event that should come from somebody.
pub(crate) fn reserved_from_somebody(span: Span, event: &str, sender: &str) -> Diagnostic {
    Diagnostic::error(RESERVED_FROM_OUTSIDE, format!("`:{event}` never comes from `@{sender}`"))
        .label(span, "only the runtime raises it")
        .help(format!("remove `from @{sender}`"))
}

/// A reserved event that should come from outside.
pub(crate) fn reserved_from_outside(span: Span, event: &str) -> Diagnostic {
    Diagnostic::error(RESERVED_FROM_OUTSIDE, format!("`:{event}` never comes from outside"))
        .label(span, "only the runtime raises it")
        .help("remove the modifier; a reply in this handler answers the request that raised the event")
}
