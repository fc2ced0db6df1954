//! Stories at the edges: requests that wait, ids that flows assign, turns that fail beside the story, limits, partners that
//! are called.

use crate::told::{flow, statuses, unit, with_tests};
use eventflow::Duration;
use eventflow::test_kit::Options;
use eventflow::test_kit::report::Outcome;
use eventflowc::load::Memory;

#[test]
fn a_request_that_is_queued_is_answered_at_the_door_and_judged_after_its_run() {
    let told = flow(
        "
machine: @report

scenario: it is written
  on :order from @reader (queued api) with:
    | topic | string | required |
    $about becomes $topic
    write about $topic
    report moves to #written
    reply 202 with:
      | topic | $topic |

    expect:
      = reply status is 202
      = reply.topic equals \"topic\"
      = report is in #written
      = write about $topic was called
",
    );
    let report = told.passes("it is written");
    assert_eq!(statuses(&report), ["order: handled"]);
}

#[test]
fn an_id_that_the_flow_assigns_is_the_one_that_is_replied() {
    let told = flow(
        "
machine: @order

scenario: it has a number
  given:
    $number is \"T-1207\"

  on :place from @customer (api) with:
    | number | string | required |
    $order_id becomes $number
    order moves to #placed
    reply 201 with:
      | id | $order_id |

    expect:
      = reply.id equals \"T-1207\"

  on :cancel from @customer (api)
    ? order is in #placed
      order moves to #cancelled
      reply 200

  expect:
    = order is in #cancelled
",
    );
    told.passes("it has a number");
}

#[test]
fn what_an_actor_is_called_for_is_answered_with_a_sample() {
    let told = flow(
        "
machine: @transfer

scenario: money is changed
  on :change from @owner (api) with:
    | amount | number | required |
    $rate: number becomes emit :rate_asked to @bank with $amount
    $got becomes $amount * $rate
    reply 200

    expect:
      = $got equals 1
      = @bank received :rate_asked with amount: 1
",
    );
    let report = told.passes("money is changed");
    assert!(
        report.assumed.iter().any(|assumed| assumed.to_string() == "assumed to be answered 1: :rate_asked"),
        "{:?}",
        report.assumed
    );
}

#[test]
fn a_message_that_fails_between_machines_fails_the_test_unless_it_was_made_to() {
    let files = Memory::new()
        .with(
            "shop.flow",
            "
system: shop

uses:
  @order from \"./order.flow\"
  @till from \"./till.flow\"
",
        )
        .with(
            "order.flow",
            "
machine: @order

scenario: an order is placed
  on :place from @customer (api)
    emit :charge to @till with amount: 3
    order moves to #placed

  expect:
    = order is in #placed
",
        )
        .with(
            "order.test.flow",
            "
test: system shop

  for scenario: an order is placed
    for :place to @order:
      the till is broken:
        assume:
          @till.count {any} throws \"no coins\"
        = order is in #placed
        = till is in #idle
",
        )
        .with(
            "till.flow",
            "
machine: @till

scenario: charging
  on :charge from @order with:
    | amount | number | required |
    $part becomes $amount / ($amount - 3)
    count $amount
    till moves to #done
",
        );
    let told = unit("shop.flow", &files);
    let failed = told.fails("an order is placed");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(failed[0].actual.contains("arithmetic"), "{}", failed[0].actual);
    assert_eq!((failed[0].place.file.as_str(), failed[0].place.line), ("till.flow", 5));
}

#[test]
fn what_an_assumption_makes_fail_is_no_surprise() {
    let told = with_tests(
        "
machine: @order

scenario: an order is placed
  on :place from @customer (api)
    emit :pack
    order moves to #placed

  on :pack
    pack it
    order moves to #packed

  expect:
    = order is in #packed
",
        "
test: @order

  for scenario: an order is placed
    for :pack:
      no paper:
        assume:
          pack it throws \"no paper\"
        = order is in #placed
        = pack it was called
",
    );
    told.passes("an order is placed");
    let report = told.passes("no paper");
    assert_eq!(statuses(&report)[1], "pack: refused (`pack it` (story.flow:10) failed: no paper)");
}

#[test]
fn the_clock_goes_no_further_than_it_may() {
    let told = flow(
        "
machine: @wine

scenario: it ripens
  on :press from @grower (api)
    schedule :ripe for 400 days
    wine moves to #young

  on :ripe
    wine moves to #ripe

  expect:
    = wine is in #ripe
",
    );
    told.passes("it ripens");
    let report = told.run_with("it ripens", &Options { time: Duration::from_days(365), ..Options::default() });
    let Outcome::Failed(failed) = report.outcome else { panic!("{report:#?}") };
    let why = "the clock would have to move by 400 days, which is beyond the limit of a test";
    assert_eq!(failed[0].actual, why);
}

#[test]
fn a_world_that_cannot_be_is_said_and_nothing_is_told_in_it() {
    let told = flow(
        "
machine: @loan

scenario: it is late
  given:
    $since is \"2025-13-01T09:00:00Z\"
    $title is \"Emma\"

  on :lend from @reader (api)
    loan moves to #lent

  on :ask from @reader (api)
    ? now is after $since
      note $title
      loan moves to #late
    otherwise
      $since becomes now
      $title becomes \"Persuasion\"

  expect:
    = loan is in #late
",
    );
    let report = told.run("it is late");
    let Outcome::Failed(failed) = report.outcome else { panic!("{report:#?}") };
    assert_eq!(failed[0].actual, "the world cannot be so: `since` is a string, but must be a time");
}

#[test]
fn every_run_of_a_test_tells_the_same() {
    let told = flow(
        "
machine: @order

scenario: an order is placed
  on :place from @customer (api)
    $key becomes uuid()
    $at becomes now
    emit :placed to @customer with $key, $at
    reply 201 with:
      | id | $order_id |

  expect:
    = $key exists
",
    );
    let exchange = || format!("{:?}", told.passes("an order is placed").exchange);
    assert_eq!(exchange(), exchange());
    let other = told.run_with("an order is placed", &Options { seed: 2, ..Options::default() });
    assert_ne!(format!("{:?}", other.exchange), exchange());
}

#[test]
fn a_claim_about_the_last_reply_excuses_no_earlier_failure() {
    let told = flow(
        "
machine: @letter

scenario: it is sent
  on :send from @writer (api)
    send it to $address
    reply 200

  on :ask from @writer (api)
    reply 200

  on :move from @writer (api) with:
    | to | string | required |
    $address becomes $to
    $shelf becomes $to
    reply 200

  expect:
    = reply status is 200

scenario: it cannot be sent
  on :send from @writer (api)
    send it to $address
    reply 200

  expect:
    = reply status is 500

scenario: it comes back
  on :open from @writer (api)
    reply 200

  on :returned from @post
    file it at $shelf

  expect:
    = reply status is 200
",
    );
    let failed = told.fails("it comes back");
    assert_eq!((failed.len(), failed[0].place.line), (1, 33));
    assert_eq!(failed[0].actual, "unset: `$shelf` has no value");
    let failed = told.fails("it is sent");
    assert_eq!(failed[0].actual, "unset: `$address` has no value");
    assert_eq!((failed.len(), failed[0].place.line), (1, 5));
    told.passes("it cannot be sent");
}
