//! The worker loop, on the runtime that the engine was given.

use super::{Engine, Inner};
use crate::dynamic::BoxFuture;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;

impl Engine {
    /// Works until told to stop. Each call is one worker; several may run at once. A message that is being handled when
    /// `stop` completes is handled to its end.
    pub async fn run(&self, stop: impl Future<Output = ()> + Send) {
        let mut stop = pin!(stop);
        loop {
            if poll_fn(|context| Poll::Ready(stop.as_mut().poll(context).is_ready())).await {
                return;
            }
            if matches!(self.inner.work_once().await, Ok(true)) {
                continue;
            }
            let mut wait = self.inner.runtime.sleep(self.inner.idle_time().await);
            let mut wake: BoxFuture<'_, ()> = self.inner.store.wake(&[]);
            let stopped = poll_fn(|context| {
                if stop.as_mut().poll(context).is_ready() {
                    return Poll::Ready(true);
                }
                let something = wait.as_mut().poll(context).is_ready() || wake.as_mut().poll(context).is_ready();
                if something { Poll::Ready(false) } else { Poll::Pending }
            });
            if stopped.await {
                return;
            }
        }
    }
}

impl Inner {
    /// How long nothing is to be expected but what wakes the worker.
    async fn idle_time(&self) -> Duration {
        let poll = self.options.poll;
        let Ok(Some(due)) = self.store.next_due().await else { return poll };
        let micros = due.since(self.clock.now()).as_micros();
        Duration::from_micros(u64::try_from(micros).unwrap_or_default()).clamp(Duration::from_millis(1), poll)
    }
}
