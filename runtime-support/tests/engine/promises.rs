//! Answers that come later: promises and callbacks, and requests that are accepted first and run by a worker.

use crate::scripted::{Step, machine, on};
use crate::world::{World, request, request_to};
use eventflow::MessageId;
use eventflow::RequestKey;
use eventflow::record::{Recipient, SentBy};
use eventflow::request::{Refusal, Request, Status};
use eventflow::runtime::block_on;
use eventflow::schema::Schema;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

fn office(failures: &Arc<AtomicU32>) -> World {
    World::new(vec![machine(
        "report",
        &["idle", "done"],
        vec![
            on("ask", vec![Step::Promise("ready")]).creates().api(),
            on("finish", vec![Step::Callback("ready", r#"{"pages":3}"#)]).api(),
            on(
                "print",
                vec![Step::Fail(failures.clone()), Step::Reply(202, r#"{"of":"$title"}"#), Step::MoveTo("done")],
            )
            .creates()
            .queued()
            .field("title", Schema::String, true),
            on("call", vec![Step::Identify("called")]).creates().api().field("called", Schema::String, true),
            on("bind", vec![Step::Count("bound"), Step::Callback("bind", r#"{"ok":true}"#)]).creates().queued(),
        ],
    )])
}

fn keyed(key: &str, request: Request) -> (Request, MessageId) {
    let route = match &request.to {
        Some(to) => format!("/{}/{to}/{}", request.machine, request.event),
        None => format!("/{}/{}", request.machine, request.event),
    };
    let id =
        MessageId::of_request(&RequestKey { actor: "customer", subject: "ada", method: "POST", route: &route, key });
    (Request { key: Some(key.to_owned()), ..request }, id)
}

#[test]
fn a_promise_is_kept_for_who_asked_in_the_order_of_asking() {
    let world = office(&Arc::default());
    let (ask, first) = keyed("1", request("report", "ask", "{}"));
    let id = world.ask(ask).instance.expect("an instance");
    let (ask, second) = keyed("2", request_to(&id, "ask", "{}"));
    world.ask(ask);
    world.ask(Request { subject: Some("bob".to_owned()), ..request_to(&id, "ask", "{}") });
    let callback = |request| block_on(world.engine.request(&request)).expect("readable").expect("known").callback;
    assert_eq!((callback(first), callback(second)), (None, None));
    world.ask(request_to(&id, "finish", "{}"));
    let ready = Some(("ready".to_owned(), r#"{"pages":3}"#.to_owned()));
    assert_eq!((callback(first), callback(second)), (ready.clone(), None));
    world.ask(request_to(&id, "finish", "{}"));
    assert_eq!(callback(second), ready);
    world.ask(request_to(&id, "finish", "{}"));
    let history = world.history(&id);
    for (record, subject) in history[3..].iter().zip(["ada", "ada", "bob"]) {
        let asker = Recipient::Actor { actor: "customer".to_owned(), subject: Some(subject.to_owned()) };
        assert_eq!((record.emits[0].way, &record.emits[0].to), (SentBy::Callback, &asker));
    }
    assert_eq!(block_on(world.engine.request(&MessageId::from_bytes([9; 16]))).expect("readable"), None);
}

#[test]
fn a_queued_request_is_answered_at_once_and_run_later() {
    let world = office(&Arc::default());
    let (print, id) = keyed("1", request("report", "print", r#"{"title": "x"}"#));
    let answer = world.ask(print.clone());
    assert_eq!((answer.status.clone(), answer.state.as_deref()), (Status::Queued, None));
    assert_eq!(answer.reply.as_ref().and_then(|reply| reply.body.as_deref()), Some(r#"{"of":"x"}"#));
    assert_eq!(world.instances("report"), []);
    assert_eq!(world.settle(), 1);
    let report = world.only("report");
    assert_eq!(answer.instance.as_ref(), Some(&report), "the id was promised at acceptance");
    let record = &world.history(&report)[0];
    assert_eq!((record.message, record.conversation.clone()), (MessageId::derive(id, 0), answer.conversation.clone()));
    assert_eq!(world.view(&report).home, Some(answer.conversation.clone()));
    assert_eq!(world.ask(print), answer);
    assert_eq!(world.settle(), 0);
}

#[test]
fn a_queued_request_without_a_reply_is_answered_by_the_runtime_and_promises_a_callback() {
    let world = office(&Arc::default());
    let (bind, id) = keyed("1", request("report", "bind", "{}"));
    let answer = world.ask(bind);
    let report = answer.instance.expect("an id");
    let body = answer.reply.expect("a reply").body.expect("a body");
    assert_eq!(body, format!(r#"{{"id":"{report}","status":"queued"}}"#));
    world.settle();
    let status = block_on(world.engine.request(&id)).expect("readable").expect("known");
    assert_eq!(status.callback, Some(("bind".to_owned(), r#"{"ok":true}"#.to_owned())));
    world.ask(request_to(&report, "bind", "{}"));
    world.settle();
    assert_eq!(world.view(&report).context, r#"{"bound":2}"#);
}

#[test]
fn an_id_that_was_promised_and_is_taken_since_is_not_given_twice() {
    let world = office(&Arc::default());
    let call = |called: &str| format!(r#"{{"called":"{called}"}}"#);
    let other = world.ask(request("report", "call", &call("A"))).instance.expect("an instance");
    let promised = world.ask(request("report", "print", r#"{"title": "x"}"#)).instance.expect("an id");
    world.ask(request_to(&other, "call", &call(promised.key())));
    world.settle();
    assert_eq!(world.dead(), [format!("the id `{promised}` is taken")]);
    assert_eq!(world.instances("report"), [other]);
}

#[test]
fn a_queued_request_is_validated_at_the_door() {
    let world = office(&Arc::default());
    let refused = world.send(request("report", "print", "{}"));
    assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
    assert_eq!(world.settle(), 0);
}

#[test]
fn a_run_that_is_given_up_is_told_to_who_asks() {
    let world = office(&Arc::new(AtomicU32::new(100)));
    let (print, id) = keyed("1", request("report", "print", r#"{"title": "x"}"#));
    world.ask(print);
    for _ in 0..10 {
        world.settle();
        world.pass(60);
    }
    let status = block_on(world.engine.request(&id)).expect("readable").expect("known");
    assert_eq!(status.given_up.as_deref(), Some("`fail` (test.flow:2) failed: no luck"));
    assert_eq!(status.answer.status, Status::Queued);
}
