//! Random well-typed systems, as flow text.
//!
//! First a world is laid out (machines, their states, variables, events and sentences, all typed), then it is written
//! down. What is written compiles without errors; warnings are frequent and harmless.

mod condition;
mod expression;
mod machine;
mod message;
mod statement;
mod world;

use crate::seed::Seed;
use world::World;

/// The text of the random system with this number.
#[must_use]
pub fn system(number: u64) -> String {
    let mut seed = Seed::new(number);
    let world = World::lay_out(&mut seed);
    let mut text = format!("system: Random system {number}\n");
    if seed.chance(20) {
        text.push_str("\nqueue:\n  strategy: priority\n  retry: 2 times\n  backoff: fixed 1 second\n");
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
