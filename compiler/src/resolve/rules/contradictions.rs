//! Rules of one cell that contradict each other: whatever the value is, one of them is broken.

use super::literal;
use crate::ast::{Expression, ExpressionKind, Rule, RuleKind};
use crate::catalog::types as catalog;
use crate::diagnostic::Diagnostics;
use crate::interval::{End, nothing_between};
use crate::source::Span;

/// An end of what is allowed, and the rule that says so.
#[derive(Clone, Copy)]
struct Bound<'a> {
    end: End<'a>,
    span: Span,
}

/// What the rules so far allow.
#[derive(Default)]
struct Allowed<'a> {
    required: Option<Span>,
    optional: Option<Span>,
    least: Vec<Bound<'a>>,
    most: Vec<Bound<'a>>,
    shortest: Vec<Bound<'a>>,
    longest: Vec<Bound<'a>>,
}

/// Warns of each rule that leaves nothing of what those before it allow.
pub(super) fn report(rules: &[Rule], diagnostics: &mut Diagnostics) {
    let numbers: Vec<Option<[String; 2]>> = rules.iter().map(bounds).collect();
    let mut allowed = Allowed::default();
    for (rule, numbers) in rules.iter().zip(&numbers) {
        if let Some(earlier) = allowed.add(rule, numbers.as_ref()) {
            diagnostics.warning(catalog::contradiction(rule.span, (earlier != rule.span).then_some(earlier)));
        }
    }
}

/// The numbers of a rule that has some, the lower and the upper one, or the same twice.
fn bounds(rule: &Rule) -> Option<[String; 2]> {
    let both = |bound: &Expression| literal(bound).map(|number| [number.clone(), number]);
    match &rule.kind {
        RuleKind::GreaterThan(bound) | RuleKind::LessThan(bound) => both(bound),
        RuleKind::AtLeast(bound) | RuleKind::AtMost(bound) => both(bound),
        RuleKind::MinCharacters(count) | RuleKind::MaxCharacters(count) => match count.kind {
            ExpressionKind::Number(_) => both(count),
            _ => None,
        },
        RuleKind::Between { low, high } => Some([literal(low)?, literal(high)?]),
        RuleKind::Required
        | RuleKind::Optional
        | RuleKind::Type(_)
        | RuleKind::ValidEmail
        | RuleKind::ValidUuid
        | RuleKind::ValidUrl
        | RuleKind::OneOf(_)
        | RuleKind::Bail
        | RuleKind::Secret
        | RuleKind::Custom { .. } => None,
    }
}

impl<'a> Allowed<'a> {
    /// Takes a rule; gives the place of the first one that it contradicts.
    fn add(&mut self, rule: &Rule, numbers: Option<&'a [String; 2]>) -> Option<Span> {
        let bound = |end: usize, included| {
            numbers.map(|numbers| Bound { end: End { number: &numbers[end], included }, span: rule.span })
        };
        match &rule.kind {
            RuleKind::Required => {
                self.required = self.required.or(Some(rule.span));
                return self.optional;
            }
            RuleKind::Optional => {
                self.optional = self.optional.or(Some(rule.span));
                return self.required;
            }
            RuleKind::GreaterThan(_) => self.least.extend(bound(0, false)),
            RuleKind::AtLeast(_) => self.least.extend(bound(0, true)),
            RuleKind::LessThan(_) => self.most.extend(bound(1, false)),
            RuleKind::AtMost(_) => self.most.extend(bound(1, true)),
            RuleKind::MinCharacters(_) => self.shortest.extend(bound(0, true)),
            RuleKind::MaxCharacters(_) => self.longest.extend(bound(1, true)),
            RuleKind::Between { .. } => {
                self.least.extend(bound(0, true));
                self.most.extend(bound(1, true));
            }
            RuleKind::Type(_)
            | RuleKind::ValidEmail
            | RuleKind::ValidUuid
            | RuleKind::ValidUrl
            | RuleKind::OneOf(_)
            | RuleKind::Bail
            | RuleKind::Secret
            | RuleKind::Custom { .. } => {}
        }
        empty(&self.least, &self.most, rule.span).or_else(|| empty(&self.shortest, &self.longest, rule.span))
    }
}

/// The place of a bound that leaves nothing together with one at this place, if there is one.
fn empty(least: &[Bound<'_>], most: &[Bound<'_>], latest: Span) -> Option<Span> {
    least.iter().flat_map(|low| most.iter().map(move |high| (low, high))).find_map(|(low, high)| {
        let other = if low.span == latest { high.span } else { low.span };
        let concerns = low.span == latest || high.span == latest;
        (concerns && nothing_between(low.end, high.end)).then_some(other)
    })
}
