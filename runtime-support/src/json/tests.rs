//! JSON text in and out, against serde_json.

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Json {
    text.parse().expect("the test's own JSON")
}

#[test]
fn numbers_are_exact() {
    let cases = [
        ("0.1", "0.1"),
        ("12345678901234567", r#""12345678901234567""#),
        ("0.12345678901234567", r#""0.12345678901234567""#),
        ("9007199254740993", r#""9007199254740993""#),
        ("123456789012345.0", "123456789012345"),
        ("1e20", "100000000000000000000"),
        ("-0", "0"),
        ("-0.0e7", "0"),
        ("1.50", "1.5"),
        (
            "[1,{\"1\":2.50,\"b\\\"3\":[\"-4\",5e-1]},\"6\\\\\",7]",
            "[1,{\"1\":2.5,\"b\\\"3\":[\"-4\",0.5]},\"6\\\\\",7]",
        ),
    ];
    for (text, shown) in cases {
        assert_eq!(parse(text).to_string(), shown, "{text}");
    }
    assert_eq!(parse("0.12345678901234567"), Json::Number(Decimal::constant(12_345_678_901_234_567, 17)));
}

#[test]
fn what_is_kept_is_what_a_record_gives_back() {
    let value = parse(r#"{"a":[1.5,12345678901234567,{"b":-1234567890123456}],"c":"x","d":null,"e":true}"#);
    assert_eq!(value.kept(), parse(&value.to_string()));
    assert_eq!(value.kept().kept(), value.kept());
    assert_eq!(Json::number(Decimal::from(123_456_789_012_345_i64)), Json::from(123_456_789_012_345_i64));
    assert_eq!(Json::number(Decimal::from(1_234_567_890_123_456_i64)), Json::text("1234567890123456"));
}

#[test]
fn a_number_that_cannot_be_kept_is_an_error_with_its_place() {
    for (text, place) in [("{\n \"a\": 1e300}", "line 2"), ("[1, 0.00000000000000000000000000001]", "line 1 column")] {
        let message = text.parse::<Json>().expect_err(text).to_string();
        assert!(message.contains("more digits than can be kept exactly") && message.contains(place), "{message}");
    }
}

#[test]
fn what_is_no_json_is_refused() {
    let deep = "[".repeat(100_000);
    for text in [
        "",
        "{",
        "01",
        "+1",
        "1.",
        ".5",
        "1 2",
        "[1,]",
        "nul",
        "\"\u{1}\"",
        "{\"a\":1,\"a\":2}",
        "1e999",
        deep.as_str(),
    ] {
        assert!(text.parse::<Json>().is_err(), "{text:.20}");
    }
}

#[test]
fn keys_are_sorted_and_texts_escaped_as_serde_json_does() {
    assert_eq!(parse(r#"{ "b": null, "a": [true, {}], "A": "" }"#).to_string(), r#"{"A":"","a":[true,{}],"b":null}"#);
    for character in (0..0x250).filter_map(char::from_u32).chain(['\u{2028}', '\u{feff}', '😀', '\u{10ffff}']) {
        let text = format!("<{character}>");
        assert_eq!(Json::text(&text).to_string(), serde_json::to_string(&text).expect("a text"), "{character:?}");
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        (-999_999_999_999_999_i128..=999_999_999_999_999, 0_u32..=28)
            .prop_map(|(m, s)| Json::Number(Decimal::new(m, s).expect("fits"))),
        any::<String>().prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::List),
            proptest::collection::btree_map(any::<String>(), inner, 0..5).prop_map(Json::Object),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_comes_back_from_its_text(value in any_json()) {
        prop_assert_eq!(parse(&value.to_string()), value);
    }

    #[test]
    fn any_text_is_accepted_exactly_when_serde_json_accepts_it(text in "[\\[\\]{},:\"\\\\ 0-9a.eE+-]{0,24}") {
        let ours = text.parse::<Json>();
        match (ours, serde_json::from_str::<serde_json::Value>(&text)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours.kind() == "an array", theirs.is_array()),
            (Err(_), Err(_)) => {}
            (Ok(ours), Err(theirs)) => prop_assert!(false, "{} accepted: {}", ours, theirs),
            (Err(ours), Ok(_)) => {
                let ours = ours.to_string();
                prop_assert!(ours.contains("digits") || ours.contains("twice"), "{}", ours);
            }
        }
    }
}
