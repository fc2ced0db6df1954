//! Text templates of the `eventflow` command: manifests and scaffolds.
//!
//! A template gets strings, flags and lists, and knows nothing of flows or of the compiler. Every output language has an
//! escaper of its own in [`escape`].

pub mod escape;
pub mod new;
