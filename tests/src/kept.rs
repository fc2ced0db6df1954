//! The differences that were found once: each a flow, as small as it can be, and the steps that showed it. The executors
//! must agree on them for ever after.

use crate::package::{Case, Played};
use std::fs;
use std::path::PathBuf;

/// Where they are: `NAME.flow` and `NAME.steps`.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("differences")
}

/// All of them, in the order of their names.
///
/// # Errors
/// If one cannot be read or does not compile.
pub fn cases() -> Result<Vec<Case>, String> {
    let entries = fs::read_dir(folder()).map_err(|error| error.to_string())?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "flow"));
    paths.sort();
    let read = |path: &PathBuf| {
        let text = |extension: &str| {
            let path = path.with_extension(extension);
            fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let label = path.file_stem().unwrap_or_default().to_string_lossy();
        Case::new(&label, text("flow")?, Played::Steps(text("steps")?))
    };
    paths.iter().map(read).collect()
}
