//! Free text: the user's code is asked, and what goes wrong there names the sentence and its place.

use crate::behavior::Asked;
use crate::border;
use crate::caught::{Caught, caught};
use crate::scene::Scene;
use crate::turn::Turn;
use crate::value::Maybe;
use eventflow::Json;
use eventflow::dynamic::{BoxError, BoxFuture, Failure, Meta};
use eventflow::{ActionKey, CallSite, Encoder, Mismatch};
use eventflowc::ir::{Expression, SentenceCall, SetBy, Type};

impl Turn<'_> {
    /// Whether a free-text condition holds.
    pub(crate) async fn ask_guard(&mut self, call: &SentenceCall) -> Result<bool, Failure> {
        let asked = self.scene.asked(call)?;
        let answer = run(|| self.scene.program.behaviors.guard(asked)).await;
        self.scene.answered(call, answer)
    }

    /// Runs an action; its value, where one is taken, and what it sets.
    pub(crate) async fn act(&mut self, call: &SentenceCall) -> Result<Maybe, Failure> {
        let asked = self.scene.asked(call)?;
        let answer = run(|| self.scene.program.behaviors.action(asked)).await;
        let acted = self.scene.answered(call, answer)?;
        for (name, json) in &acted.set {
            self.set_by_action(name, json)?;
        }
        match &self.scene.machine().sentence(call.sentence).returns {
            Some(ty) => {
                let value = acted.value.unwrap_or_default();
                let value = border::decode(self.scene.system(), ty, &value)?;
                if value.is_none() && *ty != Type::Json {
                    return Err(Mismatch::new("a value of the action", &Json::Null).into());
                }
                Ok(value)
            }
            None => Ok(None),
        }
    }

    /// What a transformer makes, in record form.
    pub(crate) async fn transform(&mut self, call: &SentenceCall) -> Result<String, Failure> {
        let asked = self.scene.asked(call)?;
        let answer = run(|| self.scene.program.behaviors.transformer(asked)).await;
        let body = self.scene.answered(call, answer)?;
        Ok(Encoder::encode(&body))
    }

    fn set_by_action(&mut self, name: &str, json: &Json) -> Result<(), Failure> {
        let machine = self.scene.machine();
        let settable =
            |variable: &&eventflowc::ir::Variable| variable.name == name && variable.set_by == SetBy::Actions;
        let Some(variable) = machine.variables.iter().find(settable) else {
            return Err(Mismatch::new("a variable that actions may set", json).in_field(name).into());
        };
        let value = border::decode(self.scene.system(), &variable.ty, json).map_err(|wrong| wrong.in_field(name))?;
        let place = machine.variables.iter().position(|other| other.name == name).unwrap_or_default();
        self.scene.working.assign(eventflowc::ir::VariableId::at(place), value);
        Ok(())
    }
}

impl<'a> Scene<'a> {
    /// The arguments of a sentence; an unset one fails the turn.
    fn arguments(&self, arguments: &[Expression]) -> Result<Vec<Json>, Failure> {
        let json = |argument: &Expression| {
            let value = self.evaluate_set(argument)?;
            Ok(border::plain(self.system(), &argument.ty, &Some(value)))
        };
        arguments.iter().map(json).collect()
    }

    /// The question to the user's code. An argument that is unset fails the turn.
    fn asked(&self, call: &SentenceCall) -> Result<Asked<'_>, Failure> {
        let arguments = self.arguments(&call.arguments)?;
        let machine = self.machine();
        let set = machine.variables.iter().zip(self.working.context());
        let set = set.filter_map(|(variable, value)| {
            let value = value.as_ref()?;
            Some((variable.name.clone(), border::widen(self.system(), &variable.ty, value)))
        });
        Ok(Asked {
            machine: &machine.name,
            sentence: &machine.sentence(call.sentence).name,
            arguments,
            state: &machine.state(self.working.state).name,
            context: Json::Object(set.collect()),
            event: &self.frame.data,
            meta: self.meta,
            key: self.key(&call.place),
        })
    }

    /// The key of a call at a place of the running handler.
    fn key(&self, place: &str) -> ActionKey {
        key(self.meta, None, &self.within, place)
    }

    fn answered<T>(&self, call: &SentenceCall, answer: Result<Result<T, BoxError>, String>) -> Result<T, Failure> {
        self.program.answered(self.machine().sentence(call.sentence), call.origin, answer)
    }
}

/// The key of a call at a place, within calls of the machine to itself, the outermost first.
fn key(meta: &Meta, outer: Option<&CallSite<'_>>, within: &[&str], place: &str) -> ActionKey {
    match within.split_first() {
        Some((first, within)) => key(meta, Some(&CallSite::new(meta, outer, first)), within, place),
        None => CallSite::new(meta, outer, place).key(),
    }
}

/// Runs user code that may wait; it may panic before its future exists, too.
async fn run<'f, T>(code: impl FnOnce() -> BoxFuture<'f, Result<T, BoxError>>) -> Result<Result<T, BoxError>, String> {
    Caught(caught(code)?).await
}
