//! The IR's types as schemas, and schemas as Rust.

use eventflow::description::FieldDescription;
use eventflow::schema::Schema;
use eventflowc::ir::{System, Type};

/// The schema of a type.
#[must_use]
pub fn schema(system: &System, ty: &Type) -> Schema {
    match ty {
        Type::String => Schema::String,
        Type::Number => Schema::Number,
        Type::Integer => Schema::Integer,
        Type::Boolean => Schema::Boolean,
        Type::Time => Schema::Time,
        Type::Duration => Schema::Duration,
        Type::List(element) => Schema::list_of(schema(system, element)),
        Type::Object => Schema::Object,
        Type::Record(id) => {
            let fields = system.record(*id).fields.iter().map(|field| FieldDescription {
                name: field.name.clone().into(),
                schema: schema(system, &field.ty),
                required: field.required,
                secret: field.secret,
            });
            Schema::Record(fields.collect::<Vec<_>>().into())
        }
        Type::Json => Schema::Json,
    }
}

/// The Rust that makes a schema.
#[must_use]
pub fn rust(schema: &Schema) -> String {
    match schema {
        Schema::String => "Schema::String".into(),
        Schema::Number => "Schema::Number".into(),
        Schema::Integer => "Schema::Integer".into(),
        Schema::Boolean => "Schema::Boolean".into(),
        Schema::Time => "Schema::Time".into(),
        Schema::Duration => "Schema::Duration".into(),
        Schema::List(item) => format!("Schema::list_of({})", rust(item)),
        Schema::Object => "Schema::Object".into(),
        Schema::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| {
                    let (name, schema) = (&field.name, rust(&field.schema));
                    let (required, secret) = (field.required, field.secret);
                    format!(
                        "FieldDescription {{ name: {name:?}.into(), schema: {schema}, required: {required}, secret: {secret} }}"
                    )
                })
                .collect();
            format!("Schema::Record(vec![{}].into())", fields.join(", "))
        }
        Schema::Json => "Schema::Json".into(),
    }
}
