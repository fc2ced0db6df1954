//! A compiled system, ready to be started: its description, its machines, its ports.
//!
//! Generated code makes [`Parts`]; whatever is a [`Host`] starts them. The engine is one, but nothing here needs it, so
//! that a crate of machines builds without it.

use crate::description::{MachineDescription, SystemDescription};
use crate::dynamic::{BoxFuture, DynMachine, DynPort, Instance};
use crate::machine::{DecideAsync, Machine};
use crate::request::{Dispatcher, Refusal};
use crate::typed::{Recorded, Typed, seen};
use core::fmt;
use std::sync::Arc;

/// What a system consists of.
pub struct Parts {
    /// What it is.
    pub description: SystemDescription,
    /// The machines, in the order of the description.
    pub machines: Vec<Arc<dyn DynMachine>>,
    /// The ways to the external actors, in the order of the description.
    pub ports: Vec<Arc<dyn DynPort>>,
}

impl Parts {
    /// A system without machines and ports as yet: they are added in the order of the description.
    #[must_use]
    pub const fn new(description: SystemDescription) -> Parts {
        Parts { description, machines: Vec::new(), ports: Vec::new() }
    }

    /// Adds a generated machine.
    #[must_use]
    pub fn machine<D: DecideAsync>(mut self, decider: D, description: &'static MachineDescription) -> Parts
    where
        D::Machine: Recorded,
    {
        self.machines.push(Arc::new(Typed::new(decider, description)));
        self
    }

    /// Adds the way to an external actor.
    #[must_use]
    pub fn port(mut self, port: impl DynPort) -> Parts {
        self.ports.push(Arc::new(port));
        self
    }
}

/// What a system can be started on: a store, or a store with a clock and ids of one's own.
#[diagnostic::on_unimplemented(
    message = "a system cannot be started on `{Self}`",
    note = "it is started on a store (`MemoryStore`, `SqliteStore`), or on an `engine::Setup` (feature `engine`)"
)]
pub trait Host {
    /// The system at work.
    type Running: Dispatcher + Instances;

    /// Starts a system.
    fn start(self, parts: Parts) -> Self::Running;
}

/// Whoever can show an instance as its records make it.
pub trait Instances: Send + Sync {
    /// The instance of a machine with this id, key or further name.
    fn instance<'a>(&'a self, machine: &'a str, id: &'a str) -> BoxFuture<'a, Result<Box<dyn Instance>, Refusal>>;
}

/// An instance of a generated machine, as its records make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<M: Machine> {
    /// Where it is.
    pub state: M::State,
    /// What it remembers.
    pub context: M::Context,
}

/// An instance on its way: awaiting it loads it. It is refused where there is no such instance.
pub type Shown<'a, M> = BoxFuture<'a, Result<Seen<M>, Refusal>>;

/// Shows an instance by its id, the key alone, or a further name of it. Generated systems say this.
pub fn show<M: Recorded>(engine: &impl Instances, id: impl fmt::Display) -> Shown<'_, M> {
    let id = id.to_string();
    Box::pin(async move {
        let instance = engine.instance(M::NAME, &id).await?;
        seen(&*instance).map_err(Refusal::Failed)
    })
}
