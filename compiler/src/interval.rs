//! Ends of what is allowed of a number, and whether anything lies between two of them.

/// An end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End<'a> {
    /// The number, in its one form.
    pub(crate) number: &'a str,
    /// Whether the number itself is allowed.
    pub(crate) included: bool,
}

/// Whether no number lies from the lower end to the upper one. What a computer's fractions cannot tell apart is not judged.
pub(crate) fn nothing_between(low: End<'_>, high: End<'_>) -> bool {
    if low.number == high.number {
        return !(low.included && high.included);
    }
    let number = |end: End<'_>| end.number.parse::<f64>().ok();
    number(low).zip(number(high)).is_some_and(|(low, high)| low > high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_that_is_left_out_leaves_nothing_at_itself() {
        let between = |low: (&str, bool), high: (&str, bool)| {
            let [low, high] = [low, high].map(|(number, included)| End { number, included });
            !nothing_between(low, high)
        };
        assert!(between(("5", true), ("5", true)));
        assert!(!between(("5", false), ("5", true)) && !between(("5", true), ("5", false)));
        assert!(between(("-5", false), ("0.1", false)));
        assert!(!between(("10", true), ("9", true)));
        assert!(between(("0.10000000000000000000000001", true), ("0.1", true)), "nearer than fractions are told apart");
    }
}
