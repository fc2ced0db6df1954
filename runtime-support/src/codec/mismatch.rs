//! A value that has not the type of its place.

use core::fmt;

use crate::json::Json;

/// A value that does not have the type that its place needs.
///
/// ```
/// use eventflow::{Decode, Json};
///
/// let mismatch = Vec::<bool>::decode(&Json::List(vec![Json::Bool(true), Json::text("no")])).expect_err("a string");
/// assert_eq!(mismatch.to_string(), "`[1]` is a string, but must be a boolean");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    path: String,
    expected: &'static str,
    found: &'static str,
}

impl Mismatch {
    /// `found` where `expected` (with its article) is needed.
    #[must_use]
    pub fn new(expected: &'static str, found: &Json) -> Mismatch {
        Mismatch { path: String::new(), expected, found: found.kind() }
    }

    /// The same, one level further out: in a field.
    #[must_use]
    pub fn in_field(mut self, name: &str) -> Mismatch {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{name}{dot}{}", self.path);
        self
    }

    /// The same, one level further out: in an item of an array.
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Mismatch {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("[{index}]{dot}{}", self.path);
        self
    }

    /// Where: `items[2].price`; empty for the value itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is needed there, with its article.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        self.expected
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { path, expected, found } = self;
        if path.is_empty() {
            write!(f, "the value is {found}, but must be {expected}")
        } else {
            write!(f, "`{path}` is {found}, but must be {expected}")
        }
    }
}

impl core::error::Error for Mismatch {}
