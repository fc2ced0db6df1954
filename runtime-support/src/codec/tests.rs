//! The record form of every type, and the way back.

use core::fmt::Debug;
use std::collections::BTreeMap;

use super::*;
use crate::{Decimal, Duration, Json, Timestamp};

#[track_caller]
fn record_form<T: Encode + Decode + PartialEq + Debug>(value: T, form: &str) {
    assert_eq!(Encoder::encode(&value), form);
    #[cfg(feature = "engine")]
    assert_eq!(T::decode(&form.parse().expect("the test's own JSON")), Ok(value));
}

#[test]
fn every_type_has_its_record_form() {
    record_form(true, "true");
    record_form("a \"b\"\n\u{1}é".to_owned(), r#""a \"b\"\n\u0001é""#);
    record_form(Decimal::constant(120_050, 2), r#""1200.5""#);
    record_form(-7_i64, "-7");
    record_form(1_i64 << 53, "9007199254740992");
    record_form((1_i64 << 53) + 1, r#""9007199254740993""#);
    record_form(i64::MIN, r#""-9223372036854775808""#);
    record_form(Timestamp::EPOCH, r#""1970-01-01T00:00:00.000000Z""#);
    record_form(Duration::from_seconds(-1), "-1000000");
    record_form(Duration::from_micros(i64::MAX), "9223372036854775807");
    record_form(None::<bool>, "null");
    record_form(Some(vec![1_i64, 2]), "[1,2]");
    record_form(Json::object([("b", Json::from(1)), ("a", Json::Null)]), r#"{"a":null,"b":1}"#);
    record_form(BTreeMap::from([("x".to_owned(), Decimal::from(1))]), r#"{"x":"1"}"#);
}

#[test]
fn the_plain_form_has_numbers_as_json_has_them() {
    let plain = |value: Decimal| {
        let mut encoder = Encoder::plain();
        value.encode(&mut encoder);
        encoder.finish()
    };
    assert_eq!(plain(Decimal::constant(120_050, 2)), "1200.5");
    assert_eq!(plain(Decimal::constant(123_456_789_012_345, 3)), "123456789012.345");
    assert_eq!(plain(Decimal::constant(1_234_567_890_123_456, 3)), r#""1234567890123.456""#);
}

struct Line {
    price: Decimal,
    notes: Vec<Option<String>>,
}

impl Encode for Line {
    fn encode(&self, encoder: &mut Encoder) {
        let mut object = encoder.object();
        object.field("price", &self.price);
        object.field("notes", &self.notes);
        object.end();
    }
}

#[test]
fn a_typed_value_becomes_a_json_value() {
    let line = Line { price: Decimal::constant(15, 1), notes: vec![Some("a".to_owned()), None] };
    let expected = Json::object([
        ("price", Json::Number(Decimal::constant(15, 1))),
        ("notes", Json::List(vec![Json::text("a"), Json::Null])),
    ]);
    assert_eq!(Json::of(&line), expected);
    assert_eq!(Json::of(&vec![Duration::SECOND]), Json::List(vec![Json::from(1_000_000)]));
    assert_eq!(Json::of(&expected), expected);
    assert_eq!(Encoder::encode(&line), r#"{"price":"1.5","notes":["a",null]}"#);
}

#[cfg(feature = "engine")]
#[test]
fn text_in_record_form_goes_in_as_it_is() {
    let mut encoder = Encoder::new();
    let mut list = encoder.list();
    list.begin_item().raw(r#"{"a":1}"#);
    list.begin_item().raw("2");
    list.end();
    assert_eq!(encoder.finish(), r#"[{"a":1},2]"#);
}

#[test]
fn objects_leave_out_what_is_optional_and_unset() {
    let mut encoder = Encoder::new();
    let mut object = encoder.object();
    object.field("a", &None::<bool>);
    object.optional("b", &None::<bool>);
    object.optional("c", &Some(Json::Null));
    object.optional("d", &Some("x"));
    object.begin_field("e").text("[1]");
    object.end();
    assert_eq!(encoder.finish(), r#"{"a":null,"d":"x","e":"[1]"}"#);
}

#[test]
fn a_number_may_come_as_a_decimal_text() {
    assert_eq!(Decimal::decode(&Json::text("1.50")), Ok(Decimal::constant(15, 1)));
    assert_eq!(i64::decode(&Json::Number(Decimal::constant(30, 1))), Ok(3));
    assert_eq!(i64::decode(&Json::text("3")), Ok(3));
}

#[test]
fn a_mismatch_names_the_place_and_what_is_needed() {
    let item = |price: Json| Json::object([("price", price)]);
    let order = Json::object([("items", Json::List(vec![item(Json::from(1)), item(Json::from(true))]))]);
    let mismatch = Fields::of(&order)
        .and_then(|fields| fields.get::<Vec<BTreeMap<String, Decimal>>>("items"))
        .expect_err("a boolean is no number");
    assert_eq!(mismatch.path(), "items[1].price");
    assert_eq!(mismatch.to_string(), "`items[1].price` is a boolean, but must be a number");

    let cases = [
        (bool::decode(&Json::from(1)).err(), "the value is a number, but must be a boolean"),
        (String::decode(&Json::Null).err(), "the value is nothing, but must be a string"),
        (i64::decode(&Json::Number(Decimal::constant(5, 1))).err(), "the value is a number, but must be an integer"),
        (Timestamp::decode(&Json::text("soon")).err(), "the value is a string, but must be a time"),
        (Duration::decode(&Json::text("1")).err(), "the value is a string, but must be a duration (in microseconds)"),
        (Fields::of(&Json::List(vec![])).err(), "the value is an array, but must be an object"),
        (
            Fields::of(&order).and_then(|fields| fields.get::<bool>("paid")).err(),
            "`paid` is nothing, but must be a boolean",
        ),
    ];
    for (mismatch, message) in cases {
        assert_eq!(mismatch.map(|mismatch| mismatch.to_string()).as_deref(), Some(message));
    }
}
