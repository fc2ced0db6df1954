//! Claims about what was emitted.

use super::{Moment, Verdict};
use crate::json::Json;
use crate::record::{Emitted, Recipient};
use crate::schema::Schema;
use crate::test_kit::plan::EventClaim;
use crate::test_kit::values::{evaluate, same, shown};

impl Moment<'_> {
    pub(super) fn judge_event(&self, claim: &EventClaim) -> Verdict {
        let wanted: Vec<(&str, Json)> =
            claim.payload.iter().map(|field| (field.name.as_str(), evaluate(&field.value, self))).collect();
        let emitted = self.journal.iter().flat_map(|entry| &entry.record.emits);
        let to_whom: Vec<&Emitted> =
            emitted.filter(|emitted| claim.to.as_deref().is_none_or(|to| recipient(&emitted.to) == to)).collect();
        let named: Vec<&&Emitted> = to_whom.iter().filter(|emitted| emitted.event == claim.event).collect();
        let carries = |emitted: &Emitted| {
            let payload = self.widened(recipient(&emitted.to), &emitted.event, &emitted.data);
            wanted.iter().all(|(name, value)| same(payload.get(name).unwrap_or(&Json::Null), value))
        };
        let happened = named.iter().any(|emitted| carries(emitted));
        let expected = || {
            let with = wanted.iter().map(|(name, value)| format!("{name}: {}", shown(&Schema::Json, value)));
            let with = with.collect::<Vec<_>>().join(", ");
            let with = if with.is_empty() { with } else { format!(" with {with}") };
            let to = claim.to.as_ref().map_or_else(String::new, |to| format!(" to @{to}"));
            format!("{} :{}{to}{with}", if claim.negated { "no" } else { "an emit of" }, claim.event)
        };
        let actual = || match (named.last(), to_whom.as_slice()) {
            (Some(emitted), _) => format!(":{} with {}", emitted.event, emitted.data),
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
}

/// The machine or the actor that a message goes to.
pub(crate) fn recipient(to: &Recipient) -> &str {
    match to {
        Recipient::Instance(id) => id.machine(),
        Recipient::Machine(machine) | Recipient::Every { machine, .. } => machine,
        Recipient::Actor { actor, .. } => actor,
    }
}
