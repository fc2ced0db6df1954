//! Validation rules: what they say about types, and their lowering.

mod contradictions;

use super::lower::Lowering;
use super::types::{Shape, TypeVar, Types};
use crate::ast::{Expression, ExpressionKind, Rule, RuleKind, normal_number};
use crate::catalog::{syntax, types as catalog};
use crate::diagnostic::Diagnostics;
use crate::ir::{self, RecordId};
use std::collections::BTreeMap;

/// What rules ask of one value.
pub(super) struct Asked {
    pub(super) required: bool,
    pub(super) bail: bool,
    pub(super) secret: bool,
    pub(super) rules: Vec<ir::Rule>,
}

/// Tells a type what rules expect of it.
pub(super) fn expect(
    rules: &[Rule],
    ty: TypeVar,
    records: &BTreeMap<String, RecordId>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) {
    for rule in rules {
        let shape = match &rule.kind {
            RuleKind::GreaterThan(bound)
            | RuleKind::LessThan(bound)
            | RuleKind::Between { low: bound, .. }
            | RuleKind::AtLeast(bound)
            | RuleKind::AtMost(bound) => match literal(bound) {
                Some(_) => Shape::Number,
                None => continue,
            },
            RuleKind::MinCharacters(_)
            | RuleKind::MaxCharacters(_)
            | RuleKind::ValidEmail
            | RuleKind::ValidUuid
            | RuleKind::ValidUrl => Shape::String,
            RuleKind::OneOf(values) => match values.first().map(|value| &value.kind) {
                Some(ExpressionKind::Number(_) | ExpressionKind::Negative(_)) => Shape::Number,
                Some(_) | None => Shape::String,
            },
            RuleKind::Type(written) => super::records::shape(written, records, types, diagnostics),
            RuleKind::Required | RuleKind::Optional | RuleKind::Bail | RuleKind::Secret | RuleKind::Custom { .. } => {
                continue;
            }
        };
        types.expect(ty, shape, rule.span, diagnostics);
    }
}

/// Lowers the rules about a value of type `ty`.
pub(super) fn lower(lowering: &mut Lowering<'_, '_>, rules: &[Rule], ty: TypeVar) -> Asked {
    contradictions::report(rules, lowering.diagnostics);
    let mut asked = Asked { required: false, bail: false, secret: false, rules: Vec::new() };
    for rule in rules {
        let lowered = match &rule.kind {
            RuleKind::Required => {
                asked.required = true;
                continue;
            }
            RuleKind::Bail => {
                asked.bail = true;
                continue;
            }
            RuleKind::Secret => {
                asked.secret = true;
                continue;
            }
            RuleKind::Optional | RuleKind::Type(_) => continue,
            RuleKind::GreaterThan(bound) => number(lowering, bound).map(ir::Rule::GreaterThan),
            RuleKind::LessThan(bound) => number(lowering, bound).map(ir::Rule::LessThan),
            RuleKind::AtLeast(bound) => number(lowering, bound).map(ir::Rule::AtLeast),
            RuleKind::AtMost(bound) => number(lowering, bound).map(ir::Rule::AtMost),
            RuleKind::Between { low, high } => {
                let bounds = (number(lowering, low), number(lowering, high));
                bounds.0.zip(bounds.1).map(|(low, high)| ir::Rule::Between(low, high))
            }
            RuleKind::MinCharacters(count) => whole(lowering, count).map(ir::Rule::MinCharacters),
            RuleKind::MaxCharacters(count) => whole(lowering, count).map(ir::Rule::MaxCharacters),
            RuleKind::ValidEmail => Some(ir::Rule::Email),
            RuleKind::ValidUuid => Some(ir::Rule::Uuid),
            RuleKind::ValidUrl => Some(ir::Rule::Url),
            RuleKind::OneOf(values) => one_of(lowering, values),
            RuleKind::Custom { text, almost } => {
                let records = &lowering.unit.machines[lowering.machine].records;
                if text.single_word().is_some_and(|word| records.contains_key(word)) {
                    continue;
                }
                if let Some(built_in) = almost {
                    lowering.diagnostics.warning(syntax::almost_a_rule(text.span, built_in));
                }
                lowering.custom_rule(text, ty).map(ir::Rule::Custom)
            }
        };
        asked.rules.extend(lowered);
    }
    asked
}

/// A number that stands in a rule; what is none is reported.
fn number(lowering: &mut Lowering<'_, '_>, bound: &Expression) -> Option<String> {
    let literal = literal(bound);
    if literal.is_none() {
        lowering.diagnostics.error(catalog::bound(bound.span));
    }
    literal
}

/// A number that is written out, in its normal form.
fn literal(bound: &Expression) -> Option<String> {
    match &bound.kind {
        ExpressionKind::Number(text) => normal_number(text),
        ExpressionKind::Negative(inner) => match &inner.kind {
            ExpressionKind::Number(text) => {
                normal_number(text).map(|text| if text == "0" { text } else { format!("-{text}") })
            }
            _ => None,
        },
        _ => None,
    }
}

fn whole(lowering: &mut Lowering<'_, '_>, count: &Expression) -> Option<u32> {
    let number = match &count.kind {
        ExpressionKind::Number(text) => text.parse().ok(),
        _ => None,
    };
    if number.is_none() {
        lowering.diagnostics.error(catalog::count(count.span));
    }
    number
}

fn one_of(lowering: &mut Lowering<'_, '_>, values: &[Expression]) -> Option<ir::Rule> {
    let mut texts = Vec::new();
    for value in values {
        texts.push(match &value.kind {
            ExpressionKind::Text(text) => text.clone(),
            ExpressionKind::Words(text) => text.text.clone(),
            ExpressionKind::Word(path) => path.root.text.clone(),
            ExpressionKind::Boolean(value) => value.to_string(),
            _ => number(lowering, value)?,
        });
    }
    Some(ir::Rule::OneOf(texts))
}
