//! How a store's file is opened.

use core::time::Duration;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::lock::Lock;
use super::readers::Readers;
use super::writer::Writer;
use super::{SqliteStore, layout};
use crate::runtime::Clock;
use crate::store::OpenError;
use crate::store::signal::Signal;

/// When a commit counts as kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// When it is on the disk: it survives a power cut.
    #[default]
    Full,
    /// When the operating system has it: it survives the end of the process, and is faster.
    Normal,
}

/// Where a store's file is, and how it is used.
///
/// ```no_run
/// use std::sync::Arc;
/// use eventflow::SystemClock;
/// use eventflow::store::{SqliteOptions, Synchronous};
///
/// let store = SqliteOptions::new("orders.db").with_synchronous(Synchronous::Normal).open(Arc::new(SystemClock))?;
/// # drop(store);
/// # Ok::<(), eventflow::store::OpenError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqliteOptions {
    path: PathBuf,
    synchronous: Synchronous,
    readers: usize,
    busy_timeout: Duration,
}

impl SqliteOptions {
    /// The file at `path`, which is created if it is not there.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> SqliteOptions {
        let (synchronous, busy_timeout) = (Synchronous::Full, Duration::from_secs(5));
        SqliteOptions { path: path.into(), synchronous, readers: 4, busy_timeout }
    }

    /// Reads a URL: `sqlite:orders.db`, `sqlite:///var/lib/orders.db`, `sqlite:orders.db?synchronous=normal&readers=2`.
    ///
    /// # Errors
    /// If it names no file, or an option that there is not.
    pub fn from_url(url: &str) -> Result<SqliteOptions, OpenError> {
        let refused = |why: &str| OpenError::new(url, why);
        let rest = url.strip_prefix("sqlite:").ok_or_else(|| refused("the URL begins with `sqlite:`"))?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, settings) = rest.split_once('?').unwrap_or((rest, ""));
        if path.is_empty() || path == ":memory:" {
            return Err(refused("the URL names no file; a store in memory is `memory:`"));
        }
        let mut options = SqliteOptions::new(path);
        for setting in settings.split('&').filter(|setting| !setting.is_empty()) {
            options = match setting.split_once('=') {
                Some(("synchronous", "full")) => options.with_synchronous(Synchronous::Full),
                Some(("synchronous", "normal")) => options.with_synchronous(Synchronous::Normal),
                Some(("readers", count)) => {
                    let count = count.parse().map_err(|_| refused("`readers` is a number"))?;
                    options.with_readers(count)
                }
                Some(_) | None => {
                    return Err(refused(&format!("`{setting}` is not `synchronous=full|normal` or `readers=N`")));
                }
            };
        }
        Ok(options)
    }

    /// When a commit counts as kept; on the disk, unless something else is said.
    #[must_use]
    pub fn with_synchronous(self, synchronous: Synchronous) -> SqliteOptions {
        SqliteOptions { synchronous, ..self }
    }

    /// How many connections read; four, unless something else is said, and at least one.
    #[must_use]
    pub fn with_readers(self, readers: usize) -> SqliteOptions {
        SqliteOptions { readers: readers.clamp(1, 64), ..self }
    }

    /// How long to wait for another program that has the file locked; five seconds, unless something else is said.
    #[must_use]
    pub fn with_busy_timeout(self, busy_timeout: Duration) -> SqliteOptions {
        SqliteOptions { busy_timeout, ..self }
    }

    /// Opens the store. It reads the time from `clock`.
    ///
    /// # Errors
    /// If another process has it open, the file belongs to another program, or SQLite cannot open it.
    pub fn open(&self, clock: Arc<dyn Clock>) -> Result<SqliteStore, OpenError> {
        // By its real path: a link to the file is the same store, and must meet the same lock.
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let options = SqliteOptions { path, ..self.clone() };
        let lock = Lock::acquire(&options.path)?;
        let signal = Signal::default();
        let writer = Writer::start(layout::open_writer(&options)?, signal.clone(), &options.path)?;
        let connections = (0..options.readers).map(|_| layout::open_reader(&options)).collect::<Result<_, _>>()?;
        let readers = Readers::start(connections, &options.path)?;
        Ok(SqliteStore { clock, signal, readers, writer, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn synchronous(&self) -> Synchronous {
        self.synchronous
    }

    pub(super) const fn busy_timeout(&self) -> Duration {
        self.busy_timeout
    }
}
