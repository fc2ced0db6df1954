//! Decimals against 128-bit integers, and at the limits.

use proptest::prelude::*;

use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().expect("the test's own number")
}

#[test]
fn text_is_canonical() {
    let cases = [
        ("0", "0"),
        ("-0", "0"),
        ("-0.000", "0"),
        ("+5", "5"),
        ("007", "7"),
        ("1200.50", "1200.5"),
        ("1e3", "1000"),
        ("1.25E-2", "0.0125"),
        ("100e-2", "1"),
        ("0e999999999999999999999", "0"),
        ("0.0000000000000000000000000001", "0.0000000000000000000000000001"),
        ("10000000000000000000000000000", "10000000000000000000000000000"),
    ];
    for (text, canonical) in cases {
        assert_eq!(decimal(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in ["", "-", "+", ".5", "5.", "1,5", "1e", "1e+", "0x10", "١", "NaN", "1 ", "--1", "1.2.3", "1e1.5"] {
        assert_eq!(text.parse::<Decimal>(), Err(ParseDecimalError::NotANumber), "{text:?}");
    }
    for text in
        ["1e300", "1e-29", "123456789012345678901234567890", "1e99999999999999999999", "1e-99999999999999999999"]
    {
        assert_eq!(text.parse::<Decimal>(), Err(ParseDecimalError::TooManyDigits), "{text:?}");
    }
}

#[test]
fn thousands_of_zeros_do_not_matter() {
    let zeros = "0".repeat(100_000);
    assert_eq!(decimal(&format!("{zeros}1.5{zeros}")), decimal("1.5"));
    assert_eq!(decimal(&format!("1{zeros}e-100000")), decimal("1"));
}

#[test]
fn division_rounds_half_even_at_28_digits() {
    let tiny = "0.0000000000000000000000000001";
    assert_eq!(decimal("1").checked_div(decimal("3")), Ok(decimal("0.3333333333333333333333333333")));
    assert_eq!(decimal("2").checked_div(decimal("3")), Ok(decimal("0.6666666666666666666666666667")));
    assert_eq!(decimal(tiny).checked_div(decimal("2")), Ok(Decimal::ZERO));
    assert_eq!(
        decimal("0.0000000000000000000000000003").checked_div(decimal("2")),
        Ok(decimal("0.0000000000000000000000000002"))
    );
    assert_eq!(
        decimal("0.0000000000000000000000000005").checked_div(decimal("2")),
        Ok(decimal("0.0000000000000000000000000002"))
    );
}

#[test]
fn multiplication_rounds_half_even_at_28_digits() {
    let halved = |text: &str| decimal(text).checked_mul(decimal("0.5"));
    assert_eq!(halved("0.0000000000000000000000000001"), Ok(Decimal::ZERO));
    assert_eq!(halved("0.0000000000000000000000000003"), Ok(decimal("0.0000000000000000000000000002")));
    assert_eq!(halved("-0.0000000000000000000000000001"), Ok(Decimal::ZERO));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let large = decimal("79228162514264337593543950335");
    assert_eq!(large.checked_add(decimal("1")), Err(ArithmeticError::Overflow));
    assert_eq!(large.negated().checked_sub(decimal("1")), Err(ArithmeticError::Overflow));
    assert_eq!(large.checked_mul(large), Err(ArithmeticError::Overflow));
    assert_eq!(large.checked_div(decimal("0.1")), Err(ArithmeticError::Overflow));
    assert_eq!(large.checked_div(Decimal::ZERO), Err(ArithmeticError::DivisionByZero));
    assert_eq!(Decimal::new(1, 29), None);
    assert_eq!(Decimal::new(i128::MAX, 0), None);
    assert_eq!(Decimal::new(i128::MIN, 0), None);
}

#[test]
fn significant_digits_leave_out_the_zeros_at_both_ends() {
    for (text, digits) in [("0", 1), ("100", 1), ("0.001", 1), ("1200.5", 5), ("-10.01", 4)] {
        assert_eq!(decimal(text).significant_digits(), digits, "{text}");
    }
}

proptest! {
    #[test]
    fn arithmetic_agrees_with_integers(a in -1_000_000_000_000_i64..1_000_000_000_000, b in -1_000_000_000_i64..1_000_000_000, scale in 0_u32..6) {
        let of = |mantissa: i128, scale| Decimal::new(mantissa, scale).expect("small");
        let (x, y) = (of(a.into(), scale), of(b.into(), scale));
        prop_assert_eq!(x.checked_add(y), Ok(of(i128::from(a) + i128::from(b), scale)));
        prop_assert_eq!(x.checked_sub(y), Ok(of(i128::from(a) - i128::from(b), scale)));
        prop_assert_eq!(x.checked_mul(y), Ok(of(i128::from(a) * i128::from(b), scale * 2)));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        if b != 0 {
            let product = of(i128::from(a) * i128::from(b), 0);
            prop_assert_eq!(product.checked_div(of(b.into(), 0)), Ok(of(a.into(), 0)));
        }
    }

    #[test]
    fn text_comes_back_as_the_same_value(mantissa in -9_999_999_999_999_999_999_999_999_999_i128..9_999_999_999_999_999_999_999_999_999, scale in 0_u32..=28) {
        let value = Decimal::new(mantissa, scale).expect("28 digits fit");
        let text = value.to_string();
        prop_assert_eq!(text.parse::<Decimal>(), Ok(value));
        prop_assert!(!text.contains('.') || !text.ends_with('0'), "{}", text);
        prop_assert_eq!(Decimal::new(value.mantissa(), value.scale()), Some(value));
    }

    #[test]
    fn integers_come_back(value: i64) {
        prop_assert_eq!(Decimal::from(value).to_integer(), Some(value));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-+]?[0-9.eE+-]{0,40}") {
        if let Ok(value) = text.parse::<Decimal>() {
            prop_assert_eq!(value.to_string().parse::<Decimal>(), Ok(value));
        }
    }

    #[test]
    fn arithmetic_never_panics_and_stays_normalized(a: i128, b: i128, left in 0_u32..=28, right in 0_u32..=28) {
        let narrow = |value: i128, scale| Decimal::new(value >> 33, scale);
        let (Some(a), Some(b)) = (narrow(a, left), narrow(b, right)) else { return Ok(()) };
        for result in [a.checked_add(b), a.checked_sub(b), a.checked_mul(b), a.checked_div(b)].into_iter().flatten() {
            prop_assert_eq!(result.to_string().parse::<Decimal>(), Ok(result));
            prop_assert_eq!(Decimal::new(result.mantissa(), result.scale()).map(Decimal::scale), Some(result.scale()));
        }
    }
}
