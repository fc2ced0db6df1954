//! Messages of one lane come one at a time and in order.

use core::time::Duration as Wait;

use super::sample::*;
use super::{Bench, Case};
use crate::description::Priority;
use crate::duration::Duration;
use crate::store::{Commit, Outgoing, Settlement};

pub(super) const CASES: &[Case] = &[
    Case { name: "a lane gives one message at a time, in order", run: |bench| Box::pin(one_at_a_time(bench)) },
    Case { name: "a message that waits to be tried again holds its lane", run: |bench| Box::pin(backoff_holds(bench)) },
    Case { name: "a dead letter lets its lane go on", run: |bench| Box::pin(dead_lets_go(bench)) },
    Case { name: "priority orders between lanes, never within one", run: |bench| Box::pin(priorities(bench)) },
    Case { name: "a message on hold is leased to its commit", run: |bench| Box::pin(on_hold(bench)) },
    Case { name: "a message on hold waits behind its worker's own", run: |bench| Box::pin(on_hold_behind_own(bench)) },
    Case {
        name: "a message joins the lane that it stands behind while that is busy",
        run: |bench| Box::pin(behind(bench)),
    },
    Case { name: "a message on hold waits behind its lane", run: |bench| Box::pin(on_hold_behind(bench)) },
];

async fn one_at_a_time(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, [in_lane("a1", "a"), in_lane("b1", "b"), in_lane("a2", "a"), outgoing("free"), in_lane("a3", "a")])
        .await;
    let first = take(&*store, 100).await;
    assert_eq!(first.iter().map(|delivery| delivery.body.as_str()).collect::<Vec<_>>(), ["a1", "b1", "free"]);
    assert_eq!(taken(&*store).await, [""; 0]);
    kept(&*store, &Commit { settle: Some(first[0].lease.clone()), ..commit("handles a1") }).await;
    let second = take_one(&*store).await;
    assert_eq!(second.message, message("a2"));
    assert!(store.settle(&second, Settlement::Done).await.expect("answers"));
    assert_eq!(taken(&*store).await, ["a3"]);
}

async fn backoff_holds(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, [in_lane("a1", "a"), in_lane("a2", "a")]).await;
    let lease = take_one(&*store).await;
    let retry = Settlement::Retry { after: Wait::from_secs(60) };
    assert!(store.settle(&lease, retry.clone()).await.expect("answers"));
    assert!(!store.settle(&lease, retry).await.expect("answers"), "the lease ended");
    bench.pass(Duration::from_seconds(50));
    assert_eq!(taken(&*store).await, [""; 0]);
    bench.pass(Duration::from_seconds(11));
    let again = take(&*store, 100).await;
    assert_eq!(
        again.iter().map(|delivery| (delivery.body.as_str(), delivery.failures)).collect::<Vec<_>>(),
        [("a1", 1)]
    );
    assert!(store.settle(&again[0].lease, Settlement::Release).await.expect("answers"));
    let released = take(&*store, 100).await;
    assert_eq!((released[0].body.as_str(), released[0].failures), ("a1", 1), "a release is no failure");
}

async fn dead_lets_go(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, [in_lane("a1", "a"), in_lane("a2", "a")]).await;
    let lease = take_one(&*store).await;
    let dead = Settlement::Dead { reason: "on purpose".to_owned() };
    assert!(store.settle(&lease, dead).await.expect("answers"));
    assert_eq!(taken(&*store).await, ["a2"]);
}

async fn priorities(bench: &dyn Bench) {
    let store = bench.store();
    let of = |message: Outgoing, priority| Outgoing { priority, ..message };
    let messages = [
        of(outgoing("bulk"), Priority::Bulk),
        of(in_lane("slow 1", "slow"), Priority::Low),
        of(in_lane("slow 2", "slow"), Priority::Critical),
        of(outgoing("normal 1"), Priority::Normal),
        of(outgoing("normal 2"), Priority::Normal),
        of(outgoing("critical"), Priority::Critical),
        of(outgoing("high"), Priority::High),
    ];
    send(&*store, messages).await;
    let order = ["critical", "high", "normal 1", "normal 2", "slow 1", "bulk"];
    let first: Vec<String> = take(&*store, 2).await.into_iter().map(|delivery| delivery.body).collect();
    assert_eq!(first, order[..2]);
    assert_eq!(taken(&*store).await, order[2..]);
}

async fn on_hold(bench: &dyn Bench) {
    let store = bench.store();
    let hold = |message: Outgoing| Outgoing { hold: true, ..message };
    let emits = Commit {
        outgoing: vec![hold(in_lane("a1", "a")), hold(in_lane("a2", "a")), in_lane("a3", "a"), hold(outgoing("free"))],
        ..commit("emits")
    };
    let committed = kept(&*store, &emits).await;
    let held: Vec<_> = committed.held.iter().map(|lease| lease.message).collect();
    assert_eq!(held, ["a1", "a2", "free"].map(message));
    assert!(committed.held.iter().all(|lease| lease.worker == worker("committer")));
    assert_eq!(taken(&*store).await, [""; 0]);
    for lease in &committed.held {
        kept(&*store, &Commit { settle: Some(lease.clone()), ..commit(&lease.message.to_string()) }).await;
    }
    assert_eq!(taken(&*store).await, ["a3"]);
    let lost = kept(&*store, &Commit { outgoing: vec![hold(outgoing("lost"))], ..commit("emits and dies") }).await;
    bench.pass(Duration::from_hours(1));
    assert_eq!(taken(&*store).await, ["a3", "lost"]);
    let late = Commit { settle: Some(lost.held[0].clone()), ..commit("too late") };
    assert_eq!(refusal(&store.commit(&late).await), "lease lost");
}

async fn behind(bench: &dyn Bench) {
    let store = bench.store();
    let behind = |name: &str, hold| Outgoing { behind: Some("a".to_owned()), hold, ..in_lane(name, "b") };
    send(&*store, [in_lane("a1", "a")]).await;
    send(&*store, [behind("b1", false)]).await;
    let held = kept(&*store, &Commit { outgoing: vec![behind("b2", true)], ..commit("holds b2") }).await.held;
    assert_eq!(held, [], "the lane that it joins is not the committer's");
    for expected in ["a1", "b1", "b2"] {
        let lease = take_one(&*store).await;
        assert_eq!(lease.message, message(expected));
        assert!(store.settle(&lease, Settlement::Done).await.is_ok_and(|held| held));
    }
    send(&*store, [behind("b3", false)]).await;
    send(&*store, [in_lane("a2", "a")]).await;
    assert_eq!(taken(&*store).await, ["b3", "a2"], "the lanes are two again");
}

async fn on_hold_behind_own(bench: &dyn Bench) {
    let store = bench.store();
    let hold = |id: &str| vec![Outgoing { hold: true, ..in_lane(id, "a") }];
    let first = kept(&*store, &Commit { outgoing: hold("a1"), ..commit("first") }).await;
    let second = kept(&*store, &Commit { outgoing: hold("a2"), ..commit("second") }).await;
    assert_eq!((first.held.len(), second.held.len()), (1, 1), "the worker has the lane to itself");
    let stranger = Commit { worker: worker("stranger"), outgoing: hold("a3"), ..commit("stranger") };
    assert_eq!(kept(&*store, &stranger).await.held, [], "the lane is the committer's");
    assert_eq!(kept(&*store, &Commit { outgoing: hold("a4"), ..commit("third") }).await.held, [], "a3 is nobody's");
    for lease in first.held.iter().chain(&second.held) {
        assert!(store.settle(lease, Settlement::Done).await.is_ok_and(|held| held));
    }
    assert_eq!(taken(&*store).await, ["a3"]);
}

async fn on_hold_behind(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, [in_lane("a1", "a")]).await;
    let behind = Outgoing { hold: true, ..in_lane("a2", "a") };
    let committed = kept(&*store, &Commit { outgoing: vec![behind], ..commit("emits") }).await;
    assert_eq!(committed.held, []);
    let first = take_one(&*store).await;
    assert_eq!(first.message, message("a1"));
    let next = Outgoing { hold: true, ..in_lane("a3", "a") };
    let handled = Commit { settle: Some(first), outgoing: vec![next], ..commit("handles a1") };
    assert_eq!(kept(&*store, &handled).await.held, [], "a2 is still open");
    assert_eq!(taken(&*store).await, ["a2"]);
}
