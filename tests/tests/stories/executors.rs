//! Every story of this program is told by generated machines, too: they report the same, claim by claim and word by word.

use crate::told::KEEP;
use eventflow_tests::told::tell_again;
use std::process::Command;

#[test]
fn generated_machines_tell_every_story_as_interpreted_ones_do() {
    if std::env::var_os(KEEP).is_some() {
        // This is the program that a test of it started, to tell the stories.
        return;
    }
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let this = std::env::current_exe().expect("a running program has a path");
    let told = Command::new(this)
        .args(["--skip", "generated_machines_tell_every_story_as_interpreted_ones_do"])
        .env(KEEP, folder.path())
        .output()
        .expect("this program runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
    let (runs, differences) = tell_again("told_twice", folder.path()).expect("generated machines can be built and run");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(runs > 200, "only {runs} runs were kept");
}
