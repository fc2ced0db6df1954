//! Which store the suite runs on: in memory, or, for a run that says so, in SQLite files.
//!
//! A process that starts again opens the same place again: in memory the same tables, else the same file.

use eventflow::runtime::Clock;
use eventflow::store::{MemoryStore, Store};
use std::sync::Arc;

/// The variable that makes a run of the suite use SQLite.
const STORE: &str = "EVENTFLOW_TEST_STORE";

/// Where a store is.
pub(crate) enum Place {
    Memory(Arc<dyn Store>),
    #[cfg(feature = "sqlite")]
    File(Arc<dyn Clock>, tempfile::TempDir),
}

impl Place {
    /// An empty one.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        match std::env::var(STORE).as_deref() {
            #[cfg(feature = "sqlite")]
            Ok("sqlite") => Self::File(clock, tempfile::tempdir().expect("a folder can be made")),
            _ => Self::Memory(Arc::new(MemoryStore::new(clock))),
        }
    }

    /// The store there. Nobody else has it open.
    pub(crate) fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(store) => store.clone(),
            #[cfg(feature = "sqlite")]
            Self::File(clock, folder) => {
                use eventflow::store::{SqliteOptions, Synchronous};
                // What a power cut leaves is tried elsewhere; here it would only make a thousand commits slow.
                let options = SqliteOptions::new(folder.path().join("store.db")).with_synchronous(Synchronous::Normal);
                Arc::new(options.open(clock.clone()).expect("the file can be opened"))
            }
        }
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn all_of_this_holds_on_sqlite_too() {
    if std::env::var_os(STORE).is_some() {
        return;
    }
    let suite = std::env::current_exe().expect("the suite knows itself");
    let output = std::process::Command::new(suite).env(STORE, "sqlite").output().expect("the suite can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
