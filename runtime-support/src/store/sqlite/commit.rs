//! A commit, step by step, within a savepoint: whatever refuses it undoes all of it.

use rusqlite::{Connection, OptionalExtension, params};

use super::messages;
use crate::ids::InstanceId;
use crate::store::{Commit, CommitError, Committed, Expected, Lease, Link, Name, Position, Version, Write};
use crate::timestamp::Timestamp;

pub(super) fn commit(connection: &Connection, commit: &Commit, now: Timestamp) -> Result<Committed, CommitError> {
    if let Some(lease) = &commit.settle
        && !messages::holds(connection, lease)?
    {
        return Err(CommitError::LeaseLost);
    }
    let position = record_command(connection, commit, now)?;
    let mut versions = Vec::with_capacity(commit.writes.len());
    for write in &commit.writes {
        versions.push(append(connection, write, position)?);
    }
    for link in &commit.links {
        add_link(connection, link)?;
    }
    for name in &commit.names {
        add_name(connection, name)?;
    }
    if let Some(lease) = &commit.settle {
        messages::remove(connection, &lease.message)?;
    }
    for message in &commit.cancelled {
        messages::remove(connection, message)?;
        messages::purge_dead(connection, message)?;
    }
    let held = enqueue(connection, commit, position, now)?;
    Ok(Committed { versions, position: Position(position.unsigned_abs()), held })
}

/// Takes the next position for the command, unless it was carried out before.
fn record_command(connection: &Connection, commit: &Commit, now: Timestamp) -> Result<i64, CommitError> {
    let left_record = commit.writes.iter().any(|write| !write.records.is_empty());
    let inserted = connection
        .prepare_cached(
            "INSERT INTO commands (command, outcome, at, left_record) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        )?
        .execute(params![commit.command.as_bytes(), commit.outcome, now.as_micros(), left_record])?;
    if inserted == 1 {
        return Ok(connection.last_insert_rowid());
    }
    let outcome = connection
        .prepare_cached("SELECT outcome FROM commands WHERE command = ?1")?
        .query_row([commit.command.as_bytes()], |row| row.get(0))?;
    Err(CommitError::AlreadyDone { outcome })
}

fn conflict(id: &InstanceId) -> CommitError {
    CommitError::Conflict { id: id.clone() }
}

fn append(connection: &Connection, write: &Write, position: i64) -> Result<Version, CommitError> {
    let added = i64::try_from(write.records.len()).unwrap_or(i64::MAX);
    let (instance, before) = match write.expected {
        Expected::Absent => (create(connection, &write.id, added)?, 0),
        Expected::At(version) => advance(connection, &write.id, version, added)?,
    };
    for (record, seq) in write.records.iter().zip(before + 1..) {
        connection
            .prepare_cached("INSERT INTO records (instance, seq, position, record) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![instance, seq, position, record])?;
    }
    // Only changes of the state are kept, so that most commits write nothing here.
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO states (instance, position, state) SELECT ?1, ?2, ?3 WHERE ?3 IS NOT
             (SELECT state FROM states WHERE instance = ?1 ORDER BY position DESC LIMIT 1)",
        )?
        .execute(params![instance, position, write.state])?;
    let records = before + added;
    if let Some(snapshot) = &write.snapshot {
        connection
            .prepare_cached("INSERT OR REPLACE INTO snapshots (instance, records, snapshot) VALUES (?1, ?2, ?3)")?
            .execute(params![instance, records, snapshot])?;
    }
    let n = records.unsigned_abs();
    Ok(Version { n, token: n })
}

fn create(connection: &Connection, id: &InstanceId, records: i64) -> Result<i64, CommitError> {
    let inserted = connection
        .prepare_cached("INSERT INTO instances (machine, key, records) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![id.machine(), id.key(), records])?;
    if inserted == 1 { Ok(connection.last_insert_rowid()) } else { Err(conflict(id)) }
}

/// The instance's number and how many records it had.
fn advance(connection: &Connection, id: &InstanceId, version: Version, by: i64) -> Result<(i64, i64), CommitError> {
    let before = i64::try_from(version.n).map_err(|_| conflict(id))?;
    let instance = connection
        .prepare_cached(
            "UPDATE instances SET records = records + ?4 WHERE machine = ?1 AND key = ?2 AND records = ?3
             RETURNING instance",
        )?
        .query_row(params![id.machine(), id.key(), before, by], |row| row.get(0))
        .optional()?;
    instance.map(|instance| (instance, before)).ok_or_else(|| conflict(id))
}

fn add_link(connection: &Connection, link: &Link) -> Result<(), CommitError> {
    let Link { conversation, instance, none_yet } = link;
    if *none_yet {
        let other = connection
            .prepare_cached("SELECT 1 FROM links WHERE conversation = ?1 AND machine = ?2 AND key <> ?3 LIMIT 1")?
            .exists(params![conversation.as_str(), instance.machine(), instance.key()])?;
        if other {
            return Err(conflict(instance));
        }
    }
    connection
        .prepare_cached("INSERT INTO links (conversation, machine, key) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![conversation.as_str(), instance.machine(), instance.key()])?;
    Ok(())
}

fn add_name(connection: &Connection, name: &Name) -> Result<(), CommitError> {
    let Name { instance, name } = name;
    connection
        .prepare_cached("INSERT INTO names (machine, name, key) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![instance.machine(), name, instance.key()])?;
    let holder: String = connection
        .prepare_cached("SELECT key FROM names WHERE machine = ?1 AND name = ?2")?
        .query_row(params![instance.machine(), name], |row| row.get(0))?;
    if holder == instance.key() { Ok(()) } else { Err(conflict(instance)) }
}

/// Keeps the messages, and leases those on hold whose lanes the committing worker has to itself.
fn enqueue(connection: &Connection, commit: &Commit, position: i64, now: Timestamp) -> rusqlite::Result<Vec<Lease>> {
    let until = now.saturating_add(commit.lease.into());
    let mut leases = Vec::new();
    for outgoing in &commit.outgoing {
        let lane = messages::lane_of(connection, outgoing)?;
        let held = outgoing.hold && messages::has_to_itself(connection, &commit.worker, lane)?;
        let lease = held.then_some((&commit.worker, until));
        match messages::insert(connection, outgoing, lane, position, lease)? {
            messages::Inserted::Leased(lease) => leases.push(lease),
            messages::Inserted::Waiting => {}
        }
    }
    Ok(leases)
}

/// Forgets the outcomes of commands that left no record and whose message is not open.
pub(super) fn prune(connection: &Connection, older_than: Timestamp) -> rusqlite::Result<u64> {
    let forgotten = connection
        .prepare_cached(
            "DELETE FROM commands WHERE left_record = 0 AND at < ?1
             AND command NOT IN (SELECT id FROM messages) AND command NOT IN (SELECT id FROM dead)",
        )?
        .execute([older_than.as_micros()])?;
    Ok(forgotten as u64)
}
