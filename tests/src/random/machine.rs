//! A machine, written down.

use super::expression::Scope;
use super::statement::Body;
use super::world::{From, Handler, Machine, Named, Role, World};
use crate::seed::Seed;

/// Writes one machine of the world.
pub(super) fn write(text: &mut String, seed: &mut Seed, world: &World, position: usize) {
    let machine = &world.machines[position];
    text.push_str(&format!("\nmachine: @{}\n", machine.name));
    if seed.chance(25) {
        text.push_str("\n  queue:\n    retry: 1 times\n    backoff: exponential from 1 second up to 4 seconds\n");
        let lines = &["", "    workers: 2\n", "    dead letter: no\n", "    limit: 3\n"];
        text.push_str(seed.pick::<&str>(lines));
    }
    write_states(text, seed, machine);
    text.push_str(&format!(
        "\n  response: overview\n    | id | ${}_id |\n    | state | current_state |\n",
        machine.name
    ));
    let owed = share_out(seed, machine);
    let timers: Vec<&'static str> =
        machine.handlers.iter().filter(|handler| handler.role == Role::Timer).map(|handler| handler.event).collect();
    let settled = if seed.chance(80) { 92 } else { 20 };
    let due = share_out_timers(seed, machine);
    // What is set at birth is not the rule everywhere: reading what is unset has meanings of its own.
    let settled: Vec<Named> = match machine.handlers.first() {
        Some(first) if first.role != Role::Queued => seed.some(&machine.variables, settled),
        Some(_) | None => Vec::new(),
    };
    for scenario in 0..machine.scenarios {
        write_scenario_head(text, seed, machine, scenario);
        for (place, handler) in machine.handlers.iter().enumerate() {
            if handler.scenario == scenario {
                write_head(text, seed, world, handler);
                let scope = Scope::new(world, position, handler, &settled);
                let opening = if place == 0 { settled.clone() } else { Vec::new() };
                let (owed, due, timers) = (owed[place].clone(), due[place].clone(), timers.clone());
                let mut body = Body { scope, seed, text: String::new(), owed, timers, due, opening };
                body.write();
                let explicit = body.text.ends_with("...\n");
                if machine.names_itself && !explicit && (place == 0 || body.seed.chance(15)) {
                    let id = if place == 0 { "uuid()" } else { *body.seed.pick(&["uuid()", "\"same\"", "\"no id\""]) };
                    text.push_str(&format!("    ${}_id becomes {id}\n", machine.name));
                }
                text.push_str(&body.text);
                text.push('\n');
            }
        }
    }
}

fn write_states(text: &mut String, seed: &mut Seed, machine: &Machine) {
    if !machine.closed {
        return;
    }
    for (position, state) in machine.states.iter().enumerate() {
        text.push_str(&format!("\n  #{state}\n"));
        match (position, seed.below(4)) {
            (0, 0) => text.push_str("    type: initial\n"),
            (_, 1) => text.push_str("    description: a state of many\n"),
            (1, 2) => text.push_str("    type: waiting\n"),
            (2 | 3, 2 | 3) => {
                let outcome = seed.pick(&["success", "failure", "neutral"]);
                text.push_str(&format!("    type: terminal\n    outcome: {outcome}\n"));
            }
            (_, _) => {}
        }
    }
}

/// For each handler, the variables that it assigns with their types: every variable once.
fn share_out(seed: &mut Seed, machine: &Machine) -> Vec<Vec<Named>> {
    let mut owed: Vec<Vec<Named>> = machine.handlers.iter().map(|_| Vec::new()).collect();
    for variable in &machine.variables {
        let place = if seed.chance(60) { 0 } else { seed.below(owed.len()) };
        owed[place].push(variable.clone());
    }
    owed
}

/// For each handler, the timers that it starts: every one that the machine handles, once.
fn share_out_timers(seed: &mut Seed, machine: &Machine) -> Vec<Vec<&'static str>> {
    let mut due: Vec<Vec<&'static str>> = machine.handlers.iter().map(|_| Vec::new()).collect();
    for handler in &machine.handlers {
        if matches!(handler.role, Role::Timer | Role::TimerExpired) {
            let place = if seed.chance(50) { 0 } else { seed.below(due.len()) };
            due[place].push(handler.event);
        }
    }
    due
}

fn write_scenario_head(text: &mut String, seed: &mut Seed, machine: &Machine, scenario: usize) {
    if scenario == 0 && seed.chance(30) {
        return;
    }
    text.push_str(&format!("\nscenario: story {scenario} of the {}\n", machine.name));
    if scenario > 0 && seed.chance(50) {
        text.push_str(&format!("\n  given:\n    {} is in #{}\n", machine.name, seed.pick(&machine.states)));
    }
    text.push('\n');
}

fn write_head(text: &mut String, seed: &mut Seed, world: &World, handler: &Handler) {
    let from = match handler.from {
        From::Anyone => String::new(),
        From::Actor(actor) => format!(" from @{}", world.actors[actor]),
        From::Machine(sender) => format!(" from @{}", world.machines[sender].name),
        From::System => " from @system".into(),
    };
    let older = handler.role == Role::Api && seed.chance(10);
    let modifier = match handler.role {
        Role::Api if older => "",
        Role::Api => " (api)",
        Role::Queued => " (queued api)",
        Role::Message
        | Role::Answer(_)
        | Role::Timer
        | Role::ValidationFailed
        | Role::ConstraintViolated
        | Role::TimerExpired => "",
    };
    let priority = handler.priority.map(|priority| format!(" (priority {priority})")).unwrap_or_default();
    let on = if older { "on>" } else { "on" };
    let with = if handler.table.is_empty() { "" } else { " with:" };
    text.push_str(&format!("  {on} :{}{from}{modifier}{priority}{with}\n", handler.event));
    for row in &handler.table {
        let mut rules = vec![row.field.kind.spelling(world)];
        rules.push(if row.required { "required".into() } else { "optional".into() });
        rules.extend(row.rules.iter().cloned());
        let (kind, rules) = (rules.remove(0), rules.join(", "));
        text.push_str(&format!("    | {} | {kind} | {rules} |\n", row.field.name));
    }
}
