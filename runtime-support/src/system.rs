//! A compiled system, ready to be started: its description, its machines, its ports.
//!
//! Generated code makes [`Parts`]; whatever is a [`Host`] starts them. The engine is one, but nothing here needs it, so
//! that a crate of machines builds without it.

use crate::description::SystemDescription;
use crate::dynamic::{BoxFuture, DynMachine, DynPort, Instance};
use crate::request::{Dispatcher, Refusal};
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
