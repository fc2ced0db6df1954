//! Claims about what was emitted.

use super::{Moment, Verdict, named, with};
use crate::description::FieldDescription;
use crate::json::Json;
use crate::record::{Emitted, Recipient};
use crate::schema::Schema;
use crate::test_kit::plan::EventClaim;
use crate::test_kit::values::{evaluate, same, wide_fields};

impl Moment<'_> {
    pub(super) fn judge_event(&self, claim: &EventClaim) -> Verdict {
        let wanted: Vec<(&str, Json)> =
            claim.payload.iter().map(|field| (field.name.as_str(), evaluate(&field.value, self))).collect();
        let emitted = self.journal.iter().flat_map(|entry| &entry.record.emits);
        let to_whom: Vec<&Emitted> =
            emitted.filter(|emitted| claim.to.as_deref().is_none_or(|to| recipient(&emitted.to) == to)).collect();
        let of_name: Vec<&Emitted> = to_whom.iter().copied().filter(|emitted| emitted.event == claim.event).collect();
        let carries = |emitted: &Emitted| {
            let payload = self.carried(emitted);
            wanted.iter().all(|(name, value)| same(payload.get(name).unwrap_or(&Json::Null), value))
        };
        let happened = of_name.iter().any(|emitted| carries(emitted));
        let expected = || {
            let to = claim.to.as_deref().or_else(|| Some(recipient(&of_name.last()?.to)));
            let fields = to.map(|to| self.declared(to, &claim.event)).unwrap_or_default();
            let with = with(wanted.iter().map(|(name, value)| shown_by(fields, name, value)));
            let to = claim.to.as_ref().map_or_else(String::new, |to| format!(" to @{to}"));
            format!("{} :{}{to}{with}", if claim.negated { "no" } else { "an emit of" }, claim.event)
        };
        let actual = || match (of_name.last(), to_whom.as_slice()) {
            (Some(emitted), _) => self.emitted(emitted),
            (None, []) => match &claim.to {
                Some(to) => format!("nothing was emitted to @{to}"),
                None => "nothing was emitted".to_owned(),
            },
            (None, others) => {
                let mut events: Vec<String> = others.iter().map(|emitted| format!(":{}", emitted.event)).collect();
                events.dedup();
                format!("emitted were {}", events.join(", "))
            }
        };
        Verdict::of(happened != claim.negated, expected, actual)
    }

    /// What an emit carries, in a form that can be compared: its fields by the types that whoever gets it declares.
    fn carried(&self, emitted: &Emitted) -> Json {
        let data: Json = emitted.data.parse().unwrap_or_default();
        wide_fields(self.declared(recipient(&emitted.to), &emitted.event), &data)
    }

    /// An emit, for people.
    fn emitted(&self, emitted: &Emitted) -> String {
        let fields = self.declared(recipient(&emitted.to), &emitted.event);
        let with = match self.carried(emitted) {
            Json::Object(values) => with(values.iter().map(|(name, value)| shown_by(fields, name, value))),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => String::new(),
        };
        format!(":{}{}", emitted.event, if with.is_empty() { " with nothing" } else { &with })
    }
}

/// A value of a payload with its name, by the type of its field.
fn shown_by(fields: &[FieldDescription], name: &str, value: &Json) -> String {
    let schema = fields.iter().find(|field| field.name == name).map_or(&Schema::Json, |field| &field.schema);
    named(name, schema, value)
}

/// The machine or the actor that a message goes to.
pub(crate) fn recipient(to: &Recipient) -> &str {
    match to {
        Recipient::Instance(id) => id.machine(),
        Recipient::Machine(machine) | Recipient::Every { machine, .. } => machine,
        Recipient::Actor { actor, .. } => actor,
    }
}
