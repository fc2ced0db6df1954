//! The typed side of calls: a turn asks another machine or an external actor and waits for the answer.

use crate::codec::{Decode, Encoder};
use crate::description::Text;
use crate::dynamic::{self, Failure, Target};
use crate::effects::{Effect, Effects};
use crate::json::Json;
use crate::machine::Ran;
use crate::request::Refusal;
use crate::rules::Violation;

/// The line of a turn to the machines and actors that it calls.
pub struct Caller<'a> {
    line: &'a mut dyn dynamic::Caller,
}

impl<'a> Caller<'a> {
    /// A line of the engine's.
    #[must_use]
    pub fn new(line: &'a mut dyn dynamic::Caller) -> Caller<'a> {
        Caller { line }
    }

    /// Asks, waits, and notes the call and its answer among the effects. No answer is an unset value.
    ///
    /// # Errors
    /// If the call could not be made, or the answer has another type.
    pub async fn call<A: Decode, E: Send, T: Send, R: Send>(
        &mut self,
        effects: &mut Effects<E, T, R>,
        target: Target,
        event: &'static str,
        data: String,
    ) -> Result<Option<A>, Failure> {
        let call = dynamic::Call { index: effects.next_index(), target: target.clone(), event, data: &data };
        let answer = self.line.call(call).await?;
        let called =
            dynamic::Effect::Called { target, event: Text::Borrowed(event), data, answer: Encoder::encode(&answer) };
        effects.list.push(Effect::Recorded(called));
        decoded(event, &answer)
    }
}

/// The answer to a call, as the type that the flow takes it for.
fn decoded<A: Decode>(event: &'static str, answer: &Json) -> Result<Option<A>, Failure> {
    Option::decode(answer)
        .map_err(|mismatch| Failure::Call { event: Text::Borrowed(event), why: format!("the answer: {mismatch}") })
}

/// The answer of a handler that its own machine called, noted among the effects behind those of the handler.
///
/// # Errors
/// If the answer has another type.
pub fn own_answer<A: Decode, E, T, R>(
    effects: &mut Effects<E, T, R>,
    event: &'static str,
    data: String,
    ran: Ran,
) -> Result<Option<A>, Failure> {
    effects.returned = None;
    let answer = match (ran, effects.answer.take()) {
        (Ran::Something, answer) => answer.unwrap_or_default(),
        (Ran::Nothing, _) => refused("ignored"),
    };
    answered(effects, event, data, &answer)
}

/// The answer of a handler that its own machine called with a payload that breaks its rules, noted among the effects.
///
/// # Errors
/// If the answer has another type.
pub fn own_refusal<A: Decode, E, T, R>(
    effects: &mut Effects<E, T, R>,
    event: &'static str,
    data: String,
    violations: Vec<Violation>,
) -> Result<Option<A>, Failure> {
    let answer = refused(&Refusal::Invalid { violations }.to_string());
    answered(effects, event, data, &answer)
}

fn refused(why: &str) -> Json {
    Json::object([("success", Json::Bool(false)), ("error", Json::text(why))])
}

/// Notes a call to the own instance and its answer.
fn answered<A: Decode, E, T, R>(
    effects: &mut Effects<E, T, R>,
    event: &'static str,
    data: String,
    answer: &Json,
) -> Result<Option<A>, Failure> {
    let text = Encoder::encode(answer);
    let called = dynamic::Effect::Called { target: Target::Itself, event: Text::Borrowed(event), data, answer: text };
    effects.list.push(Effect::Recorded(called));
    decoded(event, answer)
}

/// The failure of a call to the own instance that no handler accepts.
///
/// # Errors
/// Always.
pub fn nobody<A>(event: &'static str) -> Result<Option<A>, Failure> {
    Err(Failure::Call { event: Text::Borrowed(event), why: "no handler of the machine accepts it".to_owned() })
}
