//! What makes a stamp be believed, and what does not.

use super::*;
use crate::output::write;
use tempfile::TempDir;

/// A build of two files in a folder of its own, written and noted.
struct Built {
    folder: TempDir,
    stamp: Stamp,
}

impl Built {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let built = Self { stamp: stamp(&folder, "the plan"), folder };
        let file = |path: &str| OutputFile { path: PathBuf::from(path), text: format!("// {MARK}.\n") };
        let files = [file("src/lib.rs"), file("src/order.rs")];
        write(&files, &built.out(), &Disk).expect("they can be written");
        built.stamp.note(&files);
        built
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn put(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).expect("a file can be written");
    }

    fn fresh(&self, neighbors: Neighbors) -> Option<usize> {
        self.stamp.fresh(&self.out(), neighbors)
    }
}

fn stamp(folder: &TempDir, made_from: &str) -> Stamp {
    Stamp::new(folder.path().join("target/stamp"), &[made_from]).expect("a test is a program")
}

#[test]
fn what_was_written_is_fresh_until_it_changes() {
    let built = Built::new();
    assert_eq!(built.fresh(Neighbors::Go), Some(2));
    built.put("out/src/order.rs", &format!("// {MARK}. Touched.\n"));
    assert_eq!(built.fresh(Neighbors::Go), None);
    built.put("out/src/order.rs", &format!("// {MARK}.\n"));
    assert_eq!(built.fresh(Neighbors::Go), Some(2));
    fs::remove_file(built.out().join("src/lib.rs")).expect("it is there");
    assert_eq!(built.fresh(Neighbors::Go), None);
}

#[test]
fn another_plan_is_another_build() {
    let built = Built::new();
    assert_eq!(stamp(&built.folder, "another plan").fresh(&built.out(), Neighbors::Go), None);
}

#[test]
fn a_generated_file_too_many_is_seen_where_it_would_go() {
    let built = Built::new();
    built.put("out/src/notes.rs", "// My own work.\n");
    assert_eq!(built.fresh(Neighbors::Go), Some(2));
    built.put("out/src/old.rs", &format!("// {MARK}.\n"));
    assert_eq!(built.fresh(Neighbors::Go), None);
    assert_eq!(built.fresh(Neighbors::Stay), Some(2));
}

#[test]
fn a_stamp_that_cannot_be_read_is_none() {
    let built = Built::new();
    let noted = fs::read_to_string(&built.stamp.place).expect("it was noted");
    let head = noted.lines().next().expect("a first line");
    let elsewhere = noted.replace("src/lib", "src/liberty");
    for damaged in [String::new(), head.to_owned(), format!("{head}\n"), format!("{head}\nnonsense\n"), elsewhere] {
        built.put("target/stamp", &damaged);
        assert_eq!(built.fresh(Neighbors::Go), None, "{damaged}");
    }
    built.put("target/stamp", &noted);
    assert_eq!(built.fresh(Neighbors::Go), Some(2));
}
