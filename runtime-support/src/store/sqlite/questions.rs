//! Everything that only reads.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::codec::Encoder;
use crate::ids::{ConversationId, InstanceId, InvalidId, MessageId};
use crate::store::{DeadLetter, Listing, Loaded, Position, Stored, Version};
use crate::timestamp::Timestamp;

/// An id that somebody else wrote into the file is an error, not a panic.
fn invalid(column: usize) -> impl Fn(InvalidId) -> rusqlite::Error {
    move |error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

fn instance_id(machine: &str, key: &str) -> rusqlite::Result<InstanceId> {
    InstanceId::parse(machine, key).map_err(invalid(0))
}

fn position(micros: i64) -> Position {
    Position(micros.cast_unsigned())
}

pub(super) fn load(connection: &Connection, id: &InstanceId, up_to: Option<u64>) -> rusqlite::Result<Loaded> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached("SELECT instance, records FROM instances WHERE machine = ?1 AND key = ?2")?
        .query_row(params![id.machine(), id.key()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((instance, length)) = found else { return Ok(Loaded::default()) };
    let end = up_to.map_or(length, |up_to| i64::try_from(up_to).map_or(length, |up_to| up_to.min(length)));
    let snapshot: Option<(i64, String)> = match up_to {
        None => connection
            .prepare_cached("SELECT records, snapshot FROM snapshots WHERE instance = ?1")?
            .query_row([instance], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?,
        Some(_) => None,
    };
    let (start, snapshot) = snapshot.map_or((0, None), |(records, snapshot)| (records, Some(snapshot)));
    let records = connection
        .prepare_cached("SELECT record FROM records WHERE instance = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq")?
        .query_map(params![instance, start, end], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let n = end.unsigned_abs();
    Ok(Loaded { version: Version { n, token: n }, snapshot, records })
}

pub(super) fn outcome(connection: &Connection, command: &MessageId) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT outcome FROM commands WHERE command = ?1")?
        .query_row([command.as_bytes()], |row| row.get(0))
        .optional()
}

pub(super) fn resolve(
    connection: &Connection,
    conversation: &ConversationId,
    machine: &str,
) -> rusqlite::Result<Vec<InstanceId>> {
    let mut find =
        connection.prepare_cached("SELECT key FROM links WHERE conversation = ?1 AND machine = ?2 ORDER BY key")?;
    let keys = find.query_map(params![conversation.as_str(), machine], |row| row.get::<_, String>(0))?;
    keys.map(|key| instance_id(machine, &key?)).collect()
}

pub(super) fn resolve_name(connection: &Connection, machine: &str, name: &str) -> rusqlite::Result<Option<InstanceId>> {
    let key: Option<String> = connection
        .prepare_cached("SELECT key FROM names WHERE machine = ?1 AND name = ?2")?
        .query_row(params![machine, name], |row| row.get(0))
        .optional()?;
    key.map(|key| instance_id(machine, &key)).transpose()
}

pub(super) fn next_due(connection: &Connection, now: Timestamp) -> rusqlite::Result<Option<Timestamp>> {
    let next: Option<i64> = connection
        .prepare_cached("SELECT min(available) FROM messages WHERE first = 1 AND ready = 0 AND available > ?1")?
        .query_row([now.as_micros()], |row| row.get(0))?;
    Ok(next.and_then(Timestamp::from_micros))
}

pub(super) fn tail(connection: &Connection, after: Position, max: usize) -> rusqlite::Result<(Vec<Stored>, Position)> {
    let mut find = connection.prepare_cached(
        "SELECT records.position, machine, key, seq, record FROM records JOIN instances USING (instance)
         WHERE records.position > ?1 ORDER BY records.position, place",
    )?;
    let mut rows = find.query([i64::try_from(after.0).unwrap_or(i64::MAX)])?;
    let mut found: Vec<Stored> = Vec::new();
    while let Some(row) = rows.next()? {
        let stored = stored(row)?;
        if found.len() >= max && found.last().is_none_or(|last| last.position != stored.position) {
            break;
        }
        found.push(stored);
    }
    let last = found.last().map_or(after, |last| last.position);
    Ok((found, last))
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let (machine, key): (String, String) = (row.get(1)?, row.get(2)?);
    let seq = row.get::<_, i64>(3)?.unsigned_abs();
    Ok(Stored { position: position(row.get(0)?), id: instance_id(&machine, &key)?, seq, record: row.get(4)? })
}

/// A [`Listing`] that can be sent to another thread.
pub(super) struct InstanceQuery {
    machine: String,
    states: Vec<String>,
    as_of: i64,
    after: String,
    max: i64,
}

impl From<Listing<'_>> for InstanceQuery {
    fn from(listing: Listing<'_>) -> InstanceQuery {
        InstanceQuery {
            machine: listing.machine.to_owned(),
            states: listing.states.to_vec(),
            as_of: listing.as_of.map_or(i64::MAX, |as_of| i64::try_from(as_of.0).unwrap_or(i64::MAX)),
            // No key is empty, so that all of them stand behind the empty text.
            after: listing.after.map_or_else(String::new, |after| after.key().to_owned()),
            max: i64::try_from(listing.max).unwrap_or(i64::MAX),
        }
    }
}

impl InstanceQuery {
    pub(super) fn run(&self, connection: &Connection) -> rusqlite::Result<Vec<InstanceId>> {
        let InstanceQuery { machine, states, as_of, after, max } = self;
        let mut find = connection.prepare_cached(
            "SELECT key FROM instances WHERE machine = ?1 AND key > ?2 AND (
                SELECT ?3 OR state IN (SELECT value FROM json_each(?4)) FROM states
                WHERE states.instance = instances.instance AND position <= ?5 ORDER BY position DESC LIMIT 1
             ) ORDER BY key LIMIT ?6",
        )?;
        let parameters = params![machine, after, states.is_empty(), Encoder::encode(states), as_of, max];
        let keys = find.query_map(parameters, |row| row.get::<_, String>(0))?;
        keys.map(|key| instance_id(machine, &key?)).collect()
    }
}

pub(super) fn dead_letters(
    connection: &Connection,
    after: Option<MessageId>,
    max: usize,
) -> rusqlite::Result<Vec<DeadLetter>> {
    connection
        .prepare_cached(
            "SELECT id, queue, body, failures, reason, at FROM dead
             WHERE place > coalesce((SELECT place FROM dead WHERE id = ?1), 0) ORDER BY place LIMIT ?2",
        )?
        .query_map(params![after.map(|id| *id.as_bytes()), i64::try_from(max).unwrap_or(i64::MAX)], letter)?
        .collect()
}

pub(super) fn dead_letter(connection: &Connection, id: &MessageId) -> rusqlite::Result<Option<DeadLetter>> {
    connection
        .prepare_cached("SELECT id, queue, body, failures, reason, at FROM dead WHERE id = ?1")?
        .query_row([id.as_bytes()], letter)
        .optional()
}

fn letter(row: &Row<'_>) -> rusqlite::Result<DeadLetter> {
    Ok(DeadLetter {
        id: MessageId::from_bytes(row.get(0)?),
        queue: row.get(1)?,
        body: row.get(2)?,
        failures: row.get(3)?,
        reason: row.get(4)?,
        at: Timestamp::from_micros(row.get(5)?).unwrap_or_default(),
    })
}
