//! How a test ends: what it is answered, what went wrong without a claim about it, and the report.

use super::firing::Turned;
use super::story::Story;
use crate::json::Json;
use crate::request::{Answer, Refusal};
use crate::test_kit::claims::Replied;
use crate::test_kit::plan::{Assertion, Claim, Condition, Firing, Place, Step, TestKind, Value};
use crate::test_kit::report::{FailedClaim, Outcome, StepStatus, TestReport};
use crate::test_kit::watch::End;

/// What a request is answered over HTTP: the flow's own reply, or the one of the runtime.
pub(super) fn replied(answer: &Result<Answer, Refusal>) -> Replied {
    match answer {
        Ok(Answer { reply: Some(reply), .. }) => {
            let body = reply.body.as_deref().and_then(|body| body.parse().ok()).unwrap_or_default();
            Replied { status: reply.status, body }
        }
        Ok(Answer { instance, state, status, .. }) => {
            let status = status.http_status();
            let text = |text: Option<&str>| text.map_or(Json::Null, Json::text);
            let id = text(instance.as_ref().map(crate::ids::InstanceId::key));
            Replied { status, body: Json::object([("id", id), ("state", text(state.as_deref()))]) }
        }
        Err(refusal) => {
            Replied { status: refusal.http_status(), body: Json::object([("error", refusal.to_string().into())]) }
        }
    }
}

impl Story<'_> {
    /// A step that came to nothing fails the test, unless the test is about that: its claims speak of the reply, it is the
    /// event of the variation, or an assumption made it fail.
    pub(super) fn judge_unexpected(&mut self, step: &Step, turned: &Turned) {
        let StepStatus::Refused { why } = &turned.status else { return };
        let last = self.test.steps.last().is_some_and(|last| core::ptr::eq(last, step));
        let is_about_it = match self.test.kind {
            TestKind::Scenario => false,
            TestKind::Variation => last,
            TestKind::Path => step.firing == Firing::Always,
        };
        let meant = if turned.broke { self.cast.memory().threw } else { is_about_it };
        if meant || speaks_of_reply(&step.expect) {
            return;
        }
        let unexpected = (step.place.clone(), why.clone());
        // Only what is asked from outside is answered: a claim about the reply is about no other event.
        let answered = self.machine(step.machine).handlers[step.handler].api;
        if answered && speaks_of_reply(&self.test.expect) {
            self.excused = Some(unexpected);
        } else {
            self.fail_unexpected(&unexpected);
        }
    }

    /// The story is answered something new: what claims at its end say of a reply is about that, and nothing before it.
    pub(super) fn replied_anew(&mut self) {
        if let Some(unexpected) = self.excused.take() {
            self.fail_unexpected(&unexpected);
        }
    }

    fn fail_unexpected(&mut self, (place, why): &(Place, String)) {
        self.fail_at(place, "its turn to run", why, "say in `given:` or `assume:` what it needs");
    }

    /// What went wrong without anybody having claimed anything about it.
    pub(super) fn look_for_failures(&mut self) {
        let about = match self.test.kind {
            TestKind::Scenario => None,
            TestKind::Variation | TestKind::Path => self.steps.last(),
        };
        if let Some(step) = about
            && let StepStatus::NotFired { why } = &step.status
        {
            let (place, why) = (step.place.clone(), why.clone());
            self.fail_at(&place, "the event that the test is about", &format!("it did not happen: {why}"), "");
        }
        if !self.cast.memory().threw {
            self.look_for_failed_turns();
        }
    }

    /// Turns that failed beside the story's own events: messages between machines, timers.
    fn look_for_failed_turns(&mut self) {
        let mut found: Vec<(String, String)> = Vec::new();
        {
            let log = self.stage.log();
            for turn in log.turns.iter().filter(|turn| !turn.called && !turn.claimed) {
                let End::Failed(why) = &turn.end else { continue };
                let machine = &self.stage.description.machines[turn.machine];
                let place = machine.handlers[turn.handler].place.to_string();
                // A broken rule is what a reserved handler is for; refusals at the door have their own report.
                let is_told = self.told_failures.contains(why);
                if !is_told && !found.contains(&(place.clone(), why.clone())) && !self.was_handled(turn.message) {
                    found.push((place, why.clone()));
                }
            }
        }
        for (handler, why) in found {
            let place = place_of(&handler, &self.test.place);
            self.fail_at(&place, "its turn to run", &why, "say in `given:` or `assume:` what it needs");
        }
    }

    /// Whether a message left a record after all: a later try succeeded, or a reserved handler took its turn.
    fn was_handled(&self, message: crate::ids::MessageId) -> bool {
        self.stage.journal.iter().any(|entry| entry.record.message == message)
    }

    pub(super) fn fail_at(&mut self, place: &Place, expected: &str, actual: &str, hint: &str) {
        let (place, text) = (place.clone(), place.text.clone());
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        let (expected, actual) = (expected.to_owned(), actual.to_owned());
        self.failed.push(FailedClaim { place, text, expected, actual, hint });
    }

    pub(super) fn into_report(mut self) -> TestReport {
        let assumed = core::mem::take(&mut self.cast.memory().assumed);
        if self.options.strict {
            for assumed in &assumed {
                let place = self.test.place.clone();
                self.fail_at(&place, "everything to be said", &assumed.to_string(), "say it in `given:` or `assume:`");
            }
            for place in core::mem::take(&mut self.pending) {
                self.fail_at(&place, "code that decides it", "there is none", "");
                self.pending.push(place);
            }
        }
        let exchange = self.exchange();
        let Self { test, steps, failed, pending, .. } = self;
        let outcome = match (failed.is_empty(), pending.is_empty()) {
            (false, _) => Outcome::Failed(failed),
            (true, false) => Outcome::Pending,
            (true, true) => Outcome::Passed,
        };
        TestReport {
            title: test.title.clone(),
            scenario: test.scenario.clone(),
            place: test.place.clone(),
            outcome,
            steps,
            assumed,
            exchange,
            pending,
            unmatched: Vec::new(),
            chosen: Vec::new(),
            runs: 1,
        }
    }
}

/// The place that a description names: `order.flow:17`.
fn place_of(text: &str, otherwise: &Place) -> Place {
    let (file, line) = text.rsplit_once(':').unwrap_or((text, ""));
    match line.parse() {
        Ok(line) => Place { file: file.to_owned(), line, column: 1, text: String::new() },
        Err(_) => otherwise.clone(),
    }
}

/// Whether claims say something about a reply.
fn speaks_of_reply(claims: &[Assertion]) -> bool {
    claims.iter().any(|assertion| match &assertion.claim {
        Claim::Holds(condition) => in_condition(condition),
        Claim::Items { value, .. } => in_value(value),
        Claim::State { .. } | Claim::Event(_) | Claim::Called { .. } | Claim::Code { .. } => false,
    })
}

fn in_condition(condition: &Condition) -> bool {
    match condition {
        Condition::Compare(_, left, right) | Condition::Contains(left, right) => in_value(left) || in_value(right),
        Condition::Between(of, low, high) => in_value(of) || in_value(low) || in_value(high),
        Condition::IsEmpty(of) | Condition::Exists(of) | Condition::True(of) => in_value(of),
        Condition::InState(..) => false,
        Condition::Not(inner) => in_condition(inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(in_condition),
    }
}

fn in_value(value: &Value) -> bool {
    match value {
        Value::Reply | Value::ReplyStatus => true,
        Value::Member(of, _) | Value::Count(of) | Value::Negate(of) | Value::Duration(of, _) => in_value(of),
        Value::Arithmetic(_, left, right) => in_value(left) || in_value(right),
        Value::List(items) => items.iter().any(in_value),
        Value::Object(fields) => fields.iter().any(|(_, value)| in_value(value)),
        Value::Text(_)
        | Value::Number(_)
        | Value::Boolean(_)
        | Value::Null
        | Value::Empty
        | Value::Now(_)
        | Value::Sample
        | Value::Variable(_)
        | Value::InstanceId(_)
        | Value::CurrentState
        | Value::OfActor(..) => false,
    }
}
