//! Stories: what `given:`, `expect:` and test files say, run by the test kit on the interpreter, and on generated
//! machines.

#[path = "stories/told.rs"]
mod told;

#[path = "stories/examples.rs"]
mod examples;

#[path = "stories/arguments.rs"]
mod arguments;
#[path = "stories/assumptions.rs"]
mod assumptions;
#[path = "stories/claims.rs"]
mod claims;
#[path = "stories/conformance.rs"]
mod conformance;
#[path = "stories/edges.rs"]
mod edges;
#[path = "stories/elsewhere.rs"]
mod elsewhere;
#[path = "stories/executors.rs"]
mod executors;
#[path = "stories/forms.rs"]
mod forms;
#[path = "stories/later.rs"]
mod later;
#[path = "stories/observed.rs"]
mod observed;
#[path = "stories/walk.rs"]
mod walk;
#[path = "stories/worlds.rs"]
mod worlds;
