//! Holds the documentation to the command: every command line that a page shows is one, the README names every command, and what
//! a run is said to tell it tells.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    let mut open = vec![root().join("docs"), root().join("examples")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The arguments of the command lines in the blocks of a page, without what the shell does with them.
fn command_lines(page: &str) -> Vec<Vec<&str>> {
    let blocks = page.split("```").skip(1).step_by(2);
    let lines =
        blocks.flat_map(str::lines).map(|line| line.trim().trim_start_matches("- run: ").trim_start_matches("$ "));
    let shell = |word: &&str| !matches!(*word, ">" | ">>" | "|" | "<" | "&&" | "#");
    lines
        .filter_map(|line| line.strip_prefix("eventflow "))
        // A dependency in a manifest is none.
        .filter(|arguments| !arguments.starts_with('='))
        .map(|arguments| arguments.split_whitespace().take_while(shell).collect())
        .collect()
}

/// Whether the command takes these arguments. With `--help` behind them it reads them and does nothing.
fn is_taken(arguments: &[&str]) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventflow"));
    command.args(arguments).arg("--help").output().expect("the command runs").status.success()
}

#[test]
fn every_command_line_of_the_documentation_is_one() {
    assert!(!is_taken(&["check", "--message-format", "morse"]) && !is_taken(&["chekc"]), "wrong ones are seen");
    let mut seen = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page is text");
        for arguments in command_lines(&text) {
            assert!(is_taken(&arguments), "{}: eventflow {}", page.display(), arguments.join(" "));
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} command lines were found");
}

#[test]
fn the_readme_names_every_command() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README is text");
    let help = Command::new(env!("CARGO_BIN_EXE_eventflow")).arg("--help").output().expect("the command runs");
    let help = String::from_utf8(help.stdout).expect("help is text");
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let mut count = 0;
    for command in listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next()) {
        assert!(command == "help" || readme.contains(&format!("`eventflow {command}")), "the README names `{command}`");
        count += 1;
    }
    assert!(count > 5, "the commands were found");
}

/// The lines of what a run tells, without the spans of time at their ends, which differ between runs.
fn timeless(report: &str) -> Vec<&str> {
    let is_span = |words: &str| words.contains('.') && words.ends_with("s)");
    let without = |line| str::rsplit_once(line, " (").filter(|(_, last)| is_span(last)).map_or(line, |(line, _)| line);
    report.lines().map(without).collect()
}

#[test]
fn the_guide_to_testing_shows_what_a_run_tells() {
    let page = fs::read_to_string(root().join("docs/guide/testing.md")).expect("the page is text");
    let block = |fence: &str| {
        let (_, rest) = page.split_once(fence).expect("the page has such a block");
        rest.split_once("```").expect("it has an end").0
    };
    let turned_round = block("```flow fragment\n")
        .replace("@reader did not receive :please_return", "@reader received :please_return");
    let place = tempfile::tempdir().expect("a temporary folder");
    fs::write(place.path().join("loan.flow"), block("```flow\n")).expect("a file can be written");
    fs::write(place.path().join("loan.test.flow"), turned_round).expect("a file can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventflow"));
    let told = command.args(["test", "loan.flow"]).current_dir(place.path()).output().expect("the command runs");
    let told = String::from_utf8(told.stdout).expect("a report is text");
    assert_eq!(timeless(&told), timeless(block("```text\n")));
}
