//! Messages are delivered at least once, not before they are due, and to one worker at a time.

use super::sample::*;
use super::{Bench, Case, join};
use crate::duration::Duration;
use crate::store::{Commit, Lease, Outgoing, Settlement, Store};
use crate::timestamp::Timestamp;

pub(super) const CASES: &[Case] = &[
    Case { name: "a lease that runs out is lost to who takes next", run: |bench| Box::pin(leases_run_out(bench)) },
    Case { name: "a lease can be prolonged", run: |bench| Box::pin(leases_are_prolonged(bench)) },
    Case { name: "no two workers get one message", run: |bench| Box::pin(workers_share(bench)) },
    Case { name: "a message is not given before it is due", run: |bench| Box::pin(due_times(bench)) },
    Case { name: "a message that is there is not kept again", run: |bench| Box::pin(kept_once(bench)) },
    Case { name: "a cancelled message is gone wherever it was", run: |bench| Box::pin(cancelling(bench)) },
    Case { name: "only the queues that were named are taken from", run: |bench| Box::pin(queues(bench)) },
    Case { name: "a commit wakes who waits", run: |bench| Box::pin(waking(bench)) },
];

async fn leases_run_out(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, [outgoing("work")]).await;
    let old = take_one(&*store).await;
    bench.pass(Duration::from_seconds(29));
    assert_eq!(taken(&*store).await, [""; 0]);
    bench.pass(Duration::from_seconds(2));
    let again = take(&*store, 1).await.remove(0);
    assert_eq!(again.failures, 1, "a lease that ran out is a failure");
    assert!(!store.renew(&old, LEASE).await.expect("answers"));
    assert!(!store.settle(&old, Settlement::Done).await.expect("answers"));
    assert_eq!(refusal(&store.commit(&Commit { settle: Some(old), ..commit("late") }).await), "lease lost");
    let stranger = Lease { worker: worker("stranger"), ..again.lease.clone() };
    assert!(!store.settle(&stranger, Settlement::Done).await.expect("answers"));
    kept(&*store, &Commit { settle: Some(again.lease), ..commit("in time") }).await;
    bench.pass(Duration::from_hours(1));
    assert_eq!(taken(&*store).await, [""; 0]);
}

async fn leases_are_prolonged(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, [outgoing("work")]).await;
    let lease = take_one(&*store).await;
    for _ in 0..4 {
        bench.pass(Duration::from_seconds(20));
        assert!(store.renew(&lease, LEASE).await.expect("answers"));
        assert_eq!(taken(&*store).await, [""; 0]);
    }
    assert!(store.settle(&lease, Settlement::Done).await.expect("answers"));
    assert!(!store.renew(&lease, LEASE).await.expect("answers"));
}

async fn workers_share(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, (0..50).map(|number| outgoing(&format!("m{number:02}")))).await;
    let workers: Vec<_> = (0..10).map(|number| worker(&format!("w{number}"))).collect();
    let takes = workers.iter().map(|worker| store.take(worker, &[], 5, LEASE)).collect();
    let mut bodies = Vec::new();
    for (worker, deliveries) in workers.iter().zip(join(takes).await) {
        for delivery in deliveries.expect("answers") {
            assert_eq!((&delivery.lease.worker, delivery.lease.message), (worker, message(&delivery.body)));
            bodies.push(delivery.body);
        }
    }
    bodies.sort();
    let all: Vec<String> = (0..50).map(|number| format!("m{number:02}")).collect();
    assert_eq!(bodies, all);
}

/// The store's own time, which shows in the end of a lease.
async fn now(store: &dyn Store) -> Timestamp {
    send(store, [outgoing("clock")]).await;
    let lease = take_one(store).await;
    let until = store.next_due().await.expect("answers").expect("a lease runs");
    assert!(store.settle(&lease, Settlement::Done).await.expect("answers"));
    until.checked_sub(LEASE.into()).expect("in range")
}

async fn due_times(bench: &dyn Bench) {
    let store = bench.store();
    let now = now(&*store).await;
    assert_eq!(store.next_due().await.expect("answers"), None);
    let due = |seconds| Some(now.saturating_add(Duration::from_seconds(seconds)));
    let at = |name: &str, seconds| Outgoing { due: due(seconds), ..outgoing(name) };
    send(&*store, [at("hour", 3600), at("minute", 60), at("past", -60)]).await;
    assert_eq!(store.next_due().await.expect("answers"), due(60));
    assert_eq!(taken(&*store).await, ["past"]);
    bench.pass(Duration::from_seconds(59));
    assert!(!taken(&*store).await.contains(&"minute".to_owned()));
    bench.pass(Duration::from_seconds(2));
    assert!(taken(&*store).await.contains(&"minute".to_owned()));
    bench.pass(Duration::from_seconds(3540));
    assert!(taken(&*store).await.contains(&"hour".to_owned()));
}

async fn kept_once(bench: &dyn Bench) {
    let store = bench.store();
    let sends = |command: &str| Commit { outgoing: vec![outgoing("once")], ..commit(command) };
    kept(&*store, &sends("first")).await;
    kept(&*store, &sends("while it is open")).await;
    let lease = take_one(&*store).await;
    kept(&*store, &sends("while it is leased")).await;
    let dead = Settlement::Dead { reason: "on purpose".to_owned() };
    assert!(store.settle(&lease, dead).await.expect("answers"));
    kept(&*store, &sends("while it is dead")).await;
    assert_eq!(taken(&*store).await, [""; 0]);
    assert!(store.retry_dead(&message("once")).await.expect("answers"));
    assert_eq!(taken(&*store).await, ["once"]);
    assert!(!store.settle(&lease, Settlement::Done).await.expect("answers"), "a lease never comes back");
}

async fn cancelling(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, [outgoing("taken"), outgoing("dead")]).await;
    let deliveries = take(&*store, 2).await;
    let dead = Settlement::Dead { reason: "on purpose".to_owned() };
    assert!(store.settle(&deliveries[1].lease, dead).await.expect("answers"));
    send(&*store, [in_lane("queued", "a"), in_lane("behind", "a")]).await;
    let cancelled = ["taken", "dead", "queued", "unknown"].map(message).to_vec();
    kept(&*store, &Commit { cancelled, ..commit("cancels") }).await;
    let late = Commit { settle: Some(deliveries[0].lease.clone()), ..commit("handles what was cancelled") };
    assert_eq!(refusal(&store.commit(&late).await), "lease lost");
    assert_eq!(store.dead_letters(None, 10).await.expect("answers"), []);
    assert_eq!(taken(&*store).await, ["behind"]);
    bench.pass(Duration::from_minutes(1));
    assert_eq!(taken(&*store).await, ["behind"]);
}

async fn queues(bench: &dyn Bench) {
    let store = bench.store();
    let of = |name: &str, queue: &str| Outgoing { queue: queue.to_owned(), ..outgoing(name) };
    send(&*store, [of("one", "first"), of("two", "second"), of("three", "third")]).await;
    let named = ["third".to_owned(), "first".to_owned()];
    let deliveries = store.take(&worker("w"), &named, 10, LEASE).await.expect("answers");
    assert_eq!(deliveries.iter().map(|delivery| delivery.body.as_str()).collect::<Vec<_>>(), ["one", "three"]);
    assert_eq!(taken(&*store).await, ["two"]);
}

async fn waking(bench: &dyn Bench) {
    let store = bench.store();
    // What comes between the call and the first poll is not missed.
    let before = store.wake(&[]);
    send(&*store, [outgoing("news")]).await;
    before.await;
    let lease = take_one(&*store).await;
    let listening = store.wake(&[]);
    let release = async { assert!(store.settle(&lease, Settlement::Release).await.expect("answers")) };
    join(vec![listening, Box::pin(release)]).await;
}
