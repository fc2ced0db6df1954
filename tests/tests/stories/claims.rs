//! What may be claimed: each claim holds where it is true, and fails with what was found where it is not.

use crate::told::{Told, flow, with_tests};
use eventflow::test_kit::Options;
use eventflow::test_kit::report::Outcome;

const ORDER: &str = "
machine: @order

scenario: an order is placed
  given:
    $tea is \"assam\"
    $boxes is 3

  on :place from @customer (api) with:
    | tea   | string  | required |
    | boxes | integer | required |
    $wanted becomes $tea
    $total becomes $boxes * 8.50
    $lines adds $tea
    $lines adds \"sugar\"
    $placed_at becomes now
    $due becomes now + 7 days
    $patience becomes 90 minutes
    note $tea for $boxes
    emit :charge to @bank with amount: $total
    order moves to #placed
    reply 201 with:
      | id     | $order_id     |
      | status | current_state |
      | total  | $total        |

  expect:
    = order is in #placed
";

/// A test of `:place` with one claim, of which the story is told.
fn claim(claim: &str) -> Told {
    let tests = format!(
        "\ntest: @order\n\n  for scenario: an order is placed\n\n    for :place:\n\n      it:\n        = {claim}\n"
    );
    with_tests(ORDER, &tests)
}

#[test]
fn true_claims_hold() {
    let claims = [
        "order is in #placed",
        "order is not in #idle",
        "order has entered #placed",
        "order has been in #idle",
        "$total equals 25.50",
        "$total is greater than 25",
        "$total is between 25 and 26",
        "$total is not between 26 and 27",
        "$total is not at least 26",
        "$total does not equal 26",
        "$wanted is \"assam\"",
        "$wanted is not \"darjeeling\"",
        "$lines has 2 items",
        "$lines has items",
        "$lines_count equals 2",
        "$lines contains \"sugar\"",
        "$nothing_set is empty",
        "$placed_at exists",
        "$due is after $placed_at",
        "$due is not before $placed_at",
        "$placed_at is not after $due",
        "$due equals now + 7 days",
        "@bank received :charge",
        "@bank received :charge with amount: 25.5",
        "@bank did not receive :refund",
        ":charge was emitted",
        ":charge was emitted to @bank",
        ":refund was not emitted",
        "reply status is 201",
        "reply.id equals $order_id",
        "reply.status equals \"placed\"",
        "reply.total equals 25.50",
        "note $tea for $boxes was called",
        "$boxes equals 3",
    ];
    let order = ORDER.replace("    order moves to #placed\n", "    $nothing_set clears\n    order moves to #placed\n");
    let mut tests = String::from("\ntest: @order\n\n  for scenario: an order is placed\n\n    for :place:\n");
    for (number, claim) in claims.iter().enumerate() {
        tests.push_str(&format!("\n      claim {number}:\n        = {claim}\n"));
    }
    // `:refund` is an event that the order could emit.
    let order =
        format!("{order}\nscenario: a refund\n  on :give_back from @customer (api)\n    emit :refund to @bank\n");
    let told = with_tests(&order, &tests);
    for number in 0..claims.len() {
        told.passes(&format!("claim {number}"));
    }
}

#[test]
fn false_claims_say_what_was_expected_and_what_was_found() {
    let cases = [
        ("order is in #idle", "#idle", "#placed"),
        ("order has never been in #placed", "#placed nowhere on the way", "#idle, #placed"),
        ("$total equals 25.49", "25.49", "25.5"),
        ("$total is less than 25", "less than 25", "25.5"),
        ("$total is not at most 26", "more than 26", "25.5"),
        ("$total is not between 25 and 26", "less than 25 or more than 26", "25.5"),
        ("$wanted is not \"assam\"", "something other than \"assam\"", "\"assam\""),
        ("$lines has 3 items", "3 items", "2 items"),
        ("$lines is empty", "nothing, or something empty", "[\"assam\",\"sugar\"]"),
        ("$due is before $placed_at", "less than", "\"2026-01-08T09:00:00"),
        ("$patience is at least 2 hours", "at least 2 hours", "90 minutes"),
        ("$patience + 1 minute equals 1 second", "1 second", "91 minutes"),
        ("$patience is between 1 day and 2 days", "between 1 day and 2 days", "90 minutes"),
        (
            "@bank received :charge with amount: 7",
            "an emit of :charge to @bank with amount: 7",
            ":charge with amount: 25.5",
        ),
        ("@bank did not receive :charge", "no :charge to @bank", ":charge with"),
        ("reply status is 200", "200", "201"),
        (
            "note $tea for $boxes was called with:\n          | boxes | 4 |",
            "a call of `note $tea for $boxes` with boxes: 4",
            "it was called with tea: \"assam\", boxes: 3",
        ),
        ("note $tea for $boxes was not called", "no call of", "it was called with"),
    ];
    for (text, expected, actual) in cases {
        let failed = claim(text).fails("it");
        assert_eq!(failed.len(), 1, "{text}");
        assert!(failed[0].expected.starts_with(expected), "{text}: {}", failed[0].expected);
        assert!(failed[0].actual.starts_with(actual), "{text}: {}", failed[0].actual);
        assert_eq!(failed[0].place.line, 9, "{text}");
    }
}

#[test]
fn a_claim_in_free_text_is_pending_without_code() {
    let told = flow(&ORDER.replace("    = order is in #placed\n", "    = the customer is happy with $total\n"));
    assert_eq!(told.run("an order is placed").outcome, Outcome::Pending);
    let strict = told.run_with("an order is placed", &Options { strict: true, ..Options::default() });
    let Outcome::Failed(failed) = strict.outcome else { panic!("{strict:#?}") };
    assert!(failed.iter().any(|claim| claim.text.contains("the customer is happy")), "{failed:?}");
}

#[test]
fn a_hint_says_what_went_another_way() {
    let told = with_tests(
        "
machine: @door

scenario: it is opened
  on :build from @owner
    door moves to #shut

  on :open from @owner
    ? door is in #shut
    ? somebody has the key
      door moves to #open

  expect:
    = door is in #open
",
        "
test: @door

  for scenario: it is opened
    for :open:
      no key:
        assume:
          ? somebody has the key = false
        = door is in #open
",
    );
    let failed = told.fails("no key");
    assert_eq!(failed[0].hint.as_deref(), Some("the event was ignored: no guard let anything of its handler run"));
}

#[test]
fn free_text_is_decided_by_code() {
    claim("the code agrees").passes("it");
    claim("the code knows 25.50 of $total").passes("it");
    let found = |text: &str| claim(text).fails("it")[0].actual.clone();
    assert_eq!(found("the code knows 25.49 of $total"), "false");
    assert_eq!(found("the code denies $total"), "false");
    assert_eq!(found("the code fails"), "it has no idea");
    assert_eq!(claim("the weather is fine").run("it").outcome, Outcome::Pending);
}

#[test]
fn a_machine_may_be_called_claims() {
    let order = ORDER.replace("@order", "@claims").replace("order is in", "claims is in");
    let order = order.replace("order moves", "claims moves").replace("$order_id", "$claims_id");
    let told = flow(&order.replace("  expect:\n", "  expect:\n    = the code agrees\n"));
    told.passes("an order is placed");
}
