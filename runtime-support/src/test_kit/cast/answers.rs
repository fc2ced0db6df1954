//! What the cast answers: by the assumptions of the test, by the facts of its world, by what is assumed.

use super::script::Question;
use super::{Acted, Asked, Cast, Triggered};
use crate::dynamic::BoxError;
use crate::json::Json;
use crate::test_kit::plan::{Effect, SentenceKind};
use crate::test_kit::report::AssumedKind;
use crate::test_kit::values;

impl Cast {
    pub(super) fn answer_guard(&self, asked: &Asked<'_>) -> Result<bool, BoxError> {
        Ok(self.guard_by_test(asked)?.unwrap_or_else(|| {
            self.assume(asked.machine, AssumedKind::Guard, &self.wording(asked), None);
            true
        }))
    }

    pub(super) fn answer_rule(&self, asked: &Asked<'_>) -> Result<bool, BoxError> {
        Ok(self.rule_by_test(asked)?.unwrap_or_else(|| {
            self.assume(asked.machine, AssumedKind::Rule, &self.wording(asked), None);
            true
        }))
    }

    pub(super) fn answer_transformer(&self, asked: &Asked<'_>) -> Result<Json, BoxError> {
        Ok(self.transformer_by_test(asked)?.unwrap_or_else(|| {
            let body = self.sample(asked).unwrap_or_else(|| Json::object([]));
            self.assume(asked.machine, AssumedKind::Transformer, &self.wording(asked), Some(body.to_string()));
            body
        }))
    }

    pub(super) fn answer_action(&self, asked: &Asked<'_>) -> Result<Acted, BoxError> {
        Ok(self.action_by_test(asked)?.unwrap_or_else(|| {
            let value = self.sample(asked);
            self.assume(
                asked.machine,
                AssumedKind::Action,
                &self.wording(asked),
                value.as_ref().map(ToString::to_string),
            );
            Acted { value, set: Vec::new() }
        }))
    }

    /// What the test says of a guard: by an assumption, or by its world.
    pub(super) fn guard_by_test(&self, asked: &Asked<'_>) -> Result<Option<bool>, BoxError> {
        match self.effect(asked, SentenceKind::Guard) {
            Some(Effect::Holds(holds)) => Ok(Some(holds)),
            Some(Effect::Throws(error)) => Err(self.thrown(&self.script.value(&error))),
            Some(
                Effect::HoldsOrNot | Effect::Succeeds | Effect::Returns(_) | Effect::Triggers { .. } | Effect::Observed,
            )
            | None => {
                let key = (asked.machine.to_owned(), asked.sentence.to_owned());
                Ok(self.memory().known_guard(&key))
            }
        }
    }

    /// What an assumption says of a rule.
    pub(super) fn rule_by_test(&self, asked: &Asked<'_>) -> Result<Option<bool>, BoxError> {
        match self.effect(asked, SentenceKind::Rule) {
            Some(Effect::Holds(holds)) => Ok(Some(holds)),
            Some(Effect::Throws(error)) => Err(self.thrown(&self.script.value(&error))),
            Some(
                Effect::HoldsOrNot | Effect::Succeeds | Effect::Returns(_) | Effect::Triggers { .. } | Effect::Observed,
            )
            | None => Ok(None),
        }
    }

    /// What an assumption says of a transformer.
    pub(super) fn transformer_by_test(&self, asked: &Asked<'_>) -> Result<Option<Json>, BoxError> {
        match self.effect(asked, SentenceKind::Transformer) {
            Some(Effect::Returns(value)) => Ok(Some(self.script.value(&value))),
            Some(Effect::Throws(error)) => Err(self.thrown(&self.script.value(&error))),
            Some(
                Effect::Holds(_) | Effect::HoldsOrNot | Effect::Succeeds | Effect::Triggers { .. } | Effect::Observed,
            )
            | None => Ok(None),
        }
    }

    /// What an assumption says of an action.
    pub(super) fn action_by_test(&self, asked: &Asked<'_>) -> Result<Option<Acted>, BoxError> {
        match self.effect(asked, SentenceKind::Action) {
            Some(Effect::Returns(value)) => Ok(Some(self.returned(asked, self.script.value(&value)))),
            Some(Effect::Throws(error)) => Err(self.thrown(&self.script.value(&error))),
            Some(Effect::Succeeds) => Ok(Some(Acted { value: self.sample(asked), set: Vec::new() })),
            Some(Effect::Triggers { event, payload }) => {
                if let Some(meta) = asked.meta {
                    let instance = meta.instance.clone();
                    self.memory().staged.push(Triggered { instance, event, payload });
                }
                Ok(Some(Acted { value: self.sample(asked), set: Vec::new() }))
            }
            Some(Effect::Holds(_) | Effect::HoldsOrNot | Effect::Observed) | None => Ok(None),
        }
    }

    /// The effect of the assumption that is about what is asked; all that are about it are remembered as used.
    fn effect(&self, asked: &Asked<'_>, kind: SentenceKind) -> Option<Effect> {
        let Asked { machine, sentence, arguments, meta: _ } = *asked;
        let handling = self.memory().handling.last().cloned();
        let event = handling.as_ref().filter(|(of, _)| of == machine).map(|(_, event)| event.as_str());
        let question = Question { machine, sentence, kind, arguments, event };
        let about: Vec<usize> = self.script.about(&question).collect();
        self.memory().matched.extend(about);
        self.script.effect(&question).map(|(_, effect)| effect)
    }

    /// What an action returned. An object stands for the variables that it sets, where no value is taken.
    fn returned(&self, asked: &Asked<'_>, value: Json) -> Acted {
        let takes_value =
            self.script.sentence(asked.machine, asked.sentence).is_some_and(|known| known.returns.is_some());
        match value {
            Json::Object(fields) if !takes_value => {
                let settable = self.script.role(asked.machine).map(|role| role.settable.as_slice()).unwrap_or_default();
                let set = fields.into_iter().filter(|(name, _)| settable.contains(name));
                Acted { value: None, set: set.collect() }
            }
            value => Acted { value: Some(value), set: Vec::new() },
        }
    }

    fn thrown(&self, error: &Json) -> BoxError {
        self.memory().threw = true;
        values::plain(error).into()
    }

    /// A sample of the value of a sentence, where one is taken.
    fn sample(&self, asked: &Asked<'_>) -> Option<Json> {
        let sentence = self.script.sentence(asked.machine, asked.sentence)?;
        Some(self.script.sample(&sentence.name, sentence.returns.as_ref()?))
    }

    /// The sentence as the flow words it.
    fn wording(&self, asked: &Asked<'_>) -> String {
        let known = self.script.sentence(asked.machine, asked.sentence);
        known.map_or_else(|| asked.sentence.to_owned(), |sentence| sentence.text.clone())
    }
}
