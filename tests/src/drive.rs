//! Drives a system through an engine with a sequence of steps, and writes down everything that can be seen of it.
//!
//! Time stands still but for the steps that move it, and ids are counted. So two executors that decide alike leave the
//! same transcript.

mod chance;
mod played;
pub mod step;

use crate::code;
use crate::seed::Seed;
use chance::Known;
use eventflow::description::SystemDescription;
use eventflow::dynamic::{DynMachine, DynPort};
use eventflow::engine::{Engine, Options, Setup};
use eventflow::request::{Dispatcher, Request};
use eventflow::schema::Schema;
use eventflow::store::{MemoryStore, Position, Store};
use eventflow::system::Parts;
use eventflow::{ConversationId, Duration, Json, ManualClock, SeededIds, Timestamp};
use played::Played;
pub(crate) use played::Queue;
use std::fmt::Write as _;
use std::num::NonZeroU64;
use std::sync::Arc;
use step::{Sent, Step};

/// The type of each answer that an actor gives, by actor and event.
pub type Answers = Vec<(String, String, Schema)>;

/// A system, ready to be driven.
pub struct Driven {
    /// What it is.
    pub system: SystemDescription,
    /// Its machines.
    pub machines: Vec<Arc<dyn DynMachine>>,
    /// What its external actors answer when they are called.
    pub answers: Answers,
}

/// What a sequence left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The steps that were taken.
    pub steps: Vec<Step>,
    /// Everything that can be seen of the system, line by line.
    pub transcript: String,
    /// How many records there are.
    pub turns: usize,
    /// How many of them emit something.
    pub emitting: usize,
}

/// How many steps a random sequence has.
const STEPS: usize = 10;
/// How many messages are worked off between two steps, at most: some systems never rest.
const PATIENCE: usize = 25;
/// How many turns may follow from one another.
const LONGEST_CASCADE: usize = 12;

/// Runs the random sequence with this number on a fresh engine.
#[must_use]
pub fn wander(driven: &Driven, number: u64) -> Trace {
    let mut seed = Seed::new(number);
    run(driven, number, |sequence, dead| {
        if sequence.trace.steps.len() >= STEPS {
            return None;
        }
        let known = Known { system: &driven.system, instances: &sequence.known, keyed: sequence.keyed.is_some(), dead };
        known.next(&mut seed)
    })
}

/// Runs the steps on a fresh engine whose ids are counted from a number.
#[must_use]
pub fn replay(driven: &Driven, number: u64, steps: &[Step]) -> Trace {
    run(driven, number, |sequence, _| steps.get(sequence.trace.steps.len()).cloned())
}

/// Runs what `next` says: it is told of the sequence so far and of the number of dead letters.
fn run(driven: &Driven, number: u64, mut next: impl FnMut(&Sequence<'_>, usize) -> Option<Step>) -> Trace {
    let start = Timestamp::from_micros(1_700_000_000_000_000).unwrap_or_default();
    let clock = Arc::new(ManualClock::new(start));
    let runtime = Arc::new(Queue::default());
    let store = Arc::new(MemoryStore::new(clock.clone()));
    let ids = Arc::new(SeededIds::new(number, clock.clone()));
    let setup = Setup {
        store: store.clone(),
        runtime: runtime.clone(),
        clock: clock.clone(),
        ids,
        // Instances are kept whole soon, so that they are restored, not only folded from records.
        options: Options { longest_cascade: LONGEST_CASCADE, snapshot_every: NonZeroU64::new(4), ..Options::default() },
    };
    let engine = match Engine::new(setup.clone(), parts(driven)) {
        Ok(engine) => engine,
        Err(misfit) => return Trace { transcript: format!("misfit: {misfit}"), ..Trace::default() },
    };
    let mut sequence = Sequence {
        driven,
        setup,
        engine,
        clock,
        store,
        known: Vec::new(),
        conversation: None,
        keyed: None,
        trace: Trace::default(),
    };
    runtime.finish(async {
        loop {
            let dead = sequence.engine.dead_letters(None, 10).await.unwrap_or_default();
            let Some(step) = next(&sequence, dead.len()) else { break };
            sequence.trace.steps.push(step.clone());
            sequence.step(step).await;
            sequence.work().await;
            for question in code::questions() {
                sequence.note(format_args!("asked {question}"));
            }
        }
        sequence.look().await;
    });
    sequence.trace
}

fn parts(driven: &Driven) -> Parts {
    let port = |actor: usize| -> Arc<dyn DynPort> {
        let name = driven.system.actors[actor].name.to_string();
        let answers = driven.answers.iter().filter(|(of, ..)| *of == name);
        Arc::new(Played { answers: answers.map(|(_, event, schema)| (event.clone(), schema.clone())).collect() })
    };
    Parts {
        description: driven.system.clone(),
        machines: driven.machines.clone(),
        ports: (0..driven.system.actors.len()).map(port).collect(),
    }
}

/// A sequence that runs.
struct Sequence<'d> {
    driven: &'d Driven,
    setup: Setup,
    engine: Engine,
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    /// The instances that answers told of: machine and id.
    known: Vec<(String, String)>,
    /// The conversation of the last answer.
    conversation: Option<ConversationId>,
    /// The last request with a key.
    keyed: Option<Request>,
    trace: Trace,
}

impl Sequence<'_> {
    fn note(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.trace.transcript.write_fmt(line);
        self.trace.transcript.push('\n');
    }

    async fn step(&mut self, step: Step) {
        self.note(format_args!("{step}"));
        match step {
            Step::Send(sent) => {
                let request = self.request(sent);
                self.send(request).await;
            }
            Step::Again => {
                if let Some(request) = self.keyed.clone() {
                    self.send(request).await;
                }
            }
            Step::Wait(seconds) => {
                self.clock.advance(Duration::from_seconds(seconds));
            }
            Step::Retry(place) => {
                let letters = self.engine.dead_letters(None, 10).await.unwrap_or_default();
                if let Some(letter) = letters.get(place) {
                    let retried = self.engine.retry_dead_letter(&letter.id).await;
                    self.note(format_args!("retried {:?}: {retried:?}", letter.id));
                }
            }
            Step::Restart => match Engine::new(self.setup.clone(), parts(self.driven)) {
                Ok(engine) => self.engine = engine,
                Err(misfit) => self.note(format_args!("misfit: {misfit}")),
            },
        }
    }

    async fn work(&mut self) {
        for worked in 0..PATIENCE {
            match self.engine.work_once().await {
                Ok(true) => {}
                Ok(false) => return self.note(format_args!("worked {worked}")),
                Err(error) => return self.note(format_args!("store: {error}")),
            }
        }
        self.note(format_args!("worked on and on"));
    }

    fn request(&self, sent: Sent) -> Request {
        let Sent { machine, event, actor, to, joins, key, data } = sent;
        Request {
            machine: machine.into(),
            event: event.into(),
            subject: actor.is_some().then(|| "ada".to_owned()),
            actor: actor.map(Into::into),
            to: to.and_then(|place| self.known.get(place)).map(|(_, id)| id.clone()),
            conversation: self.conversation.clone().filter(|_| joins),
            key,
            data: data.to_string(),
        }
    }

    async fn send(&mut self, request: Request) {
        if request.key.is_some() {
            self.keyed = Some(request.clone());
        }
        let answer = self.engine.dispatch(request).await;
        if let Ok(answer) = &answer {
            self.conversation = Some(answer.conversation.clone());
            if let Some(instance) = &answer.instance {
                let known = (instance.machine().to_owned(), instance.key().to_owned());
                if !self.known.contains(&known) {
                    self.known.push(known);
                }
            }
        }
        self.note(format_args!("answer {answer:?}"));
    }

    /// Everything that the store holds at the end.
    async fn look(&mut self) {
        match self.store.tail(Position(0), usize::MAX).await {
            Ok((records, _)) => {
                for stored in &records {
                    self.trace.turns += 1;
                    self.trace.emitting += usize::from(emits(&stored.record));
                    self.note(format_args!("record {} {}", stored.id, stored.record));
                }
                let mut seen: Vec<&eventflow::InstanceId> = records.iter().map(|stored| &stored.id).collect();
                seen.sort();
                seen.dedup();
                for id in seen {
                    let view = self.engine.instance(id).await;
                    self.note(format_args!("instance {view:?}"));
                }
            }
            Err(error) => self.note(format_args!("store: {error}")),
        }
        let letters = self.engine.dead_letters(None, 1000).await;
        for letter in letters.unwrap_or_default() {
            self.note(format_args!("dead {letter:?}"));
        }
        let due = self.store.next_due().await;
        self.note(format_args!("next {:?}", due.ok()));
    }
}

/// Whether a record emits something.
fn emits(record: &str) -> bool {
    record.parse::<Json>().is_ok_and(|record| record.get("emits").is_some())
}
