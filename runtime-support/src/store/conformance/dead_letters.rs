//! What was given up is kept until somebody decides about it.

use super::sample::*;
use super::{Bench, Case};
use crate::store::{Settlement, Store};

pub(super) const CASES: &[Case] = &[
    Case { name: "dead letters are listed with their reasons", run: |bench| Box::pin(listing(bench)) },
    Case { name: "one given up right behind another takes nobody's place", run: |bench| Box::pin(neighbours(bench)) },
    Case { name: "a dead letter is tried again as if it had never failed", run: |bench| Box::pin(trying_again(bench)) },
    Case { name: "a purged dead letter is forgotten", run: |bench| Box::pin(purging(bench)) },
];

/// Gives up `names`, in that order.
async fn give_up(store: &dyn Store, names: &[&str]) {
    for name in names {
        send(store, [in_lane(name, "lane")]).await;
        let lease = take_one(store).await;
        let reason = format!("{name} is hopeless");
        assert!(store.settle(&lease, Settlement::Dead { reason }).await.expect("answers"));
    }
}

async fn bodies(store: &dyn Store, after: Option<&str>, max: usize) -> Vec<String> {
    let after = after.map(message);
    let letters = store.dead_letters(after.as_ref(), max).await.expect("answers");
    letters.into_iter().map(|letter| letter.body).collect()
}

async fn listing(bench: &dyn Bench) {
    let store = bench.store();
    give_up(&*store, &["c", "a", "b"]).await;
    assert_eq!(bodies(&*store, None, 10).await, ["c", "a", "b"]);
    assert_eq!(bodies(&*store, None, 2).await, ["c", "a"]);
    assert_eq!(bodies(&*store, Some("a"), 10).await, ["b"]);
    assert_eq!(bodies(&*store, Some("unknown"), 10).await, ["c", "a", "b"]);
    let letter = store.dead_letter(&message("a")).await.expect("answers").expect("it was given up");
    assert_eq!((letter.body.as_str(), letter.queue.as_str(), letter.failures), ("a", "work", 1));
    assert_eq!(letter.reason, "a is hopeless");
    assert_eq!(store.dead_letter(&message("x")).await.expect("answers"), None);
    assert_eq!(taken(&*store).await, [""; 0]);
}

async fn neighbours(bench: &dyn Bench) {
    let store = bench.store();
    send(&*store, ["a", "b", "c"].map(outgoing)).await;
    for delivery in take(&*store, 3).await {
        let reason = "hopeless".to_owned();
        assert!(store.settle(&delivery.lease, Settlement::Dead { reason }).await.expect("answers"));
    }
    assert_eq!(bodies(&*store, None, 10).await, ["a", "b", "c"]);
}

async fn trying_again(bench: &dyn Bench) {
    let store = bench.store();
    give_up(&*store, &["a"]).await;
    send(&*store, [in_lane("behind", "lane")]).await;
    assert!(store.retry_dead(&message("a")).await.expect("answers"));
    assert!(!store.retry_dead(&message("a")).await.expect("answers"));
    assert_eq!(bodies(&*store, None, 10).await, [""; 0]);
    let first = take_one(&*store).await;
    assert_eq!(first.message, message("behind"), "one lane, one message");
    assert!(store.settle(&first, Settlement::Done).await.expect("answers"));
    let again = take(&*store, 10).await;
    assert_eq!(
        again.iter().map(|delivery| (delivery.body.as_str(), delivery.failures)).collect::<Vec<_>>(),
        [("a", 0)]
    );
}

async fn purging(bench: &dyn Bench) {
    let store = bench.store();
    give_up(&*store, &["a", "b"]).await;
    assert!(store.purge_dead(&message("a")).await.expect("answers"));
    assert!(!store.purge_dead(&message("a")).await.expect("answers"));
    assert!(!store.purge_dead(&message("unknown")).await.expect("answers"));
    assert_eq!(bodies(&*store, None, 10).await, ["b"]);
    assert!(!store.retry_dead(&message("a")).await.expect("answers"));
}
