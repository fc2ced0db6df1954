//! Rules of fields and variables: built-in ones, and such as are code.

use super::world::{Kind, letter};
use crate::seed::Seed;

/// Rules that a value of the type may be held to; many of them let the values through that sequences send.
pub(super) fn rules(seed: &mut Seed, kind: Kind) -> Vec<String> {
    if seed.chance(35) { some_rules(seed, kind) } else { Vec::new() }
}

/// The same, without exceptions.
pub(super) fn some_rules(seed: &mut Seed, kind: Kind) -> Vec<String> {
    if seed.chance(15) {
        let mut rules = vec![rule_of_code(seed, kind)];
        if seed.chance(30) {
            rules.insert(0, "bail".into());
        }
        return rules;
    }
    match kind {
        Kind::Text if seed.chance(15) => vec!["one of red, green, a".into()],
        Kind::Text => match seed.below(6) {
            0 => vec!["min 1 characters".into()],
            1 => vec!["max 12 characters".into()],
            2 => vec!["valid email".into()],
            3 => vec!["valid uuid".into()],
            4 => vec!["bail".into(), "min 1 characters".into(), "looks fine".into(), "max 6 characters".into()],
            _ => vec!["bail".into(), "min 2 characters".into(), "valid url".into()],
        },
        Kind::Number if seed.chance(15) => vec!["one of 1, 2.50, 40, 7".into()],
        Kind::Number if seed.chance(15) => vec!["bail".into(), rule_of_code(seed, kind), "less than 40".into()],
        Kind::Number | Kind::Integer => match seed.below(6) {
            0 => vec!["greater than -5".into()],
            1 => vec!["less than 100000".into()],
            2 => vec!["between -10 and 1000".into()],
            3 => vec!["at least 0".into(), "at most 500".into()],
            4 => vec!["bail".into(), "at least 1".into(), "less than 50".into()],
            _ => vec!["at most 99".into()],
        },
        Kind::Boolean
        | Kind::Time
        | Kind::Duration
        | Kind::Texts
        | Kind::Numbers
        | Kind::Integers
        | Kind::Records(_)
        | Kind::Anythings
        | Kind::Object
        | Kind::Record(_) => Vec::new(),
    }
}

/// A rule that is a method: one for each type of values, as each method has one.
pub(super) fn rule_of_code(seed: &mut Seed, kind: Kind) -> String {
    match kind {
        Kind::Text if seed.chance(50) => "looks fine".into(),
        Kind::Text => format!("shares {} letters with \"{}\"", seed.pick(&["2", "3"]), seed.pick(&["tea", "milk"])),
        Kind::Number | Kind::Integer => format!("is a multiple of {}", seed.pick(&["7", "2.50"])),
        Kind::Boolean => "is meant so".into(),
        Kind::Time => "is a working day".into(),
        Kind::Duration => "is short enough".into(),
        Kind::Texts => "reads well".into(),
        Kind::Numbers => format!("adds up to {}", seed.pick(&["10", "0"])),
        Kind::Integers => "goes up".into(),
        Kind::Records(record) => format!("is a fine list of {}", letter(record)),
        Kind::Anythings => "is a bag of anything".into(),
        Kind::Object => "is well formed".into(),
        Kind::Record(record) => format!("is a fine {}", letter(record)),
    }
}
