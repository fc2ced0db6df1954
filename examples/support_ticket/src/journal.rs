//! What is said at the desk, with the time at which it is said.

use core::fmt;
use eventflow::ManualClock;
use eventflow::runtime::Clock as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The lines of a day. Everybody at the desk writes into the same one.
#[derive(Clone)]
pub struct Journal {
    clock: Arc<ManualClock>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Journal {
    /// An empty one that takes the time from `clock`.
    #[must_use]
    pub fn new(clock: Arc<ManualClock>) -> Journal {
        Journal { clock, lines: Arc::default() }
    }

    /// Writes down who says what.
    pub fn note(&self, who: &str, what: impl fmt::Display) {
        let now = self.clock.now().to_string();
        // A time reads `2026-03-02T08:05:00.000000Z`, and a day needs hours and minutes.
        let time = now.get(11..16).unwrap_or(&now);
        self.open().push(format!("{time}  {who:<11} {what}"));
    }

    /// All lines so far.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.open().clone()
    }

    fn open(&self) -> MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
