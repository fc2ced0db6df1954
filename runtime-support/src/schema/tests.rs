//! Payloads: what is reported about wrong ones, and the record form of right ones.

use std::borrow::Cow;

use super::*;

const fn field(name: &'static str, schema: Schema, required: bool) -> FieldDescription {
    FieldDescription { name: Cow::Borrowed(name), schema, required, secret: false }
}

const LINE: &[FieldDescription] = &[field("sku", Schema::String, true), field("price", Schema::Number, true)];

const CHECKOUT: &[FieldDescription] = &[
    field("total", Schema::Number, true),
    field("items", Schema::List(Item::Constant(&Schema::Record(Cow::Borrowed(LINE)))), true),
    field("count", Schema::Integer, false),
    field("at", Schema::Time, false),
    field("within", Schema::Duration, false),
    field("gift", Schema::Boolean, false),
    field("extra", Schema::Object, false),
    field("anything", Schema::Json, false),
];

fn json(text: &str) -> Json {
    text.parse().expect("the test's own JSON")
}

#[test]
fn everything_wrong_is_reported_in_the_order_of_the_fields() {
    let payload = json(
        r#"{"items": [{"sku": 1, "price": "1.50"}, {"price": "x", "size": 2}, 3], "count": 1.5, "at": "soon",
            "within": "1", "gift": "yes", "extra": [], "anything": [1], "zzz": 1, "more": null}"#,
    );
    let report = |unknown| {
        let violations = validate(CHECKOUT, &payload, unknown);
        violations.iter().map(|violation| format!("{}: {}", violation.field, violation.rule)).collect::<Vec<_>>()
    };
    let typed = [
        "total: required",
        "items[0].sku: string",
        "items[1].sku: required",
        "items[1].price: number",
        "items[2]: object",
        "count: integer",
        "at: time",
        "within: duration",
        "gift: boolean",
        "extra: object",
    ];
    assert_eq!(report(UnknownFields::Keep), typed);
    let mut strict = typed.to_vec();
    strict.insert(4, "items[1].size: unknown");
    strict.extend(["more: unknown", "zzz: unknown"]);
    assert_eq!(report(UnknownFields::Reject), strict);
    assert_eq!(validate(CHECKOUT, &json("[]"), UnknownFields::Keep).len(), 1);
}

#[test]
fn the_record_form_has_the_declared_order_and_the_declared_types() {
    let payload = json(
        r#"{"zzz": 1.50, "more": null, "within": 5, "at": "2026-01-01T01:00:00+01:00", "count": "3", "gift": null,
            "items": [{"size": {"b": 1, "a": 2}, "price": 1.50, "sku": "a"}], "total": 100.10, "anything": 1.50}"#,
    );
    assert_eq!(validate(CHECKOUT, &payload, UnknownFields::Keep), []);
    assert_eq!(
        canonical(CHECKOUT, &payload),
        r#"{"total":"100.1","items":[{"sku":"a","price":"1.5","size":{"a":2,"b":1}}],"count":3,"at":"2026-01-01T00:00:00.000000Z","within":5,"anything":1.5,"more":null,"zzz":1.5}"#
    );
    let short = json(r#"{"total": "12345678901234567.5", "items": [{"sku": "a", "price": "2.50"}]}"#);
    assert_eq!(plain(CHECKOUT, &short), r#"{"total":"12345678901234567.5","items":[{"sku":"a","price":2.5}]}"#);
}

#[test]
fn the_record_form_of_the_record_form_is_itself() {
    let payload = json(r#"{"total": 7, "items": [], "extra": {"x": 12345678901234567}, "anything": {"n": 0.1}}"#);
    let once = canonical(CHECKOUT, &payload);
    assert_eq!(canonical(CHECKOUT, &json(&once)), once);
}

#[test]
fn constant_and_owned_schemas_are_equal() {
    assert_eq!(Schema::list_of(Schema::Number), Schema::List(Item::Constant(&Schema::Number)));
    assert_ne!(Schema::list_of(Schema::Number), Schema::list_of(Schema::String));
}
