//! A runtime of plain threads: for programs without an asynchronous one, and for tests.

use super::Runtime;
use crate::dynamic::BoxFuture;
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::thread::{self, Thread};
use std::time::Instant;

/// Runs each task on a thread of its own, and waits with one thread for all.
#[derive(Clone, Debug)]
pub struct Threads {
    timers: Arc<Timers>,
}

/// Runs a future to its end on this thread.
///
/// ```
/// assert_eq!(eventflow::runtime::block_on(async { 1 + 1 }), 2);
/// ```
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

impl Threads {
    /// A runtime; its thread for waiting begins with the first wait and ends with the last handle.
    #[must_use]
    pub fn new() -> Self {
        Self { timers: Arc::new(Timers::default()) }
    }
}

impl Default for Threads {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for Threads {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        thread::spawn(|| block_on(task));
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let due = Instant::now().checked_add(time);
        Box::pin(Sleep { timers: self.timers.clone(), due, ticket: None })
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[derive(Debug, Default)]
struct Timers {
    table: Mutex<Table>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Table {
    waiting: BTreeMap<(Instant, u64), Waker>,
    tickets: u64,
    is_running: bool,
}

impl Timers {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes who is due until nobody waits any more.
    fn run(&self) {
        let mut table = self.table();
        while let Some((&(due, _), _)) = table.waiting.first_key_value() {
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                if let Some((_, waker)) = table.waiting.pop_first() {
                    drop(table);
                    waker.wake();
                    table = self.table();
                }
            } else {
                table = self.changed.wait_timeout(table, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
        table.is_running = false;
    }
}

/// A wait; a time that no clock reaches never ends.
struct Sleep {
    timers: Arc<Timers>,
    due: Option<Instant>,
    ticket: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Some(due) = self.due else { return Poll::Pending };
        if due <= Instant::now() {
            return Poll::Ready(());
        }
        let timers = self.timers.clone();
        let mut table = timers.table();
        let ticket = *self.ticket.get_or_insert_with(|| {
            table.tickets += 1;
            table.tickets
        });
        table.waiting.insert((due, ticket), context.waker().clone());
        if table.is_running {
            timers.changed.notify_one();
        } else {
            table.is_running = true;
            let timers = timers.clone();
            thread::spawn(move || timers.run());
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let (Some(due), Some(ticket)) = (self.due, self.ticket) {
            self.timers.table().waiting.remove(&(due, ticket));
            self.timers.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn waits_end_in_the_order_of_their_times() {
        let threads = Threads::new();
        let (ended, order) = mpsc::channel();
        for milliseconds in [60, 1, 30] {
            let (ended, sleep) = (ended.clone(), threads.sleep(Duration::from_millis(milliseconds)));
            threads.spawn(Box::pin(async move {
                sleep.await;
                ended.send(milliseconds).expect("the test listens");
            }));
        }
        drop(ended);
        assert_eq!(order.iter().collect::<Vec<_>>(), [1, 30, 60]);
    }

    #[test]
    fn a_wait_that_is_given_up_is_forgotten() {
        let threads = Threads::new();
        let mut sleep = threads.sleep(Duration::from_secs(3_600));
        assert!(sleep.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert_eq!(threads.timers.table().waiting.len(), 1);
        drop(sleep);
        assert!(threads.timers.table().waiting.is_empty());
        block_on(threads.sleep(Duration::ZERO));
    }
}
