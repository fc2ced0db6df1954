//! What happens in a test: taken down as lines for people, and as what was reached.

use std::sync::{Mutex, PoisonError};

use eventflow::test_kit::observe::{SentenceKind, TurnEnd};
use eventflow::test_kit::{Observer, Trace};

use super::coverage::Seen;

/// Takes down what happens in one test.
pub(super) struct Notes {
    lines: bool,
    taken: Mutex<(Vec<String>, Seen)>,
}

impl Notes {
    /// Takes down what is reached, and lines for people if they are asked for.
    pub(super) fn new(lines: bool) -> Self {
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
        if self.lines {
            taken.0.push(line(trace));
        }
    }
}

fn line(trace: &Trace<'_>) -> String {
    match trace {
        Trace::Turn { machine, event, payload, state, place, .. } => {
            format!("@{machine} in #{state} gets :{event} {payload} ({place})")
        }
        Trace::Arm { place, passed, .. } => format!("  guard at {place}: {}", if *passed { "passes" } else { "no" }),
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
