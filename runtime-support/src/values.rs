//! What the values have in common: how their arithmetic fails.

use core::fmt;

/// Why an operation of the language's arithmetic has no result. It fails the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticError {
    /// The result is out of range.
    Overflow,
    /// The divisor is zero.
    DivisionByZero,
    /// A number with a fraction, or too large a one, stands where an integer is needed.
    NotAnInteger,
    /// A text would be longer than [`LONGEST_TEXT`](crate::operators::LONGEST_TEXT).
    TextTooLong,
}

impl fmt::Display for ArithmeticError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ArithmeticError::Overflow => "the result is out of range",
            ArithmeticError::DivisionByZero => "division by zero",
            ArithmeticError::NotAnInteger => "the value does not fit an integer",
            ArithmeticError::TextTooLong => "the text would be longer than 1 MiB",
        })
    }
}

impl core::error::Error for ArithmeticError {}
