//! Watching a test while it runs: for `--verbose`, for coverage, for a debugger.

use crate::json::Json;
use crate::timestamp::Timestamp;

/// Whoever watches.
pub trait Observer: Send + Sync {
    /// Takes notice of something that happens. It is called in the order of what happens, on the thread of the test.
    fn notice(&self, trace: &Trace<'_>);
}

/// Something that happens. Machines, events and states are named without their sigils; places are those of the
/// description: `order.flow:17`.
#[derive(Clone, Debug)]
pub enum Trace<'a> {
    /// A turn begins; calls of other machines make turns within turns.
    Turn {
        /// The machine.
        machine: &'a str,
        /// Which instance.
        instance: &'a str,
        /// The handler, by position in the description.
        handler: usize,
        /// Where it stands.
        place: &'a str,
        /// The event.
        event: &'a str,
        /// What it carries.
        payload: &'a Json,
        /// The state before the turn.
        state: &'a str,
    },
    /// A guard was asked, or an `otherwise` was reached, which always passes. Only the interpreter tells.
    Guard {
        /// The machine.
        machine: &'a str,
        /// Where it stands.
        place: &'a str,
        /// Whether it passes.
        passed: bool,
        /// What it read, as the flow writes it: `$total`, `$item.price`, `current_state`; null: it is unset.
        values: &'a [(String, Json)],
    },
    /// A free text was asked of code.
    Sentence {
        /// The machine.
        machine: &'a str,
        /// What is asked.
        kind: SentenceKind,
        /// The sentence's method.
        sentence: &'a str,
        /// The values of its parameters, in order, as [`Json::of`] makes them: a number is a number.
        arguments: &'a [Json],
        /// What it answered: of a guard and a rule yes or no, of others their value.
        answer: Result<&'a Json, &'a str>,
    },
    /// A turn moved the instance.
    Moved {
        /// The machine.
        machine: &'a str,
        /// From this state.
        from: &'a str,
        /// To this one.
        to: &'a str,
    },
    /// A turn sends something.
    Emitted {
        /// The machine.
        machine: &'a str,
        /// To whom: a machine, an actor; empty for whoever was promised it.
        to: &'a str,
        /// The event.
        event: &'a str,
        /// What it carries, as JSON text.
        payload: &'a str,
    },
    /// A turn arms a timer.
    Armed {
        /// The machine.
        machine: &'a str,
        /// The event that it brings.
        event: &'a str,
        /// When.
        due: Timestamp,
    },
    /// A turn disarms the timers of an event.
    Disarmed {
        /// The machine.
        machine: &'a str,
        /// The event.
        event: &'a str,
    },
    /// A turn ends.
    Ended {
        /// The machine.
        machine: &'a str,
        /// The handler, by position in the description.
        handler: usize,
        /// What came of it.
        end: TurnEnd<'a>,
    },
}

pub use super::plan::SentenceKind;

/// What came of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnEnd<'a> {
    /// Something was decided.
    Handled,
    /// Guards let nothing run.
    Ignored,
    /// Nothing of it is kept.
    Failed(&'a str),
}
