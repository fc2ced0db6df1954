//! Crashes: a process that dies at any commit, before or after it, leaves a store from which another goes on, and in the
//! end every record is there once.

use crate::scripted::{Scripted, Step, machine, on};
use crate::stores::Place;
use crate::world::{CUSTOMER, World, request};
use eventflow::dynamic::{BoxFuture, Target, Way};
use eventflow::engine::Options;
use eventflow::record::Record;
use eventflow::request::Request;
use eventflow::runtime::Ids;
use eventflow::store::{
    Answered, Commit, CommitError, Committed, DeadLetter, Delivery, Lease, Listing, Loaded, Position, Settlement,
    Store, StoreError, Stored, WorkerId,
};
use eventflow::{ConversationId, InstanceId, ManualClock, MessageId, SeededIds, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// A store whose commits meet a fate each; once its process is dead, it answers nothing.
struct Fateful {
    inner: Arc<dyn Store>,
    fate: Box<dyn Fn() -> Fate + Send + Sync>,
    dead: AtomicBool,
}

enum Fate {
    Kept,
    /// Nobody gets to know whether it was kept: it was.
    KeptUnknown,
    Lost(CommitError),
    /// The process dies before it is kept.
    DiesBefore,
    /// The process dies when it is kept, before anybody gets to know.
    DiesAfter,
}

impl Fateful {
    fn new(inner: Arc<dyn Store>, fate: impl Fn() -> Fate + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { inner, fate: Box::new(fate), dead: AtomicBool::new(false) })
    }

    fn alive<'a, T: Send + 'a>(&'a self, answer: Answered<'a, T>) -> Answered<'a, T> {
        if self.dead.load(Ordering::SeqCst) { Box::pin(async { Err(StoreError("gone".into())) }) } else { answer }
    }

    fn die(&self) -> CommitError {
        self.dead.store(true, Ordering::SeqCst);
        CommitError::Fatal("gone".into())
    }
}

impl Store for Fateful {
    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<Committed, CommitError>> {
        Box::pin(async move {
            if self.dead.load(Ordering::SeqCst) {
                return Err(self.die());
            }
            match (self.fate)() {
                Fate::Kept => self.inner.commit(commit).await,
                Fate::KeptUnknown => self.inner.commit(commit).await.and(Err(CommitError::Unknown)),
                Fate::Lost(error) => Err(error),
                Fate::DiesBefore => Err(self.die()),
                Fate::DiesAfter => self.inner.commit(commit).await.and(Err(self.die())),
            }
        })
    }

    fn load<'a>(&'a self, id: &'a InstanceId, up_to: Option<u64>) -> Answered<'a, Loaded> {
        self.alive(self.inner.load(id, up_to))
    }

    fn outcome<'a>(&'a self, command: &'a MessageId) -> Answered<'a, Option<String>> {
        self.alive(self.inner.outcome(command))
    }

    fn resolve<'a>(&'a self, conversation: &'a ConversationId, machine: &'a str) -> Answered<'a, Vec<InstanceId>> {
        self.alive(self.inner.resolve(conversation, machine))
    }

    fn resolve_name<'a>(&'a self, machine: &'a str, name: &'a str) -> Answered<'a, Option<InstanceId>> {
        self.alive(self.inner.resolve_name(machine, name))
    }

    fn take<'a>(
        &'a self,
        worker: &'a WorkerId,
        queues: &'a [String],
        max: usize,
        lease: core::time::Duration,
    ) -> Answered<'a, Vec<Delivery>> {
        self.alive(self.inner.take(worker, queues, max, lease))
    }

    fn renew<'a>(&'a self, lease: &'a Lease, by: core::time::Duration) -> Answered<'a, bool> {
        self.alive(self.inner.renew(lease, by))
    }

    fn settle<'a>(&'a self, lease: &'a Lease, settlement: Settlement) -> Answered<'a, bool> {
        if self.dead.load(Ordering::SeqCst) {
            return Box::pin(async { Err(StoreError("gone".into())) });
        }
        self.inner.settle(lease, settlement)
    }

    fn wake<'a>(&'a self, queues: &'a [String]) -> BoxFuture<'a, ()> {
        self.inner.wake(queues)
    }

    fn next_due(&self) -> Answered<'_, Option<Timestamp>> {
        self.alive(self.inner.next_due())
    }

    fn tail(&self, after: Position, max: usize) -> Answered<'_, (Vec<Stored>, Position)> {
        self.alive(self.inner.tail(after, max))
    }

    fn list<'a>(&'a self, listing: Listing<'a>) -> Answered<'a, Vec<InstanceId>> {
        self.alive(self.inner.list(listing))
    }

    fn dead_letters<'a>(&'a self, after: Option<&'a MessageId>, max: usize) -> Answered<'a, Vec<DeadLetter>> {
        self.alive(self.inner.dead_letters(after, max))
    }

    fn dead_letter<'a>(&'a self, id: &'a MessageId) -> Answered<'a, Option<DeadLetter>> {
        self.alive(self.inner.dead_letter(id))
    }

    fn retry_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        self.alive(self.inner.retry_dead(id))
    }

    fn purge_dead<'a>(&'a self, id: &'a MessageId) -> Answered<'a, bool> {
        self.alive(self.inner.purge_dead(id))
    }

    fn prune(&self, older_than: Timestamp) -> Answered<'_, u64> {
        self.alive(self.inner.prune(older_than))
    }
}

/// An order that uses every way of sending: a call, bare and asynchronous emits, a timer, a broadcast, a port.
pub(crate) fn shop() -> Vec<Scripted> {
    let order = |way, event| Step::Emit(way, Target::Machine(0), event, "{}");
    let every = Target::Every { machine: 1, states: Vec::new() };
    vec![
        machine(
            "order",
            &["idle", "placed", "paid", "shipped"],
            vec![
                on(
                    "checkout",
                    vec![
                        Step::Call(Target::Machine(1), "reserve", "{}", "reserved"),
                        Step::Emit(Way::Bare, Target::Machine(2), "charge", "{}"),
                        Step::MoveTo("placed"),
                    ],
                )
                .creates()
                .api(),
                on("charged", vec![Step::MoveTo("paid"), Step::Arm("ship", 60)]),
                on(
                    "ship",
                    vec![
                        Step::MoveTo("shipped"),
                        Step::Emit(Way::Bare, Target::Actor(CUSTOMER), "sent", "{}"),
                        Step::Emit(Way::Async, every, "recount", "{}"),
                    ],
                ),
            ],
        ),
        machine(
            "stock",
            &["idle"],
            vec![
                on("reserve", vec![Step::Count("reserved"), Step::Return("1")]).creates(),
                on("recount", vec![Step::Count("recounted")]),
            ],
        ),
        machine(
            "payment",
            &["idle"],
            vec![
                on("charge", vec![Step::Emit(Way::Async, Target::Itself, "settle", "{}")]).creates(),
                on("settle", vec![order(Way::Bare, "charged")]),
            ],
        ),
    ]
}

/// What every run must end in: who received what, in the order of each instance's records.
const EXPECTED: [(&str, &[&str]); 3] = [
    ("order", &["checkout", "charged", "ship"]),
    ("payment", &["charge", "settle"]),
    ("stock", &["reserve", "recount"]),
];

fn checkout() -> Request {
    Request { key: Some("k".to_owned()), ..request("order", "checkout", "{}") }
}

/// Works until an hour has passed, so that leases end and timers fire.
fn work(world: &World) {
    for _ in 0..60 {
        if eventflow::runtime::block_on(world.engine.run_until_idle()).is_err() {
            return;
        }
        world.pass(60);
    }
}

/// That a checkout was carried out, with every record there once.
#[track_caller]
fn check(world: &World, context: &str) {
    for (machine, events) in EXPECTED {
        let id = world.only(machine);
        assert_eq!(world.events(&id), *events, "{machine}, {context}");
        let history: Vec<Record> = world.history(&id);
        let sequence: Vec<u64> = history.iter().map(|record| record.seq).collect();
        assert_eq!(sequence, (1..=events.len() as u64).collect::<Vec<_>>());
    }
    assert_eq!(world.view(&world.only("order")).state, "shipped");
    assert_eq!(world.view(&world.only("stock")).context, r#"{"recounted":1,"reserved":1}"#);
    assert_eq!(world.dead(), [""; 0], "{context}");
}

fn start() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_micros(1_790_000_000_000_000).expect("a time")))
}

/// Runs a checkout in a process that dies at its `commit`th commit and in one that goes on; true if the first one died.
fn dies_at(commit: u32, dies: fn() -> Fate) -> bool {
    let clock = start();
    let place = Place::new(clock.clone());
    let commits = AtomicU32::new(0);
    let is_last = move || commits.fetch_add(1, Ordering::SeqCst) + 1 == commit;
    let store = Fateful::new(place.open(), move || if is_last() { dies() } else { Fate::Kept });
    let first = World::on(shop(), store.clone(), clock.clone(), Options::default());
    let acknowledged = first.send(checkout()).ok();
    work(&first);
    let died = store.dead.load(Ordering::SeqCst);
    drop((first, store));

    let second = World::on(shop(), place.open(), clock, Options::default());
    let answer = second.ask(checkout());
    if let Some(acknowledged) = acknowledged {
        assert_eq!(answer, acknowledged, "what was acknowledged is answered alike");
    }
    work(&second);
    check(&second, &format!("dead at commit {commit}"));
    died
}

#[test]
fn every_record_is_there_once_whichever_commit_the_process_dies_at() {
    let deaths: [fn() -> Fate; 2] = [|| Fate::DiesBefore, || Fate::DiesAfter];
    for dies in deaths {
        let mut commits = 1;
        while dies_at(commits, dies) {
            commits += 1;
        }
        assert!(commits > 6, "a checkout takes that many commits: {commits}");
    }
}

/// A store on which one commit in four goes wrong in one of the ways in which it can.
fn unreliable(inner: Arc<dyn Store>, seed: u64) -> Arc<Fateful> {
    let ids = SeededIds::new(seed, start());
    Fateful::new(inner, move || {
        let conflict = || InstanceId::parse("order", "somebody-else").expect("an id");
        match ids.bits() % 16 {
            0 => Fate::KeptUnknown,
            1 => Fate::Lost(CommitError::Unknown),
            2 => Fate::Lost(CommitError::Conflict { id: conflict() }),
            3 => Fate::Lost(CommitError::Unavailable { retry_after: core::time::Duration::from_secs(1) }),
            _ => Fate::Kept,
        }
    })
}

#[test]
fn every_record_is_there_once_on_a_store_that_fails_now_and_then() {
    for seed in 0..50 {
        let clock = start();
        let place = Place::new(clock.clone());
        let world = World::on(shop(), unreliable(place.open(), seed), clock, Options::default());
        let first = (0..20).find_map(|_| world.send(checkout()).ok()).expect("it is served in the end");
        work(&world);
        let again = (0..20).find_map(|_| world.send(checkout()).ok()).expect("it is answered in the end");
        assert_eq!(first, again);
        check(&world, &format!("seed {seed}"));
    }
}

#[test]
fn a_message_whose_workers_all_die_is_given_up() {
    let clock = start();
    let place = Place::new(clock.clone());
    let world = World::on(shop(), place.open(), clock, Options::default());
    world.ask(checkout());
    let (doomed, second) = (WorkerId("doomed".to_owned()), core::time::Duration::from_secs(1));
    for _ in 0..6 {
        let taken = eventflow::runtime::block_on(world.store.take(&doomed, &[], 1, second)).expect("the store answers");
        assert_eq!(taken.len(), 1);
        world.pass(2);
    }
    assert_eq!(world.settle(), 1);
    assert_eq!(world.dead(), ["taken 6 times and never brought to an end"]);
}

#[test]
fn a_message_that_is_delivered_twice_has_its_effect_once() {
    let clock = Arc::new(ManualClock::new(Timestamp::EPOCH));
    let place = Place::new(clock.clone());
    let store = place.open();
    let (one, other) = (
        World::on(shop(), store.clone(), clock.clone(), Options::default()),
        World::on(shop(), store.clone(), clock, Options::default()),
    );
    one.ask(checkout());
    let slow = WorkerId("slow".to_owned());
    let second = core::time::Duration::from_secs(1);
    let taken = eventflow::runtime::block_on(store.take(&slow, &[], 10, second)).expect("the store answers");
    assert_eq!(taken.len(), 1);
    assert_eq!(other.settle(), 0, "it is leased to somebody else");
    other.pass(2);
    assert_eq!(other.settle(), 1, "the lease ran out");
    let late =
        eventflow::runtime::block_on(store.settle(&taken[0].lease, Settlement::Done)).expect("the store answers");
    assert!(!late, "who lost the lease settles nothing");
    assert_eq!(other.events(&other.only("payment")), ["charge", "settle"]);
    assert_eq!(other.events(&other.only("order")), ["checkout", "charged"]);
}
