//! Lowers values.

use super::lower::{Lowering, Scope, Slot, untyped};
use super::operators::{Pending, PendingKind};
use super::types::{Shape, TypeVar, Types};
use crate::ast::{self, ArithmeticOperator, Expression, ExpressionKind, MOST_DIGITS, Path, normal_number};
use crate::built_in::CURRENT_STATE;
use crate::catalog::{names as names_catalog, types as catalog};
use crate::ir::{self, BinaryOperator};
use crate::nearest::nearest;
use crate::source::Span;

/// A value, its type to be found, and what it is read from.
pub(super) struct Lowered {
    pub(super) expression: ir::Expression,
    pub(super) ty: TypeVar,
    pub(super) span: Span,
    pub(super) slots: Vec<Slot>,
}

impl Lowered {
    fn new(kind: ir::ExpressionKind, ty: TypeVar, span: Span) -> Self {
        Self { expression: untyped(kind), ty, span, slots: Vec::new() }
    }

    /// A value that is text.
    pub(super) fn string(types: &mut Types, kind: ir::ExpressionKind, span: Span) -> Self {
        let ty = types.of(Shape::String, span);
        Self::new(kind, ty, span)
    }

    /// In place of a value that an error was reported about.
    pub(super) fn silent(types: &mut Types, span: Span) -> Self {
        let ty = types.of(Shape::Error, span);
        Self::new(ir::ExpressionKind::Null, ty, span)
    }
}

impl Lowering<'_, '_> {
    /// Lowers a value.
    pub(super) fn value(&mut self, value: &Expression, scope: &Scope) -> Lowered {
        use ir::ExpressionKind as Ir;
        let span = value.span;
        let known = |types: &mut Types, kind: Ir, shape: Shape| {
            let ty = types.of(shape, span);
            Lowered::new(kind, ty, span)
        };
        match &value.kind {
            ExpressionKind::Text(text) => known(self.types, Ir::Text(text.clone()), Shape::String),
            ExpressionKind::Number(text) => self.number(text, span),
            ExpressionKind::Boolean(value) => known(self.types, Ir::Boolean(*value), Shape::Boolean),
            ExpressionKind::Now => known(self.types, Ir::Now, Shape::Time),
            ExpressionKind::Uuid => known(self.types, Ir::Uuid, Shape::String),
            ExpressionKind::Null => Lowered::new(Ir::Null, self.types.unknown(), span),
            ExpressionKind::Empty => Lowered::new(Ir::Empty, self.types.unknown(), span),
            ExpressionKind::Array(items) => self.list(items, span, scope),
            ExpressionKind::Object(entries) => self.object(entries, span, scope),
            ExpressionKind::Duration { amount, unit } => self.duration(amount, *unit, span, scope),
            ExpressionKind::Variable(path) => self.path(path, scope),
            ExpressionKind::Word(path) => self.word(path, scope),
            ExpressionKind::Negative(inner) => self.negative(inner, span, scope),
            ExpressionKind::Arithmetic { left, operator, right } => {
                self.warn_of_a_day(value);
                self.arithmetic((left, *operator, right), span, scope)
            }
            ExpressionKind::Parentheses(inner) => self.value(inner, scope),
            ExpressionKind::Comparison { .. }
            | ExpressionKind::Between { .. }
            | ExpressionKind::Postfix { .. }
            | ExpressionKind::Not(_)
            | ExpressionKind::And(_)
            | ExpressionKind::Or(_) => {
                self.diagnostics.error(catalog::condition_as_value(span));
                Lowered::silent(self.types, span)
            }
            ExpressionKind::Words(_) => {
                self.diagnostics.error(catalog::only_in_tests(span));
                Lowered::silent(self.types, span)
            }
            // The parser has reported it already.
            ExpressionKind::Actor(_) => Lowered::silent(self.types, span),
        }
    }

    fn number(&mut self, text: &str, span: Span) -> Lowered {
        let Some(text) = normal_number(text) else {
            self.diagnostics.error(catalog::long_number(span, MOST_DIGITS));
            return Lowered::silent(self.types, span);
        };
        let ty = self.types.of(Shape::Number, span);
        Lowered::new(ir::ExpressionKind::Number(text), ty, span)
    }

    fn list(&mut self, items: &[Expression], span: Span, scope: &Scope) -> Lowered {
        let element = self.types.unknown();
        let mut slots = Vec::new();
        let mut list = Vec::new();
        for item in items {
            let item = self.value(item, scope);
            self.types.unite(element, item.ty, item.span, self.diagnostics);
            slots.extend(item.slots);
            list.push(item.expression);
        }
        let ty = self.types.of(Shape::List(element), span);
        Lowered { slots, ..Lowered::new(ir::ExpressionKind::List(list), ty, span) }
    }

    fn object(&mut self, entries: &[ast::Entry], span: Span, scope: &Scope) -> Lowered {
        let mut fields: Vec<(String, TypeVar)> = Vec::new();
        let mut slots = Vec::new();
        let mut object = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            if let Some(earlier) = entries[..index].iter().find(|earlier| earlier.key.text == entry.key.text) {
                self.diagnostics.error(names_catalog::duplicate(
                    entry.key.span,
                    "key",
                    &entry.key.text,
                    earlier.key.span,
                ));
                continue;
            }
            let value = self.value(&entry.value, scope);
            slots.extend(value.slots);
            fields.push((entry.key.text.clone(), value.ty));
            object.push((entry.key.text.clone(), value.expression));
        }
        let nameable = !fields.is_empty() && fields.iter().all(|(name, _)| is_name(name));
        let ty = self.types.of(if nameable { Shape::Fields(fields) } else { Shape::Object }, span);
        Lowered { slots, ..Lowered::new(ir::ExpressionKind::Object(object), ty, span) }
    }

    fn duration(&mut self, amount: &Expression, unit: ast::TimeUnit, span: Span, scope: &Scope) -> Lowered {
        let amount = self.value(amount, scope);
        self.types.expect(amount.ty, Shape::Number, amount.span, self.diagnostics);
        let ty = self.types.of(Shape::Duration, span);
        let kind = ir::ExpressionKind::Duration { amount: Box::new(amount.expression), unit: time_unit(unit) };
        Lowered { slots: amount.slots, ..Lowered::new(kind, ty, span) }
    }

    /// `$order.total`: a variable and the fields read of it.
    pub(super) fn path(&mut self, path: &Path, scope: &Scope) -> Lowered {
        let mut value = self.read(&path.root.text, path.root.span, scope);
        if !path.fields.is_empty() && self.outline().inspected.contains(&path.root.text) {
            self.types.expect(value.ty, Shape::Json, path.root.span, self.diagnostics);
        }
        for field in &path.fields {
            value.ty = self.types.member(value.ty, &field.text, field.span, self.diagnostics);
            let inner = Box::new(value.expression);
            value.expression = untyped(ir::ExpressionKind::Member(inner, field.text.clone()));
        }
        Lowered { span: path.span, ..value }
    }

    fn word(&mut self, path: &Path, scope: &Scope) -> Lowered {
        if path.root.text == CURRENT_STATE && path.fields.is_empty() {
            return Lowered::string(self.types, ir::ExpressionKind::CurrentState, path.span);
        }
        if self.outline().words.contains(&path.root.text) {
            return self.path(path, scope);
        }
        let near = nearest(&path.root.text, self.outline().words.iter().map(String::as_str)).map(str::to_owned);
        self.diagnostics.error(names_catalog::unknown_word(path.span, &path.root.text, near.as_deref()));
        Lowered::silent(self.types, path.span)
    }

    fn negative(&mut self, inner: &Expression, span: Span, scope: &Scope) -> Lowered {
        if let ExpressionKind::Number(text) = &inner.kind {
            let mut number = self.number(text, span);
            if let ir::ExpressionKind::Number(text) = &mut number.expression.kind
                && text != "0"
            {
                text.insert(0, '-');
            }
            return number;
        }
        let inner = self.value(inner, scope);
        let ty = self.types.unknown();
        let kind = PendingKind::Negated;
        self.types.pending.push(Pending { kind, left: inner.ty, right: ty, place: span });
        let kind = ir::ExpressionKind::Negate(Box::new(inner.expression));
        Lowered { slots: inner.slots, ..Lowered::new(kind, ty, span) }
    }

    /// `2024-01-01` reads like a day, and is a number.
    fn warn_of_a_day(&mut self, value: &Expression) {
        if let Some(result) = value.as_day() {
            let written = self.unit.sources.slice(value.span);
            self.diagnostics.warning(catalog::date_as_subtraction(value.span, written, &result.to_string()));
        }
    }

    fn arithmetic(
        &mut self,
        (left, operator, right): (&Expression, ArithmeticOperator, &Expression),
        span: Span,
        scope: &Scope,
    ) -> Lowered {
        let operator = match operator {
            ArithmeticOperator::Add => BinaryOperator::Add,
            ArithmeticOperator::Subtract => BinaryOperator::Subtract,
            ArithmeticOperator::Multiply => BinaryOperator::Multiply,
            ArithmeticOperator::Divide => BinaryOperator::Divide,
        };
        if operator == BinaryOperator::Divide && right.is_zero() {
            self.diagnostics.error(catalog::division_by_zero(right.span));
        }
        let (left, right) = (self.value(left, scope), self.value(right, scope));
        let result = self.types.unknown();
        let kind = PendingKind::Arithmetic { operator, result };
        self.types.pending.push(Pending { kind, left: left.ty, right: right.ty, place: span });
        let kind = ir::ExpressionKind::Binary(operator, Box::new(left.expression), Box::new(right.expression));
        let slots = left.slots.into_iter().chain(right.slots).collect();
        Lowered { slots, ..Lowered::new(kind, result, span) }
    }
}

/// The unit as the IR names it.
pub(super) fn time_unit(unit: ast::TimeUnit) -> ir::TimeUnit {
    match unit {
        ast::TimeUnit::Milliseconds => ir::TimeUnit::Millisecond,
        ast::TimeUnit::Seconds => ir::TimeUnit::Second,
        ast::TimeUnit::Minutes => ir::TimeUnit::Minute,
        ast::TimeUnit::Hours => ir::TimeUnit::Hour,
        ast::TimeUnit::Days => ir::TimeUnit::Day,
    }
}

/// Whether a text could be a name of the language.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}
