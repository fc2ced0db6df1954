//! Custom actions that speak of a state as if the machine went there: they are sentences, and only nearly transitions.

use super::almost_state_tests::marked_state;
use super::lower::Lowering;
use crate::ast::{FreeText, Piece};
use crate::built_in;
use crate::catalog::meaning as catalog;

/// What leads to the state at the end of a line.
const LEADS: &[&str] = &["to", "into", "now", "=", ">", "→"];

/// How many words may stand between the machine and the state of which it is said.
const MOST_WORDS: usize = 3;

impl Lowering<'_, '_> {
    /// Warns of a free text that ends in a `#state` to which something leads, or that says it of the machine.
    pub(super) fn warn_if_almost_a_transition(&mut self, text: &FreeText) {
        let Some((last, before)) = text.pieces.split_last() else { return };
        let Some((place, state)) = marked_state(last) else { return };
        let leads = before.last().is_some_and(|piece| LEADS.contains(&piece.written.as_str()));
        if leads || self.begins_with_the_machine(before) {
            let (state, subject) = (self.meant_state(&state).to_owned(), self.outline().own_name.to_owned());
            self.diagnostics.warning(catalog::almost_a_transition(place, &state, &subject));
        }
    }

    /// Whether the words speak of the machine or its state, and of little else.
    fn begins_with_the_machine(&self, words: &[Piece]) -> bool {
        let outline = self.outline();
        let said = FreeText { span: words.first().map_or(outline.tree.span, |word| word.span), pieces: words.to_vec() };
        let said = said.method();
        let said = said.strip_prefix("the_").unwrap_or(&said);
        let subjects = [&outline.own_name, &outline.name, built_in::ITSELF, "it", "state", "status"];
        subjects.into_iter().any(|subject| {
            let behind = said.strip_prefix(subject).filter(|behind| behind.is_empty() || behind.starts_with('_'));
            behind.is_some_and(|behind| behind.matches('_').count() <= MOST_WORDS)
        })
    }
}
