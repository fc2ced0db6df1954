//! A process that writes is killed: what it was told is kept is there, once, and nothing is half there.
//!
//! A kill says nothing about power cuts: the operating system still has what the process wrote. That every commit is
//! synced before it is acknowledged is shown by a trace of the system calls, where `strace` is installed:
//! `cargo test -p eventflow --features sqlite,test-kit --test sqlite_crash -- --ignored acknowledgements_follow_syncs`.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use eventflow::store::conformance::block_on;
use eventflow::store::{Commit, Expected, Outgoing, SqliteOptions, SqliteStore, Store, Version, WorkerId, Write};
use eventflow::{InstanceId, MessageId, RequestKey, SystemClock, description::Priority};

const STORE: &str = "EVENTFLOW_CRASH_TEST_STORE";
const STEPS: &str = "EVENTFLOW_CRASH_TEST_STEPS";
const WRITERS: u64 = 6;

fn open(path: &Path) -> SqliteStore {
    SqliteOptions::new(path).open(Arc::new(SystemClock)).expect("the file can be opened")
}

fn instance(machine: &str, writer: u64) -> InstanceId {
    InstanceId::parse(machine, &format!("{machine}-of-{writer}")).expect("a valid id")
}

fn command(writer: u64, number: u64) -> MessageId {
    let key = format!("{writer}/{number}");
    MessageId::of_request(&RequestKey { actor: "", subject: "", method: "", route: "", key: &key })
}

/// The `number`th step of a writer: a record for each of two instances, and a message.
fn step(writer: u64, number: u64, before: [Version; 2]) -> Commit {
    let command = command(writer, number);
    let write = |machine, version: Version| Write {
        id: instance(machine, writer),
        expected: if version.n == 0 { Expected::Absent } else { Expected::At(version) },
        records: vec![number.to_string()],
        state: "open".to_owned(),
        snapshot: None,
    };
    let message = Outgoing {
        id: MessageId::derive(command, 0),
        queue: "work".to_owned(),
        priority: Priority::Normal,
        due: None,
        lane: None,
        behind: None,
        body: format!("{writer}/{number}"),
        hold: false,
    };
    Commit {
        command,
        writes: vec![write("order", before[0]), write("payment", before[1])],
        outgoing: vec![message],
        cancelled: Vec::new(),
        links: Vec::new(),
        names: Vec::new(),
        outcome: number.to_string(),
        settle: None,
        worker: WorkerId(writer.to_string()),
        lease: Duration::from_secs(1),
    }
}

fn versions(store: &SqliteStore, writer: u64) -> [Version; 2] {
    ["order", "payment"].map(|machine| block_on(store.load(&instance(machine, writer), None)).expect("answers").version)
}

/// Not a test: the process that is killed. Each writer says what was acknowledged, and goes on for ever.
#[test]
#[ignore = "started by the tests below"]
fn writes_until_killed() {
    let path = std::env::var_os(STORE).expect("the store to write to");
    let store = open(Path::new(&path));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let store = &store;
            scope.spawn(move || write_steps(store, writer, u64::MAX));
        }
    });
}

/// Not a test: the process that is traced, a single writer of a few steps.
#[test]
#[ignore = "started by the test below"]
fn writes_some_steps() {
    let path = std::env::var_os(STORE).expect("the store to write to");
    let steps = std::env::var(STEPS).ok().and_then(|steps| steps.parse().ok()).expect("how many steps");
    write_steps(&open(Path::new(&path)), 0, steps);
}

fn write_steps(store: &SqliteStore, writer: u64, steps: u64) {
    let mut before = versions(store, writer);
    while before[0].n < steps {
        let number = before[0].n + 1;
        let committed = block_on(store.commit(&step(writer, number, before))).expect("nobody else writes");
        before = [committed.versions[0], committed.versions[1]];
        let line = format!("kept {writer} {number}\n");
        if std::io::stdout().write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

/// With one writer, nothing is written while an acknowledgement is on its way: so between what was written and the
/// acknowledgement there must be a sync, and between the sync and the acknowledgement nothing.
#[test]
#[ignore = "needs strace"]
fn acknowledgements_follow_syncs() {
    const COUNT: usize = 20;
    let folder = tempfile::tempdir().expect("a folder for the test");
    let (path, trace) = (folder.path().join("orders.db"), folder.path().join("trace"));
    let this = std::env::current_exe().expect("this test's own program");
    let output = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o"])
        .args([&trace, &this])
        .args(["--exact", "writes_some_steps", "--ignored", "--nocapture", "--quiet"])
        .env(STORE, &path)
        .env(STEPS, COUNT.to_string())
        .output()
        .expect("strace is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (mut unsynced, mut synced, mut acknowledged) = (false, false, 0);
    for line in std::fs::read_to_string(&trace).expect("the trace").lines() {
        if line.contains("-wal>") && line.contains("write") {
            unsynced = true;
        } else if line.contains("-wal>") && line.contains("sync(") {
            (unsynced, synced) = (false, true);
        } else if line.contains("\"kept 0 ") {
            assert!(synced && !unsynced, "an acknowledgement before its sync: {line}");
            synced = false;
            acknowledged += 1;
        }
    }
    assert_eq!(acknowledged, COUNT);
}

/// Starts the writers, kills them after `acknowledgements`, and adds to `kept` the last number each was told is kept.
fn write_and_kill(path: &Path, acknowledgements: usize, kept: &mut [u64]) {
    let this = std::env::current_exe().expect("this test's own program");
    let mut child = Command::new(this)
        .args(["--exact", "writes_until_killed", "--ignored", "--nocapture", "--quiet"])
        .env(STORE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program can be started again");
    let output = BufReader::new(child.stdout.take().expect("its output is piped"));
    let mut heard = 0;
    // What was said before the kill counts, also if it is read after it.
    for line in output.lines().map_while(Result::ok) {
        let Some((writer, number)) = line.rsplit_once("kept ").and_then(|(_, said)| said.split_once(' ')) else {
            continue;
        };
        // The last line may be cut off by the kill, and a cut number would be a smaller one, which is no harm.
        let (Ok(writer), Ok(number)) = (writer.parse::<usize>(), number.parse::<u64>()) else { continue };
        kept[writer] = kept[writer].max(number);
        heard += 1;
        if heard == acknowledgements {
            child.kill().expect("it runs");
        }
    }
    child.wait().expect("it was started");
    assert!(heard >= acknowledgements, "the writers ended by themselves after {heard} acknowledgements");
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("orders.db");
    let mut kept = [0; WRITERS as usize];
    for acknowledgements in [1, 40, 97, 150] {
        write_and_kill(&path, acknowledgements, &mut kept);
        let store = open(&path);
        let mut steps = Vec::new();
        for (writer, kept) in (0..WRITERS).zip(kept) {
            let [orders, payments] = versions(&store, writer);
            assert_eq!(orders.n, payments.n, "writer {writer}: both instances or none");
            assert!(orders.n == kept || orders.n == kept + 1, "writer {writer}: {} steps, {kept} kept", orders.n);
            let expected: Vec<String> = (1..=orders.n).map(|number| number.to_string()).collect();
            for machine in ["order", "payment"] {
                let loaded = block_on(store.load(&instance(machine, writer), None)).expect("answers");
                assert_eq!(loaded.records, expected, "writer {writer}: every record once");
            }
            let outcomes =
                (1..=orders.n + 1).map(|number| block_on(store.outcome(&command(writer, number))).expect("answers"));
            let known: Vec<String> = outcomes.flatten().collect();
            assert_eq!(known, expected, "writer {writer}: the outcome of every step, and of no other");
            steps.extend(expected.iter().map(|number| format!("{writer}/{number}")));
        }
        assert_eq!(
            messages(&store),
            {
                steps.sort();
                steps
            },
            "the message of every step once"
        );
    }
}

/// All messages, which are given back so that the next round finds them again.
fn messages(store: &SqliteStore) -> Vec<String> {
    let worker = WorkerId("reader".to_owned());
    let taken = block_on(store.take(&worker, &[], usize::MAX, Duration::from_secs(60))).expect("answers");
    let mut bodies = Vec::new();
    for delivery in taken {
        let released = block_on(store.settle(&delivery.lease, eventflow::store::Settlement::Release)).expect("answers");
        assert!(released, "nobody else takes messages");
        bodies.push(delivery.body);
    }
    bodies.sort();
    bodies
}
