//! Drives a system through an engine with a sequence of events, and writes down everything that can be seen of it.
//!
//! What is sent follows from a seed and from the answers so far; time stands still but for the steps that move it, and
//! ids are counted. So two executors that decide alike leave the same transcript.

use crate::sample::{hash, members, part, sample};
use crate::seed::Seed;
use eventflow::description::{HandlerDescription, Party, SystemDescription};
use eventflow::dynamic::{BoxError, BoxFuture, Delivery, DynMachine, DynPort};
use eventflow::engine::{Engine, Options, Setup};
use eventflow::request::{Dispatcher, Request};
use eventflow::runtime::Runtime;
use eventflow::schema::Schema;
use eventflow::store::{MemoryStore, Position, Store};
use eventflow::system::Parts;
use eventflow::{ConversationId, Duration, Encoder, Json, ManualClock, SeededIds, Timestamp};
use std::fmt::Write as _;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

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

/// How many steps a sequence has.
const STEPS: usize = 10;
/// How many messages are worked off between two steps, at most: some systems never rest.
const PATIENCE: usize = 60;

/// Runs one sequence of events on a fresh engine, and returns everything that can be seen of it.
#[must_use]
pub fn transcript(driven: &Driven, number: u64) -> String {
    let start = Timestamp::from_micros(1_700_000_000_000_000).unwrap_or_default();
    let clock = Arc::new(ManualClock::new(start));
    let store = Arc::new(MemoryStore::new(clock.clone()));
    let runtime = Arc::new(Queue::default());
    let port = |actor: usize| -> Arc<dyn DynPort> {
        let name = driven.system.actors[actor].name.to_string();
        let answers = driven.answers.iter().filter(|(of, ..)| *of == name);
        Arc::new(Played { answers: answers.map(|(_, event, schema)| (event.clone(), schema.clone())).collect() })
    };
    let parts = Parts {
        description: driven.system.clone(),
        machines: driven.machines.clone(),
        ports: (0..driven.system.actors.len()).map(port).collect(),
    };
    let setup = Setup {
        store: store.clone(),
        runtime: runtime.clone(),
        clock: clock.clone(),
        ids: Arc::new(SeededIds::new(number, clock.clone())),
        options: Options { longest_cascade: 40, ..Options::default() },
    };
    let engine = match Engine::new(setup, parts) {
        Ok(engine) => engine,
        Err(misfit) => return format!("misfit: {misfit}"),
    };
    let seed = Seed::new(number);
    let mut sequence = Sequence {
        driven,
        engine,
        clock,
        store,
        seed,
        known: Vec::new(),
        conversation: None,
        sent: Vec::new(),
        text: String::new(),
    };
    runtime.finish(sequence.run());
    sequence.text
}

/// A sequence that runs.
struct Sequence<'d> {
    driven: &'d Driven,
    engine: Engine,
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    seed: Seed,
    /// The instances that answers told of: machine and id.
    known: Vec<(String, String)>,
    conversation: Option<ConversationId>,
    /// Requests with a key, for repetition.
    sent: Vec<Request>,
    text: String,
}

impl Sequence<'_> {
    async fn run(&mut self) {
        for _ in 0..STEPS {
            match self.seed.weighted(&[78, 16, 6]) {
                0 => self.request().await,
                1 => self.wait().await,
                _ => self.retry().await,
            }
            self.work().await;
        }
        self.look().await;
    }

    fn note(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.text.write_fmt(line);
        self.text.push('\n');
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

    async fn wait(&mut self) {
        let seconds = *self.seed.pick(&[1, 5, 60, 120, 3600, 90_000]);
        self.clock.advance(Duration::from_seconds(seconds));
        self.note(format_args!("wait {seconds}"));
    }

    async fn retry(&mut self) {
        let letters = self.engine.dead_letters(None, 10).await.unwrap_or_default();
        if letters.is_empty() {
            return;
        }
        let letter = self.seed.pick(&letters).id;
        let retried = self.engine.retry_dead_letter(&letter).await;
        self.note(format_args!("retry {letter:?}: {retried:?}"));
    }

    async fn request(&mut self) {
        let request = match self.sent.last() {
            Some(earlier) if self.seed.chance(6) => earlier.clone(),
            Some(_) | None => match self.random_request() {
                Some(request) => request,
                None => return,
            },
        };
        if request.key.is_some() {
            self.sent.push(request.clone());
        }
        self.note(format_args!("send {request:?}"));
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

    fn random_request(&mut self) -> Option<Request> {
        let system = &self.driven.system;
        let outside = |handler: &HandlerDescription| handler.api || matches!(handler.from, Some(Party::Actor(_)));
        let mut doors = Vec::new();
        for (place, machine) in system.machines.iter().enumerate() {
            let open = machine.handlers.iter().enumerate().filter(|(_, handler)| outside(handler));
            doors.extend(open.map(|(handler, _)| (place, handler)));
        }
        if doors.is_empty() {
            return None;
        }
        // The first steps knock at creating doors, so that there is something to talk to.
        let creating: Vec<(usize, usize)> = doors
            .iter()
            .copied()
            .filter(|(machine, handler)| system.machines[*machine].handlers[*handler].creates)
            .collect();
        let eager = self.known.len() < 2 && !creating.is_empty() && self.seed.chance(80);
        let (machine, handler) = *self.seed.pick(if eager { &creating } else { &doors });
        let machine = &system.machines[machine];
        let handler = &machine.handlers[handler];
        let event = &machine.events[handler.event];
        let mut payload = members(&event.fields, self.seed.bits());
        if self.seed.chance(4) {
            payload.insert("surprise".to_owned(), Json::Bool(true));
        }
        if self.seed.chance(5)
            && let Some(field) = event.fields.first()
        {
            payload.insert(
                field.name.to_string(),
                if self.seed.chance(50) { Json::Null } else { Json::List(vec![Json::Null]) },
            );
        }
        let instances: Vec<&String> =
            self.known.iter().filter(|(of, _)| *of == machine.name).map(|(_, id)| id).collect();
        let to = if instances.is_empty() || (handler.creates && self.seed.chance(50)) {
            None
        } else {
            Some((*self.seed.pick(&instances)).clone())
        };
        let conversation = if to.is_none() && !self.seed.chance(35) { None } else { self.conversation.clone() };
        let actor = match handler.from {
            Some(Party::Actor(actor)) => Some(system.actors[actor].name.clone()),
            Some(Party::Machine(_) | Party::System) | None => {
                system.actors.first().filter(|_| self.seed.chance(60)).map(|actor| actor.name.clone())
            }
        };
        let key = if self.seed.chance(25) { Some(format!("key-{}", self.seed.below(1000))) } else { None };
        Some(Request {
            machine: machine.name.clone(),
            event: event.name.clone(),
            subject: actor.is_some().then(|| "ada".to_owned()),
            actor,
            to,
            conversation: if self.seed.chance(50) { conversation } else { None },
            key,
            data: Json::Object(payload).to_string(),
        })
    }

    /// Everything that the store holds at the end.
    async fn look(&mut self) {
        match self.store.tail(Position(0), usize::MAX).await {
            Ok((records, _)) => {
                for stored in &records {
                    let line = format!("{} {}", stored.id, stored.record);
                    self.note(format_args!("record {line}"));
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

/// An external actor that is played: what it answers follows from what it is asked.
struct Played {
    answers: Vec<(String, Schema)>,
}

impl DynPort for Played {
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> BoxFuture<'a, Result<Option<String>, BoxError>> {
        let asked = hash(&[delivery.event, &delivery.data.to_string(), &format!("{:?}", delivery.key)]);
        let answer = if asked.is_multiple_of(31) {
            Err(BoxError::from("the actor is out"))
        } else {
            let schema = self.answers.iter().find(|(event, _)| event == delivery.event);
            Ok(schema
                .filter(|_| !asked.is_multiple_of(9))
                .map(|(_, schema)| Encoder::encode(&sample(schema, part(asked, 1)))))
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Runs tasks one after the other, on the thread that asks; nothing ever sleeps to its end.
#[derive(Default)]
pub(crate) struct Queue {
    tasks: Mutex<Vec<BoxFuture<'static, ()>>>,
}

impl Runtime for Queue {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl Queue {
    /// Runs a future to its end, and the tasks that are spawned meanwhile.
    pub(crate) fn finish(&self, future: impl Future<Output = ()>) {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        while future.as_mut().poll(&mut context).is_pending() {
            let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
            tasks.retain_mut(|task| task.as_mut().poll(&mut context) == Poll::Pending);
            self.tasks.lock().unwrap_or_else(PoisonError::into_inner).append(&mut tasks);
        }
    }
}
