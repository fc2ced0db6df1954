//! Turns a second through the whole engine: memory and SQLite, one caller and 64; and how long a replay takes.
//!
//! `cargo bench -p eventflow --features sqlite,test-kit --bench engine`

use std::any::Any;
use std::io::Write as _;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eventflow::description::{
    EventDescription, HandlerDescription, MachineDescription, Priority, QueueDescription, StateDescription,
    SystemDescription, VariableDescription,
};
use eventflow::dynamic::{
    Acceptance, Accepted, BoxFuture, DynDecision, DynMachine, DynTurn, Failure, Instance, Outcome,
};
use eventflow::engine::{Engine, Options, Setup};
use eventflow::request::{Dispatcher, Request};
use eventflow::runtime::block_on;
use eventflow::schema::Schema;
use eventflow::store::{MemoryStore, SqliteOptions, Store};
use eventflow::system::{Host, Parts};
use eventflow::{Decode, InstanceId, Json, Mismatch, SystemClock};

const TIME: Duration = Duration::from_secs(2);

/// A machine that counts: the engine is to be measured, not the decision.
struct Counter(MachineDescription);

#[derive(Clone, Default)]
struct Counted(i64);

impl Instance for Counted {
    fn state(&self) -> &str {
        "counting"
    }

    fn apply(&mut self, _: Option<&str>, set: Option<&Json>) -> Result<(), Mismatch> {
        if let Some(count) = set.and_then(|set| set.get("count")) {
            self.0 = i64::decode(count)?;
        }
        Ok(())
    }

    fn context(&self) -> String {
        format!(r#"{{"count":{}}}"#, self.0)
    }

    fn boxed_clone(&self) -> Box<dyn Instance> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl DynMachine for Counter {
    fn description(&self) -> &MachineDescription {
        &self.0
    }

    fn fresh(&self) -> Box<dyn Instance> {
        Box::new(Counted::default())
    }

    fn restore(&self, state: &str, context: &Json) -> Result<Box<dyn Instance>, Mismatch> {
        let mut counted = Counted::default();
        counted.apply(Some(state), Some(context))?;
        Ok(Box::new(counted))
    }

    fn decide<'a>(&'a self, turn: DynTurn<'a>) -> BoxFuture<'a, Result<Outcome, Failure>> {
        let count = turn.instance.as_any().downcast_ref::<Counted>().map_or(0, |counted| counted.0) + 1;
        let decision = DynDecision { set: format!(r#"{{"count":{count}}}"#), ..DynDecision::default() };
        Box::pin(std::future::ready(Ok(Outcome::Decided(decision))))
    }

    fn accept(&self, _: &Acceptance<'_>) -> Result<Accepted, Failure> {
        Ok(Accepted { reply: None, fixed: Json::object([]) })
    }

    fn keeps_rule(&self, _: usize, _: &Json) -> Result<bool, Failure> {
        Ok(true)
    }
}

fn counter() -> MachineDescription {
    let handler = HandlerDescription {
        event: 0,
        from: None,
        api: true,
        queued: false,
        priority: Priority::Normal,
        creates: true,
        checks: Vec::new().into(),
        intended: Vec::new().into(),
        place: "counter.flow:3".into(),
    };
    MachineDescription {
        name: "counter".into(),
        states: vec![StateDescription { name: "counting".into(), terminal: false, outcome: None }].into(),
        initial: 0,
        variables: vec![VariableDescription { name: "count".into(), schema: Schema::Integer, secret: false }].into(),
        identity: None,
        events: vec![EventDescription { name: "count".into(), fields: Vec::new().into() }].into(),
        handlers: vec![handler].into(),
        queue: QueueDescription::DEFAULT,
    }
}

fn engine(store: Arc<dyn Store>, snapshot_every: Option<u64>) -> Engine {
    let machine: Arc<dyn DynMachine> = Arc::new(Counter(counter()));
    let description = SystemDescription {
        name: "counters".into(),
        title: "Counters".into(),
        flow: "0123456789abcdef".into(),
        machines: vec![machine.description().clone()].into(),
        actors: Vec::new().into(),
    };
    let setup = Setup::new(store).expect("there is randomness");
    let options = Options { snapshot_every: snapshot_every.and_then(NonZeroU64::new), ..Options::default() };
    Setup { options, ..setup }.start(Parts { description, machines: vec![machine], ports: Vec::new() })
}

fn count(to: Option<&InstanceId>) -> Request {
    Request {
        machine: "counter".into(),
        event: "count".into(),
        actor: None,
        subject: None,
        to: to.map(ToString::to_string),
        conversation: None,
        key: None,
        data: "{}".to_owned(),
    }
}

fn create(engine: &Engine) -> InstanceId {
    let answer = block_on(engine.dispatch(count(None))).expect("it is served");
    answer.instance.expect("an instance")
}

/// Every caller counts on an instance of its own, as fast as it is answered.
fn turns(engine: &Engine, callers: usize) -> f64 {
    let start = Instant::now();
    let turns: u64 = std::thread::scope(|scope| {
        let run = || {
            let id = create(engine);
            let mut turns = 1;
            while start.elapsed() < TIME {
                block_on(engine.dispatch(count(Some(&id)))).expect("it is served");
                turns += 1;
            }
            turns
        };
        let threads: Vec<_> = (0..callers).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().expect("no caller fails")).sum()
    });
    turns as f64 / start.elapsed().as_secs_f64()
}

/// How long it takes to make an instance of so many records.
fn replay(records: u64) -> Duration {
    // The turns that write the records need snapshots, or each would read all before it; the replay goes without.
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let writer = engine(store, Some(100));
    let id = create(&writer);
    (1..records).for_each(|_| drop(block_on(writer.dispatch(count(Some(&id)))).expect("it is served")));
    let start = Instant::now();
    let view = block_on(writer.instance_at(&id, u64::MAX)).expect("readable").expect("there");
    assert_eq!(view.seq, records);
    start.elapsed()
}

fn main() {
    let mut out = std::io::stdout().lock();
    let mut say = |line: std::fmt::Arguments<'_>| writeln!(out, "{line}").expect("the terminal listens");
    let folder = tempfile::tempdir_in(".").expect("a folder on a disk");
    for callers in [1, 64] {
        let memory: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        say(format_args!("memory, {callers:>2} callers: {:>8.0} turns/s", turns(&engine(memory, Some(100)), callers)));
        let options = SqliteOptions::new(folder.path().join(format!("{callers}.db")));
        let file: Arc<dyn Store> = Arc::new(options.open(Arc::new(SystemClock)).expect("the file can be opened"));
        say(format_args!("SQLite, {callers:>2} callers: {:>8.0} turns/s", turns(&engine(file, Some(100)), callers)));
    }
    for records in [1_000, 100_000] {
        say(format_args!("replay of {records:>7} records: {:>8.2} ms", replay(records).as_secs_f64() * 1e3));
    }
}
