//! Holds the compiler to what it promises for any input, with the inputs that the fuzz targets found worth keeping, and
//! with those that once broke a promise.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eventflow_tests::front_end;

/// How long one input may take, on a busy machine and without optimization.
const PATIENCE: Duration = Duration::from_secs(20);

fn inputs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let entries = fs::read_dir(folder).expect("a readable folder");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
    found.sort();
    found
}

/// Tries all inputs of a folder, and names those that break a promise; which one, the panics say.
fn all_hold(inputs: &[PathBuf]) {
    let broken: Vec<String> =
        inputs.iter().filter(|path| !holds(path)).map(|path| path.display().to_string()).collect();
    assert!(broken.is_empty(), "promises are broken by {broken:#?}");
}

fn holds(path: &Path) -> bool {
    let input = fs::read(path).expect("a readable input");
    let began = Instant::now();
    let held = std::panic::catch_unwind(|| {
        front_end::compiles(&input);
        front_end::formats(&input);
    });
    held.is_ok() && began.elapsed() < PATIENCE
}

#[test]
fn the_corpus_of_the_fuzz_targets_breaks_no_promise() {
    let corpus = inputs("corpus");
    assert!(corpus.len() > 100, "the corpus was found");
    all_hold(&corpus);
}

#[test]
fn what_once_broke_a_promise_does_not_any_more() {
    let kept = inputs("kept");
    assert!(!kept.is_empty(), "the kept cases were found");
    all_hold(&kept);
}

#[test]
fn an_input_may_hold_several_files() {
    let files = front_end::files(b"// file: a.flow\nmachine: @a\n// file: b.flow\nmachine: @b\n");
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a.flow", "b.flow"]);
    assert_eq!(front_end::files(b"\xff").len(), 1);
}
