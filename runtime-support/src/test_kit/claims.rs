//! What must hold, judged at a moment of the story.

mod condition;
mod events;
mod moment;

pub(crate) use events::recipient;
pub(crate) use moment::{Moment, Replied, fold};

use super::cast::CallOf;
use super::plan::{Assertion, Claim, Expected, Parameter, SentenceKind, StateClaim};
use super::report::FailedClaim;
use super::troupe::{CodeClaim, Troupe};
use super::values::{self, evaluate, shown};
use crate::json::Json;
use crate::operators;
use crate::schema::Schema;

/// What became of a claim.
pub(crate) enum Verdict {
    /// It holds.
    Holds,
    /// It does not: what should have been and what was, in words.
    Fails(String, String),
    /// Nobody can say: it is bound to code that is not there.
    Pending,
}

impl Verdict {
    fn of(holds: bool, expected: impl FnOnce() -> String, actual: impl FnOnce() -> String) -> Self {
        if holds { Self::Holds } else { Self::Fails(expected(), actual()) }
    }
}

/// Judges one claim.
pub(crate) fn judge(assertion: &Assertion, moment: &Moment<'_>, troupe: &dyn Troupe) -> Verdict {
    match &assertion.claim {
        Claim::State { machine, claim, states } => moment.judge_state(*machine, *claim, states),
        Claim::Items { value, count } => {
            let value = evaluate(value, moment);
            let found = operators::json::count(&value);
            match count {
                None => Verdict::of(found > 0, || "at least one item".to_owned(), || items(found)),
                Some(count) => {
                    let count = evaluate(count, moment);
                    let holds = values::same(&Json::from(found), &count);
                    Verdict::of(holds, || format!("{} items", shown(&Schema::Json, &count)), || items(found))
                }
            }
        }
        Claim::Event(claim) => moment.judge_event(claim),
        Claim::Called { machine, sentence, negated, arguments } => {
            moment.judge_call(&Call { machine: *machine, sentence, negated: *negated, arguments })
        }
        Claim::Holds(condition) => {
            let holds = condition::holds(condition, moment);
            Verdict::of(holds, || condition::expected(condition, moment), || condition::found(condition, moment))
        }
        Claim::Code { name, arguments } => judge_code(assertion.machine, (name, arguments), moment, troupe),
    }
}

/// The report of a claim that does not hold.
pub(crate) fn failed(assertion: &Assertion, expected: String, actual: String, hint: Option<String>) -> FailedClaim {
    let place = assertion.place.clone();
    FailedClaim { text: place.text.clone(), place, expected, actual, hint }
}

fn items(count: i64) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{count} items") }
}

fn judge_code(
    machine: usize,
    (name, arguments): (&str, &[super::plan::Value]),
    moment: &Moment<'_>,
    troupe: &dyn Troupe,
) -> Verdict {
    let arguments: Vec<Json> = arguments.iter().map(|argument| evaluate(argument, moment)).collect();
    let nothing = Json::object([]);
    let seen = moment.seen(machine);
    let claim = CodeClaim {
        name,
        arguments: &arguments,
        machine: moment.machine_name(machine),
        state: seen.map(|seen| seen.state.as_str()),
        context: seen.map_or(&nothing, |seen| &seen.context),
    };
    match troupe.claim(&claim) {
        None => Verdict::Pending,
        Some(Ok(holds)) => Verdict::of(holds, || "true".to_owned(), || "false".to_owned()),
        Some(Err(error)) => Verdict::Fails("an answer of the code".to_owned(), error.to_string()),
    }
}

/// A claim about calls.
struct Call<'a> {
    machine: usize,
    sentence: &'a str,
    negated: bool,
    arguments: &'a [Expected],
}

impl Moment<'_> {
    fn judge_state(&self, machine: usize, claim: StateClaim, states: &[usize]) -> Verdict {
        let described = &self.description.machines[machine];
        let named =
            |state: &&str| states.iter().any(|at| described.states.get(*at).is_some_and(|of| of.name == **state));
        let now = self.state(machine);
        let been = self.states(machine);
        let holds = match claim {
            StateClaim::IsIn => named(&now),
            StateClaim::IsNotIn => !named(&now),
            StateClaim::HasEntered => been.iter().filter(|(entered, _)| *entered).any(|(_, state)| named(state)),
            StateClaim::HasBeenIn => been.iter().any(|(_, state)| named(state)),
            StateClaim::HasNeverBeenIn => !been.iter().any(|(_, state)| named(state)),
        };
        let list = states.iter().filter_map(|at| described.states.get(*at)).map(|state| format!("#{}", state.name));
        let list = list.collect::<Vec<_>>().join(", ");
        let expected = || match claim {
            StateClaim::IsIn => list.clone(),
            StateClaim::IsNotIn => format!("not {list}"),
            StateClaim::HasEntered | StateClaim::HasBeenIn => format!("{list} on the way"),
            StateClaim::HasNeverBeenIn => format!("{list} nowhere on the way"),
        };
        let way = || been.iter().map(|(_, state)| format!("#{state}")).collect::<Vec<_>>().join(", ");
        let actual = || match claim {
            StateClaim::IsIn | StateClaim::IsNotIn if self.seen(machine).is_none() => {
                format!("there is no {} yet, so it counts as in #{now}", described.name)
            }
            StateClaim::IsIn | StateClaim::IsNotIn => format!("#{now}"),
            StateClaim::HasEntered | StateClaim::HasBeenIn | StateClaim::HasNeverBeenIn => way(),
        };
        Verdict::of(holds, expected, actual)
    }

    fn judge_call(&self, call: &Call<'_>) -> Verdict {
        let machine = self.machine_name(call.machine);
        let sentence = self.script.sentence(machine, call.sentence);
        let text = sentence.map_or(call.sentence, |sentence| sentence.text.as_str());
        let parameters: &[Parameter] = sentence.map(|sentence| sentence.parameters.as_slice()).unwrap_or_default();
        let calls = self.calls.iter().filter(|made| {
            made.machine == machine && made.sentence == call.sentence && made.kind == SentenceKind::Action
        });
        let calls: Vec<_> = calls.collect();
        let wanted: Vec<(usize, Json)> = call
            .arguments
            .iter()
            .map(|expected| {
                let place = parameters.iter().position(|parameter| parameter.name == expected.name);
                (place.unwrap_or(usize::MAX), evaluate(&expected.value, self))
            })
            .collect();
        let fits = |arguments: &[Json]| {
            wanted.iter().all(|(place, value)| arguments.get(*place).is_some_and(|found| values::same(found, value)))
        };
        let made = calls.iter().any(|made| fits(&made.arguments));
        let pair = |(parameter, value): (&Parameter, &Json)| named(&parameter.name, &parameter.ty.schema(), value);
        let given = |made: &CallOf| with(parameters.iter().zip(&made.arguments).map(pair));
        let times = || match calls.as_slice() {
            [] => "it was not called".to_owned(),
            [once] => format!("it was called{}", given(once)),
            [.., last] => format!("it was called {} times, last{}", calls.len(), given(last)),
        };
        let expected = || {
            let not = if call.negated { "no" } else { "a" };
            let wanted = wanted.iter().filter_map(|(place, value)| Some(pair((parameters.get(*place)?, value))));
            format!("{not} call of `{text}`{}", with(wanted))
        };
        Verdict::of(made != call.negated, expected, times)
    }
}

/// A value with its name, as it is shown behind a call or an event.
fn named(name: &str, schema: &Schema, value: &Json) -> String {
    format!("{name}: {}", shown(schema, value))
}

/// What stands behind a call or an event.
fn with(pairs: impl Iterator<Item = String>) -> String {
    let pairs = pairs.collect::<Vec<_>>().join(", ");
    if pairs.is_empty() { String::new() } else { format!(" with {pairs}") }
}
