//! The difference between two texts, as `diff -u` shows it.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};

/// The changed places with three lines around each; nothing if the texts are equal.
pub(crate) fn difference(name: &str, before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let mut text = String::new();
    for (index, hunk) in diff.unified_diff().context_radius(3).iter_hunks().enumerate() {
        if index == 0 {
            write!(text, "--- {name}\n+++ {name}\n").expect("a string takes everything");
        }
        writeln!(text, "{}", hunk.header()).expect("a string takes everything");
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Equal => (' ', Style::new()),
                ChangeTag::Delete => ('-', AnsiColor::Red.on_default()),
                ChangeTag::Insert => ('+', AnsiColor::Green.on_default()),
            };
            let line = change.value().trim_end_matches('\n');
            writeln!(text, "{style}{sign}{line}{style:#}").expect("a string takes everything");
            if change.missing_newline() {
                text.push_str("\\ no line break at the end\n");
            }
        }
    }
    text
}
