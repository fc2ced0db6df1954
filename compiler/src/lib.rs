//! Compiles EventFlow flows to Rust.
