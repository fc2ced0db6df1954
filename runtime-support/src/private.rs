//! What only generated code needs. Nothing here is stable: generated code and this crate are locked to each other by
//! [`CODEGEN_ABI`].

use crate::codec::Mismatch;
use crate::description::Text;
use crate::dynamic::Failure;
use crate::json::Json;

pub use crate::calls::{nobody, own_answer, own_refusal};
pub use crate::change::{Assigned, apply_recorded, apply_recorded_list};
pub use crate::checks::{Demands, all_kept, check, constrain, no_custom_rule};
pub use crate::sentence::{judge, panic_message};
pub use crate::widen::{
    Form, Member, Widen, add_member, convert, convert_set, list, members, set_members, unknown, widen,
};

/// The version of the contract between generated code and this crate. Generated code asserts it.
pub const CODEGEN_ABI: u32 = 4;

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

/// A value of the user's for a place of unknown type: null is unset.
#[must_use]
pub fn set(value: Json) -> Option<Json> {
    Some(value.kept()).filter(|value| !value.is_null())
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
