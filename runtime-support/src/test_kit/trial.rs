//! Tests written in Rust: a system of real code on a stage where nothing moves by itself.

use super::cast::{Cast, Script};
use super::partners::{PlayedMachine, alone, hasten};
use super::report::Party;
use super::stage::{Entry, Stage, Stopped, Works};
use super::{Options, transcript};
use crate::codec::Encoder;
use crate::duration::Duration;
use crate::dynamic::{BoxFuture, DynMachine, Instance, Sender};
use crate::engine::played::{Given, Played};
use crate::engine::{DeadMessage, Engine};
use crate::ids::{ConversationId, InstanceId};
use crate::json::Json;
use crate::record::{Armed, Emitted, Record};
use crate::request::{Answer, Dispatcher, Refusal, Request};
use crate::system::{Host, Instances, Parts};
use crate::timestamp::Timestamp;
use crate::typed::Recorded;
use core::fmt;
use core::future::IntoFuture;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Hosts a system for one test: in memory, with a clock that stands still and ids that repeat.
///
/// It is what a generated system is started on; the system's `engine()` is then a [`Trial`].
#[derive(Clone, Debug, Default)]
pub struct TestHost {
    options: Options,
    alone: Option<String>,
}

/// A system of real code that is tried out.
///
/// What is sent runs when it is waited for, together with what follows from it within the request. What is left runs in
/// [`Trial::settle`], and timers when the clock is moved. No thread but the test's own does anything.
pub struct Trial {
    stage: Mutex<Stage>,
    works: Works,
}

/// A system that does not come to rest: the text names the events that go round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restless(String);

impl fmt::Display for Restless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Restless {}

/// A message that a machine sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SentMessage {
    /// Who sent it.
    pub from: InstanceId,
    /// To whom.
    pub to: Party,
    /// The event, without its sigil.
    pub event: String,
    /// What it carries, in record form.
    pub data: Json,
}

impl TestHost {
    /// A host for one test.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// When the story begins; otherwise on 2026-01-01 at nine, in UTC.
    #[must_use]
    pub const fn starting_at(mut self, now: Timestamp) -> Self {
        self.options.start = now;
        self
    }

    /// What ids follow from.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// After how many turns of one [`Trial::settle`] or [`Trial::advance`] a system counts as one that does not come to rest;
    /// otherwise after 1,000.
    #[must_use]
    pub const fn at_most(mut self, turns: usize) -> Self {
        self.options.turns = turns;
        self
    }

    /// Tries one machine alone: the other machines of the system accept everything, decide nothing, and answer calls with
    /// null. What they say, the test says with [`Trial::say_as`].
    #[must_use]
    pub fn alone(mut self, machine: &str) -> Self {
        self.alone = Some(machine.to_owned());
        self
    }
}

impl Host for TestHost {
    type Running = Trial;

    /// # Panics
    /// If the machines are not those of the description, or none has the name of the one that is tried alone.
    fn start(self, parts: Parts) -> Trial {
        let Self { options, alone: subject } = self;
        let Parts { mut description, machines, ports } = parts;
        let cast = Arc::new(Cast::new(Script::empty(options.start), None));
        let subject = subject.map(|name| {
            let found = description.machines.iter().position(|machine| machine.name == name);
            found.unwrap_or_else(|| panic!("there is no machine `@{name}` to be tried alone"))
        });
        let machines = machines.into_iter().enumerate().map(|(position, inner)| {
            if subject.is_some_and(|subject| subject != position) {
                Arc::new(PlayedMachine { inner, cast: Arc::clone(&cast) }) as Arc<dyn DynMachine>
            } else {
                inner
            }
        });
        let machines = machines.collect();
        if let Some(subject) = subject {
            description = alone(&description, subject);
        }
        hasten(&mut description);
        let stage = Stage::new(description, machines, ports, (&cast, &options));
        let stage = stage.unwrap_or_else(|stopped| panic!("{}", stopped.0));
        Trial { works: stage.works.clone(), stage: Mutex::new(stage) }
    }
}

impl Trial {
    /// Waits for something, such as the answer to a request. What follows from it within the request has run then.
    pub fn wait<T>(&self, future: impl IntoFuture<Output = T>) -> T {
        self.works.finish(future.into_future())
    }

    /// Runs what waits, timers that are not due aside, until nothing is left. Failed messages are tried again at once.
    ///
    /// # Errors
    /// If the system does not come to rest.
    pub fn settle(&self) -> Result<(), Restless> {
        self.works.settle(self.works.turns()).map_err(restless)
    }

    /// The time on the stage.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.works.now()
    }

    /// Moves the clock. Every timer on the way fires at its time, and what follows from it runs.
    ///
    /// # Errors
    /// If the system does not come to rest, or the clock would leave the time of a test.
    pub fn advance(&self, by: Duration) -> Result<(), Restless> {
        self.works.move_to(self.now().saturating_add(by), self.works.turns()).map_err(restless)
    }

    /// Puts an instance of a generated machine into a state with a context, in a conversation of its own.
    ///
    /// # Errors
    /// If the system has no such machine.
    pub fn place<M: Recorded>(&self, state: M::State, context: &M::Context) -> Result<InstanceId, Refusal>
    where
        M::State: fmt::Debug,
    {
        let mut encoder = Encoder::new();
        let mut object = encoder.object();
        M::encode_context(context, &mut object);
        object.end();
        let set: Json = encoder.finish().parse().unwrap_or_default();
        self.place_dynamic(M::NAME, M::state_name(state), &set)
    }

    /// Puts an instance into a state with a context, by names; the context is an object in record form.
    ///
    /// # Errors
    /// If there is no such machine, state or variable.
    pub fn place_dynamic(&self, machine: &str, state: &str, context: &Json) -> Result<InstanceId, Refusal> {
        let mut stage = self.stage();
        let position = position(&stage, machine)?;
        let id = stage.fresh_id(machine);
        let conversation =
            ConversationId::parse(id.key()).map_err(|error| Refusal::Malformed { why: error.to_string() })?;
        let set = matches!(context, Json::Object(fields) if !fields.is_empty()).then(|| context.to_string());
        let given = Given { machine: position, id: id.clone(), conversation, state: Some(state.to_owned()), set };
        stage.give(given)?;
        Ok(id)
    }

    /// Says something to an instance as another machine of the system, in the conversation of the one it is said to.
    ///
    /// # Errors
    /// If the message is refused, or its turn fails; it is not tried again.
    pub fn say_as(&self, machine: &str, to: &InstanceId, event: &str, data: &Json) -> Result<Answer, Refusal> {
        let (from, home) = self.partner(machine, to);
        let (from, conversation) = (Sender::Instance(from), Some(home));
        let (to, machine) = (Some(to.clone()), to.machine());
        self.works.deliver(Played { from, machine, to, event, conversation, data })
    }

    /// The state that an instance is in, without its sigil; none: there is no such instance.
    #[must_use]
    pub fn state(&self, id: &InstanceId) -> Option<String> {
        self.stage().state(id)
    }

    /// The states that an instance has moved to, in order.
    #[must_use]
    pub fn transitions(&self, id: &InstanceId) -> Vec<String> {
        self.history(id).iter().filter_map(|record| record.state.first().cloned()).collect()
    }

    /// The records of an instance, oldest first.
    #[must_use]
    pub fn history(&self, id: &InstanceId) -> Vec<Record> {
        let stage = self.stage();
        stage.journal.iter().filter(|entry| entry.id == *id).map(|entry| entry.record.clone()).collect()
    }

    /// The first instance of a machine that there was.
    #[must_use]
    pub fn first(&self, machine: &str) -> Option<InstanceId> {
        let stage = self.stage();
        let mut ids = stage.journal.iter().map(|entry| &entry.id);
        ids.find(|id| id.machine() == machine).cloned()
    }

    /// Everything that machines have sent so far, in order, delivered yet or not.
    #[must_use]
    pub fn sent(&self) -> Vec<SentMessage> {
        let stage = self.stage();
        let sent = |Entry { id, record, .. }: &Entry| {
            record.emits.iter().map(|emitted| sent_message(id, emitted)).collect::<Vec<_>>()
        };
        stage.journal.iter().flat_map(sent).collect()
    }

    /// The payloads of an event that somebody was sent, in order: a machine or an actor, by name.
    #[must_use]
    pub fn received(&self, by: &str, event: &str) -> Vec<Json> {
        let received = self.sent().into_iter().filter(|sent| sent.to.name == by && sent.event == event);
        received.map(|sent| sent.data).collect()
    }

    /// The timers of an instance that are pending.
    ///
    /// # Errors
    /// If a record of it cannot be read.
    pub fn timers(&self, id: &InstanceId) -> Result<Vec<Armed>, Refusal> {
        let view = self.wait(self.works.engine.instance(id))?;
        Ok(view.map(|view| view.timers).unwrap_or_default())
    }

    /// The messages that were given up.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn dead_letters(&self) -> Result<Vec<DeadMessage>, Refusal> {
        self.wait(self.works.engine.dead_letters(None, usize::MAX))
    }

    /// Everything that happened, one line a record and one a message, for a test that compares it with what is written
    /// down. Ids are numbered in the order in which they occur.
    #[must_use]
    pub fn transcript(&self) -> String {
        transcript::write(&self.stage().journal)
    }

    /// The engine, for what is not said here.
    pub const fn engine(&self) -> &Engine {
        &self.works.engine
    }

    /// The instance of a machine that shares the conversation of another one, or a fresh id; and that conversation.
    fn partner(&self, machine: &str, of: &InstanceId) -> (InstanceId, ConversationId) {
        let stage = self.stage();
        let first = stage.journal.iter().find(|entry| entry.id == *of);
        let home = first.map_or_else(|| stage.opened(), |entry| entry.record.conversation.clone());
        let mut there = stage.journal.iter().filter(|entry| entry.record.conversation == home);
        let partner = there.find(|entry| entry.id.machine() == machine).map(|entry| entry.id.clone());
        (partner.unwrap_or_else(|| stage.fresh_id(machine)), home)
    }

    /// The stage, with everything read that was committed.
    fn stage(&self) -> MutexGuard<'_, Stage> {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        stage.read_on();
        stage
    }
}

impl Dispatcher for Trial {
    fn dispatch(&self, request: Request) -> BoxFuture<'_, Result<Answer, Refusal>> {
        self.works.engine.dispatch(request)
    }
}

impl Instances for Trial {
    fn instance<'a>(&'a self, machine: &'a str, id: &'a str) -> BoxFuture<'a, Result<Box<dyn Instance>, Refusal>> {
        Instances::instance(&self.works.engine, machine, id)
    }
}

fn position(stage: &Stage, machine: &str) -> Result<usize, Refusal> {
    let found = stage.description.machines.iter().position(|known| known.name == machine);
    found.ok_or_else(|| Refusal::NotAllowed { why: format!("there is no machine `@{machine}`") })
}

fn sent_message(from: &InstanceId, emitted: &Emitted) -> SentMessage {
    SentMessage {
        from: from.clone(),
        to: Party::from(&emitted.to),
        event: emitted.event.clone(),
        data: emitted.data.parse().unwrap_or_default(),
    }
}

fn restless(stopped: Stopped) -> Restless {
    Restless(stopped.0)
}
