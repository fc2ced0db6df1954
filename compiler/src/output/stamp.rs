//! A note of what a build was made from and what it wrote, so that a build that would write the same renders nothing.
//!
//! A stamp is believed only if the same program made the same files from the same plan, and every file still reads as it
//! was written; what somebody changed, removed or put beside it is made good by an ordinary build. A stamp that is missing
//! or cannot be read costs time, never a wrong file.

use super::{Disk, FileSystem, MARK, OutputFile, left_over, put_aside};
use crate::digest::Digest;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How many bytes of a digest stand in a stamp.
const BYTES: usize = 32;

/// The folder of stamps within generated files, where no folder of Cargo is near.
pub(crate) const HIDDEN: &str = ".eventflow";

/// Whether generated files that a build does not know may lie beside its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbors {
    /// They are of other builds.
    Stay,
    /// They belong to nothing, and a build removes them.
    Go,
}

/// The stamp of a build.
#[derive(Clone, Debug)]
pub struct Stamp {
    place: PathBuf,
    made_from: String,
}

impl Stamp {
    /// The stamp, kept at a place, of a build that is made from these texts by this program. None if the program cannot
    /// tell itself from another version of it.
    #[must_use]
    pub fn new(place: PathBuf, made_from: &[&str]) -> Option<Self> {
        let mut digest = Digest::new();
        digest.text(&generator()?);
        made_from.iter().for_each(|text| digest.text(text));
        Some(Self { place, made_from: digest.hexadecimal(BYTES) })
    }

    /// How many files of this very build lie in a directory, if all of them do.
    #[must_use]
    pub fn fresh(&self, directory: &Path, neighbors: Neighbors) -> Option<usize> {
        let noted = fs::read_to_string(&self.place).ok()?;
        let (head, files) = noted.split_once('\n')?;
        if head != self.head() {
            return None;
        }
        let files: Vec<(&str, PathBuf)> = files.lines().map(noted_file).collect::<Option<_>>()?;
        let unchanged = !files.is_empty()
            && files.iter().all(|(digest, path)| {
                let found = Disk.read(&directory.join(path)).ok().flatten();
                found.is_some_and(|found| Digest::of(&found).hexadecimal(BYTES) == *digest)
            });
        let alone = neighbors == Neighbors::Stay || is_alone(&files, directory);
        (unchanged && alone).then_some(files.len())
    }

    /// Notes that these are the files of this build, and that they are written.
    pub fn note(&self, files: &[OutputFile]) {
        let lines = files.iter().map(|file| {
            let digest = Digest::of(file.text.as_bytes()).hexadecimal(BYTES);
            format!("{digest} {}\n", file.path.to_string_lossy())
        });
        let text: String = std::iter::once(self.head() + "\n").chain(lines).collect();
        // Without a stamp the next build renders: slower, and right.
        if let Ok(aside) = put_aside(&self.place, &text, &Disk)
            && (self.keep_from_git().is_err() || Disk.rename(&aside, &self.place).is_err())
        {
            let _ = Disk.remove(&aside);
        }
    }

    /// A stamp is about this computer. Where its folder lies among files that are checked in, it tells git so.
    fn keep_from_git(&self) -> io::Result<()> {
        match self.place.parent() {
            Some(folder) if folder.ends_with(HIDDEN) => fs::write(folder.join(".gitignore"), "*\n"),
            Some(_) | None => Ok(()),
        }
    }

    fn head(&self) -> String {
        format!("{MARK}: what was made from {}", self.made_from)
    }
}

/// A line of a stamp: a digest and a path.
fn noted_file(line: &str) -> Option<(&str, PathBuf)> {
    let (digest, path) = line.split_once(' ')?;
    Some((digest, PathBuf::from(path)))
}

/// Whether no generated file lies beside these.
fn is_alone(files: &[(&str, PathBuf)], directory: &Path) -> bool {
    let places: BTreeSet<&PathBuf> = files.iter().map(|(_, path)| path).collect();
    let folders: BTreeSet<&Path> = files.iter().filter_map(|(_, path)| path.parent()).collect();
    let mut folders = folders.into_iter();
    folders.all(|folder| left_over(folder, &places, directory, &Disk).is_ok_and(|left| left.is_empty()))
}

/// Which program generates. The release alone does not say: a compiler that is being worked on keeps its number.
fn generator() -> Option<String> {
    let program = fs::metadata(std::env::current_exe().ok()?).ok()?;
    let made = program.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", env!("CARGO_PKG_VERSION"), program.len(), made.as_nanos()))
}

#[cfg(test)]
mod tests;
