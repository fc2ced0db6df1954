//! What code generated from EventFlow flows links.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod call_site;
mod calls;
pub mod change;
mod checks;
pub mod client;
mod codec;
mod decimal;
#[doc(hidden)]
pub mod describe;
pub mod description;
mod duration;
pub mod dynamic;
mod effects;
#[cfg(feature = "engine")]
pub mod engine;
mod excess;
mod ids;
mod json;
mod machine;
pub mod operators;
pub mod port;
#[cfg(feature = "engine")]
pub mod record;
pub mod request;
pub mod rules;
#[cfg(feature = "engine")]
pub mod runtime;
pub mod schema;
mod sentence;
#[cfg(feature = "engine")]
mod sources;
#[cfg(feature = "engine")]
pub mod store;
pub mod system;
#[cfg(feature = "test-kit")]
pub mod test_kit;
mod timestamp;
mod typed;
mod values;
mod widen;

pub use call_site::{ActionKey, CallSite};
pub use calls::Caller;
pub use change::{Change, ListChange, ListOperation};
pub use codec::{Decode, Encode, Encoder, Fields, ListEncoder, Mismatch, ObjectEncoder};
pub use decimal::{Decimal, Number, ParseDecimalError};
pub use duration::Duration;
pub use dynamic::{BoxError, Failure, Meta, Target};
pub use effects::{Effect, Effects, EffectsOf, Message, NoEffects, Reply, Timer};
#[cfg(feature = "engine")]
pub use ids::RequestKey;
pub use ids::{CommandId, ConversationId, InstanceId, InvalidId, MAX_ID_LENGTH, MessageId, TimerId};
pub use json::Json;
#[cfg(feature = "engine")]
pub use json::ParseJsonError;
pub use machine::{Decide, DecideAsync, Decision, Machine, Never, Ran, Situation, Turn};
pub use rules::Rule;
pub use schema::{Item, Schema};
pub use sentence::{Sentence, Witness};
#[cfg(feature = "engine")]
pub use sources::{ManualClock, SeededIds, SystemClock, SystemIds};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use typed::{Recorded, Typed};
pub use values::ArithmeticError;

/// Includes the modules that a build script compiled from a flow with `eventflowc::build`: one for each machine.
///
/// The name is that of the system, or of the only machine: `eventflow::include_flow!("order");`
#[macro_export]
macro_rules! include_flow {
    ($name:literal) => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/", $name, ".rs"));
    };
}
