//! What an event of the story carries: what is said, else a sample that its handler accepts.

use super::story::Story;
use super::world::{InWorld, Known, Said, empty};
use crate::description::{FieldDescription, HandlerDescription};
use crate::json::Json;
use crate::rules::Rule;
use crate::test_kit::plan::{Filling, Value};
use crate::test_kit::report::AssumedKind;
use crate::test_kit::values::{evaluate, shown};
use std::collections::BTreeMap;

impl Story<'_> {
    /// The payload of an event for one of a machine's handlers.
    pub(super) fn payload(&self, machine: usize, handler: usize, fillings: &[Filling], known: &Known) -> Json {
        let described = self.machine(machine);
        let handler = &described.handlers[handler];
        let mut payload = BTreeMap::new();
        for (place, field) in described.events[handler.event].fields.iter().enumerate() {
            let said = self.said_of(&field.name, fillings, known);
            let value = match said {
                Some(Said::Value(value)) => value,
                Some(Said::Empty) => empty(&field.schema),
                Some(Said::OneSample) => self.one_sample(&field.name, &field.schema),
                Some(Said::Sample) | None => self.sample_for(&described.name, field, &rules(handler, place)),
            };
            if !value.is_null() {
                payload.insert(field.name.to_string(), value);
            }
        }
        // What the event does not declare is sent all the same: whether it is accepted is the test's question.
        for filling in fillings.iter().filter(|filling| filling.value != Value::Null) {
            if !payload.contains_key(&filling.name) && !declares(described.events[handler.event].fields.iter(), filling)
            {
                payload.insert(filling.name.clone(), evaluate(&filling.value, &InWorld { story: self, known }));
            }
        }
        Json::Object(payload)
    }

    fn said_of(&self, field: &str, fillings: &[Filling], known: &Known) -> Option<Said> {
        let filling = fillings.iter().rev().find(|filling| filling.name == field);
        filling.map(|filling| self.said(&filling.value, known)).or_else(|| known.fields.get(field).cloned())
    }

    fn sample_for(&self, machine: &str, field: &FieldDescription, rules: &[Rule]) -> Json {
        let sample = self.cast.script().sampled(&field.name, &field.schema, rules);
        self.cast.assume(machine, AssumedKind::Field, &field.name, Some(shown(&field.schema, &sample)));
        sample
    }
}

fn declares<'f>(mut fields: impl Iterator<Item = &'f FieldDescription>, filling: &Filling) -> bool {
    fields.any(|field| field.name == filling.name)
}

fn rules(handler: &HandlerDescription, field: usize) -> Vec<Rule> {
    let checks = handler.checks.iter().filter(|check| check.field == field);
    checks.flat_map(|check| check.rules.iter().cloned()).collect()
}
