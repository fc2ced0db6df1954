//! What follows a request: bare emits, in order, within the same request; and what happens when one of them fails.

use crate::scripted::{Gate, Step, machine, on};
use crate::world::{CUSTOMER, World, request, request_to};
use eventflow::dynamic::{Target, Way};
use eventflow::engine::Options;
use eventflow::request::{Dispatcher, Request, Status};
use eventflow::{ManualClock, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

const fn bare(target: Target, event: &'static str, payload: &'static str) -> Step {
    Step::Emit(Way::Bare, target, event, payload)
}

const fn later(target: Target, event: &'static str, payload: &'static str) -> Step {
    Step::Emit(Way::Async, target, event, payload)
}

const B: Target = Target::Machine(1);

fn chain(failures: &Arc<AtomicU32>) -> World {
    World::new(vec![
        machine(
            "a",
            &["idle"],
            vec![
                on("go", vec![bare(B, "first", "{}"), bare(B, "second", "{}"), Step::Reply(201, "{}")]).creates().api(),
                on("twice", vec![later(B, "first", "{}"), later(B, "second", "{}")]).creates().api(),
                on("done", vec![Step::Count("done")]),
                on("itself", vec![bare(Target::Itself, "done", "{}"), later(Target::Itself, "done", "{}")]).api(),
                on("tell", vec![bare(Target::Actor(CUSTOMER), "told", r#"{"n":1}"#)]).api(),
                on("ring", vec![bare(B, "ring", "{}")]).creates().api(),
                on("overlap", vec![bare(Target::Itself, "overlapped", "{}"), bare(B, "first", "{}")]).creates().api(),
                on("overlapped", vec![bare(B, "second", "{}")]),
            ],
        ),
        machine(
            "b",
            &["idle"],
            vec![
                on("first", vec![Step::Fail(failures.clone()), bare(Target::Machine(0), "done", "{}")]).creates(),
                on("second", vec![]).creates(),
                on("ring", vec![bare(Target::Machine(0), "ring", "{}")]).creates(),
            ],
        ),
    ])
}

#[test]
fn bare_emits_run_in_order_before_the_answer() {
    let world = chain(&Arc::default());
    let answer = world.ask(request("a", "go", "{}"));
    let (a, b) = (answer.instance.expect("an instance"), world.only("b"));
    assert_eq!(world.events(&b), ["first", "second"]);
    assert_eq!(world.events(&a), ["go", "done"]);
    assert_eq!(world.settle(), 0, "nothing is left to do");
    let sent = &world.history(&a)[0].emits;
    assert_eq!(sent[0].id, world.history(&b)[0].message);
    assert_eq!(sent[1].id, world.history(&b)[1].message);
}

#[test]
fn a_message_behind_one_that_the_cascade_still_holds_is_part_of_the_cascade() {
    let world = chain(&Arc::default());
    let a = world.ask(request("a", "overlap", "{}")).instance.expect("an instance");
    assert_eq!(world.events(&world.only("b")), ["first", "second"]);
    assert_eq!(world.events(&a), ["overlap", "overlapped", "done"]);
    assert_eq!(world.settle(), 0);
}

#[test]
fn asynchronous_emits_wait_for_a_worker() {
    let world = chain(&Arc::default());
    let a = world.ask(request("a", "twice", "{}")).instance.expect("an instance");
    assert_eq!(world.instances("b"), []);
    assert_eq!(world.settle(), 2);
    assert_eq!(world.events(&world.only("b")), ["first", "second"]);
    assert_eq!(world.events(&a), ["twice", "done"]);
}

#[test]
fn emits_to_itself_go_both_ways() {
    let world = chain(&Arc::default());
    let a = world.ask(request("a", "go", "{}")).instance.expect("an instance");
    world.ask(request_to(&a, "itself", "{}"));
    assert_eq!(world.events(&a), ["go", "done", "itself", "done"]);
    world.settle();
    assert_eq!(world.events(&a), ["go", "done", "itself", "done", "done"]);
}

#[test]
fn what_fails_after_the_commit_is_retried_and_holds_back_what_is_behind_it() {
    let failures = Arc::new(AtomicU32::new(2));
    let world = chain(&failures);
    let answer = world.ask(request("a", "go", "{}"));
    assert_eq!(answer.reply.expect("the answer is that of the first turn").status, 201);
    assert_eq!(world.instances("b"), [], "the second waits behind the first");
    assert_eq!(world.settle(), 0);
    world.pass(1);
    assert_eq!(world.settle(), 1, "fails again");
    world.pass(1);
    assert_eq!(world.settle(), 0, "waits twice as long");
    world.pass(1);
    assert_eq!(world.settle(), 2);
    assert_eq!(world.events(&world.only("b")), ["first", "second"]);
    assert_eq!(world.events(&world.only("a")), ["go", "done"]);
}

#[test]
fn what_keeps_failing_is_a_dead_letter_that_can_be_retried() {
    let failures = Arc::new(AtomicU32::new(6));
    let world = chain(&failures);
    world.ask(request("a", "go", "{}"));
    for _ in 0..10 {
        world.pass(60);
        world.settle();
    }
    assert_eq!(world.dead(), ["`fail` (test.flow:2) failed: no luck"]);
    assert_eq!(world.events(&world.only("b")), ["second"], "a dead letter holds nobody back");
    let letters = eventflow::runtime::block_on(world.engine.dead_letters(None, 10)).expect("the store answers");
    assert_eq!((letters[0].event.as_deref(), letters[0].queue.as_str()), (Some("first"), "b"));
    assert!(eventflow::runtime::block_on(world.engine.retry_dead_letter(&letters[0].id)).expect("the store answers"));
    world.settle();
    assert_eq!(world.dead(), [""; 0]);
    assert_eq!(world.events(&world.only("b")), ["second", "first"]);
    assert!(!eventflow::runtime::block_on(world.engine.purge_dead_letter(&letters[0].id)).expect("the store answers"));
}

#[test]
fn a_cascade_that_does_not_end_is_ended_and_named() {
    let clock = Arc::new(ManualClock::new(Timestamp::EPOCH));
    let ring = |event, other| on(event, vec![bare(Target::Machine(other), "ring", "{}")]).creates().api();
    let machines = vec![machine("a", &["idle"], vec![ring("ring", 1)]), machine("b", &["idle"], vec![ring("ring", 0)])];
    let world = World::with(machines, clock, Options { longest_cascade: 20, ..Options::default() });
    assert_eq!(world.ask(request("a", "ring", "{}")).status, Status::Created);
    let turns = world.history(&world.only("a")).len() + world.history(&world.only("b")).len();
    assert_eq!(turns, 20);
    assert_eq!(world.dead(), ["a cascade of 20 turns does not end; it goes round :ring to @a, :ring to @b"]);
}

/// A request whose cascade waits at a gate.
fn gated() -> (World, Gate) {
    let gate = Gate::default();
    let world = World::new(vec![
        machine("a", &["idle"], vec![on("go", vec![bare(B, "first", "{}"), bare(B, "second", "{}")]).creates().api()]),
        machine(
            "b",
            &["idle"],
            vec![on("first", vec![Step::Wait(gate.clone())]).creates(), on("second", vec![]).creates()],
        ),
    ]);
    (world, gate)
}

#[test]
fn an_answer_is_released_when_the_cascade_takes_too_long_and_the_rest_goes_on() {
    let (world, gate) = gated();
    world.runtime.impatient.store(true, Ordering::SeqCst);
    assert_eq!(world.ask(request("a", "go", "{}")).status, Status::Created);
    assert_eq!(world.instances("b"), []);
    gate.store(true, Ordering::SeqCst);
    assert_eq!(world.runtime.run(), 1);
    assert_eq!(world.events(&world.only("b")), ["first", "second"]);
}

#[test]
fn what_is_sent_to_a_known_instance_goes_behind_what_was_sent_when_it_was_not_known() {
    let failures = Arc::new(AtomicU32::new(2));
    let world = World::new(vec![
        machine(
            "a",
            &["idle"],
            vec![
                on("go", vec![bare(B, "made", "{}"), bare(B, "slow", "{}")]).creates().api(),
                on("more", vec![bare(B, "fast", "{}")]).api(),
            ],
        ),
        machine(
            "b",
            &["idle"],
            vec![
                on("made", vec![]).creates(),
                on("slow", vec![Step::Fail(failures), Step::Count("slow")]),
                on("fast", vec![]),
            ],
        ),
    ]);
    let a = world.ask(request("a", "go", "{}")).instance.expect("an instance");
    world.ask(request_to(&a, "more", "{}"));
    let b = world.only("b");
    assert_eq!(world.events(&b), ["made"]);
    assert_eq!(world.history(&a)[1].emits[0].to, eventflow::record::Recipient::Instance(b.clone()));
    for _ in 0..3 {
        world.pass(1);
        world.settle();
    }
    assert_eq!(world.events(&b), ["made", "slow", "fast"]);
    world.ask(request_to(&a, "more", "{}"));
    assert_eq!(world.events(&b), ["made", "slow", "fast", "fast"], "then it is delivered at once again");
}

#[test]
fn a_slow_turn_keeps_its_lease() {
    let gate = Gate::default();
    let world = World::new(vec![
        machine("a", &["idle"], vec![on("go", vec![later(B, "first", "{}")]).creates().api()]),
        machine("b", &["idle"], vec![on("first", vec![Step::Wait(gate.clone())]).creates()]),
    ]);
    world.ask(request("a", "go", "{}"));
    world.runtime.impatient.store(true, Ordering::SeqCst);
    let mut slow = Box::pin(world.engine.work_once());
    let mut look = || {
        // Each look lets the worker find that a third of its lease is over; a store of threads answers a bit later.
        for _ in 0..20 {
            assert!(slow.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    };
    for _ in 0..4 {
        look();
        world.pass(20);
    }
    assert_eq!(world.settle(), 0, "after eighty seconds the message is still the slow worker's");
    gate.store(true, Ordering::SeqCst);
    assert!(eventflow::runtime::block_on(slow).expect("the store answers"));
    assert_eq!(world.events(&world.only("b")), ["first"]);
}

#[test]
fn what_waits_long_for_its_turn_is_held_anew_before_it_begins() {
    let (first, second) = (Gate::default(), Gate::default());
    let world = World::new(vec![
        machine("a", &["idle"], vec![on("go", vec![bare(B, "first", "{}"), bare(B, "second", "{}")]).creates().api()]),
        machine(
            "b",
            &["idle"],
            vec![
                on("first", vec![Step::Wait(first.clone())]).creates(),
                on("second", vec![Step::Wait(second.clone())]).creates(),
            ],
        ),
    ]);
    let mut dispatched = world.engine.dispatch(request("a", "go", "{}"));
    let mut look = || {
        // A store of threads answers a bit later.
        for _ in 0..20 {
            assert!(dispatched.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    };
    look();
    world.pass(20);
    first.store(true, Ordering::SeqCst);
    look();
    assert_eq!(world.events(&world.only("b")), ["first"], "the second has begun, and waits");
    world.pass(20);
    second.store(true, Ordering::SeqCst);
    // Another worker that took it would wait for the instance, which the cascade holds.
    let mut other = Box::pin(world.engine.work_once());
    let taken = (0..1000).find_map(|_| match other.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(taken) => Some(taken.expect("the store answers")),
        Poll::Pending => {
            std::thread::sleep(std::time::Duration::from_millis(1));
            None
        }
    });
    assert_eq!(taken, Some(false), "forty seconds after it was sent it is still the cascade's");
    assert_eq!(eventflow::runtime::block_on(dispatched).expect("the request is served").status, Status::Created);
    assert_eq!(world.events(&world.only("b")), ["first", "second"]);
}

#[test]
fn a_request_that_nobody_waits_for_any_more_goes_on() {
    let (world, gate) = gated();
    let mut dispatched = world.engine.dispatch(request("a", "go", "{}"));
    assert!(dispatched.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(dispatched);
    gate.store(true, Ordering::SeqCst);
    assert_eq!(world.runtime.run(), 1);
    assert_eq!(world.events(&world.only("b")), ["first", "second"]);
}

#[test]
fn the_answer_of_a_key_is_that_of_the_first_turn() {
    let world = chain(&Arc::new(AtomicU32::new(1)));
    let keyed = || Request { key: Some("k".to_owned()), ..request("a", "go", "{}") };
    let first = world.ask(keyed());
    assert_eq!(world.ask(keyed()), first);
    world.pass(1);
    world.settle();
    assert_eq!(world.ask(keyed()), first);
    assert_eq!(world.events(&world.only("b")), ["first", "second"]);
}

#[test]
fn a_port_that_panics_is_tried_again_and_ends_no_worker() {
    let tell = on("tell", vec![bare(Target::Actor(CUSTOMER), "explode", "{}")]).creates().api();
    let world = World::new(vec![machine("a", &["idle"], vec![tell])]);
    world.ask(request("a", "tell", "{}"));
    for _ in 0..10 {
        world.settle();
        world.pass(60);
    }
    let dead = world.dead();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].starts_with("the port panicked: "), "{}", dead[0]);
}

#[test]
fn ports_hear_everything_once_and_in_order() {
    let world = chain(&Arc::default());
    let a = world.ask(request("a", "go", "{}")).instance.expect("an instance");
    world.port.failures.store(1, Ordering::SeqCst);
    world.ask(request_to(&a, "tell", "{}"));
    world.ask(request_to(&a, "tell", "{}"));
    world.settle();
    assert_eq!(world.port.heard(), [""; 0], "the second waits behind the first, which is retried");
    world.pass(1);
    world.settle();
    assert_eq!(world.port.heard(), [r#"told {"n":1}"#, r#"told {"n":1}"#]);
    assert_eq!(world.history(&a)[2].emits[0].way, eventflow::record::SentBy::Port);
}
