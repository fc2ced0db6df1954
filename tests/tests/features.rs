//! The runtime builds with any choice of features.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn cargo(arguments: &[&str]) {
    let output = Command::new(env!("CARGO")).current_dir(root()).args(arguments).output().expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`cargo {}` failed:\n{said}", arguments.join(" "));
    assert!(!said.contains("warning:"), "`cargo {}` warns:\n{said}", arguments.join(" "));
}

#[test]
fn the_runtime_builds_with_no_feature_each_alone_and_all() {
    cargo(&["check", "--locked", "--package", "eventflow", "--no-default-features"]);
    for feature in features() {
        cargo(&["check", "--locked", "--package", "eventflow", "--no-default-features", "--features", &feature]);
    }
    cargo(&["check", "--locked", "--package", "eventflow", "--all-features"]);
}

/// The features in the manifest of the runtime, so that a new one is tested without being named here.
fn features() -> Vec<String> {
    let manifest = std::fs::read_to_string(root().join("runtime-support/Cargo.toml")).expect("a manifest");
    let section = manifest.split("[features]").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    let names = section.lines().filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()));
    let names: Vec<_> = names.filter(|name| !name.starts_with('#') && name != "default").collect();
    assert!(names.contains(&"sqlite".to_owned()), "{names:?}");
    names
}
