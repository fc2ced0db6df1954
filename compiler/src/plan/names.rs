//! The one registry of Rust identifiers: how names of a flow become names in Rust, and which of them collide.
//!
//! A [`Name`] is always a legal identifier in editions 2021 and 2024. A [`Scope`] is one namespace of the generated
//! code; it hands out every name at most once.

use crate::catalog::generation;
use crate::diagnostic::Diagnostics;
use crate::source::Span;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use unicode_ident::{is_xid_continue, is_xid_start};
use unicode_normalization::UnicodeNormalization;

/// Words that Rust keeps for itself in edition 2021 or 2024, and that a raw identifier sets free.
const KEYWORDS: [&str; 49] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that not even a raw identifier sets free.
const UNRAWABLE: [&str; 5] = ["self", "Self", "super", "crate", "_"];

/// A Rust identifier, as it is written: `checkout`, `r#type`, `self_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The identifier of a function, field, variable or module.
    #[must_use]
    pub fn snake(text: &str) -> Self {
        Self::escaped(words(text).collect::<Vec<_>>().join("_"))
    }

    /// The identifier of a type or variant.
    #[must_use]
    pub fn pascal(text: &str) -> Self {
        let mut name = String::new();
        for word in words(text) {
            let mut letters = word.chars();
            name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            name.push_str(letters.as_str());
        }
        Self::escaped(name)
    }

    /// The identifier of a constant.
    #[must_use]
    pub fn constant(text: &str) -> Self {
        Self::escaped(words(text).map(str::to_uppercase).collect::<Vec<_>>().join("_"))
    }

    /// In NFC, as rustc compares identifiers.
    fn escaped(text: String) -> Self {
        let begins = text.chars().next().is_none_or(is_xid_start);
        let text: String = if begins { text } else { format!("n{text}") }.nfc().collect();
        if text.is_empty() {
            Self("unnamed".to_owned())
        } else if UNRAWABLE.contains(&text.as_str()) {
            Self(format!("{text}_"))
        } else if KEYWORDS.contains(&text.as_str()) {
            Self(format!("r#{text}"))
        } else {
            Self(text)
        }
    }

    /// As it is written in Rust.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the mark of a raw identifier, for building longer names of it.
    #[must_use]
    pub fn bare(&self) -> &str {
        self.0.strip_prefix("r#").unwrap_or(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The words of a name or text: what stands between `_` and the characters that no identifier may have.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|mark: char| mark == '_' || !is_xid_continue(mark)).filter(|word| !word.is_empty())
}

/// What a name in a [`Scope`] stands for.
#[derive(Clone, Debug)]
struct Holder {
    /// The kind and name in the flow's words: ``event `:paid` ``.
    what: String,
    /// The kind alone.
    kind: &'static str,
    /// Where it is first named.
    span: Span,
}

/// One namespace of the generated code.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    fixed: Vec<&'static str>,
    taken: BTreeMap<String, Holder>,
}

/// Something of the flow that wants a name.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What kind of thing it is; also the word that tells it apart where another kind has the name: `event`, `record`.
    pub kind: &'static str,
    /// Its sigil.
    pub sigil: &'static str,
    /// Its name in the flow.
    pub name: &'a str,
    /// Where it is first named.
    pub span: Span,
}

impl Scope {
    /// A namespace in which the generator itself uses some names.
    #[must_use]
    pub fn with_fixed(fixed: &[&'static str]) -> Self {
        Self { fixed: fixed.to_vec(), taken: BTreeMap::new() }
    }

    /// Gives a type or variant its name. Where the generator or another kind of thing has it already, the kind is
    /// appended (`:state` becomes `StateEvent`); two of one kind that become one name are reported at the later place.
    pub fn pascal(&mut self, wish: Wish<'_>, diagnostics: &mut Diagnostics) -> Name {
        let plain = Name::pascal(wish.name);
        let told_apart = Name::pascal(&format!("{}_{}", wish.name, wish.kind));
        self.claim(wish, plain, told_apart, diagnostics)
    }

    /// Gives a function, field, variable or module its name, likewise.
    pub fn snake(&mut self, wish: Wish<'_>, diagnostics: &mut Diagnostics) -> Name {
        let plain = Name::snake(wish.name);
        let told_apart = Name::snake(&format!("{}_{}", wish.name, wish.kind));
        self.claim(wish, plain, told_apart, diagnostics)
    }

    /// Gives a function, field, variable or module its name where nobody is to hear of a clash: what also its kind does not
    /// tell apart is counted.
    pub fn invent_snake(&mut self, wish: Wish<'_>) -> Name {
        let plain = Name::snake(wish.name);
        let base = if self.is_taken(&plain) { Name::snake(&format!("{}_{}", wish.name, wish.kind)) } else { plain };
        self.invent(&base, wish.span)
    }

    fn claim(&mut self, wish: Wish<'_>, plain: Name, told_apart: Name, diagnostics: &mut Diagnostics) -> Name {
        let occupied = self.fixed.contains(&plain.bare())
            || self.taken.get(plain.bare()).is_some_and(|holder| holder.kind != wish.kind);
        let name = if occupied { told_apart } else { plain };
        let what = format!("{} `{}{}`", wish.kind, wish.sigil, wish.name);
        if let Some(first) = self.taken.get(name.bare()) {
            // An event has a name as a type, as a function, as a variant and as a method, a record has one in every machine that
            // uses it: that two of them clash is said once for the places that name them.
            let clash = generation::one_rust_name(&what, wish.span, &first.what, first.span, name.as_str());
            let sigil = wish.sigil.trim_start_matches("on ");
            diagnostics.error_once(&format!("{sigil} {:?} {:?}", wish.span, first.span), clash);
        } else {
            let holder = Holder { what, kind: wish.kind, span: wish.span };
            self.taken.insert(name.bare().to_owned(), holder);
        }
        name
    }

    /// Gives something that the generator invents a name: the first of `base`, `base2`, `base3` … that is free.
    pub fn invent(&mut self, base: &Name, span: Span) -> Name {
        let mut name = base.clone();
        let mut count = 2_usize;
        while self.is_taken(&name) {
            name = Name(format!("{}{count}", base.bare()));
            count += 1;
        }
        let holder = Holder { what: format!("`{name}`"), kind: "", span };
        self.taken.insert(name.bare().to_owned(), holder);
        name
    }

    fn is_taken(&self, name: &Name) -> bool {
        self.fixed.contains(&name.bare()) || self.taken.contains_key(name.bare())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn wish<'a>(kind: &'static str, name: &'a str, at: usize) -> Wish<'a> {
        Wish { kind, sigil: ":", name, span: Span::new(FileId::from_index(0), at, at + 1) }
    }

    #[test]
    fn names_are_legal_identifiers() {
        assert_eq!(Name::snake("type").as_str(), "r#type");
        assert_eq!(Name::snake("self").as_str(), "self_");
        assert_eq!(Name::snake("gen").as_str(), "r#gen");
        assert_eq!(Name::pascal("self").as_str(), "Self_");
        assert_eq!(Name::pascal("order_paid").as_str(), "OrderPaid");
        assert_eq!(Name::pascal("a.b-c").as_str(), "ABC");
        assert_eq!(Name::pascal("3_d").as_str(), "n3D");
        assert_eq!(Name::snake("größe in m²").as_str(), "größe_in_m");
        assert_eq!(Name::snake("заказ принят").as_str(), "заказ_принят");
        assert_eq!(Name::snake("٣ a·b").as_str(), "n٣_a·b");
        assert_eq!(Name::snake("!?").as_str(), "unnamed");
        for text in ["٣ a·b", "größe in m²", "\u{303}a", "ⓐ b", "a\u{200d}b"] {
            assert!(syn::parse_str::<syn::Ident>(Name::snake(text).as_str()).is_ok(), "{text}");
        }
        for keyword in KEYWORDS {
            assert!(syn::parse_str::<syn::Ident>(Name::snake(keyword).as_str()).is_ok(), "{keyword}");
        }
    }

    #[test]
    fn names_that_rustc_takes_for_one_are_one() {
        assert_eq!(Name::snake("j\u{30c}"), Name::snake("ǰ"));
        assert_eq!(Name::snake("\u{303}a"), Name::snake("ña"));
    }

    #[test]
    fn what_is_invented_is_given_once() {
        let mut scope = Scope::with_fixed(&["claims"]);
        let mut names = Vec::new();
        for title in ["a", "a", "a 2", "a2", "a"] {
            names.push(scope.invent(&Name::snake(title), wish("", "", 0).span));
        }
        assert_eq!(names.iter().map(Name::as_str).collect::<Vec<_>>(), ["a", "a2", "a_2", "a22", "a3"]);
        let of_machines =
            ["claims", "claims_machine", "order"].map(|name| scope.invent_snake(wish("machine", name, 0)));
        assert_eq!(of_machines.each_ref().map(Name::as_str), ["claims_machine", "claims_machine_machine", "order"]);
    }

    #[test]
    fn two_of_a_kind_collide_and_two_kinds_do_not() {
        let mut diagnostics = Diagnostics::new();
        let mut scope = Scope::with_fixed(&["State"]);
        assert_eq!(scope.pascal(wish("event", "state", 0), &mut diagnostics).as_str(), "StateEvent");
        assert_eq!(scope.pascal(wish("event", "item_1", 1), &mut diagnostics).as_str(), "Item1");
        assert_eq!(scope.pascal(wish("record", "item1", 2), &mut diagnostics).as_str(), "Item1Record");
        assert!(diagnostics.is_empty());
        scope.pascal(wish("event", "item1", 9), &mut diagnostics);
        let found = diagnostics.into_sorted();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].primary().map(|label| label.span.start), Some(9));
    }
}
