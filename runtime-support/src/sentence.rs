//! The user's code at work on a sentence of the flow.
//!
//! What goes wrong there names the sentence and its place. An error does so at once; a panic unwinds through the turn
//! and is caught once, at its border, where a [`Witness`] knows which sentence it came from. So a guard costs its call and
//! nothing more, and can be inlined.

use crate::description::Text;
use crate::dynamic::{BoxError, Failure};
use core::any::Any;
use core::future::{Future, poll_fn};
use core::mem;
use core::pin::{Pin, pin};
use core::task::{Context, Poll};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;

/// A sentence whose code is running. It ends with [`gives`](Sentence::gives); if it ends otherwise, its code panicked,
/// and the witness of the turn hears of it.
#[must_use = "a sentence ends with what its code gives"]
#[derive(Debug)]
pub struct Sentence<'a> {
    text: &'static str,
    place: &'static str,
    witness: Option<&'a Witness>,
}

impl<'a> Sentence<'a> {
    #[inline]
    pub(crate) const fn new(text: &'static str, place: &'static str, witness: Option<&'a Witness>) -> Sentence<'a> {
        Sentence { text, place, witness }
    }

    /// What the code gave.
    ///
    /// # Errors
    /// If the code failed.
    #[inline]
    pub fn gives<T>(self, answer: Result<T, BoxError>) -> Result<T, Failure> {
        let (text, place) = (self.text, self.place);
        mem::forget(self);
        answer.map_err(|error| failed(text, place, error))
    }
}

impl Drop for Sentence<'_> {
    #[cold]
    fn drop(&mut self) {
        // A turn that is given up, or an argument that has no value, ends a sentence too; nobody is to blame for that.
        if let Some(witness) = self.witness.filter(|_| std::thread::panicking()) {
            // The first one is the innermost: that is where the panic began.
            let _ = witness.0.set((self.text, self.place));
        }
    }
}

/// Knows which sentence the code of a panic ran for. Whoever catches the panics of a turn gives it to the turn.
#[derive(Debug, Default)]
pub struct Witness(OnceLock<(&'static str, &'static str)>);

impl Witness {
    /// Of a turn in which nothing went wrong yet.
    #[must_use]
    pub const fn new() -> Witness {
        Witness(OnceLock::new())
    }

    /// Waits for a turn. A panic of a sentence becomes a failure that names it; any other goes on.
    pub(crate) async fn watch<T>(&self, turn: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut turn = pin!(turn);
        poll_fn(|context| self.watch_poll(turn.as_mut(), context)).await
    }

    fn watch_poll<T, F: Future<Output = Result<T, Failure>>>(
        &self,
        turn: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<Result<T, Failure>> {
        catch_unwind(AssertUnwindSafe(|| turn.poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(self.blame(panic))))
    }

    fn blame(&self, panic: Box<dyn Any + Send>) -> Failure {
        match self.0.get() {
            Some((text, place)) => panicked(text, place, &*panic),
            None => resume_unwind(panic),
        }
    }
}

/// Asks whether a value keeps a rule of the user's. A rule is asked value by value, and a panic is caught there.
///
/// # Errors
/// If the code fails or panics.
pub fn judge(
    sentence: &'static str,
    place: &'static str,
    code: impl FnOnce() -> Result<bool, BoxError>,
) -> Result<bool, Failure> {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(answer) => answer.map_err(|error| failed(sentence, place, error)),
        Err(panic) => Err(panicked(sentence, place, &*panic)),
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

    fn watched<T>(witness: &Witness, turn: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut turn = pin!(witness.watch(turn));
        match turn.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => outcome,
            Poll::Pending => panic!("nothing waits here"),
        }
    }

    fn valid(cart: &str) -> Result<bool, BoxError> {
        match cart {
            "" => panic!("no cart"),
            "torn" => Err("the cart is torn".into()),
            cart => Ok(cart == "full"),
        }
    }

    fn asked(cart: &str) -> Result<bool, Failure> {
        let witness = Witness::new();
        watched(&witness, async { Sentence::new("cart is valid", "order.flow:3", Some(&witness)).gives(valid(cart)) })
    }

    #[test]
    fn code_that_works_leaves_no_trace() {
        let witness = Witness::new();
        let answer = Sentence::new("cart is valid", "order.flow:3", Some(&witness)).gives(valid("full"));
        assert!(answer.expect("the cart is full"));
        assert!(witness.0.get().is_none());
    }

    #[test]
    fn a_sentence_that_is_never_asked_is_not_to_blame_for_a_later_panic() {
        let witness = Witness::new();
        drop(Sentence::new("cart is valid", "order.flow:3", Some(&witness)));
        let ask = async { Sentence::new("card is valid", "order.flow:4", Some(&witness)).gives(valid("")) };
        let failure = watched(&witness, ask).expect_err("the guard panics");
        assert_eq!(failure.to_string(), "`card is valid` (order.flow:4) panicked: no cart");
    }

    #[test]
    fn errors_and_panics_name_the_sentence_and_its_place() {
        let said = |cart: &str| asked(cart).expect_err("no good cart").to_string();
        assert_eq!(said("torn"), "`cart is valid` (order.flow:3) failed: the cart is torn");
        assert_eq!(said(""), "`cart is valid` (order.flow:3) panicked: no cart");
    }

    #[test]
    fn a_panic_in_a_future_is_caught_too() {
        let witness = Witness::new();
        let mail = async {
            core::future::ready(()).await;
            panic!("mailbox {}", "full")
        };
        let turn = async {
            let sentence = Sentence::new("send mail", "order.flow:9", Some(&witness));
            sentence.gives::<()>(mail.await)
        };
        let failure = watched(&witness, turn).expect_err("the action panics");
        assert_eq!(failure.to_string(), "`send mail` (order.flow:9) panicked: mailbox full");
    }

    #[test]
    fn a_panic_of_no_sentence_goes_on() {
        let witness = Witness::new();
        let turn = async { if asked("full").is_ok() { panic!("a store is gone") } else { Ok(()) } };
        let panic = catch_unwind(AssertUnwindSafe(|| watched(&witness, turn))).expect_err("nobody is to blame");
        assert_eq!(panic_message(&*panic), "a store is gone");
    }

    #[test]
    fn without_a_witness_the_panic_is_seen_as_it_is() {
        let ask = || Sentence::new("cart is valid", "order.flow:3", None).gives(valid(""));
        let panic = catch_unwind(ask).expect_err("the guard panics");
        assert_eq!(panic_message(&*panic), "no cart");
    }

    #[test]
    fn a_rule_that_panics_names_itself() {
        let failure = judge("is a postcode", "order.flow:4", || panic!("{}", 7)).expect_err("the rule panics");
        assert_eq!(failure.to_string(), "`is a postcode` (order.flow:4) panicked: 7");
    }
}
