//! Guards that speak of a state and do not ask for it: they are sentences, and only nearly state tests.

use super::lower::Lowering;
use crate::ast::{FreeText, Piece, PieceKind};
use crate::built_in;
use crate::catalog::meaning as catalog;
use crate::nearest::nearest;
use crate::source::Span;

/// What ends the subject of a state test, or stands between it and the state.
const AFTER_SUBJECT: &[&str] = &["is", "in", "not", "equals", "does", "has", "was"];

impl Lowering<'_, '_> {
    /// Warns of a free text that names a `#state`, or ends in `is in` and the name of a state.
    pub(super) fn warn_if_almost_a_state_test(&mut self, text: &FreeText) {
        let named = self.states_in(text);
        let Some((place, _)) = named.first() else { return };
        let states: Vec<String> = named.iter().map(|(_, state)| format!("#{}", self.meant_state(state))).collect();
        let negation = if is_negated(&text.pieces) { "not " } else { "" };
        let form = format!("{} is {negation}in {}", self.subject_of(text), states.join(", "));
        self.diagnostics.warning(catalog::almost_a_state_test(*place, &text.to_text(), &form));
    }

    /// The states that a text names, with their places.
    fn states_in(&self, text: &FreeText) -> Vec<(Span, String)> {
        let marked: Vec<(Span, String)> = text.pieces.iter().filter_map(marked_state).collect();
        if !marked.is_empty() {
            return marked;
        }
        let bare = match text.pieces.as_slice() {
            [.., before, last] if before.written == "in" && last.kind == PieceKind::Word => Some(last),
            _ => None,
        };
        let known = bare.filter(|word| self.outline().states.named(&word.written).is_some());
        known.map(|word| (word.span, word.written.clone())).into_iter().collect()
    }

    /// The state of this name, or the one that it is a slip of.
    pub(super) fn meant_state<'s>(&'s self, name: &'s str) -> &'s str {
        let states = &self.outline().states;
        if states.named(name).is_some() {
            return name;
        }
        nearest(name, states.states.iter().map(|state| state.name.as_str())).unwrap_or(name)
    }

    /// The words in front, if they can be the subject of a state test; else the machine's name.
    fn subject_of(&self, text: &FreeText) -> String {
        let ends = |piece: &Piece| {
            piece.kind == PieceKind::Mark
                || marked_state(piece).is_some()
                || AFTER_SUBJECT.contains(&piece.written.as_str())
        };
        let pieces: Vec<Piece> = text.pieces.iter().take_while(|piece| !ends(piece)).cloned().collect();
        let subject = FreeText { span: text.span, pieces }.to_text();
        if subject.is_empty() || subject == built_in::CURRENT_STATE {
            self.outline().own_name.to_owned()
        } else {
            subject
        }
    }
}

/// The state that a piece is.
pub(super) fn marked_state(piece: &Piece) -> Option<(Span, String)> {
    match &piece.kind {
        PieceKind::State(name) => Some((piece.span, name.text.clone())),
        PieceKind::Word
        | PieceKind::Variable(_)
        | PieceKind::Number
        | PieceKind::Text(_)
        | PieceKind::Actor(_)
        | PieceKind::Event(_)
        | PieceKind::Mark => None,
    }
}

/// Whether the text denies something before it names a state: `is not #paid`, `!= #paid`.
fn is_negated(pieces: &[Piece]) -> bool {
    let mut before = pieces.iter().take_while(|piece| marked_state(piece).is_none());
    before.any(|piece| matches!(piece.written.as_str(), "not" | "!"))
}
