//! Snapshots: they change nothing but how much is read.

use crate::scripted::{Scripted, Step, machine, on};
use crate::world::{World, request, request_to};
use eventflow::dynamic::DynMachine;
use eventflow::engine::{Engine, Options, Setup};
use eventflow::runtime::{Threads, block_on};
use eventflow::store::{Commit, Expected, WorkerId, Write};
use eventflow::system::{Host, Parts};
use eventflow::{InstanceId, ManualClock, MessageId, SeededIds, Timestamp};
use std::num::NonZeroU64;
use std::sync::Arc;

fn shop() -> Vec<Scripted> {
    vec![machine(
        "order",
        &["idle", "open"],
        vec![
            on("open", vec![Step::MoveTo("open"), Step::Arm("remind", 60), Step::Promise("ready")]).creates().api(),
            on("count", vec![Step::Count("counted")]).api(),
            on("remind", vec![Step::Count("reminded")]),
            on("finish", vec![Step::Callback("ready", "{}")]).api(),
        ],
    )]
}

fn counted(every: Option<u64>) -> (World, InstanceId) {
    let clock = Arc::new(ManualClock::new(Timestamp::EPOCH));
    let options = Options { snapshot_every: every.and_then(NonZeroU64::new), ..Options::default() };
    let world = World::with(shop(), clock, options);
    let id = world.ask(request("order", "open", "{}")).instance.expect("an instance");
    (0..10).for_each(|_| drop(world.ask(request_to(&id, "count", "{}"))));
    (world, id)
}

#[test]
fn with_and_without_them_an_instance_is_the_same() {
    let (with, without) = (counted(Some(4)), counted(None));
    assert_eq!(with.0.view(&with.1), without.0.view(&without.1));
    assert_eq!(with.0.view(&with.1).context, r#"{"counted":10}"#);
    for (world, id) in [&with, &without] {
        world.pass(60);
        assert_eq!(world.settle(), 1, "the timer of the first record is still pending");
        world.ask(request_to(id, "finish", "{}"));
    }
    assert_eq!(with.0.history(&with.1), without.0.history(&without.1));
}

#[test]
fn they_spare_the_records_before_them() {
    let (world, id) = counted(Some(4));
    let loaded = block_on(world.store.load(&id, None)).expect("the store answers");
    assert_eq!((loaded.version.n, loaded.records.len()), (11, 3));
    let snapshot = loaded.snapshot.expect("a snapshot");
    assert!(
        snapshot.starts_with(r#"{"v":1,"flow":"flow-1","seq":8,"state":"open","context":{"counted":7},"timers":[{"#)
    );
    assert_eq!(world.history(&id).len(), 11, "the history is whole");
    let earlier = block_on(world.engine.instance_at(&id, 3)).expect("readable").expect("there");
    assert_eq!(earlier.context, r#"{"counted":2}"#);
}

/// The count that an engine reads where the store keeps a snapshot that says 99 behind ten counted ones.
fn read_beside(snapshot: &str) -> String {
    let (world, id) = counted(None);
    let version = block_on(world.store.load(&id, None)).expect("the store answers").version;
    let write = Write {
        id: id.clone(),
        expected: Expected::At(version),
        records: Vec::new(),
        state: "open".to_owned(),
        snapshot: Some(snapshot.to_owned()),
    };
    let commit = Commit {
        command: MessageId::from_bytes([1; 16]),
        writes: vec![write],
        outgoing: Vec::new(),
        cancelled: Vec::new(),
        links: Vec::new(),
        names: Vec::new(),
        outcome: String::new(),
        settle: None,
        worker: WorkerId("test".to_owned()),
        lease: core::time::Duration::ZERO,
    };
    block_on(world.store.commit(&commit)).expect("nothing stands against it");
    world.view(&id).context
}

#[test]
fn one_of_this_flow_and_this_form_is_read_and_any_other_is_passed_over() {
    let snapshot = r#"{"v":1,"flow":"flow-1","seq":11,"state":"open","context":{"counted":99},"timers":[],"home":"h","promises":[]}"#;
    assert_eq!(read_beside(snapshot), r#"{"counted":99}"#);
    for other in [
        snapshot.replace("flow-1", "flow-2"),
        snapshot.replace(r#""v":1"#, r#""v":2"#),
        snapshot.replace("open", "lost"),
        snapshot.replace(r#""timers":[]"#, r#""timers":[1]"#),
        snapshot[1..].to_owned(),
    ] {
        assert_eq!(read_beside(&other), r#"{"counted":10}"#, "{other}");
    }
}

#[test]
fn one_of_another_flow_is_passed_over() {
    let (world, id) = counted(Some(4));
    let machines: Vec<Arc<dyn DynMachine>> =
        shop().into_iter().map(|machine| Arc::new(machine) as Arc<dyn DynMachine>).collect();
    let mut description = crate::world::system(&machines);
    description.flow = "flow-2".into();
    let ports = vec![world.port.clone() as Arc<dyn eventflow::dynamic::DynPort>];
    let (store, clock) = (world.store.clone(), world.clock.clone());
    let ids = Arc::new(SeededIds::new(1, clock.clone()));
    let setup = Setup { store, runtime: Arc::new(Threads::new()), clock, ids, options: Options::default() };
    let newer: Engine = setup.start(Parts { description, machines, ports });
    let view = block_on(newer.instance(&id)).expect("readable").expect("there");
    assert_eq!(view, world.view(&id));
}
