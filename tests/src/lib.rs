//! Whole-system tests of EventFlow.
