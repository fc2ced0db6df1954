//! Expressions: the Rust that computes a value, with what is known of it (whether it may be unset, whether it is owned).

use super::handler::Body;
use super::types::{grouped, ident, is_copied, suffixed};
use crate::ir::{BinaryOperator, Expression, ExpressionKind, FieldId, TimeUnit, Type, VariableId};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// The Rust of a value.
#[derive(Clone)]
pub(super) struct Value<'p> {
    /// An expression of type `T`, `&T` (texts as `&str`, lists as slices), or an `Option` of either.
    pub(super) tokens: TokenStream,
    /// The type in the flow.
    pub(super) ty: &'p Type,
    /// Whether it is an `Option`.
    pub(super) unset: bool,
    /// Whether it is owned; values that are copied always are.
    pub(super) owned: bool,
    /// Whether computing it may end the handler.
    pub(super) fallible: bool,
}

impl<'p> Value<'p> {
    fn new(tokens: TokenStream, ty: &'p Type) -> Self {
        Self { tokens, ty, unset: false, owned: true, fallible: false }
    }

    fn borrowed(self) -> Self {
        Self { owned: is_copied(self.ty), ..self }
    }

    /// As `T`, or `Option<T>` if it may be unset.
    pub(super) fn into_owned(self) -> TokenStream {
        let Self { tokens, ty, unset, owned, .. } = self;
        if owned {
            return tokens;
        }
        match (ty, unset) {
            (Type::String | Type::List(_), false) => quote!(::std::borrow::ToOwned::to_owned(#tokens)),
            (Type::String | Type::List(_), true) => quote!(#tokens.map(::std::borrow::ToOwned::to_owned)),
            (_, false) => quote!(::core::clone::Clone::clone(#tokens)),
            (_, true) => quote!(#tokens.cloned()),
        }
    }

    /// As `T`, or `Option<T>`, made an `Option` in any case.
    pub(super) fn into_option(self) -> TokenStream {
        let unset = self.unset;
        let owned = self.into_owned();
        if unset { owned } else { quote!(::core::option::Option::Some(#owned)) }
    }

    /// As what is only looked at: copied, or `&T`, `&str`, `&[T]`; an `Option` of it if it may be unset.
    pub(super) fn into_borrowed(self) -> TokenStream {
        let Self { tokens, ty, unset, owned, .. } = self;
        if !owned || is_copied(ty) {
            return tokens;
        }
        match (ty, unset) {
            (Type::String, false) => quote!(#tokens.as_str()),
            (Type::List(_), false) => quote!(#tokens.as_slice()),
            (Type::String | Type::List(_), true) => quote!(#tokens.as_deref()),
            (_, false) => quote!(&#tokens),
            (_, true) => quote!(#tokens.as_ref()),
        }
    }

    /// As `Option<&T>` (`Option<&str>`, `Option<&[T]>`), for the operators of the runtime.
    pub(super) fn into_option_ref(self) -> TokenStream {
        let Self { ty, unset, .. } = self;
        let tokens = self.into_borrowed();
        match (unset, is_copied(ty)) {
            (true, true) => quote!(#tokens.as_ref()),
            (true, false) => tokens,
            (false, true) => quote!(::core::option::Option::Some(&#tokens)),
            (false, false) => quote!(::core::option::Option::Some(#tokens)),
        }
    }

    /// As `&T` (`&str`, `&[T]`), of a value that is there.
    pub(super) fn into_ref(self) -> TokenStream {
        let copied = is_copied(self.ty);
        let tokens = self.into_borrowed();
        if copied { quote!(&#tokens) } else { tokens }
    }

    /// As `Option<Json>`.
    fn into_widened(self) -> TokenStream {
        if self.unset {
            let tokens = self.into_option_ref();
            return quote!(#tokens.map(::eventflow::__private::Widen::widen));
        }
        let tokens = self.into_ref();
        quote!(::core::option::Option::Some(::eventflow::__private::widen(#tokens)))
    }

    /// As `&Json`, null if it is unset.
    pub(super) fn into_json_ref(self) -> TokenStream {
        let unset = self.unset;
        let tokens = self.into_borrowed();
        if unset { quote!(#tokens.unwrap_or(&::eventflow::Json::Null)) } else { tokens }
    }
}

/// The Rust of an exact decimal; none if the text is no decimal that fits.
pub(super) fn number(text: &str) -> TokenStream {
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
            ExpressionKind::Count(of) => self.count(of, ty),
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
        let name = self.spelled(expression);
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

    /// As the flow writes the value, for messages.
    pub(super) fn spelled(&self, expression: &Expression) -> String {
        match &expression.kind {
            ExpressionKind::Context(variable) | ExpressionKind::Latest { variable, .. } => {
                format!("${}", self.machine.variable(*variable).name)
            }
            ExpressionKind::Payload(field) => format!("${}", self.event.fields[field.index()].name),
            ExpressionKind::Member(of, name) => format!("{}.{name}", self.spelled(of)),
            ExpressionKind::Widen(of) | ExpressionKind::Narrow(of) => self.spelled(of),
            ExpressionKind::Null => "null".to_owned(),
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Empty
            | ExpressionKind::Now
            | ExpressionKind::Uuid
            | ExpressionKind::InstanceId
            | ExpressionKind::CurrentState
            | ExpressionKind::List(_)
            | ExpressionKind::Object(_)
            | ExpressionKind::Duration { .. }
            | ExpressionKind::Count(_)
            | ExpressionKind::Negate(_)
            | ExpressionKind::Binary(..) => "the value".to_owned(),
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

    fn list(&mut self, elements: &'p [Expression], ty: &'p Type) -> Value<'p> {
        let elements: Vec<Value<'p>> = elements.iter().map(|element| self.required(element)).collect();
        let fallible = elements.iter().any(|element| element.fallible);
        let elements = elements.into_iter().map(Value::into_owned);
        Value { fallible, ..Value::new(quote!(::eventflow::__private::list([#(#elements),*])), ty) }
    }

    fn object(&mut self, members: &'p [(String, Expression)], ty: &'p Type) -> Value<'p> {
        let Type::Record(id) = ty else { return self.open_object(members, ty) };
        let declared = &self.system.record(*id).fields;
        let shape = &self.plan.records[id];
        let mut fallible = false;
        let mut written = Vec::new();
        for (name, expression) in members {
            let Some(place) = declared.iter().position(|field| field.name == *name) else { continue };
            let value = if declared[place].required { self.required(expression) } else { self.value(expression) };
            fallible |= value.fallible;
            let value = if declared[place].required { value.into_owned() } else { value.into_option() };
            let name = ident(&shape.fields[place]);
            written.push(quote!(#name: #value));
        }
        for (field, name) in declared.iter().zip(&shape.fields) {
            if members.iter().all(|(given, _)| *given != field.name) {
                let name = ident(name);
                if field.required {
                    let text = &field.name;
                    fallible = true;
                    written.push(quote! {
                        #name: ::eventflow::__private::required(::core::option::Option::None, #text)?
                    });
                } else {
                    written.push(quote!(#name: ::core::option::Option::None));
                }
            }
        }
        let rest = super::structs::rest(shape);
        let unknown = self.unknown_members(members, declared);
        let name = ident(&shape.name);
        self.needs.fallible |= fallible;
        Value { fallible, ..Value::new(quote!(#name { #(#written,)* #rest: #unknown }), ty) }
    }

    /// The members of a literal that its record type does not declare.
    fn unknown_members(&mut self, members: &'p [(String, Expression)], declared: &[crate::ir::Field]) -> TokenStream {
        let mut pairs = Vec::new();
        for (name, expression) in members {
            if declared.iter().all(|field| field.name != *name) {
                let value = self.value(expression).into_widened();
                pairs.push(quote!((#name, #value)));
            }
        }
        if pairs.is_empty() {
            quote!(::std::collections::BTreeMap::new())
        } else {
            quote!(::eventflow::__private::set_members([#(#pairs),*]))
        }
    }

    fn open_object(&mut self, members: &'p [(String, Expression)], ty: &'p Type) -> Value<'p> {
        let mut fallible = false;
        let mut pairs = Vec::new();
        for (name, expression) in members {
            let value = self.value(expression);
            fallible |= value.fallible;
            let value = value.into_widened();
            pairs.push(quote!((#name, #value)));
        }
        let object = quote!(::eventflow::__private::members([#(#pairs),*]));
        let tokens = if *ty == Type::Json { quote!(::eventflow::Json::Object(#object)) } else { object };
        Value { fallible, ..Value::new(tokens, ty) }
    }

    fn duration(&mut self, amount: &'p Expression, unit: TimeUnit, ty: &'p Type) -> Value<'p> {
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

    fn member(&mut self, of: &'p Expression, name: &'p str, ty: &'p Type) -> Value<'p> {
        let value = self.value(of);
        let (unset, fallible) = (value.unset, value.fallible);
        if let Type::Record(id) = &of.ty {
            let place = self.system.record(*id).fields.iter().position(|field| field.name == name);
            if let Some(place) = place {
                let required = self.system.record(*id).fields[place].required;
                let field = ident(&self.plan.records[id].fields[place]);
                return Value { fallible, ..member_of_record(value, unset, &field, required, ty) };
            }
        }
        let found = if unset {
            let json = value.into_option_ref();
            quote!(#json.and_then(|value| ::eventflow::__private::Member::member(value, #name)))
        } else {
            let json = value.into_ref();
            quote!(::eventflow::__private::Member::member(#json, #name))
        };
        if *ty == Type::Json {
            return Value { unset: true, fallible, ..Value::new(found, ty).borrowed() };
        }
        let owned = self.types.owned(ty);
        let tokens = quote!(#found.map(<#owned as ::eventflow::Decode>::decode).transpose()?);
        Value { unset: true, ..self.failing(tokens, ty) }
    }

    fn count(&mut self, of: &'p Expression, ty: &'p Type) -> Value<'p> {
        let value = self.value(of);
        let fallible = value.fallible;
        let tokens = if matches!(of.ty, Type::List(_)) {
            let list = value.into_option_ref();
            quote!(::eventflow::operators::count(#list))
        } else {
            let json = value.into_json_ref();
            quote!(::eventflow::operators::json::count(#json))
        };
        Value { fallible, ..Value::new(tokens, ty) }
    }

    fn negate(&mut self, of: &'p Expression, ty: &'p Type) -> Value<'p> {
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

    fn binary(
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
    pub(super) fn side(&mut self, expression: &'p Expression) -> TokenStream {
        match expression.ty {
            Type::Integer => self.decimal(expression).tokens,
            _ => self.operand(expression).into_borrowed(),
        }
    }

    /// A number as an exact decimal.
    fn decimal(&mut self, expression: &'p Expression) -> Value<'p> {
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

fn literal(text: &str, ty: &Type) -> TokenStream {
    match (ty, text.parse::<i64>()) {
        (Type::Integer, Ok(value)) => {
            let sign = (value < 0).then(|| quote!(-));
            let value = suffixed(u128::from(value.unsigned_abs()), "i64");
            quote!(#sign #value)
        }
        _ => number(text),
    }
}

fn member_of_record<'p>(
    value: Value<'p>,
    unset: bool,
    field: &proc_macro2::Ident,
    required: bool,
    ty: &'p Type,
) -> Value<'p> {
    let record = value.into_borrowed();
    let (place, record_or_closure) = if unset {
        (quote!(value.#field), Some(record))
    } else {
        let record = strip_reference(&record);
        (quote!(#record.#field), None)
    };
    let read = match (ty, required) {
        (ty, _) if is_copied(ty) => place,
        (Type::String, true) => quote!(#place.as_str()),
        (Type::List(_), true) => quote!(#place.as_slice()),
        (Type::String | Type::List(_), false) => quote!(#place.as_deref()),
        (_, true) => quote!(&#place),
        (_, false) => quote!(#place.as_ref()),
    };
    let tokens = match (record_or_closure, required) {
        (None, _) => read,
        (Some(record), true) => quote!(#record.map(|value| #read)),
        (Some(record), false) => quote!(#record.and_then(|value| #read)),
    };
    Value { unset: unset || !required, ..Value::new(tokens, ty).borrowed() }
}

/// `&place` as `place`: a field is read of it, and a reference to a place needs no parentheses then.
fn strip_reference(tokens: &TokenStream) -> TokenStream {
    let mut parts = tokens.clone().into_iter();
    match parts.next() {
        Some(proc_macro2::TokenTree::Punct(mark)) if mark.as_char() == '&' => parts.collect(),
        _ => tokens.clone(),
    }
}
