//! Whole streams as the engine writes them, byte for byte, against `tests/golden/streams.json`: a call, emits of every way,
//! a timer, a broadcast, a port, a reserved event, a promise that is kept. `UPDATE_EXPECT=1` rewrites the file.

use crate::crashes::shop;
use crate::scripted::{Step, machine, on};
use crate::world::{World, request, request_to};
use eventflow::runtime::block_on;

/// The records of every instance of the machines, one a line.
fn streams(world: &World, machines: &[&str]) -> String {
    let ids = machines.iter().flat_map(|machine| world.instances(machine));
    let records = |id| block_on(world.store.load(&id, Some(u64::MAX))).expect("the store answers").records;
    ids.flat_map(records).map(|record| record + "\n").collect()
}

#[test]
fn streams_stay_as_they_are() {
    let checkout = World::new(shop());
    checkout.ask(request("order", "checkout", "{}"));
    for _ in 0..3 {
        checkout.settle();
        checkout.pass(60);
    }
    let office = World::new(vec![machine(
        "report",
        &["idle"],
        vec![
            on("ask", vec![Step::Promise("ready"), Step::Identify("title")]).creates().api().field(
                "title",
                eventflow::schema::Schema::String,
                false,
            ),
            on("finish", vec![Step::Callback("ready", r#"{"pages":3}"#), Step::Reply(200, r#"{"ok":true}"#)]).api(),
            on("spoil", vec![Step::Count("spoiled"), Step::BreakConstraint]).api(),
            on("constraint_violated", vec![Step::Count("cared"), Step::Reply(422, r#""$rule""#)]),
        ],
    )]);
    let report = office.ask(request("report", "ask", r#"{"title":"R-1"}"#)).instance.expect("an instance");
    office.ask(request_to(&report, "ask", r#"{"title":"first"}"#));
    office.ask(request_to(&report, "finish", "{}"));
    office.ask(request_to(&report, "spoil", "{}"));
    let written = streams(&checkout, &["order", "payment", "stock"]) + &streams(&office, &["report"]);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/streams.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &written).expect("the golden file can be written");
    }
    assert_eq!(written, std::fs::read_to_string(path).expect("the golden file is there"));
}
