//! Sample values: any value of a type, as a function of a number. Both executors draw from here what user code answers.

use eventflow::description::FieldDescription;
use eventflow::schema::Schema;
use eventflow::{Json, Timestamp};
use std::collections::BTreeMap;

/// A number that follows from what is asked and by which message.
#[must_use]
pub fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash ^ (hash >> 29)
}

/// The hash of a part of what another one stands for.
#[must_use]
pub fn part(hash: u64, place: usize) -> u64 {
    let mixed = (hash ^ (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 31)
}

fn choose<'a>(hash: u64, of: &[&'a str]) -> &'a str {
    of[usize::try_from(hash % of.len() as u64).unwrap_or(0)]
}

const TEXTS: [&str; 9] = [
    "a",
    "red",
    "",
    "a@b.example",
    "ünï — 漢",
    "two words and a bit more",
    "0190a5c2-6f5e-7cc0-8a39-5d2f1b9b8c11",
    "https://example.com/a?b",
    "\"quoted\"\n",
];
const NUMBERS: [&str; 9] = ["0", "1", "2.5", "-3", "100.10", "40", "12345678901234567.89", "0.001", "7"];
const INTEGERS: [&str; 7] = ["0", "1", "2", "-4", "17", "9007199254740993", "300"];

/// A value of a type, in record form.
#[must_use]
pub fn sample(schema: &Schema, hash: u64) -> Json {
    match schema {
        Schema::String => Json::text(choose(hash, &TEXTS)),
        Schema::Number => Json::text(choose(hash, &NUMBERS)),
        Schema::Integer => Json::text(choose(hash, &INTEGERS)),
        Schema::Boolean => Json::Bool(hash.is_multiple_of(2)),
        Schema::Time => {
            let micros = i64::try_from(hash % 4_000_000_000_000_000).unwrap_or(0);
            Json::Text(Timestamp::from_micros(micros).unwrap_or_default().to_string())
        }
        Schema::Duration => Json::from(i64::try_from(hash % 7).unwrap_or(0) * 1_500_000),
        Schema::List(item) => {
            let count = usize::try_from(hash % 4).unwrap_or(0);
            Json::List((0..count).map(|place| sample(item, part(hash, place))).collect())
        }
        Schema::Object => object(hash),
        Schema::Record(fields) => Json::Object(members(fields, hash)),
        Schema::Json => match hash % 6 {
            0 => Json::text(choose(part(hash, 1), &TEXTS)),
            1 => Json::from(7),
            2 => Json::Bool(true),
            3 => Json::List(vec![Json::from(1), Json::text("a")]),
            4 => Json::object([("a", Json::Null), ("b", Json::from(2))]),
            _ => Json::List(Vec::new()),
        },
    }
}

/// An object: some members, most of them of the types that flows take them for.
fn object(hash: u64) -> Json {
    let likely = [
        ("zone", Schema::String),
        ("n", Schema::Integer),
        ("loop", Schema::Number),
        ("flag", Schema::Boolean),
        ("at", Schema::Time),
        ("span", Schema::Duration),
        ("list", Schema::list_of(Schema::String)),
    ];
    let mut members = BTreeMap::new();
    for (place, (name, schema)) in likely.iter().enumerate() {
        let hash = part(hash, place + 31);
        match hash % 10 {
            0 | 1 => {}
            2 => drop(members.insert((*name).to_owned(), sample(&Schema::Json, part(hash, 5)))),
            _ => drop(members.insert((*name).to_owned(), sample(schema, part(hash, 5)))),
        }
    }
    Json::Object(members)
}

/// Values of the fields of a record or a payload; optional ones are left out at times.
#[must_use]
pub fn members(fields: &[FieldDescription], hash: u64) -> BTreeMap<String, Json> {
    let mut members = BTreeMap::new();
    for (place, field) in fields.iter().enumerate() {
        let hash = part(hash, place + 11);
        if field.required || hash % 10 < 7 {
            members.insert(field.name.to_string(), sample(&field.schema, part(hash, 3)));
        }
    }
    members
}
