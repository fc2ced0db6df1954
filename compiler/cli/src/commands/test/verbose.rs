//! What happens in a test: taken down as lines for people, and as what was reached.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use eventflow::Json;
use eventflow::test_kit::observe::{SentenceKind, TurnEnd};
use eventflow::test_kit::{Observer, Trace};

use eventflowc::ir::StatementKind;
use eventflowc::resolve::Resolved;
use eventflowc::source::Sources;

use super::coverage::Seen;

/// The conditions of a unit as the flows word them, by machine and then by place.
pub(super) type Guards = BTreeMap<String, BTreeMap<String, String>>;

/// The conditions of a unit.
pub(super) fn guards(resolved: &Resolved, sources: &Sources) -> Arc<Guards> {
    let mut guards = Guards::new();
    for machine in &resolved.system.machines {
        let of_machine = guards.entry(machine.name.clone()).or_default();
        machine.each_statement(&mut |statement| {
            let StatementKind::Branch(arms) = &statement.kind else { return };
            let mut add = |origin| {
                let origin = resolved.origins.get(origin);
                of_machine.insert(sources.place(origin.span), origin.text.clone());
            };
            for arm in arms {
                match &arm.condition {
                    Some(condition) => condition.each_guard(&mut |origin, _| add(origin)),
                    None => add(arm.origin),
                }
            }
        });
    }
    Arc::new(guards)
}

/// Takes down what happens in one test.
pub(super) struct Notes {
    /// What lines say of guards; none: nobody asks for lines.
    lines: Option<Arc<Guards>>,
    taken: Mutex<(Vec<String>, Seen)>,
}

impl Notes {
    /// Takes down what is reached, and lines for people if they are asked for.
    pub(super) fn new(lines: Option<Arc<Guards>>) -> Self {
        Self { lines, taken: Mutex::default() }
    }

    /// What was taken down.
    pub(super) fn taken(&self) -> (Vec<String>, Seen) {
        std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for Notes {
    fn notice(&self, trace: &Trace<'_>) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.1.notice(trace);
        if let Some(guards) = &self.lines {
            taken.0.push(line(trace, guards));
        }
    }
}

/// What a guard read: `, $total is 12.5, $coupon is unset`.
fn read(values: &[(String, Json)]) -> String {
    let mut text = String::new();
    for (words, value) in values {
        let _ = match value {
            Json::Null => write!(text, ", {words} is unset"),
            value => write!(text, ", {words} is {value}"),
        };
    }
    text
}

fn line(trace: &Trace<'_>, guards: &Guards) -> String {
    match trace {
        Trace::Turn { machine, event, payload, state, place, .. } => {
            format!("@{machine} in #{state} gets :{event} {payload} ({place})")
        }
        Trace::Guard { machine, place, passed, values } => {
            let known = guards.get(*machine).and_then(|of_machine| of_machine.get(*place));
            let text = known.map_or("?", String::as_str);
            let passes = if *passed { "passes" } else { "does not pass" };
            format!("  {text}: {passes}{} ({place})", read(values))
        }
        Trace::Sentence { kind, sentence, arguments, answer, .. } => {
            let arguments = arguments.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let kind = match kind {
                SentenceKind::Guard => "asks",
                SentenceKind::Action => "does",
                SentenceKind::Transformer => "makes",
                SentenceKind::Rule => "checks",
            };
            match answer {
                Ok(answer) => format!("  {kind} {sentence}({arguments}): {answer}"),
                Err(why) => format!("  {kind} {sentence}({arguments}): fails, {why}"),
            }
        }
        Trace::Moved { from, to, .. } => format!("  moves from #{from} to #{to}"),
        Trace::Emitted { to, event, payload, .. } => format!("  emits :{event} to @{to} {payload}"),
        Trace::Armed { event, due, .. } => format!("  schedules :{event} for {due}"),
        Trace::Disarmed { event, .. } => format!("  cancels :{event}"),
        Trace::Ended { end: TurnEnd::Handled, .. } => "  handled".to_owned(),
        Trace::Ended { end: TurnEnd::Ignored, .. } => "  ignored: no guard passes".to_owned(),
        Trace::Ended { end: TurnEnd::Failed(why), .. } => format!("  failed: {why}"),
    }
}
