//! Stories: what `given:`, `expect:` and test files say, run by the test kit on the interpreter.

#[path = "stories/told.rs"]
mod told;

#[path = "stories/examples.rs"]
mod examples;

#[path = "stories/walk.rs"]
mod walk;
