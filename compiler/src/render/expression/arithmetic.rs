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
        let amount = self.operand(amount).tokens;
        let micros = grouped(u128::from(unit.micros().unsigned_abs()));
        self.failing(quote!(::eventflow::operators::span(#amount, ::eventflow::Duration::from_micros(#micros))?), ty)
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
        let (left, right) = (self.operand(left).into_borrowed(), self.operand(right).into_borrowed());
        self.failing(quote!(::eventflow::operators::#function(#left, #right)?), ty)
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
