//! What the engine does not do by itself: it is given its clock, its ids and a runtime that spawns and sleeps.
//!
//! On a simulated runtime, with a simulated clock and counted ids, everything the engine does is a function of its
//! inputs; that is why none of it reaches for the real ones.

mod threads;
#[cfg(feature = "tokio")]
mod tokio;

use crate::dynamic::{BoxFuture, Random};
use crate::timestamp::Timestamp;
use core::time::Duration;

pub use self::threads::{Threads, block_on};
#[cfg(feature = "tokio")]
pub use self::tokio::Tokio;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Where fresh ids come from: uuids (version 7), and bits that nobody can guess.
pub trait Ids: Random + 'static {
    /// 128 fresh bits, for a request that brings no idempotency key.
    fn bits(&self) -> u128;
}

/// What runs tasks and waits.
pub trait Runtime: Send + Sync + 'static {
    /// Runs a task to its end, beside the caller.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// Completes after a time.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
}
