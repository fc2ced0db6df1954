//! Whole-system tests of EventFlow: random systems, and what drives them through an engine.

pub mod seed;

pub mod random;
