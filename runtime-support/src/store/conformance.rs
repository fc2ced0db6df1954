//! What every store must do, as cases that anybody can run against a store of their own.
//!
//! ```
//! use std::sync::Arc;
//! use eventflow::store::conformance::{self, Bench};
//! use eventflow::store::{MemoryStore, Store};
//! use eventflow::{Duration, ManualClock, Timestamp};
//!
//! struct InMemory(Arc<ManualClock>);
//!
//! impl Bench for InMemory {
//!     fn store(&self) -> Arc<dyn Store> {
//!         Arc::new(MemoryStore::new(self.0.clone()))
//!     }
//!
//!     fn pass(&self, time: Duration) {
//!         self.0.advance(time);
//!     }
//! }
//!
//! conformance::check(&InMemory(Arc::new(ManualClock::new(Timestamp::EPOCH))));
//! ```
//!
//! That what was acknowledged survives a crash cannot be shown from within the process; it is for each store to show.

mod commits;
mod dead_letters;
mod deliveries;
mod lanes;
mod polling;
mod questions;
mod sample;

pub use self::polling::{block_on, join};

use std::sync::Arc;

use super::Store;
use crate::duration::Duration;
use crate::dynamic::BoxFuture;

/// Where stores are tried.
pub trait Bench: Sync {
    /// A new, empty store.
    fn store(&self) -> Arc<dyn Store>;

    /// Lets the time pass by which the stores judge leases and due messages.
    fn pass(&self, time: Duration);
}

/// One thing that must hold.
#[derive(Clone, Copy)]
pub struct Case {
    /// What holds.
    pub name: &'static str,
    run: for<'a> fn(&'a dyn Bench) -> BoxFuture<'a, ()>,
}

impl Case {
    /// Checks that it holds.
    ///
    /// # Panics
    /// If it does not.
    pub fn check(&self, bench: &dyn Bench) {
        block_on((self.run)(bench));
    }
}

/// All cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let parts = [commits::CASES, lanes::CASES, deliveries::CASES, dead_letters::CASES, questions::CASES];
    parts.concat()
}

/// Checks that all cases hold.
///
/// # Panics
/// If one does not, with its name and what was found.
pub fn check(bench: &dyn Bench) {
    let broken: Vec<&str> = cases().iter().filter(|case| !holds(case, bench)).map(|case| case.name).collect();
    assert!(broken.is_empty(), "the store breaks its contract: {broken:#?}");
}

/// The panic itself tells what was found; here it is only counted, so that all cases are tried.
fn holds(case: &Case, bench: &dyn Bench) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case.check(bench))).is_ok()
}
