//! Where in a turn the code of a sentence is called, and the key that the call has on every attempt.
//!
//! Actions run at least once: before the commit, and again if the commit did not happen. The outside world can tell the
//! repetition by the key. It is made of the message and of the place of the call, as the flow's structure gives it: the
//! event, the sentence and which of its calls in the handler it is, so that moving lines about changes no key.

use crate::dynamic::Meta;
use crate::ids::MessageId;
use core::fmt;

/// A call of the code behind a sentence, by its place in the turn.
#[derive(Clone, Copy)]
pub struct CallSite<'a> {
    meta: &'a Meta,
    /// The call to the own machine that leads here, if this handler runs within another.
    within: Option<&'a CallSite<'a>>,
    place: &'a str,
}

impl<'a> CallSite<'a> {
    /// The call at a place of the turn; `within` a call to the own machine, or not.
    #[inline]
    #[must_use]
    pub const fn new(meta: &'a Meta, within: Option<&'a CallSite<'a>>, place: &'a str) -> CallSite<'a> {
        CallSite { meta, within, place }
    }

    /// The key of the call: the same on every attempt to carry out the message, another one for every other call.
    ///
    /// Pass it on to whatever the action changes outside, as the idempotency key of a payment for example.
    #[must_use]
    pub fn key(&self) -> ActionKey {
        ActionKey { message: self.meta.message, place: self.digest() }
    }

    fn digest(&self) -> u64 {
        let before = self.within.map_or(FNV_OFFSET, CallSite::digest);
        // A place never holds a line break, so that no two chains of places give the same bytes.
        self.place.bytes().chain([b'\n']).fold(before, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
    }
}

impl fmt::Debug for CallSite<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(within) = self.within {
            write!(f, "{within:?} > ")?;
        }
        f.write_str(self.place)
    }
}

// FNV-1a with 64 bits, of Fowler, Noll and Vo: it tells the few places of one flow apart, and nobody gains by a collision.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The key of one call of an action: what to pass on to the outside world, so that it can tell a repetition.
///
/// The text has 43 characters of `a-z`, `0-9` and `-`, and fits wherever an idempotency key is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionKey {
    message: MessageId,
    place: u64,
}

impl fmt::Display for ActionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:016x}", self.message, self.place)
    }
}

impl fmt::Debug for ActionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamic::Sender;
    use crate::ids::{ConversationId, InstanceId};
    use crate::timestamp::Timestamp;

    fn meta(message: u8) -> Meta {
        Meta {
            instance: InstanceId::parse("order", "A-17").expect("an id"),
            conversation: ConversationId::parse("c").expect("an id"),
            sender: Sender::System,
            message: MessageId::from_bytes([message; 16]),
            now: Timestamp::EPOCH,
        }
    }

    #[test]
    fn a_call_has_one_key_whenever_it_is_made() {
        let first = CallSite::new(&meta(1), None, "checkout/charge/1").key();
        let again = CallSite::new(&meta(1), None, "checkout/charge/1").key();
        assert_eq!(first, again);
        assert_eq!(first.to_string(), "aeaqcaibaeaqcaibaeaqcaibae-354039d160ff5478");
        assert_eq!(first.to_string().len(), 43);
    }

    #[test]
    fn every_other_call_has_another_key() {
        let (one, two) = (meta(1), meta(2));
        let called = CallSite::new(&one, None, "checkout/:check/1");
        let called_again = CallSite::new(&one, None, "checkout/:check/2");
        let keys = [
            CallSite::new(&one, None, "checkout/charge/1"),
            CallSite::new(&two, None, "checkout/charge/1"),
            CallSite::new(&one, None, "checkout/charge/2"),
            CallSite::new(&one, None, "checkout/charge_fee/1"),
            CallSite::new(&one, None, "cancel/charge/1"),
            CallSite::new(&one, Some(&called), "checkout/charge/1"),
            CallSite::new(&one, Some(&called_again), "checkout/charge/1"),
        ]
        .map(|site| site.key());
        let different: std::collections::BTreeSet<ActionKey> = keys.into_iter().collect();
        assert_eq!(different.len(), keys.len(), "{keys:?}");
    }
}
