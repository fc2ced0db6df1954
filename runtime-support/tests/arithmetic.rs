//! The arithmetic of the language against an oracle: exact rationals of integers without bounds, rounded once.
//!
//! What both executors share cannot be found by comparing them; so it is compared with something else.

use eventflow::operators::{add, divide, integer, multiply, negate_integer, span, subtract};
use eventflow::rules::Rule;
use eventflow::{ArithmeticError, Decimal, Duration, Json, Timestamp};
use jiff::{SignedDuration, Timestamp as Moment};
use num_bigint::{BigInt, Sign};
use proptest::prelude::*;

/// A fraction of integers, in no particular form.
struct Exact {
    numerator: BigInt,
    denominator: BigInt,
}

impl Exact {
    fn of(number: Decimal) -> Self {
        Self { numerator: number.mantissa().into(), denominator: power_of_ten(number.scale()) }
    }

    fn plus(&self, other: &Self) -> Self {
        let numerator = &self.numerator * &other.denominator + &other.numerator * &self.denominator;
        Self { numerator, denominator: &self.denominator * &other.denominator }
    }

    fn times(&self, other: &Self) -> Self {
        let (numerator, denominator) = (&self.numerator * &other.numerator, &self.denominator * &other.denominator);
        Self { numerator, denominator }
    }

    fn negated(&self) -> Self {
        Self { numerator: -&self.numerator, denominator: self.denominator.clone() }
    }

    fn inverse(&self) -> Self {
        let negative = self.numerator.sign() == Sign::Minus;
        let (numerator, denominator) = (self.denominator.clone(), self.numerator.clone());
        if negative {
            Self { numerator: -numerator, denominator: -denominator }
        } else {
            Self { numerator, denominator }
        }
    }

    /// The nearest integer to this number times ten to the power of `scale`; of two that are equally near the even one.
    fn scaled(&self, scale: u32) -> BigInt {
        let numerator = &self.numerator * power_of_ten(scale);
        let sign = numerator.sign();
        let magnitude = BigInt::from_biguint(Sign::Plus, numerator.magnitude().clone());
        let (whole, rest) = (&magnitude / &self.denominator, &magnitude % &self.denominator);
        let twice: BigInt = rest * 2;
        let up = twice > self.denominator || (twice == self.denominator && whole.bit(0));
        let rounded = whole + i32::from(up);
        if sign == Sign::Minus { -rounded } else { rounded }
    }

    /// The decimal: with as many digits behind the point as there is room for, rounded once.
    fn decimal(&self) -> Result<Decimal, ArithmeticError> {
        for scale in (0..=28).rev() {
            let scaled = self.scaled(scale);
            if scaled.bits() <= 96 {
                let mantissa = i128::try_from(scaled).expect("96 bits are less than 128");
                return Ok(Decimal::new(mantissa, scale).expect("it has room"));
            }
        }
        Err(ArithmeticError::Overflow)
    }

    /// The microseconds nearest to it, by way of a decimal, as durations are computed.
    fn micros(&self) -> Result<Duration, ArithmeticError> {
        let whole = i64::try_from(Self::of(self.decimal()?).scaled(0));
        whole.map(Duration::from_micros).map_err(|_| ArithmeticError::Overflow)
    }
}

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

/// Numbers of all sizes, small ones more often than chance would have it.
fn any_number() -> impl Strategy<Value = Decimal> {
    let digits = prop_oneof![
        -20_i128..20,
        -100_000_i128..100_000,
        any::<i64>().prop_map(i128::from),
        (any::<i128>(), 33_u32..96).prop_map(|(digits, bits)| digits >> (127 - bits)),
    ];
    (digits, 0_u32..=28).prop_map(|(digits, scale)| Decimal::new(digits, scale).expect("it has room"))
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![-5_000_000_i64..5_000_000, any::<i64>()].prop_map(Duration::from_micros)
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros())
        .prop_map(|micros| Timestamp::from_micros(micros).expect("it is in range"))
}

/// The same moment, as jiff has it.
fn moment(time: Timestamp) -> Moment {
    Moment::from_microsecond(time.as_micros()).expect("jiff knows more years")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn sums_and_differences_are_exact_or_rounded_once(left in any_number(), right in any_number()) {
        let (exact, other) = (Exact::of(left), Exact::of(right));
        prop_assert_eq!(add(left, right), exact.plus(&other).decimal());
        prop_assert_eq!(subtract(left, right), exact.plus(&other.negated()).decimal());
        prop_assert_eq!(Ok(left.negated()), exact.negated().decimal());
    }

    #[test]
    fn products_are_rounded_once(left in any_number(), right in any_number()) {
        prop_assert_eq!(multiply(left, right), Exact::of(left).times(&Exact::of(right)).decimal());
    }

    #[test]
    fn quotients_are_rounded_half_even(left in any_number(), right in any_number()) {
        let expected = if right.is_zero() {
            Err(ArithmeticError::DivisionByZero)
        } else {
            Exact::of(left).times(&Exact::of(right).inverse()).decimal()
        };
        prop_assert_eq!(divide(left, right), expected);
    }

    #[test]
    fn numbers_are_ordered_as_their_values_are(left in any_number(), right in any_number()) {
        let (exact, other) = (Exact::of(left), Exact::of(right));
        let expected = (exact.numerator * other.denominator).cmp(&(other.numerator * exact.denominator));
        prop_assert_eq!(left.cmp(&right), expected);
        let value = Json::Number(left);
        prop_assert_eq!(Rule::GreaterThan(right).is_kept_by(&value), expected.is_gt());
        prop_assert_eq!(Rule::AtLeast(right).is_kept_by(&value), expected.is_ge());
        prop_assert_eq!(Rule::LessThan(right).is_kept_by(&value), expected.is_lt());
        prop_assert_eq!(Rule::AtMost(right).is_kept_by(&value), expected.is_le());
        prop_assert_eq!(Rule::Between(right, right).is_kept_by(&value), expected.is_eq());
    }

    #[test]
    fn integers_are_exact_within_64_bits(left in any::<i64>(), right in prop_oneof![-9_i64..9, any::<i64>()]) {
        let fits = |value: i128| i64::try_from(value).map_err(|_| ArithmeticError::Overflow);
        let (wide, other) = (i128::from(left), i128::from(right));
        prop_assert_eq!(add(left, right), fits(wide + other));
        prop_assert_eq!(subtract(left, right), fits(wide - other));
        prop_assert_eq!(multiply(left, right), fits(wide * other));
        prop_assert_eq!(negate_integer(left), fits(-wide));
    }

    #[test]
    fn a_number_is_an_integer_if_it_has_no_fraction_and_fits(number in any_number()) {
        let exact = Exact::of(number);
        let whole = (&exact.numerator % &exact.denominator) == BigInt::ZERO;
        let expected = i64::try_from(&exact.numerator / &exact.denominator).ok().filter(|_| whole);
        prop_assert_eq!(integer(number), expected.ok_or(ArithmeticError::NotAnInteger));
    }

    #[test]
    fn spans_are_exact_or_rounded_to_the_microsecond(left in any_duration(), right in any_duration(), factor in any_number()) {
        let fits = |value: i128| i64::try_from(value).map(Duration::from_micros).map_err(|_| ArithmeticError::Overflow);
        let (wide, other) = (i128::from(left.as_micros()), i128::from(right.as_micros()));
        prop_assert_eq!(add(left, right), fits(wide + other));
        prop_assert_eq!(subtract(left, right), fits(wide - other));
        let (exact, by) = (Exact::of(left.as_micros().into()), Exact::of(factor));
        prop_assert_eq!(multiply(left, factor), exact.times(&by).micros());
        prop_assert_eq!(span(factor, left), exact.times(&by).micros());
        if !factor.is_zero() {
            prop_assert_eq!(divide(left, factor), exact.times(&by.inverse()).micros());
        }
    }

    #[test]
    fn times_move_as_those_of_jiff(time in any_time(), other in any_time(), by in any_duration()) {
        let within = |moment: Moment| {
            Timestamp::from_micros(moment.as_microsecond()).ok_or(ArithmeticError::Overflow)
        };
        let delta = SignedDuration::from_micros(by.as_micros());
        let later = moment(time).checked_add(delta).map_err(|_| ArithmeticError::Overflow).and_then(within);
        let earlier = moment(time).checked_sub(delta).map_err(|_| ArithmeticError::Overflow).and_then(within);
        prop_assert_eq!(add(time, by), later);
        prop_assert_eq!(add(by, time), later);
        prop_assert_eq!(subtract(time, by), earlier);
        let between = moment(time).duration_since(moment(other));
        prop_assert_eq!(subtract(time, other).map(|span| i128::from(span.as_micros())), Ok(between.as_micros()));
    }
}
