//! What code generated from EventFlow flows links.

mod decimal;
mod duration;
mod timestamp;
mod values;

pub use decimal::{Decimal, Number, ParseDecimalError};
pub use duration::Duration;
pub use timestamp::{ParseTimestampError, Timestamp};
pub use values::ArithmeticError;
