//! Conditions that a test decides by itself.

use super::Lowering;
use super::names::Scope;
use super::values::{Typed, Words, meets};
use crate::ast::{ComparisonOperator, Expression, ExpressionKind, PostfixTest, StateTest};
use crate::catalog::story as catalog;
use crate::ir::Type;
use crate::source::Span;
use crate::test_plan::{Comparison, Condition, Value};

impl Lowering<'_, '_> {
    /// `order is in #a, #b` within a condition.
    pub(super) fn state_test(&mut self, test: &StateTest, scope: Scope) -> Option<Condition> {
        let machine = self.subject(&test.subject, scope)?;
        let states = self.states(&test.states, machine)?;
        let within = Condition::InState(machine, states);
        Some(if test.negated { Condition::Not(Box::new(within)) } else { within })
    }

    /// A built-in condition. None if an error was reported.
    pub(super) fn truth(&mut self, expression: &Expression, scope: Scope) -> Option<Condition> {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Parentheses(inner) => self.truth(inner, scope),
            ExpressionKind::Not(inner) => Some(Condition::Not(Box::new(self.truth(inner, scope)?))),
            ExpressionKind::And(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|part| self.truth(part, scope)).collect();
                Some(Condition::All(parts?))
            }
            ExpressionKind::Or(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|part| self.truth(part, scope)).collect();
                Some(Condition::Any(parts?))
            }
            ExpressionKind::Comparison { left, operator, symbol: _, right } => {
                self.comparison((left, *operator, right), span, scope)
            }
            ExpressionKind::Between { value, low, high, negated } => {
                let value = self.value(value, scope, Words::Names)?;
                let low = self.value(low, scope, Words::Names)?;
                let high = self.value(high, scope, Words::Names)?;
                self.ordered(&value, &low, span)?;
                self.ordered(&value, &high, span)?;
                let (value, low, high) = (value.value, low.value, high.value);
                if !negated {
                    return Some(Condition::Between(value, low, high));
                }
                // An unset value is neither between two others nor outside.
                let below = Condition::Compare(Comparison::Less, value.clone(), low);
                Some(Condition::Any(vec![below, Condition::Compare(Comparison::Greater, value, high)]))
            }
            ExpressionKind::Postfix { value, test } => {
                let value = self.value(value, scope, Words::Names)?.value;
                Some(match test {
                    PostfixTest::Empty => Condition::IsEmpty(value),
                    PostfixTest::NotEmpty => Condition::Not(Box::new(Condition::IsEmpty(value))),
                    PostfixTest::Exists => Condition::Exists(value),
                    PostfixTest::NotExists => Condition::Not(Box::new(Condition::Exists(value))),
                })
            }
            _ => {
                let value = self.value(expression, scope, Words::Names)?;
                self.boolean(&value, span)?;
                Some(Condition::True(value.value))
            }
        }
    }

    fn boolean(&mut self, value: &Typed, span: Span) -> Option<()> {
        let boolean = value.ty.as_ref().is_none_or(|ty| meets(ty, &Type::Boolean));
        if let (false, Some(ty)) = (boolean, &value.ty) {
            let ty = self.names.type_text(ty);
            self.diagnostics.error(catalog::unfit_operation(span, "a value alone as an assertion", &ty));
        }
        boolean.then_some(())
    }

    fn comparison(
        &mut self,
        (left, operator, right): (&Expression, ComparisonOperator, &Expression),
        span: Span,
        scope: Scope,
    ) -> Option<Condition> {
        let left = self.value(left, scope, Words::Names)?;
        let right = self.value(right, scope, Words::Names)?;
        if let Some(condition) = emptiness(&left.value, operator, &right.value) {
            return Some(condition);
        }
        let ordering = |lowering: &mut Self, comparison| {
            lowering.ordered(&left, &right, span)?;
            Some(Condition::Compare(comparison, left.value.clone(), right.value.clone()))
        };
        match operator {
            ComparisonOperator::Greater | ComparisonOperator::After => ordering(self, Comparison::Greater),
            ComparisonOperator::Less | ComparisonOperator::Before => ordering(self, Comparison::Less),
            ComparisonOperator::AtLeast | ComparisonOperator::NotBefore => ordering(self, Comparison::GreaterOrEqual),
            ComparisonOperator::AtMost | ComparisonOperator::NotAfter => ordering(self, Comparison::LessOrEqual),
            ComparisonOperator::Equals => {
                self.comparable(&left, &right, span)?;
                Some(Condition::Compare(Comparison::Equal, left.value, right.value))
            }
            ComparisonOperator::NotEquals => {
                self.comparable(&left, &right, span)?;
                Some(Condition::Compare(Comparison::NotEqual, left.value, right.value))
            }
            ComparisonOperator::Contains => {
                self.containing(&left, &right, span)?;
                Some(Condition::Contains(left.value, right.value))
            }
            ComparisonOperator::NotContains => {
                self.containing(&left, &right, span)?;
                let contains = Condition::Contains(left.value.clone(), right.value);
                // Of an unset container neither `contains` nor its opposite is true.
                Some(Condition::All(vec![Condition::Exists(left.value), Condition::Not(Box::new(contains))]))
            }
        }
    }

    /// Reports two values that can never be equal.
    pub(super) fn comparable(&mut self, left: &Typed, right: &Typed, span: Span) -> Option<()> {
        let wanted = |typed: &Typed| typed.ty.clone();
        match (wanted(left), wanted(right)) {
            (Some(left), Some(right)) if !meets(&left, &right) => self.incomparable(&left, &right, span),
            (Some(ty), None) => self.fits(right, &[&ty], "the left side", span).then_some(()),
            (None, Some(ty)) => self.fits(left, &[&ty], "the right side", span).then_some(()),
            _ => Some(()),
        }
    }

    fn incomparable(&mut self, left: &Type, right: &Type, span: Span) -> Option<()> {
        let (left, right) = (self.names.type_text(left), self.names.type_text(right));
        self.diagnostics.error(catalog::incomparable(span, &left, &right));
        None
    }

    fn ordered(&mut self, left: &Typed, right: &Typed, span: Span) -> Option<()> {
        self.comparable(left, right, span)?;
        for ty in [&left.ty, &right.ty].into_iter().flatten() {
            if matches!(ty, Type::Boolean | Type::List(_) | Type::Object | Type::Record(_)) {
                let ty = self.names.type_text(ty);
                self.diagnostics.error(catalog::unfit_operation(span, "greater or less", &ty));
                return None;
            }
        }
        Some(())
    }

    fn containing(&mut self, container: &Typed, item: &Typed, span: Span) -> Option<()> {
        match &container.ty {
            None | Some(Type::Json) => Some(()),
            Some(Type::List(element)) => {
                let element = element.as_ref().clone();
                self.fits(item, &[&element], "an element of the list", span).then_some(())
            }
            Some(Type::String) => self.fits(item, &[&Type::String], "a part of the text", span).then_some(()),
            Some(ty) => {
                let ty = self.names.type_text(ty);
                self.diagnostics.error(catalog::unfit_operation(span, "`contains`", &ty));
                None
            }
        }
    }
}

/// `is null` asks whether a value is unset; a comparison with `empty`, whether it has content.
fn emptiness(left: &Value, operator: ComparisonOperator, right: &Value) -> Option<Condition> {
    let equal = operator.equality()?;
    let not = |condition| Condition::Not(Box::new(condition));
    Some(match (left, right, equal) {
        (value, Value::Null, true) | (Value::Null, value, true) => not(Condition::Exists(value.clone())),
        (value, Value::Null, false) | (Value::Null, value, false) => Condition::Exists(value.clone()),
        (value, Value::Empty, true) | (Value::Empty, value, true) => Condition::IsEmpty(value.clone()),
        (value, Value::Empty, false) | (Value::Empty, value, false) => not(Condition::IsEmpty(value.clone())),
        _ => return None,
    })
}
