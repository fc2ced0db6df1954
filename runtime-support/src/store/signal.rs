//! How a store tells those who wait that there may be something to take.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Wakes everybody who began to listen before it was raised.
#[derive(Clone, Default)]
pub(super) struct Signal(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    raised: u64,
    waiting: Vec<Waker>,
}

impl Signal {
    /// Completes those who listen now.
    pub(super) fn raise(&self) {
        let waiting = {
            let mut state = self.state();
            state.raised += 1;
            core::mem::take(&mut state.waiting)
        };
        // Outside the lock: a waker may run the task at once, and the task may listen again.
        for waker in waiting {
            waker.wake();
        }
    }

    /// Completes with the next raise; what is raised between this call and the first poll is not missed.
    pub(super) fn listen(&self) -> Listening {
        Listening { signal: self.clone(), raised: self.state().raised }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way, so that a poisoned lock guards a whole state.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a [`Signal`].
pub(super) struct Listening {
    signal: Signal,
    raised: u64,
}

impl Future for Listening {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.signal.state();
        if state.raised != self.raised {
            return Poll::Ready(());
        }
        if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
            state.waiting.push(context.waker().clone());
        }
        Poll::Pending
    }
}
