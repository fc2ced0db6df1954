//! The tables of a store's file, and the connections to it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::options::{SqliteOptions, Synchronous};
use crate::store::OpenError;

/// Names a file as one of ours: `EVFL` in ASCII.
const APPLICATION_ID: i64 = 0x4556_464c;
/// The version of the tables below; a change of them is a new version, and a migration from this one.
const LAYOUT: i64 = 1;
/// The statements that are kept prepared; there are fewer than that.
const STATEMENTS: usize = 64;

/// `records.place` and `messages.place` grow with every row, so that they give the order of commits and, within a
/// commit, the order written. A message is `first` if nothing is before it in its lane, and `ready` if it can be taken.
/// `fences.last` is the fence of the last lease that was given for any message, so that none is ever given again.
const TABLES: &str = "
CREATE TABLE commands (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    command BLOB NOT NULL UNIQUE,
    outcome TEXT NOT NULL,
    at INTEGER NOT NULL,
    left_record INTEGER NOT NULL
) STRICT;
CREATE TABLE instances (
    instance INTEGER PRIMARY KEY,
    machine TEXT NOT NULL,
    key TEXT NOT NULL,
    records INTEGER NOT NULL,
    UNIQUE (machine, key)
) STRICT;
CREATE TABLE records (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    instance INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    position INTEGER NOT NULL,
    record TEXT NOT NULL,
    UNIQUE (instance, seq)
) STRICT;
CREATE INDEX records_position ON records (position);
CREATE TABLE states (
    instance INTEGER NOT NULL,
    position INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (instance, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshots (
    instance INTEGER PRIMARY KEY,
    records INTEGER NOT NULL,
    snapshot TEXT NOT NULL
) STRICT;
CREATE TABLE links (
    conversation TEXT NOT NULL,
    machine TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (conversation, machine, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE names (
    machine TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (machine, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE messages (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    lane TEXT,
    body TEXT NOT NULL,
    position INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    first INTEGER NOT NULL,
    ready INTEGER NOT NULL,
    available INTEGER NOT NULL,
    worker TEXT,
    fence INTEGER
) STRICT;
CREATE INDEX messages_ready ON messages (priority, place) WHERE ready = 1;
CREATE INDEX messages_waiting ON messages (available) WHERE first = 1 AND ready = 0;
CREATE INDEX messages_lane ON messages (lane, place) WHERE lane IS NOT NULL;
CREATE TABLE fences (last INTEGER NOT NULL) STRICT;
INSERT INTO fences (last) VALUES (0);
CREATE TABLE dead (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    lane TEXT,
    body TEXT NOT NULL,
    position INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
";

/// The connection of the writer, to a file that has our tables then.
pub(super) fn open_writer(options: &SqliteOptions) -> Result<Connection, OpenError> {
    let shown = options.path().display().to_string();
    let failed = |error: rusqlite::Error| OpenError::caused(&shown, "SQLite reports", error);
    let mut connection = Connection::open(options.path()).map_err(failed)?;
    prepare(&connection, options).map_err(failed)?;
    // Before the journal's mode is set: that would write to a file that is not ours.
    create_tables(&mut connection, &shown)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0)).map_err(failed)?;
    if mode != "wal" {
        return Err(OpenError::new(&shown, "its file system cannot keep a write-ahead log"));
    }
    let synchronous = match options.synchronous() {
        Synchronous::Full => "full",
        Synchronous::Normal => "normal",
    };
    connection.pragma_update(None, "synchronous", synchronous).map_err(failed)?;
    Ok(connection)
}

/// A connection that can only read.
pub(super) fn open_reader(options: &SqliteOptions) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| OpenError::caused(&options.path().display().to_string(), "SQLite reports", error);
    let connection = Connection::open_with_flags::<&Path>(options.path(), flags).map_err(failed)?;
    prepare(&connection, options).map_err(failed)?;
    Ok(connection)
}

fn prepare(connection: &Connection, options: &SqliteOptions) -> rusqlite::Result<()> {
    connection.busy_timeout(options.busy_timeout())?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn create_tables(connection: &mut Connection, shown: &str) -> Result<(), OpenError> {
    let failed = |error: rusqlite::Error| OpenError::caused(shown, "SQLite reports", error);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let pragma = |name: &str| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failed);
    let (application, layout) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    match (application, layout, tables) {
        (APPLICATION_ID, LAYOUT, _) => return Ok(()),
        (APPLICATION_ID, other, _) => {
            let why = format!("its tables are of version {other}, and this program knows version {LAYOUT} alone");
            return Err(OpenError::new(shown, &why));
        }
        (0, 0, 0) => {}
        (..) => return Err(OpenError::new(shown, "the file belongs to another program")),
    }
    transaction.execute_batch(TABLES).map_err(failed)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    transaction.pragma_update(None, "user_version", LAYOUT).map_err(failed)?;
    transaction.commit().map_err(failed)
}
