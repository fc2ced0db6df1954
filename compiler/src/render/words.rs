//! Words of a flow in generated documentation, written so that rustdoc takes them for nothing but words.

use super::frame::is_bidirectional;
use crate::plan::Place;
use proc_macro2::TokenStream;
use quote::quote;

/// A doc comment of one paragraph a line.
pub(super) fn doc(paragraphs: &[&str]) -> TokenStream {
    let mut lines = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        lines.extend(paragraph.lines().map(|line| format!(" {line}")));
    }
    quote!(#(#[doc = #lines])*)
}

/// Text of the flow as a code span: within it nothing is a link, a tag or a test.
pub(super) fn code(text: &str) -> String {
    let text = one_line(text);
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let room = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

/// The line of a flow that something comes from, and where it stands.
pub(super) fn line_at(place: &Place) -> String {
    format!("{} ({})", code(&place.line), place.at)
}

/// Text of the flow as prose: every mark of Markdown is escaped.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::new();
    for letter in one_line(text).chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// The word with its article.
pub(super) fn one(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {}", word.replace('_', " "))
}

fn one_line(text: &str) -> String {
    let harmless = |letter: char| if letter.is_control() || is_bidirectional(letter) { ' ' } else { letter };
    text.chars().map(harmless).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_flow_are_no_markup() {
        assert_eq!(code("a `b` [c]"), "``a `b` [c]``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(prose("see [State] <b>"), "see \\[State\\] \\<b\\>");
        assert_eq!(prose("a\n```\nfail"), "a \\`\\`\\` fail");
        assert_eq!(one("order_item"), "an order item");
    }
}
