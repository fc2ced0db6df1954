//! What can be asked: records up to any of them, all records in commit order, instances by state and time.

use super::sample::*;
use super::{Bench, Case};
use crate::ids::InstanceId;
use crate::store::{Commit, Expected, Listing, Position, Store, Version, Write};

pub(super) const CASES: &[Case] = &[
    Case { name: "an instance is loaded as of any of its records", run: |bench| Box::pin(time_travel(bench)) },
    Case { name: "a snapshot stands for the records before it", run: |bench| Box::pin(snapshots(bench)) },
    Case { name: "the tail gives whole commits in order", run: |bench| Box::pin(tail(bench)) },
    Case { name: "instances are listed by state, in pages", run: |bench| Box::pin(listing(bench)) },
    Case { name: "instances are listed as of a commit", run: |bench| Box::pin(listing_as_of(bench)) },
    Case { name: "any text is kept as it is", run: |bench| Box::pin(texts(bench)) },
];

async fn append(store: &dyn Store, write: Write) -> (Version, Position) {
    let command = format!("writes {} to {}", write.records.join(" "), write.id);
    let committed = kept(store, &Commit { writes: vec![write], ..commit(&command) }).await;
    (committed.versions[0], committed.position)
}

async fn time_travel(bench: &dyn Bench) {
    let store = bench.store();
    let id = order("a");
    let mut version = create(&*store, &id).await;
    for record in ["2", "3", "4"] {
        (version, _) = append(&*store, write(&id, Expected::At(version), record)).await;
    }
    for (up_to, records) in [(0, ""), (1, "1"), (3, "1 2 3"), (4, "1 2 3 4"), (u64::MAX, "1 2 3 4")] {
        let loaded = store.load(&id, Some(up_to)).await.expect("answers");
        assert_eq!(loaded.records.join(" "), records, "up to {up_to}");
        assert_eq!((loaded.version.n, loaded.snapshot), (up_to.min(4), None), "up to {up_to}");
    }
    assert_eq!(store.load(&id, None).await.expect("answers").version, version);
    let unknown = store.load(&order("b"), None).await.expect("answers");
    assert_eq!((unknown.version.n, unknown.records.len()), (0, 0));
}

async fn snapshots(bench: &dyn Bench) {
    let store = bench.store();
    let id = order("a");
    let first = create(&*store, &id).await;
    let with_snapshot = Write { snapshot: Some("as of 2".to_owned()), ..write(&id, Expected::At(first), "2") };
    let (second, _) = append(&*store, with_snapshot).await;
    let (third, _) = append(&*store, write(&id, Expected::At(second), "3")).await;
    let loaded = store.load(&id, None).await.expect("answers");
    assert_eq!(
        (loaded.version, loaded.snapshot.as_deref(), loaded.records.join(" ")),
        (third, Some("as of 2"), "3".to_owned())
    );
    let whole = store.load(&id, Some(u64::MAX)).await.expect("answers");
    assert_eq!((whole.version, whole.snapshot, whole.records.join(" ")), (third, None, "1 2 3".to_owned()));
    let newer = Write { snapshot: Some("as of 4".to_owned()), ..write(&id, Expected::At(third), "4") };
    append(&*store, newer).await;
    let loaded = store.load(&id, None).await.expect("answers");
    assert_eq!((loaded.version.n, loaded.snapshot.as_deref(), loaded.records.len()), (4, Some("as of 4"), 0));
}

async fn tail(bench: &dyn Bench) {
    let store = bench.store();
    assert_eq!(store.tail(Position(0), 10).await.expect("answers"), (vec![], Position(0)));
    let (a, b) = (order("a"), instance("payment", "b"));
    create(&*store, &a).await;
    kept(&*store, &commit("no record")).await;
    let many = Write {
        records: vec!["2".to_owned(), "3".to_owned()],
        ..write(&a, Expected::At(Version { n: 1, token: 1 }), "")
    };
    let at_one = store.load(&a, None).await.expect("answers").version;
    let together = vec![Write { expected: Expected::At(at_one), ..many }, write(&b, Expected::Absent, "1")];
    let last = kept(&*store, &Commit { writes: together, ..commit("together") }).await.position;

    let seen = |records: &[crate::store::Stored]| {
        records.iter().map(|stored| format!("{}/{}", stored.id.key(), stored.seq)).collect::<Vec<_>>().join(" ")
    };
    let (first, position) = store.tail(Position(0), 1).await.expect("answers");
    assert_eq!(seen(&first), "a/1");
    let (rest, end) = store.tail(position, 1).await.expect("answers");
    assert_eq!((seen(&rest), end), ("a/2 a/3 b/1".to_owned(), last), "a commit is never cut");
    assert_eq!(rest.iter().map(|stored| stored.record.as_str()).collect::<Vec<_>>(), ["2", "3", "1"]);
    let (all, _) = store.tail(Position(0), 100).await.expect("answers");
    assert_eq!(seen(&all), "a/1 a/2 a/3 b/1");
    assert_eq!(store.tail(end, 10).await.expect("answers"), (vec![], end));
}

async fn in_state(store: &dyn Store, id: &InstanceId, state: &str) -> Position {
    let version = store.load(id, None).await.expect("answers").version;
    let expected = if version.n == 0 { Expected::Absent } else { Expected::At(version) };
    append(store, Write { state: state.to_owned(), ..write(id, expected, &format!("{}", version.n + 1)) }).await.1
}

async fn listed(store: &dyn Store, listing: Listing<'_>) -> String {
    let found = store.list(listing).await.expect("answers");
    found.iter().map(InstanceId::key).collect::<Vec<_>>().join(" ")
}

const ORDERS: Listing<'static> = Listing { machine: "order", states: &[], as_of: None, after: None, max: 100 };

async fn listing(bench: &dyn Bench) {
    let store = bench.store();
    for (key, state) in [("c", "open"), ("a", "open"), ("d", "paid"), ("b", "closed")] {
        in_state(&*store, &order(key), state).await;
    }
    in_state(&*store, &instance("orders", "x"), "open").await;
    in_state(&*store, &instance("ord", "y"), "open").await;
    in_state(&*store, &order("d"), "open").await;
    assert_eq!(listed(&*store, ORDERS).await, "a b c d");
    let (open, either) = (["open".to_owned()], ["closed".to_owned(), "open".to_owned()]);
    assert_eq!(listed(&*store, Listing { states: &open, ..ORDERS }).await, "a c d");
    assert_eq!(listed(&*store, Listing { states: &either, max: 3, ..ORDERS }).await, "a b c");
    assert_eq!(listed(&*store, Listing { states: &either, after: Some(&order("c")), ..ORDERS }).await, "d");
    assert_eq!(listed(&*store, Listing { after: Some(&order("bb")), max: 1, ..ORDERS }).await, "c");
    assert_eq!(listed(&*store, Listing { machine: "nobody", ..ORDERS }).await, "");
}

async fn listing_as_of(bench: &dyn Bench) {
    let store = bench.store();
    let one = in_state(&*store, &order("a"), "open").await;
    let two = in_state(&*store, &order("b"), "open").await;
    in_state(&*store, &order("a"), "open").await;
    let three = in_state(&*store, &order("a"), "paid").await;
    in_state(&*store, &order("c"), "open").await;
    let open = ["open".to_owned()];
    let as_of = |position| Listing { states: &open, as_of: Some(position), ..ORDERS };
    assert_eq!(listed(&*store, as_of(one)).await, "a");
    assert_eq!(listed(&*store, as_of(two)).await, "a b");
    assert_eq!(listed(&*store, as_of(three)).await, "b");
    assert_eq!(listed(&*store, Listing { states: &[], ..as_of(three) }).await, "a b");
    assert_eq!(listed(&*store, Listing { as_of: None, ..as_of(one) }).await, "b c");
}

async fn texts(bench: &dyn Bench) {
    let store = bench.store();
    let id = order("a");
    let long = "x".repeat(1 << 20);
    for (count, text) in
        ["", "'; DROP TABLE records; --", "\u{0}", "日本語 \u{1f600}", "%_\\", &long].into_iter().enumerate()
    {
        let version = store.load(&id, None).await.expect("answers").version;
        let expected = if count == 0 { Expected::Absent } else { Expected::At(version) };
        append(&*store, write(&id, expected, text)).await;
        let loaded = store.load(&id, None).await.expect("answers");
        assert_eq!(loaded.records.last().map(String::as_str), Some(text));
    }
}
