//! `+ - * /` between the types that have them. An operation without a result fails the turn and never panics.

use crate::decimal::Decimal;
use crate::duration::Duration;
use crate::timestamp::Timestamp;
use crate::values::ArithmeticError;

/// What `+` gives.
pub trait Plus<Right> {
    /// The type of the sum.
    type Sum;
    /// `self + right`.
    ///
    /// # Errors
    /// If the sum is out of range.
    fn plus(self, right: Right) -> Result<Self::Sum, ArithmeticError>;
}

/// What `-` gives.
pub trait Minus<Right> {
    /// The type of the difference.
    type Difference;
    /// `self - right`.
    ///
    /// # Errors
    /// If the difference is out of range.
    fn minus(self, right: Right) -> Result<Self::Difference, ArithmeticError>;
}

/// What `*` gives.
pub trait Times<Right> {
    /// The type of the product.
    type Product;
    /// `self * right`.
    ///
    /// # Errors
    /// If the product is out of range.
    fn times(self, right: Right) -> Result<Self::Product, ArithmeticError>;
}

/// What `/` gives.
pub trait DividedBy<Right> {
    /// The type of the quotient.
    type Quotient;
    /// `self / right`.
    ///
    /// # Errors
    /// If `right` is zero, or the quotient out of range.
    fn divided_by(self, right: Right) -> Result<Self::Quotient, ArithmeticError>;
}

/// `left + right`.
///
/// # Errors
/// If the sum is out of range.
pub fn add<L: Plus<R>, R>(left: L, right: R) -> Result<L::Sum, ArithmeticError> {
    left.plus(right)
}

/// `left - right`.
///
/// # Errors
/// If the difference is out of range.
pub fn subtract<L: Minus<R>, R>(left: L, right: R) -> Result<L::Difference, ArithmeticError> {
    left.minus(right)
}

/// `left * right`.
///
/// # Errors
/// If the product is out of range.
pub fn multiply<L: Times<R>, R>(left: L, right: R) -> Result<L::Product, ArithmeticError> {
    left.times(right)
}

/// `left / right`, rounded half-even at 28 digits, and for a duration to the microsecond.
///
/// # Errors
/// If `right` is zero, or the quotient out of range.
pub fn divide<L: DividedBy<R>, R>(left: L, right: R) -> Result<L::Quotient, ArithmeticError> {
    left.divided_by(right)
}

/// A number put where an integer is needed.
///
/// # Errors
/// If it has a fraction, or does not fit 64 bits.
pub fn integer(value: Decimal) -> Result<i64, ArithmeticError> {
    value.to_integer().ok_or(ArithmeticError::NotAnInteger)
}

/// `-value` for an integer; [`Decimal::negated`] and subtraction from zero serve the other types.
///
/// # Errors
/// If the result does not fit 64 bits.
pub fn negate_integer(value: i64) -> Result<i64, ArithmeticError> {
    value.checked_neg().ok_or(ArithmeticError::Overflow)
}

/// `$n seconds`: so many times the unit.
///
/// # Errors
/// If the span is out of range.
pub fn span(amount: Decimal, unit: Duration) -> Result<Duration, ArithmeticError> {
    unit.checked_mul(amount)
}

impl Plus<Decimal> for Decimal {
    type Sum = Decimal;
    fn plus(self, right: Decimal) -> Result<Decimal, ArithmeticError> {
        self.checked_add(right)
    }
}

impl Plus<i64> for i64 {
    type Sum = i64;
    fn plus(self, right: i64) -> Result<i64, ArithmeticError> {
        self.checked_add(right).ok_or(ArithmeticError::Overflow)
    }
}

impl Plus<Duration> for Duration {
    type Sum = Duration;
    fn plus(self, right: Duration) -> Result<Duration, ArithmeticError> {
        self.checked_add(right)
    }
}

impl Plus<Duration> for Timestamp {
    type Sum = Timestamp;
    fn plus(self, right: Duration) -> Result<Timestamp, ArithmeticError> {
        self.checked_add(right)
    }
}

impl Plus<Timestamp> for Duration {
    type Sum = Timestamp;
    fn plus(self, right: Timestamp) -> Result<Timestamp, ArithmeticError> {
        right.checked_add(self)
    }
}

/// How many bytes of UTF-8 a text may have that `+` makes: 1 MiB. Each turn may double a text that is added to itself.
pub const LONGEST_TEXT: usize = 1 << 20;

impl Plus<&str> for &str {
    type Sum = String;
    fn plus(self, right: &str) -> Result<String, ArithmeticError> {
        if self.len().saturating_add(right.len()) > LONGEST_TEXT {
            return Err(ArithmeticError::TextTooLong);
        }
        Ok([self, right].concat())
    }
}

impl Minus<Decimal> for Decimal {
    type Difference = Decimal;
    fn minus(self, right: Decimal) -> Result<Decimal, ArithmeticError> {
        self.checked_sub(right)
    }
}

impl Minus<i64> for i64 {
    type Difference = i64;
    fn minus(self, right: i64) -> Result<i64, ArithmeticError> {
        self.checked_sub(right).ok_or(ArithmeticError::Overflow)
    }
}

impl Minus<Duration> for Duration {
    type Difference = Duration;
    fn minus(self, right: Duration) -> Result<Duration, ArithmeticError> {
        self.checked_sub(right)
    }
}

impl Minus<Duration> for Timestamp {
    type Difference = Timestamp;
    fn minus(self, right: Duration) -> Result<Timestamp, ArithmeticError> {
        self.checked_sub(right)
    }
}

impl Minus<Timestamp> for Timestamp {
    type Difference = Duration;
    fn minus(self, right: Timestamp) -> Result<Duration, ArithmeticError> {
        Ok(self.since(right))
    }
}

impl Times<Decimal> for Decimal {
    type Product = Decimal;
    fn times(self, right: Decimal) -> Result<Decimal, ArithmeticError> {
        self.checked_mul(right)
    }
}

impl Times<i64> for i64 {
    type Product = i64;
    fn times(self, right: i64) -> Result<i64, ArithmeticError> {
        self.checked_mul(right).ok_or(ArithmeticError::Overflow)
    }
}

impl Times<Decimal> for Duration {
    type Product = Duration;
    fn times(self, right: Decimal) -> Result<Duration, ArithmeticError> {
        self.checked_mul(right)
    }
}

impl Times<Duration> for Decimal {
    type Product = Duration;
    fn times(self, right: Duration) -> Result<Duration, ArithmeticError> {
        right.checked_mul(self)
    }
}

impl DividedBy<Decimal> for Decimal {
    type Quotient = Decimal;
    fn divided_by(self, right: Decimal) -> Result<Decimal, ArithmeticError> {
        self.checked_div(right)
    }
}

impl DividedBy<Decimal> for Duration {
    type Quotient = Duration;
    fn divided_by(self, right: Decimal) -> Result<Duration, ArithmeticError> {
        self.checked_div(right)
    }
}
