//! Expressions: their values, as the statements so far have left the instance.

pub(crate) mod arithmetic;
mod convert;

use crate::border;
use crate::scene::Scene;
use crate::value::{Maybe, Record, Value};
use eventflow::Json;
use eventflow::dynamic::Failure;
use eventflow::{Duration, operators};
use eventflowc::ir::{BinaryOperator, Expression, ExpressionKind, RecordId, Type};
use std::collections::BTreeMap;

impl Scene<'_> {
    /// The value of an expression; none: unset.
    pub(crate) fn evaluate(&self, expression: &Expression) -> Result<Maybe, Failure> {
        let value = match &expression.kind {
            ExpressionKind::Text(text) => Value::Text(text.clone()),
            ExpressionKind::Number(text) => arithmetic::literal(text, &expression.ty)?,
            ExpressionKind::Boolean(value) => Value::Boolean(*value),
            ExpressionKind::Null => return Ok(None),
            ExpressionKind::Empty => return Ok(empty(&expression.ty)),
            ExpressionKind::Now => Value::Time(self.meta.now),
            ExpressionKind::Uuid => Value::Text(self.random.uuid()),
            ExpressionKind::InstanceId => Value::Text(self.meta.instance.key().to_owned()),
            ExpressionKind::CurrentState => Value::Text(self.machine().state(self.working.state).name.clone()),
            ExpressionKind::List(elements) => self.list(elements)?,
            ExpressionKind::Object(members) => self.object(members, &expression.ty)?,
            ExpressionKind::Duration { amount, unit } => {
                let unit = Duration::from_micros(unit.micros());
                let amount = self.operand(amount)?;
                Value::Duration(operators::span(arithmetic::decimal(&amount), unit)?)
            }
            ExpressionKind::Context(variable) => return Ok(self.working.get(*variable).clone()),
            ExpressionKind::Payload(field) => return Ok(self.frame.payload[field.index()].clone()),
            ExpressionKind::Latest { variable, field } => {
                let assigned = self.frame.assigned.contains(variable);
                let latest = if assigned { self.working.get(*variable) } else { &self.frame.payload[field.index()] };
                return Ok(latest.clone());
            }
            ExpressionKind::Member(of, name) => return self.member(of, name, &expression.ty),
            ExpressionKind::Negate(of) => arithmetic::negate(self.operand(of)?)?,
            ExpressionKind::Binary(operator, left, right) => self.binary(*operator, left, right)?,
            ExpressionKind::Widen(of) => {
                let value = self.evaluate(of)?;
                return Ok(value.map(|value| convert::widen(self.system(), &of.ty, &expression.ty, value)));
            }
            ExpressionKind::Narrow(of) => {
                let value = self.evaluate(of)?;
                return match value {
                    Some(value) => convert::narrow(self.system(), &of.ty, &expression.ty, value),
                    None => Ok(None),
                };
            }
        };
        Ok(Some(value))
    }

    /// A value that must be there: what is unset fails the turn.
    pub(crate) fn evaluate_set(&self, expression: &Expression) -> Result<Value, Failure> {
        self.evaluate(expression)?.ok_or_else(|| self.unset(expression))
    }

    fn list(&self, elements: &[Expression]) -> Result<Value, Failure> {
        elements.iter().map(|element| self.evaluate_set(element)).collect::<Result<_, _>>().map(Value::List)
    }

    fn object(&self, members: &[(String, Expression)], ty: &Type) -> Result<Value, Failure> {
        if let Type::Record(id) = ty {
            return self.record(*id, members);
        }
        let mut object = BTreeMap::new();
        for (name, value) in members {
            let json = match self.evaluate(value)? {
                Some(evaluated) => border::widen(self.system(), &value.ty, &evaluated),
                None => Json::Null,
            };
            object.insert(name.clone(), json);
        }
        Ok(if *ty == Type::Json { Value::Json(Json::Object(object)) } else { Value::Object(object) })
    }

    fn record(&self, id: RecordId, members: &[(String, Expression)]) -> Result<Value, Failure> {
        let declared = &self.system().record(id).fields;
        let mut fields: Vec<Maybe> = vec![None; declared.len()];
        let mut unknown = BTreeMap::new();
        for (name, expression) in members {
            let place = declared.iter().position(|field| field.name == *name);
            match place {
                Some(place) if declared[place].required => fields[place] = Some(self.evaluate_set(expression)?),
                Some(place) => fields[place] = self.evaluate(expression)?,
                None => {
                    if let Some(value) = self.evaluate(expression)? {
                        unknown.insert(name.clone(), border::widen(self.system(), &expression.ty, &value));
                    }
                }
            }
        }
        let given = |name: &str| members.iter().any(|(given, _)| given == name);
        match declared.iter().find(|field| field.required && !given(&field.name)) {
            Some(missing) => Err(Failure::Unset { name: missing.name.clone().into() }),
            None => Ok(Value::Record(Record { fields, unknown })),
        }
    }

    fn member(&self, of: &Expression, name: &str, ty: &Type) -> Result<Maybe, Failure> {
        let json = match self.evaluate(of)? {
            Some(Value::Record(mut record)) => {
                let fields = of.ty.record().map(|id| &self.system().record(id).fields);
                match fields.and_then(|fields| fields.iter().position(|field| field.name == name)) {
                    Some(place) => return Ok(record.fields.swap_remove(place)),
                    None => record.unknown.remove(name),
                }
            }
            Some(Value::Object(mut members)) => members.remove(name),
            Some(Value::Json(Json::Object(mut members))) => members.remove(name),
            Some(_) | None => None,
        };
        match json {
            Some(json) => Ok(border::decode(self.system(), ty, &json)?),
            None => Ok(None),
        }
    }

    fn binary(&self, operator: BinaryOperator, left: &Expression, right: &Expression) -> Result<Value, Failure> {
        let left = self.operand(left)?;
        let right = self.operand(right)?;
        arithmetic::apply(operator, left, right)
    }

    /// A side of an operator: what is unset counts as zero, or fails the turn where there is no zero.
    pub(crate) fn operand(&self, expression: &Expression) -> Result<Value, Failure> {
        let value = self.evaluate(expression)?.or_else(|| arithmetic::zero(&expression.ty));
        value.ok_or_else(|| self.unset(expression))
    }

    /// The failure of a value that is needed and that nothing has set, named as the flow writes it.
    pub(crate) fn unset(&self, expression: &Expression) -> Failure {
        let machine = self.machine();
        let event = machine.event(self.frame.handler.event);
        Failure::Unset { name: expression.spelled(machine, event).into() }
    }
}

/// The empty value of a type; where a type has none, unset is what is empty.
fn empty(ty: &Type) -> Maybe {
    match ty {
        Type::String => Some(Value::Text(String::new())),
        Type::List(_) => Some(Value::List(Vec::new())),
        Type::Object => Some(Value::Object(BTreeMap::new())),
        Type::Json => Some(Value::Json(Json::List(Vec::new()))),
        Type::Number | Type::Integer | Type::Boolean | Type::Time | Type::Duration | Type::Record(_) => None,
    }
}
