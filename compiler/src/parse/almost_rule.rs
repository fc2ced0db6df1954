//! Validation rules in words of one's own that a built-in rule says in others.

use crate::built_in;
use crate::grammar::{LineParser, Rule};
use crate::nearest::is_one_slip;
use pest::Parser;

/// The built-in form of a rule that is none as it is written, but says nearly the same in nearly the same words.
pub(super) fn meant(text: &str) -> Option<String> {
    let words = words(text);
    if words.len() > MOST_WORDS {
        return None;
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = without_opening(&words);
    let restated = restated(words).unwrap_or_else(|| words.join(" "));
    if is_built_in(&restated) {
        return Some(restated);
    }
    unfinished(words).map(str::to_owned).or_else(|| corrected(words))
}

/// How many words a rule may have that is compared: each that might be another one costs a look at the whole text.
const MOST_WORDS: usize = 40;

/// Whether the text is read as built-in rules alone.
fn is_built_in(text: &str) -> bool {
    let parsed = LineParser::parse(Rule::rules_cell, text);
    parsed.is_ok_and(|pairs| pairs.flatten().all(|pair| pair.as_rule() != Rule::custom_rule))
}

/// The words in lower case, numbers as digits, and what has several spellings in one.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace("e-mail", "email").replace('_', " ");
    text.split_whitespace().map(|word| one_spelling(word).to_owned()).collect()
}

fn one_spelling(word: &str) -> &str {
    const NUMBERS: [&str; 11] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    const DIGITS: [&str; 11] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
    match word {
        // `one of` is a rule.
        "one" => word,
        "char" | "chars" | "character" | "letters" => "characters",
        "minimum" => "min",
        "maximum" => "max",
        _ => NUMBERS.iter().position(|number| *number == word).map_or(word, |number| DIGITS[number]),
    }
}

/// The words without those that say only that a rule follows.
fn without_opening<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    let words = match words {
        ["must" | "should", "be", rest @ ..] | ["is", rest @ ..] => rest,
        _ => words,
    };
    match words {
        ["a" | "an", rest @ ..] => rest,
        _ => words,
    }
}

/// What other words for a bound, a length or a format are in the language.
fn restated(words: &[&str]) -> Option<String> {
    Some(match words {
        ["min" | "least", number, "characters"] | ["at", "least", number, "characters"] => {
            format!("min {number} characters")
        }
        ["max" | "most", number, "characters"] | ["at", "most", number, "characters"] => {
            format!("max {number} characters")
        }
        ["between", low, "and" | "to", high, "characters"] => format!("min {low} characters, max {high} characters"),
        ["between" | "from", low, "and" | "to" | "-", high] | ["between", low, high] => {
            format!("between {low} and {high}")
        }
        ["min" | "least", "of", bound @ ..] | ["min" | "least", bound @ ..] | ["no", "less", "than", bound @ ..] => {
            format!("at least {}", bound.join(" "))
        }
        ["max" | "most", "of", bound @ ..] | ["max" | "most", bound @ ..] | ["no", "more", "than", bound @ ..] => {
            format!("at most {}", bound.join(" "))
        }
        ["more" | "bigger" | "larger" | "higher", "than", bound @ ..] | ["above" | "over" | "greater", bound @ ..]
            if bound.first() != Some(&"than") =>
        {
            format!("greater than {}", bound.join(" "))
        }
        ["fewer" | "smaller" | "lower", "than", bound @ ..] | ["below" | "under" | "less", bound @ ..]
            if bound.first() != Some(&"than") =>
        {
            format!("less than {}", bound.join(" "))
        }
        ["valid", "mail"] | ["email"] | ["valid", "email", "address"] | ["email", "address"] => {
            "valid email".to_owned()
        }
        ["uuid"] => "valid uuid".to_owned(),
        ["url"] => "valid url".to_owned(),
        ["mandatory"] => "required".to_owned(),
        [word] => built_in::foreign_type(word)?.to_owned(),
        _ => return None,
    })
}

/// The form of a rule that only begins.
fn unfinished(words: &[&str]) -> Option<&'static str> {
    match words {
        ["one", "of"] => Some("one of a, b, c"),
        ["between"] => Some("between 1 and 10"),
        ["between", bound] if bound.parse::<f64>().is_ok() => Some("between 1 and 10"),
        _ => None,
    }
}

/// The words with one of them changed by a letter, if that makes a rule of them.
fn corrected(words: &[&str]) -> Option<String> {
    (0..words.len()).find_map(|place| {
        let keywords = KEYWORDS.iter().filter(|keyword| words.len() > 1 || keyword.len() >= SHORTEST_ALONE);
        keywords.filter(|keyword| is_one_slip(words[place], keyword)).find_map(|keyword| {
            let mut changed = words.to_vec();
            changed[place] = keyword;
            let changed = changed.join(" ");
            is_built_in(&changed).then_some(changed)
        })
    })
}

/// How long a rule of one word must be: short words are one letter away from too many others.
const SHORTEST_ALONE: usize = 6;

/// The words of the built-in rules.
const KEYWORDS: [&str; 24] = [
    "required",
    "optional",
    "secret",
    "valid",
    "email",
    "uuid",
    "url",
    "greater",
    "less",
    "than",
    "between",
    "and",
    "at",
    "least",
    "most",
    "min",
    "max",
    "characters",
    "one",
    "of",
    "string",
    "number",
    "integer",
    "boolean",
];

#[cfg(test)]
mod tests {
    use super::{MOST_WORDS, meant};

    #[test]
    fn other_words_for_a_bound_are_restated() {
        for (written, built_in) in [
            ("min 18", "at least 18"),
            ("minimum 5 seconds", "at least 5 seconds"),
            ("minimum of 2", "at least 2"),
            ("no less than -3", "at least -3"),
            ("max 7", "at most 7"),
            ("is at most 7", "at most 7"),
            ("no more than 7", "at most 7"),
            ("more than 1.5", "greater than 1.5"),
            ("greater 5", "greater than 5"),
            ("must be greater than zero", "greater than 0"),
            ("above ten", "greater than 10"),
            ("below 3", "less than 3"),
            ("smaller than 3", "less than 3"),
            ("between 5 to 7", "between 5 and 7"),
            ("from 5 to 7", "between 5 and 7"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(built_in), "{written}");
        }
    }

    #[test]
    fn lengths_and_formats_are_restated() {
        for (written, built_in) in [
            ("min 3 chars", "min 3 characters"),
            ("Minimum 3 letters", "min 3 characters"),
            ("at least three characters", "min 3 characters"),
            ("at most 3 characters", "max 3 characters"),
            ("between 3 and 10 chars", "min 3 characters, max 10 characters"),
            ("valid e-mail", "valid email"),
            ("valid_email", "valid email"),
            ("a valid email address", "valid email"),
            ("email", "valid email"),
            ("url", "valid url"),
            ("uuid", "valid uuid"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(built_in), "{written}");
        }
    }

    #[test]
    fn types_have_the_names_that_they_have_here() {
        for (written, built_in) in [
            ("int", "integer"),
            ("decimal", "number"),
            ("Bool", "boolean"),
            ("text", "string"),
            ("datetime", "time"),
            ("list", "array"),
            ("mandatory", "required"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(built_in), "{written}");
        }
    }

    #[test]
    fn a_slip_is_corrected_and_a_beginning_finished() {
        for (written, built_in) in [
            ("require", "required"),
            ("requried", "required"),
            ("is required", "required"),
            ("at leest 3", "at least 3"),
            ("at last 3", "at least 3"),
            ("grater than 3", "greater than 3"),
            ("integr", "integer"),
            ("one off low", "one of low"),
            ("one of", "one of a, b, c"),
            ("between", "between 1 and 10"),
            ("between 5", "between 1 and 10"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(built_in), "{written}");
        }
    }

    #[test]
    fn a_rule_of_its_own_is_left_alone() {
        for written in [
            "issued by a known bank",
            "a service that we run",
            "mail",
            "fail",
            "times",
            "min 2 items",
            "max",
            "between friends",
            "at least as good as 3",
            "email of a customer",
            "greater than the sum",
            "is a postcode",
        ] {
            assert_eq!(meant(written), None, "{written}");
        }
        let long = |words: usize| format!("one off low{}", ", low".repeat(words - 3));
        assert!(meant(&long(MOST_WORDS)).is_some());
        assert_eq!(meant(&long(MOST_WORDS + 1)), None);
    }
}
