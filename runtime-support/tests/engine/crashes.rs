//! Crashes: a process that dies at any commit, before or after it, leaves a store from which another goes on, and in the
//! end every record is there once.

use crate::scripted::{Scripted, Step, machine, on};
use crate::stores::Place;
use crate::world::{CUSTOMER, World, request};
use eventflow::dynamic::{BoxFuture, Target, Way};
use eventflow::engine::Options;
use eventflow::record::Record;
use eventflow::request::Request;
use eventflow::store::{
    Answered, Commit, CommitError, Committed, DeadLetter, Delivery, Lease, Listing, Loaded, Position, Settlement,
    Store, StoreError, Stored, WorkerId,
};
use eventflow::{ConversationId, InstanceId, ManualClock, MessageId, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A store whose process dies at one of its commits: from then on it answers nothing.
struct Mortal {
    inner: Arc<dyn Store>,
    left: AtomicI64,
    dies: Dies,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Dies {
    Before,
    After,
}

impl Mortal {
    fn alive<'a, T: Send + 'a>(&'a self, answer: Answered<'a, T>) -> Answered<'a, T> {
        if self.left.load(Ordering::SeqCst) > 0 { answer } else { Box::pin(async { Err(StoreError("gone".into())) }) }
    }
}

impl Store for Mortal {
    fn commit<'a>(&'a self, commit: &'a Commit) -> BoxFuture<'a, Result<Committed, CommitError>> {
        Box::pin(async move {
            let left = self.left.fetch_sub(1, Ordering::SeqCst);
            if left < 1 || (left == 1 && self.dies == Dies::Before) {
                return Err(CommitError::Fatal("gone".into()));
            }
            let committed = self.inner.commit(commit).await;
            if left == 1 { Err(CommitError::Unknown) } else { committed }
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
        if self.left.load(Ordering::SeqCst) > 0 {
            return self.inner.settle(lease, settlement);
        }
        Box::pin(async { Err(StoreError("gone".into())) })
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
fn shop() -> Vec<Scripted> {
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

/// Runs a checkout in a process that dies at its `commit`th commit and in one that goes on; true if the first one died.
fn dies_at(commit: i64, dies: Dies) -> bool {
    let clock = Arc::new(ManualClock::new(Timestamp::from_micros(1_790_000_000_000_000).expect("a time")));
    let place = Place::new(clock.clone());
    let mortal = Arc::new(Mortal { inner: place.open(), left: AtomicI64::new(commit), dies });
    let first = World::on(shop(), mortal.clone(), clock.clone(), Options::default());
    let acknowledged = first.send(checkout()).ok();
    work(&first);
    let died = mortal.left.load(Ordering::SeqCst) <= 0;
    drop((first, mortal));

    let second = World::on(shop(), place.open(), clock, Options::default());
    let answer = second.ask(checkout());
    if let Some(acknowledged) = acknowledged {
        assert_eq!(answer, acknowledged, "what was acknowledged is answered alike");
    }
    work(&second);
    for (machine, events) in EXPECTED {
        let id = second.only(machine);
        assert_eq!(second.events(&id), *events, "{machine}, dead at {commit} {dies:?}");
        let history: Vec<Record> = second.history(&id);
        let sequence: Vec<u64> = history.iter().map(|record| record.seq).collect();
        assert_eq!(sequence, (1..=events.len() as u64).collect::<Vec<_>>());
    }
    assert_eq!(second.view(&second.only("order")).state, "shipped");
    assert_eq!(second.view(&second.only("stock")).context, r#"{"recounted":1,"reserved":1}"#);
    assert_eq!(second.dead(), [""; 0]);
    died
}

#[test]
fn every_record_is_there_once_whichever_commit_the_process_dies_at() {
    for dies in [Dies::Before, Dies::After] {
        let mut commits = 1;
        while dies_at(commits, dies) {
            commits += 1;
        }
        assert!(commits > 6, "a checkout takes that many commits: {commits}");
    }
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
