//! What user code answers in driven systems: a function of the sentence, its arguments and the message, so that it is
//! the same whoever asks. Now and then it fails, or panics.

use crate::sample::{hash, part, sample};
use eventflow::dynamic::BoxError;
use eventflow::schema::Schema;
use eventflow::{Encode, Encoder, Json, MessageId};

/// An argument in a form that does not depend on who holds it.
#[must_use]
pub fn argument<T: Encode + ?Sized>(value: &T) -> String {
    let text = Encoder::encode(&value);
    text.parse::<Json>().map_or(text, |json| json.to_string())
}

/// The number that everything about one question follows from.
#[must_use]
pub fn asked(sentence: &str, arguments: &[String], message: Option<&MessageId>) -> u64 {
    let message = message.map(|message| format!("{:?}", message.as_bytes())).unwrap_or_default();
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
        1 => panic!("it fell off the desk {}", asked % 10),
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
