//! One function for each diagnostic.
pub(crate) mod flow;
pub(crate) mod generation;
pub(crate) mod project;
