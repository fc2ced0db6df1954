//! The world of a test: what is so before the story, and before one of its events.

use super::story::Story;
use crate::codec::Encoder;
use crate::description::{MachineDescription, VariableDescription};
use crate::engine::played::Given;
use crate::ids::InstanceId;
use crate::json::Json;
use crate::schema::Schema;
use crate::test_kit::claims::fold;
use crate::test_kit::plan::{Fact, Filling, Step, Value, World};
use crate::test_kit::report::AssumedKind;
use crate::test_kit::stage::Stopped;
use crate::test_kit::values::{self, Scope};
use crate::timestamp::Timestamp;
use std::collections::BTreeMap;

/// What the world gives, beside what is in the context of instances.
#[derive(Clone, Default)]
pub(super) struct Known {
    /// What payload fields carry, by name; null leaves one out.
    pub(super) fields: BTreeMap<String, Said>,
    /// Who is logged in as which actor.
    pub(super) subjects: BTreeMap<String, Option<String>>,
    /// What free-text guards answer, by machine and sentence.
    pub(super) guards: BTreeMap<(String, String), bool>,
}

/// What is said of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// Its value; null leaves it out.
    Value(Json),
    /// `empty`: what that is follows from the field's type.
    Empty,
    /// `is calculated`: a sample.
    Sample,
    /// `is not empty`, of a list: one sample in it.
    OneSample,
}

/// What is said about the instance of one machine.
#[derive(Default)]
struct Placed<'w> {
    state: Option<usize>,
    variables: Vec<&'w Filling>,
}

impl Story<'_> {
    /// Makes a world so. What it says of payloads and guards is added to what is known.
    pub(super) fn enter(&mut self, world: &World, known: &mut Known) -> Result<(), Stopped> {
        self.learn(world, known);
        let mut placed: BTreeMap<usize, Placed<'_>> = BTreeMap::new();
        for fact in &world.facts {
            match fact {
                Fact::State { machine, state } => placed.entry(*machine).or_default().state = Some(*state),
                Fact::Variable { machine, filling } | Fact::Context { machine, filling } => {
                    placed.entry(*machine).or_default().variables.push(filling);
                }
                Fact::Guard { .. } | Fact::LoggedIn { .. } => {}
            }
        }
        placed.iter().try_for_each(|(machine, placed)| self.place(*machine, placed, known))
    }

    /// Takes in what a world says of payloads, guards and actors, and leaves instances as they are.
    pub(super) fn learn(&self, world: &World, known: &mut Known) {
        for fact in &world.facts {
            match fact {
                Fact::Variable { filling, .. } => {
                    let said = self.said(&filling.value, known);
                    known.fields.insert(filling.name.clone(), said);
                }
                Fact::Guard { machine, sentence, holds } => {
                    let machine = self.machine(*machine).name.to_string();
                    known.guards.insert((machine, sentence.clone()), *holds);
                }
                Fact::LoggedIn { actor, subject } => drop(known.subjects.insert(actor.clone(), subject.clone())),
                Fact::State { .. } | Fact::Context { .. } => {}
            }
        }
    }

    /// Lets the cast know what guards answer while an event is handled that may come by itself in the course of the next of
    /// these steps: its own step comes too late to say it. Of two steps with one event the first counts.
    pub(super) fn prepare(&self, steps: &[Step]) {
        let mut memory = self.cast.memory();
        memory.guards_of.clear();
        for step in steps.iter().filter(|step| self.may_come(step)) {
            let handling = self.machine(step.machine);
            let event = &handling.events[handling.handlers[step.handler].event].name;
            let mut answers = BTreeMap::new();
            for fact in &step.world.facts {
                if let Fact::Guard { machine, sentence, holds } = fact {
                    answers.insert((self.machine(*machine).name.to_string(), sentence.clone()), *holds);
                }
            }
            memory.guards_of.entry((handling.name.to_string(), event.to_string())).or_insert(answers);
        }
    }

    /// Puts an instance where the first event of the story finds it, if that event needs one and there is none.
    pub(super) fn ensure_instance(&mut self, machine: usize, handler: usize) -> Result<(), Stopped> {
        let described = self.machine(machine);
        if described.handlers[handler].creates || self.stage.instance(machine).is_some() {
            return Ok(());
        }
        let (name, initial) = (described.name.to_string(), described.initial);
        let state = described.states[initial].name.to_string();
        if !self.placed_initially.contains(&machine) {
            self.cast.assume(&name, AssumedKind::Instance, &state, None);
        }
        self.give(machine, Some(initial), None)
    }

    fn place(&mut self, machine: usize, placed: &Placed<'_>, known: &Known) -> Result<(), Stopped> {
        let set = self.context(machine, &placed.variables, known);
        let initial = self.machine(machine).initial;
        let exists = self.stage.instance(machine).is_some();
        if placed.state == Some(initial) {
            self.placed_initially.insert(machine);
        }
        if exists || placed.state.is_some_and(|state| state != initial) {
            return if exists && placed.state.is_none() && set.is_none() {
                Ok(())
            } else {
                self.give(machine, placed.state, set)
            };
        }
        // It does not exist yet: whatever creates it finds these values.
        if let Some(set) = set
            && let Ok(Json::Object(set)) = set.parse()
        {
            let fits = self.stage.machines[machine].fresh().apply(None, Some(&Json::Object(set.clone())));
            fits.map_err(|mismatch| Stopped(format!("the world cannot be so: {mismatch}")))?;
            let mut log = self.stage.log();
            let given = log.given.entry(machine).or_insert_with(|| Json::object([]));
            if let Json::Object(given) = given {
                given.extend(set);
            }
        }
        Ok(())
    }

    fn give(&mut self, machine: usize, state: Option<usize>, set: Option<String>) -> Result<(), Stopped> {
        let described = self.machine(machine);
        let state = state.and_then(|at| described.states.get(at)).map(|state| state.name.to_string());
        let id = match self.stage.instance(machine) {
            Some(id) => id,
            None => self.new_id(machine, set.as_deref()),
        };
        let conversation = self.conversation.get_or_insert_with(|| self.stage.opened()).clone();
        let given = Given { machine, id, conversation, state, set };
        self.stage.give(given).map_err(|refusal| Stopped(format!("the world cannot be so: {refusal}")))
    }

    /// The id of an instance that is placed: the value of the variable that names it, or a fresh one.
    fn new_id(&self, machine: usize, set: Option<&str>) -> InstanceId {
        let described = self.machine(machine);
        let named = described.identity.and_then(|variable| {
            let set: Json = set?.parse().ok()?;
            InstanceId::parse(&described.name, set.get(&described.variables[variable].name)?.as_text()?).ok()
        });
        named.unwrap_or_else(|| self.stage.fresh_id(&described.name))
    }

    /// The context variables among what is said, as an object in record form; none if there is none.
    fn context(&self, machine: usize, fillings: &[&Filling], known: &Known) -> Option<String> {
        let described = self.machine(machine);
        let mut encoder = Encoder::new();
        let mut object = encoder.object();
        let mut any = false;
        for variable in described.variables.iter() {
            // Of two that say something of one variable, the later one counts.
            let Some(filling) = fillings.iter().rev().find(|filling| filling.name == variable.name) else { continue };
            any = true;
            let value = self.filled(variable, &self.said(&filling.value, known));
            variable.schema.encode(&value, object.begin_field(&variable.name));
        }
        object.end();
        any.then(|| encoder.finish())
    }

    fn filled(&self, variable: &VariableDescription, said: &Said) -> Json {
        match said {
            Said::Value(value) => value.clone(),
            Said::Empty => empty(&variable.schema),
            Said::Sample => self.cast.script().sampled(&variable.name, &variable.schema, &[]),
            Said::OneSample => self.one_sample(&variable.name, &variable.schema),
        }
    }

    /// A list that is not empty: in it is a sample of what it holds.
    pub(super) fn one_sample(&self, name: &str, schema: &Schema) -> Json {
        let sampled = |schema: &Schema| self.cast.script().sampled(name, schema, &[]);
        match schema {
            Schema::List(item) => Json::List(vec![sampled(item)]),
            Schema::String
            | Schema::Number
            | Schema::Integer
            | Schema::Boolean
            | Schema::Time
            | Schema::Duration
            | Schema::Object
            | Schema::Record(_)
            | Schema::Json => sampled(schema),
        }
    }

    pub(super) fn said(&self, value: &Value, known: &Known) -> Said {
        match value {
            Value::Empty => Said::Empty,
            Value::Sample => Said::Sample,
            Value::List(items) if items.as_slice() == [Value::Sample] => Said::OneSample,
            Value::Text(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Null
            | Value::Now(_)
            | Value::Duration(..)
            | Value::List(_)
            | Value::Object(_)
            | Value::Variable(_)
            | Value::InstanceId(_)
            | Value::CurrentState
            | Value::Reply
            | Value::ReplyStatus
            | Value::OfActor(..)
            | Value::Member(..)
            | Value::Count(_)
            | Value::Negate(_)
            | Value::Arithmetic(..) => Said::Value(values::evaluate(value, &InWorld { story: self, known })),
        }
    }

    /// What a variable of the test's machine is now.
    fn now_in_context(&self, name: &str) -> Json {
        let machine = self.test.machine;
        let of = (self.machine(machine), &*self.stage.machines[machine]);
        let seen = fold(of, &self.stage.journal);
        seen.and_then(|seen| seen.context.get(name).cloned()).unwrap_or_default()
    }

    pub(super) fn machine(&self, machine: usize) -> &MachineDescription {
        &self.stage.description.machines[machine]
    }
}

/// What `empty` is for a type.
pub(super) fn empty(schema: &Schema) -> Json {
    match schema {
        Schema::String => Json::text(""),
        Schema::Object | Schema::Record(_) => Json::object([]),
        Schema::List(_) => Json::List(Vec::new()),
        Schema::Number | Schema::Integer | Schema::Boolean | Schema::Time | Schema::Duration | Schema::Json => {
            Json::Null
        }
    }
}

/// What values in a world, and in what is sent, refer to.
pub(super) struct InWorld<'a, 't> {
    pub(super) story: &'a Story<'t>,
    pub(super) known: &'a Known,
}

impl Scope for InWorld<'_, '_> {
    fn now(&self) -> Timestamp {
        self.story.stage.now()
    }

    fn variable(&self, name: &str) -> Json {
        match self.known.fields.get(name) {
            Some(Said::Value(value)) => value.clone(),
            Some(Said::Empty | Said::Sample | Said::OneSample) | None => self.story.now_in_context(name),
        }
    }

    fn instance_id(&self, machine: usize) -> Json {
        self.story.stage.instance(machine).map_or(Json::Null, |id| Json::text(id.key()))
    }

    fn current_state(&self) -> Json {
        let id = self.story.stage.instance(self.story.test.machine);
        id.and_then(|id| self.story.stage.state(&id)).map_or(Json::Null, Json::Text)
    }

    fn reply(&self) -> Json {
        self.story.reply.as_ref().map_or(Json::Null, |reply| reply.body.clone())
    }

    fn reply_status(&self) -> Json {
        self.story.reply.as_ref().map_or(Json::Null, |reply| Json::from(i64::from(reply.status)))
    }

    fn of_actor(&self, _: &str, name: &str) -> Json {
        self.variable(name)
    }
}
