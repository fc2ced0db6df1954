//! Values: literals, variables, and what is known of replies and actors.

use super::Lowering;
use super::names::Scope;
use crate::ast::{self, ArithmeticOperator, Expression, ExpressionKind, Name, Path, TimeUnit, normal_number};
use crate::built_in;
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::catalog::types;
use crate::ir::Type;
use crate::nearest::nearest;
use crate::source::Span;
use crate::test_plan::{Arithmetic, Value};

/// What a word alone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Text: in `given:`, payloads and tables.
    Text,
    /// The name of a variable: in assertions.
    Names,
}

/// A value and its type, as far as it is known.
pub(super) struct Typed {
    pub(super) value: Value,
    pub(super) ty: Option<Type>,
}

impl Typed {
    fn new(value: Value, ty: Type) -> Self {
        Self { value, ty: Some(ty) }
    }

    pub(super) fn unknown(value: Value) -> Self {
        Self { value, ty: None }
    }
}

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

impl<'n> Lowering<'n, '_> {
    /// Lowers a value. None if an error was reported.
    pub(super) fn value(&mut self, value: &Expression, scope: Scope, words: Words) -> Option<Typed> {
        let span = value.span;
        Some(match &value.kind {
            ExpressionKind::Text(text) => Typed::new(Value::Text(text.clone()), Type::String),
            ExpressionKind::Number(text) => self.number(text, span)?,
            ExpressionKind::Boolean(value) => Typed::new(Value::Boolean(*value), Type::Boolean),
            ExpressionKind::Null => Typed::unknown(Value::Null),
            ExpressionKind::Empty => Typed::unknown(Value::Empty),
            ExpressionKind::Array(items) => {
                let items: Option<Vec<Value>> =
                    items.iter().map(|item| Some(self.value(item, scope, words)?.value)).collect();
                Typed::unknown(Value::List(items?))
            }
            ExpressionKind::Object(entries) => {
                let mut fields: Vec<(String, Value)> = Vec::new();
                for entry in entries {
                    let value = self.value(&entry.value, scope, words)?.value;
                    fields.push((entry.key.text.clone(), value));
                }
                Typed::unknown(Value::Object(fields))
            }
            ExpressionKind::Now => Typed::new(Value::Now(0), Type::Time),
            ExpressionKind::Uuid => Typed::new(Value::Sample, Type::String),
            ExpressionKind::Duration { amount, unit } => {
                let amount = self.value(amount, scope, words)?.value;
                Typed::new(Value::Duration(Box::new(amount), micros(*unit)), Type::Duration)
            }
            ExpressionKind::Variable(path) => self.path(path, scope)?,
            ExpressionKind::Word(path) => self.word(path, scope, words)?,
            ExpressionKind::Words(text) => Typed::new(Value::Text(text.text.clone()), Type::String),
            ExpressionKind::Actor(path) => self.of_actor(path)?,
            ExpressionKind::Negative(_) | ExpressionKind::Arithmetic { .. }
                if words == Words::Text && is_bare_text(value) =>
            {
                let written = self.names.sources.slice(span);
                self.diagnostics.error(catalog::arithmetic_with_a_word(span, written));
                return None;
            }
            ExpressionKind::Negative(inner) => self.negative(inner, scope, words)?,
            ExpressionKind::Arithmetic { left, operator, right } => {
                if let Some(result) = value.as_day() {
                    let written = self.names.sources.slice(span);
                    let finding = types::date_as_subtraction(span, written, &result.to_string());
                    self.diagnostics.warning(finding);
                }
                if *operator == ArithmeticOperator::Divide && right.is_zero() {
                    self.diagnostics.error(types::division_by_zero(right.span));
                    return None;
                }
                let (left, right) = (self.value(left, scope, words)?, self.value(right, scope, words)?);
                Typed::unknown(Value::Arithmetic(arithmetic(*operator), Box::new(left.value), Box::new(right.value)))
            }
            ExpressionKind::Parentheses(inner) => self.value(inner, scope, words)?,
            ExpressionKind::Comparison { .. }
            | ExpressionKind::Between { .. }
            | ExpressionKind::Postfix { .. }
            | ExpressionKind::Not(_)
            | ExpressionKind::And(_)
            | ExpressionKind::Or(_) => {
                let help = "write a value: a literal, a variable, arithmetic";
                self.diagnostics.error(catalog::out_of_place(span, "a condition is no value", help));
                return None;
            }
        })
    }

    fn number(&mut self, text: &str, span: Span) -> Option<Typed> {
        let number = normal_number(text);
        if number.is_none() {
            self.diagnostics.error(types::long_number(span, ast::MOST_DIGITS));
        }
        Some(Typed::new(Value::Number(number?), Type::Number))
    }

    fn negative(&mut self, inner: &Expression, scope: Scope, words: Words) -> Option<Typed> {
        let inner = self.value(inner, scope, words)?;
        Some(match inner.value {
            Value::Number(text) if text == "0" => Typed { value: Value::Number(text), ..inner },
            Value::Number(text) if !text.starts_with('-') => {
                Typed { value: Value::Number(format!("-{text}")), ..inner }
            }
            value => Typed { value: Value::Negate(Box::new(value)), ..inner },
        })
    }

    /// `$order.total`: a variable or field, and what is read of it.
    pub(super) fn path(&mut self, path: &Path, scope: Scope) -> Option<Typed> {
        let root = self.variable(&path.root, scope)?;
        self.members(root, &path.fields)
    }

    fn word(&mut self, path: &Path, scope: Scope, words: Words) -> Option<Typed> {
        let word = path.root.text.as_str();
        if word == built_in::REPLY && !path.fields.is_empty() {
            self.reply_fields(&path.fields, scope)?;
            return self.members(Typed::unknown(Value::Reply), &path.fields);
        }
        if word == built_in::CURRENT_STATE && path.fields.is_empty() && words == Words::Names {
            return Some(Typed::new(Value::CurrentState, Type::String));
        }
        match words {
            Words::Text => {
                let names = std::iter::once(&path.root).chain(&path.fields).map(|name| name.text.as_str());
                let text = names.collect::<Vec<_>>().join(".");
                Some(Typed::new(Value::Text(text), Type::String))
            }
            Words::Names if word == built_in::REPLY && !self.is_carried(word, scope) => {
                self.diagnostics.error(catalog::reply_as_value(path.span));
                None
            }
            Words::Names if self.names.machine(scope.machine).is_value(word) => self.path(path, scope),
            Words::Names => {
                let near = self.near(word, scope);
                self.diagnostics.error(catalog::unknown_word(path.span, word, near));
                None
            }
        }
    }

    /// Whether the machine has a variable or a field of this name.
    fn is_carried(&self, name: &str, scope: Scope) -> bool {
        let machine = self.names.machine(scope.machine);
        machine.variable(name).is_some() || !machine.fields(name).is_empty()
    }

    /// The name of a value that a word is nearly.
    pub(super) fn near(&self, word: &str, scope: Scope) -> Option<&'n str> {
        nearest(word, self.names.machine(scope.machine).value_names())
    }

    /// What `$name` reads.
    fn variable(&mut self, name: &Name, scope: Scope) -> Option<Typed> {
        let machine = self.names.machine(scope.machine);
        let text = name.text.as_str();
        let field = scope.handler.and_then(|handler| machine.field(handler, text));
        if let Some(field) = field {
            return Some(Typed::new(Value::Variable(field.name.clone()), field.ty.clone()));
        }
        if let Some(variable) = machine.variable(text) {
            return Some(Typed::new(Value::Variable(text.to_owned()), variable.ty.clone()));
        }
        if let Some(machine) = self.identified(text) {
            return Some(Typed::new(Value::InstanceId(machine), Type::String));
        }
        if let Some(list) = text.strip_suffix("_count")
            && let Some(counted) = self.list_named(list, scope)
        {
            return Some(Typed::new(Value::Count(Box::new(counted)), Type::Integer));
        }
        if let Some(field) = machine.fields(text).first() {
            let (message, help) = match scope.handler {
                Some(_) => (
                    format!("this event carries no `{text}`, and `${text}` is no variable of the context"),
                    "assert it below the handler of the event that carries it",
                ),
                None => (
                    format!("`${text}` is carried by an event and kept nowhere, so nothing is left of it in the end"),
                    "assert it below the handler of the event, or let the flow keep it (`$x becomes $y`)",
                ),
            };
            self.diagnostics.warning(catalog::never_holds(name.span, &message, help));
            return Some(Typed::new(Value::Variable(text.to_owned()), field.ty.clone()));
        }
        let message = format!("there is no `${text}` in `@{}`", machine.ir.name);
        let known = Known { sigil: "$", names: &machine.value_names(), otherwise: "no variable is known here" };
        self.diagnostics.error(catalog::unknown_name(name.span, message, text, &known));
        None
    }

    /// The machine whose instances are named by this variable, where the flow does not assign it.
    fn identified(&self, variable: &str) -> Option<usize> {
        let own = |machine: &super::names::Told<'_>| machine.ir.identity.is_none() && machine.identity() == variable;
        self.names.machines.iter().position(own)
    }

    /// A list by its name.
    fn list_named(&self, name: &str, scope: Scope) -> Option<Value> {
        let machine = self.names.machine(scope.machine);
        let field = scope.handler.and_then(|handler| machine.field(handler, name));
        let (name, ty) = match (field, machine.variable(name)) {
            (Some(field), _) => (&field.name, &field.ty),
            (None, Some(variable)) => (&variable.name, &variable.ty),
            (None, None) => return None,
        };
        matches!(ty, Type::List(_) | Type::Json).then(|| Value::Variable(name.clone()))
    }

    /// `.a.b` behind a value.
    pub(super) fn members(&mut self, mut value: Typed, fields: &[Name]) -> Option<Typed> {
        for field in fields {
            let ty = match &value.ty {
                None | Some(Type::Json | Type::Object) => None,
                Some(ty @ Type::Record(_)) => Some(self.member(ty, field)?),
                Some(ty) => {
                    let ty = self.names.type_text(ty);
                    let operation = format!("`.{}`", field.text);
                    self.diagnostics.error(catalog::unfit_operation(field.span, &operation, &ty));
                    return None;
                }
            };
            value = Typed { value: Value::Member(Box::new(value.value), field.text.clone()), ty };
        }
        Some(value)
    }

    fn member(&mut self, record: &Type, name: &Name) -> Option<Type> {
        let fields = self.names.record_fields(record).unwrap_or_default();
        let known = fields.iter().find(|field| field.name == name.text).map(|field| field.ty.clone());
        if known.is_none() {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let message = format!("`{}` has no field `{}`", self.names.type_text(record), name.text);
            let known = Known { sigil: "", names: &names, otherwise: "it has no fields" };
            self.diagnostics.error(catalog::unknown_name(name.span, message, &name.text, &known));
        }
        known
    }

    fn of_actor(&mut self, path: &Path) -> Option<Typed> {
        let actor = self.party(&path.root)?;
        let (first, rest) = path.fields.split_first()?;
        let value = Typed::unknown(Value::OfActor(actor, first.text.clone()));
        self.members(value, rest)
    }

    /// The actor or machine of a name.
    pub(super) fn party(&mut self, name: &Name) -> Option<String> {
        let known = self.names.party_named(&name.text).map(str::to_owned);
        if known.is_none() {
            let names = self.names.party_names();
            let known = Known { sigil: "@", names: &names, otherwise: "the flow speaks with nobody" };
            self.diagnostics.error(catalog::unknown_actor(name.span, &name.text, &known));
        }
        known
    }

    /// A value for a place of a known type. None if an error was reported.
    pub(super) fn fitting(&mut self, value: &Expression, wanted: &[&Type], what: &str, scope: Scope) -> Option<Value> {
        let lowered = self.value(value, scope, Words::Text)?;
        let lowered = at_a_time(value, lowered, wanted);
        self.fits(&lowered, wanted, what, value.span).then_some(lowered.value)
    }

    /// Whether a value can be of one of these types, all of them possible; of none known it can be anything. Reports.
    pub(super) fn fits(&mut self, value: &Typed, wanted: &[&Type], what: &str, span: Span) -> bool {
        let fits = wanted.is_empty() || wanted.iter().any(|ty| self.can_be(&value.value, value.ty.as_ref(), ty));
        if !fits && let Some(ty) = wanted.first() {
            if let Some(stranger) = self.strange_member(&value.value, ty) {
                let message = format!("`{}` has no field `{stranger}`", self.names.type_text(ty));
                let fields = self.names.record_fields(ty).unwrap_or_default();
                let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
                let known = Known { sigil: "", names: &names, otherwise: "it has no fields" };
                self.diagnostics.error(catalog::unknown_name(span, message, &stranger, &known));
            } else {
                self.diagnostics.error(catalog::no_such_value(span, what, &self.names.type_text(ty)));
            }
        }
        fits
    }

    /// A member of an object that the record type does not have.
    fn strange_member(&self, value: &Value, ty: &Type) -> Option<String> {
        let (Value::Object(members), Some(fields)) = (value, self.names.record_fields(ty)) else { return None };
        let stranger = members.iter().find(|(name, _)| !fields.iter().any(|field| field.name == *name));
        stranger.map(|(name, _)| name.clone())
    }

    fn can_be(&self, value: &Value, known: Option<&Type>, ty: &Type) -> bool {
        match (value, ty) {
            (Value::Null | Value::Sample, _) | (_, Type::Json) => true,
            (Value::Empty, ty) => matches!(ty, Type::String | Type::List(_) | Type::Object | Type::Record(_)),
            // A time is written as RFC 3339 has it, which begins with the year.
            (Value::Text(text), Type::Time) => text.starts_with(|first: char| first.is_ascii_digit()),
            (Value::Text(_), ty) => *ty == Type::String,
            (Value::Number(text), Type::Integer) => !text.contains('.'),
            (Value::List(items), Type::List(element)) => items.iter().all(|item| self.can_be(item, None, element)),
            (Value::Object(_), Type::Object) => true,
            (Value::Object(members), Type::Record(_)) => {
                let fields = self.names.record_fields(ty).unwrap_or_default();
                members.iter().all(|(name, value)| {
                    fields.iter().any(|field| field.name == *name && self.can_be(value, None, &field.ty))
                })
            }
            (Value::List(_) | Value::Object(_), _) => false,
            (value, ty) => match known.cloned().or_else(|| literal_type(value)) {
                Some(known) => meets(&known, ty),
                None => true,
            },
        }
    }
}

/// The type that a literal shows.
fn literal_type(value: &Value) -> Option<Type> {
    match value {
        Value::Number(_) => Some(Type::Number),
        Value::Boolean(_) => Some(Type::Boolean),
        Value::Now(_) => Some(Type::Time),
        Value::Duration(..) => Some(Type::Duration),
        Value::InstanceId(_) | Value::CurrentState => Some(Type::String),
        Value::ReplyStatus | Value::Count(_) => Some(Type::Integer),
        Value::Text(_)
        | Value::Null
        | Value::Empty
        | Value::List(_)
        | Value::Object(_)
        | Value::Sample
        | Value::Variable(_)
        | Value::Reply
        | Value::OfActor(..)
        | Value::Member(..)
        | Value::Negate(_)
        | Value::Arithmetic(..) => None,
    }
}

/// Whether values of two types can be equal.
pub(super) fn meets(left: &Type, right: &Type) -> bool {
    match (left, right) {
        (Type::Json, _) | (_, Type::Json) => true,
        (Type::Number | Type::Integer, Type::Number | Type::Integer) => true,
        (Type::Object | Type::Record(_), Type::Object) | (Type::Object, Type::Record(_)) => true,
        (Type::List(left), Type::List(right)) => meets(left, right),
        (left, right) => left == right,
    }
}

/// Where a value reads what only a story that is told makes: variables, replies, what is known of an actor, fresh ids.
pub(super) fn told(value: &Expression) -> Option<Span> {
    match &value.kind {
        ExpressionKind::Variable(_) | ExpressionKind::Actor(_) | ExpressionKind::Uuid => Some(value.span),
        ExpressionKind::Word(path) => {
            (path.root.text == built_in::REPLY && !path.fields.is_empty()).then_some(value.span)
        }
        ExpressionKind::Array(items) => items.iter().find_map(told),
        ExpressionKind::Object(entries) => entries.iter().find_map(|entry| told(&entry.value)),
        ExpressionKind::Duration { amount: inner, .. }
        | ExpressionKind::Negative(inner)
        | ExpressionKind::Parentheses(inner) => told(inner),
        ExpressionKind::Arithmetic { left, right, .. } => told(left).or_else(|| told(right)),
        // Conditions are no values: that is reported where they are lowered.
        ExpressionKind::Comparison { .. }
        | ExpressionKind::Between { .. }
        | ExpressionKind::Postfix { .. }
        | ExpressionKind::Not(_)
        | ExpressionKind::And(_)
        | ExpressionKind::Or(_)
        | ExpressionKind::Text(_)
        | ExpressionKind::Number(_)
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Null
        | ExpressionKind::Empty
        | ExpressionKind::Now
        | ExpressionKind::Words(_) => None,
    }
}

/// Whether a value is a word that is text, or arithmetic with one: the `W` in `W-1`. Days are moments,
/// and what a reply carries may be a number.
fn is_bare_text(value: &Expression) -> bool {
    if let ExpressionKind::Arithmetic { left, operator: _, right } = &value.kind {
        return is_bare_text(left) || is_bare_text(right);
    }
    if let ExpressionKind::Negative(inner) = &value.kind {
        return is_bare_text(inner);
    }
    let ExpressionKind::Word(path) = &value.kind else { return false };
    let word = path.root.text.as_str();
    if path.fields.is_empty() { built_in::days_from_now(word).is_none() } else { word != built_in::REPLY }
}

/// `yesterday`, `today`, `tomorrow`: moments where a moment may stand.
fn at_a_time(written: &Expression, lowered: Typed, wanted: &[&Type]) -> Typed {
    let (ExpressionKind::Word(_), Value::Text(word)) = (&written.kind, &lowered.value) else { return lowered };
    let Some(days) = built_in::days_from_now(word) else { return lowered };
    match wanted.iter().any(|ty| matches!(ty, Type::Time | Type::Json)) {
        true => Typed::new(Value::Now(days * DAY), Type::Time),
        false => lowered,
    }
}

fn arithmetic(operator: ArithmeticOperator) -> Arithmetic {
    match operator {
        ArithmeticOperator::Add => Arithmetic::Add,
        ArithmeticOperator::Subtract => Arithmetic::Subtract,
        ArithmeticOperator::Multiply => Arithmetic::Multiply,
        ArithmeticOperator::Divide => Arithmetic::Divide,
    }
}

fn micros(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Milliseconds => 1_000,
        TimeUnit::Seconds => 1_000_000,
        TimeUnit::Minutes => 60_000_000,
        TimeUnit::Hours => 3_600_000_000,
        TimeUnit::Days => DAY,
    }
}
