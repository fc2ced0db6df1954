//! The same flow gives the same bytes: in twenty processes, each in a folder of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The flows of the largest example, and a flow with names of every kind.
const FOLDERS: [&str; 2] = ["examples/checkout/flows", "tests/flows"];

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

/// Generates the modules of a flow in a folder that nobody has used before; gives them by their names.
fn generated(folder: &str, root: &str) -> BTreeMap<String, String> {
    let place = tempfile::tempdir().expect("a temporary folder");
    for entry in fs::read_dir(workspace().join(folder)).expect("the flows are there") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().expect("it is a file").to_owned();
        fs::copy(&path, place.path().join(name)).expect("a flow can be copied");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_eventflow"))
        .args(["build", root, "--sources", "--out", "out"])
        .current_dir(place.path())
        .output()
        .expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut modules = BTreeMap::new();
    for entry in fs::read_dir(place.path().join("out")).expect("the modules are there") {
        let path = entry.expect("a readable entry").path();
        // Beside the modules lies the stamp of the build, in a folder of its own.
        if path.is_dir() {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a module is text");
        let here = place.path().to_string_lossy().into_owned();
        assert!(!text.contains(&here), "{} says where it was made", path.display());
        modules.insert(path.file_name().expect("it is a file").to_string_lossy().into_owned(), text);
    }
    modules
}

#[test]
fn twenty_processes_write_the_same_bytes() {
    for (folder, root) in FOLDERS.into_iter().zip(["system.flow", "names.flow"]) {
        let first = generated(folder, root);
        assert!(first.len() > 2, "{root} has modules");
        for _ in 1..20 {
            assert!(generated(folder, root) == first, "{root} was generated otherwise");
        }
    }
}
