//! The SQLite store: the contract, and what is special about files.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::path::PathBuf;

use tempfile::TempDir;

use super::*;
use crate::store::conformance::{self, Bench, block_on};
use crate::store::{OpenError, Write, open};
use crate::{ManualClock, SystemClock, duration};

struct OnDisk {
    clock: Arc<ManualClock>,
    folder: TempDir,
    files: AtomicUsize,
}

impl Bench for OnDisk {
    fn store(&self) -> Arc<dyn Store> {
        let number = self.files.fetch_add(1, Ordering::SeqCst);
        let options = SqliteOptions::new(self.folder.path().join(format!("{number}.db")));
        // Nothing here ends abruptly, so that nothing needs to wait for the disk.
        let store = options.with_synchronous(Synchronous::Normal).with_readers(2).open(self.clock.clone());
        Arc::new(store.expect("a new file"))
    }

    fn pass(&self, time: duration::Duration) {
        self.clock.advance(time);
    }
}

#[test]
fn keeps_the_contract() {
    let clock = Arc::new(ManualClock::new(Timestamp::EPOCH));
    conformance::check(&OnDisk { clock, folder: folder(), files: AtomicUsize::new(0) });
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn open_file(path: &PathBuf) -> Result<SqliteStore, OpenError> {
    SqliteOptions::new(path).open(Arc::new(SystemClock))
}

fn refusal(result: Result<SqliteStore, OpenError>) -> String {
    result.err().expect("it is refused").to_string()
}

fn creation(key: &str) -> Commit {
    let id = InstanceId::parse("order", key).expect("a valid id");
    let write = Write {
        id,
        expected: crate::store::Expected::Absent,
        records: vec!["{}".to_owned()],
        state: "open".to_owned(),
        snapshot: None,
    };
    Commit {
        command: MessageId::from_bytes([key.len() as u8; 16]),
        writes: vec![write],
        outgoing: Vec::new(),
        cancelled: Vec::new(),
        links: Vec::new(),
        names: Vec::new(),
        outcome: "done".to_owned(),
        settle: None,
        worker: WorkerId("test".to_owned()),
        lease: Duration::from_secs(1),
    }
}

#[test]
fn what_was_committed_is_there_when_the_file_is_opened_again() {
    let folder = folder();
    let path = folder.path().join("orders.db");
    let commit = creation("a");
    let store = open_file(&path).expect("a new file");
    let committed = block_on(store.commit(&commit)).expect("nothing stands against it");
    drop(store);
    let store = open(&format!("sqlite:{}", path.display()), Arc::new(SystemClock)).expect("the same file");
    let loaded = block_on(store.load(&commit.writes[0].id, None)).expect("answers");
    assert_eq!((loaded.version, loaded.records.len()), (committed.versions[0], 1));
    assert!(matches!(block_on(store.commit(&commit)), Err(CommitError::AlreadyDone { .. })));
}

#[test]
fn a_commit_counts_although_nobody_waits_for_it() {
    let folder = folder();
    let path = folder.path().join("orders.db");
    let store = open_file(&path).expect("a new file");
    drop(store.commit(&creation("a")));
    drop(store);
    let store = open_file(&path).expect("the same file");
    assert_eq!(block_on(store.outcome(&creation("a").command)).expect("answers").as_deref(), Some("done"));
}

#[test]
fn a_second_engine_is_refused_and_told_who_has_the_file() {
    let folder = folder();
    let path = folder.path().join("orders.db");
    let first = open_file(&path).expect("a new file");
    let message = refusal(open_file(&path));
    assert!(message.contains(&format!("process {} has it open", std::process::id())), "{message}");
    assert!(message.contains("orders.db"), "{message}");
    #[cfg(unix)]
    {
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        assert!(refusal(open_file(&link)).contains("has it open"));
    }
    drop(first);
    drop(open_file(&path).expect("the first one is closed"));
}

#[test]
fn any_sqlite_tool_can_read_while_the_store_is_open() {
    let folder = folder();
    let path = folder.path().join("orders.db");
    let store = open_file(&path).expect("a new file");
    block_on(store.commit(&creation("a"))).expect("nothing stands against it");
    let tool = rusqlite::Connection::open(&path).expect("a second connection");
    let records: i64 = tool.query_row("SELECT count(*) FROM records", [], |row| row.get(0)).expect("readable");
    assert_eq!(records, 1);
}

#[test]
fn files_that_are_no_store_are_left_alone() {
    let folder = folder();
    let foreign = folder.path().join("foreign.db");
    let tool = rusqlite::Connection::open(&foreign).expect("a new file");
    tool.execute_batch("CREATE TABLE theirs (x)").expect("a table");
    assert!(refusal(open_file(&foreign)).contains("belongs to another program"));
    let mode: String = tool.query_row("PRAGMA journal_mode", [], |row| row.get(0)).expect("readable");
    assert_eq!(mode, "delete", "the file was not changed");

    let newer = folder.path().join("newer.db");
    drop(open_file(&newer).expect("a new file"));
    let tool = rusqlite::Connection::open(&newer).expect("our file");
    tool.pragma_update(None, "user_version", 99).expect("writable");
    assert!(refusal(open_file(&newer)).contains("of version 99"));

    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "not a database, but long enough to be mistaken for one ".repeat(100)).expect("written");
    assert!(refusal(open_file(&text)).contains("notes.txt"));
    assert!(refusal(open_file(&folder.path().to_owned())).contains("cannot open the store"));
    assert!(refusal(open_file(&folder.path().join("no/such/folder.db"))).contains("cannot open the store"));
}

#[test]
fn a_change_by_somebody_else_is_waited_for_and_then_reported() {
    let folder = folder();
    let path = folder.path().join("orders.db");
    let options = SqliteOptions::new(&path).with_busy_timeout(Duration::from_millis(20));
    let store = options.open(Arc::new(SystemClock)).expect("a new file");
    let tool = rusqlite::Connection::open(&path).expect("a second connection");
    tool.execute_batch("BEGIN IMMEDIATE").expect("the file is free");
    let refused = block_on(store.commit(&creation("a")));
    assert!(matches!(refused, Err(CommitError::Unavailable { .. } | CommitError::Unknown)), "{refused:?}");
    assert_eq!(block_on(store.outcome(&creation("a").command)).expect("answers"), None);
    tool.execute_batch("ROLLBACK").expect("nothing was changed");
    block_on(store.commit(&creation("a"))).expect("the file is free again");
}

#[test]
fn urls_are_read_or_refused() {
    let read = |url: &str| SqliteOptions::from_url(url).map_err(|error| error.to_string());
    assert_eq!(read("sqlite:orders.db"), Ok(SqliteOptions::new("orders.db")));
    assert_eq!(read("sqlite:///tmp/orders.db"), Ok(SqliteOptions::new("/tmp/orders.db")));
    let tuned = SqliteOptions::new("orders.db").with_synchronous(Synchronous::Normal).with_readers(2);
    assert_eq!(read("sqlite:orders.db?synchronous=normal&readers=2"), Ok(tuned));
    for url in ["sqlite:", "sqlite::memory:", "sqlite:a?synchronous=off", "sqlite:a?readers=x", "sqlite:a?cache=1"] {
        assert!(read(url).is_err(), "{url}");
    }
}
