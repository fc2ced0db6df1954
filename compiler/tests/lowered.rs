//! What the IR says where no finding tells: types that follow from others, conversions, conditions, what is one and what two.

#[path = "support/meanings.rs"]
mod meanings;

use eventflowc::ir::{
    Assigned, Backoff, Comparison, Condition, Expression, ExpressionKind, Machine, Rule, StatementKind, System, Type,
};
use meanings::{compiled_alone, type_of, with_handler};

/// What a flow without errors means.
fn lowered(flow: &str) -> System {
    let compilation = compiled_alone(flow);
    let findings = compilation.findings();
    compilation.resolved.unwrap_or_else(|| panic!("{findings:#?}\n{flow}")).system
}

/// The only machine of a flow.
fn machine(flow: &str) -> Machine {
    lowered(flow).machines.remove(0)
}

/// A machine whose only handler has this table and this body.
fn handler(table: &str, lines: &str) -> Machine {
    machine(&with_handler(table, lines))
}

/// What the first arm of the first guard chain asks.
fn condition(machine: &Machine) -> Condition {
    let found = machine.handlers[0].body.iter().find_map(|statement| match &statement.kind {
        StatementKind::Branch(arms) => arms[0].condition.as_ref().map(|condition| condition.asked().clone()),
        _ => None,
    });
    found.expect("a guard")
}

/// What the last statement of the first handler assigns.
fn assigned(machine: &Machine) -> Expression {
    match &machine.handlers[0].body.last().expect("a statement").kind {
        StatementKind::Assign { value: Assigned::Expression(value), .. } => value.clone(),
        other => panic!("no assignment of an expression: {other:?}"),
    }
}

#[test]
fn after_and_before_are_comparisons_of_times() {
    for (words, expected) in [
        ("is after", Comparison::Greater),
        ("is before", Comparison::Less),
        ("is not after", Comparison::LessOrEqual),
        ("is not before", Comparison::GreaterOrEqual),
    ] {
        let machine = handler("", &format!("  ? now {words} $due\n    log it\n"));
        let Condition::Compare { operator, .. } = condition(&machine) else { panic!("a comparison") };
        assert_eq!(operator, expected);
        assert_eq!(type_of(&machine, "due"), Type::Time);
    }
}

#[test]
fn bounds_of_an_integer_are_integers_if_both_are_whole() {
    for (low, high, expected) in [
        ("1", "5", Type::Integer),
        ("1.5", "5", Type::Number),
        ("1", "5.5", Type::Number),
        ("1.5", "5.5", Type::Number),
    ] {
        let table = " with:\n  | count | integer | required |\n  | size | number | required |";
        let between = |field: &str| {
            let machine = handler(table, &format!("  ? ${field} is between {low} and {high}\n    log it\n"));
            let Condition::Between { value, low, high } = condition(&machine) else { panic!("a range") };
            [value.ty, low.ty, high.ty]
        };
        assert_eq!(between("count"), [expected.clone(), expected.clone(), expected], "{low} to {high}");
        assert_eq!(between("size"), [Type::Number, Type::Number, Type::Number]);
    }
}

#[test]
fn a_list_is_of_the_type_of_its_elements_if_they_have_one() {
    for (list, element) in [("[\"a\", \"b\"]", Type::String), ("[1, 2]", Type::Number)] {
        let machine = handler("", &format!("  ? {list} contains $name\n    log it\n"));
        let Condition::Contains { container, .. } = condition(&machine) else { panic!("a search") };
        assert_eq!(container.ty, Type::List(Box::new(element)), "{list}");
    }
}

#[test]
fn a_list_of_several_types_is_of_neither() {
    let table = " with:\n  | count | integer | required |\n  | size | number | required |";
    for list in ["[$count, $size]", "[$size, $count]"] {
        let machine = handler(table, &format!("  ? {list} contains 5\n    log it\n"));
        let Condition::Contains { container, .. } = condition(&machine) else { panic!("a search") };
        assert_eq!(container.ty, Type::List(Box::new(Type::Json)), "{list}");
    }
}

#[test]
fn a_field_of_a_record_has_its_own_type() {
    let table = " with:\n  | line | line | required |";
    let flow = |field: &str| {
        let line = "type: line\n  | sku | string |\n  | count | integer |\n  | due | time |\n";
        format!("machine: @order\n\n{line}\non :go from @customer (api){table}\n  $kept becomes $line.{field}\n")
    };
    for (field, expected) in [("sku", Type::String), ("count", Type::Integer), ("due", Type::Time)] {
        let value = assigned(&machine(&flow(field)));
        assert!(matches!(value.kind, ExpressionKind::Member(..)), "it is kept as it is: {value:?}");
        assert_eq!(value.ty, expected, "{field}");
    }
}

#[test]
fn what_is_not_contained_is_asked_the_other_way_round() {
    for (words, expected) in [("contains", false), ("does not contain", true)] {
        let machine = handler("", &format!("  ? $names {words} \"Ada\"\n    log it\n"));
        let Condition::Contains { negated, .. } = condition(&machine) else { panic!("a search") };
        assert_eq!(negated, expected);
    }
}

#[test]
fn both_sides_of_an_operator_have_the_type_it_works_on() {
    let table = " with:\n  | count | integer | required |\n  | size | number | required |\n  | any | json |\n  | other | json |";
    for (sum, sides, result) in [
        ("$count + $count", (Type::Integer, Type::Integer), Type::Integer),
        ("$count / $count", (Type::Number, Type::Number), Type::Number),
        ("$count * $size", (Type::Number, Type::Number), Type::Number),
        ("$size - $count", (Type::Number, Type::Number), Type::Number),
        ("$any + $other", (Type::Number, Type::Number), Type::Number),
    ] {
        let value = assigned(&handler(table, &format!("  $sum becomes {sum}\n")));
        let ExpressionKind::Binary(_, left, right) = &value.kind else { panic!("{value:?}") };
        assert_eq!(((left.ty.clone(), right.ty.clone()), value.ty.clone()), (sides, result), "{sum}");
    }
}

#[test]
fn a_literal_is_what_its_operator_works_on_from_the_beginning() {
    for (sum, expected) in [("7 / 2", Type::Number), ("7 * 2", Type::Integer)] {
        let machines = lowered(&format!(
            "machine: @order\n\non :go from @customer (api)\n  emit :fill to @shop with count: {sum}\n\n\
             machine: @shop\n\non :fill from @order with:\n  | count | integer | required |\n  log $count\n"
        ))
        .machines;
        let StatementKind::Emit(emit) = &machines[0].handlers[0].body[0].kind else { panic!("an emit") };
        let value = match &emit.payload[0].value.kind {
            ExpressionKind::Narrow(inner) => inner,
            _ => &emit.payload[0].value,
        };
        let ExpressionKind::Binary(_, left, right) = &value.kind else { panic!("{value:?}") };
        for side in [left, right] {
            assert!(matches!(side.kind, ExpressionKind::Number(_)), "nothing is converted: {side:?}");
            assert_eq!(side.ty, expected, "{sum}");
        }
    }
}

#[test]
fn an_operand_of_unknown_type_is_what_usually_stands_beside_the_other() {
    for (sum, expected) in [
        ("\"Dear \" + $name", Type::String),
        ("$name + \", hello\"", Type::String),
        ("now + $name", Type::Duration),
        ("$name + now", Type::Duration),
        ("5 minutes * $name", Type::Number),
        ("5 minutes + $name", Type::Duration),
        ("$name * $other", Type::Number),
    ] {
        let machine = handler("", &format!("  look it up\n  emit :sum to @customer with sum: {sum}\n"));
        assert_eq!(type_of(&machine, "name"), expected, "{sum}");
    }
    let machine = handler("", "  look it up\n  ? $left is greater than $right\n    log it\n");
    assert_eq!((type_of(&machine, "left"), type_of(&machine, "right")), (Type::Number, Type::Number));
}

#[test]
fn an_operator_waits_until_its_sides_are_known() {
    let machine = handler("", "  $both becomes $a + $b\n  $a becomes \"x\"\n  $b becomes \"y\"\n");
    assert_eq!(type_of(&machine, "both"), Type::String);
    let machine = handler("", "  $whole becomes $a + $b\n  $a becomes $x + \"!\"\n");
    assert_eq!((type_of(&machine, "whole"), type_of(&machine, "b")), (Type::String, Type::String));
    let machine = handler("", "  ? $a is greater than $b\n    log it\n  $a becomes now\n");
    assert_eq!(type_of(&machine, "b"), Type::Time);
}

#[test]
fn stories_show_types_of_which_nothing_else_is_known() {
    let flow = "machine: @order\n\nscenario: it is known\n\n  given:\n    $paid is true\n    $wait is 5 minutes\n    $total is 5\n    \
                $name is \"Ada\"\n    $city is vienna\n    $street is Am Graben\n    $since is yesterday\n\n  \
                on :go from @customer (api)\n    look it up with $paid, $wait, $total, $name, $city, $street and $since\n";
    let machine = machine(flow);
    for (name, expected) in [
        ("paid", Type::Boolean),
        ("wait", Type::Duration),
        ("total", Type::Number),
        ("name", Type::String),
        ("city", Type::String),
        ("street", Type::String),
        ("since", Type::Time),
    ] {
        assert_eq!(type_of(&machine, name), expected, "{name}");
    }
}

#[test]
fn a_field_with_a_value_is_read_by_that_name_alone() {
    let table = " with:\n  | field | type | value |\n  | email | string | $contact |\n  | amount | number | |";
    let machine = handler(table, "  write to $contact\n  add up $amount\n  note $email\n");
    let argument = |index: usize| match &machine.handlers[0].body[index].kind {
        StatementKind::Act(call) => call.arguments[0].kind.clone(),
        other => panic!("{other:?}"),
    };
    let field = |name| machine.events[0].fields.iter().position(|field| field.name == name);
    let payload = |kind| match kind {
        ExpressionKind::Payload(field) => Some(field.index()),
        _ => None,
    };
    assert_eq!(payload(argument(0)), field("email"));
    assert_eq!(payload(argument(1)), field("amount"));
    assert_eq!(payload(argument(2)), None);
    assert_eq!(machine.variables.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>(), ["email"]);
}

#[test]
fn a_story_begins_with_a_birth_unless_its_first_handler_asks_for_a_later_state() {
    let scenario = |title: &str, event: &str, guard: &str| {
        format!(
            "scenario: {title}\n\n  on :{event} from @customer (api)\n    ? order is in #{guard}\n      order moves to #paid\n\n"
        )
    };
    let flow = format!(
        "machine: @order\n\n#idle\n#paid\n  type: terminal\n\n{}{}{}",
        scenario("one", "first", "paid"),
        scenario("two", "second", "idle"),
        scenario("three", "third", "paid"),
    );
    let creates: Vec<bool> = machine(&flow).handlers.iter().map(|handler| handler.creates).collect();
    assert_eq!(creates, [true, true, false]);
}

#[test]
fn a_story_does_not_begin_in_the_state_of_a_partner() {
    let begins = |subject: &str, target: &str| {
        let story = format!("machine: @order\n\nscenario: a story\n  given:\n    {subject} is in #away\n\n");
        let machine = machine(&format!(
            "{story}  on :place from @customer (api)\n    emit :closing to {target}\n    order moves to #closed\n"
        ));
        machine.state(machine.initial).name.clone()
    };
    assert_eq!(begins("order", "@driver"), "away");
    for target in ["@driver", "all @driver"] {
        assert_eq!(begins("driver", target), "idle", "{target}");
    }
    assert_eq!(begins("customer", "@driver"), "idle");
}

#[test]
fn what_a_secret_goes_into_is_secret() {
    let table = " with:\n  | card | string | secret |\n  | pin | number | secret |\n  | name | string | required |";
    for (value, expected) in [
        ("$card", true),
        ("[$name, $card]", true),
        ("{ name: $name, card: $card }", true),
        ("\"card \" + $card", true),
        ("-$pin", true),
        ("$pin minutes", true),
        ("$name", false),
        ("[$name]", false),
    ] {
        let machine = handler(table, &format!("  $kept becomes {value}\n  $again becomes $kept\n"));
        let secret: Vec<bool> = machine.variables.iter().map(|variable| variable.secret).collect();
        assert_eq!(secret, [expected, expected], "{value}");
    }
}

#[test]
fn waits_of_a_queue_may_have_fractions() {
    let machine = machine(
        "machine: @order\n\nqueue:\n  backoff: exponential from 0.5 seconds up to 1.25 minutes\n\n\
         on :go from @customer (api)\n  order moves to #gone\n",
    );
    assert_eq!(machine.queue.backoff, Backoff::Exponential { from: 500_000, up_to: 75_000_000 });
}

#[test]
fn record_types_of_several_machines_are_one_if_they_say_the_same() {
    let record = |name: &str, field: &str| format!("type: {name}\n  | {field} | string |\n\n");
    let part = |machine: &str, record: &str| {
        format!("machine: @{machine}\n\n{record}on :go from @customer (api)\n  {machine} moves to #gone\n\n")
    };
    let names = |other: &str| -> Vec<String> {
        let system = lowered(&(part("order", &record("line", "sku")) + &part("shop", other)));
        system.records.into_iter().map(|record| record.name).collect()
    };
    assert_eq!(names(&record("line", "sku")), ["line"]);
    assert_eq!(names(&record("line", "code")), ["line", "shop_line"]);
    assert_eq!(names(&record("item", "sku")), ["line", "item"]);
}

#[test]
fn a_choice_of_values_is_a_rule() {
    let machine = handler(" with:\n  | size | string | one of small, \"very large\" |", "  note $size\n");
    assert_eq!(machine.handlers[0].checks[0].rules, [Rule::OneOf(vec!["small".to_owned(), "very large".to_owned()])]);
}

#[test]
fn a_word_that_is_no_variable_is_the_text_of_an_action() {
    let machine = handler("", "  $total becomes 5\n  $rest becomes total\n  $price becomes quote\n");
    let kinds: Vec<bool> = machine.handlers[0]
        .body
        .iter()
        .map(|statement| matches!(&statement.kind, StatementKind::Assign { value: Assigned::Action(_), .. }))
        .collect();
    assert_eq!(kinds, [false, false, true]);
}

#[test]
fn keys_that_are_no_names_make_an_object_of_any_form() {
    let of = |object: &str| type_of(&handler("", &format!("  $any becomes {object}\n")), "any");
    assert_eq!(of("{ \"any key\": 1 }"), Type::Object);
    assert_eq!(of("{ name: 1, \"any key\": 1 }"), Type::Object);
    assert_eq!(of("{}"), Type::Object);
    assert!(matches!(of("{ name: 1 }"), Type::Record(_)));
}

#[test]
fn an_object_of_any_form_is_taken_for_the_record_that_is_wanted() {
    let line = "type: line\n  | sku | string |\n\n";
    for object in ["{ \"any key\": 1 }", "{}"] {
        let flow = format!("machine: @order\n\n{line}on :go from @customer (api)\n  $line: line becomes {object}\n");
        assert!(matches!(assigned(&machine(&flow)).ty, Type::Record(_)), "{object}");
    }
}

#[test]
fn an_answer_has_the_type_of_the_return_if_the_callee_emits_nothing_back() {
    let flow = |emit: &str| {
        format!(
            "machine: @order\n\non :go from @customer (api)\n  $price becomes emit :quote to @shop\n\n\
             machine: @shop\n\non :quote from @order\n{emit}  return 5\n"
        )
    };
    let type_of_price = |emit: &str| type_of(&lowered(&flow(emit)).machines[0], "price");
    assert_eq!(type_of_price(""), Type::Number);
    assert_eq!(type_of_price("  emit :asked to @customer\n"), Type::Number);
    assert_eq!(type_of_price("  emit :asked to @order\n"), Type::Json);
}

#[test]
fn an_answer_has_the_type_of_what_the_handler_returns_that_takes_the_call() {
    let flow = |others: &str| {
        format!(
            "machine: @order\n\non :go from @customer (api)\n  $price becomes emit :quote to @shop\n\n\
             machine: @shop\n\n{others}\non :quote from @till\n  return true\n\n\
             machine: @till\n\non :go from @customer (api)\n  $sure becomes emit :quote to @shop\n"
        )
    };
    let types = |others: &str| {
        let system = lowered(&flow(others));
        [type_of(&system.machines[0], "price"), type_of(&system.machines[2], "sure")]
    };
    assert_eq!(types("on :quote from @order\n  return 5\n"), [Type::Number, Type::Boolean]);
    assert_eq!(types("on :quote\n  return \"much\"\n"), [Type::String, Type::Boolean]);
    let both = "on :quote\n  return \"much\"\n\non :quote from @order\n  return 5\n";
    assert_eq!(types(both), [Type::Number, Type::Boolean]);
}

#[test]
fn record_types_that_are_found_out_under_one_name_are_numbered() {
    let reads = |machine: &str| {
        format!("machine: @{machine}\n\non :{machine} from @customer (api)\n  log $line.{machine} on $line.sku\n\n")
    };
    let system = lowered(&["order", "shop", "store", "till"].map(reads).concat());
    let names: Vec<&str> = system.records.iter().map(|record| record.name.as_str()).collect();
    assert_eq!(names, ["line", "line_2", "line_3", "line_4"]);
}

#[test]
fn only_what_comes_from_outside_may_lack_a_field_that_no_table_names() {
    let shop = "machine: @shop\n\non :go from @customer (api)\n  emit :pay to @order with amount: 5\n";
    let flow = |other: &str, shop: &str| {
        format!(
            "machine: @order\n\non :pay from @customer (api) with:\n  | amount | number | required |\n  log $amount\n\n\
             on :pay{other}\n  log it\n\n{shop}"
        )
    };
    let required = |flow: &str| lowered(flow).machines[0].events[0].fields[0].required;
    for inside in [" from @shop", ""] {
        assert!(required(&flow(inside, shop)), "`on :pay{inside}`: the shop gives it, and the customer has to");
    }
    for outside in [" from @clerk (api)", " from @clerk", " (api)"] {
        assert!(!required(&flow(outside, shop)), "`on :pay{outside}`: whoever sends it may leave it out");
    }
    assert!(!required(&flow("", "")), "what no machine emits comes from outside");
}

#[test]
fn a_flow_has_another_version_if_it_means_something_else_and_only_then() {
    let flow = "machine: @order\n\non :pay from @customer (api)\n  $paid becomes 5\n  order moves to #paid\n";
    let version = |flow: &str| lowered(flow).hash();
    assert_eq!(version(flow).len(), 16);
    for (from, to) in [
        ("machine", "// A comment.\n\n\nmachine"),
        ("  order moves", "    // Deeper, and\n\n  an order moves"),
        ("moves to", "becomes"),
        ("on :pay from @customer (api)", "on> :pay from @customer"),
    ] {
        let same = flow.replace(from, to);
        assert_ne!(same, flow);
        assert_eq!(version(&same), version(flow), "{same}");
    }
    for (from, to) in [
        ("5", "6"),
        ("#paid", "#payed"),
        ("$paid", "$paid: integer"),
        ("(api)", "(api) (priority high)"),
        ("@customer", "@clerk"),
        ("$paid becomes", "$paid increases by"),
    ] {
        assert_ne!(version(&flow.replace(from, to)), version(flow), "`{from}` is `{to}`");
    }
}
