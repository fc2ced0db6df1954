//! Where notes about a folder can be kept that nobody checks in: in Cargo's own folder for such, which `cargo clean` removes,
//! or hidden in the folder itself.

use crate::digest::Digest;
use crate::output::HIDDEN;
use std::path::{Path, PathBuf, absolute};

/// What marks a folder whose content can be made again.
const TAG: &str = "CACHEDIR.TAG";

/// The place of the stamp of what is written to a directory: in the nearest `target`, upwards, that Cargo has marked as
/// its own; where Cargo has not built yet, in a hidden folder of the directory, which is kept once it is there. None if the
/// directory cannot be told.
#[must_use]
pub fn stamp_place(directory: &Path) -> Option<PathBuf> {
    let directory = absolute(directory).ok()?;
    let hidden = directory.join(HIDDEN);
    let targets = directory.ancestors().map(|folder| folder.join("target"));
    match targets.into_iter().find(|target| target.join(TAG).is_file()) {
        Some(target) if !hidden.is_dir() => {
            let name = Digest::of(directory.to_string_lossy().as_bytes()).hexadecimal(8);
            Some(target.join("eventflow").join(format!("{name}.stamp")))
        }
        Some(_) | None => Some(hidden.join("build.stamp")),
    }
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
        let hidden = stamp_place(&out).expect("there is a place");
        assert_eq!(hidden, out.join(".eventflow/build.stamp"), "a folder called `target` may be anybody's");
        fs::write(target.join(TAG), "Signature: 8a477f597d28d172789f06886806bc55\n").expect("a file can be written");
        let stamp = stamp_place(&out).expect("Cargo has built here");
        assert!(stamp.starts_with(target.join("eventflow")), "{}", stamp.display());
        assert_ne!(stamp_place(&place.path().join("crates/stall")), Some(stamp));
        fs::create_dir_all(out.join(".eventflow")).expect("a folder can be made");
        assert_eq!(stamp_place(&out), Some(hidden), "what is there is kept");
    }
}
