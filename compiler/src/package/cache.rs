//! Where notes about a folder can be kept that nobody checks in and `cargo clean` removes: Cargo's own folder for such.

use crate::digest::Digest;
use std::path::{Path, PathBuf, absolute};

/// What marks a folder whose content can be made again.
const TAG: &str = "CACHEDIR.TAG";

/// The place of the stamp of what is written to a directory: in the nearest `target`, upwards, that Cargo has marked as
/// its own. None where Cargo has not built yet.
#[must_use]
pub fn stamp_place(directory: &Path) -> Option<PathBuf> {
    let directory = absolute(directory).ok()?;
    let targets = directory.ancestors().map(|folder| folder.join("target"));
    let target = targets.into_iter().find(|target| target.join(TAG).is_file())?;
    let name = Digest::of(directory.to_string_lossy().as_bytes()).hexadecimal(8);
    Some(target.join("eventflow").join(format!("{name}.stamp")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_stamp_lies_where_cargo_keeps_what_it_can_make_again() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let (target, out) = (place.path().join("target"), place.path().join("crates/shop"));
        fs::create_dir_all(&target).expect("a folder can be made");
        assert_eq!(stamp_place(&out), None, "a folder of this name may be anybody's");
        fs::write(target.join(TAG), "Signature: 8a477f597d28d172789f06886806bc55\n").expect("a file can be written");
        let stamp = stamp_place(&out).expect("Cargo has built here");
        assert!(stamp.starts_with(target.join("eventflow")), "{}", stamp.display());
        assert_ne!(stamp_place(&place.path().join("crates/stall")), Some(stamp));
    }
}
