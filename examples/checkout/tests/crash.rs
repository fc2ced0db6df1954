//! The process is aborted right after each of its commits in turn. Started again on the same file, the order ends in
//! `#fulfilled`, and every record is there once.

use std::path::Path;
use std::process::{Command, Output};

fn run(file: &Path, abort_after: Option<u64>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_checkout"));
    command.arg(file).env_remove("ABORT_AFTER");
    if let Some(commits) = abort_after {
        command.env("ABORT_AFTER", commits.to_string());
    }
    command.output().expect("the example runs")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What the store remembers, without times and ids: one line a record.
fn story(output: &Output) -> Vec<String> {
    let text = text(output);
    let records = text.lines().skip_while(|line| !line.starts_with("what the store remembers"));
    records
        .filter(|line| line.starts_with("  ") && !line.starts_with("    "))
        .map(|line| {
            let mut words = line.split_whitespace();
            let seq = words.next().unwrap_or_default();
            let rest: Vec<_> = words.skip(1).collect();
            format!("{seq} {}", rest.join(" "))
        })
        .collect()
}

#[test]
fn an_order_survives_a_crash_after_each_of_its_commits() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = run(&folder.path().join("whole.db"), None);
    assert!(whole.status.success(), "{}", text(&whole));
    let expected = story(&whole);
    assert_eq!(
        expected,
        [
            "1 :checkout -> #awaiting_payment",
            "2 :payment_received -> #awaiting_stock",
            "3 :stock_reserved -> #fulfilled"
        ]
    );
    let mut crashes = 0;
    for commits in 1..100 {
        let file = folder.path().join(format!("after-{commits}.db"));
        if run(&file, Some(commits)).status.success() {
            break;
        }
        crashes += 1;
        let again = run(&file, None);
        assert!(again.status.success(), "after commit {commits}: {}", text(&again));
        assert_eq!(story(&again), expected, "after commit {commits}: {}", text(&again));
    }
    assert!(crashes >= 5, "only {crashes} commits were there to crash after");
}

#[test]
fn the_same_request_is_served_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("twice.db");
    let (first, second) = (run(&file, None), run(&file, None));
    assert!(second.status.success(), "{}", text(&second));
    assert_eq!(story(&first), story(&second));
    assert!(text(&first).contains("the card is charged 25.5"));
    assert!(!text(&second).contains("the card is charged"), "{}", text(&second));
}
