//! A moment of the story: everything that was committed until then, and what the claims about it refer to.

use crate::description::{FieldDescription, MachineDescription, SystemDescription};
use crate::dynamic::DynMachine;
use crate::engine::played::GIVEN;
use crate::ids::InstanceId;
use crate::json::Json;
use crate::schema::Schema;
use crate::test_kit::cast::{CallOf, Script};
use crate::test_kit::stage::Entry;
use crate::test_kit::values::{Scope, wide};
use crate::timestamp::Timestamp;
use core::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A moment.
pub(crate) struct Moment<'a> {
    pub(crate) description: &'a SystemDescription,
    pub(crate) machines: &'a [Arc<dyn DynMachine>],
    pub(crate) script: &'a Script,
    /// The records until then.
    pub(crate) journal: &'a [Entry],
    /// What code was asked until then.
    pub(crate) calls: &'a [CallOf],
    /// The payload of the turn that has just run, with the machine and the event that it is of.
    pub(crate) payload: Option<(usize, usize, &'a Json)>,
    pub(crate) reply: Option<&'a Replied>,
    /// What the world gives under a name.
    pub(crate) given: &'a BTreeMap<String, Json>,
    pub(crate) now: Timestamp,
    /// The machine that the claim is about where it says nothing else.
    pub(crate) machine: usize,
    pub(crate) seen: Vec<OnceCell<Option<Seen>>>,
}

/// What a request was answered.
pub(crate) struct Replied {
    pub(crate) status: u16,
    pub(crate) body: Json,
}

/// An instance as it was.
pub(crate) struct Seen {
    pub(crate) id: InstanceId,
    pub(crate) state: String,
    /// Its variables, widened by their types.
    pub(crate) context: Json,
}

impl Moment<'_> {
    /// The type of what `$name` reads, where the flow declares one.
    pub(crate) fn schema(&self, name: &str) -> Option<&Schema> {
        let field = self.payload.and_then(|(machine, event, payload)| {
            let carried = payload.get(name).is_some_and(|value| !value.is_null());
            let fields = &self.description.machines[machine].events[event].fields;
            fields.iter().find(|field| carried && field.name == name).map(|field| &field.schema)
        });
        let variables = &self.description.machines[self.machine].variables;
        field.or_else(|| variables.iter().find(|variable| variable.name == name).map(|variable| &variable.schema))
    }

    pub(crate) fn machine_name(&self, machine: usize) -> &str {
        &self.description.machines[machine].name
    }

    /// The first instance of a machine that the test has seen.
    pub(crate) fn seen(&self, machine: usize) -> Option<&Seen> {
        let of = (&self.description.machines[machine], &*self.machines[machine]);
        self.seen[machine].get_or_init(|| fold(of, self.journal)).as_ref()
    }

    /// The state of a machine's instance; without an instance the initial one.
    pub(crate) fn state(&self, machine: usize) -> &str {
        let described = &self.description.machines[machine];
        self.seen(machine).map_or(&described.states[described.initial].name, |seen| &seen.state)
    }

    /// The states that the instance was in, in order, each with whether a transition led to it.
    pub(crate) fn states(&self, machine: usize) -> Vec<(bool, &str)> {
        let described = &self.description.machines[machine];
        let initial: &str = &described.states[described.initial].name;
        let Some(seen) = self.seen(machine) else { return vec![(false, initial)] };
        let records = self.journal.iter().filter(|entry| entry.id == seen.id).map(|entry| &entry.record);
        let mut states = Vec::new();
        for record in records {
            let Some(state) = record.state.first() else { continue };
            // An instance begins in the initial state, unless the world says otherwise.
            if states.is_empty() && record.event != GIVEN {
                states.push((false, initial));
                if state == initial {
                    continue;
                }
            }
            states.push((record.event != GIVEN, state));
        }
        states
    }

    /// The fields of an event that whoever gets it declares.
    pub(crate) fn declared(&self, to: &str, event: &str) -> &[FieldDescription] {
        let machine =
            self.description.machines.iter().find(|machine| machine.name == to).map(|machine| &machine.events);
        let actor = self.description.actors.iter().find(|actor| actor.name == to).map(|actor| &actor.hears);
        let known = machine.or(actor).and_then(|events| events.iter().find(|known| known.name == event));
        known.map(|known| &*known.fields).unwrap_or_default()
    }
}

/// The first instance of a machine that the test has seen, as some records make it.
pub(crate) fn fold((described, machine): (&MachineDescription, &dyn DynMachine), journal: &[Entry]) -> Option<Seen> {
    let id = journal.iter().map(|entry| &entry.id).find(|id| id.machine() == described.name)?.clone();
    let mut instance = machine.fresh();
    for entry in journal.iter().filter(|entry| entry.id == id) {
        let set: Option<Json> = entry.record.set.as_deref().and_then(|set| set.parse().ok());
        // What was committed was folded by the engine already.
        instance.apply(entry.record.state.first().map(String::as_str), set.as_ref()).ok()?;
    }
    let context: Json = instance.context().parse().ok()?;
    let widened = described
        .variables
        .iter()
        .filter_map(|variable| Some((variable.name.to_string(), wide(&variable.schema, context.get(&variable.name)?))));
    Some(Seen { state: instance.state().to_owned(), context: Json::Object(widened.collect()), id })
}

impl Scope for Moment<'_> {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn variable(&self, name: &str) -> Json {
        if let Some((machine, event, payload)) = self.payload {
            let fields = &self.description.machines[machine].events[event].fields;
            let field = fields.iter().find(|field| field.name == name);
            let carried = payload.get(name).filter(|value| !value.is_null());
            if let (Some(field), Some(value)) = (field, carried) {
                return wide(&field.schema, value);
            }
        }
        self.seen(self.machine).and_then(|seen| seen.context.get(name)).cloned().unwrap_or_default()
    }

    fn instance_id(&self, machine: usize) -> Json {
        self.seen(machine).map_or(Json::Null, |seen| Json::text(seen.id.key()))
    }

    fn current_state(&self) -> Json {
        Json::text(self.state(self.machine))
    }

    fn reply(&self) -> Json {
        self.reply.map_or(Json::Null, |reply| reply.body.clone())
    }

    fn reply_status(&self) -> Json {
        self.reply.map_or(Json::Null, |reply| Json::from(i64::from(reply.status)))
    }

    fn of_actor(&self, _: &str, name: &str) -> Json {
        if let Some(given) = self.given.get(name) {
            return given.clone();
        }
        self.script.sampled(name, &Schema::Json, &[])
    }
}
