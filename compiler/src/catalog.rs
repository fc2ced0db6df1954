//! One function for each diagnostic.
pub(crate) mod facts;
pub(crate) mod files;
pub(crate) mod flow;
pub(crate) mod generation;
pub(crate) mod meaning;
pub(crate) mod names;
pub(crate) mod project;
pub(crate) mod source;
pub(crate) mod story;
pub(crate) mod syntax;
pub(crate) mod types;
