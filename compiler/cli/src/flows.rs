//! What stands at the paths that a caller names.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::exit::Problem;

/// Adds a flow, or all flows in a folder and in those below it, in the order of their names. Hidden folders, what Cargo
/// builds, and what links lead to are left out.
pub(crate) fn add_flows(path: &Path, flows: &mut Vec<PathBuf>) -> Result<(), Problem> {
    let unreadable = |error| Problem::io("read", path, error);
    if !named(path)?.is_dir() {
        flows.push(path.to_owned());
        return Ok(());
    }
    let mut entries = fs::read_dir(path).map_err(unreadable)?.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(unreadable)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let below = if path == Path::new(".") { PathBuf::from(entry.file_name()) } else { entry.path() };
        if kind.is_dir() && !name.starts_with('.') && name != "target" {
            add_flows(&below, flows)?;
        } else if kind.is_file() && name.ends_with(".flow") {
            flows.push(below);
        }
    }
    Ok(())
}

/// What stands at a path that the caller names. If nothing does, it is the command line that is wrong.
pub(crate) fn named(path: &Path) -> Result<Metadata, Problem> {
    fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Problem::Usage(format!("there is no file `{}`", path.display())),
        _ => Problem::io("read", path, error),
    })
}
