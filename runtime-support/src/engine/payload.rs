//! Payloads: whether they are what the handler asks for, and what is raised if not.

use super::Inner;
use super::selection::{CONSTRAINT_VIOLATED, VALIDATION_FAILED};
use crate::codec::Encoder;
use crate::dynamic::Reply;
use crate::json::Json;
use crate::record::Note;
use crate::request::Refusal;
use crate::rules::{self, Violation};
use crate::schema::{self, UnknownFields};

/// A payload after its check.
pub(crate) enum Payload {
    /// As the handler gets it, and as it is recorded.
    Valid {
        /// The value.
        value: Json,
        /// The same in record form.
        text: String,
    },
    /// All that is wrong.
    Invalid {
        /// In the order of the fields.
        violations: Vec<Violation>,
    },
}

/// Checks a payload against the event's fields and the handler's rules.
pub(crate) fn check(
    engine: &Inner,
    machine: usize,
    handler: usize,
    data: &Json,
    from_outside: bool,
) -> Result<Payload, Refusal> {
    let description = &engine.system.machines[machine];
    let handler = &description.handlers[handler];
    let fields = &description.events[handler.event].fields;
    let unknown = if from_outside { UnknownFields::Reject } else { UnknownFields::Keep };
    let keeps_custom = |rule: usize, value: &Json| engine.machines[machine].keeps_rule(rule, value);
    let violations = rules::validate(fields, &handler.checks, data, unknown, &keeps_custom).map_err(Refusal::Failed)?;
    if !violations.is_empty() {
        return Ok(Payload::Invalid { violations });
    }
    let text = schema::canonical(fields, data);
    let value = text.parse().map_err(super::working::store_failed)?;
    Ok(Payload::Valid { value, text })
}

/// The reserved event for broken rules: `$errors` and `$event`.
pub(crate) fn validation_failed(event: &str, violations: &[Violation]) -> Note {
    let mut encoder = Encoder::new();
    let mut out = encoder.object();
    let mut errors = out.begin_field("errors").list();
    violations.iter().for_each(|violation| errors.item(violation));
    errors.end();
    out.text("event", event);
    out.end();
    Note { event: VALIDATION_FAILED.to_owned(), data: encoder.finish() }
}

/// The reserved event for a broken constraint: `$variable`, `$rule` and `$value`.
pub(crate) fn constraint_violated(variable: &str, rule: &str, value: Option<&str>) -> Note {
    let mut encoder = Encoder::new();
    let mut out = encoder.object();
    out.text("variable", variable);
    out.text("rule", rule);
    if let Some(value) = value {
        out.begin_field("value").raw(value);
    }
    out.end();
    Note { event: CONSTRAINT_VIOLATED.to_owned(), data: encoder.finish() }
}

/// What a request is answered whose reserved event was handled without a reply.
pub(crate) fn unprocessable(note: &Note) -> Reply {
    Reply { status: 422, phrase: None, body: Some(note.data.clone()), promises: None }
}
