//! What code generated from EventFlow flows links.

pub mod client;
mod codec;
mod decimal;
#[doc(hidden)]
pub mod describe;
pub mod description;
mod duration;
pub mod dynamic;
#[cfg(feature = "engine")]
pub mod engine;
mod ids;
mod json;
pub mod operators;
pub mod port;
#[cfg(feature = "engine")]
pub mod record;
pub mod request;
pub mod rules;
pub mod runtime;
pub mod schema;
mod sources;
#[cfg(feature = "engine")]
pub mod store;
pub mod system;
mod timestamp;
mod values;

pub use codec::{Decode, Encode, Encoder, Fields, ListEncoder, Mismatch, ObjectEncoder};
pub use decimal::{Decimal, Number, ParseDecimalError};
pub use duration::Duration;
pub use ids::{CommandId, ConversationId, InstanceId, InvalidId, MAX_ID_LENGTH, MessageId, RequestKey, TimerId};
pub use json::Json;
#[cfg(feature = "engine")]
pub use json::ParseJsonError;
#[cfg(feature = "engine")]
pub use sources::SystemIds;
pub use sources::{ManualClock, SeededIds, SystemClock};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use values::ArithmeticError;
