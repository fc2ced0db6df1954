//! What `given:` says.

use crate::plan_of;

const FLOW: &str = r#"machine: @order

type: line
  | name  | string |
  | price | number |

scenario: a customer orders

  given:
GIVEN
  on :place from @customer (api) with:
    | items  | array of line | required |
    | amount | number        | required |
    | tags   | array of string |
    | note   | string |
    | since  | time   |
    | count  | integer |
    $total becomes $amount
    ? cart is empty
      order moves to #refused
    ? shop is not open
      order moves to #waiting
    ? customer is a member
      order moves to #placed

  expect:
    = order is in #placed
"#;

/// The world of the only scenario, one fact a line.
fn world(given: &str) -> Vec<String> {
    let given: String = given.lines().map(|line| format!("    {line}\n")).collect();
    let flow = FLOW.replace("GIVEN\n", &given);
    let plan = plan_of(&flow, "test: @order\n");
    plan.lines().skip(1).take_while(|line| !line.contains("on :place")).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn states_values_and_logins_are_facts() {
    assert_eq!(
        world(
            "order is in #waiting\n@customer is logged in as \"ada\"\n@customer is logged in\n$amount: number is 1225\n\
             $note is hello there\n$since is yesterday\n$count is 3\n$total is calculated\n$tags contains \"x\"\n$note is empty\n\
             $amount does not exist\n$tags is not empty"
        ),
        [
            "0 is in 0",
            "@customer as Some(\"ada\")",
            "@customer as None",
            "0 amount = 1225",
            "0 note = \"hello there\"",
            "0 since = now-86400000000",
            "0 count = 3",
            "0 total = sample",
            "0 tags = [\"x\"]",
            "0 note = empty",
            "0 amount = null",
            "0 tags = [sample]",
        ]
    );
}

#[test]
fn moments_are_computed_from_the_virtual_now() {
    assert_eq!(world("$since is now - 2 days"), ["0 since = (now Subtract 2*86400000000us)"]);
    assert_eq!(world("$since is now"), ["0 since = now"]);
    assert_eq!(world("$note is yesterday"), ["0 note = \"yesterday\""]);
}

#[test]
fn a_text_sets_the_guard_of_that_text_and_its_denial() {
    assert_eq!(world("customer is a member"), ["0 ? customer_is_a_member = true"]);
    assert_eq!(world("customer is not a member"), ["0 ? customer_is_a_member = false"]);
    assert_eq!(world("shop is not open"), ["0 ? shop_is_not_open = true"]);
    assert_eq!(world("shop is open"), ["0 ? shop_is_not_open = false"]);
    assert_eq!(world("the sun shines"), [""; 0]);
}

#[test]
fn a_table_fills_what_it_is_about() {
    assert_eq!(world("cart is empty"), ["0 ? cart_is_empty = true"]);
    let rows = "\n  | name | price |\n  | tea  | 12.50 |\n  | cup  | 3 |";
    assert_eq!(world(&format!("cart contains:{rows}")), ["0 ? cart_is_empty = false"]);
    let lines = "[{name: \"tea\", price: 12.5}, {name: \"cup\", price: 3}]";
    assert_eq!(world(&format!("$items contains:{rows}")), [format!("0 items = {lines}")]);
    assert_eq!(world(&format!("items contains:{rows}")), [format!("0 items = {lines}")]);
    assert_eq!(world("$tags: array\n  | tag |\n  | red |\n  | blue |"), ["0 tags = [\"red\", \"blue\"]"]);
}

#[test]
fn a_value_is_that_of_the_field_that_a_handler_reads_under_the_name() {
    for table in ["| field | value | validation |\n    | kg | weight | required |", "| kg | weight | required |"] {
        let flow = format!(
            "machine: @order\n\nscenario: a parcel is posted\n\n  given:\n    $weight is 3\n\n  \
             on :post from @sender (api) with:\n    {table}\n    $grams becomes $weight * 1000\n\n  expect:\n    = $grams equals 3000\n"
        );
        let plan = plan_of(&flow, "test: @order\n");
        assert!(plan.contains("0 kg = 3"), "{plan}");
    }
}
