//! Where a unit could not be read: what is said behind such a place may only follow from it.

use super::Loaded;
use crate::ast::{Content, FlowFile};
use crate::source::{Sources, Span};
use std::collections::BTreeSet;

impl Loaded {
    /// Whether what is found at this place can be relied on: nothing of its machine, of the machine's declared states or
    /// of what stands beside the machines of its file was lost.
    #[must_use]
    pub fn is_sound(&self, place: Span) -> bool {
        self.damage_around(place).next().is_none()
    }

    /// Whether nothing but details was lost around this place, such as statements: all that is declared there was read.
    #[must_use]
    pub fn lost_only_details(&self, place: Span, sources: &Sources) -> bool {
        let details = self.files.iter().filter(|file| file.file == place.file).flat_map(|file| &file.lost_details);
        let Some(source) = sources.get(place.file) else { return false };
        let lines: BTreeSet<usize> = details.map(|detail| source.line_index(detail.start)).collect();
        let is_detail = |damage: &Span| damage.file == place.file && lines.contains(&source.line_index(damage.start));
        self.damage_around(place).all(is_detail)
    }

    /// What was lost of the machine of a place, of its declared states, and of what stands beside the machines of its file.
    fn damage_around(&self, place: Span) -> impl Iterator<Item = &Span> {
        let region = self.region(place);
        let states = self.machines.iter().filter(move |machine| {
            self.files.get(machine.file).is_some_and(|file| file.file == place.file)
                && Some(machine.position + 1) == region
        });
        let states = states.filter_map(|machine| self.files.get(machine.states?)).map(|file| file.file);
        let unreadable: Vec<_> = states.collect();
        self.damaged.iter().filter(move |damage| {
            unreadable.contains(&damage.file) || (damage.file == place.file && self.region(**damage) == region)
        })
    }

    /// Whether what was lost at this place may have been a name for other machines: a declaration, an import, a machine.
    pub(super) fn hides_names(&self, place: Span, sources: &Sources) -> bool {
        let Some(source) = sources.get(place.file) else { return true };
        let line = source.line_range(source.line_index(place.start));
        self.region(place) == Some(0) || source.text()[line].trim_start().starts_with("machine")
    }

    /// The part of a file that a place lies in: 0 before the first machine, then one for each machine; none in a file
    /// without machines, which is one part.
    fn region(&self, place: Span) -> Option<usize> {
        let file = self.files.iter().find(|file| file.file == place.file)?;
        match &file.content {
            Content::Flow(flow) => Some(machines_before(flow, place)),
            Content::Test(_) | Content::States(_) => None,
        }
    }
}

fn machines_before(flow: &FlowFile, place: Span) -> usize {
    flow.machines().filter(|machine| machine.span.start <= place.start).count()
}
