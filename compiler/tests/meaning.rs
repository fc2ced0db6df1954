//! What names, types and handlers mean, and what is said about mistakes in them: flows in, findings and IR out.
//!
//! A flow says what it expects behind the line to blame: `// EF0223`. Every error and every warning of names, types and
//! meaning must be expected, and nothing else may be.

#[path = "support/meanings.rs"]
mod meanings;

use eventflowc::driver::Compilation;
use eventflowc::ir::{self, Condition, ExpressionKind, Party, StatementKind, Type};
use eventflowc::load::Memory;
use meanings::{compiled, compiled_alone, type_of, with_handler};
use std::collections::BTreeSet;

/// The codes of flow analysis belong to other tests.
const OTHERS: &str = "EF05";

fn found(compilation: &Compilation) -> BTreeSet<(String, usize, &'static str)> {
    let mut found = BTreeSet::new();
    for finding in compilation.findings() {
        if finding.code.as_str().starts_with(OTHERS) && finding.code.as_str() != "EF0515" {
            continue;
        }
        let place = finding.primary().and_then(|label| {
            let source = compilation.sources.get(label.span.file)?;
            Some((source.name().to_owned(), source.line_column(label.span.start).line))
        });
        let (file, line) = place.unwrap_or_default();
        found.insert((file, line, finding.code.as_str()));
    }
    found
}

fn expected(compilation: &Compilation) -> BTreeSet<(String, usize, &'static str)> {
    let mut expected = BTreeSet::new();
    for (_, source) in compilation.sources.iter() {
        for (index, line) in source.text().lines().enumerate() {
            let Some((_, comment)) = line.split_once("// EF") else { continue };
            for code in comment.split_whitespace().take(1) {
                let code = eventflowc::codes::find(&format!("EF{code}")).expect("a registered code").code;
                expected.insert((source.name().to_owned(), index + 1, code));
            }
        }
    }
    expected
}

fn check(flow: &str) -> Compilation {
    let compilation = compiled_alone(flow);
    let messages: Vec<String> = compilation.findings().into_iter().map(|found| found.message).collect();
    assert_eq!(found(&compilation), expected(&compilation), "{messages:#?}\n{flow}");
    compilation
}

/// A handler of `:go` with this body.
fn body(lines: &str) -> Compilation {
    check(&with_handler("", lines))
}

fn machine(compilation: &Compilation) -> &ir::Machine {
    &compilation.resolved.as_ref().expect("resolves").system.machines[0]
}

#[test]
fn types_come_from_literals_operators_tables_and_annotations() {
    let compilation = check(
        "machine: @order\n\non :go from @customer (api) with:\n  | amount | number | required |\n  | count | integer |\n  \
         $total becomes $amount * 2\n  $copies becomes $count\n  $due becomes now + 7 days\n  $wait becomes $due - now\n  \
         $name becomes \"a\" + \"b\"\n  $list adds $name\n  $paid becomes true\n  $rest: integer becomes 3\n  \
         $item: object becomes { a: 1 }\n",
    );
    let machine = machine(&compilation);
    assert_eq!(type_of(machine, "total"), Type::Number);
    assert_eq!(type_of(machine, "copies"), Type::Integer);
    assert_eq!(type_of(machine, "due"), Type::Time);
    assert_eq!(type_of(machine, "wait"), Type::Duration);
    assert_eq!(type_of(machine, "name"), Type::String);
    assert_eq!(type_of(machine, "list"), Type::List(Box::new(Type::String)));
    assert_eq!(type_of(machine, "paid"), Type::Boolean);
    assert_eq!(type_of(machine, "rest"), Type::Integer);
    assert_eq!(type_of(machine, "item"), Type::Object);
}

#[test]
fn a_conflict_of_types_stands_at_the_later_place_and_is_said_once() {
    body("  $total becomes 5\n  $total becomes \"five\" // EF0301\n  $total becomes 7\n  $total increases by 1\n");
    body("  $total becomes 5\n  $total becomes 7.5\n");
    body("  $when becomes now + 5 // EF0302\n");
    body("  $when becomes now + 5 days\n");
    body("  $total becomes 5\n  ? $total is \"five\" // EF0301\n    note it\n");
}

#[test]
fn what_is_unknown_is_json_and_said() {
    body("  $answer becomes ask the oracle // EF0350\n");
    body("  $answer becomes ask the oracle\n  ? $answer > 3\n    note it\n");
}

#[test]
fn words_are_variables_only_where_they_are_known() {
    body("  $total becomes 5\n  $copy becomes total\n  ? total > 3 // EF0153\n    note it\n");
    body("  $total becomes 5\n  emit :x to @shop with total: totl // EF0224\n");
    let compilation = body("  ? cart is valid\n    note it\n");
    let StatementKind::Branch(arms) = &machine(&compilation).handlers[0].body[0].kind else { panic!("a branch") };
    let condition = arms[0].condition.as_ref().expect("a guard");
    assert!(matches!(condition.asked(), Condition::Sentence(_)));
}

#[test]
fn a_sentence_that_is_nearly_a_state_test_is_shown_the_test_with_its_own_subject() {
    for (guard, test) in [
        ("the book is not #lent", "the book is not in #lent"),
        ("book == #lent", "book is in #lent"),
        ("#lent", "order is in #lent"),
        ("current_state equals #lent", "order is in #lent"),
    ] {
        let lines = format!("  order moves to #lent\n  ? {guard}\n    note it\n");
        let found = compiled_alone(&with_handler("", &lines)).findings();
        let help: Vec<&String> =
            found.iter().filter(|it| it.code.as_str() == "EF0518").flat_map(|it| &it.help).collect();
        assert_eq!(help, [&format!("write `{test}` to ask for the state, or name none in the sentence")], "{guard}");
    }
}

#[test]
fn a_lost_statement_hides_what_may_follow_from_it_and_nothing_else() {
    let head = "machine: @order\n\n#paid\n\non :go from @customer (api)\n";
    check(&format!("{head}  emit pay // EF0101\n  order moves to #payd // EF0223\n  emit :x to @shop with a: total\n"));
    check(&format!("{head}  order moves to #payd // EF0223\n  emit :x to @shop with a: total // EF0224\n"));
    check("machine: @order\n\n#idle\n#Paid // EF0102\n\non :go from @customer (api)\n  order moves to #paid\n");
}

/// Whether a misspelled state is told behind these lines, of which one cannot be read.
fn is_told_behind(lines: &str) -> bool {
    let flow = format!("machine: @order\n\n#paid\n{lines}\n\non :go from @customer (api)\n  order moves to #payd\n");
    let findings = compiled_alone(&flow).findings();
    assert!(findings.iter().any(|finding| finding.code.as_str() != "EF0223"), "all of this can be read: {lines}");
    findings.iter().any(|finding| finding.code.as_str() == "EF0223")
}

#[test]
fn a_lost_line_that_declares_nothing_hides_nothing_that_others_name() {
    let handler = "on :pay from @customer (api)\n";
    for line in [
        "emit pay",
        "emit :x to @shop with:\n    | a | b | c | d | e |",
        "$total becoms 5",
        "? $total >> 5\n    emit pay",
        "?? $total is 5\n    note it",
        "else\n    note it",
        "? $total is 5",
        "emit :pay\u{7}",
        "expect:\n    order is in #paid",
    ] {
        assert!(is_told_behind(&format!("{handler}  {line}")), "{line}");
    }
    assert!(is_told_behind("  waitin_for: :pay"));
    assert!(is_told_behind("queue:\n  workers: many"));
}

#[test]
fn a_lost_line_that_may_declare_something_hides_what_may_follow_from_it() {
    let handler = "on :pay from @customer (api)\n";
    for line in ["on :cancel from @customer", "on :cancel\u{7}", "queue:", "#sent", "emit :x\n    on :cancel"] {
        assert!(!is_told_behind(&format!("{handler}  note it\n  {line}")), "{line}");
    }
    for lines in [
        "on pay",
        "on :pay with:\n  | a | b | c | d | e |",
        "#Sent",
        "scenario",
        "given:\n  = order is in #payed",
        "type: line",
        "response: created",
    ] {
        assert!(!is_told_behind(lines), "{lines}");
    }
}

#[test]
fn a_closed_machine_has_its_declared_states_only() {
    check("machine: @order\n\n#paid\n\non :go from @customer (api)\n  order moves to #payd // EF0223\n");
    check("machine: @order\n\n#paid\n\non :go from @customer (api)\n  order moves to #paid\n");
    check("machine: @order\n\n#paid\n#paid // EF0222\n\non :go from @customer (api)\n  order moves to #idle\n");
    check(
        "machine: @order\n\n#paid // EF0233\n  outcome: success\n\non :go from @customer (api)\n  order moves to #paid\n",
    );
    check("machine: @order\n\n#paid\n\non :go from @customer (api)\n  order becomes paid // EF0408\n");
}

#[test]
fn names_that_stand_twice_are_shown() {
    check(
        "machine: @order\n\non :go from @customer (api) with:\n  | a | string |\n  | a | string | // EF0111\n  note $a\n",
    );
    body("  emit :x to @shop with a: 1, a: 2 // EF0221\n");
    body("  $x: nubmer becomes 5 // EF0225\n");
    body("  reply 200 with order_view // EF0226\n");
    body("  emit :x to all @shop\n");
    body("  emit :x to all @shop // EF0227\n\nmachine: @bank\n\non :open from @clerk (api)\n  bank moves to #open\n");
    body("  cancel :late // EF0228\n");
    body("  schedule :late in 1 hour\n  cancel :late\n");
    body("  reply 200 with:\n    | a | 1 |\n    | a | 2 | // EF0111\n");
}

#[test]
fn sentences_of_one_name_are_one_or_clash() {
    let compilation =
        body("  $a becomes 1\n  $b becomes 2\n  charge $a to card\n  charge $b to card\n  charge 5 to card\n");
    let sentences = &machine(&compilation).sentences;
    assert_eq!(sentences.len(), 1);
    assert_eq!((sentences[0].name.as_str(), sentences[0].text.as_str()), ("charge_to_card", "charge $a to card"));
    assert_eq!(sentences[0].parameters[0].ty, Type::Number);
    body("  ? card is charged\n    note it\n  card is charged // EF0230\n");
    body("  $a becomes 1\n  charge $a to card\n  charge to card // EF0231\n");
}

#[test]
fn replies_need_somebody_to_answer() {
    check("machine: @order\n\non :go from @shop\n  reply 200 // EF0402\n");
    check("machine: @order\n\non :go from @shop (api)\n  reply 200\n");
    check("machine: @order\n\non :go from @shop\n  note it\non :validation_failed\n  reply 422\n");
}

#[test]
fn a_queued_reply_is_known_at_acceptance() {
    let queued = |lines: &str| check(&format!("machine: @order\n\non :go from @customer (queued api)\n{lines}"));
    let compilation =
        queued("  $ticket becomes uuid()\n  $other becomes 1\n  reply 202 with:\n    | ticket | $ticket |\n");
    let handler = &machine(&compilation).handlers[0];
    assert!(handler.queued && handler.acceptance.is_some());
    assert_eq!(handler.fixed.len(), 1);
    assert_eq!(handler.fixed[0].1.kind, ExpressionKind::Uuid);
    queued(
        "  $ticket becomes ask the oracle\n  $ticket becomes ask \"again\"\n  reply 202 with: // EF0407\n    | ticket | $ticket |\n  ? $ticket is \"a\"\n    note it\n",
    );
    queued("  ? all is well\n    reply 202 // EF0407\n");
    queued("  reply 202 with ^ticket // EF0407\n");
}

#[test]
fn calls_and_reserved_events_have_their_limits() {
    body("  $x: string becomes emit async :ask to @shop // EF0405\n");
    body("  emit :timer_expired // EF0404\n");
    check("machine: @order\n\non :validation_failed (api) // EF0410\n  reply 422\n");
}

#[test]
fn a_second_handler_is_an_error_a_retelling_is_not() {
    check("machine: @order\n\non :go from @a (api)\n  note it\non :go from @a (api) // EF0401\n  note it\n");
    check("machine: @order\n\non :go from @a (api)\n  note it\non :go from @b (api)\n  note it\n");
    let compilation = check(
        "machine: @order\n\nscenario: one\n  on :go from @a (api)\n    note it\n    order moves to #gone\n\nscenario: two\n  \
         on :go from @a (api)\n    order moves to #gone\n  on :back from @a (api)\n    order moves to #idle\n",
    );
    let machine = machine(&compilation);
    assert_eq!(machine.handlers.len(), 2);
    assert_eq!(machine.scenarios[1].handlers.len(), 2);
    assert_eq!((machine.handlers[0].creates, machine.handlers[1].creates), (true, false));
    check(
        "machine: @order\n\nscenario: one\n  on :go from @a (api)\n    note it\n\nscenario: two\n  on :go from @a (api)\n    \
         note it\n    forget it // EF0515\n",
    );
}

#[test]
fn what_handlers_read_of_an_outside_event_is_its_payload() {
    let compilation = body("  note $name // EF0350\n  $total becomes $amount + 1\n  keep $total\n  show $order_id\n");
    let machine = machine(&compilation);
    let fields: Vec<_> = machine.events[0].fields.iter().map(|field| (field.name.as_str(), field.required)).collect();
    assert_eq!(fields, [("name", false), ("amount", false)]);
    assert_eq!(machine.variables.len(), 1);
    assert_eq!(machine.identity, None);
}

#[test]
fn a_payload_field_is_read_until_the_handler_assigns_it() {
    let compilation = check(
        "machine: @order\n\non :go from @customer (api) with:\n  | note | string |\n  $copy becomes $note\n  ? all is well\n    \
         $note becomes \"x\"\n  $after becomes $note\n",
    );
    let body = &machine(&compilation).handlers[0].body;
    let value = |index: usize| match &body[index].kind {
        StatementKind::Assign { value: ir::Assigned::Expression(value), .. } => value.kind.clone(),
        other => panic!("{other:?}"),
    };
    assert!(matches!(value(0), ExpressionKind::Payload(_)));
    assert!(matches!(value(2), ExpressionKind::Latest { .. }));
}

#[test]
fn machines_of_a_system_are_told_from_actors() {
    let files = Memory::new()
        .with("shop/system.flow", "system: My Shop\nuses:\n  @order from \"./order.flow\"\n  @payment from \"./pay.flow\"\n")
        .with(
            "shop/order.flow",
            "machine: @order\n\non :go from @customer (api)\n  $fee becomes emit :quote to @payment with amount: 5\n  \
             emit :done to @customer with $fee\n",
        )
        .with("shop/pay.flow", "machine: @payment\n\non :quote from @order with:\n  | amount | number | required |\n  return $amount * 2\n");
    let compilation = compiled(files, "shop/system.flow");
    assert_eq!(found(&compilation), BTreeSet::new());
    let system = &compilation.resolved.as_ref().expect("resolves").system;
    assert_eq!((system.name.as_str(), system.title.as_str()), ("my_shop", "My Shop"));
    assert_eq!(system.actors.len(), 1);
    assert_eq!(system.machines[1].handlers[0].from, Some(Party::Machine(ir::MachineId::at(0))));
    assert_eq!(system.machines[1].handlers[0].returns, Some(Type::Number));
    assert_eq!(type_of(&system.machines[0], "fee"), Type::Number);
}

#[test]
fn files_that_cannot_be_had_are_named() {
    let codes = |files: Memory| -> Vec<&'static str> {
        compiled(files, "a/system.flow").findings().iter().map(|found| found.code.as_str()).collect()
    };
    let system = |uses: &str| {
        Memory::new().with("a/Cargo.toml", "").with("a/system.flow", format!("system: s\nuses:\n  {uses}\n"))
    };
    let machine = "machine: @b\n\non :go from @x (api)\n  note it\n";
    assert_eq!(codes(Memory::new()), ["EF0201"]);
    assert_eq!(codes(system("@b from \"./b.flow\"")), ["EF0201"]);
    assert_eq!(codes(system("@b from \"./b.flow\"").with("a/b.flow/c.flow", machine)), ["EF0201"]);
    assert_eq!(codes(system("@b from \"./b.flow\"").with("a/b.flow", [0xFF, 0xFE])), ["EF0201"]);
    assert_eq!(codes(system("@c from \"./b.flow\"").with("a/b.flow", machine)), ["EF0203"]);
    assert_eq!(codes(system("s from \"./system.flow\"")), ["EF0204"]);
    assert_eq!(codes(system("@b from \"../b.flow\"").with("b.flow", machine)), ["EF0206"]);
    assert_eq!(
        codes(system("@b from \"./b.flow\"").with("b.flow", machine).with_link("a/b.flow", "b.flow")),
        ["EF0206"]
    );
    let twice =
        system("@b from \"./b.flow\"\n  @b from \"./c.flow\"").with("a/b.flow", machine).with("a/c.flow", machine);
    assert_eq!(codes(twice), ["EF0205"]);
    assert_eq!(codes(Memory::new().with("a/system.flow", "system: s\n")), ["EF0207"]);
}

#[test]
fn a_type_of_another_language_is_told_its_name_here() {
    for (written, name) in [("int", "integer"), ("decimal", "number"), ("text", "string"), ("datetime", "time")] {
        let compilation = compiled_alone(&with_handler("", &format!("  $n: {written} becomes $m\n")));
        let findings = compilation.findings();
        let unknown = findings.iter().find(|finding| finding.code.as_str() == "EF0225").expect("an unknown type");
        assert_eq!(unknown.help, [format!("write `{name}`")], "{written}");
    }
    let compilation =
        compiled_alone("machine: @order\n\ntype: text\n  | words | string |\n\non :go\n  $n: text becomes $m\n");
    assert!(compilation.findings().iter().all(|finding| finding.code.as_str() != "EF0225"), "a declared one is meant");
}
