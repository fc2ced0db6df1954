//! What a test assumes of code and partners.

use crate::told::{Told, statuses, unit, with_tests};
use eventflow::test_kit::Options;
use eventflow::test_kit::report::Outcome;
use eventflowc::load::Memory;

const ORDER: &str = "
machine: @order

scenario: an order is placed
  on :place from @customer (api) with:
    | amount | number | required |
    ? customer is known
    ? limit covers $amount
      $score: number becomes score of $amount
      look up the customer
      charge $amount to the card
      order moves to #placed
      reply 201 with:
        | mail | $mail |
    otherwise
      order moves to #refused
      reply 402

  on :charged from @bank
    order moves to #paid

  expect:
    = order exists somewhere
";

fn order(tests: &str) -> Told {
    let flow = ORDER.replace("    = order exists somewhere\n", "    = order is in #paid\n");
    let flow = flow.replace("reply 201 with:\n        | mail | $mail |", "reply 201");
    with_tests(&flow, &format!("\ntest: @order\n\n  for scenario: an order is placed\n\n    for :place:\n{tests}"))
}

#[test]
fn guards_answer_what_is_assumed() {
    let told = order(
        "
      unknown:
        assume:
          ? customer is known = false
        = order is in #refused
        = charge $amount to the card was not called

      nobody and nothing:
        assume:
          ? * = false
          ? customer is known = true
        = order is in #refused
",
    );
    told.passes("unknown");
    told.passes("nobody and nothing");
}

#[test]
fn actions_return_and_throw_what_is_assumed() {
    let told = order(
        "
      a score:
        assume:
          score of {any} returns 7
        = $score equals 7
        = order is in #placed

      the bank is down:
        assume:
          charge {any} to the card throws \"the bank is down\"
        = reply status is 500
        = order is in #idle
        = charge $amount to the card was called with:
          | amount | 1 |

      too much for the card:
        with event:
          amount: 500
        assume:
          charge $amount to the card with { amount: > 100 } throws \"too much\"
          charge {any} to the card = success
        = reply status is 500

      little enough for the card:
        with event:
          amount: 50
        assume:
          charge $amount to the card with { amount: > 100 } throws \"too much\"
          charge {any} to the card = success
        = order is in #placed

      a sample:
        = $score equals 1
        = order is in #placed
",
    );
    told.passes("a score");
    let report = told.passes("the bank is down");
    assert!(statuses(&report)[0].contains("the bank is down"), "{:?}", statuses(&report));
    told.passes("too much for the card");
    told.passes("little enough for the card");
    told.passes("a sample");
}

#[test]
fn an_action_may_trigger_an_event() {
    let told = order(
        "
      it is charged at once:
        assume:
          charge {any} to the card triggers :charged
        = order has been in #placed
        = order is in #paid
        = $amount equals 1

      it is placed first:
        = order is in #placed
",
    );
    // What it triggers has been handled when the case looks; nothing else has.
    let report = told.passes("it is charged at once");
    assert_eq!(report.steps[0].after.as_deref(), Some("paid"));
    told.passes("it is placed first");
}

#[test]
fn what_may_be_either_way_is_told_both_ways() {
    let told = order(
        "
      whatever the limit says:
        assume:
          ? limit covers {any} = {any}
        = order is in #placed, #refused

      whatever both say:
        assume:
          ? limit covers {any} = {any}
          ? customer is known = {any}
        = order is in #placed
",
    );
    assert_eq!(told.passes("whatever the limit says").runs, 2);
    let report = told.run("whatever both say");
    assert!(matches!(report.outcome, Outcome::Failed(_)));
    assert_eq!(report.runs, 2, "the second of four fails");
    let chosen: Vec<bool> = report.chosen.iter().map(|chosen| chosen.holds).collect();
    assert_eq!(chosen, [false, true]);
}

#[test]
fn what_nothing_asks_for_is_told() {
    let told = order(
        "
      the card is not reached:
        assume:
          ? customer is known = false
          charge {any} to the card throws \"never\"
        = order is in #refused
",
    );
    let report = told.passes("the card is not reached");
    let lines: Vec<&str> = report.unmatched.iter().map(|place| place.text.as_str()).collect();
    assert_eq!(lines, ["charge {any} to the card throws \"never\""]);
}

#[test]
fn strict_lets_nothing_be_assumed() {
    let told = order("\n      plainly:\n        = order is in #placed\n");
    told.passes("plainly");
    let report = told.run_with("plainly", &Options { strict: true, ..Options::default() });
    let Outcome::Failed(failed) = report.outcome else { panic!("{report:#?}") };
    let assumed: Vec<&str> = failed.iter().map(|claim| claim.actual.as_str()).collect();
    assert!(assumed.contains(&"assumed true: customer is known"), "{assumed:?}");
}

#[test]
fn a_machine_may_be_tested_alone_and_its_partners_played() {
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

scenario: an order is paid
  on :place from @customer (api)
    $fee becomes emit :fee_asked to @till
    emit :charge to @till
    order moves to #placed

  on :charged from @till
    order moves to #paid

  expect:
    = order is in #paid
    = till is in #done
",
        )
        .with(
            "till.flow",
            "
machine: @till

scenario: a fee is asked
  on :fee_asked from @order
    $fee: number becomes fee of the day
    return $fee

scenario: charging
  on :charge from @order
    take the money
    till moves to #done
    emit :charged to @order

  expect:
    = till is in #done
    = @order received :charged
",
        );
    let told = unit("shop.flow", &files);
    told.passes("an order is paid");
    assert!(told.test("charging").alone);
    let report = told.passes("charging");
    let said: Vec<(&str, &str)> = report.exchange.iter().map(|said| (&*said.from.name, &*said.event)).collect();
    assert_eq!(said, [("order", "charge"), ("till", "charged")]);
}

#[test]
fn actions_set_what_only_actions_set() {
    let told = with_tests(
        "
machine: @letter

scenario: it is sent
  on :write from @writer (api)
    emit :send

  on :send
    look up the address
    $to: string becomes $address
    letter moves to #sent

  expect:
    = letter is in #sent
",
        "
test: @letter

  for scenario: it is sent
    for :send:
      to an address:
        assume:
          look up the address returns { address: \"Elm Street 4\" }
        = $address equals \"Elm Street 4\"
        = $to equals \"Elm Street 4\"
",
    );
    told.passes("it is sent");
    told.passes("to an address");
}

#[test]
fn what_a_machine_tells_itself_comes_by_itself_when_it_is_tested_alone() {
    let told = with_tests(
        "
machine: @letter

scenario: it is sent
  on :write from @writer (api) with:
    | words | number | required |
    ? $words is at least 10
      emit :send to @self
    letter moves to #written

  on :send from @self
    letter moves to #sent

  on :read from @reader (api)
    reply 200

  expect:
    = letter is in #written
",
        "
test: @letter

  for scenario: it is sent
    for :read:
      a short one is not sent:
        = letter is in #written
      a long one is:
        with scenario:
          words: 10
        = letter is in #sent
",
    );
    told.passes("it is sent");
    let report = told.passes("a short one is not sent");
    assert_eq!(statuses(&report)[1], "send: not fired (`@letter` did not send it)");
    let report = told.passes("a long one is");
    assert_eq!(statuses(&report)[1], "send: handled");
}
