//! Holds the examples to the command: their flows are free of findings, and what is checked in is fresh.

use std::path::{Path, PathBuf};
use std::process::Command;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Runs the command in a folder of the examples; gives what it said if it did not end well.
fn eventflow(folder: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventflow"));
    let output = command.args(arguments).current_dir(examples().join(folder)).output().expect("the command runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    if output.status.success() { Ok(()) } else { Err(said) }
}

#[test]
fn the_flows_of_the_examples_are_free_of_findings() {
    assert_eq!(eventflow("checkout", &["check", "flows/system.flow", "--deny", "warnings"]), Ok(()));
    assert_eq!(eventflow("support_ticket", &["check", "flows/system.flow", "--deny", "warnings"]), Ok(()));
    assert_eq!(eventflow("traffic_light", &["check", "traffic_light.flow", "--deny", "warnings"]), Ok(()));
}

#[test]
fn the_flows_and_tests_of_the_examples_are_formatted() {
    assert_eq!(eventflow(".", &["fmt", "--check"]), Ok(()));
}

#[test]
fn the_machine_of_the_traffic_light_is_fresh() {
    let build = ["build", "traffic_light.flow", "--sources", "--out", "src/flows", "--check"];
    assert_eq!(eventflow("traffic_light", &build), Ok(()));
}
