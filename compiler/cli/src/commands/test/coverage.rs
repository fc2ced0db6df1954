//! What tests reach of a unit: states, events, handlers, both answers of its guards, emits.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::iter::Sum;

use eventflow::test_kit::Trace;
use eventflowc::ir::walk::each_statement;
use eventflowc::ir::{Arm, Machine, OriginId, Origins, StatementKind, System, Target};
use eventflowc::source::Sources;
use serde::Serialize;

/// A piece of a machine that a test can reach.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    State(String),
    /// An event that some handler takes.
    Event(String),
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
            Trace::Turn { machine, handler, event, state, .. } => {
                add(machine, Piece::Event((*event).to_owned()));
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
    pieces: Pieces,
}

/// The pieces of a machine in the order in which they are reported, each found without a look at all of them.
#[derive(Default)]
struct Pieces {
    goals: Vec<Goal>,
    places: BTreeMap<Piece, usize>,
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
    #[serde(flatten)]
    share: Share,
    #[serde(flatten)]
    kinds: Kinds,
    missing: Vec<String>,
}

/// How much the tests of a scenario reach of all machines, as a program reads it.
#[derive(Serialize)]
pub(super) struct Told<'a> {
    scenario: &'a str,
    #[serde(flatten)]
    share: Share,
    #[serde(flatten)]
    kinds: Kinds,
}

/// So many of so many are reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Share {
    reached: u32,
    of: u32,
}

impl Share {
    fn count(&mut self, reached: bool) {
        self.of += 1;
        self.reached += u32::from(reached);
    }
}

impl Sum for Share {
    fn sum<I: Iterator<Item = Self>>(shares: I) -> Self {
        shares.fold(Self::default(), |all, one| Self { reached: all.reached + one.reached, of: all.of + one.of })
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.reached, self.of)
    }
}

/// What is reached, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Kinds {
    states: Share,
    events: Share,
    handlers: Share,
    guard_outcomes: Share,
    emits: Share,
}

impl Kinds {
    fn of(&mut self, piece: &Piece) -> &mut Share {
        match piece {
            Piece::State(_) => &mut self.states,
            Piece::Event(_) => &mut self.events,
            Piece::Handler(_) => &mut self.handlers,
            Piece::Guard(..) => &mut self.guard_outcomes,
            Piece::Emit(..) => &mut self.emits,
        }
    }

    fn all(&self) -> Share {
        let Self { states, events, handlers, guard_outcomes, emits } = *self;
        [states, events, handlers, guard_outcomes, emits].into_iter().sum()
    }
}

impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, events, handlers, guard_outcomes, emits } = self;
        write!(
            f,
            "{states} states, {events} events, {handlers} handlers, {guard_outcomes} guard outcomes, {emits} emits"
        )
    }
}

impl Reached {
    /// Nothing yet of this unit.
    pub(super) fn of(system: &System, origins: &Origins, sources: &Sources) -> Self {
        let machines = system.machines.iter().map(|machine| {
            let goals = Goals { system, machine, origins, sources, goals: Pieces::default() };
            MachineReached { name: machine.name.clone(), pieces: goals.all() }
        });
        Self { machines: machines.collect(), scenarios: BTreeMap::new() }
    }

    /// What a test of a scenario reached.
    pub(super) fn add(&mut self, scenario: Option<&str>, seen: &Seen) {
        for machine in &mut self.machines {
            let of_machine = seen.0.iter().filter(|(name, _)| *name == machine.name);
            of_machine.for_each(|(_, piece)| machine.pieces.reach(piece));
        }
        let title = scenario.unwrap_or("(outside any scenario)").to_owned();
        self.scenarios.entry(title).or_default().extend(seen.0.iter().cloned());
    }

    /// Machine by machine.
    pub(super) fn summaries(&self) -> Vec<Summary<'_>> {
        let summaries = self.machines.iter().map(|machine| {
            let missing = machine.pieces.goals.iter().filter(|goal| !goal.reached);
            let missing: Vec<String> = missing.map(|goal| format!("{}: {}", goal.place, goal.wording)).collect();
            let kinds = machine.kinds();
            Summary { machine: &machine.name, share: kinds.all(), kinds, missing }
        });
        summaries.collect()
    }

    /// Scenario by scenario.
    pub(super) fn scenarios(&self) -> Vec<Told<'_>> {
        let mut unreached = Kinds::default();
        let goals = self.machines.iter().flat_map(|machine| &machine.pieces.goals);
        goals.for_each(|goal| unreached.of(&goal.piece).count(false));
        let told = self.scenarios.iter().map(|(scenario, seen)| {
            let mut kinds = unreached;
            let reached = seen.iter().filter(|(machine, piece)| self.is_goal(machine, piece));
            reached.for_each(|(_, piece)| kinds.of(piece).reached += 1);
            Told { scenario, share: kinds.all(), kinds }
        });
        told.collect()
    }

    fn is_goal(&self, machine: &str, piece: &Piece) -> bool {
        let mut machines = self.machines.iter();
        machines.any(|known| known.name == machine && known.pieces.places.contains_key(piece))
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for machine in &self.machines {
            let _ = writeln!(text, "  @{}: {}", machine.name, machine.kinds());
            for goal in machine.pieces.goals.iter().filter(|goal| !goal.reached) {
                let _ = writeln!(text, "    not reached: {} ({})", goal.wording, goal.place);
            }
        }
        for Told { scenario, share, kinds } in self.scenarios() {
            let _ = writeln!(text, "  scenario {scenario}: {share} ({kinds})");
        }
        text
    }
}

impl MachineReached {
    fn kinds(&self) -> Kinds {
        let mut kinds = Kinds::default();
        self.pieces.goals.iter().for_each(|goal| kinds.of(&goal.piece).count(goal.reached));
        kinds
    }
}

impl Pieces {
    /// Adds a piece, unless it is there.
    fn add(&mut self, goal: Goal) {
        if let Entry::Vacant(free) = self.places.entry(goal.piece.clone()) {
            free.insert(self.goals.len());
            self.goals.push(goal);
        }
    }

    /// Takes notice that a test reached a piece, if it is one to reach.
    fn reach(&mut self, piece: &Piece) {
        if let Some(place) = self.places.get(piece) {
            self.goals[*place].reached = true;
        }
    }
}

/// How much of everything is reached, in percent; all of it if there is nothing to reach.
pub(super) fn percent<'a>(units: impl Iterator<Item = &'a Reached>) -> f64 {
    let Share { reached, of } = units.flat_map(|unit| &unit.machines).map(|machine| machine.kinds().all()).sum();
    if of == 0 { 100.0 } else { f64::from(reached) * 100.0 / f64::from(of) }
}

/// Collects what there is to reach in one machine.
struct Goals<'a> {
    system: &'a System,
    machine: &'a Machine,
    origins: &'a Origins,
    sources: &'a Sources,
    goals: Pieces,
}

impl Goals<'_> {
    fn all(mut self) -> Pieces {
        for state in &self.machine.states {
            self.add(Piece::State(state.name.clone()), format!("#{}", state.name), state.origin);
        }
        for (place, handler) in self.machine.handlers.iter().enumerate() {
            let event = &self.machine.event(handler.event).name;
            self.add(Piece::Event(event.clone()), format!(":{event}"), handler.origin);
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
        self.goals.add(Goal { piece, wording, place, reached: false });
    }

    fn place(&self, origin: OriginId) -> String {
        self.sources.place(self.origins.get(origin).span)
    }
}
