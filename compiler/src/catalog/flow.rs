//! What the checks find in flows that resolve: one function for each diagnostic.

use crate::built_in;
use crate::diagnostic::{Code, Diagnostic};
use crate::ir::{Actor, Field, Handler, Machine, OriginId, Origins, Sentence, State, Variable};

const CALL_CYCLE: Code = Code("EF0450");
const TWO_REPLIES: Code = Code("EF0451");
const UNHANDLED_EMIT: Code = Code("EF0501");
const UNTRIGGERED_HANDLER: Code = Code("EF0502");
const NEVER_ENTERED: Code = Code("EF0503");
const NEVER_LEFT: Code = Code("EF0504");
const UNREACHABLE_ARM: Code = Code("EF0505");
const AFTER_RETURN: Code = Code("EF0506");
const BROKEN_PROMISE: Code = Code("EF0507");
const ENDLESS_EMITS: Code = Code("EF0508");
const MISSING_ANSWER: Code = Code("EF0509");
const SPELLING_VARIANTS: Code = Code("EF0510");
const TWO_TRANSITIONS: Code = Code("EF0511");
const NEVER_SET: Code = Code("EF0512");
const ANSWERLESS_CALL: Code = Code("EF0513");
const WITHOUT_EFFECT: Code = Code("EF0514");
const MISSING_FIELD: Code = Code("EF0516");
const MISSPELLED_ACTOR: Code = Code("EF0520");
const UNPROMISED_CALLBACK: Code = Code("EF0517");
const NEVER_CREATES: Code = Code("EF0524");

/// A cycle's places: the first sends to the second, and so on, the last to the first.
fn cycle(mut diagnostic: Diagnostic, origins: &Origins, places: &[OriginId], verb: &str) -> Diagnostic {
    for (index, place) in places.iter().enumerate() {
        let text = if index == 0 { format!("this {verb}") } else { format!("whose handler {verb} here") };
        diagnostic = diagnostic.label(origins.get(*place).span, text);
    }
    diagnostic
}

/// Handlers that call each other in a circle.
pub(crate) fn call_cycle(origins: &Origins, places: &[OriginId]) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(CALL_CYCLE, "this call comes back to its own handler, so it can never be answered");
    cycle(diagnostic, origins, places, "calls")
        .help("let one of the handlers `emit` instead of calling, and handle the answer in a handler of its own")
}

/// Two replies on one path.
pub(crate) fn two_replies(origins: &Origins, first: OriginId, second: OriginId) -> Diagnostic {
    Diagnostic::error(TWO_REPLIES, "this request is already answered when it gets here")
        .label(origins.get(second).span, "the second reply on this path")
        .label(origins.get(first).span, "the first reply")
        .help("keep one of them, or put them into arms of one guard chain")
}

/// An emit that nobody takes.
pub(crate) fn unhandled_emit(origins: &Origins, at: OriginId, event: &str, recipient: &str, known: bool) -> Diagnostic {
    let message = if known {
        format!("`@{recipient}` handles `:{event}`, but not from this machine")
    } else {
        format!("`@{recipient}` does not handle `:{event}`")
    };
    Diagnostic::warning(UNHANDLED_EMIT, message)
        .label(origins.get(at).span, "this message ends as a dead letter")
        .help(format!("add `on :{event}` to `@{recipient}`, or correct the event or the recipient"))
}

/// A handler whose sender never sends.
pub(crate) fn untriggered_handler(origins: &Origins, at: OriginId, event: &str, from: &str) -> Diagnostic {
    Diagnostic::warning(UNTRIGGERED_HANDLER, format!("`@{from}` never emits `:{event}` to this machine"))
        .label(origins.get(at).span, "nobody can trigger this handler")
        .help(match from {
            built_in::SYSTEM => "remove the `from`: what a machine schedules comes from itself".to_owned(),
            _ => format!("emit `:{event}` in `@{from}`, or correct the `from`"),
        })
}

/// A message without fields that its handler requires; where it is sent, and the handler.
pub(crate) fn missing_field(
    origins: &Origins,
    (message, handler): (OriginId, OriginId),
    recipient: &str,
    missing: &[&str],
) -> Diagnostic {
    let fields = missing.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" and ");
    Diagnostic::warning(MISSING_FIELD, format!("this leaves out {fields}, which `@{recipient}` requires"))
        .label(origins.get(message).span, "refused whenever it arrives")
        .label(origins.get(handler).span, "the handler that takes it")
        .help("give it the value, or let the table of the handler do without `required`")
}

/// A callback that nobody waits for.
pub(crate) fn unpromised_callback(origins: &Origins, at: OriginId, event: &str) -> Diagnostic {
    Diagnostic::warning(UNPROMISED_CALLBACK, format!("nobody was promised a callback for `:{event}`"))
        .label(origins.get(at).span, "this reaches nobody")
        .help(format!("promise it where the request is answered: `reply 202 async for :{event}`"))
}

/// A state without a way in; one that is not declared may be misspelled for another.
pub(crate) fn never_entered(origins: &Origins, state: &State, nearest: Option<&str>) -> Diagnostic {
    let (label, unwanted) = match state.declared {
        true => ("declared here", "it"),
        false => ("no transition that runs leads here", "what asks for it"),
    };
    Diagnostic::warning(NEVER_ENTERED, format!("nothing enters `#{}`", state.name))
        .label(origins.get(state.origin).span, label)
        .help(match nearest {
            Some(nearest) => format!("did you mean `#{nearest}`?"),
            None => format!("add a transition to it, or remove {unwanted}"),
        })
}

/// A declared state without a way out.
pub(crate) fn never_left(origins: &Origins, state: &State) -> Diagnostic {
    Diagnostic::warning(NEVER_LEFT, format!("nothing leaves `#{}`, and it is not terminal", state.name))
        .label(origins.get(state.origin).span, "declared here")
        .help("add a transition that leaves it, or say `type: terminal`")
}

/// An arm behind one that always runs in its place.
pub(crate) fn unreachable_arm(origins: &Origins, earlier: OriginId, at: OriginId) -> Diagnostic {
    Diagnostic::warning(UNREACHABLE_ARM, "this arm never runs")
        .label(origins.get(at).span, "whenever this holds, an arm above has run already")
        .label(origins.get(earlier).span, "the arm that runs in its place")
        .help("put the narrower guard first, or remove this arm")
}

/// A statement behind a `return`.
pub(crate) fn after_return(origins: &Origins, ending: OriginId, at: OriginId) -> Diagnostic {
    Diagnostic::warning(AFTER_RETURN, "this statement never runs")
        .label(origins.get(at).span, "the handler has ended before it")
        .label(origins.get(ending).span, "it ends here")
        .help("move the `return` to the end, or remove what follows it")
}

/// A promise without its callback.
pub(crate) fn broken_promise(origins: &Origins, at: OriginId, event: &str) -> Diagnostic {
    Diagnostic::warning(BROKEN_PROMISE, format!("the callback for `:{event}` is promised and never sent"))
        .label(origins.get(at).span, "promised here")
        .help(format!("add `send callback for :{event}:` where the result is known"))
}

/// Emits that go round for ever.
pub(crate) fn endless_emits(origins: &Origins, places: &[OriginId]) -> Diagnostic {
    let diagnostic = Diagnostic::warning(ENDLESS_EMITS, "these messages cause each other without end");
    cycle(diagnostic, origins, places, "emits").help("put a guard on a state or a counter around one of the emits")
}

/// A path on which the partner does not answer.
pub(crate) fn missing_answer(origins: &Origins, at: OriginId, asked: OriginId, event: &str, asker: &str) -> Diagnostic {
    Diagnostic::warning(MISSING_ANSWER, format!("on some path, `:{event}` gets no answer"))
        .label(origins.get(at).span, format!("answers `@{asker}` on some paths only"))
        .label(origins.get(asked).span, format!("`@{asker}` waits for the answer to this"))
        .help("add an `otherwise` that answers, or answer before the guards")
}

/// Free texts that are nearly the same.
pub(crate) fn spelling_variants(origins: &Origins, earlier: &Sentence, later: &Sentence) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::warning(SPELLING_VARIANTS, format!("`{}` and `{}` are nearly the same", later.text, earlier.text));
    if let Some(place) = later.origins.first() {
        diagnostic =
            diagnostic.label(origins.get(*place).span, format!("becomes a method `{}` of its own", later.name));
    }
    if let Some(place) = earlier.origins.first() {
        diagnostic = diagnostic.label(origins.get(*place).span, format!("becomes the method `{}`", earlier.name));
    }
    diagnostic.help("spell them alike if they mean the same")
}

/// Two transitions on one path.
pub(crate) fn two_transitions(origins: &Origins, first: OriginId, second: OriginId) -> Diagnostic {
    Diagnostic::warning(TWO_TRANSITIONS, "one path runs two transitions; the last one wins")
        .label(origins.get(second).span, "the one that wins")
        .label(origins.get(first).span, "without effect on that path")
        .help("keep one of them, or put them into arms of one guard chain")
}

/// A variable that nothing sets.
pub(crate) fn never_set(origins: &Origins, variable: &Variable) -> Diagnostic {
    Diagnostic::warning(NEVER_SET, format!("nothing sets `${}`", variable.name))
        .label(origins.get(variable.origin).span, "always unset")
        .help(format!("assign it (`${} becomes …`), or declare it as a field of the event", variable.name))
}

/// A call without an answer.
pub(crate) fn answerless_call(origins: &Origins, at: OriginId, event: &str) -> Diagnostic {
    Diagnostic::warning(ANSWERLESS_CALL, format!("the handler of `:{event}` gives no answer"))
        .label(origins.get(at).span, "the value is always null")
        .help("let the handler `return` a value or emit an event back, or `emit` without taking a value")
}

/// A queue setting that nothing acts on yet.
pub(crate) fn queue_without_effect(origins: &Origins, machine: &Machine, setting: &str) -> Diagnostic {
    Diagnostic::warning(
        WITHOUT_EFFECT,
        format!("`{setting}:` in the queue of `@{}` is kept, but nothing acts on it yet", machine.name),
    )
    .label(origins.get(machine.origin).span, "its messages are handled as if that were not there")
}

/// An external actor that is probably somebody else.
pub(crate) fn misspelled_actor(origins: &Origins, actor: &Actor, meant: &str) -> Diagnostic {
    Diagnostic::warning(MISSPELLED_ACTOR, format!("`@{}` is nearly `@{meant}`", actor.name))
        .label(origins.get(actor.origin).span, "taken for somebody outside")
        .help(format!("did you mean `@{meant}`?"))
}

/// A priority in a queue that does not go by priority.
pub(crate) fn priority_without_effect(origins: &Origins, machine: &Machine, handler: &Handler) -> Diagnostic {
    Diagnostic::warning(
        WITHOUT_EFFECT,
        format!("this priority has no effect: the queue of `@{}` does not go by priority", machine.name),
    )
    .label(origins.get(handler.origin).span, "handled in the order of arrival")
    .help("write `strategy: priority` in a `queue:` of the machine or of the system")
}

/// A field by which every request that might create an instance names one, which nobody ever created.
pub(crate) fn never_creates(origins: &Origins, machine: &Machine, handler: &Handler, field: &Field) -> Diagnostic {
    let (name, event) = (&field.name, &machine.event(handler.event).name);
    Diagnostic::warning(NEVER_CREATES, format!("`:{event}` never creates: `{name}` refers to a `@{}` that exists", machine.name))
        .label(origins.get(field.origin).span, "without it the request is refused, with it nothing is found: 404")
        .label(origins.get(handler.origin).span, "this handler would create one")
        .help(format!(
            "leave the field out, and the runtime makes an id; or call it `id`, and choose it yourself: `${}_id becomes $id`",
            machine.name
        ))
}
