//! A system that is interpreted: its IR, where its lines stand, and the code behind its sentences.

use crate::behavior::Behaviors;
use eventflow::description::SystemDescription;
use eventflowc::ir::{OriginId, System};
use std::sync::Arc;

/// What all machines of a system share.
pub(crate) struct Program {
    pub(crate) system: System,
    /// `order.flow:17` for each place, by [`OriginId`].
    pub(crate) places: Vec<String>,
    pub(crate) description: SystemDescription,
    pub(crate) behaviors: Arc<dyn Behaviors>,
}

impl Program {
    /// A place of the flow.
    pub(crate) fn place(&self, origin: OriginId) -> &str {
        self.places.get(origin.index()).map_or("", String::as_str)
    }
}
