//! One function for each diagnostic.
pub(crate) mod flow;
