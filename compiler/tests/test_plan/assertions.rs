//! What `=` lines claim.

use crate::plan_of;

const FLOW: &str = r#"machine: @order

scenario: a customer orders

  on :place from @customer (api) with:
    | goods  | array of string | required, |
    | amount | number  | required |
    | gift   | boolean | required |
    | email  | string  | required |
    $tags becomes $goods
    $total becomes $amount
    $wrapped becomes $gift
    $since becomes now
    $address becomes { city: "Graz", zip: 8010 }
    emit :placed to @customer with $total, note: "thanks"
    write to $email about order 7
    order moves to #placed
    reply 201 with:
      | id    | $order_id |
      | total | $total    |

    expect:
HANDLER
  expect:
QUIET
"#;

/// What the lines below the handler claim, and those of the scenario.
fn claims(handler: &[&str], quiet: &[&str]) -> Vec<String> {
    let block =
        |lines: &[&str], indent: &str| lines.iter().map(|line| format!("{indent}= {line}\n")).collect::<String>();
    let flow = FLOW
        .replace("required, |", "required |")
        .replace("HANDLER\n", &block(handler, "      "))
        .replace("QUIET\n", &block(quiet, "    "));
    let plan = plan_of(&flow, "test: @order\n");
    plan.lines().filter_map(|line| line.trim().strip_prefix("= ")).map(str::to_owned).collect()
}

#[test]
fn states_are_claimed_of_now_and_before() {
    let lines = [
        "order is in #placed",
        "order has entered #placed",
        "the thing has been in #idle, #placed",
        "@order is not in #idle",
    ];
    assert_eq!(
        claims(&lines, &["in #placed"]),
        ["0 IsIn [1]", "0 HasEntered [1]", "0 HasBeenIn [0, 1]", "0 IsNotIn [0]", "0 IsIn [1]"]
    );
}

#[test]
fn values_are_compared_as_in_guards() {
    let lines = [
        "$amount equals 25",
        "amount > 20",
        "$total is between 1 and $amount",
        "$total is not between 1 and $amount",
        "$total is not at least 1",
        "$total does not equal 1",
        "$since is not after now",
        "$since is not before now",
        "$tags contains \"tea\"",
        "$tags does not contain \"tea\"",
        "$since is before now + 1 day",
        "$wrapped",
        "not $wrapped",
        "$total is null or $total is not null",
        "$address.city is \"Graz\"",
        "$tags is not empty",
        "$email exists",
        "$tags_count equals 3",
        "$tags has $tags_count items",
        "tags has items",
        "current_state is \"placed\"",
        "$total is -3",
    ];
    assert_eq!(
        claims(&lines, &["order is in #placed"])[..lines.len()],
        [
            "$amount == 25",
            "$amount > 20",
            "$total in 1..$amount",
            "($total < 1 or $total > $amount)",
            "$total < 1",
            "$total != 1",
            "$since <= now",
            "$since >= now",
            "$tags contains \"tea\"",
            "($tags exists and not ($tags contains \"tea\"))",
            "$since < (now Add 1*86400000000us)",
            "$wrapped is true",
            "not ($wrapped is true)",
            "(not ($total exists) or $total exists)",
            "$address.city == \"Graz\"",
            "not ($tags is empty)",
            "$email exists",
            "count of $tags == 3",
            "$tags has count of $tags items",
            "$tags has some items",
            "current_state == \"placed\"",
            "$total == -3",
        ]
    );
}

#[test]
fn events_replies_and_calls_are_claimed_with_what_they_carry() {
    let lines = [
        "@customer received :placed",
        "@customer received placed",
        "@customer received :placed with $total, note: thanks",
        ":placed was emitted",
        ":placed was sent to @customer",
        "reply status is 201",
        "reply status is not 422",
        "reply.id equals $order_id",
        "write to $email about order 7 was called with email: @customer.email",
    ];
    assert_eq!(
        claims(&lines, &["@customer received :placed with:\n      | total | $total |"]),
        [
            ":placed to customer",
            ":placed to customer",
            ":placed to customer total: $total note: \"thanks\"",
            ":placed to anybody",
            ":placed to customer",
            "reply status == 201",
            "reply status != 422",
            "reply.id == id of 0",
            "call 0.write_to_about_order number: 7 email: @customer.email",
            ":placed to customer total: $total",
        ]
    );
}

#[test]
fn free_text_is_bound_to_code_and_stands_beside_conditions() {
    let lines = [
        "the customer is happy with $amount",
        "@customer received the goods",
        "$total is 3 and the sun shines",
        "the sun shines or it rains",
        "not the sun shines",
    ];
    assert_eq!(
        claims(&lines, &["order is in #placed"])[..6],
        [
            "code the_customer_is_happy_with($amount)",
            "code customer_received_the_goods()",
            "$total == 3",
            "code the_sun_shines()",
            "code the_sun_shines_or_it_rains()",
            "code not_the_sun_shines()",
        ]
    );
}
