//! Deliveries to ports: code of the user's, so that a panic in it counts as a failed delivery and ends no worker.

use crate::dynamic::{Delivery, DynPort};
use core::any::Any;
use core::future::poll_fn;
use core::task::Poll;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Delivers a message; what went wrong, in words.
pub(crate) async fn deliver(port: &dyn DynPort, delivery: Delivery<'_>) -> Result<Option<String>, String> {
    let delivered = catch_unwind(AssertUnwindSafe(|| port.deliver(delivery)));
    let mut delivered = delivered.map_err(|panic| panicked(&*panic))?;
    let polled = poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| delivered.as_mut().poll(context))) {
        Ok(polled) => polled.map(|answer| answer.map_err(|error| error.to_string())),
        Err(panic) => Poll::Ready(Err(panicked(&*panic))),
    });
    polled.await
}

fn panicked(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = literal.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the port panicked: {}", message.as_deref().unwrap_or("without a message"))
}
