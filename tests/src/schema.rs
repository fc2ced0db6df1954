//! The IR's types as schemas.

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
