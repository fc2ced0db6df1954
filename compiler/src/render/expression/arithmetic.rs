//! Numbers, durations, and what is computed with them.

use super::value::Value;
use crate::ir::{BinaryOperator, Expression, ExpressionKind, TimeUnit, Type};
use crate::render::handler::Body;
use crate::render::types::{grouped, suffixed};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

impl<'p> Body<'p> {
    pub(super) fn duration(&mut self, amount: &'p Expression, unit: TimeUnit, ty: &'p Type) -> Value<'p> {
        if let ExpressionKind::Number(text) = &amount.kind
            && let Ok(whole) = text.parse::<i32>()
        {
            let sign = (whole < 0).then(|| quote!(-));
            let whole = grouped(u128::from(whole.unsigned_abs()));
            let tokens = match unit {
                TimeUnit::Millisecond => quote!(::eventflow::Duration::from_milliseconds(#sign #whole)),
                TimeUnit::Second => quote!(::eventflow::Duration::from_seconds(#sign #whole)),
                TimeUnit::Minute => quote!(::eventflow::Duration::from_minutes(#sign #whole)),
                TimeUnit::Hour => quote!(::eventflow::Duration::from_hours(#sign #whole)),
                TimeUnit::Day => quote!(::eventflow::Duration::from_days(#sign #whole)),
            };
            return Value::new(tokens, ty);
        }
        let amount = self.decimal(amount);
        let micros = grouped(u128::from(unit.micros().unsigned_abs()));
        let tokens = amount.tokens;
        self.failing(quote!(::eventflow::operators::span(#tokens, ::eventflow::Duration::from_micros(#micros))?), ty)
    }

    pub(super) fn negate(&mut self, of: &'p Expression, ty: &'p Type) -> Value<'p> {
        let value = self.operand(of);
        let tokens = value.tokens;
        match of.ty {
            Type::Integer => self.failing(quote!(::eventflow::operators::negate_integer(#tokens)?), ty),
            Type::Duration => {
                let zero = quote!(::eventflow::Duration::from_micros(0));
                self.failing(quote!(::eventflow::operators::subtract(#zero, #tokens)?), ty)
            }
            _ => Value { fallible: value.fallible, ..Value::new(quote!(#tokens.negated()), ty) },
        }
    }

    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        left: &'p Expression,
        right: &'p Expression,
        ty: &'p Type,
    ) -> Value<'p> {
        let function = match operator {
            BinaryOperator::Add => quote!(add),
            BinaryOperator::Subtract => quote!(subtract),
            BinaryOperator::Multiply => quote!(multiply),
            BinaryOperator::Divide => quote!(divide),
        };
        let integers = left.ty == Type::Integer && right.ty == Type::Integer;
        let (left_side, right_side) = if integers {
            (self.operand(left).tokens, self.operand(right).tokens)
        } else {
            (self.side(left), self.side(right))
        };
        let result = quote!(::eventflow::operators::#function(#left_side, #right_side)?);
        let natural_integer = integers && operator != BinaryOperator::Divide;
        match (ty, natural_integer) {
            (Type::Integer, false) => self.failing(quote!(::eventflow::operators::integer(#result)?), ty),
            (Type::Number, true) => self.failing(quote!(::eventflow::Number::from_integer(#result)), ty),
            _ => self.failing(result, ty),
        }
    }

    /// A side of an operator whose sides are not both integers.
    pub(in crate::render) fn side(&mut self, expression: &'p Expression) -> TokenStream {
        match expression.ty {
            Type::Integer => self.decimal(expression).tokens,
            _ => self.operand(expression).into_borrowed(),
        }
    }

    /// A number as an exact decimal.
    pub(super) fn decimal(&mut self, expression: &'p Expression) -> Value<'p> {
        if let (ExpressionKind::Number(text), Type::Integer) = (&expression.kind, &expression.ty) {
            return Value::new(number(text), &expression.ty);
        }
        let value = self.operand(expression);
        if expression.ty != Type::Integer {
            return value;
        }
        let tokens = &value.tokens;
        Value { tokens: quote!(::eventflow::Number::from_integer(#tokens)), ..value }
    }
}

/// The Rust of an exact decimal; none if the text is no decimal that fits.
pub(in crate::render) fn number(text: &str) -> TokenStream {
    let (digits, scale) = match text.split_once('.') {
        Some((whole, fraction)) => (format!("{whole}{fraction}"), fraction.len()),
        None => (text.to_owned(), 0),
    };
    let negative = digits.starts_with('-');
    let unsigned: u128 = digits.trim_start_matches(['-', '+']).parse().unwrap_or(u128::MAX);
    let mantissa = grouped(unsigned);
    let sign = negative.then(|| quote!(-));
    let scale = Literal::usize_unsuffixed(scale);
    quote!(const { ::eventflow::Number::constant(#sign #mantissa, #scale) })
}

pub(super) fn literal(text: &str, ty: &Type) -> TokenStream {
    match (ty, text.parse::<i64>()) {
        (Type::Integer, Ok(value)) => {
            let sign = (value < 0).then(|| quote!(-));
            let value = suffixed(u128::from(value.unsigned_abs()), "i64");
            quote!(#sign #value)
        }
        _ => number(text),
    }
}
