//! Broadcasts: who gets one, and that a large one is no large commit.

use crate::scripted::{Step, machine, on};
use crate::world::{World, request, request_to};
use eventflow::dynamic::{Target, Way};
use eventflow::record::{Recipient, SentBy};
use std::collections::BTreeSet;

fn fair(states: &[&'static str]) -> World {
    let states = states.iter().map(|state| (*state).into()).collect();
    let every = Target::Every { machine: 1, states };
    World::new(vec![
        machine(
            "host",
            &["idle"],
            vec![on("call", vec![Step::Emit(Way::Bare, every, "come", r#"{"n":1}"#)]).creates().api()],
        ),
        machine(
            "guest",
            &["idle", "home"],
            vec![
                on("arrive", vec![]).creates().api(),
                on("go_home", vec![Step::MoveTo("home")]).api(),
                on("come", vec![Step::Count("came")]),
            ],
        ),
    ])
}

fn arrive(world: &World, count: usize) -> Vec<eventflow::InstanceId> {
    (0..count).map(|_| world.ask(request("guest", "arrive", "{}")).instance.expect("an instance")).collect()
}

#[test]
fn all_that_exist_when_it_is_sent_get_it_in_a_conversation_of_their_own() {
    let world = fair(&[]);
    let guests = arrive(&world, 3);
    let host = world.ask(request("host", "call", "{}")).instance.expect("an instance");
    let late = arrive(&world, 1);
    assert_eq!(world.settle(), 1 + 3);
    let mut conversations = BTreeSet::new();
    for guest in &guests {
        let history = world.history(guest);
        assert_eq!(history.len(), 2);
        assert_eq!(history[1].data, r#"{"n":1}"#);
        assert_ne!(history[1].conversation, history[0].conversation);
        conversations.insert(history[1].conversation.clone());
    }
    assert_eq!(conversations.len(), 3);
    assert_eq!(world.events(&late[0]), ["arrive"]);
    let sent = &world.history(&host)[0].emits;
    assert_eq!((sent.len(), sent[0].way), (1, SentBy::Broadcast));
    assert_eq!(sent[0].to, Recipient::Every { machine: "guest".to_owned(), states: Vec::new() });
}

#[test]
fn only_those_in_one_of_the_states_at_the_time_get_it() {
    let world = fair(&["home"]);
    let guests = arrive(&world, 3);
    world.ask(request_to(&guests[1], "go_home", "{}"));
    world.ask(request("host", "call", "{}"));
    world.ask(request_to(&guests[2], "go_home", "{}"));
    world.settle();
    let came: Vec<usize> = guests.iter().map(|guest| world.history(guest).len()).collect();
    assert_eq!(came, [1, 3, 2]);
}

#[test]
fn nobody_to_get_it_is_fine() {
    let world = fair(&[]);
    world.ask(request("host", "call", "{}"));
    assert_eq!(world.settle(), 1);
    assert_eq!(world.dead(), [""; 0]);
}

#[test]
fn it_goes_out_in_pages() {
    let world = fair(&[]);
    let guests = arrive(&world, 1_001);
    world.ask(request("host", "call", "{}"));
    assert_eq!(world.settle(), 3 + 1_001);
    assert!(guests.iter().all(|guest| world.history(guest).len() == 2));
}
