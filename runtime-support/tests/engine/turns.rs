//! One turn: creation, identity, replay, validation, what is ignored, what is answered twice.

use crate::scripted::{Gate, Step, machine, on};
use crate::world::{CUSTOMER, World, request, request_to};
use eventflow::description::Party;
use eventflow::request::{Dispatcher, Refusal, Request, Status};
use eventflow::runtime::block_on;
use eventflow::schema::Schema;
use eventflow::{InstanceId, Timestamp};
use std::sync::atomic::Ordering;
use std::task::{Context, Waker};

fn shop() -> World {
    World::new(vec![machine(
        "order",
        &["idle", "placed", "paid"],
        vec![
            on(
                "place",
                vec![Step::MoveTo("placed"), Step::Set("total", r#""$total""#), Step::Reply(201, r#"{"n":1}"#)],
            )
            .creates()
            .api()
            .from(Party::Actor(CUSTOMER))
            .field("total", Schema::Number, true),
            on("name", vec![Step::Identify("called"), Step::Count("named")]).creates().api().field(
                "called",
                Schema::String,
                true,
            ),
            on("pay", vec![Step::In("placed"), Step::MoveTo("paid")]).api().intended(1),
            on("look", vec![]).api(),
            on("reopen", vec![Step::In("paid"), Step::MoveTo("placed")]).creates().api().intended(2),
            on("secret", vec![]).from(Party::Machine(0)),
        ],
    )])
}

#[test]
fn a_creation_writes_one_record_and_answers_with_the_reply() {
    let world = shop();
    let answer = world.ask(request("order", "place", r#"{"total": 10.50}"#));
    assert_eq!(answer.status, Status::Created);
    assert_eq!(answer.state.as_deref(), Some("placed"));
    assert_eq!(answer.reply.expect("a reply").body.as_deref(), Some(r#"{"n":1}"#));
    let id = answer.instance.expect("an instance");
    assert!(id.key().starts_with("order-"), "{id}");
    let history = world.history(&id);
    assert_eq!(history.len(), 1);
    let record = &history[0];
    assert_eq!((record.seq, record.at, record.flow.as_str()), (1, world.now(), "flow-1"));
    assert_eq!(record.data, r#"{"total":"10.5"}"#);
    assert_eq!(record.state, ["placed"]);
    assert_eq!(record.conversation, answer.conversation);
    assert_eq!(world.view(&id).context, r#"{"total":"10.5"}"#);
}

#[test]
fn an_instance_is_its_records_and_can_be_seen_at_each_of_them() {
    let world = shop();
    let id = world.ask(request("order", "place", r#"{"total": "1"}"#)).instance.expect("an instance");
    assert_eq!(world.ask(request_to(&id, "pay", "{}")).status, Status::Handled);
    assert_eq!(world.view(&id).state, "paid");
    let earlier = block_on(world.engine.instance_at(&id, 1)).expect("readable").expect("there");
    assert_eq!((earlier.state.as_str(), earlier.seq), ("placed", 1));
    let history = world.history(&id);
    assert_eq!(history[1].state, ["paid"]);
    assert_eq!(history[1].conversation, history[0].conversation, "a request without a conversation continues the home");
}

#[test]
fn an_id_is_accepted_with_and_without_its_machine() {
    let world = shop();
    let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    let uuid = id.key().strip_prefix("order-").expect("a fresh id");
    for text in [id.key().to_owned(), uuid.to_owned(), format!("@order:{id}"), format!("@order:{uuid}")] {
        let answer = world.ask(Request { to: Some(text), ..request("order", "look", "{}") });
        assert_eq!(answer.instance.as_ref(), Some(&id));
    }
}

#[test]
fn an_id_that_the_creating_turn_assigns_is_the_id_and_taken_for_others() {
    let world = shop();
    let answer = world.ask(request("order", "name", r#"{"called": "A-17"}"#));
    let id = answer.instance.expect("an instance");
    assert_eq!(id.key(), "A-17");
    let again = world.send(request("order", "name", r#"{"called": "A-17"}"#));
    assert!(matches!(&again, Err(Refusal::Taken { id }) if id == "A-17"), "{again:?}");
    let bad = world.send(request("order", "name", r#"{"called": "a b"}"#));
    assert!(matches!(bad, Err(Refusal::Malformed { .. })), "{bad:?}");
    assert_eq!(world.instances("order"), [id]);
}

#[test]
fn an_id_assigned_later_is_a_further_name_by_which_messages_find_the_instance() {
    let world = shop();
    let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    world.ask(request_to(&id, "name", r#"{"called": "INV-1"}"#));
    world.ask(request_to(&id, "name", r#"{"called": "INV-1"}"#));
    let history = world.history(&id);
    assert_eq!((history[1].names.as_slice(), history[2].names.len()), (["INV-1".to_owned()].as_slice(), 0));
    let found = world.ask(Request { to: Some("INV-1".to_owned()), ..request("order", "look", "{}") });
    assert_eq!(found.instance, Some(id.clone()));
    let other = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    let taken = world.send(request_to(&other, "name", r#"{"called": "INV-1"}"#));
    assert!(matches!(taken, Err(Refusal::Taken { .. })), "{taken:?}");
    let taken = world.send(request("order", "name", &format!(r#"{{"called": "{id}"}}"#)));
    assert!(matches!(taken, Err(Refusal::Taken { .. })), "{taken:?}");
}

#[test]
fn what_guards_let_pass_leaves_no_record_and_names_what_is_accepted() {
    let world = shop();
    let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    world.ask(request_to(&id, "pay", "{}"));
    let answer = world.ask(request_to(&id, "pay", "{}"));
    assert_eq!((answer.instance.as_ref(), answer.state.as_deref()), (Some(&id), Some("paid")));
    let Status::Ignored { accepted } = answer.status else { panic!("{answer:?}") };
    assert_eq!(accepted, ["place", "name", "look", "reopen"]);
    assert_eq!(world.history(&id).len(), 2);
}

#[test]
fn what_would_be_born_ignoring_its_first_event_is_not_born() {
    let world = shop();
    let answer = world.ask(request("order", "reopen", "{}"));
    assert!(matches!(answer.status, Status::Ignored { .. }), "{answer:?}");
    assert_eq!((answer.instance, answer.state), (None, None));
    assert_eq!(world.instances("order"), []);
}

#[test]
fn an_empty_body_accepts_the_event() {
    let world = shop();
    let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    assert_eq!(world.ask(request_to(&id, "look", "{}")).status, Status::Handled);
    assert_eq!(world.events(&id), ["place", "look"]);
}

#[test]
fn payloads_from_outside_are_refused_with_all_that_is_wrong() {
    let world = shop();
    let refused = world.send(request("order", "place", r#"{"total": "much", "extra": 1}"#));
    let Err(Refusal::Invalid { violations }) = refused else { panic!("{refused:?}") };
    let fields: Vec<&str> = violations.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["total", "extra"]);
    for data in ["", "[]", "nonsense", "{} {}"] {
        let refused = world.send(request("order", "place", data));
        assert!(matches!(refused, Err(Refusal::Malformed { .. })), "{data}: {refused:?}");
    }
    assert_eq!(world.instances("order"), []);
}

#[test]
fn only_whom_a_handler_admits_can_send() {
    let world = shop();
    let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    let nobody = Request { actor: None, subject: None, ..request("order", "place", r#"{"total": 1}"#) };
    let Err(Refusal::NotAllowed { why }) = world.send(nobody) else { panic!("nobody is not the customer") };
    assert_eq!(why, "`@order` has no handler for `:place`");
    for refused in [
        request_to(&id, "secret", "{}"),
        request("order", "unheard", "{}"),
        request("nobody", "place", "{}"),
        request_to(&id, "timer_expired", "{}"),
        request_to(&id, "validation_failed", "{}"),
    ] {
        let answer = world.send(refused);
        assert!(matches!(answer, Err(Refusal::NotAllowed { .. })), "{answer:?}");
    }
}

#[test]
fn what_only_the_runtime_says_nobody_sends() {
    let reserved = ["validation_failed", "constraint_violated", "timer_expired"];
    let handlers = reserved.map(|event| on(event, vec![Step::Count("heard")]));
    let world = World::new(vec![machine("order", &["idle"], handlers.into())]);
    for event in reserved {
        let answer = world.send(request("order", event, "{}"));
        assert!(matches!(answer, Err(Refusal::NotAllowed { .. })), "{event}: {answer:?}");
    }
}

#[test]
fn a_request_with_a_key_is_served_once_and_answered_alike() {
    let world = shop();
    let keyed = |data: &str| Request { key: Some("k1".to_owned()), ..request("order", "place", data) };
    let first = world.ask(keyed(r#"{"total": 1}"#));
    world.pass(60);
    assert_eq!(world.ask(keyed(r#"{ "total": 1 }"#)), first);
    assert!(matches!(world.send(keyed(r#"{"total": 2}"#)), Err(Refusal::KeyReused)));
    let other = Request { subject: Some("bob".to_owned()), ..keyed(r#"{"total": 1}"#) };
    assert_ne!(world.ask(other).instance, first.instance, "a key belongs to its subject");
    let id = first.instance.expect("an instance");
    assert_eq!(world.history(&id).len(), 1);
}

#[test]
fn an_ignored_request_with_a_key_stays_ignored() {
    let world = shop();
    let id = world.ask(request("order", "name", r#"{"called": "A-1"}"#)).instance.expect("an instance");
    let pay = || Request { key: Some("k".to_owned()), ..request_to(&id, "pay", "{}") };
    let first = world.ask(pay());
    assert!(matches!(first.status, Status::Ignored { .. }));
    assert_eq!(world.ask(pay()), first);
}

#[test]
fn a_record_of_a_state_that_the_flow_lost_is_reported() {
    let world = shop();
    let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    let newer = World::on(
        vec![machine("order", &["idle"], vec![on("look", vec![]).api()])],
        world.store.clone(),
        world.clock.clone(),
        Default::default(),
    );
    let refused = newer.send(request_to(&id, "look", "{}"));
    assert!(matches!(refused, Err(Refusal::Unreadable { seq: 1, .. })), "{refused:?}");
}

#[test]
fn requests_to_one_instance_at_once_all_have_their_turn() {
    let world = std::sync::Arc::new(shop());
    let id = world.ask(request("order", "name", r#"{"called": "A-1"}"#)).instance.expect("an instance");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (world, id) = (world.clone(), id.clone());
            std::thread::spawn(move || {
                for _ in 0..25 {
                    world.ask(request_to(&id, "name", r#"{"called": "A-1"}"#));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("no request fails"));
    assert_eq!(world.view(&id).seq, 101);
    assert_eq!(world.view(&id).context, r#"{"named":101}"#);
}

#[test]
fn who_waits_for_an_instance_waits_no_longer_than_a_lease_lasts() {
    let gate = Gate::default();
    let world = World::new(vec![machine(
        "order",
        &["idle"],
        vec![
            on("open", vec![]).creates().api(),
            on("slow", vec![Step::Wait(gate.clone())]).api(),
            on("look", vec![]).api(),
        ],
    )]);
    let id = world.ask(request("order", "open", "{}")).instance.expect("an instance");
    let mut slow = world.engine.dispatch(request_to(&id, "slow", "{}"));
    for _ in 0..20 {
        assert!(slow.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    world.runtime.impatient.store(true, Ordering::SeqCst);
    let refused = world.send(request_to(&id, "look", "{}"));
    assert!(matches!(&refused, Err(Refusal::Busy { id: busy }) if *busy == id), "{refused:?}");
    gate.store(true, Ordering::SeqCst);
    assert_eq!(block_on(slow).expect("it is served").status, Status::Handled);
    assert_eq!(world.ask(request_to(&id, "look", "{}")).status, Status::Handled);
    assert_eq!(world.events(&id), ["open", "slow", "look"]);
}

#[test]
fn the_same_inputs_give_the_same_records() {
    let run = || {
        let world = shop();
        let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
        world.ask(request_to(&id, "pay", "{}"));
        let texts: Vec<String> = world.history(&id).iter().map(|record| record.to_json()).collect();
        (id, texts)
    };
    assert_eq!(run(), run());
}

#[test]
fn nobody_is_found_who_is_not_there() {
    let world = shop();
    let ghost = InstanceId::parse("order", "A-0").expect("an id");
    assert!(matches!(world.send(request_to(&ghost, "look", "{}")), Err(Refusal::NotFound { id }) if id == "A-0"));
    let id = world.ask(request("order", "place", r#"{"total": 1}"#)).instance.expect("an instance");
    let strange = Request { to: Some("../x y".to_owned()), ..request("order", "look", "{}") };
    assert!(matches!(world.send(strange), Err(Refusal::NotFound { .. })));
    assert_eq!(world.view(&id).home, Some(world.history(&id)[0].conversation.clone()));
    assert!(world.now() > Timestamp::EPOCH);
}
