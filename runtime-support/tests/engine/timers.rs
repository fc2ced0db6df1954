//! Timers: armed, fired, disarmed, replaced.

use crate::scripted::{Step, machine, on};
use crate::world::{World, request, request_to};
use eventflow::InstanceId;
use eventflow::description::Party;
use eventflow::dynamic::Sender;

fn clocked() -> (World, InstanceId) {
    let world = World::new(vec![machine(
        "order",
        &["idle", "open"],
        vec![
            on("open", vec![Step::MoveTo("open"), Step::Arm("remind", 60)]).creates().api(),
            on("remind", vec![Step::In("open"), Step::Count("reminded")]),
            on("start", vec![Step::Disarm("timer_expired"), Step::Arm("timer_expired", 10)]).api(),
            on("timer_expired", vec![Step::Count("expired")]).from(Party::System),
            on("cancel", vec![Step::Disarm("remind")]).api(),
            on("close", vec![Step::MoveTo("idle")]).api(),
            on("flip", vec![Step::Arm("remind", 5), Step::Disarm("remind"), Step::Arm("remind", 7)]).api(),
        ],
    )]);
    let id = world.ask(request("order", "open", "{}")).instance.expect("an instance");
    (world, id)
}

#[test]
fn a_timer_fires_once_when_it_is_due() {
    let (world, id) = clocked();
    let armed = world.history(&id)[0].armed.clone();
    assert_eq!((armed.len(), armed[0].due), (1, world.now().saturating_add(eventflow::Duration::from_seconds(60))));
    world.pass(59);
    assert_eq!(world.settle(), 0);
    world.pass(1);
    assert_eq!(world.settle(), 1);
    let fired = &world.history(&id)[1];
    assert_eq!((fired.event.as_str(), fired.message), ("remind", armed[0].id));
    assert_eq!(fired.from, Sender::Instance(id.clone()), "a scheduled event is from the instance itself");
    assert_eq!(fired.conversation, world.history(&id)[0].conversation);
    assert_eq!(world.view(&id).timers, []);
    world.pass(1_000);
    assert_eq!(world.settle(), 0);
}

#[test]
fn a_fired_timer_leaves_a_record_even_if_guards_let_nothing_run() {
    let (world, id) = clocked();
    world.ask(request_to(&id, "close", "{}"));
    world.pass(60);
    world.settle();
    assert_eq!(world.events(&id), ["open", "close", "remind"]);
    assert_eq!(world.history(&id)[2].set, None);
    assert_eq!(world.view(&id).timers, []);
}

#[test]
fn cancel_disarms_what_is_pending() {
    let (world, id) = clocked();
    let armed = world.history(&id)[0].armed[0].id;
    world.ask(request_to(&id, "cancel", "{}"));
    assert_eq!(world.history(&id)[1].disarmed, [armed]);
    world.pass(100);
    assert_eq!(world.settle(), 0, "the message is gone with its timer");
    assert_eq!(world.events(&id), ["open", "cancel"]);
}

#[test]
fn a_timer_that_was_taken_and_then_cancelled_is_disregarded() {
    let (world, id) = clocked();
    world.pass(60);
    let worker = eventflow::store::WorkerId("slow".to_owned());
    let minute = core::time::Duration::from_secs(60);
    let taken = eventflow::runtime::block_on(world.store.take(&worker, &[], 1, minute)).expect("the store answers");
    assert_eq!(taken.len(), 1);
    world.ask(request_to(&id, "cancel", "{}"));
    // The slow worker gives it back; whoever takes it then finds nothing armed.
    let retry = eventflow::store::Settlement::Release;
    eventflow::runtime::block_on(world.store.settle(&taken[0].lease, retry)).expect("the store answers");
    world.settle();
    assert_eq!(world.events(&id), ["open", "cancel"]);
    assert_eq!(world.dead(), [""; 0]);
}

#[test]
fn starting_a_timer_replaces_the_pending_one() {
    let (world, id) = clocked();
    world.ask(request_to(&id, "start", "{}"));
    world.pass(5);
    world.ask(request_to(&id, "start", "{}"));
    assert_eq!(world.history(&id)[2].disarmed, [world.history(&id)[1].armed[0].id]);
    world.pass(5);
    assert_eq!(world.settle(), 0);
    world.pass(5);
    assert_eq!(world.settle(), 1);
    let fired = world.history(&id).pop().expect("a record");
    assert_eq!((fired.event.as_str(), fired.from), ("timer_expired", Sender::System));
    assert_eq!(world.view(&id).context, r#"{"expired":1}"#);
}

#[test]
fn a_timer_armed_and_cancelled_in_one_turn_is_in_neither_list() {
    let (world, id) = clocked();
    let first = world.history(&id)[0].armed[0].id;
    world.ask(request_to(&id, "flip", "{}"));
    let record = &world.history(&id)[1];
    assert_eq!(record.disarmed, [first]);
    assert_eq!(record.armed.len(), 1);
    assert_eq!(record.armed[0].id, eventflow::MessageId::derive(record.message, 1));
    world.pass(1_000);
    assert_eq!(world.settle(), 1);
}
