//! What a load has met so far, by what it is looked up by.

use super::outline::FlowOutline;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

/// A file that was looked for.
#[derive(Clone)]
pub(super) struct Read {
    /// Where it is shown to be.
    pub(super) shown: PathBuf,
    /// Its position in [`super::Loaded::files`], if it could be read.
    pub(super) file: Option<usize>,
    /// What stands in it, if it is a flow.
    pub(super) flow: Option<Rc<FlowOutline>>,
}

/// The positions of what was met.
#[derive(Default)]
pub(super) struct Known {
    /// Every path in [`super::Loaded::looked_for`].
    pub(super) looked_for: BTreeSet<PathBuf>,
    /// The file that really is at a path, by its position among those read.
    pub(super) files: BTreeMap<PathBuf, usize>,
    /// The machine that has a name in the unit, by its position in [`super::Loaded::machines`].
    pub(super) names: BTreeMap<String, usize>,
    /// The machine that stands at a position of a file, in the same way.
    pub(super) places: BTreeMap<(usize, usize), usize>,
}
