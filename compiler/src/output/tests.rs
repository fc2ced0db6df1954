//! Tests with a disk in memory that can run full, and with the real one.

use super::*;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A disk in memory with room for some bytes more.
struct Small {
    files: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    room: usize,
    fixed: Option<PathBuf>,
}

impl Small {
    fn with_room(room: usize) -> Self {
        Self { files: RefCell::default(), room, fixed: None }
    }

    fn put(&self, path: &str, text: &str) {
        self.files.borrow_mut().insert(PathBuf::from(path), text.as_bytes().to_vec());
    }

    fn texts(&self) -> Vec<(String, String)> {
        let files = self.files.borrow();
        let text = |content: &Vec<u8>| String::from_utf8_lossy(content).into_owned();
        files.iter().map(|(path, content)| (path.display().to_string(), text(content))).collect()
    }
}

impl FileSystem for Small {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        Ok(self.files.borrow().get(path).cloned())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let files = self.files.borrow();
        let inside = files.keys().filter(|path| path.parent() == Some(folder));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect())
    }

    fn create_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let used: usize = self.files.borrow().values().map(Vec::len).sum();
        let fits = self.room.saturating_sub(used).min(content.len());
        self.files.borrow_mut().insert(path.to_path_buf(), content[..fits].to_vec());
        if fits < content.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn share_like(&self, path: &Path, other: &Path) -> io::Result<()> {
        let files = self.files.borrow();
        let there = files.contains_key(path) && files.contains_key(other);
        if there { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.fixed.as_deref() == Some(to) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let content = self.files.borrow_mut().remove(from).ok_or(io::ErrorKind::NotFound)?;
        self.files.borrow_mut().insert(to.to_path_buf(), content);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.files.borrow_mut().remove(path).map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn file(path: &str, body: &str) -> OutputFile {
    OutputFile { path: PathBuf::from(path), text: format!("// {MARK}.\n{body}\n") }
}

fn paths(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.display().to_string()).collect()
}

#[test]
fn only_what_changed_is_written() {
    let disk = Small::with_room(1000);
    let before = [file("src/a.rs", "one"), file("src/b.rs", "two")];
    assert_eq!(paths(&write(&before, Path::new("out"), &disk).unwrap().changed), ["src/a.rs", "src/b.rs"]);
    let after = [file("src/a.rs", "one"), file("src/b.rs", "three")];
    let written = write(&after, Path::new("out"), &disk).unwrap();
    assert_eq!(paths(&written.changed), ["src/b.rs"]);
    assert_eq!(paths(&written.unchanged), ["src/a.rs"]);
    assert_eq!(disk.texts().len(), 2, "no temporary file is left");
}

#[test]
fn a_disk_that_runs_full_half_way_changes_nothing() {
    let old = [file("src/a.rs", "one"), file("src/b.rs", "two")];
    let new = [file("src/a.rs", "ONE"), file("src/b.rs", "a text that is longer than what fits")];
    let room_for_all = {
        let disk = Small::with_room(10_000);
        write(&old, Path::new("out"), &disk).unwrap();
        write(&new, Path::new("out"), &disk).unwrap();
        disk.texts()
    };
    for room in 0..300 {
        let disk = Small::with_room(room);
        for file in &old {
            disk.put(&format!("out/{}", file.path.display()), &file.text);
        }
        let before = disk.texts();
        match write(&new, Path::new("out"), &disk) {
            Ok(_) => assert_eq!(disk.texts(), room_for_all),
            Err(OutputError::Io { doing: "write", error, .. }) => {
                assert_eq!(error.kind(), io::ErrorKind::StorageFull);
                assert_eq!(disk.texts(), before, "with room for {room} bytes");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_place_that_cannot_be_replaced_is_named_and_nothing_lies_about() {
    let disk = Small { fixed: Some(PathBuf::from("out/b.rs")), ..Small::with_room(1000) };
    let error = write(&[file("b.rs", "two"), file("c.rs", "three")], Path::new("out"), &disk).unwrap_err();
    assert!(error.to_string().starts_with("cannot write `out/b.rs`: "), "{error}");
    assert_eq!(disk.texts(), []);
}

#[test]
fn what_somebody_wrote_is_never_replaced() {
    let disk = Small::with_room(1000);
    disk.put("out/Cargo.toml", "[package]\n");
    let error = write(&[file("a.rs", "one"), file("Cargo.toml", "")], Path::new("out"), &disk).unwrap_err();
    assert!(matches!(&error, OutputError::NotGenerated { path } if path == Path::new("out/Cargo.toml")), "{error}");
    assert_eq!(disk.texts(), [("out/Cargo.toml".to_owned(), "[package]\n".to_owned())]);
}

#[test]
fn a_generated_file_that_belongs_to_nothing_goes_and_others_stay() {
    let disk = Small::with_room(1000);
    disk.put("out/src/own.rs", "//! Mine.\n");
    write(&[file("src/a.rs", "one"), file("src/b.rs", "two")], Path::new("out"), &disk).unwrap();
    let stale = compare(&[file("src/a.rs", "one")], Path::new("out"), &disk).unwrap();
    assert_eq!(stale.len(), 1);
    assert_eq!(stale[0].to_string(), "`src/b.rs` belongs to nothing in the flows");
    let written = write(&[file("src/a.rs", "one")], Path::new("out"), &disk).unwrap();
    assert_eq!(paths(&written.removed), ["src/b.rs"]);
    let left: Vec<_> = disk.texts().into_iter().map(|(path, _)| path).collect();
    assert_eq!(left, ["out/src/a.rs", "out/src/own.rs"]);
}

#[test]
fn stale_files_say_where_they_differ() {
    let disk = Small::with_room(1000);
    disk.put("out/a.rs", &file("a.rs", "same\nold").text);
    let stale = compare(&[file("a.rs", "same\nnew"), file("b.rs", "")], Path::new("out"), &disk).unwrap();
    let told: Vec<_> = stale.iter().map(Stale::to_string).collect();
    let difference = format!("`a.rs` differs\n@@ -1,3 +1,3 @@\n // {MARK}.\n same\n-old\n+new");
    assert_eq!(told, [difference.as_str(), "`b.rs` is missing"]);
    assert_eq!(disk.texts().len(), 1, "comparing writes nothing");
}

#[test]
fn one_place_is_written_once() {
    let disk = Small::with_room(1000);
    let error = write(&[file("a.rs", "one"), file("a.rs", "two")], Path::new("out"), &disk).unwrap_err();
    assert_eq!(error.to_string(), "two generated files would both be `a.rs`");
    assert_eq!(disk.texts(), []);
}

#[test]
fn the_real_disk_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("deep/out");
    let files = [file("src/a.rs", "one"), file("Cargo.toml", "two")];
    write(&files, &out, &Disk).unwrap();
    assert_eq!(compare(&files, &out, &Disk).unwrap(), []);
    assert_eq!(std::fs::read_to_string(out.join("src/a.rs")).unwrap(), files[0].text);
    write(&files[..1], &out, &Disk).unwrap();
    std::fs::create_dir(out.join("src/c.rs")).unwrap();
    let error = write(&[file("src/c.rs", "a directory is there")], &out, &Disk).unwrap_err();
    assert!(matches!(error, OutputError::Io { doing: "read", .. }), "{error}");
    let mut names = Disk.list(&out.join("src")).unwrap();
    names.sort();
    assert_eq!(names, ["a.rs", "c.rs"]);
}

#[test]
fn an_authors_file_is_overwritten_whole_or_not_at_all() {
    let disk = Small::with_room(12);
    disk.put("a.flow", "old");
    overwrite(Path::new("a.flow"), "new", &disk).unwrap();
    let error = overwrite(Path::new("a.flow"), "much too long", &disk).unwrap_err();
    assert_eq!(error.to_string(), "cannot write `a.flow`: no storage space");
    let held = Small { fixed: Some(PathBuf::from("a.flow")), ..disk };
    overwrite(Path::new("a.flow"), "newer", &held).unwrap_err();
    assert_eq!(held.texts(), [("a.flow".to_owned(), "new".to_owned())]);
}

#[cfg(unix)]
#[test]
fn an_overwritten_file_stays_where_it_lies_and_with_those_who_may_use_it() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("a.flow"), folder.path().join("b.flow"));
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.flow", &link).unwrap();
    overwrite(&link.canonicalize().unwrap(), "new", &Disk).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(link.is_symlink());
}

#[cfg(unix)]
#[test]
fn a_device_is_no_generated_file() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("a.rs")).unwrap();
    let error = Disk.read(&folder.path().join("a.rs")).unwrap_err();
    assert_eq!(error.to_string(), "it is no file");
}
