//! A system of scripted machines on a memory store, with a clock that the test moves and a runtime that it drives.

use crate::scripted::Scripted;
use crate::stores::Place;
use eventflow::description::{ActorDescription, SystemDescription};
use eventflow::dynamic::{BoxError, BoxFuture, Delivery, DynMachine, DynPort};
use eventflow::engine::{Engine, InstanceView, Options, Setup};
use eventflow::record::Record;
use eventflow::request::{Answer, Dispatcher, Refusal, Request};
use eventflow::runtime::{Clock, Runtime, block_on};
use eventflow::store::Store;
use eventflow::system::{Host, Parts};
use eventflow::{Duration, InstanceId, ManualClock, SeededIds, Timestamp};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) port: Arc<Recorder>,
    pub(crate) runtime: Arc<Driven>,
    /// Where the store is, if nobody else keeps it.
    place: Option<Place>,
}

/// A port that writes down what it is given: `actor event data`.
#[derive(Default)]
pub(crate) struct Recorder {
    heard: Mutex<Vec<String>>,
    pub(crate) failures: AtomicU32,
}

impl Recorder {
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no test panics with it").clone()
    }
}

impl DynPort for Recorder {
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> BoxFuture<'a, Result<Option<String>, BoxError>> {
        Box::pin(async move {
            if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                return Err("the mailbox is full".into());
            }
            assert_ne!(delivery.event, "explode", "it explodes");
            let said = format!("{} {}", delivery.event, delivery.data);
            self.heard.lock().expect("no test panics with it").push(said);
            Ok((delivery.event == "quote").then(|| r#"{"fee":"2.5"}"#.to_owned()))
        })
    }
}

/// A runtime whose tasks run when the test says so, and whose sleeps end at once if the test says so.
#[derive(Default)]
pub(crate) struct Driven {
    tasks: Mutex<Vec<BoxFuture<'static, ()>>>,
    pub(crate) impatient: std::sync::atomic::AtomicBool,
}

impl Driven {
    /// Runs what was spawned, and returns how many tasks that were.
    pub(crate) fn run(&self) -> usize {
        let tasks = std::mem::take(&mut *self.tasks.lock().expect("no test panics with it"));
        let count = tasks.len();
        tasks.into_iter().for_each(block_on);
        count
    }
}

impl Runtime for Driven {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tasks.lock().expect("no test panics with it").push(task);
    }

    fn sleep(&self, _: core::time::Duration) -> BoxFuture<'static, ()> {
        if self.impatient.load(Ordering::SeqCst) { Box::pin(async {}) } else { Box::pin(std::future::pending()) }
    }
}

pub(crate) const CUSTOMER: usize = 0;

pub(crate) fn system(machines: &[Arc<dyn DynMachine>]) -> SystemDescription {
    SystemDescription {
        name: "shop".into(),
        title: "Shop".into(),
        flow: "flow-1".into(),
        machines: machines.iter().map(|machine| machine.description().clone()).collect(),
        actors: vec![ActorDescription { name: "customer".into(), hears: Vec::new().into() }].into(),
    }
}

impl World {
    pub(crate) fn new(machines: Vec<Scripted>) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from_micros(1_790_000_000_000_000).expect("a time")));
        Self::with(machines, clock, Options::default())
    }

    pub(crate) fn with(machines: Vec<Scripted>, clock: Arc<ManualClock>, options: Options) -> Self {
        let place = Place::new(clock.clone());
        let mut world = Self::on(machines, place.open(), clock, options);
        world.place = Some(place);
        world
    }

    pub(crate) fn on(
        machines: Vec<Scripted>,
        store: Arc<dyn Store>,
        clock: Arc<ManualClock>,
        options: Options,
    ) -> Self {
        let machines: Vec<Arc<dyn DynMachine>> =
            machines.into_iter().map(|machine| Arc::new(machine) as Arc<dyn DynMachine>).collect();
        let (port, runtime) = (Arc::new(Recorder::default()), Arc::new(Driven::default()));
        let parts = Parts { description: system(&machines), machines, ports: vec![port.clone()] };
        let ids = Arc::new(SeededIds::new(7, clock.clone()));
        let setup = Setup { store: store.clone(), runtime: runtime.clone(), clock: clock.clone(), ids, options };
        Self { engine: setup.start(parts), store, clock, port, runtime, place: None }
    }

    pub(crate) fn send(&self, request: Request) -> Result<Answer, Refusal> {
        block_on(self.engine.dispatch(request))
    }

    /// A request that must be served.
    #[track_caller]
    pub(crate) fn ask(&self, request: Request) -> Answer {
        self.send(request).expect("the request is served")
    }

    /// Runs everything that can be run now.
    pub(crate) fn settle(&self) -> usize {
        block_on(self.engine.run_until_idle()).expect("the store answers")
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.advance(Duration::from_seconds(seconds));
    }

    #[track_caller]
    pub(crate) fn view(&self, id: &InstanceId) -> InstanceView {
        block_on(self.engine.instance(id)).expect("the store answers").expect("there is such an instance")
    }

    pub(crate) fn history(&self, id: &InstanceId) -> Vec<Record> {
        block_on(self.engine.history(id)).expect("the history can be read")
    }

    /// The events that an instance received, in order.
    pub(crate) fn events(&self, id: &InstanceId) -> Vec<String> {
        self.history(id).into_iter().map(|record| record.event).collect()
    }

    pub(crate) fn instances(&self, machine: &str) -> Vec<InstanceId> {
        let listing = eventflow::store::Listing { machine, states: &[], as_of: None, after: None, max: 10_000 };
        block_on(self.store.list(listing)).expect("the store answers")
    }

    /// The only instance of a machine.
    #[track_caller]
    pub(crate) fn only(&self, machine: &str) -> InstanceId {
        let ids = self.instances(machine);
        assert_eq!(ids.len(), 1, "{ids:?}");
        ids[0].clone()
    }

    /// Why messages were given up.
    pub(crate) fn dead(&self) -> Vec<String> {
        let letters = block_on(self.engine.dead_letters(None, 100)).expect("the store answers");
        letters.into_iter().map(|letter| letter.reason).collect()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// A request of the customer's.
pub(crate) fn request(machine: &'static str, event: &'static str, data: &str) -> Request {
    Request {
        machine: machine.into(),
        event: event.into(),
        actor: Some("customer".into()),
        subject: Some("ada".to_owned()),
        to: None,
        conversation: None,
        key: None,
        data: data.to_owned(),
    }
}

/// The same to an instance.
pub(crate) fn request_to(id: &InstanceId, event: &'static str, data: &str) -> Request {
    let machine = id.machine().to_owned().into();
    Request { machine, to: Some(id.key().to_owned()), ..request("", event, data) }
}
