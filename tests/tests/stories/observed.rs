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
            Trace::Arm { place, passed, .. } => format!("arm {place}: {passed}"),
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
    let told = with_tests(DOOR, "");
    let notes = Arc::new(Notes::default());
    let options = Options { observer: Some(notes.clone()), ..Options::default() };
    told.run_with("it is opened", &options);
    let lines = notes.0.lock().expect("no note panics");
    let expected = [
        "door: :knock in #idle (story.flow:5)",
        "arm story.flow:7: false",
        "guest_is_welcome [Text(\"name\")]: Ok(Bool(true))",
        "arm story.flow:9: true",
        "ring_the_bell []: Ok(Null)",
        "#idle -> #open",
        "armed :shut",
        ":come_in to guest {\"name\":\"name\"}",
        "Handled",
        "door: :shut in #open (story.flow:17)",
        "#open -> #shut",
        "Handled",
    ];
    assert_eq!(*lines, expected);
}
