//! Runs EventFlow's intermediate representation as machines of the EventFlow engine, without generating code.
//!
//! A machine that is interpreted and one that is generated decide alike: the records that they lead to are equal, byte
//! for byte. [`interpret`] is the way in.

mod ask;
mod behavior;
mod border;
mod caught;
mod condition;
mod describe;
mod evaluate;
mod execute;
mod instance;
mod interpret;
mod machine;
mod program;
#[cfg(feature = "test-kit")]
mod rehearsal;
mod rule;
mod scene;
mod send;
mod tried;
mod turn;
mod value;
mod working;

pub use behavior::{Acted, Asked, Behaviors, Tried};
pub use interpret::{Interpretation, interpret};
#[cfg(feature = "test-kit")]
pub use rehearsal::{Rehearsal, UnreadablePlan, rehearse, test_plan};
