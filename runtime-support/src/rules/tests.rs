//! Every rule with values that keep it and values that break it.

use std::borrow::Cow;

use super::*;

fn number(text: &str) -> Decimal {
    text.parse().expect("the test's own number")
}

#[test]
fn each_rule_tells_values_apart() {
    let text = |value: &str| Json::text(value);
    let value = |value: &str| Json::Number(number(value));
    let options = Rule::OneOf(Cow::Borrowed(&[Cow::Borrowed("red"), Cow::Borrowed("2"), Cow::Borrowed("true")]));
    let cases = [
        (
            Rule::GreaterThan(number("0")),
            vec![value("0.01"), text("12345678901234567890")],
            vec![value("0"), text("x")],
        ),
        (Rule::LessThan(number("5")), vec![value("4.99")], vec![value("5"), Json::Bool(true)]),
        (Rule::Between(number("1"), number("3")), vec![value("1"), value("3")], vec![value("0.99"), value("3.01")]),
        (Rule::AtLeast(number("1")), vec![value("1")], vec![value("0.5")]),
        (Rule::AtMost(number("1")), vec![value("1")], vec![value("1.5")]),
        (Rule::MinCharacters(2), vec![text("äö"), text("abc")], vec![text("ä"), value("123")]),
        (Rule::MaxCharacters(2), vec![text("äö"), text("")], vec![text("abc")]),
        (
            Rule::Email,
            vec![text("ada@example.com"), text("a+b.c@x-y.example.org")],
            vec![
                text("ada"),
                text("@example.com"),
                text("ada@localhost"),
                text("a b@example.com"),
                text("ada@example..com"),
                text("ada@-x.com"),
                text("ada@a@example.com"),
            ],
        ),
        (
            Rule::Uuid,
            vec![text("0190a5c2-6f5e-7cc0-8a39-5D2F1B9B8C11")],
            vec![text("0190a5c26f5e7cc08a395d2f1b9b8c11"), text("0190a5c2-6f5e-7cc0-8a39-5d2f1b9b8c1g")],
        ),
        (
            Rule::Url,
            vec![text("https://example.com"), text("http://u@h:80/p?q#f"), text("ftp://[::1]/x")],
            vec![
                text("example.com"),
                text("https://"),
                text("https:///path"),
                text("https://:80"),
                text("://x"),
                text("https://exa mple.com"),
                text("1http://x"),
            ],
        ),
        (
            options,
            vec![text("red"), value("2"), Json::Bool(true), text("2")],
            vec![text("Red"), value("3"), Json::Null],
        ),
    ];
    for (rule, keeping, breaking) in cases {
        for value in keeping {
            assert!(rule.is_kept_by(&value), "{rule}: {value}");
        }
        for value in breaking {
            assert!(!rule.is_kept_by(&value), "{rule}: {value}");
        }
    }
}

fn field(name: &'static str, schema: Schema, required: bool) -> FieldDescription {
    FieldDescription { name: Cow::Borrowed(name), schema, required, secret: false }
}

fn check(field: usize, rules: Vec<Rule>) -> CheckDescription {
    CheckDescription { field, required: true, bail: false, rules: rules.into() }
}

fn report(checks: &[CheckDescription], payload: &Json) -> Vec<String> {
    let fields = [field("amount", Schema::Number, true), field("email", Schema::String, false)];
    let odd = |index: usize, value: &Json| {
        assert_eq!(index, 7, "the rule's own index is asked for");
        Ok(value.as_text().is_some_and(|text| text.len() % 2 == 1))
    };
    let violations = validate(&fields, checks, payload, UnknownFields::Reject, &odd).expect("the rule's code is fine");
    violations.iter().map(|violation| format!("{}: {}", violation.rule, violation.message)).collect()
}

#[test]
fn all_errors_of_all_fields_are_reported() {
    let odd = Rule::Custom { index: 7, sentence: Cow::Borrowed("has an odd length") };
    let checks =
        [check(0, vec![Rule::GreaterThan(number("0")), Rule::AtLeast(number("10"))]), check(1, vec![Rule::Email, odd])];
    let payload = Json::object([("amount", Json::from(-1)), ("email", Json::text("ab")), ("x", Json::Null)]);
    assert_eq!(
        report(&checks, &payload),
        [
            "unknown: `x` is not a field of this event",
            "greater than 0: `amount` must be greater than 0",
            "at least 10: `amount` must be at least 10",
            "valid email: `email` must be a valid email address",
            "has an odd length: `email` breaks the rule: has an odd length",
        ]
    );
}

#[test]
fn bail_ends_the_checks_of_its_field_alone() {
    let amount =
        CheckDescription { bail: true, ..check(0, vec![Rule::GreaterThan(number("0")), Rule::AtLeast(number("10"))]) };
    let payload = Json::object([("amount", Json::from(-1)), ("email", Json::text("ab"))]);
    assert_eq!(report(&[amount, check(1, vec![Rule::Email])], &payload).len(), 2);
}

#[test]
fn what_is_absent_is_missing_or_breaks_no_rule() {
    let checks = [check(0, vec![Rule::GreaterThan(number("0"))]), check(1, vec![Rule::Email])];
    let absent = Json::object([("amount", Json::Null)]);
    assert_eq!(report(&checks, &absent), ["required: `amount` is required", "required: `email` is required"]);
    let optional = CheckDescription { required: false, ..check(1, vec![Rule::Email]) };
    assert_eq!(report(&[optional], &Json::object([("amount", Json::from(1)), ("email", Json::Null)])), [""; 0]);
}

#[test]
fn a_value_of_another_type_is_reported_once() {
    let payload = Json::object([("amount", Json::text("much")), ("email", Json::text("a@b.example"))]);
    assert_eq!(
        report(&[check(0, vec![Rule::GreaterThan(number("0"))])], &payload),
        ["number: `amount` must be a number"]
    );
}

#[test]
fn a_failing_rule_of_the_users_fails_the_validation() {
    let fails = |_: usize, _: &Json| Err(Failure::Unset { name: Cow::Borrowed("$x") });
    let rule = Rule::Custom { index: 0, sentence: Cow::Borrowed("x") };
    let fields = [field("amount", Schema::Number, true)];
    let payload = Json::object([("amount", Json::from(1))]);
    assert!(validate(&fields, &[check(0, vec![rule])], &payload, UnknownFields::Keep, &fails).is_err());
}

#[test]
fn violations_have_a_record_form() {
    let violation = Rule::MinCharacters(3).violation("name");
    assert_eq!(
        Encoder::encode(&violation),
        r#"{"field":"name","rule":"min 3 characters","message":"`name` must have at least 3 characters"}"#
    );
}

#[test]
fn a_number_is_an_option_however_it_is_written() {
    let field = |schema| [FieldDescription { name: Cow::Borrowed("size"), schema, required: true, secret: false }];
    let options = Rule::OneOf(Cow::Borrowed(&[Cow::Borrowed("2.50"), Cow::Borrowed("7")]));
    let rules = vec![options].into();
    let checks = [CheckDescription { field: 0, required: true, bail: false, rules }];
    let broken = |schema, value: &str| {
        let payload = Json::object([("size", value.parse().expect("the test's own JSON"))]);
        let found = validate(&field(schema), &checks, &payload, UnknownFields::Keep, &|_, _| Ok(true));
        found.expect("no user code").len()
    };
    for value in ["2.5", "\"2.5\"", "\"2.50\"", "7", "\"7\""] {
        assert_eq!(broken(Schema::Number, value), 0, "{value}");
    }
    assert_eq!((broken(Schema::Number, "\"2.51\""), broken(Schema::Integer, "\"70\"")), (1, 1));
    assert_eq!((broken(Schema::String, "\"2.5\""), broken(Schema::String, "\"7\"")), (1, 0), "a text is its letters");
}
