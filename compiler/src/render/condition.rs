//! Conditions: Rust of type `bool`. Built-in ones are total; a comparison with what is unset is false.

use super::expression::Value;
use super::handler::Body;
use super::types::{ident, is_copied};
use crate::ir::{Comparison, Condition, Expression, StateId, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// How a condition stands in a larger one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Alone.
    Alone,
    /// Between `&&`.
    InAll,
}

/// What one condition asks more than once. Such parts are written as calls: an operator between them would let rustc's
/// and Clippy's readers see a mistake of the generator in what is one of the flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked<'p> {
    states: usize,
    truths: usize,
    compared: Vec<(&'p Expression, &'p Expression)>,
}

impl<'p> Asked<'p> {
    fn count(&mut self, condition: &'p Condition) {
        match condition {
            Condition::InState { .. } => self.states += 1,
            Condition::Holds(_) => self.truths += 1,
            Condition::Compare { left, right, .. } => self.compared.push((left, right)),
            Condition::Guard { condition: inner, .. } | Condition::Not(inner) => self.count(inner),
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| self.count(part)),
            Condition::Between { .. }
            | Condition::Contains { .. }
            | Condition::IsEmpty { .. }
            | Condition::Exists { .. }
            | Condition::Sentence(_) => {}
        }
    }
}

/// What stands between the same operators, wherever the flow breaks the line.
fn side_by_side(parts: &[Condition], any: bool) -> Vec<&Condition> {
    let mut found = Vec::new();
    for part in parts {
        match part.asked() {
            Condition::All(inner) if !any => found.extend(side_by_side(inner, any)),
            Condition::Any(inner) if any => found.extend(side_by_side(inner, any)),
            asked => found.push(asked),
        }
    }
    found
}

impl<'p> Body<'p> {
    /// The Rust of a condition.
    pub(super) fn condition(&mut self, condition: &'p Condition) -> TokenStream {
        self.asked = Asked::default();
        self.asked.count(condition);
        self.holds(condition, false, Place::Alone)
    }

    fn holds(&mut self, condition: &'p Condition, negated: bool, place: Place) -> TokenStream {
        match condition {
            Condition::Guard { condition, .. } => self.holds(condition, negated, place),
            Condition::Not(inner) => self.holds(inner, !negated, place),
            Condition::All(parts) => self.parts(parts, negated, negated, place),
            Condition::Any(parts) => self.parts(parts, negated, !negated, place),
            Condition::InState { states, negated: not_in } => self.in_state(states, *not_in != negated),
            Condition::Compare { operator, left, right } => self.compare(*operator, left, right, negated),
            Condition::Between { value, low, high } => {
                let holds = self.between(value, low, high);
                not(negated, holds)
            }
            Condition::Contains { container, item, negated: lacks } => {
                let holds = self.contains(container, item, *lacks);
                not(negated, holds)
            }
            Condition::IsEmpty { value, negated: is_not } => self.is_empty(value, *is_not != negated),
            Condition::Exists { value, negated: is_not } => self.exists(value, *is_not != negated),
            Condition::Holds(value) => {
                let holds = self.truth(value);
                not(negated, holds)
            }
            Condition::Sentence(call) => {
                let asked = self.ask(call);
                not(negated, asked)
            }
        }
    }

    /// Conditions side by side, each one once.
    fn parts(&mut self, parts: &'p [Condition], negated: bool, any: bool, place: Place) -> TokenStream {
        let mut different: Vec<&Condition> = Vec::new();
        for part in side_by_side(parts, any != negated) {
            if !different.contains(&part) || part.asks(&|_| true) || part.draws() {
                different.push(part);
            }
        }
        if let [only] = different.as_slice() {
            return self.holds(only, negated, place);
        }
        let within = if any { Place::Alone } else { Place::InAll };
        let parts: Vec<TokenStream> = different.into_iter().map(|part| self.holds(part, negated, within)).collect();
        match (any, place, parts.is_empty()) {
            (true, _, true) => quote!(false),
            (false, _, true) => quote!(true),
            (true, Place::Alone, false) => quote!(#(#parts)||*),
            (true, Place::InAll, false) => quote!((#(#parts)||*)),
            (false, _, false) => quote!(#(#parts)&&*),
        }
    }

    fn in_state(&mut self, states: &[StateId], negated: bool) -> TokenStream {
        let state = self.state();
        let mut variants: Vec<_> = Vec::new();
        for id in states {
            let variant = ident(&self.plan.states[id.index()]);
            if !variants.contains(&variant) {
                variants.push(variant);
            }
        }
        match (variants.as_slice(), negated) {
            ([only], false) if self.asked.states < 2 => quote!(#state == State::#only),
            ([only], true) if self.asked.states < 2 => quote!(#state != State::#only),
            (several, negated) if self.asked.states > 1 => {
                let negation = negated.then(|| quote!(!));
                quote!(#negation ::eventflow::__private::is_one_of(#state, &[#(State::#several),*]))
            }
            (several, negated) => {
                let negation = negated.then(|| quote!(!));
                quote!(#negation ::core::matches!(#state, #(State::#several)|*))
            }
        }
    }

    fn compare(
        &mut self,
        operator: Comparison,
        left: &'p Expression,
        right: &'p Expression,
        negated: bool,
    ) -> TokenStream {
        let draws = right.draws();
        let again = |other: &&(&Expression, &Expression)| other.0 == left || *other == &(right, left);
        let twice = left == right || self.asked.compared.iter().filter(again).count() > 1;
        let (left, right) = (self.value(left), self.value(right));
        if left.ty == &Type::Json || right.ty == &Type::Json {
            let function = function(operator);
            let (left, right) = (left.into_json_ref(), right.into_json_ref());
            let negation = negated.then(|| quote!(!));
            return quote!(#negation ::eventflow::operators::json::#function(#left, #right));
        }
        let plain = match left.ty {
            Type::String | Type::Number | Type::Integer | Type::Time | Type::Duration => !twice,
            Type::Boolean | Type::List(_) | Type::Object | Type::Record(_) | Type::Json => false,
        };
        if !left.unset && !right.unset && plain {
            let symbol = if negated { opposite(operator) } else { symbol(operator) };
            let (left, right) = (left.into_borrowed(), right.into_borrowed());
            return quote!(#left #symbol #right);
        }
        // Behind an unset value the right side is not evaluated, which nobody can tell unless it draws or fails.
        if left.unset && !right.unset && !right.fallible && !draws && !negated && plain {
            let symbol = symbol(operator);
            let (left, right) = (left.into_borrowed(), right.into_borrowed());
            return quote!(#left.is_some_and(|value| value #symbol #right));
        }
        let function = function(operator);
        let (left, right) = (left.into_option_ref(), right.into_option_ref());
        let negation = negated.then(|| quote!(!));
        quote!(#negation ::eventflow::operators::#function(#left, #right))
    }

    fn between(&mut self, value: &'p Expression, low: &'p Expression, high: &'p Expression) -> TokenStream {
        let json = [value, low, high].iter().any(|part| part.ty == Type::Json);
        let (value, low, high) = (self.value(value), self.value(low), self.value(high));
        if json {
            let (value, low, high) = (value.into_json_ref(), low.into_json_ref(), high.into_json_ref());
            return quote!(::eventflow::operators::json::between(#value, #low, #high));
        }
        let (value, low, high) = (value.into_option_ref(), low.into_option_ref(), high.into_option_ref());
        quote!(::eventflow::operators::between(#value, #low, #high))
    }

    fn contains(&mut self, container: &'p Expression, item: &'p Expression, lacks: bool) -> TokenStream {
        let ty = &container.ty;
        let (container, item) = (self.value(container), self.value(item));
        match (ty, lacks) {
            (Type::List(_), lacks) => {
                let function = if lacks { quote!(list_lacks) } else { quote!(list_contains) };
                let item = into_element_ref(item);
                let container = container.into_option_ref();
                quote!(::eventflow::operators::#function(#container, #item))
            }
            (Type::String, lacks) => {
                let function = if lacks { quote!(text_lacks) } else { quote!(text_contains) };
                let (container, item) = (container.into_option_ref(), item.into_option_ref());
                quote!(::eventflow::operators::#function(#container, #item))
            }
            (_, lacks) => {
                let function = if lacks { quote!(lacks) } else { quote!(contains) };
                let (container, item) = (container.into_json_ref(), item.into_json_ref());
                quote!(::eventflow::operators::json::#function(#container, #item))
            }
        }
    }

    fn is_empty(&mut self, value: &'p Expression, negated: bool) -> TokenStream {
        let value = self.value(value);
        let negation = negated.then(|| quote!(!));
        match (value.ty, value.unset) {
            (Type::String, false) if !value.owned => {
                let value = value.tokens;
                quote!(#negation ::core::primitive::str::is_empty(#value))
            }
            (Type::String | Type::List(_), false) => {
                let value = value.tokens;
                quote!(#negation #value.is_empty())
            }
            (ty, true) if is_copied(ty) => {
                let value = value.into_borrowed();
                if negated { quote!(#value.is_some()) } else { quote!(#value.is_none()) }
            }
            (Type::Record(_), true) => {
                let value = value.into_borrowed();
                if negated { quote!(#value.is_some()) } else { quote!(#value.is_none()) }
            }
            (Type::Record(_), false) => {
                let negation = (!negated).then(|| quote!(!));
                let value = value.into_option_ref();
                quote!(#negation ::eventflow::__private::is_set(#value))
            }
            _ => {
                let value = value.into_option_ref();
                quote!(#negation ::eventflow::operators::is_empty(#value))
            }
        }
    }

    fn exists(&mut self, value: &'p Expression, negated: bool) -> TokenStream {
        let value = self.value(value);
        if !value.unset {
            let negation = negated.then(|| quote!(!));
            let value = value.into_option_ref();
            return quote!(#negation ::eventflow::__private::is_set(#value));
        }
        let value = value.into_borrowed();
        if negated { quote!(#value.is_none()) } else { quote!(#value.is_some()) }
    }

    fn truth(&mut self, value: &'p Expression) -> TokenStream {
        let value = self.value(value);
        match (value.ty, value.unset) {
            (Type::Boolean, false) if self.asked.truths < 2 => value.tokens,
            (Type::Boolean, _) if self.asked.truths > 1 => {
                let value = value.into_option_ref();
                quote!(::eventflow::operators::equal(#value, ::core::option::Option::Some(&true)))
            }
            (Type::Boolean, _) => {
                let value = value.tokens;
                quote!(#value.unwrap_or_default())
            }
            _ => {
                let value = value.into_json_ref();
                quote!(::core::matches!(#value, ::eventflow::Json::Bool(true)))
            }
        }
    }
}

/// `Option<&T>` for a list of `T`: texts and lists stay what they are in a list.
fn into_element_ref(item: Value<'_>) -> TokenStream {
    match (item.ty, item.unset) {
        (Type::String | Type::List(_), _) => {
            let item = item.into_option();
            quote!(#item.as_ref())
        }
        _ => item.into_option_ref(),
    }
}

fn not(negated: bool, holds: TokenStream) -> TokenStream {
    if negated { quote!(!#holds) } else { holds }
}

fn symbol(operator: Comparison) -> TokenStream {
    match operator {
        Comparison::Equal => quote!(==),
        Comparison::NotEqual => quote!(!=),
        Comparison::Greater => quote!(>),
        Comparison::GreaterOrEqual => quote!(>=),
        Comparison::Less => quote!(<),
        Comparison::LessOrEqual => quote!(<=),
    }
}

fn opposite(operator: Comparison) -> TokenStream {
    symbol(match operator {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
    })
}

fn function(operator: Comparison) -> TokenStream {
    match operator {
        Comparison::Equal => quote!(equal),
        Comparison::NotEqual => quote!(not_equal),
        Comparison::Greater => quote!(greater),
        Comparison::GreaterOrEqual => quote!(greater_or_equal),
        Comparison::Less => quote!(less),
        Comparison::LessOrEqual => quote!(less_or_equal),
    }
}
