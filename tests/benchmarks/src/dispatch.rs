//! Dispatch: one event through an order machine, by hand, generated, and in other libraries.
//!
//! `cargo run --release --bin dispatch` asserts that all contenders decide alike on every input, then prints
//! instructions (valgrind's callgrind, the difference of two run lengths, so that start-up cancels out), nanoseconds and
//! allocations for one event. The measuring loop itself is a row of its own.

mod contenders;
mod machine;

use contenders::{
    by_hand::ByHand,
    by_hand_alike::{self, ByHandAlike},
    generated::{self, Generated},
    rust_fsm_peer::RustFsm,
    smlang_peer::Smlang,
    statig_peer::Statig,
};
use machine::{Contender, EVENTS, Event, LIMIT, Order, STATES, State, expected};
use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Counts what the contenders allocate.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The loop without a machine.
struct Nothing;

impl Contender for Nothing {
    const NAME: &'static str = "(the loop)";

    fn at(_: Order) -> Self {
        Self
    }

    fn handle(&mut self, event: Event) {
        black_box(event);
    }

    fn order(&self) -> Order {
        Order { state: State::Idle, attempts: 0 }
    }
}

/// A contender's functions, chosen by name.
struct Entry {
    name: &'static str,
    run: fn(u64) -> Order,
    agrees: fn() -> bool,
}

fn entry<C: Contender>() -> Entry {
    Entry { name: C::NAME, run: run::<C>, agrees: agrees::<C> }
}

fn entries() -> Vec<Entry> {
    vec![
        entry::<Nothing>(),
        entry::<ByHand>(),
        entry::<ByHandAlike>(),
        entry::<Generated>(),
        entry::<Statig>(),
        entry::<Smlang>(),
        entry::<RustFsm>(),
    ]
}

/// The events of the measured story: two failed payments, a success, a late cancellation.
const STORY: [Event; 8] = [
    Event::Checkout,
    Event::PaymentFailed,
    Event::PaymentFailed,
    Event::PaymentSucceeded,
    Event::Cancel,
    Event::Checkout,
    Event::PaymentFailed,
    Event::Cancel,
];

#[inline(never)]
fn run<C: Contender>(turns: u64) -> Order {
    let mut machine = C::at(Order { state: State::Idle, attempts: 0 });
    for turn in 0..turns {
        machine.handle(black_box(STORY[(turn % 8) as usize]));
    }
    machine.order()
}

/// The events that lead from the beginning to a place; every place that can be reached has such a way.
fn way_to(order: Order) -> Vec<Event> {
    let mut way = Vec::new();
    if order.state == State::Idle {
        return way;
    }
    way.push(Event::Checkout);
    way.extend((1..order.attempts).map(|_| Event::PaymentFailed));
    match order.state {
        State::Idle | State::AwaitingPayment => {}
        State::Paid => way.push(Event::PaymentSucceeded),
        State::Cancelled => way.push(Event::Cancel),
    }
    way
}

/// Whether a contender does what is specified, on every place that can be reached and every event.
fn agrees<C: Contender>() -> bool {
    let places = STATES.into_iter().flat_map(|state| (0..=LIMIT).map(move |attempts| Order { state, attempts }));
    let reachable = |order: &Order| (order.state == State::Idle) == (order.attempts == 0);
    places.filter(reachable).all(|order| {
        EVENTS.into_iter().all(|event| {
            let mut machine = C::at(order);
            machine.handle(event);
            machine.order() == expected(order, event)
        })
    })
}

/// Instructions for one event: callgrind's count of a long run less that of a short one.
fn instructions(name: &str) -> Option<f64> {
    let count = |turns: u64| -> Option<f64> {
        let program = std::env::current_exe().ok()?;
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(program)
            .args([name, &turns.to_string()])
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let line = text.lines().find(|line| line.contains("Collected"))?;
        line.rsplit(' ').next()?.parse().ok()
    };
    Some((count(24_000)? - count(4_000)?) / 20_000.0)
}

fn nanoseconds(run: fn(u64) -> Order) -> f64 {
    const TURNS: u64 = 20_000_000;
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            black_box(run(TURNS));
            start.elapsed().as_secs_f64() * 1e9 / TURNS as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[2]
}

fn allocations(run: fn(u64) -> Order) -> f64 {
    const TURNS: u64 = 8_000;
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    black_box(run(TURNS));
    (ALLOCATIONS.load(Ordering::Relaxed) - before) as f64 / TURNS as f64
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if let (Some(name), Some(turns)) = (arguments.next(), arguments.next()) {
        let turns = turns.parse().unwrap_or(0);
        let entry = entries().into_iter().find(|entry| entry.name == name);
        black_box(entry.map(|entry| (entry.run)(turns)));
        return;
    }
    assert!(generated::decides_like(by_hand_alike::decide), "the decisions by hand are not those that are generated");
    println!("{:<22} {:>14} {:>8} {:>12}", "one event", "instructions", "ns", "allocations");
    let mut counted = BTreeMap::new();
    for entry in entries() {
        assert!(entry.name == Nothing::NAME || (entry.agrees)(), "{} decides otherwise", entry.name);
        let count = instructions(entry.name);
        counted.extend(count.map(|count| (entry.name, count)));
        let instructions = count.map_or("no valgrind".to_owned(), |count| format!("{count:.1}"));
        let (time, allocations) = (nanoseconds(entry.run), allocations(entry.run));
        println!("{:<22} {instructions:>14} {time:>8.1} {allocations:>12.2}", entry.name);
    }
    for by_hand in [ByHand::NAME, ByHandAlike::NAME] {
        if let Some(ratio) = ratio(&counted, Generated::NAME, by_hand) {
            println!("generated / {by_hand}: {ratio:.2}");
        }
    }
}

/// How many times the instructions of one contender another one needs, without the loop.
fn ratio(counted: &BTreeMap<&str, f64>, one: &str, other: &str) -> Option<f64> {
    let within = counted.get(Nothing::NAME)?;
    Some((counted.get(one)? - within) / (counted.get(other)? - within))
}
