//! The arguments of sentences and the payloads of emits: how tests compare them, and how they are shown. A value of each type
//! takes part.

use crate::told::{Told, flow, with_tests};
use eventflow::Json;
use eventflow::test_kit::report::Outcome;
use eventflow::test_kit::{Observer, Options, Trace};
use std::sync::{Arc, Mutex};

const PARCEL: &str = "
machine: @parcel

type: line
  | name   | string  |
  | weight | number  |

scenario: it is packed
  on :pack from @clerk (api) with:
    | label  | string          | required |
    | price  | number          | required |
    | pieces | integer         | required |
    | heavy  | boolean         | required |
    | due    | time            | required |
    | keeps  | duration        | required |
    | sizes  | array of number | required |
    | tags   | object          | required |
    | line   | line            | required |
    | extra  |                 | required |
    ? $label, $price, $pieces, $heavy, $due, $keeps, $sizes, $tags, $line, $extra go into it
      write down $label, $price, $pieces, $heavy, $due, $keeps, $sizes, $tags, $line, $extra
      parcel moves to #packed
    otherwise
      parcel moves to #refused

  expect:
    = parcel is in #packed
";

/// The parcel with cases of the same event: what each assumes and expects.
fn packed(cases: &[String]) -> Told {
    let mut tests = String::from("\ntest: @parcel\n\nfor scenario: it is packed\n  for :pack:\n");
    for (number, case) in cases.iter().enumerate() {
        tests += &format!(
            "    case {number}:
      with event:
        label: \"tea\"
        price: 12.50
        pieces: 3
        heavy: false
        keeps: 2 hours
        sizes: [1.50, 2]
        tags: {{ color: \"red\", size: 3.50 }}
        line: {{ name: \"oolong\", weight: 0.250 }}
        extra: {{ a: [1.50, \"x\", null] }}
{case}"
        );
    }
    with_tests(PARCEL, &tests)
}

/// Which of these patterns, each in a case of its own, the arguments fit.
#[track_caller]
fn fitting<'p>(patterns: &[&'p str]) -> Vec<&'p str> {
    let any = ["{any}"; 10].join(", ");
    let case = |pattern: &&str| {
        format!(
            "      assume:\n        ? {any} go into it with {{ {pattern} }} = false\n      = parcel is in #refused\n"
        )
    };
    let told = packed(&patterns.iter().map(case).collect::<Vec<_>>());
    let mut fitting = Vec::new();
    for (number, pattern) in patterns.iter().enumerate() {
        let report = told.run(&format!("case {number}"));
        let fits = report.outcome == Outcome::Passed;
        assert_eq!(report.unmatched.is_empty(), fits, "{pattern}: {report:#?}");
        fitting.extend(fits.then_some(*pattern));
    }
    fitting
}

const NONE: [&str; 0] = [];

#[test]
fn an_argument_of_each_type_is_compared_as_what_it_is() {
    let same = [
        "label: \"tea\"",
        "price: 12.5",
        "pieces: 3",
        "heavy: false",
        "due: now",
        "keeps: 120 minutes",
        "sizes: [1.5, 2.0]",
        "tags: { size: 3.5, color: \"red\" }",
        "line: { name: \"oolong\", weight: 0.25 }",
        "extra: { a: [1.5, \"x\", null] }",
    ];
    let different = [
        "label: \"Tea\"",
        "price: 12.51",
        "pieces: 4",
        "heavy: true",
        "due: now + 1 second",
        "keeps: 2 minutes",
        "sizes: [1.5]",
        "tags: { color: \"red\" }",
        "line: { name: \"oolong\", weight: 25 }",
        "extra: { a: [1.5, \"y\", null] }",
    ];
    assert_eq!(fitting(&same), same);
    assert_eq!(fitting(&different), NONE);
    let other = |pattern: &str| pattern.replacen(": ", ": != ", 1);
    let (not_same, not_different) = (same.map(other), different.map(other));
    assert_eq!(fitting(&not_same.each_ref().map(String::as_str)), NONE);
    assert_eq!(fitting(&not_different.each_ref().map(String::as_str)), not_different);
}

#[test]
fn arguments_are_ordered_by_value() {
    let ordered = [
        "price: > 9",
        "price: < 100",
        "pieces: >= 3",
        "keeps: < 100 minutes + 1 hour",
        "due: <= now",
        "label: > \"a\"",
    ];
    assert_eq!(fitting(&ordered), ordered);
    assert_eq!(fitting(&["price: > 100", "pieces: < 3", "keeps: > 2 hours", "due: > now", "label: > \"u\""]), NONE);
}

#[test]
fn a_literal_in_the_text_is_an_argument() {
    let any = ["{any}"; 8].join(", ");
    let case = |number: &str| {
        format!("      assume:\n        ? \"tea\", {number}, {any} go into it = false\n      = parcel is in #refused\n")
    };
    let told = packed(&[case("12.5"), case("12")]);
    told.passes("case 0");
    told.fails("case 1");
}

#[test]
fn a_call_that_was_not_made_so_is_shown_with_what_it_was_given() {
    let case = "      = write down $label, $price, $pieces, $heavy, $due, $keeps, $sizes, $tags, $line, $extra was called with:
        | label | \"coffee\" |
        | price | 12.5 |
        | keeps | 1 hour |
        | sizes | [1.5, 3] |
        | line | { name: \"oolong\", weight: 0.5 } |
";
    let failed = packed(&[case.to_owned()]).fails("case 0");
    let [claim] = failed.as_slice() else { panic!("{failed:#?}") };
    assert_eq!(
        claim.actual,
        "it was called with label: \"tea\", price: 12.5, pieces: 3, heavy: false, \
         due: \"2026-01-01T09:00:00.000000Z\", keeps: 2 hours, sizes: [1.5,2], \
         tags: {\"color\":\"red\",\"size\":3.5}, line: {\"name\":\"oolong\",\"weight\":0.25}, \
         extra: {\"a\":[1.5,\"x\",null]}"
    );
    assert_eq!(
        claim.expected,
        "a call of `write down $label, $price, $pieces, $heavy, $due, $keeps, $sizes, $tags, $line, $extra` \
         with label: \"coffee\", price: 12.5, keeps: 1 hour, sizes: [1.5,3], \
         line: {\"name\":\"oolong\",\"weight\":0.5}"
    );
}

#[test]
fn an_emit_that_was_not_made_so_is_shown_with_what_it_carried() {
    let told = flow(
        "
machine: @parcel

scenario: it is packed
  on :pack from @clerk (api) with:
    | price | number   | required |
    | keeps | duration | required |
    parcel moves to #packed
    emit :packed to @clerk with $price, $keeps, sizes: [1.50, 2]
    ? $price is greater than 5
      emit :seen to @clerk with $price
    otherwise
      emit :seen to @clerk

  expect:
    = @clerk received :packed with:
      | price | 2.50 |
      | keeps | 2 hours |
    = :packed was not emitted with keeps: 1 second
    = @clerk received :seen with price: 1
",
    );
    let failed = told.fails("it is packed");
    let words: Vec<(&str, &str)> = failed.iter().map(|claim| (&*claim.expected, &*claim.actual)).collect();
    let packed = ":packed with keeps: 1 second, price: 1, sizes: [1.5,2]";
    let expected = [
        ("an emit of :packed to @clerk with price: 2.5, keeps: 2 hours", packed),
        ("no :packed with keeps: 1 second", packed),
        ("an emit of :seen to @clerk with price: 1", ":seen with nothing"),
    ];
    assert_eq!(words, expected);
}

/// What was asked: the sentences with their arguments, as they are written.
#[derive(Default)]
struct Questions(Mutex<Vec<String>>);

impl Observer for Questions {
    fn notice(&self, trace: &Trace<'_>) {
        if let Trace::Sentence { sentence, arguments, .. } = trace {
            let arguments = arguments.iter().map(Json::to_string).collect::<Vec<_>>().join(" ");
            self.0.lock().expect("no note panics").push(format!("{sentence} {arguments}"));
        }
    }
}

#[test]
fn whoever_watches_is_told_the_arguments_of_guards_actions_and_rules() {
    let told = flow(
        "
machine: @parcel

scenario: it is weighed
  on :weigh from @clerk (api) with:
    | weight | number | required, fits a box of 12.50 by \"the wall\" |
    ? $weight is fair at 0.50
      print $weight after 2 hours
      parcel moves to #weighed

  expect:
    = parcel is in #weighed
",
    );
    let questions = Arc::new(Questions::default());
    told.run_with("it is weighed", &Options { observer: Some(questions.clone()), ..Options::default() });
    let asked = questions.0.lock().expect("no note panics");
    assert_eq!(*asked, ["fits_a_box_of_by 1 12.5 \"the wall\"", "is_fair_at 1 0.5", "print_after_hours 1 2"]);
}
