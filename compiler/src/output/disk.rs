//! The disk, and what may stand in for it where a test needs one that fails.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// What writing generated files asks of a disk.
pub trait FileSystem {
    /// The content of a file; none if there is no such file.
    ///
    /// # Errors
    /// If there is something that cannot be read.
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>>;

    /// The names of what is in a folder, in any order; none if there is no such folder.
    ///
    /// # Errors
    /// If there is something that cannot be listed.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Makes a folder and those above it, where they are missing.
    ///
    /// # Errors
    /// If it cannot be made.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Writes a file.
    ///
    /// # Errors
    /// If not all of it could be written; a part may be there.
    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()>;

    /// Lets others read and change a file as they may another one.
    ///
    /// # Errors
    /// If there is no such other one, or the disk refuses.
    fn share_like(&self, path: &Path, other: &Path) -> io::Result<()>;

    /// Moves a file to a place in the same folder, over one that is there.
    ///
    /// # Errors
    /// If it cannot be moved; then both are as they were.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// If it cannot be removed.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let whole = || {
            // A device may never end.
            if fs::metadata(path)?.is_file() { fs::read(path) } else { Err(io::Error::other("it is no file")) }
        };
        match whole() {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        // A name that is not Unicode is none that is ever generated.
        let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
        names.filter_map(Result::transpose).collect()
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        fs::write(path, content)
    }

    fn share_like(&self, path: &Path, other: &Path) -> io::Result<()> {
        fs::set_permissions(path, fs::metadata(other)?.permissions())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
}
