//! Lines that the second part of the language reserves.

use super::statement::first_word;
use crate::ast::TimeUnit;

/// What a line would be, if it is reserved.
pub(super) fn construct(text: &str) -> Option<&'static str> {
    let (first, rest) = first_word(text);
    let (second, behind) = first_word(rest);
    Some(match (first, second) {
        ("in", "") if rest.starts_with('#') => "a state block (`in #state`)",
        ("on", "entering" | "leaving" | "done" | "failure" | "all" | "any") => "a hook of a state (`on entering`)",
        ("delegate", _) if !second.is_empty() => "delegation",
        ("after", _) if is_duration(rest) => "a timer of a state (`after 30 minutes`)",
        ("every", _) if is_duration(rest) => "a repeated timer (`every 1 hour`)",
        ("together", _) => "a group of parallel regions (`together`)",
        ("region", _) if !second.is_empty() => "a parallel region",
        ("ignore", "") if rest.starts_with(':') => "ignoring an event (`ignore :event`)",
        ("defer", "") if rest.starts_with(':') => "deferring an event (`defer :event`)",
        ("forward", "") if rest.starts_with(':') => "forwarding an event (`forward :event`)",
        ("always", _) => "an eventless transition (`always`)",
        ("undo", "with") => "compensation (`undo with`)",
        ("input" | "output" | "failure", "") if rest.starts_with(':') => "the contract of a machine",
        ("run", _) if ends_in_background(behind) => "a background job (`run … in background`)",
        _ => return None,
    })
}

/// Whether an amount and a unit of time follow.
fn is_duration(text: &str) -> bool {
    let mut words = text.split([' ', '\t', ',']).filter(|word| !word.is_empty());
    let amount = words.next().unwrap_or_default();
    let unit = words.next().unwrap_or_default();
    let is_amount = amount.starts_with('$') || amount.starts_with(|first: char| first.is_ascii_digit());
    is_amount && TimeUnit::of_word(unit).is_some()
}

fn ends_in_background(text: &str) -> bool {
    let words: Vec<&str> = text.split([' ', '\t']).filter(|word| !word.is_empty()).collect();
    words.ends_with(&["in", "background"])
}
