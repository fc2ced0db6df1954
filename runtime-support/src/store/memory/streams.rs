//! The records of all instances, and what can be asked about them.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::ids::InstanceId;
use crate::store::{Expected, Listing, Loaded, Position, Stored, Version, Write};

#[derive(Default)]
pub(super) struct Streams {
    streams: BTreeMap<InstanceId, Stream>,
    /// Every record in commit order: its commit, its instance and its number there.
    log: Vec<(Position, InstanceId, u64)>,
}

#[derive(Default)]
struct Stream {
    records: Vec<String>,
    /// The states that it was in, each with the commit since which it was.
    states: Vec<(Position, String)>,
    /// The newest snapshot, and how many records it stands for.
    snapshot: Option<(u64, String)>,
}

/// The token is not needed where the number of records is compared under a lock.
const fn version(n: u64) -> Version {
    Version { n, token: n }
}

impl Streams {
    /// The instance of the first write that does not find what it expects.
    pub(super) fn conflict<'a>(&self, writes: &'a [Write]) -> Option<&'a InstanceId> {
        let mut staged: BTreeMap<&InstanceId, u64> = BTreeMap::new();
        for write in writes {
            let records = staged.entry(&write.id).or_insert_with(|| self.length(&write.id));
            let as_expected = match write.expected {
                Expected::Absent => *records == 0,
                Expected::At(expected) => expected.n == *records && *records > 0,
            };
            if !as_expected {
                return Some(&write.id);
            }
            *records += write.records.len() as u64;
        }
        None
    }

    pub(super) fn append(&mut self, writes: &[Write], position: Position) -> Vec<Version> {
        writes.iter().map(|write| self.append_one(write, position)).collect()
    }

    fn append_one(&mut self, write: &Write, position: Position) -> Version {
        let stream = self.streams.entry(write.id.clone()).or_default();
        for record in &write.records {
            stream.records.push(record.clone());
            self.log.push((position, write.id.clone(), stream.records.len() as u64));
        }
        if stream.states.last().is_none_or(|(_, state)| *state != write.state) {
            stream.states.push((position, write.state.clone()));
        }
        let length = stream.records.len() as u64;
        if let Some(snapshot) = &write.snapshot {
            stream.snapshot = Some((length, snapshot.clone()));
        }
        version(length)
    }

    fn length(&self, id: &InstanceId) -> u64 {
        self.streams.get(id).map_or(0, |stream| stream.records.len() as u64)
    }

    pub(super) fn load(&self, id: &InstanceId, up_to: Option<u64>) -> Loaded {
        let Some(stream) = self.streams.get(id) else { return Loaded::default() };
        let length = stream.records.len() as u64;
        let end = up_to.map_or(length, |up_to| up_to.min(length));
        let (start, snapshot) = match (&stream.snapshot, up_to) {
            (Some((records, snapshot)), None) => (*records, Some(snapshot.clone())),
            (Some(_), Some(_)) | (None, _) => (0, None),
        };
        Loaded { version: version(end), snapshot, records: stream.records[start as usize..end as usize].to_vec() }
    }

    pub(super) fn tail(&self, after: Position, max: usize) -> (Vec<Stored>, Position) {
        let start = self.log.partition_point(|(position, ..)| *position <= after);
        let mut found: Vec<Stored> = Vec::new();
        for (position, id, seq) in &self.log[start..] {
            if found.len() >= max && found.last().is_none_or(|last| last.position != *position) {
                break;
            }
            let record = self.streams.get(id).and_then(|stream| stream.records.get(*seq as usize - 1));
            found.extend(record.map(|record| Stored {
                position: *position,
                id: id.clone(),
                seq: *seq,
                record: record.clone(),
            }));
        }
        let last = found.last().map_or(after, |last| last.position);
        (found, last)
    }

    pub(super) fn list(&self, listing: &Listing<'_>) -> Vec<InstanceId> {
        let start = listing.after.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.streams.range::<InstanceId, _>((start, Bound::Unbounded));
        let of_machine = behind.filter(|(id, _)| id.machine() == listing.machine);
        let asked_for = |stream: &Stream| {
            let state = stream.state_at(listing.as_of);
            state.is_some_and(|state| listing.states.is_empty() || listing.states.iter().any(|asked| asked == state))
        };
        of_machine.filter(|(_, stream)| asked_for(stream)).take(listing.max).map(|(id, _)| id.clone()).collect()
    }
}

impl Stream {
    /// The state as of a commit; none if the instance is younger.
    fn state_at(&self, as_of: Option<Position>) -> Option<&str> {
        let then = |position: Position| as_of.is_none_or(|as_of| position <= as_of);
        self.states.iter().rev().find(|(position, _)| then(*position)).map(|(_, state)| state.as_str())
    }
}
