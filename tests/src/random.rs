//! Random well-typed systems, as flow text.
//!
//! First a world is laid out (machines, their states, variables, events and sentences, all typed), then it is written
//! down. What is written compiles without errors; warnings are frequent and harmless.

mod condition;
mod expression;
mod machine;
mod message;
mod rule;
mod statement;
mod world;

use crate::seed::Seed;
use std::collections::BTreeSet;
use world::{Sentence, World};

/// The text of the random system with this number.
#[must_use]
pub fn system(number: u64) -> String {
    let mut seed = Seed::new(number);
    let world = World::lay_out(&mut seed);
    let mut text = format!("system: Random system {number}\n");
    if seed.chance(20) {
        text.push_str("\nqueue:\n  strategy: priority\n  retry: 2 times\n  backoff: fixed 1 second\n");
    }
    for line in waiting(&mut seed, &world) {
        text.push_str(&line);
    }
    for record in &world.records {
        text.push_str(&format!("\ntype: {}\n", record.name));
        for (name, kind) in &record.fields {
            text.push_str(&format!("  | {name} | {} |\n", kind.spelling(&world)));
        }
    }
    for position in 0..world.machines.len() {
        machine::write(&mut text, &mut seed, &world, position);
    }
    text
}

/// The comments that say which sentences wait; see [`crate::compiled`].
fn waiting(seed: &mut Seed, world: &World) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for machine in &world.machines {
        for guard in machine.guards.iter().filter(|_| seed.chance(20)) {
            lines.insert(format!("// waits: {}\n", method(guard)));
        }
        for action in machine.actions.iter().chain(&machine.sources).filter(|_| seed.chance(40)) {
            lines.insert(format!("// does not wait: {}\n", method(action)));
        }
    }
    for name in ["looks_fine", "summary"].iter().filter(|_| seed.chance(20)) {
        lines.insert(format!("// waits: {name}\n"));
    }
    lines
}

/// The name of a sentence's method.
fn method(sentence: &Sentence) -> String {
    let words = sentence.words.replace(' ', "_");
    words + ["", "_for", "_for_near"][sentence.parameters.len().min(2)]
}
