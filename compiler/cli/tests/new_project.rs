//! Makes a project outside of this workspace and does with it what its owner would do first.

use std::path::Path;
use std::process::Command;

#[test]
fn a_new_project_builds_runs_and_passes_its_tests() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let made = Command::new(env!("CARGO_BIN_EXE_eventflow")).args(["new", "shop"]).current_dir(place.path()).status();
    assert!(made.expect("the command runs").success());
    let project = place.path().join("shop");
    let said = cargo(&project, "run");
    assert!(said.contains("label: tea") && said.contains("Ship -> #shipped"), "{said}");
    assert!(cargo(&project, "test").contains("2 passed"));
    let mut test = Command::new(env!("CARGO_BIN_EXE_eventflow"));
    let tested = test.arg("test").current_dir(&project).output().expect("the command runs");
    let told = String::from_utf8_lossy(&tested.stdout);
    assert!(tested.status.success() && told.contains("1 passed, 0 failed"), "{told}");
    let mut check = Command::new(env!("CARGO_BIN_EXE_eventflow"));
    let checked = check.args(["check", "--deny", "warnings"]).current_dir(&project).status();
    assert!(checked.expect("the command runs").success());
}

/// Runs Cargo as it is, without the network; what is built stays for the next time.
fn cargo(project: &Path, command: &str) -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-project");
    let output = Command::new(env!("CARGO"))
        .args([command, "--offline"])
        .env("CARGO_TARGET_DIR", target)
        .current_dir(project)
        .output()
        .expect("cargo runs");
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    said
}
