//! What whoever watches a test hears of, and what coverage counts against.

use crate::told::with_tests;
use eventflow::test_kit::{Observer, Options, Trace};
use std::sync::{Arc, Mutex};

const DOOR: &str = "
machine: @door

scenario: it is opened
  on :knock from @guest (api) with:
    | name | string | required |
    ? $name is \"nobody\"
      door moves to #locked
    ? guest $name is welcome
      ring the bell
      schedule :shut for 1 minute
      door moves to #open
      emit :come_in to @guest with $name
    otherwise
      door moves to #shut

  on :shut
    door moves to #shut

  expect:
    = door is in #shut
";

#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn notice(&self, trace: &Trace<'_>) {
        let line = match trace {
            Trace::Turn { machine, event, state, place, .. } => format!("{machine}: :{event} in #{state} ({place})"),
            Trace::Guard { place, passed, values, .. } => format!("{place}: {passed} {values:?}"),
            Trace::Sentence { sentence, arguments, answer, .. } => format!("{sentence} {arguments:?}: {answer:?}"),
            Trace::Moved { from, to, .. } => format!("#{from} -> #{to}"),
            Trace::Emitted { to, event, payload, .. } => format!(":{event} to {to} {payload}"),
            Trace::Armed { event, .. } => format!("armed :{event}"),
            Trace::Disarmed { event, .. } => format!("disarmed :{event}"),
            Trace::Ended { end, .. } => format!("{end:?}"),
        };
        self.0.lock().expect("no note panics").push(line);
    }
}

#[test]
fn everything_is_told_in_the_order_in_which_it_happens() {
    let lines = noted(DOOR, "it is opened");
    let expected = [
        "door: :knock in #idle (story.flow:5)",
        "story.flow:7: false [(\"$name\", Text(\"name\"))]",
        "guest_is_welcome [Text(\"name\")]: Ok(Bool(true))",
        "story.flow:9: true []",
        "ring_the_bell []: Ok(Null)",
        "#idle -> #open",
        "armed :shut",
        ":come_in to guest {\"name\":\"name\"}",
        "Handled",
        "door: :shut in #open (story.flow:17)",
        "#open -> #shut",
        "Handled",
    ];
    assert_eq!(lines, expected);
}

const SCALE: &str = "
machine: @scale

type: crate
  | weight | number | required |
  | label  | string |

scenario: it is weighed
  given:
    $limit is 20.5

  on :weigh from @porter (api) with:
    | crate | crate | required |
    | count | integer | required |
    ? $crate.weight * $count > $limit
    ?? $crate.label is empty
    ?? scale is in #idle and not $count is 7
    ? crate $crate is sealed
    ? $count is between 1 and 9
      $count becomes 3
      $weighed becomes true
      ? $weighed and $count is 3
      ? now is after $since
        scale moves to #off
      otherwise
        scale moves to #on

  expect:
    = scale is in #on
";

#[test]
fn a_guard_tells_what_it_reads_as_the_flow_writes_it() {
    let lines = noted(SCALE, "it is weighed");
    let guards: Vec<&String> = lines.iter().filter(|line| line.starts_with("story.flow:")).collect();
    let expected = [
        r#"story.flow:15: false [("$crate.weight", Number(1)), ("$count", Number(1)), ("$limit", Number(20.5))]"#,
        r#"story.flow:16: false [("$crate.label", Text("label"))]"#,
        r#"story.flow:17: true [("current_state", Text("idle")), ("$count", Number(1))]"#,
        "story.flow:18: true []",
        r#"story.flow:19: true [("$count", Number(1))]"#,
        r#"story.flow:22: true [("$weighed", Bool(true)), ("$count", Number(3))]"#,
        r#"story.flow:23: false [("now", Text("2026-01-01T09:00:00.000000Z")), ("$since", Text("2026-01-01T09:00:00.000000Z"))]"#,
        "story.flow:25: true []",
    ];
    assert_eq!(guards, expected);
}

/// What is noted in the course of a story.
fn noted(flow: &str, scenario: &str) -> Vec<String> {
    let notes = Arc::new(Notes::default());
    let options = Options { observer: Some(notes.clone()), ..Options::default() };
    with_tests(flow, "").run_with(scenario, &options);
    let lines = notes.0.lock().expect("no note panics");
    lines.clone()
}
