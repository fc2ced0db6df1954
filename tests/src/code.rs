//! What user code answers in driven systems: a function of the sentence, its arguments and the message, so that it is
//! the same whoever asks. Now and then it fails, or panics.

use crate::sample::{hash, part, sample};
use crate::schema::schema;
use eventflow::dynamic::{BoxError, Meta};
use eventflow::schema::Schema;
use eventflow::test_kit::TestPlan;
use eventflow::{ActionKey, Encode, Json};
use eventflowc::ir::{SetBy, System};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// How every panic of user code begins.
pub const PANIC: &str = "it fell off the desk";

/// The types of what user code gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Schemas {
    /// The values of actions, by machine and sentence.
    values: BTreeMap<(String, String), Schema>,
    /// What actions may set, by machine, in the order of the context.
    settable: BTreeMap<String, Vec<(String, Schema)>>,
}

impl Schemas {
    /// Those of a system.
    #[must_use]
    pub fn new(system: &System) -> Self {
        let mut values = BTreeMap::new();
        let mut settable: BTreeMap<String, Vec<(String, Schema)>> = BTreeMap::new();
        for machine in &system.machines {
            for sentence in &machine.sentences {
                if let Some(ty) = &sentence.returns {
                    values.insert((machine.name.clone(), sentence.name.clone()), schema(system, ty));
                }
            }
            let set = machine.variables.iter().filter(|variable| variable.set_by == SetBy::Actions);
            let set = set.map(|variable| (variable.name.clone(), schema(system, &variable.ty)));
            settable.insert(machine.name.clone(), set.collect());
        }
        Self { values, settable }
    }

    /// Those of a system whose tests are planned; what actions may set is not known.
    #[must_use]
    pub fn of_plan(plan: &TestPlan) -> Self {
        let mut values = BTreeMap::new();
        for role in &plan.roles {
            for sentence in &role.sentences {
                if let Some(ty) = &sentence.returns {
                    values.insert((role.machine.clone(), sentence.name.clone()), ty.schema());
                }
            }
        }
        Self { values, settable: BTreeMap::new() }
    }

    /// The type of an action's value; anything, where none is taken.
    #[must_use]
    pub fn value(&self, machine: &str, sentence: &str) -> &Schema {
        self.values.get(&(machine.to_owned(), sentence.to_owned())).unwrap_or(&Schema::Json)
    }

    /// Whether a value of the action is taken.
    #[must_use]
    pub fn has_value(&self, machine: &str, sentence: &str) -> bool {
        self.values.contains_key(&(machine.to_owned(), sentence.to_owned()))
    }

    /// The type of a variable that actions of a machine may set, by its place among those.
    #[must_use]
    pub fn settable(&self, machine: &str, place: usize) -> &Schema {
        self.settables(machine).get(place).map_or(&Schema::Json, |(_, schema)| schema)
    }

    /// The variables that actions of a machine may set.
    #[must_use]
    pub fn settables(&self, machine: &str) -> &[(String, Schema)] {
        self.settable.get(machine).map(Vec::as_slice).unwrap_or_default()
    }
}

/// An argument in a form that does not depend on who holds it.
#[must_use]
pub fn argument<T: Encode + ?Sized>(value: &T) -> String {
    Json::of(&value).to_string()
}

thread_local! {
    /// The questions of this thread since somebody last looked: the sentence, and the key of the call.
    static QUESTIONS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The questions that were asked on this thread since the last look, with the keys of the calls.
#[must_use]
pub fn questions() -> Vec<String> {
    QUESTIONS.take()
}

/// The number that everything about one question follows from; `call` is none for a rule.
#[must_use]
pub fn asked(sentence: &str, arguments: &[String], call: Option<(&Meta, ActionKey)>) -> u64 {
    let mut message = String::new();
    if let Some((meta, key)) = call {
        QUESTIONS.with_borrow_mut(|questions| questions.push(format!("{sentence} {key}")));
        message = format!("{:?}", meta.message.as_bytes());
    }
    hash(&[sentence, &arguments.join(","), &message])
}

/// Whether a condition holds.
///
/// # Errors
/// At times.
///
/// # Panics
/// At times.
pub fn guard(asked: u64) -> Result<bool, BoxError> {
    works(asked)?;
    Ok(!part(asked, 1).is_multiple_of(3))
}

/// Whether a value keeps a rule.
///
/// # Errors
/// At times.
///
/// # Panics
/// At times.
pub fn rule(asked: u64) -> Result<bool, BoxError> {
    works(asked)?;
    Ok(!part(asked, 1).is_multiple_of(7))
}

/// Whether an action succeeds.
///
/// # Errors
/// At times.
///
/// # Panics
/// At times.
pub fn works(asked: u64) -> Result<(), BoxError> {
    match part(asked, 2) % 80 {
        0 => Err(BoxError::from(format!("out of order {}", asked % 10))),
        1 => panic!("{PANIC} {}", asked % 10),
        _ => Ok(()),
    }
}

/// The value of an action or a transformer.
#[must_use]
pub fn value(asked: u64, schema: &Schema) -> Json {
    sample(schema, part(asked, 3))
}

/// What an action does to a variable that it may set; none: nothing, null: it unsets it.
#[must_use]
pub fn setting(asked: u64, place: usize, schema: &Schema) -> Option<Json> {
    match part(asked, 20 + place) % 3 {
        0 => None,
        1 => Some(Json::Null),
        _ => Some(sample(schema, part(asked, 40 + place))),
    }
}
