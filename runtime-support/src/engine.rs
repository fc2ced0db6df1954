//! The engine: one turn loop for every way in.
//!
//! A message is placed, decided and committed in one atomic step; what it sends goes out after the commit, from what
//! was committed. The engine knows machines only as [`DynMachine`], and reads no clock, draws no id, spawns and sleeps
//! only through what it is given.

mod accept;
mod address;
mod broadcast;
mod call;
mod cascade;
mod deliver;
mod effects;
mod emits;
mod handle;
mod holding;
mod identity;
mod inspect;
mod lanes;
mod message;
mod outcome;
mod payload;
#[cfg(feature = "test-kit")]
pub(crate) mod played;
mod requests;
mod run;
pub(crate) mod selection;
mod setup;
mod snapshot;
mod stage;
mod turn;
mod work;
mod working;

use crate::description::{HandlerDescription, SystemDescription};
use crate::dynamic::{DynMachine, DynPort};
use crate::runtime::{Clock, Ids, Runtime};
use crate::store::{Store, StoreError, WorkerId};
use crate::system::Parts;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use lanes::Lanes;
use std::sync::Arc;

pub use inspect::{DeadMessage, InstanceView, RequestStatus};
pub use setup::{Options, Setup};

/// Runs a system on a store. Clones share everything.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) system: SystemDescription,
    pub(crate) machines: Vec<Arc<dyn DynMachine>>,
    pub(crate) ports: Vec<Arc<dyn DynPort>>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) options: Options,
    /// What the names of this engine's workers begin with.
    pub(crate) name: String,
    pub(crate) workers: AtomicU64,
    pub(crate) lanes: Lanes,
}

/// Parts that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    what: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl core::error::Error for Misfit {}

impl Engine {
    /// An engine that runs a system.
    ///
    /// # Errors
    /// If the machines or ports are not those of the description.
    pub fn new(setup: Setup, parts: Parts) -> Result<Self, Misfit> {
        let Setup { store, runtime, clock, ids, options } = setup;
        let Parts { description: system, machines, ports } = parts;
        check_machines(&system, &machines)?;
        if ports.len() != system.actors.len() {
            let what = format!("{} ports for {} external actors", ports.len(), system.actors.len());
            return Err(Misfit { what });
        }
        let (name, workers, lanes) = (ids.uuid(), AtomicU64::new(0), Lanes::default());
        let inner = Inner { system, machines, ports, store, runtime, clock, ids, options, name, workers, lanes };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The system that it runs.
    #[must_use]
    pub fn system(&self) -> &SystemDescription {
        &self.inner.system
    }

    /// Takes the next message that can be taken and does what it asks for; false if there was none.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn work_once(&self) -> Result<bool, StoreError> {
        self.inner.work_once().await
    }

    /// Works until nothing can be taken now, and returns how many messages that were.
    ///
    /// # Errors
    /// If the store cannot be asked.
    pub async fn run_until_idle(&self) -> Result<usize, StoreError> {
        let mut worked = 0;
        while self.inner.work_once().await? {
            worked += 1;
        }
        Ok(worked)
    }
}

impl Inner {
    /// A worker for one message and all that follows from it: what it holds, it handles in order.
    pub(crate) fn worker(&self) -> WorkerId {
        WorkerId(format!("{}.{}", self.name, self.workers.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn handler(&self, machine: usize, handler: usize) -> &HandlerDescription {
        &self.system.machines[machine].handlers[handler]
    }
}

fn check_machines(system: &SystemDescription, machines: &[Arc<dyn DynMachine>]) -> Result<(), Misfit> {
    if machines.len() != system.machines.len() {
        let what = format!("{} machines for a system of {}", machines.len(), system.machines.len());
        return Err(Misfit { what });
    }
    for (described, machine) in system.machines.iter().zip(machines) {
        let name = &machine.description().name;
        if *name != described.name {
            return Err(Misfit { what: format!("`@{name}` stands where `@{}` is meant", described.name) });
        }
    }
    Ok(())
}
