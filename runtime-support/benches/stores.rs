//! Commits a second: memory and SQLite, one caller and 64, next to bare rusqlite that writes the same record.
//!
//! `cargo bench -p eventflow --features sqlite,test-kit --bench stores`

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use eventflow::store::conformance::block_on;
use eventflow::store::{Commit, Expected, MemoryStore, SqliteOptions, Store, Version, WorkerId, Write};
use eventflow::{InstanceId, MessageId, RequestKey, SystemClock};

const TIME: Duration = Duration::from_secs(2);

/// About what a turn of a small machine leaves.
fn record(number: u64) -> String {
    format!(
        r#"{{"v":1,"seq":{number},"type":":checkout","at":1795435200000000,"flow":"0123456789abcdef","msg":"xp65ntw5df3xejs74ish46qnii","from":{{"actor":"customer","subject":"ada"}},"conv":"bjbvrl4g7z45aju2rxum6t7egu","data":{{"total":"1200.5","email":"ada@example.com"}},"state":["awaiting_payment"],"set":{{"total":"1200.5","email":"ada@example.com"}}}}"#
    )
}

fn commit(caller: usize, number: u64, before: Version) -> Commit {
    let key = format!("{caller}/{number}");
    let request = RequestKey { actor: "customer", subject: "ada", method: "POST", route: "/order", key: &key };
    let id = InstanceId::parse("order", &format!("order-{caller}")).expect("a valid id");
    let expected = if before.n == 0 { Expected::Absent } else { Expected::At(before) };
    let state = "awaiting_payment".to_owned();
    Commit {
        command: MessageId::of_request(&request),
        writes: vec![Write { id, expected, records: vec![record(number)], state, snapshot: None }],
        outgoing: Vec::new(),
        cancelled: Vec::new(),
        links: Vec::new(),
        names: Vec::new(),
        outcome: "{}".to_owned(),
        settle: None,
        worker: WorkerId(caller.to_string()),
        lease: Duration::from_secs(30),
    }
}

/// Every caller commits to an instance of its own, as fast as it is answered.
fn measure(store: &dyn Store, callers: usize) -> f64 {
    let start = Instant::now();
    let commits: u64 = std::thread::scope(|scope| {
        let run = |caller| {
            let mut before = Version::default();
            while start.elapsed() < TIME {
                let committed =
                    block_on(store.commit(&commit(caller, before.n + 1, before))).expect("nobody conflicts");
                before = committed.versions[0];
            }
            before.n
        };
        let threads: Vec<_> = (0..callers).map(|caller| scope.spawn(move || run(caller))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no caller fails")).sum()
    });
    commits as f64 / start.elapsed().as_secs_f64()
}

/// The least that SQLite can do with the same record: one insert a transaction.
fn measure_bare(path: &Path) -> f64 {
    let connection = rusqlite::Connection::open(path).expect("a new file");
    connection.pragma_update(None, "journal_mode", "wal").expect("a local file");
    connection.pragma_update(None, "synchronous", "full").expect("it is a setting");
    connection.execute_batch("CREATE TABLE records (seq INTEGER PRIMARY KEY, record TEXT)").expect("a table");
    let start = Instant::now();
    let mut number = 0;
    while start.elapsed() < TIME {
        number += 1;
        let mut insert = connection.prepare_cached("INSERT INTO records (record) VALUES (?1)").expect("a statement");
        insert.execute([record(number)]).expect("nothing is in the way");
    }
    number as f64 / start.elapsed().as_secs_f64()
}

fn main() {
    let folder = tempfile::tempdir_in(".").expect("a folder on a disk");
    let mut out = std::io::stdout().lock();
    let mut say = |what: &str, per_second: f64| {
        writeln!(out, "{what:<32}{per_second:>12.0} commits a second").expect("somebody reads");
    };
    say("bare rusqlite, full", measure_bare(&folder.path().join("bare.db")));
    for callers in [1, 64] {
        let memory = MemoryStore::new(Arc::new(SystemClock));
        say(&format!("memory, {callers} caller(s)"), measure(&memory, callers));
        let path = folder.path().join(format!("{callers}.db"));
        let sqlite = SqliteOptions::new(path).open(Arc::new(SystemClock)).expect("a new file");
        say(&format!("sqlite, full, {callers} caller(s)"), measure(&sqlite, callers));
    }
}
