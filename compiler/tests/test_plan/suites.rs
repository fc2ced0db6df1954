//! What test files say.

use crate::plan_of;

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
