//! Leases are prolonged while their messages are worked on, so that a slow action or port is not taken for a dead worker.

use super::Inner;
use crate::store::Lease;
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

impl Inner {
    /// Works on a message and prolongs its lease until the work is done.
    pub(crate) async fn holding<T>(&self, lease: &Lease, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            let mut tick = self.runtime.sleep(self.options.lease / 3);
            let done = poll_fn(|context| match work.as_mut().poll(context) {
                Poll::Ready(value) => Poll::Ready(Some(value)),
                Poll::Pending => tick.as_mut().poll(context).map(|()| None),
            });
            if let Some(value) = done.await {
                return value;
            }
            // Whether it could be prolonged makes no difference here: the commit finds out if the lease is lost.
            drop(self.store.renew(lease, self.options.lease).await);
            yield_once().await;
        }
    }
}

/// Lets others have a look before it goes on, also where a sleep takes no time at all.
async fn yield_once() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
