//! Exact decimal numbers: what the language calls `number`.
//!
//! A `Decimal` is always normalized: no trailing zeros, no negative zero. So equal values have equal text, and a value
//! that went through a record computes on like the one that did not.

use core::fmt;
use core::str::FromStr;

use crate::values::ArithmeticError;

/// An exact decimal number of up to 28 digits, all of which may stand after the point.
///
/// (The digits are kept in 96 bits, so that numbers of 29 digits up to 79228162514264337593543950335 fit too.)
///
/// Its text is canonical: no exponent, no plus, no trailing zeros, and zero is `0`.
///
/// ```
/// use eventflow::Decimal;
///
/// let tenth: Decimal = "0.10".parse()?;
/// let fifth: Decimal = "0.2".parse()?;
/// assert_eq!(tenth.checked_add(fifth)?.to_string(), "0.3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(rust_decimal::Decimal);

/// The name that flows use for [`Decimal`].
pub type Number = Decimal;

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal(rust_decimal::Decimal::ZERO);

    /// `mantissa` divided by ten to the power of `scale`, or `None` if a decimal cannot hold it.
    #[must_use]
    pub const fn new(mantissa: i128, scale: u32) -> Option<Decimal> {
        let mut mantissa = mantissa;
        let mut scale = scale;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        let digits = mantissa.unsigned_abs();
        if digits >> 96 != 0 || scale > rust_decimal::Decimal::MAX_SCALE {
            return None;
        }
        // The casts take the three words of the 96 bits.
        let (low, middle, high) = (digits as u32, (digits >> 32) as u32, (digits >> 64) as u32);
        Some(Decimal(rust_decimal::Decimal::from_parts(low, middle, high, mantissa < 0, scale)))
    }

    /// [`Decimal::new`] for a constant: a number that a decimal cannot hold fails to compile.
    ///
    /// ```
    /// use eventflow::Decimal;
    ///
    /// const PRICE: Decimal = Decimal::constant(1995, 2);
    /// assert_eq!(PRICE.to_string(), "19.95");
    /// ```
    ///
    /// # Panics
    /// If the number does not fit, which in a `const` is an error of the compiler.
    #[must_use]
    pub const fn constant(mantissa: i128, scale: u32) -> Decimal {
        match Decimal::new(mantissa, scale) {
            Some(value) => value,
            None => panic!("the number has more digits than a decimal can hold"),
        }
    }

    /// The number without a fraction that equals `value`.
    #[must_use]
    pub const fn from_integer(value: i64) -> Decimal {
        // A 64-bit integer always fits the 96 bits of a decimal.
        Decimal::constant(value as i128, 0)
    }

    /// The integer that equals this number, if there is one and it fits.
    #[must_use]
    pub fn to_integer(self) -> Option<i64> {
        if self.is_whole() { i64::try_from(self.0.mantissa()).ok() } else { None }
    }

    /// Whether the number has no fraction.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        // Normalized: a scale means a digit behind the point.
        self.0.scale() == 0
    }

    /// Whether the number is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The digits as an integer: 1995 for `19.95`.
    #[must_use]
    pub const fn mantissa(self) -> i128 {
        self.0.mantissa()
    }

    /// How many digits stand after the point.
    #[must_use]
    pub const fn scale(self) -> u32 {
        self.0.scale()
    }

    /// How many digits are left when the zeros at both ends are left out; 1 for zero.
    #[must_use]
    pub fn significant_digits(self) -> u32 {
        let mut digits = self.0.mantissa().unsigned_abs();
        while digits != 0 && digits.is_multiple_of(10) {
            digits /= 10;
        }
        digits.checked_ilog10().unwrap_or(0) + 1
    }

    /// `self + other`.
    ///
    /// # Errors
    /// If the sum is out of range.
    pub fn checked_add(self, other: Decimal) -> Result<Decimal, ArithmeticError> {
        normalized(self.0.checked_add(other.0))
    }

    /// `self - other`.
    ///
    /// # Errors
    /// If the difference is out of range.
    pub fn checked_sub(self, other: Decimal) -> Result<Decimal, ArithmeticError> {
        normalized(self.0.checked_sub(other.0))
    }

    /// `self * other`; what goes beyond 28 digits after the point is rounded half-even.
    ///
    /// # Errors
    /// If the product is out of range.
    pub fn checked_mul(self, other: Decimal) -> Result<Decimal, ArithmeticError> {
        normalized(self.0.checked_mul(other.0))
    }

    /// `self / other`, rounded half-even at 28 digits.
    ///
    /// # Errors
    /// If `other` is zero, or the quotient out of range.
    pub fn checked_div(self, other: Decimal) -> Result<Decimal, ArithmeticError> {
        if other.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        normalized(self.0.checked_div(other.0))
    }

    /// The nearest number without a fraction, half-even.
    #[must_use]
    pub fn rounded(self) -> Decimal {
        let whole = self.0.round();
        if whole.is_zero() { Decimal::ZERO } else { Decimal(whole.normalize()) }
    }

    /// `-self`, which always fits.
    #[must_use]
    pub fn negated(self) -> Decimal {
        if self.is_zero() { self } else { Decimal(-self.0) }
    }
}

fn normalized(value: Option<rust_decimal::Decimal>) -> Result<Decimal, ArithmeticError> {
    let value = value.ok_or(ArithmeticError::Overflow)?;
    Ok(if value.is_zero() { Decimal::ZERO } else { Decimal(value.normalize()) })
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Decimal {
        Decimal::from_integer(value)
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Decimal {
        Decimal::from_integer(i64::from(value))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Why a text is no [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseDecimalError {
    /// It is not written as a number.
    NotANumber,
    /// It is a number, with more digits than a decimal can hold.
    TooManyDigits,
}

impl fmt::Display for ParseDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ParseDecimalError::NotANumber => "not a number",
            ParseDecimalError::TooManyDigits => "the number has more digits than can be kept exactly",
        })
    }
}

impl core::error::Error for ParseDecimalError {}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    /// Reads a decimal exactly or not at all: `12`, `-0.50`, `+3`, and JSON's `1.2e3`.
    fn from_str(text: &str) -> Result<Decimal, ParseDecimalError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            Some(_) | None => (false, text),
        };
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(ParseDecimalError::NotANumber),
            None => (digits, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Err(ParseDecimalError::NotANumber);
        }
        assemble(negative, whole, fraction, exponent)
    }
}

fn parse_exponent(text: &str) -> Result<i64, ParseDecimalError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ParseDecimalError::NotANumber);
    }
    // An exponent that does not fit 64 bits belongs to a number that does not fit either, or to zero.
    Ok(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 }))
}

/// Puts the parts together, leaving out the zeros at both ends first, so that only digits that count can be too many.
fn assemble(negative: bool, whole: &str, fraction: &str, exponent: i64) -> Result<Decimal, ParseDecimalError> {
    let significant = whole.bytes().chain(fraction.bytes()).skip_while(|digit| *digit == b'0');
    let mut mantissa: i128 = 0;
    let mut pending_zeros = 0_i64;
    for digit in significant {
        if digit == b'0' {
            pending_zeros = pending_zeros.saturating_add(1);
            continue;
        }
        mantissa = shifted(mantissa, pending_zeros.saturating_add(1))?
            .checked_add(i128::from(digit - b'0'))
            .ok_or(ParseDecimalError::TooManyDigits)?;
        pending_zeros = 0;
    }
    if mantissa == 0 {
        return Ok(Decimal::ZERO);
    }
    let fraction_digits = i64::try_from(fraction.len()).map_err(|_| ParseDecimalError::TooManyDigits)?;
    let scale = fraction_digits.saturating_sub(exponent).saturating_sub(pending_zeros);
    let signed = if negative { -mantissa } else { mantissa };
    let value = match u32::try_from(scale) {
        Ok(scale) => Decimal::new(signed, scale),
        Err(_) => Decimal::new(shifted(signed, scale.saturating_neg())?, 0),
    };
    value.ok_or(ParseDecimalError::TooManyDigits)
}

/// `mantissa` followed by `zeros` zeros.
fn shifted(mantissa: i128, zeros: i64) -> Result<i128, ParseDecimalError> {
    if mantissa == 0 {
        return Ok(0);
    }
    let zeros = u32::try_from(zeros).map_err(|_| ParseDecimalError::TooManyDigits)?;
    let factor = 10_i128.checked_pow(zeros).ok_or(ParseDecimalError::TooManyDigits)?;
    mantissa.checked_mul(factor).ok_or(ParseDecimalError::TooManyDigits)
}

#[cfg(test)]
mod tests;
