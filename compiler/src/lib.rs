//! Compiles EventFlow flows to Rust.

pub mod source;

mod digest;

pub mod ast;

mod layout;

#[rustfmt::skip]
#[allow(clippy::all, dead_code, unused_qualifications, unreachable_pub, missing_docs, reason = "generated")]
mod grammar;

pub mod parse;

pub mod format;

pub mod diagnostic;

pub mod render_diagnostic;

mod catalog;

pub mod codes;

pub mod levels;

pub mod nearest;

mod built_in;

mod interval;

pub mod project;

pub mod ir;

pub mod load;

pub mod resolve;

pub mod check;

pub mod plan;

pub mod test_plan;

pub mod render;

pub mod output;

pub mod package;

pub mod bindings;

pub mod driver;

mod build;

pub use build::{Build, assert_fresh, build};
