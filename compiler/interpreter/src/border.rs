//! The border between JSON and typed values: decoding by the IR's types, and record form.

use crate::value::{Maybe, Record, Value};
use crate::working::{Edit, apply_edit};
use eventflow::Json;
use eventflow::{Decimal, Duration, Timestamp};
use eventflow::{Decode, Encode, Encoder, Mismatch};
use eventflowc::ir::{System, Type};
use std::collections::BTreeMap;

/// Reads a value of a type; null is unset.
pub(crate) fn decode(system: &System, ty: &Type, json: &Json) -> Result<Maybe, Mismatch> {
    if json.is_null() { Ok(None) } else { decode_set(system, ty, json).map(Some) }
}

fn decode_set(system: &System, ty: &Type, json: &Json) -> Result<Value, Mismatch> {
    match ty {
        Type::String => String::decode(json).map(Value::Text),
        Type::Number => Decimal::decode(json).map(Value::Number),
        Type::Integer => i64::decode(json).map(Value::Integer),
        Type::Boolean => bool::decode(json).map(Value::Boolean),
        Type::Time => Timestamp::decode(json).map(Value::Time),
        Type::Duration => Duration::decode(json).map(Value::Duration),
        Type::List(element) => {
            let Json::List(items) = json else { return Err(Mismatch::new("an array", json)) };
            let read = |(index, item)| decode_set(system, element, item).map_err(|wrong| wrong.in_item(index));
            items.iter().enumerate().map(read).collect::<Result<_, _>>().map(Value::List)
        }
        Type::Object => BTreeMap::<String, Json>::decode(json).map(Value::Object),
        Type::Record(id) => {
            let Json::Object(members) = json else { return Err(Mismatch::new("an object", json)) };
            let declared = &system.record(*id).fields;
            let mut fields = Vec::with_capacity(declared.len());
            for field in declared {
                let member = members.get(&field.name).unwrap_or(&Json::Null);
                let value = if field.required {
                    decode_set(system, &field.ty, member).map(Some)
                } else {
                    decode(system, &field.ty, member)
                };
                fields.push(value.map_err(|wrong| wrong.in_field(&field.name))?);
            }
            let known = |name: &String| declared.iter().any(|field| field.name == *name);
            let unknown = members.iter().filter(|(name, _)| !known(name));
            let unknown = unknown.map(|(name, value)| (name.clone(), value.kept())).collect();
            Ok(Value::Record(Record { fields, unknown }))
        }
        Type::Json => Json::decode(json).map(Value::Json),
    }
}

/// A value of a type, ready to be written.
pub(crate) struct Recorded<'a> {
    pub(crate) system: &'a System,
    pub(crate) ty: &'a Type,
    pub(crate) value: &'a Maybe,
}

impl Encode for Recorded<'_> {
    fn encode(&self, encoder: &mut Encoder) {
        match self.value {
            Some(value) => encode_set(self.system, self.ty, value, encoder),
            None => encoder.null(),
        }
    }

    fn is_unset(&self) -> bool {
        self.value.is_none()
    }
}

fn encode_set(system: &System, ty: &Type, value: &Value, encoder: &mut Encoder) {
    match value {
        Value::Text(text) => encoder.text(text),
        Value::Number(number) => encoder.number(*number),
        Value::Integer(integer) => encoder.integer(*integer),
        Value::Boolean(boolean) => encoder.boolean(*boolean),
        Value::Time(time) => time.encode(encoder),
        Value::Duration(duration) => duration.encode(encoder),
        Value::List(items) => {
            let element = if let Type::List(element) = ty { element } else { ty };
            let mut list = encoder.list();
            for item in items {
                encode_set(system, element, item, list.begin_item());
            }
            list.end();
        }
        Value::Object(members) => {
            let mut object = encoder.object();
            for (name, member) in members {
                object.field(name, member);
            }
            object.end();
        }
        Value::Record(record) => encode_record(system, ty, record, encoder),
        Value::Json(json) => encoder.json(json),
    }
}

fn encode_record(system: &System, ty: &Type, record: &Record, encoder: &mut Encoder) {
    let mut object = encoder.object();
    if let Type::Record(id) = ty {
        for (field, value) in system.record(*id).fields.iter().zip(&record.fields) {
            let recorded = Recorded { system, ty: &field.ty, value };
            if field.required {
                object.field(&field.name, &recorded);
            } else {
                object.optional(&field.name, &recorded);
            }
        }
    }
    for (name, member) in &record.unknown {
        object.field(name, member);
    }
    object.end();
}

/// The record form of a value, as text.
pub(crate) fn record_form(system: &System, ty: &Type, value: &Maybe) -> String {
    Encoder::encode(&Recorded { system, ty, value })
}

/// The record form of a value, as JSON that can be looked into.
pub(crate) fn recorded(system: &System, ty: &Type, value: &Maybe) -> Result<Json, Mismatch> {
    parsed(&record_form(system, ty, value))
}

/// A value as code is given it: a number is a number, exactly.
pub(crate) fn plain(system: &System, ty: &Type, value: &Maybe) -> Json {
    Json::of(&Recorded { system, ty, value })
}

/// JSON text that this package wrote.
pub(crate) fn parsed(text: &str) -> Result<Json, Mismatch> {
    text.parse().map_err(|_| Mismatch::new("JSON that can be kept exactly", &Json::text(text)))
}

/// A value widened to JSON: numbers as JSON numbers (long ones as texts), times as texts, durations as microseconds, records as objects.
pub(crate) fn widen(system: &System, ty: &Type, value: &Value) -> Json {
    match value {
        Value::Text(text) => Json::Text(text.clone()),
        Value::Number(number) => Json::number(*number),
        Value::Integer(integer) => Json::number(Decimal::from(*integer)),
        Value::Boolean(boolean) => Json::Bool(*boolean),
        Value::Time(time) => Json::Text(time.to_string()),
        Value::Duration(duration) => Json::number(Decimal::from(duration.as_micros())),
        Value::List(items) => {
            let element = if let Type::List(element) = ty { element } else { ty };
            Json::List(items.iter().map(|item| widen(system, element, item)).collect())
        }
        Value::Object(members) => Json::Object(members.clone()),
        Value::Record(record) => Json::Object(members(system, ty, record)),
        Value::Json(json) => json.clone(),
    }
}

/// The members of a record widened to an object; fields that are unset are left out.
pub(crate) fn members(system: &System, ty: &Type, record: &Record) -> BTreeMap<String, Json> {
    let mut members = record.unknown.clone();
    if let Type::Record(id) = ty {
        for (field, value) in system.record(*id).fields.iter().zip(&record.fields) {
            if let Some(value) = value {
                members.insert(field.name.clone(), widen(system, &field.ty, value));
            }
        }
    }
    members
}

/// Writes what was done to a list: `{"operations":[{"append":…},{"remove":…}]}`, which no list is.
pub(crate) fn write_edits(system: &System, ty: &Type, edits: &[(Edit, Value)], encoder: &mut Encoder) {
    let element = if let Type::List(element) = ty { element } else { ty };
    let mut object = encoder.object();
    let mut list = object.begin_field("operations").list();
    for (edit, value) in edits {
        let name = match edit {
            Edit::Append => "append",
            Edit::Remove => "remove",
        };
        let mut operation = list.begin_item().object();
        encode_set(system, element, value, operation.begin_field(name));
        operation.end();
    }
    list.end();
    object.end();
}

/// Folds a recorded value, or recorded operations on a list, into a variable.
pub(crate) fn fold(system: &System, ty: &Type, json: &Json, variable: &mut Maybe) -> Result<(), Mismatch> {
    let Type::List(element) = ty else {
        *variable = decode(system, ty, json)?;
        return Ok(());
    };
    let Json::Object(_) = json else {
        *variable = decode(system, ty, json)?;
        return Ok(());
    };
    let Some(Json::List(operations)) = json.get("operations") else {
        return Err(Mismatch::new("operations on an array", json));
    };
    for (index, operation) in operations.iter().enumerate() {
        let (edit, value) = match (operation.get("append"), operation.get("remove")) {
            (Some(value), _) => (Edit::Append, value),
            (None, Some(value)) => (Edit::Remove, value),
            (None, None) => return Err(Mismatch::new("`append` or `remove`", operation).in_item(index)),
        };
        let value = decode_set(system, element, value).map_err(|wrong| wrong.in_item(index))?;
        apply_edit(variable, edit, &value);
    }
    Ok(())
}
