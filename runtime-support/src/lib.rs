//! What code generated from EventFlow flows links.

mod codec;
mod decimal;
mod duration;
mod ids;
mod json;
mod timestamp;
mod values;

pub use codec::{Decode, Encode, Encoder, Fields, ListEncoder, Mismatch, ObjectEncoder};
pub use decimal::{Decimal, Number, ParseDecimalError};
pub use duration::Duration;
pub use ids::{CommandId, ConversationId, InstanceId, InvalidId, MAX_ID_LENGTH, MessageId, RequestKey, TimerId};
pub use json::Json;
#[cfg(feature = "engine")]
pub use json::ParseJsonError;
pub use timestamp::{ParseTimestampError, Timestamp};
pub use values::ArithmeticError;
