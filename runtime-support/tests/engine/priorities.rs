//! Priorities: which of the messages that wait for a machine goes first, if its queue goes by them.

use crate::scripted::{Step, machine, on};
use crate::world::{World, request};
use eventflow::description::{Priority, QueueDescription};
use eventflow::dynamic::{Target, Way};

/// The order in which a stock handles what it was sent `slow` first and `urgent` last.
fn handled(queue: QueueDescription) -> Vec<String> {
    let tell = |event| Step::Emit(Way::Async, Target::Machine(1), event, "{}");
    let stock = vec![
        on("slow", vec![]).creates().prioritized(Priority::Bulk),
        on("usual", vec![]).creates(),
        on("urgent", vec![]).creates().prioritized(Priority::Critical),
    ];
    let world = World::new(vec![
        machine("order", &["idle"], vec![on("go", vec![tell("slow"), tell("usual"), tell("urgent")]).creates().api()]),
        machine("stock", &["idle"], stock).queued_as(queue),
    ]);
    world.ask(request("order", "go", "{}"));
    world.settle();
    world.events(&world.only("stock"))
}

#[test]
fn they_count_in_a_queue_that_goes_by_them_alone() {
    assert_eq!(handled(QueueDescription::DEFAULT), ["slow", "usual", "urgent"]);
    let by_priority = QueueDescription { by_priority: true, ..QueueDescription::DEFAULT };
    assert_eq!(handled(by_priority), ["urgent", "usual", "slow"]);
}
