//! Expressions: the Rust that computes a value, with what is known of it (whether it may be unset, whether it is owned).

mod arithmetic;
mod object;
mod value;

pub(super) use self::arithmetic::number;
pub(super) use self::value::Value;

use self::arithmetic::literal;
use super::handler::Body;
use super::types::{ident, is_copied};
use crate::ir::{Expression, ExpressionKind, FieldId, Type, VariableId};
use proc_macro2::TokenStream;
use quote::quote;

impl<'p> Body<'p> {
    /// The Rust of an expression.
    pub(super) fn value(&mut self, expression: &'p Expression) -> Value<'p> {
        let ty = &expression.ty;
        match &expression.kind {
            ExpressionKind::Text(text) => Value::new(quote!(#text), ty).borrowed(),
            ExpressionKind::Number(text) => Value::new(literal(text, ty), ty),
            ExpressionKind::Boolean(value) => Value::new(quote!(#value), ty),
            ExpressionKind::Null => self.unset(ty),
            ExpressionKind::Empty => self.empty(ty),
            ExpressionKind::Now => {
                self.needs.turn = true;
                Value::new(quote!(turn.meta.now), ty)
            }
            ExpressionKind::Uuid => {
                self.needs.turn = true;
                Value::new(quote!(turn.random.uuid()), ty)
            }
            ExpressionKind::InstanceId => {
                self.needs.turn = true;
                Value::new(quote!(turn.meta.instance.key()), ty).borrowed()
            }
            ExpressionKind::CurrentState => {
                let state = self.state();
                Value::new(quote!(#state.name()), ty).borrowed()
            }
            ExpressionKind::List(elements) => self.list(elements, ty),
            ExpressionKind::Object(members) => self.object(members, ty),
            ExpressionKind::Duration { amount, unit } => self.duration(amount, *unit, ty),
            ExpressionKind::Context(variable) => self.variable(*variable, ty),
            ExpressionKind::Payload(field) => self.payload(*field, ty),
            ExpressionKind::Latest { variable, field } => self.latest(*variable, *field, ty),
            ExpressionKind::Member(of, name) => self.member(of, name, ty),
            ExpressionKind::Negate(of) => self.negate(of, ty),
            ExpressionKind::Binary(operator, left, right) => self.binary(*operator, left, right, ty),
            ExpressionKind::Widen(of) => self.widen(of, ty),
            ExpressionKind::Narrow(of) => self.narrow(of, ty),
        }
    }

    /// A value that must be there: as `Value`, never unset; the handler ends if it is.
    pub(super) fn required(&mut self, expression: &'p Expression) -> Value<'p> {
        let value = self.value(expression);
        if !value.unset {
            return value;
        }
        let name = expression.spelled(self.machine, self.event);
        let tokens = &value.tokens;
        let tokens = quote!(::eventflow::__private::required(#tokens, #name)?);
        self.needs.fallible = true;
        Value { tokens, unset: false, fallible: true, ..value }
    }

    /// A value for arithmetic: what is unset counts as zero, or ends the handler where there is no zero.
    pub(super) fn operand(&mut self, expression: &'p Expression) -> Value<'p> {
        match expression.ty {
            Type::Time | Type::Boolean | Type::List(_) | Type::Object | Type::Record(_) | Type::Json => {
                self.required(expression)
            }
            Type::String | Type::Number | Type::Integer | Type::Duration => {
                let value = self.value(expression);
                if !value.unset {
                    return value;
                }
                let tokens = &value.tokens;
                Value { tokens: quote!(#tokens.unwrap_or_default()), unset: false, ..value }
            }
        }
    }

    /// No value of a type.
    fn unset(&self, ty: &'p Type) -> Value<'p> {
        let owned = self.types.owned(ty);
        Value { unset: true, ..Value::new(quote!(::core::option::Option::<#owned>::None), ty) }
    }

    /// The empty value of a type; where a type has none, unset is what is empty.
    fn empty(&self, ty: &'p Type) -> Value<'p> {
        match ty {
            Type::String => Value::new(quote!(""), ty).borrowed(),
            Type::List(_) => Value::new(quote!(::std::vec::Vec::new()), ty),
            Type::Object => Value::new(quote!(::std::collections::BTreeMap::new()), ty),
            Type::Json => Value::new(quote!(::eventflow::Json::List(::std::vec::Vec::new())), ty),
            Type::Number | Type::Integer | Type::Boolean | Type::Time | Type::Duration | Type::Record(_) => {
                self.unset(ty)
            }
        }
    }

    /// Marks the value as one whose computation may end the handler.
    fn failing(&mut self, tokens: TokenStream, ty: &'p Type) -> Value<'p> {
        self.needs.fallible = true;
        Value { fallible: true, ..Value::new(tokens, ty) }
    }

    fn variable(&mut self, variable: VariableId, ty: &'p Type) -> Value<'p> {
        let name = ident(&self.plan.variables[variable.index()]);
        let view = self.view();
        Value { unset: true, ..Value::new(quote!(#view.#name()), ty).borrowed() }
    }

    fn payload(&mut self, field: FieldId, ty: &'p Type) -> Value<'p> {
        self.needs.event = true;
        let declared = &self.event.fields[field.index()];
        let name = ident(&self.plan.events[self.handler.event.index()].fields[field.index()]);
        let place = quote!(event.#name);
        let tokens = match (&declared.ty, declared.required) {
            (ty, _) if is_copied(ty) => place,
            (Type::String, true) => quote!(#place.as_str()),
            (Type::List(_), true) => quote!(#place.as_slice()),
            (Type::String | Type::List(_), false) => quote!(#place.as_deref()),
            (_, true) => quote!(&#place),
            (_, false) => quote!(#place.as_ref()),
        };
        Value { unset: !declared.required, ..Value::new(tokens, ty).borrowed() }
    }

    fn latest(&mut self, variable: VariableId, field: FieldId, ty: &'p Type) -> Value<'p> {
        if self.watched.contains_key(&variable) {
            return self.latest_of_handler(variable, field, ty);
        }
        self.needs.event = true;
        self.needs.decision = true;
        let declared = &self.event.fields[field.index()];
        let of_payload = ident(&self.plan.events[self.handler.event.index()].fields[field.index()]);
        let name = ident(&self.plan.variables[variable.index()]);
        let payload = if declared.required {
            quote!(::core::option::Option::Some(&event.#of_payload))
        } else {
            quote!(event.#of_payload.as_ref())
        };
        let read = quote!(decision.changes.#name.or(#payload));
        let tokens = match ty {
            Type::String => quote!(#read.map(::std::string::String::as_str)),
            Type::List(_) => quote!(#read.map(::std::vec::Vec::as_slice)),
            ty if is_copied(ty) => quote!(#read.copied()),
            _ => read,
        };
        Value { unset: true, ..Value::new(tokens, ty).borrowed() }
    }

    /// The same where the turn's changes are not the handler's alone: a flag says whether it has assigned the variable.
    fn latest_of_handler(&mut self, variable: VariableId, field: FieldId, ty: &'p Type) -> Value<'p> {
        let flag = self.flag(variable);
        let of_context = self.variable(variable, ty).tokens;
        let Value { tokens: of_payload, unset, .. } = self.payload(field, ty);
        let of_payload = if unset { of_payload } else { quote!(::core::option::Option::Some(#of_payload)) };
        Value { unset: true, ..Value::new(quote!(#flag.or(#of_context, #of_payload)), ty).borrowed() }
    }

    fn widen(&mut self, of: &'p Expression, ty: &'p Type) -> Value<'p> {
        let value = self.value(of);
        let (unset, fallible) = (value.unset, value.fallible);
        if of.ty == *ty {
            return value;
        }
        let tokens = match (&of.ty, ty, unset) {
            (Type::Integer, Type::Number, false) => match &of.kind {
                ExpressionKind::Number(text) => number(text),
                _ => {
                    let tokens = value.tokens;
                    quote!(::eventflow::Number::from_integer(#tokens))
                }
            },
            (Type::Integer, Type::Number, true) => {
                let tokens = value.tokens;
                quote!(#tokens.map(::eventflow::Number::from_integer))
            }
            (_, Type::Json, false) => {
                let tokens = value.into_ref();
                quote!(::eventflow::__private::widen(#tokens))
            }
            (_, Type::Json, true) => {
                let tokens = value.into_option_ref();
                quote!(#tokens.map(::eventflow::__private::Widen::widen))
            }
            (_, _, false) => {
                let tokens = value.into_ref();
                quote!(::eventflow::__private::convert(#tokens)?)
            }
            (_, _, true) => {
                let tokens = value.into_option_ref();
                quote!(::eventflow::__private::convert_set(#tokens)?)
            }
        };
        let converted = !matches!((&of.ty, ty), (Type::Integer, Type::Number) | (_, Type::Json));
        self.needs.fallible |= converted;
        Value { unset, fallible: fallible || converted, ..Value::new(tokens, ty) }
    }

    fn narrow(&mut self, of: &'p Expression, ty: &'p Type) -> Value<'p> {
        let value = self.value(of);
        let unset = value.unset;
        match (&of.ty, ty, unset) {
            (Type::Number, Type::Integer, false) => {
                let tokens = value.tokens;
                self.failing(quote!(::eventflow::operators::integer(#tokens)?), ty)
            }
            (Type::Number, Type::Integer, true) => {
                let tokens = quote_transposed(&value.tokens, &quote!(::eventflow::operators::integer));
                Value { unset: true, ..self.failing(tokens, ty) }
            }
            _ => {
                let tokens = value.into_option_ref();
                let owned = self.types.owned(ty);
                let tokens = quote!(::eventflow::__private::convert_set::<_, #owned>(#tokens)?);
                Value { unset: true, ..self.failing(tokens, ty) }
            }
        }
    }
}

fn quote_transposed(tokens: &TokenStream, function: &TokenStream) -> TokenStream {
    quote!(#tokens.map(#function).transpose()?)
}
