//! What only generated code needs. Nothing here is stable: generated code and this crate are locked to each other by
//! [`CODEGEN_ABI`].

use crate::codec::Mismatch;
use crate::description::Text;
use crate::dynamic::{BoxError, Failure};
use crate::json::Json;
use core::any::Any;
use core::future::Future;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use crate::calls::{nobody, own_answer};
pub use crate::change::{apply_recorded, apply_recorded_list};
pub use crate::checks::{Demands, all_kept, check, constrain, no_custom_rule};
pub use crate::widen::{
    Form, Member, Widen, add_member, convert, convert_set, list, members, set_members, unknown, widen,
};

/// The version of the contract between generated code and this crate. Generated code asserts it.
pub const CODEGEN_ABI: u32 = 1;

/// The value, or the failure of a turn that needs it.
///
/// # Errors
/// If there is none.
#[inline]
pub fn required<T>(value: Option<T>, name: &'static str) -> Result<T, Failure> {
    value.ok_or(Failure::Unset { name: Text::Borrowed(name) })
}

/// Whether there is a value.
#[inline]
#[must_use]
pub const fn is_set<T: ?Sized>(value: Option<&T>) -> bool {
    value.is_some()
}

/// Whether a state is one of some.
#[inline]
#[must_use]
pub fn is_one_of<S: PartialEq>(state: S, states: &[S]) -> bool {
    states.contains(&state)
}

/// Runs code of the user's; what goes wrong there names the sentence and its place.
///
/// # Errors
/// If the code fails or panics.
#[inline]
pub fn ask<T>(
    sentence: &'static str,
    place: &'static str,
    code: impl FnOnce() -> Result<T, BoxError>,
) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(sentence, place, error)),
        Err(panic) => Err(panicked(sentence, place, &*panic)),
    }
}

/// Runs code of the user's that may wait, likewise. It may panic before its future exists, too.
///
/// # Errors
/// If the code fails or panics.
pub async fn act<T, F: Future<Output = Result<T, BoxError>>>(
    sentence: &'static str,
    place: &'static str,
    code: impl FnOnce() -> F,
) -> Result<T, Failure> {
    let future = ask(sentence, place, || Ok(code()))?;
    let mut future = pin!(future);
    let polled = core::future::poll_fn(|context| caught_poll(future.as_mut(), context));
    match polled.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(failed(sentence, place, error)),
        Err(panic) => Err(panicked(sentence, place, &*panic)),
    }
}

/// [`ask`] with arguments that are computed first, outside of the user's code.
///
/// # Errors
/// If the code fails or panics.
#[inline]
pub fn ask_with<A, T>(
    sentence: &'static str,
    place: &'static str,
    arguments: A,
    code: impl FnOnce(A) -> Result<T, BoxError>,
) -> Result<T, Failure> {
    ask(sentence, place, || code(arguments))
}

/// [`act`] with arguments that are computed first, outside of the user's code.
///
/// # Errors
/// If the code fails or panics.
pub async fn act_with<A, T, F: Future<Output = Result<T, BoxError>>>(
    sentence: &'static str,
    place: &'static str,
    arguments: A,
    code: impl FnOnce(A) -> F,
) -> Result<T, Failure> {
    act(sentence, place, || code(arguments)).await
}

fn caught_poll<F: Future>(
    future: Pin<&mut F>,
    context: &mut Context<'_>,
) -> Poll<Result<F::Output, Box<dyn Any + Send>>> {
    match catch_unwind(AssertUnwindSafe(|| future.poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    }
}

#[cold]
fn failed(sentence: &'static str, place: &'static str, error: BoxError) -> Failure {
    Failure::Code { sentence: Text::Borrowed(sentence), place: Text::Borrowed(place), error }
}

#[cold]
fn panicked(sentence: &'static str, place: &'static str, panic: &(dyn Any + Send)) -> Failure {
    Failure::Panic { sentence: Text::Borrowed(sentence), place: Text::Borrowed(place), message: panic_message(panic) }
}

/// A value of the user's for a place of unknown type: null is unset.
#[must_use]
pub fn set(value: Json) -> Option<Json> {
    Some(value).filter(|value| !value.is_null())
}

/// A record sets a variable that the machine has not.
#[must_use]
pub fn no_variable(variable: &str, value: &Json) -> Mismatch {
    Mismatch::new("a variable of this machine", value).in_field(variable)
}

/// The engine asks for a handler that the machine has not.
#[must_use]
pub fn no_handler(data: &Json) -> Mismatch {
    Mismatch::new("the payload of a handler of this machine", data)
}

/// Stands in `Debug` for a value that is secret.
pub struct Masked;

impl core::fmt::Debug for Masked {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str("***")
    }
}

/// What a panic says.
#[must_use]
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::task::Waker;

    #[test]
    fn a_panic_of_a_guard_names_the_sentence_and_its_place() {
        let asked = ask::<bool>("cart is valid", "order.flow:3", || panic!("no cart"));
        let failure = asked.expect_err("the guard panics");
        assert_eq!(failure.to_string(), "`cart is valid` (order.flow:3) panicked: no cart");
    }

    #[test]
    fn a_panic_in_a_future_is_caught_too() {
        let code = || async {
            core::future::ready(()).await;
            panic!("mailbox {}", "full")
        };
        let mut acted = pin!(act::<(), _>("send mail", "order.flow:9", code));
        let Poll::Ready(outcome) = acted.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("nothing waits here");
        };
        let failure = outcome.expect_err("the action panics");
        assert_eq!(failure.to_string(), "`send mail` (order.flow:9) panicked: mailbox full");
    }
}
