//! The test kit: runs test plans on any machines, interpreted or generated, and gives tests written in Rust the same stage.
//!
//! A plan ([`plan::TestPlan`]) says what happens and what must hold; a [`Troupe`] makes the machines, with a [`Cast`]
//! behind their sentences; [`run`] tells one story on an engine, a clock and a store of its own and returns what came of
//! it as data ([`TestReport`]). Nothing here reads the real time but to say how long a step took.

pub mod cast;
mod check;
mod claims;
pub mod observe;
mod partners;
pub mod plan;
pub mod report;
mod runtime;
mod samples;
mod stage;
mod transcript;
pub mod trial;
pub mod troupe;
mod values;
mod walk;
mod watch;
mod written;

pub use cast::{Acted, Asked, Cast};
pub use check::{check, check_all};
pub use observe::{Observer, Trace};
pub use plan::TestPlan;
pub use report::TestReport;
pub use trial::{TestHost, Trial};
pub use troupe::{CodeClaim, Troupe};
pub use walk::run;
pub use written::WrittenPlan;

use crate::duration::Duration;
use crate::timestamp::Timestamp;
use core::fmt;
use std::sync::Arc;

/// What can be set about a run.
#[derive(Clone)]
pub struct Options {
    /// Whether what is assumed, and what is pending, fails a test.
    pub strict: bool,
    /// What ids follow from.
    pub seed: u64,
    /// When the story begins.
    pub start: Timestamp,
    /// After how many turns a test that does not come to rest is stopped.
    pub turns: usize,
    /// How far the clock may move.
    pub time: Duration,
    /// Who is told what happens while it happens.
    pub observer: Option<Arc<dyn Observer>>,
}

impl Default for Options {
    /// Nothing strict, nobody told; 1,000 turns and 100 years are the most, from 2026-01-01 09:00 UTC.
    fn default() -> Self {
        Self {
            strict: false,
            seed: 1,
            start: Timestamp::from_micros(1_767_258_000_000_000).unwrap_or_default(),
            turns: 1_000,
            time: Duration::from_days(36_525),
            observer: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { strict, seed, start, turns, time, observer } = self;
        f.debug_struct("Options")
            .field("strict", strict)
            .field("seed", seed)
            .field("start", start)
            .field("turns", turns)
            .field("time", time)
            .field("observed", &observer.is_some())
            .finish()
    }
}
