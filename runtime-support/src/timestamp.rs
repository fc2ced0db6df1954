//! Points in time: what the language calls `time`.

use core::fmt;
use core::str::FromStr;

use crate::duration::Duration;
use crate::values::ArithmeticError;

/// A point in time in UTC, to the microsecond, from the year 0 to the year 9999.
///
/// Its text is RFC 3339 with six digits of a second and `Z`.
///
/// ```
/// use eventflow::Timestamp;
///
/// let noon: Timestamp = "2026-11-23T13:00:00+01:00".parse()?;
/// assert_eq!(noon.to_string(), "2026-11-23T12:00:00.000000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const MICROS: i64 = 1_000_000;

impl Timestamp {
    /// 1970-01-01, midnight.
    pub const EPOCH: Timestamp = Timestamp(0);
    /// The first point in time that has a text.
    pub const MIN: Timestamp = Timestamp(datealgo::datetime_to_secs((0, 1, 1, 0, 0, 0)) * MICROS);
    /// The last point in time that has a text.
    pub const MAX: Timestamp = Timestamp(datealgo::datetime_to_secs((9999, 12, 31, 23, 59, 59)) * MICROS + MICROS - 1);

    /// That many microseconds after (or before) the epoch; `None` outside the years 0 to 9999.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Timestamp> {
        if micros < Timestamp::MIN.0 || micros > Timestamp::MAX.0 { None } else { Some(Timestamp(micros)) }
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// `self + span`.
    ///
    /// # Errors
    /// If the sum leaves the years 0 to 9999.
    pub fn checked_add(self, span: Duration) -> Result<Timestamp, ArithmeticError> {
        self.0.checked_add(span.as_micros()).and_then(Timestamp::from_micros).ok_or(ArithmeticError::Overflow)
    }

    /// `self - span`.
    ///
    /// # Errors
    /// If the difference leaves the years 0 to 9999.
    pub fn checked_sub(self, span: Duration) -> Result<Timestamp, ArithmeticError> {
        self.0.checked_sub(span.as_micros()).and_then(Timestamp::from_micros).ok_or(ArithmeticError::Overflow)
    }

    /// The time from `earlier` to `self`, which always fits.
    #[must_use]
    pub const fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(self.0 - earlier.0)
    }

    /// `self + span`, or the last (or first) point in time if that is nearer.
    #[must_use]
    pub fn saturating_add(self, span: Duration) -> Timestamp {
        let micros = self.0.saturating_add(span.as_micros());
        Timestamp(micros.clamp(Timestamp::MIN.0, Timestamp::MAX.0))
    }
}

impl From<std::time::SystemTime> for Timestamp {
    /// The same point in time, or the nearest one that has a text.
    fn from(time: std::time::SystemTime) -> Timestamp {
        let span = match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => Duration::from(after),
            Err(before) => Duration::from_micros(-Duration::from(before.duration()).as_micros()),
        };
        Timestamp::EPOCH.saturating_add(span)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = datealgo::secs_to_datetime(self.0.div_euclid(MICROS));
        let micros = self.0.rem_euclid(MICROS);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

/// A text that is no [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTimestampError;

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time as in `2026-11-23T12:00:00Z`")
    }
}

impl core::error::Error for ParseTimestampError {}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    /// Reads RFC 3339 with any offset. Digits behind the microsecond are cut off; a leap second has no place here.
    fn from_str(text: &str) -> Result<Timestamp, ParseTimestampError> {
        read_rfc3339(text.as_bytes()).ok_or(ParseTimestampError)
    }
}

fn read_rfc3339(text: &[u8]) -> Option<Timestamp> {
    let (date_and_time, rest) = text.split_at_checked(19)?;
    let field = |from: usize, to: usize| number(&date_and_time[from..to]);
    let marks = [date_and_time[4], date_and_time[7], date_and_time[10], date_and_time[13], date_and_time[16]];
    if !matches!(marks, [b'-', b'-', b'T' | b't' | b' ', b':', b':']) {
        return None;
    }
    let year = i32::from(field(0, 2)?) * 100 + i32::from(field(2, 4)?);
    let (month, day) = (field(5, 7)?, field(8, 10)?);
    let (hour, minute, second) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
    let in_calendar = (1..=12).contains(&month) && day >= 1 && day <= datealgo::days_in_month(year, month);
    if !in_calendar || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (micros, zone) = fraction(rest)?;
    let seconds = datealgo::datetime_to_secs((year, month, day, hour, minute, second)) - offset(zone)?;
    Timestamp::from_micros(seconds * MICROS + micros)
}

/// Two digits.
fn number(digits: &[u8]) -> Option<u8> {
    match digits {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

/// The microseconds behind a point, if there is one, and what follows.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else { return Some((0, text)) };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let six = digits[..length].iter().copied().chain(core::iter::repeat(b'0')).take(6);
    Some((six.fold(0, |micros, digit| micros * 10 + i64::from(digit - b'0')), &digits[length..]))
}

/// Seconds east of Greenwich.
fn offset(zone: &[u8]) -> Option<i64> {
    match zone {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
            let seconds = i64::from(hours) * 3600 + i64::from(minutes) * 60;
            let east = if *sign == b'-' { -seconds } else { seconds };
            (hours <= 23 && minutes <= 59).then_some(east)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_forms_of_rfc_3339() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.999999Z", -1),
            ("2026-11-23t12:00:00.5z", 1_795_435_200_500_000),
            ("2026-11-23 14:30:00.1234569+02:30", 1_795_435_200_123_456),
            ("2026-11-23T07:00:00-05:00", 1_795_435_200_000_000),
        ];
        for (text, micros) in cases {
            assert_eq!(text.parse::<Timestamp>().map(Timestamp::as_micros), Ok(micros), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let cases = [
            "",
            "2026-11-23",
            "2026-11-23T12:00:00",
            "2026-11-23T12:00:00.Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00Z ",
            "2026-01-01T00:00:00é",
            "+026-01-01T00:00:00Z",
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ];
        for text in cases {
            assert_eq!(text.parse::<Timestamp>(), Err(ParseTimestampError), "{text}");
        }
    }

    #[test]
    fn the_limits_have_texts() {
        assert_eq!(Timestamp::MIN.to_string(), "0000-01-01T00:00:00.000000Z");
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
        assert_eq!(Timestamp::MAX.checked_add(Duration::from_micros(1)), Err(ArithmeticError::Overflow));
        assert_eq!(Timestamp::MIN.checked_sub(Duration::from_micros(1)), Err(ArithmeticError::Overflow));
        assert_eq!(Timestamp::from_micros(i64::MAX), None);
        assert_eq!(
            Timestamp::MAX.since(Timestamp::MIN).as_micros(),
            Timestamp::MAX.as_micros() - Timestamp::MIN.as_micros()
        );
    }

    proptest! {
        #[test]
        fn text_comes_back_and_agrees_with_jiff(micros in Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros()) {
            let time = Timestamp::from_micros(micros).expect("in range");
            let text = time.to_string();
            prop_assert_eq!(text.parse::<Timestamp>(), Ok(time));
            // jiff's years end a day earlier, to leave room for offsets.
            if let Ok(theirs) = jiff::Timestamp::from_microsecond(micros) {
                prop_assert_eq!(text, format!("{theirs:.6}"));
            }
        }

        #[test]
        fn any_text_is_read_as_jiff_reads_it_or_refused(text in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-][01][0-9]:[0-5][0-9])") {
            let theirs = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_microsecond);
            prop_assert_eq!(text.parse::<Timestamp>().ok().map(Timestamp::as_micros), theirs);
        }
    }
}
