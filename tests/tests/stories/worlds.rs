//! Worlds: what is so before a story, and before one of its events.

use crate::told::{flow, statuses, with_tests};
use eventflow::test_kit::report::Outcome;

const ORDER: &str = "
machine: @order

scenario: an order is placed
  given:
    @customer is logged in as \"ada\"
    $email is \"ada@example.com\"

  on :place from @customer (api) with:
    | email  | string | required, valid email |
    | amount | number | required              |
    | note   | string | optional              |
    $contact becomes $email
    $total becomes $amount
    $remark becomes $note
    order moves to #placed
    reply 201 with:
      | id | $order_id |

    expect:
      = $contact equals \"ada@example.com\"
      = $total equals 1
      = $remark equals \"note\"
      = reply.id equals $order_id

scenario: it is packed
  given:
    order is in #placed
    $total is 40
    $placed_at: time is yesterday

  on :pack from @warehouse
    ? order is in #placed
    ? shelf is full
      $total increases by 2
      order moves to #packed
    otherwise
      order moves to #waiting

    expect:
      = order is in #packed
      = $total equals 42

  expect:
    = order has been in #placed
    = order has entered #packed
    = $total equals 42
";

#[test]
fn what_is_given_fills_payloads_and_the_rest_are_samples() {
    let report = flow(ORDER).passes("an order is placed");
    let assumed: Vec<String> = report.assumed.iter().map(ToString::to_string).collect();
    assert_eq!(assumed, ["assumed: $amount is 1", "assumed: $note is \"note\""]);
}

#[test]
fn an_instance_that_is_in_a_state_exists_before_the_story() {
    let report = flow(ORDER).passes("it is packed");
    assert_eq!(report.steps[0].before.as_deref(), Some("placed"));
    assert_eq!(report.steps[0].after.as_deref(), Some("packed"));
    let assumed: Vec<String> = report.assumed.iter().map(ToString::to_string).collect();
    assert_eq!(assumed, ["assumed true: shelf is full"]);
}

#[test]
fn overrides_change_what_differs() {
    let told = with_tests(
        ORDER,
        "
test: @order

  for scenario: an order is placed
    for :place:
      another address:
        with scenario:
          $email is \"grace@example.com\"
        = $contact equals \"grace@example.com\"

      no note:
        with event:
          note: null
        = $remark is empty

      a field that is none:
        with event:
          email: null
        = reply status is 422
        = order is in #idle

  for scenario: it is packed
    for :pack:
      the shelf is empty:
        with given:
          shelf is not full
        = order is in #waiting

      more in it:
        with context:
          total: 100
        = $total equals 102

      it waits already:
        with given:
          order is in #waiting
        = order is in #waiting
",
    );
    told.passes("another address");
    told.passes("no note");
    told.passes("a field that is none");
    told.passes("the shelf is empty");
    told.passes("more in it");
    told.passes("it waits already");
}

#[test]
fn a_context_is_there_when_the_instance_is_created() {
    let told = flow(
        "
machine: @counter

scenario: it goes on
  given:
    $count is 41

  on :step from @walker (api)
    $count increases by 1
    reply 201

    expect:
      = $count equals 42

  expect:
    = $count equals 42
",
    );
    let report = told.passes("it goes on");
    assert_eq!(report.steps[0].before, None, "the step creates it");
}

#[test]
fn a_story_whose_first_event_creates_nothing_begins_with_an_instance() {
    let told = flow(
        "
machine: @lamp

scenario: it is bought
  on :buy from @owner
    lamp moves to #off

scenario: it is switched on
  on :press from @owner
    ? lamp is in #off
      lamp moves to #on

  expect:
    = lamp is in #idle
",
    );
    let report = told.run("it is switched on");
    assert_eq!(report.outcome, Outcome::Passed, "{report:#?}");
    assert_eq!(statuses(&report), ["press: ignored"]);
    assert_eq!(report.assumed[0].to_string(), "assumed: lamp is in #idle");
}

#[test]
fn samples_keep_the_rules_of_their_fields() {
    let told = flow(
        "
machine: @form

scenario: it is filled in
  on :send from @writer (api) with:
    | name  | string  | required                         |
    | email | string  | required, valid email            |
    | site  | string  | required, valid url              |
    | id    | string  | required, valid uuid             |
    | code  | string  | required, min 6 characters       |
    | tag   | string  | required, max 2 characters       |
    | size  | string  | required, one of small, large    |
    | boxes | integer | required, between 3 and 20       |
    | price | number  | required, greater than 9.99      |
    | debt  | number  | required, less than 0            |
    | level | integer | required, one of 4, 5            |
    | sure  | boolean | required                         |
    | at    | time    | required                         |
    | span  | duration | required                        |
    | items | array   | required                         |
    $got_name becomes $name
    $got_email becomes $email
    $got_code becomes $code
    $got_tag becomes $tag
    $got_size becomes $size
    $got_boxes becomes $boxes
    $got_price becomes $price
    $got_debt becomes $debt
    $got_level becomes $level
    $got_sure becomes $sure
    $got_at becomes $at
    $got_span becomes $span
    reply 201

  expect:
    = $got_name equals \"name\"
    = $got_email equals \"email@example.com\"
    = $got_code equals \"codeco\"
    = $got_tag equals \"ta\"
    = $got_size equals \"small\"
    = $got_boxes equals 3
    = $got_price equals 10.99
    = $got_debt equals -1
    = $got_level equals 4
    = $got_sure equals true
    = $got_at equals now
    = $got_span equals 1 second
    = reply status is 201
",
    );
    told.passes("it is filled in");
}

#[test]
fn moments_in_the_world_are_times_for_the_flow() {
    let told = flow(
        "
machine: @order

scenario: it is a day old
  given:
    $since is yesterday
    $before is now - 2 days

  on :look from @customer (api)
    $age becomes now - $since
    $longer becomes now - $before
    reply 200

  expect:
    = $age equals 24 hours
    = $longer equals 2 days
",
    );
    told.passes("it is a day old");
}

#[test]
fn what_a_handler_is_given_is_so_when_its_event_comes_by_itself() {
    let told = flow(
        "
machine: @parcel

scenario: it is packed
  given:
    box is there

  on :order from @customer (api)
    ? box is there
      parcel moves to #ordered
      emit :pack

  on :pack
    ? box is there
      parcel moves to #packed
    otherwise
      parcel moves to #waiting

    given:
      box is not there

  on :look from @customer (api)
    ? box is there
      reply 200
    otherwise
      reply 409

  expect:
    = parcel is in #waiting
    = reply status is 200
",
    );
    told.passes("it is packed");
}

#[test]
fn what_comes_by_itself_carries_what_it_carries() {
    let told = with_tests(
        "
machine: @parcel

scenario: it is packed
  on :order from @customer (api)
    emit :pack with weight: 3

  on :pack with:
    | weight | number | required |
    $kilos becomes $weight

  expect:
    = $kilos equals 3
",
        "
test: @parcel

  for scenario: it is packed
    for :pack:
      heavier:
        with event:
          weight: 7
        = $kilos equals 3
",
    );
    told.passes("it is packed");
    let failed = told.fails("heavier");
    assert_eq!(failed[0].actual, "it came by itself, so that nothing changes what it carries");
    assert_eq!(failed[0].place.text, "weight: 7");
}
