//! What must run a build script again: every path that was read or looked for, and nothing else.
//!
//! Cargo takes a path that is not there for a changed one, so a file that was looked for and is missing cannot be
//! announced by its name. Its folder would do, but Cargo looks at all that is below a folder, which may be the whole
//! package with its `target`. So a folder in `OUT_DIR` is announced, with a link to every missing file in it: Cargo
//! follows links, leaves out those that lead nowhere, and sees the file on the day it is there.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Unit;

/// The lines for Cargo.
pub(super) fn lines(units: &[Unit], out_dir: Option<&Path>) -> Vec<String> {
    let looked_for: BTreeSet<&PathBuf> = units.iter().flat_map(|unit| &unit.compilation.watched).collect();
    let (there, missing): (Vec<_>, Vec<_>) = looked_for.into_iter().partition(|path| path.exists());
    let mut announced: BTreeSet<String> = there.into_iter().map(|path| crate::driver::shown(path)).collect();
    let roots: Vec<String> = units.iter().map(Unit::root).collect();
    let links = out_dir.map(|folder| folder.join(format!("looked-for-{}", name(&roots))));
    match links.map(|links| link(&missing, &links).map(|()| links)) {
        Some(Ok(links)) if !missing.is_empty() => drop(announced.insert(links.to_string_lossy().into_owned())),
        Some(Ok(_)) => {}
        // Where there are no links, the folders have to do, but never that of the package.
        Some(Err(_)) | None => announced.extend(missing.iter().filter_map(|path| folder(path))),
    }
    announced.iter().map(|path| format!("cargo::rerun-if-changed={path}")).collect()
}

/// The folder of a missing file, unless it is that of the package or above it: everything in it would count.
fn folder(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let own = folder.as_os_str().is_empty() || folder.components().all(|part| part.as_os_str() == "..");
    (!own && folder.exists()).then(|| crate::driver::shown(folder))
}

/// Makes a folder of links. Cargo compares times with the moment at which the build script was started: the folder is
/// made to look old, and the links, which are new, make a file count that appears with an old date.
fn link(missing: &[&PathBuf], links: &Path) -> io::Result<()> {
    if links.exists() {
        fs::remove_dir_all(links)?;
    }
    if missing.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(links)?;
    for (index, path) in missing.iter().enumerate() {
        symbolic_link(&std::path::absolute(path)?, &links.join(index.to_string()))?;
    }
    File::open(links)?.set_modified(SystemTime::UNIX_EPOCH)
}

#[cfg(unix)]
fn symbolic_link(to: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
fn symbolic_link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A name for the links of these root flows: those of another call in the same build script have another one.
fn name(roots: &[String]) -> String {
    let hash = hmac_sha256::Hash::hash(roots.join("\n").as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
