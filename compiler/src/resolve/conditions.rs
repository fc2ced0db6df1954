//! Lowers conditions: guards as trees, comparisons, tests, free texts.

use super::expressions::Lowered;
use super::lower::{Lowering, Scope};
use super::operators::{Pending, PendingKind};
use super::types::Shape;
use crate::ast::{
    self, ComparisonOperator, ConditionTree, Expression, ExpressionKind, FreeText, PieceKind, PostfixTest, Reading,
    StateTest,
};
use crate::built_in;
use crate::catalog::{meaning as meaning_catalog, types as catalog};
use crate::ir::{self, Comparison, Condition, SentenceKind, StateId};
use crate::source::Span;

impl Lowering<'_, '_> {
    /// `? a` / `? b` / `?? c`: one of the groups holds.
    pub(super) fn guards(&mut self, groups: &[Vec<ast::Guard>], scope: &Scope) -> Condition {
        let mut alternatives = Vec::new();
        for group in groups {
            let all = group.iter().map(|guard| self.guard(guard, scope)).collect();
            alternatives.push(one_or(Condition::All, all));
        }
        one_or(Condition::Any, alternatives)
    }

    fn guard(&mut self, guard: &ast::Guard, scope: &Scope) -> Condition {
        let condition = Box::new(self.condition(&guard.condition, scope));
        Condition::Guard { origin: self.origin(guard.span), condition }
    }

    fn condition(&mut self, condition: &ast::Condition, scope: &Scope) -> Condition {
        let words = &self.unit.machines[self.machine].words;
        let known = |word: &str| words.contains(word);
        for part in condition.parts.iter().filter(|part| part.built_in(&known).is_none()) {
            let almost = part.almost.as_ref();
            if let Some(almost) = almost.filter(|almost| almost.if_known.iter().all(|word| known(&word.text))) {
                self.diagnostics.warning(meaning_catalog::almost_a_comparison(almost.span, &almost.comparison));
            }
        }
        self.tree(&condition.tree(&known), scope)
    }

    fn tree(&mut self, tree: &ConditionTree<'_>, scope: &Scope) -> Condition {
        match tree {
            ConditionTree::And(parts) => Condition::All(parts.iter().map(|part| self.tree(part, scope)).collect()),
            ConditionTree::Or(parts) => Condition::Any(parts.iter().map(|part| self.tree(part, scope)).collect()),
            ConditionTree::Not(part) => Condition::Not(Box::new(self.tree(part, scope))),
            ConditionTree::BuiltIn(Reading::State(test)) => self.state_test(test),
            ConditionTree::BuiltIn(Reading::Expression(expression)) => self.truth(expression, scope),
            ConditionTree::Text(text) => {
                self.warn_if_almost_a_state_test(text);
                match self.sentence(SentenceKind::Guard, text, scope) {
                    Some(call) => Condition::Sentence(call),
                    None => never(),
                }
            }
        }
    }

    fn state_test(&mut self, test: &StateTest) -> Condition {
        self.own_subject(&test.subject);
        let states: Vec<StateId> =
            test.states.iter().filter_map(|state| self.outline().states.named(&state.text)).collect();
        Condition::InState { states, negated: test.negated }
    }

    /// Reports a subject that is another machine: its state is its own.
    pub(super) fn own_subject(&mut self, subject: &FreeText) {
        let outline = self.outline();
        let is_own = |name: &str| name == outline.own_name || name == outline.name || name == built_in::ITSELF;
        let named = match subject.pieces.as_slice() {
            [piece] => match &piece.kind {
                PieceKind::Actor(name) => Some(name.text.as_str()),
                PieceKind::Word => Some(piece.written.as_str()),
                _ => None,
            },
            pieces => pieces.iter().find_map(|piece| match &piece.kind {
                PieceKind::Actor(name) => Some(name.text.as_str()),
                _ => None,
            }),
        };
        if let Some(name) = named
            && !is_own(name)
            && self.unit.machine_named(name).is_some()
        {
            self.diagnostics.error(meaning_catalog::foreign_state(subject.span, name, &outline.name));
        }
    }

    /// A built-in condition.
    fn truth(&mut self, expression: &Expression, scope: &Scope) -> Condition {
        let span = expression.span;
        match &expression.kind {
            ExpressionKind::Parentheses(inner) => self.truth(inner, scope),
            ExpressionKind::Not(inner) => Condition::Not(Box::new(self.truth(inner, scope))),
            ExpressionKind::And(parts) => Condition::All(parts.iter().map(|part| self.truth(part, scope)).collect()),
            ExpressionKind::Or(parts) => Condition::Any(parts.iter().map(|part| self.truth(part, scope)).collect()),
            ExpressionKind::Comparison { left, operator, symbol: _, right } => {
                self.comparison((left, *operator, right), span, scope)
            }
            ExpressionKind::Between { value, low, high, negated } => {
                let (value, low, high) = (self.value(value, scope), self.value(low, scope), self.value(high, scope));
                self.ordered(&value, &low, low.span);
                self.ordered(&value, &high, high.span);
                let (value, low, high) = (value.expression, low.expression, high.expression);
                if *negated { outside(value, low, high) } else { Condition::Between { value, low, high } }
            }
            ExpressionKind::Postfix { value, test } => {
                let value = self.value(value, scope).expression;
                match test {
                    PostfixTest::Empty => Condition::IsEmpty { value, negated: false },
                    PostfixTest::NotEmpty => Condition::IsEmpty { value, negated: true },
                    PostfixTest::Exists => Condition::Exists { value, negated: false },
                    PostfixTest::NotExists => Condition::Exists { value, negated: true },
                }
            }
            ExpressionKind::Boolean(_) | ExpressionKind::Variable(_) | ExpressionKind::Word(_) => {
                let value = self.value(expression, scope);
                self.types.expect(value.ty, Shape::Boolean, span, self.diagnostics);
                Condition::Holds(value.expression)
            }
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Null
            | ExpressionKind::Empty
            | ExpressionKind::Array(_)
            | ExpressionKind::Object(_)
            | ExpressionKind::Now
            | ExpressionKind::Uuid
            | ExpressionKind::Duration { .. }
            | ExpressionKind::Words(_)
            | ExpressionKind::Actor(_)
            | ExpressionKind::Negative(_)
            | ExpressionKind::Arithmetic { .. } => {
                self.diagnostics.error(catalog::value_as_condition(span));
                never()
            }
        }
    }

    fn comparison(
        &mut self,
        (left, operator, right): (&Expression, ComparisonOperator, &Expression),
        span: Span,
        scope: &Scope,
    ) -> Condition {
        if let Some(test) = self.emptiness((left, operator, right), scope) {
            return test;
        }
        let (left, right) = (self.value(left, scope), self.value(right, scope));
        let operator = match operator {
            ComparisonOperator::Contains | ComparisonOperator::NotContains => {
                let kind = PendingKind::Contains;
                self.types.pending.push(Pending { kind, left: left.ty, right: right.ty, place: span });
                let negated = operator == ComparisonOperator::NotContains;
                return Condition::Contains { container: left.expression, item: right.expression, negated };
            }
            ComparisonOperator::After => self.times(&left, &right, Comparison::Greater),
            ComparisonOperator::Before => self.times(&left, &right, Comparison::Less),
            ComparisonOperator::NotAfter => self.times(&left, &right, Comparison::LessOrEqual),
            ComparisonOperator::NotBefore => self.times(&left, &right, Comparison::GreaterOrEqual),
            ComparisonOperator::Equals => self.equal(&left, &right, span, Comparison::Equal),
            ComparisonOperator::NotEquals => self.equal(&left, &right, span, Comparison::NotEqual),
            ComparisonOperator::Greater => self.ordered_by(&left, &right, span, Comparison::Greater),
            ComparisonOperator::Less => self.ordered_by(&left, &right, span, Comparison::Less),
            ComparisonOperator::AtLeast => self.ordered_by(&left, &right, span, Comparison::GreaterOrEqual),
            ComparisonOperator::AtMost => self.ordered_by(&left, &right, span, Comparison::LessOrEqual),
        };
        Condition::Compare { operator, left: left.expression, right: right.expression }
    }

    /// `is null` asks whether a value is unset; a comparison with `empty`, whether it has content.
    fn emptiness(
        &mut self,
        (left, operator, right): (&Expression, ComparisonOperator, &Expression),
        scope: &Scope,
    ) -> Option<Condition> {
        let equal = operator.equality()?;
        let (value, against) = match (&left.kind, &right.kind) {
            (_, ExpressionKind::Null | ExpressionKind::Empty) => (left, &right.kind),
            (ExpressionKind::Null | ExpressionKind::Empty, _) => (right, &left.kind),
            _ => return None,
        };
        let value = self.value(value, scope).expression;
        Some(if *against == ExpressionKind::Null {
            Condition::Exists { value, negated: equal }
        } else {
            Condition::IsEmpty { value, negated: !equal }
        })
    }

    fn equal(&mut self, left: &Lowered, right: &Lowered, span: Span, operator: Comparison) -> Comparison {
        self.types.unite(left.ty, right.ty, span, self.diagnostics);
        operator
    }

    fn times(&mut self, left: &Lowered, right: &Lowered, operator: Comparison) -> Comparison {
        self.types.expect(left.ty, Shape::Time, left.span, self.diagnostics);
        self.types.expect(right.ty, Shape::Time, right.span, self.diagnostics);
        operator
    }

    fn ordered_by(&mut self, left: &Lowered, right: &Lowered, span: Span, operator: Comparison) -> Comparison {
        self.ordered(left, right, span);
        operator
    }

    fn ordered(&mut self, left: &Lowered, right: &Lowered, place: Span) {
        self.types.pending.push(Pending {
            kind: PendingKind::Ordered { value: left.span },
            left: left.ty,
            right: right.ty,
            place,
        });
    }
}

/// `is not between A and B`: less than the one or greater than the other, so that an unset value is not outside either.
fn outside(value: ir::Expression, low: ir::Expression, high: ir::Expression) -> Condition {
    let below = Condition::Compare { operator: Comparison::Less, left: value.clone(), right: low };
    let above = Condition::Compare { operator: Comparison::Greater, left: value, right: high };
    Condition::Any(vec![below, above])
}

/// In place of a condition that an error was reported about.
fn never() -> Condition {
    Condition::Any(Vec::new())
}

/// The only one of them, or all of them together.
fn one_or(many: fn(Vec<Condition>) -> Condition, mut parts: Vec<Condition>) -> Condition {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    many(parts)
}
