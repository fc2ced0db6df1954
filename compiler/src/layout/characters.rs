//! Characters that make a text look different from what it says.

/// What such a character is called; none for ordinary ones. A tab is ordinary: only in an indentation it is not.
pub(super) fn deceiving(character: char) -> Option<&'static str> {
    match character {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}' => {
            Some("changes the direction of the text")
        }
        '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{00ad}' => Some("is invisible"),
        '\u{00a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{1680}' => {
            Some("is a space that is none")
        }
        '\u{2028}' | '\u{2029}' | '\u{0085}' => Some("breaks the line in some editors only"),
        '\t' => None,
        other if other.is_control() => Some("is a control character"),
        _ => None,
    }
}
