//! What stands around a driven engine: external actors that are played, and a runtime on one thread.

use crate::sample::{hash, part, sample};
use eventflow::Encoder;
use eventflow::dynamic::{BoxError, BoxFuture, Delivery, DynPort};
use eventflow::runtime::Runtime;
use eventflow::schema::Schema;
use std::future::Future;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// An external actor: what it answers follows from what it is asked.
pub(super) struct Played {
    pub(super) answers: Vec<(String, Schema)>,
}

impl DynPort for Played {
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> BoxFuture<'a, Result<Option<String>, BoxError>> {
        let asked = hash(&[delivery.event, &delivery.data.to_string(), &format!("{:?}", delivery.key)]);
        let answer = if asked.is_multiple_of(31) {
            Err(BoxError::from("the actor is out"))
        } else {
            let schema = self.answers.iter().find(|(event, _)| event == delivery.event);
            Ok(schema
                .filter(|_| !asked.is_multiple_of(9))
                .map(|(_, schema)| Encoder::encode(&sample(schema, part(asked, 1)))))
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Runs tasks one after the other, on the thread that asks; nothing ever sleeps to its end.
#[derive(Default)]
pub(crate) struct Queue {
    tasks: Mutex<Vec<BoxFuture<'static, ()>>>,
}

impl Runtime for Queue {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl Queue {
    /// Runs a future to its end, and the tasks that are spawned meanwhile.
    pub(crate) fn finish(&self, future: impl Future<Output = ()>) {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        while future.as_mut().poll(&mut context).is_pending() {
            let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
            tasks.retain_mut(|task| task.as_mut().poll(&mut context) == Poll::Pending);
            self.tasks.lock().unwrap_or_else(PoisonError::into_inner).append(&mut tasks);
        }
    }
}
