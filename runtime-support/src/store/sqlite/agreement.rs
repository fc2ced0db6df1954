//! Random steps on the memory store and on a SQLite file: both must give the same answers.
//!
//! The suite says what must hold in chosen situations; this finds the situations that nobody chose.

use proptest::prelude::*;

use super::*;
use crate::description::Priority;
use crate::store::conformance::block_on;
use crate::store::{Expected, Link, MemoryStore, Name, Outgoing, Version, Write};
use crate::{ManualClock, duration};

/// One step; small numbers name instances, messages, lanes and so on, so that steps meet each other.
#[derive(Clone, Debug)]
enum Step {
    Commit {
        command: u8,
        /// Instance, whether the version is guessed one too low, how many records, the state, whether a snapshot is kept.
        writes: Vec<(u8, bool, u8, u8, bool)>,
        outgoing: Vec<Sent>,
        cancelled: Vec<u8>,
        link: Option<(u8, u8, bool)>,
        name: Option<(u8, u8)>,
        settle: Option<u8>,
        worker: u8,
    },
    Take(u8, Option<u8>, u8),
    Settle(u8, u8),
    Renew(u8),
    Pass(u8),
    RetryDead(u8),
    PurgeDead(u8),
    Prune,
}

/// Message, priority, due in seconds, lane, hold.
type Sent = (u8, u8, Option<u8>, Option<u8>, bool);

fn any_step() -> impl Strategy<Value = Step> {
    let writes =
        proptest::collection::vec((0_u8..3, proptest::bool::weighted(0.1), 0_u8..3, 0_u8..3, any::<bool>()), 0..3);
    let message = (0_u8..12, 0_u8..5, proptest::option::of(0_u8..90), proptest::option::of(0_u8..2), any::<bool>());
    let commit = (
        any::<u8>(),
        writes,
        proptest::collection::vec(message, 0..4),
        proptest::collection::vec(0_u8..12, 0..2),
        proptest::option::of((0_u8..2, 0_u8..3, any::<bool>())),
        proptest::option::of((0_u8..3, 0_u8..2)),
        proptest::option::of(any::<u8>()),
        0_u8..2,
    );
    let commit = commit.prop_map(|(command, writes, outgoing, cancelled, link, name, settle, worker)| Step::Commit {
        command,
        writes,
        outgoing,
        cancelled,
        link,
        name,
        settle,
        worker,
    });
    prop_oneof![
        6 => commit,
        4 => (0_u8..2, proptest::option::of(0_u8..2), 0_u8..4).prop_map(|(worker, queue, max)| Step::Take(worker, queue, max)),
        3 => (any::<u8>(), 0_u8..4).prop_map(|(lease, how)| Step::Settle(lease, how)),
        1 => any::<u8>().prop_map(Step::Renew),
        2 => (0_u8..60).prop_map(Step::Pass),
        1 => (0_u8..12).prop_map(Step::RetryDead),
        1 => (0_u8..12).prop_map(Step::PurgeDead),
        1 => Just(Step::Prune),
    ]
}

/// A store, and the leases that it has given.
struct Subject {
    store: Box<dyn Store>,
    clock: Arc<ManualClock>,
    leases: Vec<Lease>,
}

const LEASE: Duration = Duration::from_secs(30);

fn message(number: u8) -> MessageId {
    MessageId::from_bytes([number; 16])
}

fn order(number: u8) -> InstanceId {
    InstanceId::parse("order", &format!("o{number}")).expect("a valid id")
}

fn queue(number: u8) -> String {
    format!("q{}", number % 2)
}

fn worker(number: u8) -> WorkerId {
    WorkerId(format!("w{number}"))
}

fn outgoing(now: Timestamp, (number, priority, due, lane, hold): Sent) -> Outgoing {
    let priorities = [Priority::Critical, Priority::High, Priority::Normal, Priority::Low, Priority::Bulk];
    Outgoing {
        id: message(number),
        queue: queue(number),
        priority: priorities[usize::from(priority)],
        due: due.map(|seconds| now.saturating_add(duration::Duration::from_seconds(i64::from(seconds) - 30))),
        lane: lane.map(|lane| format!("lane {lane}")),
        behind: (number % 4 == 0).then(|| "lane 1".to_owned()),
        body: format!("message {number}"),
        hold,
    }
}

impl Subject {
    fn lease(&self, number: u8) -> Option<Lease> {
        let place = usize::from(number).checked_rem(self.leases.len())?;
        self.leases.get(place).cloned()
    }

    fn write(&self, (id, stale, records, state, snapshot): (u8, bool, u8, u8, bool)) -> Write {
        let id = order(id);
        let version = block_on(self.store.load(&id, None)).expect("answers").version;
        let n = version.n.saturating_sub(u64::from(stale));
        // A write creates with at least one record: an instance without any is none.
        let records = if n == 0 { records.max(1) } else { records };
        Write {
            id,
            expected: if n == 0 { Expected::Absent } else { Expected::At(Version { n, ..version }) },
            records: (0..records).map(|record| format!("{n}+{record}")).collect(),
            state: format!("s{state}"),
            snapshot: snapshot.then(|| format!("after {n}")),
        }
    }

    /// Takes the step, and says what came of it; fences and tokens, which are each store's own, are left out.
    fn take_step(&mut self, step: &Step) -> String {
        match step {
            Step::Commit { command, writes, outgoing: messages, cancelled, link, name, settle, worker: by } => {
                let now = self.clock.now();
                let conversation = |number| ConversationId::parse(&format!("c{number}")).expect("a valid id");
                let commit = Commit {
                    command: message(*command),
                    writes: writes.iter().map(|write| self.write(*write)).collect(),
                    outgoing: messages.iter().map(|message| outgoing(now, *message)).collect(),
                    cancelled: cancelled.iter().map(|number| message(*number)).collect(),
                    links: link
                        .iter()
                        .map(|(talk, id, none_yet)| Link {
                            conversation: conversation(*talk),
                            instance: order(*id),
                            none_yet: *none_yet,
                        })
                        .collect(),
                    names: name
                        .iter()
                        .map(|(id, name)| Name { instance: order(*id), name: format!("n{name}") })
                        .collect(),
                    outcome: format!("{writes:?}"),
                    settle: settle.and_then(|number| self.lease(number)),
                    worker: worker(*by),
                    lease: LEASE,
                };
                match block_on(self.store.commit(&commit)) {
                    Ok(Committed { versions, position, held }) => {
                        let ids: Vec<MessageId> = held.iter().map(|lease| lease.message).collect();
                        self.leases.extend(held);
                        let versions: Vec<u64> = versions.iter().map(|version| version.n).collect();
                        format!("kept {versions:?} at {position:?}, held {ids:?}")
                    }
                    Err(CommitError::AlreadyDone { outcome }) => format!("already done: {outcome}"),
                    Err(refused) => refused.to_string(),
                }
            }
            Step::Take(by, of, max) => {
                let queues: Vec<String> = of.iter().map(|number| queue(*number)).collect();
                let taken =
                    block_on(self.store.take(&worker(*by), &queues, usize::from(*max), LEASE)).expect("answers");
                let said: Vec<_> =
                    taken.iter().map(|taken| (taken.body.clone(), taken.failures, taken.position)).collect();
                self.leases.extend(taken.into_iter().map(|taken| taken.lease));
                format!("{said:?}")
            }
            Step::Settle(number, how) => {
                let Some(lease) = self.lease(*number) else { return String::new() };
                let settlement = match how {
                    0 => Settlement::Done,
                    1 => Settlement::Retry { after: Duration::from_secs(20) },
                    2 => Settlement::Release,
                    _ => Settlement::Dead { reason: format!("reason {number}") },
                };
                format!("{:?}", block_on(self.store.settle(&lease, settlement)).expect("answers"))
            }
            Step::Renew(number) => {
                let renew = |lease: Lease| block_on(self.store.renew(&lease, LEASE)).expect("answers");
                format!("{:?}", self.lease(*number).map(renew))
            }
            Step::Pass(seconds) => {
                self.clock.advance(duration::Duration::from_seconds(i64::from(*seconds)));
                String::new()
            }
            Step::RetryDead(number) => {
                format!("{:?}", block_on(self.store.retry_dead(&message(*number))).expect("answers"))
            }
            Step::PurgeDead(number) => {
                format!("{:?}", block_on(self.store.purge_dead(&message(*number))).expect("answers"))
            }
            Step::Prune => format!("{:?}", block_on(self.store.prune(self.clock.now())).expect("answers")),
        }
    }

    /// Everything that can be asked.
    fn survey(&self) -> Vec<String> {
        let store = &self.store;
        let mut said = Vec::new();
        for number in 0..3 {
            for up_to in [None, Some(2), Some(u64::MAX)] {
                let loaded = block_on(store.load(&order(number), up_to)).expect("answers");
                said.push(format!("{} {:?} {:?}", loaded.version.n, loaded.snapshot, loaded.records));
            }
            said.push(format!("{:?}", block_on(store.resolve_name("order", &format!("n{number}"))).expect("answers")));
            let talk = ConversationId::parse(&format!("c{number}")).expect("a valid id");
            said.push(format!("{:?}", block_on(store.resolve(&talk, "order")).expect("answers")));
        }
        let states = ["s0".to_owned(), "s2".to_owned()];
        for (as_of, states) in
            [(None, &states[..]), (None, &[]), (Some(Position(3)), &states), (Some(Position(5)), &[])]
        {
            let listing = Listing { machine: "order", states, as_of, after: None, max: 2 };
            said.push(format!("{:?}", block_on(store.list(listing)).expect("answers")));
        }
        for (after, max) in [(0, 3), (2, 100)] {
            said.push(format!("{:?}", block_on(store.tail(Position(after), max)).expect("answers")));
        }
        said.push(format!("{:?}", block_on(store.dead_letters(None, 100)).expect("answers")));
        said.push(format!("{:?}", block_on(store.next_due()).expect("answers")));
        for number in 0..=u8::MAX {
            said.extend(block_on(store.outcome(&message(number))).expect("answers"));
        }
        said
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_answer_alike(steps in proptest::collection::vec(any_step(), 1..60)) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let clock = || Arc::new(ManualClock::new(Timestamp::EPOCH));
        let (one, other) = (clock(), clock());
        let options = SqliteOptions::new(folder.path().join("orders.db")).with_synchronous(Synchronous::Normal);
        let sqlite = options.with_readers(1).open(other.clone()).expect("a new file");
        let mut memory = Subject { store: Box::new(MemoryStore::new(one.clone())), clock: one, leases: Vec::new() };
        let mut sqlite = Subject { store: Box::new(sqlite), clock: other, leases: Vec::new() };
        for step in &steps {
            prop_assert_eq!(memory.take_step(step), sqlite.take_step(step), "{:?}", step);
        }
        prop_assert_eq!(memory.survey(), sqlite.survey());
    }
}
