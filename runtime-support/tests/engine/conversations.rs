//! To whom a message goes: each rule, in its order, and what is said where none applies.

use crate::scripted::{Step, machine, on};
use crate::world::{World, request, request_to};
use eventflow::dynamic::{Target, Way};
use eventflow::request::{Answer, Refusal, Request, Status};
use eventflow::schema::Schema;
use eventflow::{ConversationId, InstanceId};

const ORDER: usize = 0;
const PAYMENT: usize = 1;

/// Orders that send `:charge` (creating), `:refund` (not creating) to payments; payments that answer.
fn shop() -> World {
    let to_payment = |event, payload| Step::Emit(Way::Bare, Target::Machine(PAYMENT), event, payload);
    World::new(vec![
        machine(
            "order",
            &["idle"],
            vec![
                on("open", vec![Step::Count("opened")]).creates().api(),
                on("charge", vec![to_payment("charge", "{}")]).creates().api(),
                on("refund", vec![to_payment("refund", "{}")]).api(),
                on("refund_that", vec![to_payment("refund", r#"{"payment_id":"$that"}"#)]).api().field(
                    "that",
                    Schema::String,
                    true,
                ),
                on("charge_that", vec![to_payment("charge", r#"{"aggregate_id":"$that"}"#)]).api().field(
                    "that",
                    Schema::String,
                    true,
                ),
                on("charged", vec![Step::Count("charged")]),
                on("asked", vec![to_payment("refund", "{}")]),
                on("cancel_order", vec![]).api(),
            ],
        ),
        machine(
            "payment",
            &["idle"],
            vec![
                on("charge", vec![Step::Emit(Way::Bare, Target::Machine(ORDER), "charged", "{}")]).creates().field(
                    "aggregate_id",
                    Schema::String,
                    false,
                ),
                on("refund", vec![Step::Count("refunds")]).field("payment_id", Schema::String, false),
                on("pay", vec![]).creates().api(),
                on("ask", vec![Step::Emit(Way::Bare, Target::Machine(ORDER), "asked", r#"{"order_id":"$order"}"#)])
                    .api()
                    .field("order", Schema::String, false),
            ],
        ),
    ])
}

fn created(answer: &Answer) -> InstanceId {
    assert_eq!(answer.status, Status::Created);
    answer.instance.clone().expect("an instance")
}

fn within(conversation: &ConversationId, request: Request) -> Request {
    Request { conversation: Some(conversation.clone()), ..request }
}

#[test]
fn the_id_in_the_payload_comes_first() {
    let world = shop();
    let order = created(&world.ask(request("order", "charge", "{}")));
    let other = created(&world.ask(request("payment", "pay", "{}")));
    world.ask(request_to(&order, "refund_that", &format!(r#"{{"that": "{other}"}}"#)));
    assert_eq!(world.events(&other), ["pay", "refund"]);
    world.ask(request_to(&order, "charge_that", &format!(r#"{{"that": "@payment:{other}"}}"#)));
    assert_eq!(world.events(&other), ["pay", "refund", "charge"]);
}

#[test]
fn an_id_in_the_payload_that_nobody_has_is_passed_over_between_machines() {
    let world = shop();
    let order = created(&world.ask(request("order", "charge", "{}")));
    let payment = world.only("payment");
    world.ask(request_to(&order, "refund_that", r#"{"that": "no-such"}"#));
    assert_eq!(world.events(&payment), ["charge", "refund"]);
}

#[test]
fn the_instance_whose_message_is_handled_comes_before_the_conversation() {
    let world = shop();
    let order = created(&world.ask(request("order", "charge", "{}")));
    let own = world.only("payment");
    let other = created(&world.ask(request("payment", "pay", "{}")));
    world.ask(request_to(&other, "ask", &format!(r#"{{"order": "{order}"}}"#)));
    assert_eq!(world.events(&order), ["charge", "charged", "asked"]);
    assert_eq!(world.events(&other), ["pay", "ask", "refund"], "the order answers the payment that asked");
    assert_eq!(world.events(&own), ["charge"]);
}

#[test]
fn the_only_instance_of_the_conversation_comes_next() {
    let world = shop();
    let order = created(&world.ask(request("order", "charge", "{}")));
    world.ask(request_to(&order, "refund", "{}"));
    let payment = world.only("payment");
    assert_eq!(world.events(&payment), ["charge", "refund"]);
    let home = world.view(&order).home;
    assert!(world.history(&payment).iter().all(|record| Some(&record.conversation) == home.as_ref()));
    assert_eq!(world.history(&payment)[0].from, eventflow::dynamic::Sender::Instance(order));
}

#[test]
fn two_instances_of_the_conversation_are_an_error_that_lists_them() {
    let world = shop();
    let answer = world.ask(request("order", "charge", "{}"));
    let order = created(&answer);
    let first = world.only("payment");
    let second = created(&world.ask(request("payment", "pay", "{}")));
    // The second joins the order's conversation, because a message of it names that payment.
    world.ask(request_to(&order, "charge_that", &format!(r#"{{"that": "{second}"}}"#)));
    world.ask(request_to(&order, "refund", "{}"));
    let (low, high) = if first < second { (&first, &second) } else { (&second, &first) };
    assert_eq!(
        world.dead(),
        [format!(
            "EventFlowError: Cannot route event ':refund' to @payment\n  - 2 candidates in the conversation: {low}, \
             {high}\n  Hint: Include 'payment_id' in the event payload to say which one is meant."
        )]
    );
    let refused = world.send(within(&answer.conversation, request("payment", "pay", "{}")));
    assert!(
        matches!(&refused, Err(Refusal::Unroutable { message }) if message.contains("2 candidates")),
        "{refused:?}"
    );
}

#[test]
fn the_only_one_that_the_sender_ever_spoke_with_comes_then() {
    let world = shop();
    let order = created(&world.ask(request("order", "open", "{}")));
    let payment = created(&world.ask(request("payment", "pay", "{}")));
    // In the payment's conversation the two exchange messages; the order's own conversation knows no payment.
    world.ask(request_to(&payment, "ask", &format!(r#"{{"order": "{order}"}}"#)));
    assert_eq!(world.events(&payment), ["pay", "ask", "refund"]);
    world.ask(request_to(&order, "refund", "{}"));
    assert_eq!(world.events(&payment), ["pay", "ask", "refund", "refund"]);
    let popular = created(&world.ask(request("order", "open", "{}")));
    let other = created(&world.ask(request("payment", "pay", "{}")));
    for asking in [&payment, &other] {
        world.ask(request_to(asking, "ask", &format!(r#"{{"order": "{popular}"}}"#)));
    }
    world.ask(request_to(&popular, "refund", "{}"));
    let dead = world.dead();
    assert_eq!(dead.len(), 1);
    assert!(dead[0].contains("2 candidates have exchanged messages with the sender"), "{}", dead[0]);
}

#[test]
fn a_creating_event_creates_where_nobody_is_meant_and_only_then() {
    let world = shop();
    let order = created(&world.ask(request("order", "charge", "{}")));
    world.ask(request_to(&order, "charge", "{}"));
    assert_eq!(world.events(&world.only("payment")), ["charge", "charge"]);
    assert_eq!(world.events(&order), ["charge", "charged", "charge", "charged"]);
}

#[test]
fn where_nobody_is_meant_and_nothing_creates_the_message_is_a_dead_letter() {
    let world = shop();
    let order = created(&world.ask(request("order", "open", "{}")));
    let home = world.view(&order).home.expect("a home");
    world.ask(request_to(&order, "refund", "{}"));
    assert_eq!(
        world.dead(),
        [format!(
            "EventFlowError: Cannot route event ':refund' to @payment\n  - No aggregate_id provided in event payload\n  \
             - No payment in conversation '{home}'\n  Hint: This event requires an existing payment aggregate.\n        \
             Include 'payment_id' in your request or use conversation context."
        )]
    );
}

#[test]
fn a_request_without_any_reference_is_refused_word_for_word() {
    let world = shop();
    let refused = world.send(request("order", "cancel_order", "{}")).expect_err("nobody is meant");
    assert_eq!(
        refused.to_string(),
        "EventFlowError: Cannot route event ':cancel_order' to @order
  - No aggregate_id provided in event payload
  - No conversation context available
  Hint: This event requires an existing order aggregate.
        Include 'order_id' in your request or use conversation context."
    );
}

#[test]
fn a_request_goes_to_the_id_in_its_payload_and_must_find_it() {
    let world = shop();
    let payment = created(&world.ask(request("payment", "pay", "{}")));
    // The payload's reference is routing, so it must be known even where the event creates.
    let refused = world.send(request("payment", "pay", r#"{"payment_id": "no-such"}"#));
    assert!(matches!(&refused, Err(Refusal::NotFound { id }) if id == "no-such"), "{refused:?}");
    let refused = world.send(request("payment", "pay", r#"{"aggregate_id": "no-such"}"#));
    assert!(matches!(refused, Err(Refusal::NotFound { .. })), "{refused:?}");
    let order = created(&world.ask(request("order", "charge", "{}")));
    let answer = world.ask(request_to(&order, "refund_that", &format!(r#"{{"that": "{payment}"}}"#)));
    assert_eq!(answer.status, Status::Handled);
}

#[test]
fn a_request_that_names_a_conversation_goes_to_the_only_instance_there_or_creates_one() {
    let world = shop();
    let answer = world.ask(request("order", "open", "{}"));
    let order = created(&answer);
    let again = world.ask(within(&answer.conversation, request("order", "open", "{}")));
    assert_eq!((again.status, again.instance), (Status::Handled, Some(order)));
    let payment = world.ask(within(&answer.conversation, request("payment", "pay", "{}")));
    assert_eq!((payment.status, &payment.conversation), (Status::Created, &answer.conversation));
    let unrelated = world.ask(request("order", "open", "{}"));
    assert_ne!(unrelated.conversation, answer.conversation);
    assert_eq!(unrelated.status, Status::Created);
}

#[test]
fn only_who_takes_part_in_a_conversation_can_join_it() {
    let world = shop();
    let answer = world.ask(request("order", "open", "{}"));
    let of_bob = Request { subject: Some("bob".to_owned()), ..request("order", "open", "{}") };
    let refused = world.send(within(&answer.conversation, of_bob.clone()));
    assert!(matches!(refused, Err(Refusal::NotFound { .. })), "{refused:?}");
    let made_up = ConversationId::parse("made-up").expect("an id");
    assert!(matches!(world.send(within(&made_up, of_bob.clone())), Err(Refusal::NotFound { .. })));
    let private = ConversationId::parse("~x").expect("an id");
    assert!(matches!(world.send(within(&private, of_bob)), Err(Refusal::Malformed { .. })));
    // Code of the same process that names no subject answers for itself.
    let trusted = Request { subject: None, ..request("payment", "pay", "{}") };
    assert_eq!(world.ask(within(&made_up, trusted)).conversation, made_up);
}
