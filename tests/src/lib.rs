//! Whole-system tests of EventFlow: random systems, and what drives them through an engine.

pub mod adapter;
pub mod code;
pub mod compiled;
pub mod conformance;
pub mod differential;
pub mod drive;
pub mod faults;
pub mod formatting;
pub mod front_end;
pub mod generated;
pub mod interpreted;
pub mod kept;
pub mod nodes;
pub mod package;
pub mod repository;
pub mod sample;
pub mod schema;
pub mod seed;
pub mod shrink;
pub mod told;

pub mod random;

/// The Rust on the page about ways into a crate compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/into-your-crate.md")]
pub struct IntoYourCrate;
