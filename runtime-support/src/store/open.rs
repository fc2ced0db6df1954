//! Stores by URL.

use core::fmt;
use std::sync::Arc;

use super::{MemoryStore, Store};
use crate::dynamic::BoxError;
use crate::runtime::Clock;

/// Opens the store that a URL names: `memory:`, or `sqlite:orders.db` with the feature `sqlite`.
///
/// ```
/// use std::sync::Arc;
/// use eventflow::{SystemClock, store};
///
/// let store = store::open("memory:", Arc::new(SystemClock))?;
/// # drop(store);
/// # Ok::<(), store::OpenError>(())
/// ```
///
/// # Errors
/// If the URL names no store, or the store cannot be opened.
pub fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Arc<dyn Store>, OpenError> {
    let unknown = |why: &str| OpenError::new(url, why);
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Arc::new(MemoryStore::new(clock))),
        Some(("memory", _)) => Err(unknown("a store in memory has no name: write `memory:`")),
        Some(("sqlite", _)) => open_sqlite(url, clock),
        Some((scheme, _)) => Err(unknown(&format!("there is no store `{scheme}:`, only `memory:` and `sqlite:`"))),
        None => Err(unknown("a store's URL begins with `memory:` or `sqlite:`")),
    }
}

#[cfg(feature = "sqlite")]
fn open_sqlite(url: &str, clock: Arc<dyn Clock>) -> Result<Arc<dyn Store>, OpenError> {
    let options = super::SqliteOptions::from_url(url)?;
    Ok(Arc::new(options.open(clock)?))
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(url: &str, _clock: Arc<dyn Clock>) -> Result<Arc<dyn Store>, OpenError> {
    Err(OpenError::new(url, "the crate `eventflow` is built without its feature `sqlite`"))
}

/// Why a store cannot be opened; the message names the store.
#[derive(Debug)]
pub struct OpenError {
    store: String,
    why: String,
    cause: Option<BoxError>,
}

impl OpenError {
    pub(super) fn new(store: &str, why: &str) -> OpenError {
        OpenError { store: store.to_owned(), why: why.to_owned(), cause: None }
    }

    #[cfg(feature = "sqlite")]
    pub(super) fn caused(store: &str, why: &str, cause: impl Into<BoxError>) -> OpenError {
        OpenError { cause: Some(cause.into()), ..OpenError::new(store, why) }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot open the store `{}`: {}", self.store, self.why)?;
        self.cause.as_ref().map_or(Ok(()), |cause| write!(f, ": {cause}"))
    }
}

impl core::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| &**cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;

    fn refusal(url: &str) -> String {
        open(url, Arc::new(SystemClock)).err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn urls_that_name_no_store_are_refused() {
        assert_eq!(refusal("memory:"), "");
        assert!(refusal("memory:x").contains("write `memory:`"));
        assert!(refusal("redis:x").contains("there is no store `redis:`"));
        assert!(refusal("orders.db").contains("begins with"));
        assert!(refusal("").contains("begins with"));
    }

    #[cfg(not(feature = "sqlite"))]
    #[test]
    fn without_the_feature_the_message_names_it() {
        assert!(refusal("sqlite:orders.db").contains("feature `sqlite`"));
    }
}
