//! Commits: all or nothing, in one order, once.

use super::sample::*;
use super::{Bench, Case, join};
use crate::duration::Duration;
use crate::dynamic::BoxFuture;
use crate::store::{Commit, Expected, Listing, Position, Settlement, Store, Version};

pub(super) const CASES: &[Case] = &[
    Case { name: "a commit that conflicts leaves nothing", run: |bench| Box::pin(nothing_is_left(bench)) },
    Case { name: "records are counted from one without gaps", run: |bench| Box::pin(records_are_counted(bench)) },
    Case { name: "a second write at one version conflicts", run: |bench| Box::pin(second_write_conflicts(bench)) },
    Case { name: "of many writers at one version one wins", run: |bench| Box::pin(one_writer_wins(bench)) },
    Case { name: "a conflict never fails its neighbours", run: |bench| Box::pin(neighbours_are_safe(bench)) },
    Case { name: "a command is carried out once", run: |bench| Box::pin(commands_run_once(bench)) },
    Case {
        name: "the lease is checked first, then the command, then versions",
        run: |bench| Box::pin(order_of_checks(bench)),
    },
    Case { name: "in one conversation nobody is created twice", run: |bench| Box::pin(first_in_conversation(bench)) },
    Case { name: "a further name belongs to one instance", run: |bench| Box::pin(names_are_unique(bench)) },
    Case { name: "outcomes are forgotten only when nobody can ask", run: |bench| Box::pin(pruning(bench)) },
];

async fn nothing_is_left(bench: &dyn Bench) {
    let store = bench.store();
    create(&*store, &order("a")).await;
    let doomed = Commit {
        writes: vec![write(&order("b"), Expected::Absent, "1"), write(&order("a"), Expected::Absent, "1")],
        outgoing: vec![outgoing("never")],
        links: vec![link("talk", &order("b"), false)],
        names: vec![name(&order("b"), "bee")],
        ..commit("doomed")
    };
    assert_eq!(refusal(&store.commit(&doomed).await), "conflict at a");
    assert_eq!(store.load(&order("b"), None).await.expect("answers").version.n, 0);
    assert_eq!(taken(&*store).await, [""; 0]);
    assert_eq!(store.resolve(&conversation("talk"), "order").await.expect("answers"), []);
    assert_eq!(store.resolve_name("order", "bee").await.expect("answers"), None);
    assert_eq!(store.outcome(&message("doomed")).await.expect("answers"), None);
    let listing = Listing { machine: "order", states: &[], as_of: None, after: None, max: 10 };
    assert_eq!(store.list(listing).await.expect("answers"), [order("a")]);
    let (records, _) = store.tail(Position(0), 10).await.expect("answers");
    assert_eq!(records.len(), 1);
}

async fn records_are_counted(bench: &dyn Bench) {
    let store = bench.store();
    let id = order("a");
    let first = create(&*store, &id).await;
    assert_eq!(first.n, 1);
    let two =
        crate::store::Write { records: vec!["2".to_owned(), "3".to_owned()], ..write(&id, Expected::At(first), "") };
    let third = kept(&*store, &Commit { writes: vec![two], ..commit("two at once") }).await.versions[0];
    assert_eq!(third.n, 3);
    let loaded = store.load(&id, None).await.expect("answers");
    assert_eq!((loaded.version, loaded.records.join(" ")), (third, "1 2 3".to_owned()));
}

async fn second_write_conflicts(bench: &dyn Bench) {
    let store = bench.store();
    let id = order("a");
    let stale = create(&*store, &id).await;
    kept(&*store, &Commit { writes: vec![write(&id, Expected::At(stale), "2")], ..commit("next") }).await;
    let never = Version { n: 1, ..stale };
    let before_any = Version { n: 0, ..stale };
    let attempts = [
        ("late", &id, Expected::At(stale)),
        ("again", &id, Expected::Absent),
        ("b", &order("b"), Expected::At(never)),
        ("c", &order("c"), Expected::At(before_any)),
    ];
    for (command, id, expected) in attempts {
        let attempt = Commit { writes: vec![write(id, expected, "x")], ..commit(command) };
        assert_eq!(refusal(&store.commit(&attempt).await), format!("conflict at {id}"), "{command}");
    }
    assert_eq!(store.load(&id, None).await.expect("answers").records.join(" "), "1 2");
}

async fn one_writer_wins(bench: &dyn Bench) {
    let store = bench.store();
    let id = order("a");
    let version = create(&*store, &id).await;
    let rival = |number: usize| Commit {
        writes: vec![write(&id, Expected::At(version), &number.to_string())],
        ..commit(&format!("rival {number}"))
    };
    let rivals: Vec<Commit> = (0..16).map(rival).collect();
    let results = join(rivals.iter().map(|commit| store.commit(commit)).collect()).await;
    let winners: Vec<usize> = (0..16).filter(|number| results[*number].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    let records = store.load(&id, None).await.expect("answers").records;
    assert_eq!(records, ["1".to_owned(), winners[0].to_string()]);
}

async fn neighbours_are_safe(bench: &dyn Bench) {
    let store = bench.store();
    create(&*store, &order("taken")).await;
    let attempt = |number: usize| {
        let id = if number.is_multiple_of(2) { order("taken") } else { order(&format!("free-{number}")) };
        let writes = vec![write(&id, Expected::Absent, "1")];
        Commit { writes, outgoing: vec![outgoing(&format!("from {number}"))], ..commit(&format!("attempt {number}")) }
    };
    let attempts: Vec<Commit> = (0..40).map(attempt).collect();
    let results = join(attempts.iter().map(|commit| store.commit(commit)).collect()).await;
    for (number, result) in results.iter().enumerate() {
        let expected = if number.is_multiple_of(2) { "conflict at taken" } else { "kept" };
        assert_eq!(refusal(result), expected, "attempt {number}");
    }
    let mut bodies = taken(&*store).await;
    bodies.sort();
    let mut expected: Vec<String> =
        (0..40).filter(|number| number % 2 == 1).map(|number| format!("from {number}")).collect();
    expected.sort();
    assert_eq!(bodies, expected);
}

async fn commands_run_once(bench: &dyn Bench) {
    let store = bench.store();
    let once = Commit {
        writes: vec![write(&order("a"), Expected::Absent, "1")],
        outgoing: vec![outgoing("sent once")],
        ..commit("once")
    };
    let commits: Vec<BoxFuture<'_, _>> = (0..4).map(|_| store.commit(&once)).collect();
    let results = join(commits).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.iter().filter(|result| result.is_err()) {
        assert_eq!(refusal(result), "already done: outcome of once");
    }
    assert_eq!(store.outcome(&message("once")).await.expect("answers").as_deref(), Some("outcome of once"));
    assert_eq!(store.outcome(&message("never")).await.expect("answers"), None);
    assert_eq!(taken(&*store).await, ["sent once"]);
    assert_eq!(store.load(&order("a"), None).await.expect("answers").records.len(), 1);
}

async fn order_of_checks(bench: &dyn Bench) {
    let store = bench.store();
    create(&*store, &order("a")).await;
    send(&*store, [outgoing("work")]).await;
    let lease = take_one(&*store).await;
    let lost = crate::store::Lease { fence: lease.fence + 1, ..lease.clone() };
    let conflicting = vec![write(&order("a"), Expected::Absent, "x")];
    let stale = Commit { writes: conflicting.clone(), settle: Some(lost), ..commit("creates a") };
    assert_eq!(refusal(&store.commit(&stale).await), "lease lost");
    let repeated = Commit { writes: conflicting.clone(), settle: Some(lease.clone()), ..commit("creates a") };
    assert_eq!(refusal(&store.commit(&repeated).await), "already done: outcome of creates a");
    let late = Commit { writes: conflicting, settle: Some(lease.clone()), ..commit("new") };
    assert_eq!(refusal(&store.commit(&late).await), "conflict at a");
    kept(&*store, &Commit { settle: Some(lease.clone()), ..commit("new") }).await;
    assert_eq!(refusal(&store.commit(&Commit { settle: Some(lease), ..commit("newer") }).await), "lease lost");
    bench.pass(Duration::from_hours(1));
    assert_eq!(taken(&*store).await, [""; 0], "the message is settled by the commit");
}

async fn first_in_conversation(bench: &dyn Bench) {
    let store = bench.store();
    let first = |command: &str, key: &str| Commit {
        writes: vec![write(&order(key), Expected::Absent, "1")],
        links: vec![link("talk", &order(key), true)],
        ..commit(command)
    };
    let rivals = [first("one", "a"), first("two", "b")];
    let results = join(rivals.iter().map(|commit| store.commit(commit)).collect()).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    let found = store.resolve(&conversation("talk"), "order").await.expect("answers");
    assert_eq!(found.len(), 1);
    let other = instance("payment", "p");
    kept(&*store, &Commit { links: vec![link("talk", &other, true)], ..commit("another machine") }).await;
    kept(&*store, &Commit { links: vec![link("talk", &found[0], false)], ..commit("known already") }).await;
    kept(&*store, &Commit { links: vec![link("talk", &order("c"), false)], ..commit("joins") }).await;
    let mut both = vec![found[0].clone(), order("c")];
    both.sort();
    assert_eq!(store.resolve(&conversation("talk"), "order").await.expect("answers"), both);
    assert_eq!(store.resolve(&conversation("other"), "order").await.expect("answers"), []);
    let twins = vec![link("new", &order("d"), true), link("new", &order("e"), true)];
    assert_eq!(refusal(&store.commit(&Commit { links: twins, ..commit("twins") }).await), "conflict at e");
}

async fn names_are_unique(bench: &dyn Bench) {
    let store = bench.store();
    kept(&*store, &Commit { names: vec![name(&order("a"), "first")], ..commit("one") }).await;
    kept(&*store, &Commit { names: vec![name(&order("a"), "first")], ..commit("again") }).await;
    kept(&*store, &Commit { names: vec![name(&instance("payment", "p"), "first")], ..commit("another machine") }).await;
    let taken = Commit { names: vec![name(&order("b"), "first")], ..commit("two") };
    assert_eq!(refusal(&store.commit(&taken).await), "conflict at b");
    assert_eq!(store.resolve_name("order", "first").await.expect("answers"), Some(order("a")));
    assert_eq!(store.resolve_name("order", "second").await.expect("answers"), None);
}

async fn pruning(bench: &dyn Bench) {
    let store = bench.store();
    create(&*store, &order("a")).await;
    kept(&*store, &commit("ignored")).await;
    // The command of a message that is open: its handling was committed, but it was not settled yet.
    send(&*store, [outgoing("open"), outgoing("dead")]).await;
    for command in ["open", "dead"] {
        kept(&*store, &commit(command)).await;
    }
    for delivery in take(&*store, 2).await.into_iter().filter(|delivery| delivery.body == "dead") {
        let buried = Settlement::Dead { reason: "on purpose".to_owned() };
        assert!(store.settle(&delivery.lease, buried).await.expect("answers"));
    }
    let now = after_an_hour(bench, &*store).await;
    kept(&*store, &commit("young")).await;
    let forgotten = store.prune(now).await.expect("answers");
    assert_eq!(forgotten, 4, "`ignored` and the three that sent messages");
    let left = [("creates a", true), ("ignored", false), ("open", true), ("dead", true), ("young", true)];
    for (command, known) in left {
        assert_eq!(store.outcome(&message(command)).await.expect("answers").is_some(), known, "{command}");
    }
}

/// Lets an hour pass and returns a time in it, which only the store's own clock can tell.
async fn after_an_hour(bench: &dyn Bench, store: &dyn Store) -> crate::Timestamp {
    send(store, [outgoing("clock")]).await;
    let lease = take_one(store).await;
    let until = store.next_due().await.expect("answers").expect("a lease runs");
    assert!(store.settle(&lease, Settlement::Done).await.expect("answers"));
    bench.pass(Duration::from_hours(1));
    until.saturating_add(Duration::MINUTE)
}
