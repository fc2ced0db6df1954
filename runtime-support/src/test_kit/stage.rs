//! The stage of a test: a system on an engine, a store, a clock and a runtime of its own.
//!
//! Nothing moves by itself: what is sent runs when it is sent, what waits runs when it is asked to, and the clock stands
//! still until it is moved.

use super::cast::Cast;
use super::runtime::VirtualRuntime;
use super::watch::{Log, Watched, lock};
use super::{Options, watch};
use crate::description::SystemDescription;
use crate::duration::Duration;
use crate::dynamic::{DynMachine, DynPort, Random};
use crate::engine::played::{Given, Played};
use crate::engine::{Engine, Options as EngineOptions, Setup};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::record::{Armed, Record};
use crate::request::{Answer, Dispatcher, Refusal, Request};
use crate::runtime::Clock;
use crate::sources::{ManualClock, SeededIds};
use crate::store::{MemoryStore, Position, Store};
use crate::system::Parts;
use crate::timestamp::Timestamp;
use core::future::Future;
use std::sync::{Arc, Mutex, MutexGuard};

/// A system on a stage of its own, with what it has recorded.
pub(crate) struct Stage {
    pub(crate) works: Works,
    pub(crate) description: Arc<SystemDescription>,
    /// The machines, as the engine has them.
    pub(crate) machines: Vec<Arc<dyn DynMachine>>,
    /// Every record, in the order of commits.
    pub(crate) journal: Vec<Entry>,
    read: Position,
}

/// What makes a stage move. Clones share everything, and nothing is locked while code of the user's runs.
#[derive(Clone)]
pub(crate) struct Works {
    pub(crate) engine: Engine,
    description: Arc<SystemDescription>,
    clock: Arc<ManualClock>,
    ids: Arc<SeededIds>,
    store: Arc<MemoryStore>,
    runtime: Arc<VirtualRuntime>,
    log: Arc<Mutex<Log>>,
    limits: Limits,
}

/// A record in the order of commits.
pub(crate) struct Entry {
    /// Its commit.
    pub(crate) position: Position,
    pub(crate) id: InstanceId,
    pub(crate) record: Record,
}

#[derive(Clone, Copy)]
struct Limits {
    turns: usize,
    latest: Timestamp,
}

/// Why a test was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stopped(pub(crate) String);

impl Stage {
    /// Sets a system up. The cast is told of every turn; the ports are those of the description.
    pub(crate) fn new(
        description: SystemDescription,
        machines: Vec<Arc<dyn DynMachine>>,
        ports: Vec<Arc<dyn DynPort>>,
        (cast, options): (&Arc<Cast>, &Options),
    ) -> Result<Self, Stopped> {
        let clock = Arc::new(ManualClock::new(options.start));
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let runtime = Arc::new(VirtualRuntime::default());
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = Arc::new(description.clone());
        let watched = machines.into_iter().enumerate().map(|(machine, inner)| {
            let (system, cast, log) = (Arc::clone(&shared), Arc::clone(cast), Arc::clone(&log));
            Arc::new(Watched { inner, machine, system, cast, log }) as Arc<dyn DynMachine>
        });
        let machines: Vec<Arc<dyn DynMachine>> = watched.collect();
        let ids = Arc::new(SeededIds::new(options.seed, clock.clone()));
        let setup = Setup {
            store: store.clone(),
            runtime: runtime.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            options: EngineOptions { longest_cascade: options.turns, ..EngineOptions::default() },
        };
        let parts = Parts { description, machines: machines.clone(), ports };
        let engine = setup.try_start(parts).map_err(|misfit| Stopped(format!("the machines do not fit: {misfit}")))?;
        let limits = Limits { turns: options.turns, latest: options.start.saturating_add(options.time) };
        let (description, journal, read) = (Arc::clone(&shared), Vec::new(), Position(0));
        let works = Works { engine, description: shared, clock, ids, store, runtime, log, limits };
        Ok(Self { works, description, machines, journal, read })
    }

    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.works.log)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.works.now()
    }

    /// Sends a request from outside, and runs what follows from it within the request.
    pub(crate) fn request(&mut self, request: Request) -> Result<Answer, Refusal> {
        let answer = self.works.finish(self.works.engine.dispatch(request));
        self.read_on();
        answer
    }

    /// Delivers a message as from somebody of the system.
    pub(crate) fn deliver(&mut self, played: Played<'_>) -> Result<Answer, Refusal> {
        let answer = self.works.deliver(played);
        self.read_on();
        answer
    }

    /// Makes something so.
    pub(crate) fn give(&mut self, given: Given) -> Result<(), Refusal> {
        let answer = self.works.finish(self.works.engine.give(given));
        self.read_on();
        answer
    }

    /// Runs what waits, timers that are not due aside, until nothing is left.
    pub(crate) fn settle(&mut self) -> Result<(), Stopped> {
        let settled = self.works.settle(0);
        self.read_on();
        settled
    }

    /// Moves the clock, and lets every timer on the way fire at its time.
    pub(crate) fn move_to(&mut self, due: Timestamp) -> Result<(), Stopped> {
        let moved = self.works.move_to(due, 0);
        self.read_on();
        moved
    }

    /// The first instance of a machine that the test has seen.
    pub(crate) fn instance(&self, machine: usize) -> Option<InstanceId> {
        let name = &self.description.machines[machine].name;
        self.journal.iter().map(|entry| &entry.id).find(|id| id.machine() == *name).cloned()
    }

    /// The state of an instance now.
    pub(crate) fn state(&self, id: &InstanceId) -> Option<String> {
        let states = self.journal.iter().rev().filter(|entry| entry.id == *id);
        states.filter_map(|entry| entry.record.state.first()).next().cloned()
    }

    /// The next pending timer of an event.
    pub(crate) fn armed(&self, id: &InstanceId, event: &str) -> Option<Armed> {
        let mut pending: Vec<&Armed> = Vec::new();
        for Entry { record, .. } in self.journal.iter().filter(|entry| entry.id == *id) {
            pending.retain(|timer| timer.id != record.message && !record.disarmed.contains(&timer.id));
            pending.extend(record.armed.iter().filter(|timer| timer.event == event));
        }
        pending.into_iter().min_by_key(|timer| timer.due).cloned()
    }

    /// An id for an instance that somebody is to have.
    pub(crate) fn fresh_id(&self, machine: &str) -> InstanceId {
        self.works.fresh_id(machine)
    }

    /// A conversation for what is so before anything is said.
    pub(crate) fn opened(&self) -> ConversationId {
        ConversationId::opened_by(MessageId::from_bytes([0; 16]))
    }

    /// Reads what was committed since.
    pub(crate) fn read_on(&mut self) {
        let tail = self.works.finish(self.works.store.tail(self.read, usize::MAX));
        // The memory store answers always, and holds what the engine has written.
        let Ok((stored, read)) = tail else { return };
        self.read = read;
        for stored in stored {
            if let Ok(record) = Record::from_json(&stored.record) {
                self.journal.push(Entry { position: stored.position, id: stored.id, record });
            }
        }
    }
}

impl Works {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An id for an instance that somebody is to have.
    pub(crate) fn fresh_id(&self, machine: &str) -> InstanceId {
        InstanceId::fresh(machine, &self.ids.uuid())
    }

    /// Runs something to its end.
    pub(crate) fn finish<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.finish(future)
    }

    /// Delivers a message as from somebody of the system.
    pub(crate) fn deliver(&self, played: Played<'_>) -> Result<Answer, Refusal> {
        self.finish(self.engine.deliver_as(played))
    }

    /// How many turns there have been.
    pub(crate) fn turns(&self) -> usize {
        lock(&self.log).turns.len()
    }

    /// Runs what waits, timers that are not due aside, until nothing is left. Turns are counted from `begun` on.
    pub(crate) fn settle(&self, begun: usize) -> Result<(), Stopped> {
        loop {
            if self.turns().saturating_sub(begun) >= self.limits.turns {
                return Err(self.endless());
            }
            let worked = self.finish(self.engine.work_once());
            if !worked.map_err(|error| Stopped(error.to_string()))? {
                return Ok(());
            }
        }
    }

    /// Moves the clock, and lets every timer on the way fire at its time.
    pub(crate) fn move_to(&self, due: Timestamp, begun: usize) -> Result<(), Stopped> {
        if due > self.limits.latest {
            let days = due.since(self.now()).as_micros() / Duration::from_days(1).as_micros();
            let why = format!("the clock would have to move by {days} days, which is beyond the limit of a test");
            return Err(Stopped(why));
        }
        self.settle(begun)?;
        while let Some(next) = self.next_due()?.filter(|next| *next <= due) {
            self.clock.set(next.max(self.now()));
            self.settle(begun)?;
        }
        self.clock.set(due.max(self.now()));
        self.settle(begun)
    }

    fn next_due(&self) -> Result<Option<Timestamp>, Stopped> {
        self.finish(self.store.next_due()).map_err(|error| Stopped(error.to_string()))
    }

    /// A test that does not come to rest: the turns that come round again and again.
    fn endless(&self) -> Stopped {
        let log = lock(&self.log);
        let mut named: Vec<String> = Vec::new();
        for turn in log.turns.iter().rev().take(NAMED_TURNS) {
            let name = self.turn_name(turn);
            if !named.contains(&name) {
                named.push(name);
            }
        }
        named.reverse();
        Stopped(format!("after {} turns it has not come to rest; it goes round {}", log.turns.len(), named.join(", ")))
    }

    fn turn_name(&self, turn: &watch::TurnLog) -> String {
        let machine = &self.description.machines[turn.machine];
        format!(":{} to @{}", machine.events[machine.handlers[turn.handler].event].name, machine.name)
    }
}

/// How many of the last turns are looked at to name a loop.
const NAMED_TURNS: usize = 12;
