//! How much a turn may decide: what a record can hold, whether an engine writes records or not.

use core::fmt;

/// How many bytes of JSON a turn may decide: 16 MiB, its payload included.
pub const LARGEST: usize = 16 << 20;
/// How deep objects and arrays may stand in each other in what a turn decides. JSON is read down to 127 levels, and
/// whatever wraps these values has its own.
pub const DEEPEST: usize = 100;

/// In what way something is more than a record may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// More than [`LARGEST`] bytes.
    Bytes,
    /// More than [`DEEPEST`] levels.
    Levels,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes => write!(f, "larger than {} MiB", LARGEST >> 20),
            Self::Levels => write!(f, "nested deeper than {DEEPEST} levels"),
        }
    }
}
