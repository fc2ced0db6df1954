//! The cases of the conformance suite about tests in the language: their reports, word by word. `EVENTFLOW_UPDATE=1` writes down
//! what is reported; the difference is the review.

use crate::told::unit;
use eventflow_tests::conformance::{Story, shown};
use eventflowc::load::Memory;
use std::fs;

#[test]
fn every_story_of_the_conformance_suite_is_reported_as_it_should_be() {
    let stories = Story::all().expect("the cases can be read");
    assert!(!stories.is_empty(), "the suite has stories");
    let mut wrong = String::new();
    for story in &stories {
        let root = format!("{}.flow", story.name);
        let files = Memory::new().with(&*root, &*story.flow);
        let files = match &story.tests {
            Some(tests) => files.with(format!("{}.test.flow", story.name), &**tests),
            None => files,
        };
        let reported = shown(&unit(&root, &files).reports());
        if std::env::var_os("EVENTFLOW_UPDATE").is_some() {
            fs::write(story.place(), &reported).expect("a report can be written");
        } else if reported != story.report {
            wrong.push_str(&format!("{}:\n{}", story.name, differing(&story.report, &reported)));
        }
    }
    assert!(wrong.is_empty(), "reported otherwise:\n{wrong}");
}

/// The first line that is otherwise, with the test that it belongs to.
fn differing(expected: &str, reported: &str) -> String {
    let mut test = "";
    let mut others = reported.lines();
    for line in expected.lines() {
        let other = others.next().unwrap_or("(nothing)");
        if line != other {
            return format!("  {test}\n  expected {line}\n  reported {other}\n");
        }
        if !line.starts_with(' ') {
            test = line;
        }
    }
    format!("  {test}\n  expected (nothing)\n  reported {}\n", others.next().unwrap_or("(nothing)"))
}
