//! Reserved events in place of the body, failed turns, what becomes of messages that nobody can take.

use crate::scripted::{On, Step, machine, on};
use crate::world::{World, request, request_to};
use eventflow::description::QueueDescription;
use eventflow::dynamic::{DEEPEST, Target, Way};
use eventflow::request::{Refusal, Status};
use eventflow::schema::Schema;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const OTHER: Target = Target::Machine(1);

fn spoiled(step: Step) -> Vec<Step> {
    vec![
        Step::Count("spoiled"),
        Step::MoveTo("done"),
        Step::Emit(Way::Bare, OTHER, "told", "{}"),
        Step::Call(OTHER, "told", "{}", "answer"),
        step,
    ]
}

fn handlers() -> Vec<On> {
    vec![
        on("open", vec![]).creates().api(),
        on("check", vec![Step::Count("checked")]).creates().api().field("total", Schema::Number, true),
        on("constrain", spoiled(Step::BreakConstraint)).creates().api(),
        on("misstate", spoiled(Step::BreakRule)).creates().api(),
        on("send_bad", vec![Step::Emit(Way::Bare, OTHER, "strict", r#"{"n":"x"}"#)]).creates().api(),
        on("send_wrong", vec![Step::Emit(Way::Bare, OTHER, "unheard", "{}")]).creates().api(),
    ]
}

fn other() -> crate::scripted::Scripted {
    let strict = on("strict", vec![]).creates().field("n", Schema::Number, true);
    machine("other", &["idle"], vec![on("told", vec![]).creates(), strict])
}

fn bare() -> World {
    World::new(vec![machine("order", &["idle", "done"], handlers()), other()])
}

fn caring() -> World {
    let reserved = |event| {
        let tell = Step::Emit(Way::Bare, OTHER, "told", "{}");
        on(event, vec![Step::Count("cared"), tell, Step::Reply(422, r#"{"because":"$event$","rule":"$rule"}"#)])
    };
    let mut handlers = handlers();
    handlers.extend([reserved("validation_failed"), reserved("constraint_violated")]);
    World::new(vec![machine("order", &["idle", "done"], handlers), other()])
}

#[test]
fn a_broken_constraint_is_refused_where_nobody_cares() {
    let world = bare();
    let refused = world.send(request("order", "constrain", "{}"));
    assert!(matches!(&refused, Err(Refusal::Constraint { variable, .. }) if variable == "count"), "{refused:?}");
    let refused = world.send(request("order", "misstate", "{}"));
    assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
    assert_eq!((world.instances("order"), world.instances("other")), (vec![], vec![]));
}

#[test]
fn a_reserved_handler_runs_in_place_of_the_body_and_drops_what_it_decided() {
    for (event, data, note) in [
        ("constrain", "{}", r#"{"variable":"count","rule":"less than 5","value":5}"#),
        (
            "misstate",
            "{}",
            r#"{"errors":[{"field":"total","rule":"required","message":"`total` is required"}],"event":"told"}"#,
        ),
        (
            "check",
            r#"{"totl": 1}"#,
            r#"{"errors":[{"field":"total","rule":"required","message":"`total` is required"},{"field":"totl","rule":"unknown","message":"`totl` is not a field of this event"}],"event":"check"}"#,
        ),
    ] {
        let world = caring();
        let id = world.ask(request("order", "open", "{}")).instance.expect("an instance");
        let answer = world.ask(request_to(&id, event, data));
        assert_eq!((answer.status, answer.reply.expect("a reply").status), (Status::Handled, 422));
        assert_eq!(world.view(&id).context, r#"{"cared":1}"#, "{event}");
        assert_eq!(world.view(&id).state, "idle");
        let record = world.history(&id).pop().expect("a record");
        assert_eq!(record.event, event, "the type is that of the message received");
        assert_eq!(record.note.expect("a note").data, note);
        assert_eq!(record.calls.len(), 0);
        assert_eq!(world.events(&world.only("other")), ["told"], "only the reserved handler's emit goes out");
    }
}

#[test]
fn on_a_creating_event_no_instance_is_created_but_reply_and_emits_count() {
    let world = caring();
    let answer = world.ask(request("order", "check", "{}"));
    assert_eq!((answer.instance, answer.state, answer.status), (None, None, Status::Handled));
    assert_eq!(answer.reply.expect("a reply").status, 422);
    assert_eq!(world.instances("order"), []);
    assert_eq!(world.events(&world.only("other")), ["told"]);
}

#[test]
fn a_reserved_handler_without_a_reply_still_tells_the_caller_what_was_wrong() {
    let mut handlers = handlers();
    handlers.push(on("constraint_violated", vec![Step::Count("cared")]));
    let world = World::new(vec![machine("order", &["idle", "done"], handlers), other()]);
    let answer = world.ask(request("order", "constrain", "{}")).reply.expect("a reply");
    let body = r#"{"variable":"count","rule":"less than 5","value":5}"#;
    assert_eq!((answer.status, answer.body.as_deref()), (422, Some(body)));
}

#[test]
fn a_reserved_event_raises_no_other() {
    let mut handlers = handlers();
    handlers.push(on("constraint_violated", vec![Step::Count("cared"), Step::BreakRule]));
    handlers.push(on("validation_failed", vec![Step::Count("cared"), Step::BreakConstraint]));
    let world = World::new(vec![machine("order", &["idle", "done"], handlers), other()]);
    let refused = world.send(request("order", "constrain", "{}"));
    assert!(matches!(refused, Err(Refusal::Constraint { .. })), "{refused:?}");
    let refused = world.send(request("order", "check", "{}"));
    assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{refused:?}");
    assert_eq!(world.instances("order"), []);
}

#[test]
fn a_failed_turn_leaves_nothing_and_can_be_sent_again() {
    let fail = Step::Fail(Arc::new(AtomicU32::new(1)));
    let handlers = vec![on("open", spoiled(fail)).creates().api()];
    let world = World::new(vec![machine("order", &["idle", "done"], handlers), other()]);
    let refused = world.send(request("order", "open", "{}"));
    assert!(matches!(refused, Err(Refusal::Failed(_))), "{refused:?}");
    assert_eq!((world.instances("order"), world.instances("other")), (vec![], vec![]));
    assert_eq!(world.ask(request("order", "open", "{}")).status, Status::Created);
}

#[test]
fn what_no_handler_accepts_is_a_dead_letter_with_its_reason() {
    let world = bare();
    world.ask(request("order", "send_bad", "{}"));
    world.ask(request("order", "send_wrong", "{}"));
    assert_eq!(
        world.dead(),
        ["the payload is not valid; `n` must be a number", "`@other` has no handler for `:unheard` from `@order`"]
    );
    assert_eq!(world.settle(), 0);
}

#[test]
fn a_queue_says_how_often_a_message_is_tried_and_whether_it_is_kept() {
    let failures = Arc::new(AtomicU32::new(100));
    let queue = |dead_letter| QueueDescription {
        retries: 1,
        backoff: 5_000_000,
        longest_backoff: 5_000_000,
        dead_letter,
        ..QueueDescription::DEFAULT
    };
    for (dead_letter, kept) in [(true, 1), (false, 0)] {
        let tell = Step::Emit(Way::Async, OTHER, "told", "{}");
        let told = on("told", vec![Step::Fail(failures.clone())]).creates();
        let world = World::new(vec![
            machine("order", &["idle"], vec![on("tell", vec![tell]).creates().api()]),
            machine("other", &["idle"], vec![told]).queued_as(queue(dead_letter)),
        ]);
        world.ask(request("order", "tell", "{}"));
        assert_eq!(world.settle(), 1);
        world.pass(4);
        assert_eq!(world.settle(), 0);
        world.pass(1);
        assert_eq!(world.settle(), 1);
        world.pass(1_000);
        assert_eq!((world.settle(), world.dead().len()), (0, kept));
    }
}

#[test]
fn a_field_that_a_machine_adds_is_kept() {
    let add = on("add", vec![Step::Emit(Way::Bare, OTHER, "strict", r#"{"n":1,"more":[1,2]}"#)]).creates().api();
    let world = World::new(vec![machine("order", &["idle"], vec![add]), other()]);
    world.ask(request("order", "add", "{}"));
    assert_eq!(world.history(&world.only("other"))[0].data, r#"{"n":"1","more":[1,2]}"#);
}

#[test]
fn a_payload_that_no_record_could_hold_is_refused_before_anything_runs() {
    let tries = Arc::new(AtomicU32::new(10));
    let steps = || vec![Step::Fail(tries.clone())];
    let world = World::new(vec![machine(
        "box",
        &["idle"],
        vec![
            on("fill", steps()).creates().api().field("with", Schema::Json, true),
            on("send", steps()).creates().queued().field("with", Schema::Json, true),
        ],
    )]);
    for event in ["fill", "send"] {
        // The payload itself is one level.
        let nested = |levels: usize| format!(r#"{{"with": {}{}}}"#, "[".repeat(levels), "]".repeat(levels));
        let refused = world.send(request("box", event, &nested(DEEPEST)));
        let Err(Refusal::Malformed { why }) = refused else { panic!("{event}: {refused:?}") };
        assert_eq!(why, "the payload is nested deeper than 100 levels");
        assert_eq!((tries.load(Ordering::SeqCst), world.settle()), (10, 0), "nothing ran, and nothing waits");
    }
    let just_fits = format!(r#"{{"with": {}{}}}"#, "[".repeat(DEEPEST - 1), "]".repeat(DEEPEST - 1));
    let failed = world.send(request("box", "fill", &just_fits));
    assert!(matches!(failed, Err(Refusal::Failed(_))), "{failed:?}");
    assert_eq!(tries.load(Ordering::SeqCst), 9, "the turn ran");
}
