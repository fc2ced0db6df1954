//! The one form of what may be spelled in many ways: the names of methods, and numbers.

use super::{FreeText, Piece, PieceKind};

/// How many digits a number may have: what the runtime's decimals keep exactly.
pub(crate) const MOST_DIGITS: usize = 28;

impl FreeText {
    /// The name of the method that the text binds to; empty if it has no word.
    pub fn method(&self) -> String {
        spelled(&self.pieces).join("_")
    }
}

/// A decimal in its one form; none if it has more digits than are kept exactly.
pub(crate) fn normal_number(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len() + fraction.len() > MOST_DIGITS {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

/// The words of a text, and its marks where they say something.
fn spelled(pieces: &[Piece]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut index = 0;
    while let Some(piece) = pieces.get(index) {
        index += 1;
        match &piece.kind {
            PieceKind::Word => push_word(&piece.written, &mut words),
            PieceKind::Actor(name) | PieceKind::Event(name) | PieceKind::State(name) => {
                push_word(&name.text, &mut words)
            }
            PieceKind::Variable(_) | PieceKind::Number | PieceKind::Text(_) => {}
            PieceKind::Mark => {
                let next = pieces.get(index).filter(|next| next.kind == PieceKind::Mark && !next.spaced);
                let pair = next.map(|next| format!("{}{}", piece.written, next.written));
                if let Some(word) = pair.as_deref().and_then(spelled_mark) {
                    index += 1;
                    words.push(word.to_owned());
                } else if let Some(word) = spelled_mark(&piece.written) {
                    words.push(word.to_owned());
                }
            }
        }
    }
    words
}

/// Adds a word in small letters; what is neither letter, digit nor underscore separates.
fn push_word(word: &str, words: &mut Vec<String>) {
    let plain: String = word
        .chars()
        .filter(|letter| !matches!(letter, '\'' | '\u{2019}'))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter.is_alphanumeric() || letter == '_' { letter } else { ' ' })
        .collect();
    words.extend(plain.split([' ', '_']).filter(|part| !part.is_empty()).map(str::to_owned));
}

fn spelled_mark(mark: &str) -> Option<&'static str> {
    Some(match mark {
        ">" => "greater_than",
        "<" => "less_than",
        ">=" => "at_least",
        "<=" => "at_most",
        "=" | "==" => "equals",
        "!=" => "not_equals",
        "%" => "percent",
        "+" => "plus",
        "*" => "times",
        "&" => "and",
        "€" => "euro",
        "£" => "pound",
        "°" => "degrees",
        _ => return None,
    })
}
