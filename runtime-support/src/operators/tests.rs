//! The operators, on typed values and on values of unknown type.

use super::*;

type Comparison<T> = fn(Option<&T>, Option<&T>) -> bool;

#[test]
fn comparisons_with_an_unset_value_are_false() {
    let all: [Comparison<i64>; 6] = [equal, not_equal, greater, greater_or_equal, less, less_or_equal];
    for compare in all {
        assert!(!compare(None, None) && !compare(Some(&1), None) && !compare(None, Some(&1)));
    }
    assert!(
        !between(None, Some(&1), Some(&2)) && !between(Some(&1), None, Some(&2)) && !between(Some(&1), Some(&1), None)
    );
}

#[test]
fn comparisons_compare() {
    let table: [(Comparison<i64>, [bool; 3]); 6] = [
        (equal, [false, true, false]),
        (not_equal, [true, false, true]),
        (greater, [false, false, true]),
        (greater_or_equal, [false, true, true]),
        (less, [true, false, false]),
        (less_or_equal, [true, true, false]),
    ];
    for (compare, expected) in table {
        assert_eq!([1, 2, 3].map(|left| compare(Some(&left), Some(&2))), expected);
    }
    assert_eq!(
        [0, 1, 2, 3, 4].map(|value| between(Some(&value), Some(&1), Some(&3))),
        [false, true, true, true, false]
    );
}

#[test]
fn json_values_compare_like_typed_ones_where_they_can() {
    let values = [
        Json::Null,
        Json::from(1),
        Json::from(2),
        Json::text("a"),
        Json::text("b"),
        Json::Bool(true),
        Json::List(vec![]),
    ];
    for (place, left) in values.iter().enumerate() {
        for (other, right) in values.iter().enumerate() {
            let set = !left.is_null() && !right.is_null();
            let ordered = matches!((place, other), (1 | 2, 1 | 2) | (3 | 4, 3 | 4) | (5, 5));
            assert_eq!(json::equal(left, right), set && place == other, "{left} is {right}");
            assert_eq!(json::not_equal(left, right), set && place != other, "{left} is not {right}");
            assert_eq!(json::less(left, right), ordered && place < other, "{left} < {right}");
            assert_eq!(json::greater(left, right), ordered && place > other, "{left} > {right}");
            assert_eq!(json::less_or_equal(left, right), ordered && place <= other, "{left} <= {right}");
            assert_eq!(json::greater_or_equal(left, right), ordered && place >= other, "{left} >= {right}");
        }
    }
    assert!(json::between(&Json::from(2), &Json::from(1), &Json::from(2)));
    assert!(json::equal(&Json::text("1.50"), &Json::Number(Decimal::constant(15, 1))));
    assert!(json::greater(&Json::text("12345678901234567890"), &Json::from(9)));
}

#[test]
fn a_text_that_an_operator_makes_is_bounded() {
    let half = "x".repeat(LONGEST_TEXT / 2);
    let whole = add(half.as_str(), half.as_str()).expect("it just fits");
    assert_eq!(whole.len(), LONGEST_TEXT);
    assert_eq!(add(whole.as_str(), ""), Ok(whole.clone()));
    assert_eq!(add(whole.as_str(), "x"), Err(ArithmeticError::TextTooLong));
    assert_eq!(add("ü", whole.as_str()), Err(ArithmeticError::TextTooLong));
    assert!(ArithmeticError::TextTooLong.to_string().contains(&format!("{} MiB", LONGEST_TEXT >> 20)));
}

#[test]
fn contains_looks_into_texts_and_arrays() {
    assert!(text_contains(Some("express delivery"), Some("press")) && !text_contains(Some("a"), Some("b")));
    assert!(text_lacks(Some("a"), Some("b")) && !text_lacks(Some("ab"), Some("b")));
    assert!(list_contains(Some(&[1, 2]), Some(&2)) && !list_contains(Some(&[1, 2]), Some(&3)));
    assert!(list_lacks(Some(&[1, 2]), Some(&3)) && !list_lacks(Some(&[1, 2]), Some(&2)));
    for unset in [(None, Some("a")), (Some("a"), None)] {
        assert!(!text_contains(unset.0, unset.1) && !text_lacks(unset.0, unset.1));
    }
    assert!(
        !list_contains::<i64>(None, Some(&1)) && !list_lacks::<i64>(None, Some(&1)) && !list_lacks(Some(&[1]), None)
    );

    let list = Json::List(vec![Json::from(1), Json::text("a")]);
    let object = Json::object([("a", Json::Null)]);
    assert!(json::contains(&list, &Json::text("a")) && json::lacks(&list, &Json::text("b")));
    assert!(json::contains(&Json::text("abc"), &Json::text("bc")) && json::contains(&object, &Json::text("a")));
    for (container, item) in [(&Json::Null, &Json::from(1)), (&list, &Json::Null), (&Json::from(12), &Json::from(1))] {
        assert!(!json::contains(container, item) && !json::lacks(container, item), "{container} {item}");
    }
}

#[test]
fn only_what_can_have_content_is_empty() {
    assert!(is_empty::<Decimal>(None) && !is_empty(Some(&Decimal::ZERO)) && !is_empty(Some(&false)));
    assert!(is_empty(Some("")) && !is_empty(Some(" ")));
    assert!(is_empty(Some(&Vec::<i64>::new())) && !is_empty(Some(&vec![0])));
    for (text, empty) in
        [(Json::Null, true), (Json::text(""), true), (Json::List(vec![]), true), (Json::object([]), true)]
    {
        assert_eq!(is_empty(Some(&text)), empty);
    }
    assert!(!is_empty(Some(&Json::Bool(false))) && !is_empty(Some(&Json::from(0))));
}

#[test]
fn count_and_removal() {
    assert_eq!((json::count(&Json::Null), json::count(&Json::List(vec![Json::Null]))), (0, 1));
    let mut list = vec![1, 2, 1];
    remove_first(&mut list, &1);
    remove_first(&mut list, &7);
    assert_eq!(list, [2, 1]);
    let mut list = vec![Json::from(1), Json::text("a")];
    json::remove_first(&mut list, &Json::text("a"));
    assert_eq!(list, [Json::from(1)]);
}

#[test]
fn arithmetic_of_every_pair_of_types() {
    let number = |mantissa, scale| Decimal::constant(mantissa, scale);
    let seconds = Duration::from_seconds;
    let time = Timestamp::EPOCH;
    assert_eq!(add(number(1, 1), number(2, 1)), Ok(number(3, 1)));
    assert_eq!((add(2, 3), subtract(2, 3), multiply(2, 3)), (Ok(5), Ok(-1), Ok(6)));
    assert_eq!(subtract(number(3, 0), number(1, 1)), Ok(number(29, 1)));
    assert_eq!(multiply(number(15, 1), number(2, 0)), Ok(number(3, 0)));
    assert_eq!(divide(number(1, 0), number(4, 0)), Ok(number(25, 2)));
    assert_eq!(add(time, seconds(2)), add(seconds(2), time));
    assert_eq!(subtract(add(time, seconds(2)).expect("in range"), time), Ok(seconds(2)));
    assert_eq!(subtract(time, seconds(1)).map(Timestamp::as_micros), Ok(-1_000_000));
    assert_eq!((add(seconds(1), seconds(2)), subtract(seconds(1), seconds(2))), (Ok(seconds(3)), Ok(seconds(-1))));
    assert_eq!(multiply(seconds(3), number(5, 1)), multiply(number(5, 1), seconds(3)));
    assert_eq!(divide(seconds(3), number(2, 0)), Ok(Duration::from_milliseconds(1_500)));
    assert_eq!(add("a", "b"), Ok("ab".to_owned()));
    assert_eq!(span(number(15, 1), Duration::HOUR), Ok(Duration::from_minutes(90)));
}

#[test]
fn what_has_no_result_is_an_error() {
    assert_eq!(add(i64::MAX, 1), Err(ArithmeticError::Overflow));
    assert_eq!(subtract(i64::MIN, 1), Err(ArithmeticError::Overflow));
    assert_eq!(multiply(i64::MAX, 2), Err(ArithmeticError::Overflow));
    assert_eq!(divide(Decimal::from(1), Decimal::ZERO), Err(ArithmeticError::DivisionByZero));
    assert_eq!(divide(Duration::SECOND, Decimal::ZERO), Err(ArithmeticError::DivisionByZero));
    assert_eq!(add(Timestamp::MAX, Duration::SECOND), Err(ArithmeticError::Overflow));
    assert_eq!(integer(Decimal::constant(15, 1)), Err(ArithmeticError::NotAnInteger));
    assert_eq!(integer(Decimal::constant(1 << 70, 0)), Err(ArithmeticError::NotAnInteger));
    assert_eq!(negate_integer(i64::MIN), Err(ArithmeticError::Overflow));
    assert_eq!(integer(Decimal::constant(15, 0)), Ok(15));
}
