//! The cast of a test: plays the code behind the sentences of its machines.
//!
//! What it answers comes from the test's assumptions, else from the facts of its world, else from what is assumed where
//! nothing is said: a guard is true, a rule is kept, an action succeeds and changes nothing. It remembers every call.

mod answers;
mod script;

pub(crate) use script::Script;

use super::observe::{Observer, Trace};
use super::plan::{Filling, PlanError, SentenceKind};
use super::report::{Assumed, AssumedKind};
use super::{Options, WrittenPlan};
use crate::codec::Encode;
use crate::dynamic::{BoxError, Meta};
use crate::ids::{InstanceId, MessageId};
use crate::json::Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Plays the code behind the sentences of the machines of one test.
///
/// Where real code stands behind the sentences of a machine, the cast is asked first: what the test says is so, and only the
/// rest is carried out by real code. So every call is taken down, and claims about calls can be judged.
pub struct Cast {
    script: Script,
    observer: Option<Arc<dyn Observer>>,
    memory: Mutex<Memory>,
}

/// One question to the cast.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The machine, without its sigil.
    pub machine: &'a str,
    /// The sentence's method.
    pub sentence: &'a str,
    /// The values of its parameters, in order, as [`Json::of`] makes them.
    pub arguments: &'a [Json],
    /// About the turn; none outside of one, where a payload is checked.
    pub meta: Option<&'a Meta>,
}

/// What an action did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acted {
    /// Its value, where one is taken.
    pub value: Option<Json>,
    /// Variables that it sets, by name; null unsets.
    pub set: Vec<(String, Json)>,
}

/// A call of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct CallOf {
    /// The machine, without its sigil.
    pub machine: String,
    /// What kind of sentence it is.
    pub kind: SentenceKind,
    /// The sentence's method.
    pub sentence: String,
    /// The values of its parameters, in order, as [`Json::of`] makes them: a number is a number.
    pub arguments: Vec<Json>,
    /// The message whose turn called it; none outside of a turn.
    pub message: Option<MessageId>,
}

/// What the cast remembers.
#[derive(Default)]
pub(crate) struct Memory {
    /// The events that are being handled, the innermost last, with the machines that handle them.
    pub(crate) handling: Vec<(String, String)>,
    pub(crate) calls: Vec<CallOf>,
    pub(crate) assumed: Vec<Assumed>,
    /// The assumptions that were asked for, by position.
    pub(crate) matched: BTreeSet<usize>,
    /// The answers of guards that the world gives, by machine and sentence.
    pub(crate) guards: BTreeMap<(String, String), bool>,
    /// Likewise, while a machine handles an event: by machine and event.
    pub(crate) guards_of: BTreeMap<(String, String), BTreeMap<(String, String), bool>>,
    /// What actions triggered in turns that are not over.
    pub(crate) staged: Vec<Triggered>,
    /// What actions triggered in turns that were kept.
    pub(crate) triggered: Vec<Triggered>,
    /// Whether an assumption made an action fail.
    pub(crate) threw: bool,
}

impl Memory {
    /// What the world says that a guard answers now.
    fn known_guard(&self, guard: &(String, String)) -> Option<bool> {
        let of_event = self.handling.last().and_then(|handling| self.guards_of.get(handling)?.get(guard));
        of_event.or_else(|| self.guards.get(guard)).copied()
    }
}

/// An event that an action triggers when its turn is over.
pub(crate) struct Triggered {
    pub(crate) instance: InstanceId,
    pub(crate) event: String,
    pub(crate) payload: Vec<Filling>,
}

impl Cast {
    /// A cast outside of any test of the plan, for tests in Rust: what nobody carries out is assumed, and every call is taken
    /// down ([`Cast::calls`]). The plan says what the sentences give: it is `PLAN` of the generated tests.
    ///
    /// # Errors
    /// If the plan cannot be read.
    pub fn for_trial(plan: &WrittenPlan) -> Result<Arc<Self>, &PlanError> {
        let script = Script::of_plan(plan.read()?, Options::default().start);
        Ok(Arc::new(Self::new(script, None)))
    }

    pub(crate) fn new(script: Script, observer: Option<Arc<dyn Observer>>) -> Self {
        Self { script, observer, memory: Mutex::default() }
    }

    /// Whether a free-text guard holds.
    ///
    /// # Errors
    /// If the test assumes that asking it fails.
    pub fn guard(&self, asked: &Asked<'_>) -> Result<bool, BoxError> {
        self.remember(asked, SentenceKind::Guard);
        let answer = self.answer_guard(asked);
        self.tell(asked, SentenceKind::Guard, answer.as_ref().map(|holds| Json::Bool(*holds)));
        answer
    }

    /// Carries out an action.
    ///
    /// # Errors
    /// If the test assumes that it fails.
    pub fn action(&self, asked: &Asked<'_>) -> Result<Acted, BoxError> {
        self.remember(asked, SentenceKind::Action);
        let answer = self.answer_action(asked);
        self.tell(asked, SentenceKind::Action, answer.as_ref().map(|acted| acted.value.clone().unwrap_or_default()));
        answer
    }

    /// Makes the body of a reply.
    ///
    /// # Errors
    /// If the test assumes that it fails.
    pub fn transformer(&self, asked: &Asked<'_>) -> Result<Json, BoxError> {
        self.remember(asked, SentenceKind::Transformer);
        let answer = self.answer_transformer(asked);
        self.tell(asked, SentenceKind::Transformer, answer.as_ref().cloned());
        answer
    }

    /// Whether a value keeps a custom validation rule.
    ///
    /// # Errors
    /// If the test assumes that asking it fails.
    pub fn rule(&self, asked: &Asked<'_>) -> Result<bool, BoxError> {
        self.remember(asked, SentenceKind::Rule);
        let answer = self.answer_rule(asked);
        self.tell(asked, SentenceKind::Rule, answer.as_ref().map(|kept| Json::Bool(*kept)));
        answer
    }

    /// Asks what the test itself says of a guard, by an assumption or by its world, and takes the call down. None: it says
    /// nothing, and real code has to answer; [`Cast::answered`] takes that down.
    ///
    /// # Errors
    /// If the test assumes that asking it fails.
    pub fn said_of_guard(&self, asked: &Asked<'_>) -> Result<Option<bool>, BoxError> {
        self.remember(asked, SentenceKind::Guard);
        let said = self.guard_by_test(asked);
        self.tell_said(asked, SentenceKind::Guard, said.as_ref().map(|said| said.map(Json::Bool)));
        said
    }

    /// What [`Cast::said_of_guard`] is for guards, for actions.
    ///
    /// # Errors
    /// If the test assumes that it fails.
    pub fn said_of_action(&self, asked: &Asked<'_>) -> Result<Option<Acted>, BoxError> {
        self.remember(asked, SentenceKind::Action);
        let said = self.action_by_test(asked);
        let value = |acted: &Acted| acted.value.clone().unwrap_or_default();
        self.tell_said(asked, SentenceKind::Action, said.as_ref().map(|said| said.as_ref().map(value)));
        said
    }

    /// What [`Cast::said_of_guard`] is for guards, for transformers.
    ///
    /// # Errors
    /// If the test assumes that it fails.
    pub fn said_of_transformer(&self, asked: &Asked<'_>) -> Result<Option<Json>, BoxError> {
        self.remember(asked, SentenceKind::Transformer);
        let said = self.transformer_by_test(asked);
        self.tell_said(asked, SentenceKind::Transformer, said.as_ref().map(Clone::clone));
        said
    }

    /// What [`Cast::said_of_guard`] is for guards, for custom validation rules.
    ///
    /// # Errors
    /// If the test assumes that asking it fails.
    pub fn said_of_rule(&self, asked: &Asked<'_>) -> Result<Option<bool>, BoxError> {
        self.remember(asked, SentenceKind::Rule);
        let said = self.rule_by_test(asked);
        self.tell_said(asked, SentenceKind::Rule, said.as_ref().map(|said| said.map(Json::Bool)));
        said
    }

    /// Tells whoever watches what real code answered, and gives that on.
    ///
    /// # Errors
    /// If the code failed.
    pub fn answered<T: Encode>(
        &self,
        asked: &Asked<'_>,
        kind: SentenceKind,
        answer: Result<T, BoxError>,
    ) -> Result<T, BoxError> {
        self.tell(asked, kind, answer.as_ref().map(|answer| Json::of(answer)));
        answer
    }

    /// What [`Cast::answered`] is for answers, for an action of which no value is taken.
    ///
    /// # Errors
    /// If the code failed.
    pub fn acted(&self, asked: &Asked<'_>, answer: Result<(), BoxError>) -> Result<(), BoxError> {
        self.tell(asked, SentenceKind::Action, answer.as_ref().map(|()| Json::Null));
        answer
    }

    /// Tells whoever watches what only the executor of the machines knows; without anybody who watches, `tell` does not run.
    pub fn watched(&self, tell: impl FnOnce(&dyn Observer)) {
        if let Some(observer) = &self.observer {
            tell(&**observer);
        }
    }

    /// The calls so far, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<CallOf> {
        self.memory().calls.clone()
    }

    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.observer.as_deref()
    }

    pub(crate) fn script(&self) -> &Script {
        &self.script
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        // Nothing that holds the lock leaves the memory half changed.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, asked: &Asked<'_>, kind: SentenceKind) {
        self.memory().calls.push(CallOf {
            machine: asked.machine.to_owned(),
            kind,
            sentence: asked.sentence.to_owned(),
            arguments: asked.arguments.to_vec(),
            message: asked.meta.map(|meta| meta.message),
        });
    }

    /// Tells what a test says of a sentence, if it says anything.
    fn tell_said(&self, asked: &Asked<'_>, kind: SentenceKind, said: Result<Option<Json>, &BoxError>) {
        if let Some(answer) = said.transpose() {
            self.tell(asked, kind, answer);
        }
    }

    fn tell(&self, asked: &Asked<'_>, kind: SentenceKind, answer: Result<Json, &BoxError>) {
        let Some(observer) = &self.observer else { return };
        let Asked { machine, sentence, arguments, meta: _ } = *asked;
        let (value, why) = match answer {
            Ok(value) => (value, None),
            Err(error) => (Json::Null, Some(error.to_string())),
        };
        let answer = why.as_deref().map_or(Ok(&value), Err);
        observer.notice(&Trace::Sentence { machine, kind, sentence, arguments, answer });
    }

    /// What a played actor or machine answers to a call, if it gives a value.
    pub(crate) fn answer(&self, by: &str, event: &str) -> Option<Json> {
        let answer = self.script.answer(by, event)?;
        self.assume(by, AssumedKind::Answer, event, Some(answer.to_string()));
        Some(answer)
    }

    /// Takes down that something is assumed; once.
    pub(crate) fn assume(&self, machine: &str, kind: AssumedKind, text: &str, value: Option<String>) {
        let assumed = Assumed { machine: machine.to_owned(), kind, text: text.to_owned(), value };
        let mut memory = self.memory();
        if !memory.assumed.contains(&assumed) {
            memory.assumed.push(assumed);
        }
    }
}
