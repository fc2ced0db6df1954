//! The open messages and the dead letters.

use rusqlite::{Connection, OptionalExtension, params};

use crate::codec::Encoder;
use crate::description::Priority;
use crate::ids::MessageId;
use crate::store::{Delivery, Lease, Outgoing, Position, Settlement, WorkerId};
use crate::timestamp::Timestamp;

/// What became of a message that was to be kept.
pub(super) enum Inserted {
    /// It waits in its queue, or was there before.
    Waiting,
    /// It is leased to its sender.
    Leased(Lease),
}

const fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Critical => 0,
        Priority::High => 1,
        Priority::Normal => 2,
        Priority::Low => 3,
        Priority::Bulk => 4,
    }
}

/// Whether the lease is the last one that was given for its message.
pub(super) fn holds(connection: &Connection, lease: &Lease) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM messages WHERE id = ?1 AND worker = ?2 AND fence = ?3")?.exists(params![
        lease.message.as_bytes(),
        lease.worker.0,
        lease.fence.cast_signed()
    ])
}

/// The lane that a message joins.
pub(super) fn lane_of<'a>(connection: &Connection, outgoing: &'a Outgoing) -> rusqlite::Result<Option<&'a str>> {
    if let Some(behind) = &outgoing.behind
        && connection.prepare_cached("SELECT 1 FROM messages WHERE lane = ?1 LIMIT 1")?.exists([behind])?
    {
        return Ok(Some(behind));
    }
    Ok(outgoing.lane.as_deref())
}

/// A number that no lease has had.
fn next_fence(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached("UPDATE fences SET last = last + 1 RETURNING last")?.query_row([], |row| row.get(0))
}

/// Whether all open messages of a lane are leased to the worker; without a lane, nobody is in the way.
pub(super) fn has_to_itself(connection: &Connection, worker: &WorkerId, lane: Option<&str>) -> rusqlite::Result<bool> {
    let others = connection
        .prepare_cached("SELECT 1 FROM messages WHERE lane = ?1 AND worker IS NOT ?2 LIMIT 1")?
        .exists(params![lane, worker.0])?;
    Ok(!others)
}

pub(super) fn insert(
    connection: &Connection,
    outgoing: &Outgoing,
    lane: Option<&str>,
    position: i64,
    lease: Option<(&WorkerId, Timestamp)>,
) -> rusqlite::Result<Inserted> {
    let Outgoing { id, queue, priority, due, lane: _, behind: _, body, hold: _ } = outgoing;
    let available = lease.map(|(_, until)| until).or(*due).unwrap_or(Timestamp::MIN).as_micros();
    let at_once = lease.is_none() && due.is_none();
    let fence = lease.map(|_| next_fence(connection)).transpose()?;
    let inserted = connection
        .prepare_cached(
            "INSERT INTO messages
                (id, queue, priority, lane, body, position, failures, first, ready, available, worker, fence)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, 0, lane_is_free, lane_is_free AND ?7, ?8, ?9, ?10
             FROM (SELECT NOT EXISTS (SELECT 1 FROM messages WHERE lane = ?4) AS lane_is_free)
             WHERE NOT EXISTS (SELECT 1 FROM dead WHERE id = ?1)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            id.as_bytes(),
            queue,
            rank(*priority),
            lane,
            body,
            position,
            at_once,
            available,
            lease.map(|(worker, _)| &worker.0),
            fence
        ])?;
    Ok(match (lease, fence) {
        (Some((worker, _)), Some(fence)) if inserted == 1 => {
            Inserted::Leased(Lease { message: *id, worker: worker.clone(), fence: fence.cast_unsigned() })
        }
        (Some(_) | None, Some(_) | None) => Inserted::Waiting,
    })
}

/// Removes a message; the one behind it in its lane is then the first.
pub(super) fn remove(connection: &Connection, id: &MessageId) -> rusqlite::Result<()> {
    let lane: Option<Option<String>> = connection
        .prepare_cached("DELETE FROM messages WHERE id = ?1 RETURNING lane")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?;
    if let Some(Some(lane)) = lane {
        connection
            .prepare_cached(
                "UPDATE messages SET first = 1 WHERE place = (SELECT min(place) FROM messages WHERE lane = ?1)",
            )?
            .execute([lane])?;
    }
    Ok(())
}

pub(super) fn take(
    connection: &Connection,
    worker: &WorkerId,
    queues: &[String],
    max: usize,
    (now, until): (Timestamp, Timestamp),
) -> rusqlite::Result<Vec<Delivery>> {
    connection
        .prepare_cached("UPDATE messages SET ready = 1 WHERE first = 1 AND ready = 0 AND available <= ?1")?
        .execute([now.as_micros()])?;
    let mut find = connection.prepare_cached(
        "SELECT place FROM messages WHERE ready = 1
         AND (?1 OR queue IN (SELECT value FROM json_each(?2))) ORDER BY priority, place LIMIT ?3",
    )?;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let places: Vec<i64> = find
        .query_map(params![queues.is_empty(), Encoder::encode(&queues), max], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    places.into_iter().map(|place| lease(connection, place, worker, until)).collect()
}

/// Leases one message. If it was leased before, that lease ran out, which counts as a failure.
fn lease(connection: &Connection, place: i64, worker: &WorkerId, until: Timestamp) -> rusqlite::Result<Delivery> {
    let fence = next_fence(connection)?;
    connection
        .prepare_cached(
            "UPDATE messages SET failures = failures + (worker IS NOT NULL), ready = 0, available = ?2, worker = ?3,
                fence = ?4
             WHERE place = ?1 RETURNING id, body, failures, position",
        )?
        .query_row(params![place, until.as_micros(), worker.0, fence], |row| {
            let message = MessageId::from_bytes(row.get(0)?);
            let lease = Lease { message, worker: worker.clone(), fence: fence.cast_unsigned() };
            let position = Position(row.get::<_, i64>(3)?.cast_unsigned());
            Ok(Delivery { lease, body: row.get(1)?, failures: row.get(2)?, position })
        })
}

pub(super) fn renew(connection: &Connection, lease: &Lease, until: Timestamp) -> rusqlite::Result<bool> {
    let renewed = connection
        .prepare_cached("UPDATE messages SET ready = 0, available = ?4 WHERE id = ?1 AND worker = ?2 AND fence = ?3")?
        .execute(params![lease.message.as_bytes(), lease.worker.0, lease.fence.cast_signed(), until.as_micros()])?;
    Ok(renewed == 1)
}

pub(super) fn settle(
    connection: &Connection,
    lease: &Lease,
    settlement: &Settlement,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    if !holds(connection, lease)? {
        return Ok(false);
    }
    match settlement {
        Settlement::Done => remove(connection, &lease.message)?,
        Settlement::Retry { after } => give_back(connection, lease, 1, now.saturating_add((*after).into()))?,
        Settlement::Release => give_back(connection, lease, 0, Timestamp::MIN)?,
        Settlement::Dead { reason } => bury(connection, &lease.message, reason, now)?,
    }
    Ok(true)
}

fn give_back(connection: &Connection, lease: &Lease, failed: i64, available: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE messages SET worker = NULL, ready = 0, failures = failures + ?2, available = ?3 WHERE id = ?1",
        )?
        .execute(params![lease.message.as_bytes(), failed, available.as_micros()])?;
    Ok(())
}

fn bury(connection: &Connection, id: &MessageId, reason: &str, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO dead (id, queue, priority, lane, body, position, failures, reason, at)
             SELECT id, queue, priority, lane, body, position, failures + 1, ?2, ?3 FROM messages WHERE id = ?1",
        )?
        .execute(params![id.as_bytes(), reason, now.as_micros()])?;
    remove(connection, id)
}

pub(super) fn retry_dead(connection: &Connection, id: &MessageId) -> rusqlite::Result<bool> {
    let again = connection
        .prepare_cached(
            "INSERT INTO messages
                (id, queue, priority, lane, body, position, failures, first, ready, available, worker, fence)
             SELECT id, queue, priority, lane, body, position, 0,
                NOT EXISTS (SELECT 1 FROM messages WHERE messages.lane = dead.lane), 0, ?2, NULL, NULL
             FROM dead WHERE id = ?1",
        )?
        .execute(params![id.as_bytes(), Timestamp::MIN.as_micros()])?;
    if again == 1 {
        purge_dead(connection, id)?;
    }
    Ok(again == 1)
}

pub(super) fn purge_dead(connection: &Connection, id: &MessageId) -> rusqlite::Result<bool> {
    let purged = connection.prepare_cached("DELETE FROM dead WHERE id = ?1")?.execute([id.as_bytes()])?;
    Ok(purged == 1)
}
