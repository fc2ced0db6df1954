//! A runtime of one thread on which no time passes: whoever sleeps sleeps on, and what is spawned runs in turn.

use crate::dynamic::BoxFuture;
use crate::runtime::Runtime;
use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::thread::{self, Thread};
use std::time::Duration;

/// How long code that waits for something real is waited for before a sleeper is woken instead.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs what it is given on the thread that asks.
#[derive(Default)]
pub(crate) struct VirtualRuntime {
    tasks: Mutex<Vec<BoxFuture<'static, ()>>>,
    sleepers: Arc<Mutex<Sleepers>>,
}

/// Who sleeps, by the time left; of two with one time, the earlier first.
#[derive(Default)]
struct Sleepers {
    asleep: Vec<(Duration, u64)>,
    tickets: u64,
}

impl Runtime for VirtualRuntime {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        lock(&self.tasks).push(task);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Sleep { sleepers: Arc::clone(&self.sleepers), time, ticket: None })
    }
}

impl VirtualRuntime {
    /// Runs a future to its end, and what is spawned meanwhile as far as it goes.
    ///
    /// A future that waits for a real thing, such as an answer from another thread, is waited for. If nothing happens
    /// for a second, the sleeper with the least time left wakes: so one that waits for itself comes to an end.
    pub(crate) fn finish<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let bell = Arc::new(Bell { thread: thread::current(), rung: AtomicBool::new(false) });
        let waker = Waker::from(Arc::clone(&bell));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
                return value;
            }
            let ran = self.run_tasks(&mut context);
            if ran || bell.rung.swap(false, Ordering::SeqCst) {
                continue;
            }
            thread::park_timeout(PATIENCE);
            if !bell.rung.swap(false, Ordering::SeqCst) {
                self.wake_one();
            }
        }
    }

    /// Polls what was spawned; true if something came to its end.
    fn run_tasks(&self, context: &mut Context<'_>) -> bool {
        let mut tasks = std::mem::take(&mut *lock(&self.tasks));
        let before = tasks.len();
        tasks.retain_mut(|task| task.as_mut().poll(context).is_pending());
        let ended = tasks.len() < before;
        lock(&self.tasks).append(&mut tasks);
        ended
    }

    fn wake_one(&self) {
        let mut sleepers = lock(&self.sleepers);
        let next = sleepers.asleep.iter().enumerate().min_by_key(|(_, sleeper)| **sleeper).map(|(place, _)| place);
        if let Some(place) = next {
            sleepers.asleep.remove(place);
        }
    }
}

/// Remembers that somebody has something to do, and wakes the thread.
struct Bell {
    thread: Thread,
    rung: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// Sleeps until it is woken; time alone does not wake it.
struct Sleep {
    sleepers: Arc<Mutex<Sleepers>>,
    time: Duration,
    ticket: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: core::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let sleepers = Arc::clone(&self.sleepers);
        let mut sleepers = lock(&sleepers);
        match self.ticket {
            Some(ticket) if sleepers.asleep.iter().any(|(_, asleep)| *asleep == ticket) => Poll::Pending,
            Some(_) => Poll::Ready(()),
            None => {
                sleepers.tickets += 1;
                self.ticket = Some(sleepers.tickets);
                let sleeper = (self.time, sleepers.tickets);
                sleepers.asleep.push(sleeper);
                Poll::Pending
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            lock(&self.sleepers).asleep.retain(|(_, asleep)| *asleep != ticket);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn what_is_spawned_runs_beside_what_is_asked_for() {
        let runtime = VirtualRuntime::default();
        let (said, heard) = mpsc::channel();
        runtime.spawn(Box::pin(async move { said.send(1).expect("the test listens") }));
        let seen = runtime.finish(core::future::poll_fn(|_| heard.try_recv().map_or(Poll::Pending, Poll::Ready)));
        assert_eq!(seen, 1);
    }

    #[test]
    fn an_answer_of_another_thread_is_waited_for_and_nobody_is_woken_for_it() {
        let runtime = VirtualRuntime::default();
        let waker: Arc<Mutex<Option<Waker>>> = Arc::default();
        let shared = Arc::clone(&waker);
        let mut sleep = runtime.sleep(Duration::from_millis(1));
        thread::spawn(move || {
            loop {
                if let Some(waker) = lock(&shared).take() {
                    waker.wake();
                    return;
                }
                thread::yield_now();
            }
        });
        let mut polls = 0;
        let asked = core::future::poll_fn(|context| {
            assert!(sleep.as_mut().poll(context).is_pending());
            polls += 1;
            if polls > 1 {
                return Poll::Ready(());
            }
            *lock(&waker) = Some(context.waker().clone());
            Poll::Pending
        });
        runtime.finish(asked);
    }

    #[test]
    fn who_waits_for_nothing_real_is_woken_in_the_order_of_the_sleeps() {
        let runtime = VirtualRuntime::default();
        let (mut long, mut short) = (runtime.sleep(Duration::from_secs(60)), runtime.sleep(Duration::from_secs(5)));
        let first = core::future::poll_fn(|context| {
            let (long, short) = (long.as_mut().poll(context).is_ready(), short.as_mut().poll(context).is_ready());
            if long || short { Poll::Ready((long, short)) } else { Poll::Pending }
        });
        assert_eq!(runtime.finish(first), (false, true));
    }
}
