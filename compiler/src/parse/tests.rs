//! Texts in, trees and codes out.

use serde_json::Value;

use super::*;
use crate::ast::{ConditionTree, Declaration, GuardTest, Machine, Statement};

fn parsed(text: &str, kind: FileKind) -> (File, Vec<&'static str>) {
    let mut diagnostics = Diagnostics::new();
    let file = parse(FileId::from_index(0), text, kind, &mut diagnostics);
    (file, diagnostics.into_sorted().iter().map(|found| found.code.as_str()).collect())
}

/// What is advised about a text.
fn helps(text: &str, kind: FileKind) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    parse(FileId::from_index(0), text, kind, &mut diagnostics);
    diagnostics.into_sorted().into_iter().flat_map(|found| found.help).collect()
}

/// The codes for a handler with this body, each line indented once.
fn codes_of_body(body: &str) -> Vec<&'static str> {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    parsed(&format!("machine: @order\n  on :go\n{body}"), FileKind::Flow).1
}

fn machine(text: &str) -> Machine {
    let (file, codes) = parsed(text, FileKind::Flow);
    assert_eq!(codes, Vec::<&str>::new(), "{text}");
    let Content::Flow(flow) = file.content else { panic!("a flow file") };
    flow.machines().next().cloned().expect("one machine")
}

fn body(body: &str) -> Vec<Statement> {
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let machine = machine(&format!("machine: @order\n  on :go\n{body}"));
    let handler = machine.scenarios[0].handlers().next().expect("one handler").clone();
    handler.body.statements
}

#[test]
fn guards_form_chains_of_arms_with_groups() {
    let statements = body("? a\n? b\n?? c\n? d\n  one\n\n? e\n  two\notherwise\n  three\nfour");
    let [Statement::Guards(chain), Statement::Action(_)] = statements.as_slice() else { panic!("{statements:?}") };
    let lengths: Vec<Vec<usize>> = chain
        .arms
        .iter()
        .map(|arm| match &arm.test {
            GuardTest::Any(groups) => groups.iter().map(Vec::len).collect(),
            GuardTest::Otherwise { .. } => Vec::new(),
        })
        .collect();
    assert_eq!(lengths, [vec![2, 2], vec![1], vec![]]);
}

#[test]
fn guards_before_a_blank_line_are_a_precondition() {
    assert_eq!(codes_of_body("? a\n? b\n\none\ntwo"), ["EF0150"]);
    assert_eq!(codes_of_body("? a\none"), ["EF0104"]);
    assert_eq!(codes_of_body("? a\n"), ["EF0104"]);
    assert_eq!(codes_of_body("? a\nemit pay\n? b\n  x"), ["EF0104", "EF0101"]);
}

#[test]
fn conditions_split_where_built_in_parts_are() {
    let statements = body("? $total > 5 and cart is valid and stock is fine or not is paid\n  x");
    let [Statement::Guards(chain)] = statements.as_slice() else { panic!("{statements:?}") };
    let GuardTest::Any(groups) = &chain.arms[0].test else { panic!("guards") };
    let tree = groups[0][0].condition.tree(&|_| false);
    let ConditionTree::And(parts) = tree else { panic!("{tree:?}") };
    let [ConditionTree::BuiltIn(_), ConditionTree::Text(text)] = parts.as_slice() else { panic!("{parts:?}") };
    assert_eq!(text.to_text(), "cart is valid and stock is fine or not is paid");
    let tree = groups[0][0].condition.tree(&|word| word == "stock" || word == "fine");
    let ConditionTree::Or(parts) = tree else { panic!("{tree:?}") };
    assert_eq!(parts.len(), 2);
}

#[test]
fn what_begins_as_a_statement_never_becomes_a_custom_action() {
    for line in [
        "emit pay",
        "emit :pay to",
        "reply created",
        "$total",
        "$total becomes",
        "$total becomes 5 5",
        "$x becomes #paid",
        "schedule :x",
        "cancel :",
        "send callback",
        "start timer",
        "return $",
        "order moves to paid",
        "order transitions to paid",
    ] {
        assert_eq!(codes_of_body(line), ["EF0101"], "{line}");
    }
    for line in ["on :x", "machine: @x", "queue", "= x", "#paid", "machine @x"] {
        assert_eq!(codes_of_body(line), ["EF0106"], "{line}");
    }
    assert_eq!(codes_of_body("with:"), ["EF0107"]);
    assert_eq!(codes_of_body("otherwise x\n  y"), ["EF0101"]);
    assert_eq!(codes_of_body("send @order.$total to customer"), ["EF0103"]);
}

#[test]
fn what_only_resembles_a_statement_is_a_custom_action() {
    for line in [
        "start report generation",
        "send confirmation email",
        "schedule delivery",
        "cancel reservation",
        "return goods to stock",
        "queue the invoice",
        "$x becomes calculated fee for $total",
        "order becomes paid",
    ] {
        assert_eq!(codes_of_body(line), Vec::<&str>::new(), "{line}");
    }
    assert_eq!(codes_of_body("order movs to #paid"), ["EF0151"]);
    assert_eq!(codes_of_body("emti :pay to @payment"), ["EF0151"]);
}

#[test]
fn reserved_lines_are_not_yet_supported() {
    for line in [
        "in #paid",
        "on entering",
        "delegate to @x",
        "after 30 minutes",
        "every 1 hour, 3 times",
        "together",
        "region payment: starts in #a",
        "ignore :x",
        "defer :x",
        "forward :x",
        "always",
        "undo with @x",
        "input:",
        "run the report in background",
        "order moves to #a.b",
    ] {
        assert_eq!(codes_of_body(line), ["EF0901"], "{line}");
        assert_eq!(parsed(&format!("machine: @m\n  {line}\n    x"), FileKind::Flow).1.len(), 1, "{line}");
    }
}

#[test]
fn every_error_of_a_file_is_reported_once_and_in_order() {
    let text = "machine: @Order\n  on :Go\n    emit pay\n    $x becomes (\n    ? x\n    y\n  nonsense\n#paid\n  tipe: initial\n";
    assert_eq!(parsed(text, FileKind::Flow).1, ["EF0102", "EF0102", "EF0101", "EF0101", "EF0104", "EF0106", "EF0113"]);
}

#[test]
fn both_generations_give_one_tree() {
    let older = "machine: @order\n  on> :checkout from @customer\n    ? a\n      emit :pay to @payment\n        with:\n        | total | $total |\n    ?\n      b\n";
    let newer = "machine: @order\n  on :checkout from @customer (api)\n    ? a\n      emit :pay to @payment with:\n        | total | $total |\n    otherwise\n      b\n";
    let bare = |text: &str| {
        let mut value = serde_json::to_value(machine(text)).expect("serializes");
        strip(&mut value);
        value
    };
    assert_eq!(bare(older), bare(newer));
}

/// Removes places and the traces of spelling.
fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for trace in ["span", "status_span", "older", "connective", "precondition", "header"] {
                fields.remove(trace);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn keywords_nest_whatever_the_column() {
    let text = "machine: @order\n#paid\n  type: terminal\nscenario: one\n  given:\n    order is in #paid\n  on :a\n    given:\n      x\n    y\n  expect:\n    = z\nscenario: two\non :b\ntype: t\n| a | number |\n";
    let machine = machine(text);
    assert_eq!(machine.scenarios.len(), 3);
    assert_eq!(machine.scenarios[1].handlers().next().map(|handler| handler.given.len()), Some(1));
    assert_eq!((machine.scenarios[1].givens().count(), machine.scenarios[1].expects().count()), (1, 1));
    let records = machine.declarations().filter(|found| matches!(found, Declaration::RecordType(_)));
    assert_eq!(records.count(), 1);
}

#[test]
fn nesting_and_chains_are_limited() {
    let many = |open: &str, close: &str| format!("$x becomes {}1{}", open.repeat(100), close.repeat(100));
    assert_eq!(codes_of_body(&many("(", ")")), ["EF0004"]);
    assert_eq!(codes_of_body(&many("[", "]")), ["EF0004"]);
    assert_eq!(codes_of_body(&many("{a: ", "}")), ["EF0004"]);
    assert_eq!(codes_of_body(&many("1 + ", "")), Vec::<&str>::new());
    assert_eq!(codes_of_body(&format!("$x becomes {}1", "1 + ".repeat(1000))), ["EF0004"]);
    assert_eq!(codes_of_body(&format!("$x: {}number becomes 1", "array of ".repeat(1000))), ["EF0004"]);
    let deep = "((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))";
    assert_eq!(codes_of_body(&format!("$x becomes {deep}")), Vec::<&str>::new());
}

/// The rules of the grammar that leave a trace: all but those that are written out of sight.
fn rules() -> Vec<&'static str> {
    let grammar = include_str!("../grammar.pest");
    let rules = grammar.lines().filter_map(|line| line.split_once(" = "));
    rules.filter(|(_, body)| !body.starts_with('_')).map(|(name, _)| name).collect()
}

#[test]
fn the_corpus_uses_every_rule_of_the_grammar() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grammar");
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("a readable entry").path();
        let text = std::fs::read_to_string(&path).expect("flows are text");
        let (_, mut codes) = parsed(&text, FileKind::of_name(&path.to_string_lossy()));
        codes.retain(|code| *code != "EF0152");
        assert_eq!(codes, Vec::<&str>::new(), "{}", path.display());
    }
    let used = line::used::all();
    assert!(rules().len() > 300, "the rules were found");
    let unused: Vec<&str> = rules().into_iter().filter(|rule| !used.contains(*rule)).collect();
    assert!(unused.is_empty(), "no flow in tests/grammar uses {unused:?}");
}

#[test]
fn nobody_is_asked_to_write_text_in_other_letters() {
    let flow = "machine: @order\n  on :go\n    $city becomes Vienna\n    $at becomes Wien.Mitte\n";
    assert_eq!(
        helps(flow, FileKind::Flow),
        ["write `\"Vienna\"` if it is text", "write `\"Wien.Mitte\"` if it is text"]
    );
    let step = |payload: &str| {
        let test =
            format!("test: @order\n  for scenario: one\n    way:\n      after :go\n      receive :go with {payload}\n");
        helps(&test, FileKind::Test)
    };
    assert_eq!(step("city: Vienna, zone: 1"), Vec::<String>::new());
    assert_eq!(step("city: New York"), ["write `\"New York\"`"]);
    assert_eq!(step("city: St. John's Wood, zone: 1"), ["write `\"St. John's Wood\"`"]);
    assert_eq!(step("city: (New"), ["write `receive :event [from @actor] [with field: VALUE]`"]);
}

#[test]
fn a_name_in_other_letters_is_spelled_by_its_author() {
    let help = |name: &str| helps(&format!("machine: @order\n  on :go\n    ${name} becomes 1\n"), FileKind::Flow);
    for (name, written) in [("TotalPrice", "total_price"), ("café", "cafe"), ("_a", "a"), ("größte1", "")] {
        let expected = match written {
            "" => "write it with the letters `a` to `z`".to_owned(),
            written => format!("write `{written}`"),
        };
        assert_eq!(help(name), [expected], "{name}");
    }
    assert_eq!(help("цена"), ["write it with the letters `a` to `z`"]);
}
