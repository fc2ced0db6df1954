//! The user's code behind a scripted system: it does what the script says, and writes down what it was asked.
//!
//! Generated machines reach it through functions, as in [`crate::code`], so what is scripted stands in one place for the
//! whole process; scripts are played one after the other.

use super::command::Answer;
use crate::schema::schema;
use eventflow::dynamic::{BoxError, BoxFuture, Meta};
use eventflow::schema::Schema;
use eventflow::{ActionKey, Encoder, Json};
use eventflow_interpreter::{Acted, Asked, Behaviors};
use eventflowc::ir::{SetBy, System};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use crate::code::argument;

/// What is scripted, and what was asked since somebody last looked.
struct Script {
    answers: BTreeMap<String, Answer>,
    /// For each sentence the variables that actions of its machine may set, in order.
    settable: BTreeMap<String, Vec<String>>,
    /// The types of the values that actions give.
    returns: BTreeMap<String, Schema>,
    questions: Vec<String>,
    log: Vec<String>,
    /// Whether questions are noted with the keys of the calls.
    keys: bool,
}

const BLANK: Script = Script {
    answers: BTreeMap::new(),
    settable: BTreeMap::new(),
    returns: BTreeMap::new(),
    questions: Vec::new(),
    log: Vec::new(),
    keys: false,
};

static SCRIPT: Mutex<Script> = Mutex::new(BLANK);

fn script() -> MutexGuard<'static, Script> {
    SCRIPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins with a system of which nothing is scripted.
pub(super) fn begin(system: &System) {
    let (mut settable, mut returns) = (BTreeMap::new(), BTreeMap::new());
    for machine in &system.machines {
        let set = machine.variables.iter().filter(|variable| variable.set_by == SetBy::Actions);
        let set: Vec<String> = set.map(|variable| variable.name.clone()).collect();
        for sentence in &machine.sentences {
            settable.insert(sentence.name.clone(), set.clone());
            returns.extend(sentence.returns.iter().map(|ty| (sentence.name.clone(), schema(system, ty))));
        }
    }
    *script() = Script { settable, returns, ..BLANK };
}

/// Says what a sentence does from now on.
pub(super) fn set(sentence: String, answer: Answer) {
    script().answers.insert(sentence, answer);
}

/// Notes the keys of calls, too, from now on.
pub(super) fn show_keys() {
    script().keys = true;
}

/// What was asked since the last look.
pub(super) fn questions() -> Vec<String> {
    std::mem::take(&mut script().log)
}

/// Notes a question; gives its number.
#[must_use]
pub fn asked(sentence: &str, arguments: &[String], call: Option<(&Meta, ActionKey)>) -> u64 {
    let mut script = script();
    let arguments = arguments.join(", ");
    let key = call.filter(|_| script.keys).map(|(_, key)| format!(" key {key}")).unwrap_or_default();
    script.log.push(format!("asked {sentence}({arguments}){key}"));
    script.questions.push(sentence.to_owned());
    script.questions.len() as u64 - 1
}

fn answer(question: u64) -> Option<Answer> {
    let script = script();
    let sentence = script.questions.get(usize::try_from(question).ok()?)?;
    script.answers.get(sentence).cloned()
}

/// Whether a condition holds: yes, unless the script says otherwise.
///
/// # Errors
/// If the script says so.
///
/// # Panics
/// If the script says so.
pub fn guard(question: u64) -> Result<bool, BoxError> {
    works(question)?;
    Ok(!matches!(answer(question), Some(Answer::Value(Json::Bool(false)))))
}

/// Whether a value keeps a rule: yes, unless the script says otherwise.
///
/// # Errors
/// If the script says so.
///
/// # Panics
/// If the script says so.
pub fn rule(question: u64) -> Result<bool, BoxError> {
    guard(question)
}

/// Whether an action succeeds: yes, unless the script says otherwise.
///
/// # Errors
/// If the script says so.
///
/// # Panics
/// If the script says so.
pub fn works(question: u64) -> Result<(), BoxError> {
    match answer(question) {
        Some(Answer::Fails(error)) => Err(BoxError::from(error)),
        Some(Answer::Panics(message)) => panic!("{message}"),
        Some(Answer::Value(_) | Answer::Sets(_)) | None => Ok(()),
    }
}

/// The value of an action or a transformer; a sample unless it is scripted.
#[must_use]
pub fn value(question: u64, schema: &Schema) -> Json {
    match answer(question) {
        Some(Answer::Value(value)) => value,
        Some(Answer::Fails(_) | Answer::Panics(_) | Answer::Sets(_)) | None => crate::sample::sample(schema, 1),
    }
}

/// What an action does to the variable at a place among those that it may set.
#[must_use]
pub fn setting(question: u64, place: usize, _schema: &Schema) -> Option<Json> {
    match answer(question) {
        Some(Answer::Sets(values)) => values.get(place).cloned(),
        Some(Answer::Value(_) | Answer::Fails(_) | Answer::Panics(_)) | None => None,
    }
}

/// The same code, as the interpreter asks for it.
pub(super) struct Scripted;

impl Scripted {
    fn number(asked_for: &Asked<'_>) -> u64 {
        let arguments: Vec<String> = asked_for.arguments.iter().map(text).collect();
        asked(asked_for.sentence, &arguments, Some((asked_for.meta, asked_for.key)))
    }
}

fn text(argument: &Json) -> String {
    Encoder::encode(argument)
}

impl Behaviors for Scripted {
    fn guard<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<bool, BoxError>> {
        let answer = guard(Self::number(&asked));
        Box::pin(std::future::ready(answer))
    }

    fn action<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Acted, BoxError>> {
        let number = Self::number(&asked);
        let acted = works(number).map(|()| {
            let names = script().settable.get(asked.sentence).cloned().unwrap_or_default();
            let set = names.into_iter().enumerate();
            let set = set.filter_map(|(place, name)| Some((name, setting(number, place, &Schema::Json)?))).collect();
            let returns = script().returns.get(asked.sentence).cloned();
            Acted { value: returns.map(|schema| value(number, &schema)), set }
        });
        Box::pin(std::future::ready(acted))
    }

    fn transformer<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Json, BoxError>> {
        let number = Self::number(&asked);
        let made = works(number).map(|()| value(number, &Schema::Json));
        Box::pin(std::future::ready(made))
    }

    fn rule(&self, _: &str, sentence: &str, arguments: &[Json]) -> Result<bool, BoxError> {
        let arguments: Vec<String> = arguments.iter().map(text).collect();
        rule(asked(sentence, &arguments, None))
    }
}
