//! What tests reach of a unit: states, handlers, both answers of its guards, emits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use eventflow::test_kit::Trace;
use eventflowc::ir::walk::each_statement;
use eventflowc::ir::{Arm, Machine, OriginId, Origins, StatementKind, System, Target};
use eventflowc::source::Sources;
use serde::Serialize;

/// A piece of a machine that a test can reach.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    State(String),
    /// A handler, by position.
    Handler(usize),
    /// A guard or an `otherwise`, by its place, and whether it passed.
    Guard(String, bool),
    /// An event and its recipient.
    Emit(String, String),
}

/// What one test reached, by machine.
#[derive(Default)]
pub(super) struct Seen(BTreeSet<(String, Piece)>);

impl Seen {
    /// Takes notice of something that happens.
    pub(super) fn notice(&mut self, trace: &Trace<'_>) {
        let mut add = |machine: &str, piece| self.0.insert((machine.to_owned(), piece));
        match trace {
            Trace::Turn { machine, handler, state, .. } => {
                add(machine, Piece::Handler(*handler));
                add(machine, Piece::State((*state).to_owned()));
            }
            Trace::Guard { machine, place, passed, .. } => {
                add(machine, Piece::Guard((*place).to_owned(), *passed));
            }
            Trace::Moved { machine, to, .. } => {
                add(machine, Piece::State((*to).to_owned()));
            }
            Trace::Emitted { machine, to, event, .. } => {
                add(machine, Piece::Emit((*event).to_owned(), (*to).to_owned()));
            }
            Trace::Sentence { .. } | Trace::Armed { .. } | Trace::Disarmed { .. } | Trace::Ended { .. } => {}
        }
    }
}

/// What there is to reach in a unit, and what was.
#[derive(Default)]
pub(super) struct Reached {
    machines: Vec<MachineReached>,
    /// How many pieces the tests of each scenario reached.
    scenarios: BTreeMap<String, BTreeSet<(String, Piece)>>,
}

struct MachineReached {
    name: String,
    pieces: Vec<Goal>,
}

/// A piece, where it stands, and whether a test reached it.
struct Goal {
    piece: Piece,
    /// What to call it.
    wording: String,
    /// `order.flow:17`
    place: String,
    reached: bool,
}

/// How much of a machine is reached, as a program reads it.
#[derive(Serialize)]
pub(super) struct Summary<'a> {
    machine: &'a str,
    reached: usize,
    of: usize,
    missing: Vec<String>,
}

/// How much the tests of a scenario reach, as a program reads it.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    scenario: &'a str,
    reached: usize,
    of: usize,
}

impl Reached {
    /// Nothing yet of this unit.
    pub(super) fn of(system: &System, origins: &Origins, sources: &Sources) -> Self {
        let machines = system.machines.iter().map(|machine| {
            let goals = Goals { system, machine, origins, sources, goals: Vec::new() };
            MachineReached { name: machine.name.clone(), pieces: goals.all() }
        });
        Self { machines: machines.collect(), scenarios: BTreeMap::new() }
    }

    /// What a test of a scenario reached.
    pub(super) fn add(&mut self, scenario: Option<&str>, seen: &Seen) {
        for machine in &mut self.machines {
            for goal in &mut machine.pieces {
                goal.reached |= seen.0.contains(&(machine.name.clone(), goal.piece.clone()));
            }
        }
        let title = scenario.unwrap_or("(outside any scenario)").to_owned();
        self.scenarios.entry(title).or_default().extend(seen.0.iter().cloned());
    }

    /// Machine by machine.
    pub(super) fn summaries(&self) -> Vec<Summary<'_>> {
        let summary = |machine: &'_ MachineReached| {
            let missing = machine.pieces.iter().filter(|goal| !goal.reached);
            let missing: Vec<String> = missing.map(|goal| format!("{}: {}", goal.place, goal.wording)).collect();
            (machine.pieces.len() - missing.len(), machine.pieces.len(), missing)
        };
        let summaries = self.machines.iter().map(|machine| {
            let (reached, of, missing) = summary(machine);
            Summary { machine: &machine.name, reached, of, missing }
        });
        summaries.collect()
    }

    /// Scenario by scenario.
    pub(super) fn scenarios(&self) -> Vec<Told<'_>> {
        let of = self.machines.iter().map(|machine| machine.pieces.len()).sum();
        let known = |(machine, piece): &&(String, Piece)| {
            let machine = self.machines.iter().find(|known| known.name == *machine);
            machine.is_some_and(|machine| machine.pieces.iter().any(|goal| goal.piece == *piece))
        };
        let told = self.scenarios.iter();
        told.map(|(scenario, seen)| Told { scenario, reached: seen.iter().filter(known).count(), of }).collect()
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for machine in &self.machines {
            let _ = writeln!(text, "  @{}: {}", machine.name, machine.numbers());
            for goal in machine.pieces.iter().filter(|goal| !goal.reached) {
                let _ = writeln!(text, "    not reached: {} ({})", goal.wording, goal.place);
            }
        }
        for Told { scenario, reached, of } in self.scenarios() {
            let _ = writeln!(text, "  scenario {scenario}: {reached} of {of}");
        }
        text
    }
}

impl MachineReached {
    fn numbers(&self) -> String {
        let count = |is: fn(&Piece) -> bool| {
            let of = self.pieces.iter().filter(|goal| is(&goal.piece));
            let (mut reached, mut all) = (0, 0);
            for goal in of {
                all += 1;
                reached += usize::from(goal.reached);
            }
            format!("{reached} of {all}")
        };
        let states = count(|piece| matches!(piece, Piece::State(_)));
        let handlers = count(|piece| matches!(piece, Piece::Handler(_)));
        let guards = count(|piece| matches!(piece, Piece::Guard(..)));
        let emits = count(|piece| matches!(piece, Piece::Emit(..)));
        format!("{states} states, {handlers} events, {guards} guard outcomes, {emits} emits")
    }
}

/// How much of everything is reached, in percent; all of it if there is nothing to reach.
pub(super) fn percent<'a>(units: impl Iterator<Item = &'a Reached>) -> f64 {
    let goals = units.flat_map(|unit| &unit.machines).flat_map(|machine| &machine.pieces);
    let (mut reached, mut all) = (0u32, 0u32);
    for goal in goals {
        all += 1;
        reached += u32::from(goal.reached);
    }
    if all == 0 { 100.0 } else { f64::from(reached) * 100.0 / f64::from(all) }
}

/// Collects what there is to reach in one machine.
struct Goals<'a> {
    system: &'a System,
    machine: &'a Machine,
    origins: &'a Origins,
    sources: &'a Sources,
    goals: Vec<Goal>,
}

impl Goals<'_> {
    fn all(mut self) -> Vec<Goal> {
        for state in &self.machine.states {
            self.add(Piece::State(state.name.clone()), format!("#{}", state.name), state.origin);
        }
        for (place, handler) in self.machine.handlers.iter().enumerate() {
            let wording = self.origins.get(handler.origin).text.clone();
            self.add(Piece::Handler(place), wording, handler.origin);
            each_statement(&handler.body, &mut |statement, _| {
                if let StatementKind::Branch(arms) = &statement.kind {
                    arms.iter().for_each(|arm| self.arm(arm));
                }
            });
        }
        for message in &self.machine.messages {
            let to = match &message.target {
                Target::Itself(_) => self.machine.name.clone(),
                Target::Machine { machine, .. } | Target::Every { machine, .. } => {
                    self.system.machine(*machine).name.clone()
                }
                Target::Actor { actor, .. } => self.system.actor(*actor).name.clone(),
            };
            let wording = format!("emit :{} to @{to}", message.event);
            self.add(Piece::Emit(message.event.clone(), to), wording, message.origin);
        }
        self.goals
    }

    /// Each guard of an arm, passing and not. An `otherwise` can but pass.
    fn arm(&mut self, arm: &Arm) {
        match &arm.condition {
            None => self.outcome(arm.origin, true),
            Some(condition) => condition.each_guard(&mut |origin, _| {
                self.outcome(origin, true);
                self.outcome(origin, false);
            }),
        }
    }

    fn outcome(&mut self, origin: OriginId, passed: bool) {
        let does = if passed { "passes" } else { "does not pass" };
        let wording = format!("`{}` {does}", self.origins.get(origin).text);
        self.add(Piece::Guard(self.place(origin), passed), wording, origin);
    }

    fn add(&mut self, piece: Piece, wording: String, origin: OriginId) {
        let place = self.place(origin);
        if self.goals.iter().all(|goal| goal.piece != piece) {
            self.goals.push(Goal { piece, wording, place, reached: false });
        }
    }

    fn place(&self, origin: OriginId) -> String {
        self.sources.place(self.origins.get(origin).span)
    }
}
