//! Which events of a story happen, and when.

use crate::told::{flow, statuses, unit, with_tests};
use eventflow::test_kit::Options;
use eventflow::test_kit::report::{Outcome, StepStatus};
use eventflowc::load::Memory;

const LOAN: &str = "
machine: @loan

scenario: a loan is decided
  on :apply from @customer (api)
    emit :score_wanted to @bureau
    loan moves to #asked
    reply 201 with:
      | id | $loan_id |

  on :scored from @bureau
    ? loan is in #asked
      loan moves to #granted
      emit :granted to @customer

  on :not_scored from @bureau
    ? loan is in #asked
      loan moves to #refused

  expect:
    = loan is in #granted
    = loan has never been in #refused
";

#[test]
fn of_two_answers_the_first_that_is_told_wins() {
    let report = flow(LOAN).passes("a loan is decided");
    let expected =
        ["apply: handled", "scored: handled", "not_scored: not fired (`@bureau` was asked once, and has answered)"];
    assert_eq!(statuses(&report), expected);
}

#[test]
fn a_partner_that_was_asked_twice_answers_twice() {
    let twice = LOAN.replace(
        "emit :score_wanted to @bureau\n",
        "emit :score_wanted to @bureau\n    emit :score_wanted to @bureau\n",
    );
    let report = flow(&twice).passes("a loan is decided");
    assert_eq!(statuses(&report), ["apply: handled", "scored: handled", "not_scored: ignored"]);
}

#[test]
fn a_partner_that_was_never_asked_speaks_once() {
    let unasked = LOAN.replace("    emit :score_wanted to @bureau\n", "");
    let report = flow(&unasked).passes("a loan is decided");
    let why = "not_scored: not fired (`@bureau` was never asked, and has spoken once)";
    assert_eq!(statuses(&report)[2], why);
}

#[test]
fn an_event_that_came_by_itself_is_not_sent_again() {
    let told = flow(
        "
machine: @parcel

scenario: a parcel is weighed
  on :hand_in from @sender (api)
    emit :weigh
    parcel moves to #handed_in

  on :weigh
    $weighed increases by 1
    parcel moves to #weighed

    expect:
      = parcel is in #weighed
      = $weighed equals 1

  on :stamp
    $stamped increases by 1

  expect:
    = $weighed equals 1
    = $stamped equals 1
",
    );
    let report = told.passes("a parcel is weighed");
    assert_eq!(statuses(&report), ["hand_in: handled", "weigh: handled", "stamp: handled"]);
}

#[test]
fn the_clock_moves_to_the_timer_that_a_story_comes_to() {
    let told = flow(
        "
machine: @offer

scenario: nobody accepts
  on :make from @seller (api)
    $made_at becomes now
    schedule :remind for 1 day
    schedule :lapse for 3 days
    offer moves to #open

    expect:
      = $reminders is empty

  on :lapse
    $lapsed_at becomes now
    offer moves to #lapsed

    expect:
      = $reminders equals 2
      = $lapsed_at is at least $made_at

  on :remind
    ? offer is in #open
      $reminders increases by 1
      schedule :remind for 1 day

  expect:
    = offer is in #lapsed
",
    );
    let report = told.passes("nobody accepts");
    // The reminders fell due on the way, and the third came when it had lapsed.
    assert_eq!(statuses(&report), ["make: handled", "lapse: handled", "remind: handled"]);
}

#[test]
fn a_timer_that_was_cancelled_does_not_come() {
    let told = flow(
        "
machine: @offer

scenario: accepted in time
  on :make from @seller (api)
    start timer for 3 days
    offer moves to #open

  on :accept from @buyer (api)
    cancel :timer_expired
    offer moves to #accepted

  on :timer_expired from @system
    offer moves to #lapsed

  expect:
    = offer is in #accepted
",
    );
    let report = told.passes("accepted in time");
    assert_eq!(statuses(&report)[2], "timer_expired: not fired (no timer is pending)");
}

#[test]
fn a_reserved_event_happens_if_it_is_raised() {
    let told = with_tests(
        "
machine: @order

scenario: an order is placed
  on :place from @customer (api) with:
    | boxes | integer | required, between 1 and 20 |
    order moves to #placed
    reply 201

  on :validation_failed
    emit :complaint to @customer with $event
    reply 400 with:
      | wrong | $event |

    expect:
      = reply status is 400
      = @customer received :complaint with event: \"place\"
",
        "
test: @order

  for scenario: an order is placed

    for :place:
      too many:
        with event:
          boxes: 21
        = reply status is 400
        = reply.wrong equals \"place\"
        = order is in #idle

    both in a row:
      after :place
      then :validation_failed
      = order is in #placed
",
    );
    let report = told.passes("an order is placed");
    assert_eq!(statuses(&report), ["place: handled", "validation_failed: not fired (nothing raised it)"]);
    told.passes("too many");
    let failed = told.fails("both in a row");
    assert_eq!(failed[0].actual, "it did not happen: nothing raised it");
}

#[test]
fn expectations_of_a_handler_look_before_its_emits_are_delivered() {
    let files = Memory::new().with(
        "shop.flow",
        "
system: shop

machine: @order

scenario: an order is paid
  on :place from @customer (api)
    order moves to #placed
    emit :charge to @till
    reply 201

    expect:
      = order is in #placed
      = @till received :charge
      = @customer did not receive :paid
      = charge the card was not called

  on :charged from @till
    order moves to #paid
    emit :paid to @customer

    expect:
      = order is in #paid
      = charge the card was called

  expect:
    = order is in #paid
    = till is in #done

machine: @till

scenario: charging
  on :charge from @order
    charge the card
    till moves to #done
    emit :charged to @order

    expect:
      = @order received :charged
",
    );
    let told = unit("shop.flow", &files);
    let report = told.passes("an order is paid");
    assert_eq!(statuses(&report), ["place: handled", "charged: handled"]);
    let ways: Vec<(&str, &str, &str)> =
        report.exchange.iter().map(|said| (&*said.from.name, &*said.event, said.way.word())).collect();
    let expected = [
        ("customer", "place", "request"),
        ("order", "charge", "bare"),
        ("order", "201", "reply"),
        ("till", "charged", "bare"),
        ("order", "paid", "port"),
    ];
    assert_eq!(ways, expected);
}

#[test]
fn a_story_that_never_rests_is_stopped_and_the_loop_named() {
    let told = flow(
        "
machine: @echo

scenario: it echoes
  on :shout from @hiker (api)
    emit async :ping

  on :ping
    $echoes increases by 1
    emit async :pong

  on :pong
    $echoes increases by 1
    emit async :ping

  expect:
    = $echoes exists
",
    );
    let options = Options { turns: 50, ..Options::default() };
    let report = told.run_with("it echoes", &options);
    let Outcome::Failed(failed) = &report.outcome else { panic!("{report:#?}") };
    assert!(failed[0].actual.starts_with("after 50 turns it has not come to rest"), "{}", failed[0].actual);
    assert!(
        failed[0].actual.contains(":ping to @echo") && failed[0].actual.contains(":pong to @echo"),
        "{}",
        failed[0].actual
    );
}

#[test]
fn a_step_that_fails_fails_its_scenario() {
    let told = flow(
        "
machine: @sum

scenario: shares
  on :divide from @heir (api) with:
    | among | number |
    $share becomes 100 / ($among - 1)

  expect:
    = sum is in #idle
",
    );
    let failed = told.fails("shares");
    assert_eq!(failed.len(), 1);
    assert!(failed[0].actual.contains("arithmetic"), "{}", failed[0].actual);
    let report = told.run("shares");
    assert!(matches!(report.steps[0].status, StepStatus::Refused { .. }));
}
