//! Typed values to and from records, without derives: generated code writes its codecs out against these few types.
//!
//! Nothing here is generic over what is written, so that a generated crate compiles little more than calls.

mod decode;
mod encode;
mod mismatch;

pub use self::decode::{Decode, Fields};
pub(crate) use self::encode::MAX_PLAIN_DIGITS;
pub use self::encode::{Encode, Encoder, ListEncoder, ObjectEncoder};
pub use self::mismatch::Mismatch;

#[cfg(test)]
mod tests;
