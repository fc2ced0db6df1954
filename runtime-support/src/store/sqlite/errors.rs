//! What SQLite's failures mean to those who asked.

use core::time::Duration;

use rusqlite::ErrorCode;

use crate::store::{CommitError, StoreError};

/// As long a text as SQLite keeps.
const LARGEST_TEXT: usize = 1_000_000_000;

/// The failure of something that was to be written.
pub(super) trait WriteFailure: From<rusqlite::Error> + Send + 'static {
    /// It was tried, and may have been kept.
    fn unknown() -> Self;
    /// Nobody writes any more.
    fn closed() -> Self;
}

impl WriteFailure for CommitError {
    fn unknown() -> CommitError {
        CommitError::Unknown
    }

    fn closed() -> CommitError {
        CommitError::Fatal(CLOSED.into())
    }
}

impl WriteFailure for StoreError {
    fn unknown() -> StoreError {
        StoreError("it is not known whether the change was kept".into())
    }

    fn closed() -> StoreError {
        StoreError(CLOSED.into())
    }
}

const CLOSED: &str = "the store's thread has ended";

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError(error.into())
    }
}

impl From<rusqlite::Error> for CommitError {
    fn from(error: rusqlite::Error) -> CommitError {
        let passing = CommitError::Unavailable { retry_after: Duration::from_secs(1) };
        match error.sqlite_error_code() {
            Some(ErrorCode::TooBig) => CommitError::TooLarge { limit: LARGEST_TEXT },
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::OutOfMemory
                | ErrorCode::SystemIoFailure,
            ) => passing,
            // The list is the library's, and may grow.
            Some(_) | None => CommitError::Fatal(error.into()),
        }
    }
}
