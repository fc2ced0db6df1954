//! What an engine is set up with, and how a system is started on it.

use super::{Engine, Misfit};
use crate::runtime::{Clock, Ids, Runtime, Threads};
use crate::sources::{SystemClock, SystemIds};
use crate::store::{MemoryStore, Store};
use crate::system::{Host, Parts};
use core::num::NonZeroU64;
use core::time::Duration;
use std::sync::Arc;

/// What an engine needs beside the system that it runs.
#[derive(Clone)]
pub struct Setup {
    /// What keeps everything.
    pub store: Arc<dyn Store>,
    /// What spawns and sleeps.
    pub runtime: Arc<dyn Runtime>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: Arc<dyn Ids>,
    /// What can be set.
    pub options: Options,
}

/// What can be set about an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long the answer to a request waits for the messages between machines that follow from it.
    pub cascade_wait: Duration,
    /// How many turns may follow from one another within a request.
    pub longest_cascade: usize,
    /// How long a message is given to one worker.
    pub lease: Duration,
    /// How long a worker that found nothing waits before it looks again, if nothing wakes it.
    pub poll: Duration,
    /// After how many records an instance is kept whole, so that those before need not be read; none: never.
    pub snapshot_every: Option<NonZeroU64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cascade_wait: Duration::from_secs(10),
            longest_cascade: 1_000,
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            snapshot_every: NonZeroU64::new(100),
        }
    }
}

impl Setup {
    /// A store, with the computer's clock and randomness, and threads for what is not waited for.
    ///
    /// # Errors
    /// If the operating system has no randomness to give.
    pub fn new(store: Arc<dyn Store>) -> std::io::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids = Arc::new(SystemIds::new(clock.clone())?);
        Ok(Self { store, runtime: Arc::new(Threads::new()), clock, ids, options: Options::default() })
    }

    /// Starts a system.
    ///
    /// # Errors
    /// If its machines or ports are not those of its description, which generated parts always are.
    pub fn try_start(self, parts: Parts) -> Result<Engine, Misfit> {
        Engine::new(self, parts)
    }
}

impl Host for Setup {
    type Running = Engine;

    /// # Panics
    /// If the machines or ports are not those of the description; [`Setup::try_start`] says so without a panic.
    fn start(self, parts: Parts) -> Engine {
        self.try_start(parts).expect("the parts of a system are those of its description")
    }
}

impl Host for Arc<dyn Store> {
    type Running = Engine;

    /// # Panics
    /// If the operating system has no randomness to give, or the parts do not fit; see [`Setup`].
    fn start(self, parts: Parts) -> Engine {
        Setup::new(self).expect("the operating system gives randomness").start(parts)
    }
}

#[cfg(feature = "sqlite")]
impl Host for crate::store::SqliteStore {
    type Running = Engine;

    /// # Panics
    /// If the operating system has no randomness to give, or the parts do not fit; see [`Setup`].
    fn start(self, parts: Parts) -> Engine {
        let store: Arc<dyn Store> = Arc::new(self);
        store.start(parts)
    }
}

impl Host for MemoryStore {
    type Running = Engine;

    /// # Panics
    /// If the operating system has no randomness to give, or the parts do not fit; see [`Setup`].
    fn start(self, parts: Parts) -> Engine {
        let store: Arc<dyn Store> = Arc::new(self);
        store.start(parts)
    }
}
