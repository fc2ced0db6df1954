//! The runtime of programs that run on tokio.

use super::Runtime;
use crate::dynamic::BoxFuture;
use core::time::Duration;
use tokio::runtime::{Handle, TryCurrentError};

/// Runs tasks and waits on a tokio runtime, whose time must be enabled.
#[derive(Clone, Debug)]
pub struct Tokio {
    handle: Handle,
}

impl Tokio {
    /// On a runtime.
    #[must_use]
    pub const fn on(handle: Handle) -> Self {
        Self { handle }
    }

    /// On the runtime that this code runs on.
    ///
    /// # Errors
    /// If it runs on none.
    pub fn current() -> Result<Self, TryCurrentError> {
        Handle::try_current().map(Self::on)
    }
}

impl Runtime for Tokio {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        drop(self.handle.spawn(task));
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let _entered = self.handle.enter();
        Box::pin(tokio::time::sleep(time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn tasks_run_and_waits_end_also_when_begun_from_elsewhere() {
        assert!(Tokio::current().is_err());
        let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build();
        let tokio = tokio.expect("a runtime can be made");
        let runtime = Tokio::on(tokio.handle().clone());
        let (ended, wait) = mpsc::channel();
        let sleep = runtime.sleep(Duration::from_millis(1));
        runtime.spawn(Box::pin(async move {
            sleep.await;
            ended.send(Tokio::current().is_ok()).expect("the test listens");
        }));
        assert_eq!(wait.recv(), Ok(true));
    }
}
