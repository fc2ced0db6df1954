//! What test files say.

use crate::{plan_in, plan_of};
use eventflowc::load::Memory;

const FLOW: &str = r#"machine: @order

scenario: a customer orders

  given:
    $amount is 25

  on :place from @customer (api) with:
    | amount | number | required |
    ? $amount is greater than 1000
    ? shop trusts the customer
      $total becomes $amount
      emit :charge to @payment with $total
      order moves to #placed
      reply 201 with:
        | total | $total |
    ? $amount is at most 1000
      $total becomes $amount
      emit :charge to @payment with $total
      order moves to #placed

    given:
      shop trusts the customer

    expect:
      = order is in #placed

  on :paid from @payment
    ? order is in #placed
      order moves to #paid
      $receipt_kept becomes file receipt $receipt

  on :refused from @payment
    ? order is in #placed
      order moves to #cancelled

  expect:
    = order is in #paid
"#;

fn suite(cases: &str) -> String {
    let plan = plan_of(FLOW, &format!("test: @order\n\n  for scenario: a customer orders\n\n{cases}"));
    let (_, of_file) = plan.split_once("  = 0 IsIn [2]\n").expect("the flow's own test comes first");
    of_file.to_owned()
}

#[test]
fn a_variation_is_the_story_up_to_its_event_with_what_differs() {
    let cases = r#"    for :paid:

      everything differs:
        with scenario:
          amount: 30
          shop trusts nobody
          shop is open
        with given:
          order is in #cancelled
        with event:
          receipt is number seven
        with context:
          | field | value |
          | total | 7     |
        = order is in #cancelled
"#;
    assert_eq!(
        suite(cases),
        "\
Variation `everything differs` of @order alone :paid
  0 amount = 25
  0 amount = 30
  0.0: on :place from @customer (api) with:
    0 ? shop_trusts_the_customer = true
  0.1 always: on :paid from @payment
    0 is in 3
    0 context total = 7
    with receipt = \"number seven\"
    = 0 IsIn [3]
"
    );
}

#[test]
fn an_answer_that_is_told_beside_another_is_told_without_it() {
    let cases = "    for :refused:\n\n      the bank refuses:\n        = order is in #cancelled\n";
    assert_eq!(
        suite(cases),
        "\
Variation `the bank refuses` of @order alone :refused
  0 amount = 25
  0.0: on :place from @customer (api) with:
    0 ? shop_trusts_the_customer = true
  0.2 always: on :refused from @payment
    = 0 IsIn [3]
"
    );
}

#[test]
fn a_path_begins_behind_the_story_and_goes_on_with_events_of_its_own() {
    let cases = r#"    paid, and refused:
      with scenario:
        $amount is 30
      with context:
        total: 12
      after :place
      receive :paid from @payment with receipt: "T-1"
      then :refused from @payment
      = order is in #paid

    refused at once:
      receive :refused from @payment
      = order is in #idle
"#;
    assert_eq!(
        suite(cases),
        "\
Path `paid, and refused` of @order alone
  0 amount = 25
  0 amount = 30
  0 context total = 12
  0.0 always: on :place from @customer (api) with:
    0 ? shop_trusts_the_customer = true
  0.1 always: receive :paid from @payment with receipt: \"T-1\"
    with receipt = \"T-1\"
  0.2 always: then :refused from @payment
  = 0 IsIn [2]
Path `refused at once` of @order alone
  0 amount = 25
  0.2 always: receive :refused from @payment
  = 0 IsIn [0]
"
    );
}

#[test]
fn assumptions_are_about_sentences_their_arguments_and_events() {
    let cases = r#"    for :paid:

      code says this and that:
        assume:
          ? shop trusts the customer = true
          ? shop trusts the customer = false
          ? shop trusts the customer = {any}
          ? * = *
          * = success
          file receipt {any} = success
          file receipt "T-1" returns "kept"
          file receipt $receipt with { receipt: "T-2" } throws "lost"
          file receipt {any} with { receipt: {any} } throws { code: 7 }
          file receipt {any} triggers :refused
          in :place:
            ? shop trusts the customer = false
            file receipt {any} = success
        observe:
          file receipt $receipt
        = file receipt {any} was called with receipt: @customer.email
        = file receipt "T-1" was not called
"#;
    assert_eq!(
        suite(cases),
        "\
Variation `code says this and that` of @order alone :paid
  0 amount = 25
  assume 0.shop_trusts_the_customer(): true
  assume 0.shop_trusts_the_customer(): false
  assume 0.shop_trusts_the_customer(): either
  assume 0.every guard(): either
  assume 0.every action(): succeeds
  assume 0.file_receipt(): succeeds
  assume 0.file_receipt(receipt == \"T-1\"): returns \"kept\"
  assume 0.file_receipt(receipt == \"T-2\"): throws \"lost\"
  assume 0.file_receipt(): throws {code: 7}
  assume 0.file_receipt(): triggers :refused ()
  assume 0.shop_trusts_the_customer() in :place: false
  assume 0.file_receipt() in :place: succeeds
  assume 0.file_receipt(): observed
  0.0: on :place from @customer (api) with:
    0 ? shop_trusts_the_customer = true
  0.1 always: on :paid from @payment
    = call 0.file_receipt receipt: @customer.email
    = not call 0.file_receipt receipt: \"T-1\"
"
    );
}

const SYSTEM: &str = r#"system: tea shop

machine: @order

scenario: a customer orders

  on :place from @customer (api)
    emit :charge to @payment with amount: 25
    order moves to #placed

  on :charged from @payment
    order moves to #paid
    emit :thanks to @customer

  expect:
    = order is in #paid
    = payment is in #done

machine: @payment

scenario: money comes in

  given:
    order is in #placed

  on :charge from @order with:
    | amount | number | required |
    take $amount from the card
    payment moves to #done
    emit :charged to @order

  expect:
    = payment is in #done
"#;

#[test]
fn a_system_is_tested_when_all_is_quiet_and_a_machine_alone() {
    let test = r#"test: system tea shop

  for scenario: a customer orders

    for :place to @order:

      the card is charged:
        assume:
          @payment.take {any} from the card = success
        = order is in #paid
        = @payment received :charge with amount: 25
        = @payment.take 25 from the card was called

test: @order

  for scenario: a customer orders

    for :place:

      the card is asked:
        = order is in #placed
"#;
    let files = Memory::new().with("system.flow", SYSTEM).with("system.test.flow", test);
    assert_eq!(
        plan_in(&files, "system.flow"),
        "\
Scenario `a customer orders` of @order
  0.0: on :place from @customer (api)
  0.1: on :charged from @payment
  = 0 IsIn [2]
  = 1 IsIn [1]
Scenario `money comes in` of @payment alone
  1.0: on :charge from @order with:
  = 1 IsIn [1]
Variation `the card is charged` of @order :place
  assume 1.take_from_the_card(): succeeds
  0.0 always: on :place from @customer (api)
  = 0 IsIn [2]
  = :charge to payment amount: 25
  = call 1.take_from_the_card amount: 25
Variation `the card is asked` of @order alone :place
  0.0 always: on :place from @customer (api)
    = 0 IsIn [1]
"
    );
}

#[test]
fn a_story_that_is_told_again_means_the_handler_of_its_first_telling() {
    let flow = "machine: @order\n\nscenario: one\n\n  on :place from @customer (api)\n    order moves to #placed\n\n\
                scenario: two\n\n  on :place from @customer (api)\n    order moves to #placed\n\n  on :send from @clerk\n    \
                order moves to #sent\n\n  expect:\n    = order is in #sent\n";
    assert_eq!(
        plan_of(flow, "test: @order\n"),
        "\
Scenario `two` of @order
  0.0: on :place from @customer (api)
  0.1: on :send from @clerk
  = 0 IsIn [2]
"
    );
}
