//! Where texts come from: a trait, the disk, and files in memory.

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

/// What the compiler asks of a file system.
pub trait Files {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Those of the file system: missing, a directory, not readable.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The path with links followed and `.` and `..` resolved; of something that exists.
    ///
    /// # Errors
    /// Those of the file system.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;

    /// Whether there is anything at this path.
    fn exists(&self, path: &Path) -> bool;
}

/// The files of this computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

/// How many bytes a file may have: what is longer is no flow, and some devices never end.
const MOST_BYTES: u64 = 64 << 20;

/// Everything that there is to read, if it is not more than a flow can be.
///
/// # Errors
/// If it is more, or if reading fails.
pub fn all_of(reader: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        all_of(std::fs::File::open(path)?)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        match std::fs::canonicalize(path) {
            // The pipe behind `/dev/stdin` or `/dev/fd/63` is there and has no name of its own.
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.exists() => std::path::absolute(path),
            found => found,
        }
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
}

/// Files that exist only here: for tests, editors and generated flows.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
    links: BTreeMap<PathBuf, PathBuf>,
}

impl Memory {
    /// No file.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(plain(path.as_ref()), text.into());
        self
    }

    /// Adds a link to a file.
    #[must_use]
    pub fn with_link(mut self, path: impl AsRef<Path>, to: impl AsRef<Path>) -> Self {
        self.links.insert(plain(path.as_ref()), plain(to.as_ref()));
        self
    }

    fn is_directory(&self, path: &Path) -> bool {
        self.files.keys().any(|file| file != path && file.starts_with(path))
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = self.canonical(path)?;
        match self.files.get(&path) {
            Some(text) => Ok(text.clone()),
            None if self.is_directory(&path) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let path = plain(path);
        let path = self.links.get(&path).cloned().unwrap_or(path);
        if self.exists(&path) { Ok(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn exists(&self, path: &Path) -> bool {
        let path = plain(path);
        self.files.contains_key(&path) || self.links.contains_key(&path) || self.is_directory(&path)
    }
}

/// A path without `.`, and without `..` as far as the text shows where it leads.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(clean.components().next_back(), Some(Component::Normal(_))) => {
                clean.pop();
            }
            Component::ParentDir | Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                clean.push(component);
            }
        }
    }
    clean
}
