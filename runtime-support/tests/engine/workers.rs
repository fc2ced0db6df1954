//! The worker loop, on real threads and the real clock.

use crate::scripted::{Step, machine, on};
use crate::world::{Recorder, request, system};
use eventflow::SystemClock;
use eventflow::dynamic::{DynMachine, Target, Way};
use eventflow::engine::Setup;
use eventflow::request::Dispatcher;
use eventflow::runtime::{Runtime, Threads, block_on};
use eventflow::store::{Listing, MemoryStore, Store};
use eventflow::system::{Host, Parts};
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

#[test]
fn workers_take_what_comes_until_they_are_told_to_stop() {
    let told = Step::Emit(Way::Async, Target::Machine(1), "told", "{}");
    let later = Step::Arm("later", 0);
    let machines: Vec<Arc<dyn DynMachine>> = vec![
        Arc::new(machine(
            "a",
            &["idle", "late"],
            vec![on("go", vec![told, later]).creates().api(), on("later", vec![Step::MoveTo("late")])],
        )),
        Arc::new(machine("b", &["idle"], vec![on("told", vec![]).creates()])),
    ];
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let parts = Parts { description: system(&machines), machines, ports: vec![Arc::new(Recorder::default())] };
    let engine = Setup::new(store.clone()).expect("there is randomness").start(parts);
    let threads = Threads::new();
    let (stop, stopped) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    for _ in 0..2 {
        let (engine, stop, stopped) = (engine.clone(), stop.clone(), stopped.clone());
        threads.spawn(Box::pin(async move {
            let told = poll_fn(|_| if stop.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending });
            engine.run(told).await;
            stopped.store(true, Ordering::SeqCst);
        }));
    }
    let answer = block_on(engine.dispatch(request("a", "go", "{}"))).expect("the request is served");
    let id = answer.instance.expect("an instance");
    let deadline = Instant::now() + Duration::from_secs(10);
    let states = ["late".to_owned()];
    let is_done = || {
        let listed = |machine, states| {
            let listing = Listing { machine, states, as_of: None, after: None, max: 10 };
            block_on(store.list(listing)).expect("the store answers")
        };
        listed("a", &states[..]) == [id.clone()] && listed("b", &[]).len() == 1
    };
    while !is_done() {
        assert!(Instant::now() < deadline, "the workers take the message and the timer");
        std::thread::sleep(Duration::from_millis(1));
    }
    stop.store(true, Ordering::SeqCst);
    while !stopped.load(Ordering::SeqCst) {
        assert!(Instant::now() < deadline, "the workers stop");
        std::thread::sleep(Duration::from_millis(1));
    }
}
