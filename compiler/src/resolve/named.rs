//! Lists of things that have names: in order, and found by name without a look at all of them.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

/// Things with names, each at its place. A name that comes twice means the first.
#[derive(Clone, Debug)]
pub(super) struct Named<T, N = String> {
    things: Vec<T>,
    places: BTreeMap<N, usize>,
}

impl<T, N> Default for Named<T, N> {
    fn default() -> Self {
        Self { things: Vec::new(), places: BTreeMap::new() }
    }
}

impl<T, N: Ord> Named<T, N> {
    /// The place of the thing with this name.
    pub(super) fn place<Q: Ord + ?Sized>(&self, name: &Q) -> Option<usize>
    where
        N: Borrow<Q>,
    {
        self.places.get(name).copied()
    }

    /// Adds a thing; gives its place.
    pub(super) fn add(&mut self, name: N, thing: T) -> usize {
        let place = self.things.len();
        self.things.push(thing);
        self.places.entry(name).or_insert(place);
        place
    }
}

/// The things in order. Their number is fixed: only [`Named::add`] adds one.
impl<T, N> Deref for Named<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.things
    }
}

impl<T, N> DerefMut for Named<T, N> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.things
    }
}
