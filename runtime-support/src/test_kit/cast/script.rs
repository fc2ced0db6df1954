//! What a cast plays from: the test's assumptions, and what the plan tells of the sentences.

use crate::description::SystemDescription;
use crate::json::Json;
use crate::rules::Rule;
use crate::schema::Schema;
use crate::test_kit::plan::{
    Answer, Argument, Assumption, Effect, Role, Sayer, Sentence, SentenceKind, Test, TestPlan, Type, Value,
};
use crate::test_kit::samples::Samples;
use crate::test_kit::values::{self, Literals};
use crate::timestamp::Timestamp;
use std::sync::{Mutex, PoisonError};

/// What a cast plays from.
pub(crate) struct Script {
    roles: Vec<Role>,
    answers: Vec<Answer>,
    assumptions: Vec<Assumed>,
    /// The samples of the test: of one name everywhere the same.
    samples: Mutex<Samples>,
    /// When the story begins.
    pub(crate) start: Timestamp,
    /// How the guards answer in this run that may answer either way, by the position of the assumption.
    either: Vec<(usize, bool)>,
}

/// An assumption, with the machine's name.
struct Assumed {
    machine: Option<String>,
    assumption: Assumption,
}

/// What an assumption is asked about.
pub(crate) struct Question<'a> {
    pub(crate) machine: &'a str,
    pub(crate) sentence: &'a str,
    pub(crate) kind: SentenceKind,
    pub(crate) arguments: &'a [Json],
    /// The event that the machine handles.
    pub(crate) event: Option<&'a str>,
}

impl Script {
    pub(crate) fn new(
        plan: &TestPlan,
        test: &Test,
        description: &SystemDescription,
        (start, either): (Timestamp, Vec<(usize, bool)>),
    ) -> Self {
        let name = |machine: usize| description.machines.get(machine).map(|machine| machine.name.to_string());
        let assumptions = test.assumptions.iter().map(|assumption| Assumed {
            machine: assumption.machine.map(|machine| name(machine).unwrap_or_default()),
            assumption: assumption.clone(),
        });
        Self {
            roles: plan.roles.clone(),
            answers: plan.answers.clone(),
            assumptions: assumptions.collect(),
            samples: Mutex::new(Samples::new(start)),
            start,
            either,
        }
    }

    /// A script in which a plan alone says what there is.
    pub(crate) fn of_plan(plan: &TestPlan, start: Timestamp) -> Self {
        Self { roles: plan.roles.clone(), answers: plan.answers.clone(), ..Self::empty(start) }
    }

    /// A script in which nothing is said.
    pub(crate) fn empty(start: Timestamp) -> Self {
        Self {
            roles: Vec::new(),
            answers: Vec::new(),
            assumptions: Vec::new(),
            samples: Mutex::new(Samples::new(start)),
            start,
            either: Vec::new(),
        }
    }

    /// The role of a machine.
    pub(crate) fn role(&self, machine: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.machine == machine)
    }

    /// What the plan tells of a sentence.
    pub(crate) fn sentence(&self, machine: &str, name: &str) -> Option<&Sentence> {
        self.role(machine)?.sentences.iter().find(|sentence| sentence.name == name)
    }

    /// The assumption that answers a question, by position, and what it says; those that only observe answer nothing.
    pub(crate) fn effect(&self, question: &Question<'_>) -> Option<(usize, Effect)> {
        let answering =
            self.assumptions.iter().enumerate().filter(|(_, assumed)| {
                assumed.assumption.effect != Effect::Observed && self.is_about(assumed, question)
            });
        // A later one wins over an earlier one, one with arguments over one without, one that names over one for all.
        let best = answering.max_by_key(|(position, Assumed { assumption, .. })| {
            (matches!(assumption.of, Sayer::Sentence(_)), !assumption.arguments.is_empty(), *position)
        });
        best.map(|(position, assumed)| (position, self.chosen(position, &assumed.assumption.effect)))
    }

    /// All assumptions that are about a question, those that only observe included.
    pub(crate) fn about<'s>(&'s self, question: &'s Question<'s>) -> impl Iterator<Item = usize> + 's {
        self.assumptions
            .iter()
            .enumerate()
            .filter(|(_, assumed)| self.is_about(assumed, question))
            .map(|(position, _)| position)
    }

    /// A sample of what a call is answered, if it gives a value.
    pub(crate) fn answer(&self, by: &str, event: &str) -> Option<Json> {
        let answer = self.answers.iter().find(|answer| answer.by == by && answer.event == event)?;
        Some(self.sample(event, &answer.returns))
    }

    /// The value that an assumption names.
    pub(crate) fn value(&self, value: &Value) -> Json {
        values::evaluate(value, &Literals { now: self.start })
    }

    /// A sample of a type, under a name.
    pub(crate) fn sample(&self, name: &str, ty: &Type) -> Json {
        self.sampled(name, &ty.schema(), &[])
    }

    /// A sample under a name that keeps some rules, as far as that can be.
    pub(crate) fn sampled(&self, name: &str, schema: &Schema, rules: &[Rule]) -> Json {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner).of(name, schema, rules)
    }

    fn chosen(&self, position: usize, effect: &Effect) -> Effect {
        match (effect, self.either.iter().find(|(of, _)| *of == position)) {
            (Effect::HoldsOrNot, Some((_, holds))) => Effect::Holds(*holds),
            (Effect::HoldsOrNot, None) => Effect::Holds(true),
            (
                Effect::Holds(_)
                | Effect::Succeeds
                | Effect::Returns(_)
                | Effect::Throws(_)
                | Effect::Triggers { .. }
                | Effect::Observed,
                _,
            ) => effect.clone(),
        }
    }

    fn is_about(&self, assumed: &Assumed, question: &Question<'_>) -> bool {
        let Assumed { machine, assumption } = assumed;
        let named = match &assumption.of {
            Sayer::Sentence(name) => name == question.sentence,
            Sayer::EveryGuard => question.kind == SentenceKind::Guard,
            Sayer::EveryAction => question.kind == SentenceKind::Action,
        };
        named
            && machine.as_deref().is_none_or(|machine| machine == question.machine)
            && assumption.event.as_deref().is_none_or(|event| Some(event) == question.event)
            && assumption.arguments.iter().all(|argument| self.fits(argument, question))
    }

    fn fits(&self, argument: &Argument, question: &Question<'_>) -> bool {
        let parameters = self.sentence(question.machine, question.sentence).map(|sentence| &sentence.parameters);
        let place = parameters.and_then(|known| known.iter().position(|parameter| parameter.name == argument.name));
        let Some(given) = place.and_then(|place| question.arguments.get(place)) else { return false };
        values::meets(argument.comparison, given, (&argument.value, &Literals { now: self.start }))
    }
}
