//! One line through the generated parser: positioned parse trees, and failures in words.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;

use super::words::describe;
use crate::grammar::{LineParser, Rule};
use crate::source::{FileId, Span};

/// A part of a line with the rule that it matched.
#[derive(Clone, Debug)]
pub(super) struct Tree<'i> {
    pair: Pair<'i, Rule>,
    file: FileId,
    base: usize,
}

/// Why a line does not match its rule.
#[derive(Debug)]
pub(super) struct Failure {
    /// Where in the line.
    pub(super) at: usize,
    /// What could stand there.
    pub(super) expected: Vec<&'static str>,
}

impl<'i> Tree<'i> {
    /// Parses all of `text`, which stands at `base` in its file, by an entry rule.
    pub(super) fn parse(rule: Rule, file: FileId, base: usize, text: &'i str) -> Result<Self, Failure> {
        match LineParser::parse(rule, text) {
            Ok(mut pairs) => match pairs.next() {
                Some(pair) => {
                    #[cfg(test)]
                    used::note(&pair);
                    Ok(Self { pair, file, base })
                }
                None => Err(Failure { at: 0, expected: Vec::new() }),
            },
            Err(error) => {
                let at = match error.location {
                    InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
                };
                Err(Failure { at, expected: expected(error.variant) })
            }
        }
    }

    pub(super) fn rule(&self) -> Rule {
        self.pair.as_rule()
    }

    pub(super) fn text(&self) -> &'i str {
        self.pair.as_str().trim_end()
    }

    pub(super) fn span(&self) -> Span {
        let start = self.base + self.pair.as_span().start();
        Span::new(self.file, start, start + self.text().len())
    }

    /// The parts, without the end of the line.
    pub(super) fn children(&self) -> impl Iterator<Item = Self> + use<'i> {
        let (file, base) = (self.file, self.base);
        self.pair.clone().into_inner().filter(|pair| pair.as_rule() != Rule::EOI).map(move |pair| Self {
            pair,
            file,
            base,
        })
    }

    /// The first part that matched this rule.
    pub(super) fn find(&self, rule: Rule) -> Option<Self> {
        self.children().find(|child| child.rule() == rule)
    }

    pub(super) fn has(&self, rule: Rule) -> bool {
        self.find(rule).is_some()
    }

    /// The first part.
    pub(super) fn first(&self) -> Option<Self> {
        self.children().next()
    }
}

/// What the parser would have taken, in words, without repetitions.
fn expected(variant: ErrorVariant<Rule>) -> Vec<&'static str> {
    let ErrorVariant::ParsingError { positives, negatives: _ } = variant else { return Vec::new() };
    let mut words = Vec::new();
    for rule in positives {
        if let Some(word) = describe(rule)
            && !words.contains(&word)
        {
            words.push(word);
        }
    }
    words.truncate(6);
    words
}

/// Which rules texts use: how a test knows that a corpus leaves none out.
#[cfg(test)]
pub(super) mod used {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use pest::iterators::Pair;

    use crate::grammar::Rule;

    thread_local! {
        static USED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }

    /// Notes the rules of a line.
    pub(super) fn note(pair: &Pair<'_, Rule>) {
        let rules = pair.clone().into_inner().flatten().chain([pair.clone()]);
        USED.with_borrow_mut(|used| used.extend(rules.map(|pair| format!("{:?}", pair.as_rule()))));
    }

    /// All rules that this thread has used.
    pub(in crate::parse) fn all() -> BTreeSet<String> {
        USED.with_borrow(Clone::clone)
    }
}
