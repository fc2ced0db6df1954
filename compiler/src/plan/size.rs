//! How large values are in memory: an enum is as large as its largest variant, so payloads that stick out are boxed.

use crate::ir::{Field, System, Type};

/// A number of bytes; an estimate from above that ignores alignment within a word.
pub(super) type Bytes = usize;

/// From here on a payload is boxed where it stands in an enum. Clippy warns at 200 bytes between two variants.
const LARGE: Bytes = 192;

/// The deepest record that is looked into.
const DEPTH: usize = 8;

/// The size of a struct with these fields.
pub(super) fn of_fields(system: &System, fields: &[Field]) -> Bytes {
    fields_within(system, fields, DEPTH)
}

/// Which of some variants are boxed.
pub(super) fn boxed(sizes: &[Bytes]) -> Vec<bool> {
    sizes.iter().map(|size| *size > LARGE).collect()
}

fn fields_within(system: &System, fields: &[Field], depth: usize) -> Bytes {
    fields.iter().map(|field| of(system, &field.ty, depth) + if field.required { 0 } else { 8 }).sum()
}

fn of(system: &System, ty: &Type, depth: usize) -> Bytes {
    match ty {
        Type::Boolean => 8,
        Type::Time | Type::Duration => 8,
        Type::Number | Type::Integer => 16,
        Type::String | Type::List(_) => 24,
        Type::Object | Type::Json => 32,
        Type::Record(id) if depth > 0 => fields_within(system, &system.record(*id).fields, depth - 1),
        Type::Record(_) => LARGE,
    }
}

/// The largest value that is no record.
pub(super) const WIDEST: Bytes = 32;
