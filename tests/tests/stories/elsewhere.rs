//! Cases about what other machines of a system get in the course of a scenario.

use crate::told::{Told, statuses, unit};
use eventflowc::load::Memory;

const SHOP: &str = "system: shop

uses:
  @order from \"./order.flow\"
  @payment from \"./payment.flow\"
";

const ORDER: &str = "
machine: @order

scenario: checkout
  on :place from @customer (api) with:
    | amount | number | required |
    $total becomes $amount
    ? $amount is at most 1000
      emit :charge to @payment with amount: $amount
      order moves to #placed
      reply 201
    otherwise
      reply 409

  on :paid from @payment
    order moves to #paid
    emit :thanks to @customer

  on :declined from @payment
    order moves to #cancelled

  expect:
    = order is in #placed
";

const PAYMENT: &str = "
machine: @payment

scenario: charging
  on :charge from @order with:
    | amount | number | required |
    $due becomes $amount
    ? limit covers $amount
    ? bank is open
      $tries increases by 1
      reserve $amount
      emit :authorize to @gateway with $due
      payment moves to #asked
    otherwise
      payment moves to #refused
      emit :declined to @order

  on :authorized from @gateway with:
    | code | string | required |
    ? code $code is genuine
      $proof becomes $code
      payment moves to #done
      emit :paid to @order
    otherwise
      payment moves to #suspicious
      emit :declined to @order

  on :refund from @clerk (api)
    ? payment is in #done
      payment moves to #refunded
      reply 200
    otherwise
      reply 409
";

fn shop(cases: &str) -> Told {
    let tests = format!("\ntest: system shop\n\n  for scenario: checkout\n{cases}");
    let files = Memory::new().with("shop.flow", SHOP).with("order.flow", ORDER).with("payment.flow", PAYMENT);
    unit("shop.flow", &files.with("shop.test.flow", tests))
}

#[test]
fn what_a_machine_of_the_system_sends_comes_by_itself() {
    let told = shop(
        "
    for :charge to @payment:

      the bank is closed:
        with given:
          bank is not open
        = payment is in #refused
        = payment has never been in #asked
        = order is in #cancelled
        = $due equals 1

      it was tried before:
        with context:
          tries: 4
        = $tries equals 5

      the reservation fails:
        assume:
          reserve {any} throws \"no connection\"
        = order is in #placed
        = payment is in #idle
",
    );
    let report = told.passes("the bank is closed");
    assert_eq!(statuses(&report), ["place: handled", "charge: handled"]);
    told.passes("it was tried before");
    let report = told.passes("the reservation fails");
    assert!(statuses(&report)[1].contains("no connection"), "{:?}", statuses(&report));
}

#[test]
fn what_an_actor_answers_another_machine_comes_when_it_was_asked() {
    let told = shop(
        "
    for :authorized to @payment:

      a genuine code:
        with event:
          code: \"A-1\"
        = $proof equals \"A-1\"
        = payment is in #done
        = order is in #paid

      a false code:
        with given:
          code $code is not genuine
        = payment is in #suspicious
        = order is in #cancelled

    for :refund to @payment:

      nothing was paid:
        = reply status is 409
        = payment is in #asked
",
    );
    let report = told.passes("a genuine code");
    // The order's own answers are not told any more: the story goes as far as the event.
    assert_eq!(statuses(&report), ["place: handled", "authorized: handled"]);
    told.passes("a false code");
    let report = told.passes("nothing was paid");
    assert_eq!(statuses(&report).last().map(String::as_str), Some("refund: handled"));
    assert_eq!(report.steps.len(), 4, "nobody is asked for a refund: it comes after everything");
}

#[test]
fn what_does_not_come_fails_the_test() {
    let told = shop(
        "
    for :charge to @payment:

      nobody charges:
        with scenario:
          amount: 5000
        = order is in #idle
",
    );
    let failed = told.fails("nobody charges");
    let actual: Vec<&str> = failed.iter().map(|claim| claim.actual.as_str()).collect();
    assert_eq!(actual, ["it did not happen: `@order` did not send it"]);
}

#[test]
fn conditions_may_hold_for_some_arguments_alone() {
    let told = shop(
        "
    for :charge to @payment:

      too much:
        with scenario:
          amount: 700
        assume:
          ? limit covers {any} with { amount: > 500 } = false
        = payment is in #refused

      little enough:
        with scenario:
          amount: 400
        assume:
          ? limit covers {any} with { amount: > 500 } = false
        = payment is in #asked

      the later one counts:
        with scenario:
          amount: 700
        assume:
          ? limit covers {any} with { amount: > 500 } = false
          ? limit covers {any} with { amount: >= 700 } = true
        = payment is in #asked
",
    );
    told.passes("too much");
    let report = told.passes("little enough");
    assert_eq!(report.unmatched.len(), 1, "no argument was so: {:?}", report.unmatched);
    told.passes("the later one counts");
}
