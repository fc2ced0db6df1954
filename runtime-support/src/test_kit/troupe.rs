//! Who makes the machines of a unit: the interpreter, generated code, a hand.

use super::Cast;
use crate::description::SystemDescription;
use crate::dynamic::{BoxError, DynMachine};
use crate::json::Json;
use std::sync::Arc;

/// Makes the machines of a unit for one test after the other.
pub trait Troupe: Sync {
    /// What the unit is.
    fn description(&self) -> &SystemDescription;

    /// The machines, in the order of the description. What code would carry out in them is asked of the cast, unless it
    /// is carried out by real code.
    fn machines(&self, cast: &Arc<Cast>) -> Vec<Arc<dyn DynMachine>>;

    /// Whether a claim holds that is bound to code; none if there is no such code, and the claim is pending.
    fn claim(&self, claim: &CodeClaim<'_>) -> Option<Result<bool, BoxError>> {
        let _ = claim;
        None
    }
}

/// A claim in free text, and what it is about.
#[derive(Clone, Debug)]
pub struct CodeClaim<'a> {
    /// The method that it is bound to.
    pub name: &'a str,
    /// The values of the variables in its text.
    pub arguments: &'a [Json],
    /// The machine that it is about, without its sigil.
    pub machine: &'a str,
    /// The state of the instance, without its sigil; none: there is no instance.
    pub state: Option<&'a str>,
    /// The context of the instance, as an object.
    pub context: &'a Json,
}
