//! Conditions: what stands behind `?`, and the values and free texts of `=` lines.
//!
//! Whether a part is built in or free text may depend on which variables exist, so a part keeps both; the tree is made
//! on demand with the names in hand.

use serde::Serialize;

use super::{Expression, ExpressionKind, FreeText, Name, Path};
use crate::built_in;
use crate::source::Span;

/// A condition, cut at every `and` and `or` that is not inside a built-in part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Condition {
    /// From the first part to the last.
    pub span: Span,
    /// The parts; at least one.
    pub parts: Vec<ConditionPart>,
    /// What stands between them; one less than the parts.
    pub connectives: Vec<Connective>,
}

/// `and` or `or` between two parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connective {
    /// Where it stands.
    pub span: Span,
    /// Which one.
    pub kind: ConnectiveKind,
}

/// `and`, `or`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ConnectiveKind {
    /// Both must hold.
    And,
    /// One is enough.
    Or,
}

/// One part of a condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConditionPart {
    /// Everything, a leading `not` included.
    pub span: Span,
    /// The `not` in front of the part.
    pub negated: Option<Span>,
    /// The part as free text, without the leading `not`.
    pub text: FreeText,
    /// The part as built-in condition, if it can be read as one.
    pub reading: Option<Reading>,
    /// The bare words that must be known variables for `reading` to hold. Empty: it holds in any case.
    pub if_known: Vec<Name>,
    /// The comparison that the part nearly is, where it is free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub almost: Option<AlmostComparison>,
}

/// What a free text is nearly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlmostComparison {
    /// Where it stands.
    pub span: Span,
    /// The comparison: `$amount is greater than 5`.
    pub comparison: String,
    /// The bare words that must be known variables for it to be one.
    pub if_known: Vec<Name>,
}

/// A built-in condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Reading {
    /// `order is in #a, #b`.
    State(StateTest),
    /// A comparison, a test of a value, a boolean variable, a parenthesized combination of such.
    Expression(Expression),
}

/// `order is [not] in #a, #b`; `in #a`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateTest {
    /// Where it stands.
    pub span: Span,
    /// Whose state; decoration, as in transitions. Empty for `in #a`.
    pub subject: FreeText,
    /// Whether `not` stands before `in`.
    pub negated: bool,
    /// The states; at least one.
    pub states: Vec<Name>,
}

/// A condition after the question "built in or free text" is settled. `not` binds tighter than `and`, `and` tighter
/// than `or`.
#[derive(Clone, Debug, PartialEq)]
pub enum ConditionTree<'a> {
    /// All must hold; two or more.
    And(Vec<Self>),
    /// One is enough; two or more.
    Or(Vec<Self>),
    /// A leading `not`.
    Not(Box<Self>),
    /// A built-in part.
    BuiltIn(&'a Reading),
    /// Free text, joined over the connectives that stand between parts that are not built in.
    Text(FreeText),
}

impl Condition {
    /// The tree of this condition where `is_known` says which bare words are variables.
    pub fn tree(&self, is_known: &dyn Fn(&str) -> bool) -> ConditionTree<'_> {
        let mut alternatives = Vec::new();
        let mut all = Vec::new();
        for (connective, leaf) in self.leaves(is_known) {
            if connective == Some(ConnectiveKind::Or) {
                alternatives.push(one_or(ConditionTree::And, std::mem::take(&mut all)));
            }
            all.push(leaf);
        }
        alternatives.push(one_or(ConditionTree::And, all));
        one_or(ConditionTree::Or, alternatives)
    }

    /// The leaves with the connective before each; free texts side by side are joined into one leaf.
    fn leaves(&self, is_known: &dyn Fn(&str) -> bool) -> Vec<(Option<ConnectiveKind>, ConditionTree<'_>)> {
        let mut leaves = Vec::new();
        let mut index = 0;
        while let Some(part) = self.parts.get(index) {
            let connective = index.checked_sub(1).and_then(|before| self.connectives.get(before));
            let leaf = if let Some(reading) = part.built_in(is_known) {
                ConditionTree::BuiltIn(reading)
            } else {
                let mut text = part.text.clone();
                while let Some(next) = self.parts.get(index + 1).filter(|next| next.built_in(is_known).is_none()) {
                    if let Some(between) = self.connectives.get(index) {
                        text = text.joined(&between.as_free_text());
                    }
                    text = text.joined(&next.written());
                    index += 1;
                }
                ConditionTree::Text(text)
            };
            let leaf = if part.negated.is_some() { ConditionTree::Not(Box::new(leaf)) } else { leaf };
            leaves.push((connective.map(|connective| connective.kind), leaf));
            index += 1;
        }
        leaves
    }
}

impl ConditionPart {
    /// The built-in reading, if it holds with these names.
    pub fn built_in(&self, is_known: &dyn Fn(&str) -> bool) -> Option<&Reading> {
        self.reading.as_ref().filter(|_| self.if_known.iter().all(|word| is_known(&word.text)))
    }

    /// The bare words that are variables whether they are known or not: those beside a comparison mark.
    pub fn bare_variables(&self) -> Vec<&Path> {
        let mut found = Vec::new();
        if let Some(Reading::Expression(expression)) = &self.reading {
            expression.walk(&mut |part| match &part.kind {
                ExpressionKind::Word(path) if !is_given(path) && !self.if_known.contains(&path.root) => {
                    found.push(path)
                }
                _ => {}
            });
        }
        found
    }

    /// The text with its leading `not`: in the middle of a free text a `not` is a word of it.
    fn written(&self) -> FreeText {
        let Some(span) = self.negated else { return self.text.clone() };
        FreeText::of_word(span, "not").joined(&self.text)
    }
}

impl Connective {
    fn as_free_text(&self) -> FreeText {
        FreeText::of_word(
            self.span,
            match self.kind {
                ConnectiveKind::And => "and",
                ConnectiveKind::Or => "or",
            },
        )
    }
}

fn one_or<'a>(
    many: fn(Vec<ConditionTree<'a>>) -> ConditionTree<'a>,
    mut parts: Vec<ConditionTree<'a>>,
) -> ConditionTree<'a> {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            many(parts)
        }
    }
}

/// Whether the language gives a word its value.
fn is_given(path: &Path) -> bool {
    built_in::is_value_of_assertions(&path.root.text)
}
