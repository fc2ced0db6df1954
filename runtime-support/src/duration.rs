//! Spans of time: what the language calls `duration`.

use core::fmt;

use crate::decimal::Decimal;
use crate::values::ArithmeticError;

/// A signed span of time, to the microsecond.
///
/// It is shown in the language's own words, in the largest unit that leaves no rest.
///
/// ```
/// use eventflow::Duration;
///
/// assert_eq!(Duration::from_seconds(90).to_string(), "90 seconds");
/// assert_eq!(Duration::from_seconds(7200).to_string(), "2 hours");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

const MILLISECOND: i64 = 1_000;
const SECOND: i64 = 1_000 * MILLISECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);
    /// One millisecond.
    pub const MILLISECOND: Duration = Duration(MILLISECOND);
    /// One second.
    pub const SECOND: Duration = Duration(SECOND);
    /// One minute.
    pub const MINUTE: Duration = Duration(MINUTE);
    /// One hour.
    pub const HOUR: Duration = Duration(HOUR);
    /// One day of 24 hours.
    pub const DAY: Duration = Duration(DAY);

    /// That many microseconds.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Duration {
        Duration(micros)
    }

    /// That many milliseconds, at most as many as fit.
    #[must_use]
    pub const fn from_milliseconds(amount: i64) -> Duration {
        Duration(amount.saturating_mul(MILLISECOND))
    }

    /// That many seconds, at most as many as fit.
    #[must_use]
    pub const fn from_seconds(amount: i64) -> Duration {
        Duration(amount.saturating_mul(SECOND))
    }

    /// That many minutes, at most as many as fit.
    #[must_use]
    pub const fn from_minutes(amount: i64) -> Duration {
        Duration(amount.saturating_mul(MINUTE))
    }

    /// That many hours, at most as many as fit.
    #[must_use]
    pub const fn from_hours(amount: i64) -> Duration {
        Duration(amount.saturating_mul(HOUR))
    }

    /// That many days of 24 hours, at most as many as fit.
    #[must_use]
    pub const fn from_days(amount: i64) -> Duration {
        Duration(amount.saturating_mul(DAY))
    }

    /// The span in microseconds.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The span as the standard library has it; `None` if it is negative.
    #[must_use]
    pub fn to_std(self) -> Option<core::time::Duration> {
        u64::try_from(self.0).ok().map(core::time::Duration::from_micros)
    }

    /// `self + other`.
    ///
    /// # Errors
    /// If the sum is out of range.
    pub fn checked_add(self, other: Duration) -> Result<Duration, ArithmeticError> {
        self.0.checked_add(other.0).map(Duration).ok_or(ArithmeticError::Overflow)
    }

    /// `self - other`.
    ///
    /// # Errors
    /// If the difference is out of range.
    pub fn checked_sub(self, other: Duration) -> Result<Duration, ArithmeticError> {
        self.0.checked_sub(other.0).map(Duration).ok_or(ArithmeticError::Overflow)
    }

    /// `self * factor`, rounded half-even to the microsecond.
    ///
    /// # Errors
    /// If the product is out of range.
    pub fn checked_mul(self, factor: Decimal) -> Result<Duration, ArithmeticError> {
        Duration::from_decimal_micros(Decimal::from(self.0).checked_mul(factor)?)
    }

    /// `self / divisor`, rounded half-even to the microsecond.
    ///
    /// # Errors
    /// If the divisor is zero, or the quotient out of range.
    pub fn checked_div(self, divisor: Decimal) -> Result<Duration, ArithmeticError> {
        Duration::from_decimal_micros(Decimal::from(self.0).checked_div(divisor)?)
    }

    fn from_decimal_micros(micros: Decimal) -> Result<Duration, ArithmeticError> {
        micros.rounded().to_integer().map(Duration).ok_or(ArithmeticError::Overflow)
    }
}

impl From<core::time::Duration> for Duration {
    /// The span in whole microseconds, at most as many as fit.
    fn from(span: core::time::Duration) -> Duration {
        Duration(i64::try_from(span.as_micros()).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second")];
        if let Some((unit, name)) = units.into_iter().find(|(unit, _)| self.0 != 0 && self.0 % unit == 0) {
            let amount = self.0 / unit;
            let plural = if amount == 1 { "" } else { "s" };
            return write!(f, "{amount} {name}{plural}");
        }
        match Decimal::new(self.0.into(), 3) {
            Some(milliseconds) if self.0 != 0 => write!(f, "{milliseconds} ms"),
            Some(_) | None => f.write_str("0 seconds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_in_the_largest_unit_without_rest() {
        let cases = [
            (0, "0 seconds"),
            (1, "0.001 ms"),
            (-1_500, "-1.5 ms"),
            (1_000_000, "1 second"),
            (-2_000_000, "-2 seconds"),
            (90_000_000, "90 seconds"),
            (3_600_000_000, "1 hour"),
            (172_800_000_000, "2 days"),
        ];
        for (micros, shown) in cases {
            assert_eq!(Duration::from_micros(micros).to_string(), shown);
        }
    }

    #[test]
    fn arithmetic_is_checked_and_rounds_half_even() {
        let micros = Duration::from_micros;
        let half = Decimal::constant(5, 1);
        assert_eq!(micros(3).checked_mul(half), Ok(micros(2)));
        assert_eq!(micros(5).checked_mul(half), Ok(micros(2)));
        assert_eq!(micros(-3).checked_div(Decimal::from(2)), Ok(micros(-2)));
        assert_eq!(micros(7).checked_div(Decimal::ZERO), Err(ArithmeticError::DivisionByZero));
        assert_eq!(micros(i64::MAX).checked_add(micros(1)), Err(ArithmeticError::Overflow));
        assert_eq!(micros(i64::MIN).checked_sub(micros(1)), Err(ArithmeticError::Overflow));
        assert_eq!(micros(i64::MAX).checked_mul(Decimal::from(2)), Err(ArithmeticError::Overflow));
        assert_eq!(Duration::from_days(i64::MAX), micros(i64::MAX));
    }
}
