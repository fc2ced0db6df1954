//! A system that is interpreted: its IR, where its lines stand, and the code behind its sentences.

use crate::behavior::Behaviors;
use eventflow::description::SystemDescription;
use eventflowc::ir::{OriginId, System};
use std::sync::Arc;

/// What all machines of a system share. The same flow may be run with other code, and is not copied for it.
pub(crate) struct Program {
    pub(crate) system: Arc<System>,
    /// `order.flow:17` for each place, by [`OriginId`].
    pub(crate) places: Arc<[String]>,
    pub(crate) description: Arc<SystemDescription>,
    pub(crate) behaviors: Arc<dyn Behaviors>,
}

impl Program {
    /// A place of the flow.
    pub(crate) fn place(&self, origin: OriginId) -> &str {
        self.places.get(origin.index()).map_or("", String::as_str)
    }
}
