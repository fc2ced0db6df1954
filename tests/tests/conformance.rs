//! The conformance suite, played by the interpreter. `EVENTFLOW_UPDATE=1` writes down what the interpreter does; the
//! difference is the review.

#[path = "conformance/rules.rs"]
mod rules;

use eventflow_tests::conformance::{Case, folder};
use std::fs;

#[test]
fn the_interpreter_plays_every_script() {
    let cases = Case::all().expect("the cases can be read");
    let mut wrong = String::new();
    for case in &cases {
        let played = match case.interpreted() {
            Ok(played) => played,
            Err(error) => {
                wrong.push_str(&format!("{}: {error}\n", case.name));
                continue;
            }
        };
        if std::env::var_os("EVENTFLOW_UPDATE").is_some() {
            fs::write(folder().join(format!("{}.run", case.name)), &played).expect("a script can be written");
        } else {
            wrong.push_str(&differences(&case.name, &case.script, &played));
        }
    }
    assert!(wrong.is_empty(), "the interpreter does otherwise:\n{wrong}");
}

/// The first line that is otherwise, with the command that it belongs to.
fn differences(name: &str, script: &str, played: &str) -> String {
    if script == played {
        return String::new();
    }
    let mut command = "(the beginning)";
    let mut lines = played.lines();
    for line in script.lines() {
        let other = lines.next().unwrap_or("(nothing)");
        if line != other {
            return format!("{name}: {command}\n  expected {line}\n  got      {other}\n");
        }
        if !line.starts_with(' ') {
            command = line;
        }
    }
    format!("{name}: {command}\n  expected (nothing)\n  got      {}\n", lines.next().unwrap_or("(nothing)"))
}
