//! Clocks and random values: the real ones, and some that a test can repeat.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::duration::Duration;
use crate::dynamic::Random;
use crate::runtime::{Clock, Ids};
use crate::timestamp::Timestamp;

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        std::time::SystemTime::now().into()
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> ManualClock {
        ManualClock(AtomicI64::new(now.as_micros()))
    }

    /// Moves the clock by `span`, and to the last point in time at most.
    pub fn advance(&self, span: Duration) {
        let moved = |micros| Timestamp::from_micros(micros).map(|now| now.saturating_add(span).as_micros());
        // The clock always stands at a valid time, so that the update is never refused.
        let _ = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }

    /// Moves the clock to `now`.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst)).unwrap_or_default()
    }
}

/// Random values that follow from a seed: the hash of the seed and a counter.
pub struct SeededIds {
    clock: Arc<dyn Clock>,
    seed: [u8; 32],
    drawn: AtomicU64,
}

impl SeededIds {
    /// The values that follow from `seed`; uuids take their time from `clock`.
    #[must_use]
    pub fn new(seed: u64, clock: Arc<dyn Clock>) -> SeededIds {
        SeededIds::from_seed(hmac_sha256::Hash::hash(&seed.to_be_bytes()), clock)
    }

    const fn from_seed(seed: [u8; 32], clock: Arc<dyn Clock>) -> SeededIds {
        SeededIds { clock, seed, drawn: AtomicU64::new(0) }
    }
}

impl Ids for SeededIds {
    fn bits(&self) -> u128 {
        let place = self.drawn.fetch_add(1, Ordering::SeqCst);
        let digest = hmac_sha256::HMAC::mac(place.to_be_bytes(), self.seed);
        let mut bits = [0; 16];
        bits.copy_from_slice(&digest[..16]);
        u128::from_be_bytes(bits)
    }
}

impl Random for SeededIds {
    fn uuid(&self) -> String {
        let milliseconds = u64::try_from(self.clock.now().as_micros().div_euclid(1_000)).unwrap_or(0);
        let mut random = [0; 10];
        random.copy_from_slice(&self.bits().to_be_bytes()[..10]);
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid().to_string()
    }
}

/// Random values that nobody can foresee: they follow from a secret that the operating system drew.
pub struct SystemIds(SeededIds);

impl SystemIds {
    /// Draws the secret; uuids take their time from `clock`.
    ///
    /// # Errors
    /// If the operating system has no randomness to give.
    pub fn new(clock: Arc<dyn Clock>) -> std::io::Result<SystemIds> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
        Ok(SystemIds(SeededIds::from_seed(seed, clock)))
    }
}

impl Ids for SystemIds {
    fn bits(&self) -> u128 {
        self.0.bits()
    }
}

impl Random for SystemIds {
    fn uuid(&self) -> String {
        self.0.uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(Timestamp::EPOCH);
        assert_eq!(clock.now(), Timestamp::EPOCH);
        clock.advance(Duration::SECOND);
        assert_eq!(clock.now().since(Timestamp::EPOCH), Duration::SECOND);
        clock.set(Timestamp::MAX);
        clock.advance(Duration::SECOND);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    fn stopped_clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::new("2026-11-23T00:00:00Z".parse().expect("a time")))
    }

    #[test]
    fn seeded_ids_repeat_and_do_not_collide() {
        let draw = |seed| {
            let ids = SeededIds::new(seed, stopped_clock());
            (0..100).map(|_| ids.bits()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        let mut both = [draw(1), draw(2)].concat();
        both.sort_unstable();
        both.dedup();
        assert_eq!(both.len(), 200);
    }

    #[test]
    fn uuids_are_of_version_7_and_sort_by_time() {
        let clock = stopped_clock();
        let ids = SeededIds::new(7, clock.clone());
        let mut earlier = String::new();
        for _ in 0..50 {
            let uuid = ids.uuid();
            assert_eq!((uuid.len(), &uuid[14..15]), (36, "7"));
            assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
            assert!(uuid > earlier, "{uuid} after {earlier}");
            earlier = uuid;
            clock.advance(Duration::MILLISECOND);
        }
        clock.set(Timestamp::MIN);
        assert!(ids.uuid().starts_with("00000000-0000-7"));
    }

    #[test]
    fn two_processes_draw_different_values() {
        let draw = || SystemIds::new(Arc::new(SystemClock)).expect("randomness");
        let (one, other) = (draw(), draw());
        assert_ne!(one.bits(), other.bits());
        assert_ne!(one.uuid(), other.uuid());
    }
}
