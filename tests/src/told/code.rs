//! Real code behind machines that are tested: it does what is assumed where nothing is said. Conditions hold, actions succeed
//! and give the sample of their type. The signatures are those of [`crate::code`].

use eventflow::dynamic::{BoxError, Meta};
use eventflow::schema::Schema;
use eventflow::test_kit::{CodeClaim, Options};
use eventflow::{ActionKey, Duration, Json};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use crate::code::argument;

/// The sentences that were asked for, by the number of the question: a sample of a text is the name of what gives it.
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn questions() -> MutexGuard<'static, Vec<String>> {
    ASKED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes a question; gives its number.
#[must_use]
pub fn asked(sentence: &str, _arguments: &[String], _call: Option<(&Meta, ActionKey)>) -> u64 {
    let mut questions = questions();
    questions.push(sentence.to_owned());
    questions.len() as u64 - 1
}

/// Every condition holds.
///
/// # Errors
/// Never.
pub const fn guard(_asked: u64) -> Result<bool, BoxError> {
    Ok(true)
}

/// Every rule is kept.
///
/// # Errors
/// Never.
pub const fn rule(_asked: u64) -> Result<bool, BoxError> {
    Ok(true)
}

/// Every action succeeds.
///
/// # Errors
/// Never.
pub const fn works(_asked: u64) -> Result<(), BoxError> {
    Ok(())
}

/// The sample of a type. What a transformer makes, of which no type is known, is an empty object.
#[must_use]
pub fn value(asked: u64, schema: &Schema) -> Json {
    let name = usize::try_from(asked).ok().and_then(|place| questions().get(place).cloned()).unwrap_or_default();
    sample(&name, schema)
}

fn sample(name: &str, schema: &Schema) -> Json {
    match schema {
        Schema::String => Json::text(name),
        Schema::Number | Schema::Integer => Json::from(1),
        Schema::Boolean => Json::Bool(true),
        Schema::Time => Json::of(&Options::default().start),
        Schema::Duration => Json::of(&Duration::SECOND),
        Schema::List(_) => Json::List(Vec::new()),
        Schema::Object | Schema::Json => Json::object([]),
        Schema::Record(fields) => {
            let fields = fields.iter().map(|field| (field.name.to_string(), sample(&field.name, &field.schema)));
            Json::Object(fields.collect())
        }
    }
}

/// Decides claims that ask the code: `the code agrees`, `the code denies $x`, `the code knows 5 of $x`, which is so if both are
/// the same, and `the code fails`. All others stay pending.
#[must_use]
pub fn claim(claim: &CodeClaim<'_>) -> Option<Result<bool, BoxError>> {
    match claim.name {
        "the_code_agrees" => Some(Ok(true)),
        "the_code_denies" => Some(Ok(false)),
        "the_code_knows_of" => Some(Ok(claim.arguments.windows(2).all(|pair| pair[0] == pair[1]))),
        "the_code_fails" => Some(Err("it has no idea".into())),
        _ => None,
    }
}

/// No action sets anything.
#[must_use]
pub const fn setting(_asked: u64, _place: usize, _schema: &Schema) -> Option<Json> {
    None
}
