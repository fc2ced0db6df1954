//! Conditions in words of one's own that a comparison says in others, or with one side alone: they are sentences, and nearly
//! comparisons.

use std::ops::Range;

use super::expression::uncertain_words;
use super::line::Tree;
use super::reader::Reader;
use crate::ast::{AlmostComparison, ConditionPart, FreeText, Name, PieceKind};
use crate::diagnostic::Diagnostics;
use crate::grammar::Rule;
use crate::nearest::is_one_slip;

impl Reader<'_> {
    /// Notes of each part of a condition the comparison that it nearly is. `tree` is the whole condition: what is `between` two
    /// values, or `greater than or equal to` one, is cut in two if it is no comparison.
    pub(super) fn note_almost_comparisons(&mut self, tree: &Tree<'_>, parts: &mut [ConditionPart]) {
        let base = tree.span().start as usize;
        for index in 0..parts.len() {
            let Some(start) = own_start(&parts[index]).filter(|_| may_be_text(&parts[index])) else { continue };
            let ends = [parts.get(index + 1), parts.get(index)].map(|last| last.map(|last| last.span.end as usize));
            for end in ends.into_iter().flatten() {
                let Some(text) = tree.text().get(start - base..end - base) else { continue };
                let written = self.free_text_at(start, text);
                if let Some((comparison, if_known)) = self.meant(text, start, &written) {
                    parts[index].almost = Some(AlmostComparison { span: written.span, comparison, if_known });
                    break;
                }
            }
        }
    }

    /// The comparison that a text nearly is, with the bare words in it that must be variables.
    fn meant(&self, text: &str, base: usize, written: &FreeText) -> Option<(String, Vec<Name>)> {
        let words = words(text, base, written);
        if words.len() > MOST_WORDS {
            return None;
        }
        let changed = restatements(&words).into_iter().chain(corrections(&words));
        let changed = changed.map(|(range, other)| format!("{}{other}{}", &text[..range.start], &text[range.end..]));
        let mut changed = changed.filter(|changed| changed != text);
        let complete = changed.find_map(|changed| self.comparison_of(&changed).map(|words| (changed, words)));
        complete.or_else(|| self.completed(text, &words))
    }

    /// A text with one side, with a word in the place of the other.
    fn completed(&self, text: &str, words: &[Word<'_>]) -> Option<(String, Vec<Name>)> {
        let mut candidates = vec![[text, " ", MISSING]];
        if words.first().is_some_and(|first| MARKS.iter().any(|(mark, _)| *mark == first.text)) {
            candidates.push([MISSING, " ", text]);
        }
        candidates.into_iter().find_map(|parts| {
            let words = self.comparison_of(&parts.concat().replace(MISSING, "0"))?;
            Some((parts.concat(), words))
        })
    }

    /// The bare words of a text that is one comparison; none if it is no comparison, or only with a word of comparisons for a
    /// variable.
    fn comparison_of(&self, text: &str) -> Option<Vec<Name>> {
        let line = format!("? {text}");
        let tree = Tree::parse(Rule::guard_line, self.file, 0, &line).ok()?;
        let condition = tree.find(Rule::condition)?;
        let mut parts = condition.children();
        let comparison =
            parts.next().filter(|_| parts.next().is_none())?.find(Rule::reading)?.find(Rule::comparison)?;
        // A value alone compares nothing.
        comparison.children().nth(1)?;
        let mut nobody_asked = Diagnostics::new();
        let expression = Reader::new(self.file, &mut nobody_asked).comparison(&comparison);
        let mut words = Vec::new();
        uncertain_words(&expression, &mut words);
        let of_comparisons = |word: &Name| OPERATORS.iter().any(|(_, operator)| *operator == word.text);
        (!nobody_asked.has_errors() && !words.iter().any(of_comparisons)).then_some(words)
    }
}

/// How many words a text may have that is compared: each that might be another one costs a look at the whole text.
const MOST_WORDS: usize = 40;

/// What stands for a side that nobody has written.
const MISSING: &str = "VALUE";

/// Whether a part is no comparison, or only if its words are variables.
fn may_be_text(part: &ConditionPart) -> bool {
    part.reading.is_none() || !part.if_known.is_empty()
}

/// Where a part begins, without a leading `not`.
fn own_start(part: &ConditionPart) -> Option<usize> {
    Some(part.text.pieces.first()?.span.start as usize)
}

/// A word, a value or a mark, and where it stands in the text. Marks that compare are one mark if nothing is between them.
struct Word<'t> {
    text: &'t str,
    range: Range<usize>,
}

fn words<'t>(text: &'t str, base: usize, written: &FreeText) -> Vec<Word<'t>> {
    let mut words: Vec<Word<'t>> = Vec::new();
    for piece in &written.pieces {
        let range = piece.span.start as usize - base..piece.span.end as usize - base;
        let compares = |word: &str| word.chars().all(|mark| matches!(mark, '<' | '>' | '=' | '!'));
        let last = words.last_mut().filter(|last| piece.kind == PieceKind::Mark && last.range.end == range.start);
        match last.filter(|last| compares(last.text) && compares(&piece.written)) {
            Some(last) => last.range.end = range.end,
            None => words.push(Word { text: "", range }),
        }
        if let Some(last) = words.last_mut() {
            last.text = text.get(last.range.clone()).unwrap_or_default();
        }
    }
    words
}

/// Every way to say a part of a text in the words of a comparison.
fn restatements(words: &[Word<'_>]) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for start in 0..words.len() {
        for (written, comparison) in PHRASES {
            let length = written.split(' ').count();
            let is_here = words.get(start..start + length).is_some_and(|words| {
                words.iter().zip(written.split(' ')).all(|(word, written)| word.text.eq_ignore_ascii_case(written))
            });
            if is_here {
                let (opening, before) = opening(&words[..start]);
                let first = words[start - before].range.start;
                found.push((
                    first..words[start + length - 1].range.end,
                    format!("{opening}{comparison}").trim_end().to_owned(),
                ));
            }
        }
        if let Some((_, mark)) = MARKS.iter().find(|(written, _)| *written == words[start].text) {
            let before = usize::from(start > 0 && words[start - 1].text == "is");
            found.push((words[start - before].range.start..words[start].range.end, (*mark).to_owned()));
        }
    }
    found
}

/// How a comparison in words begins, and how many of the words in front of it say so already.
fn opening(before: &[Word<'_>]) -> (&'static str, usize) {
    match before {
        [.., is, not] if is.text == "is" && not.text == "not" => ("is not ", 2),
        [.., is] if is.text == "is" => ("is ", 1),
        _ => ("is ", 0),
    }
}

/// What people say instead, and how a comparison goes on after `is`. Its own words may lack the `is`.
const PHRASES: &[(&str, &str)] = &[
    ("greater than or equal to", "at least"),
    ("more than or equal to", "at least"),
    ("no less than", "at least"),
    ("no fewer than", "at least"),
    ("at least", "at least"),
    ("less than or equal to", "at most"),
    ("no more than", "at most"),
    ("no greater than", "at most"),
    ("at most", "at most"),
    ("greater than", "greater than"),
    ("more than", "greater than"),
    ("bigger than", "greater than"),
    ("larger than", "greater than"),
    ("higher than", "greater than"),
    ("greater", "greater than"),
    ("exceeds", "greater than"),
    ("above", "greater than"),
    ("over", "greater than"),
    ("less than", "less than"),
    ("fewer than", "less than"),
    ("smaller than", "less than"),
    ("lower than", "less than"),
    ("less", "less than"),
    ("below", "less than"),
    ("under", "less than"),
    ("later than", "after"),
    ("after", "after"),
    ("earlier than", "before"),
    ("before", "before"),
    ("equal to", ""),
    ("the same as", ""),
    ("different from", "not"),
    ("between", "between"),
];

/// Marks that compare, as they are written here and elsewhere, and as the language writes them.
const MARKS: &[(&str, &str)] = &[
    (">", ">"),
    ("<", "<"),
    (">=", ">="),
    ("=>", ">="),
    ("≥", ">="),
    ("<=", "<="),
    ("=<", "<="),
    ("≤", "<="),
    ("==", "=="),
    ("=", "=="),
    ("===", "=="),
    ("!=", "!="),
    ("!==", "!="),
    ("<>", "!="),
    ("≠", "!="),
];

/// Every way to make a word of a comparison of one that is a slip away.
fn corrections(words: &[Word<'_>]) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for word in words {
        let near = |keyword: &str| is_one_slip(word.text, keyword);
        let operators = OPERATORS.iter().filter(|(keyword, _)| near(keyword)).map(|(_, operator)| operator);
        let literals = LITERALS.iter().filter(|literal| near(literal) && is_no_other(word.text, literal));
        found.extend(operators.chain(literals).map(|keyword| (word.range.clone(), (*keyword).to_owned())));
    }
    found
}

/// What is nearly a word of comparisons, and that word; but for those that are so short that other words are near them.
const OPERATORS: &[(&str, &str)] = &[
    ("greater", "greater"),
    ("less", "less"),
    ("than", "than"),
    ("least", "least"),
    ("most", "most"),
    ("after", "after"),
    ("before", "before"),
    ("between", "between"),
    ("equals", "equals"),
    ("equal", "equals"),
    ("equal", "equal"),
    ("contains", "contains"),
    ("contain", "contains"),
    ("contain", "contain"),
    ("exists", "exists"),
    ("exist", "exists"),
    ("exist", "exist"),
    ("does", "does"),
];

/// Values that are words. They end a comparison, where any word may stand: `full` is no slip of `null`.
const LITERALS: &[&str] = &["true", "false", "empty"];

/// Whether no letter was put in another's place, which makes words of their own: `tree`.
fn is_no_other(word: &str, literal: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    word.chars().count() != literal.chars().count() || sorted(word) == sorted(literal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn meant(text: &str) -> Option<String> {
        let mut diagnostics = Diagnostics::new();
        let mut reader = Reader::new(FileId::from_index(0), &mut diagnostics);
        let written = reader.free_text_at(0, text);
        reader.meant(text, 0, &written).map(|(comparison, _)| comparison)
    }

    #[test]
    fn other_words_and_marks_are_those_of_the_language() {
        for (written, comparison) in [
            ("$a is more than 5", "$a is greater than 5"),
            ("$a is not more than 5", "$a is not greater than 5"),
            ("$a is greater than or equal to 5", "$a is at least 5"),
            ("$a is no more than $b.limit", "$a is at most $b.limit"),
            ("$a exceeds 10.5", "$a is greater than 10.5"),
            ("$a  at least 5 seconds", "$a  is at least 5 seconds"),
            ("$a is earlier than now()", "$a is before now()"),
            ("$a is equal to \"x\"", "$a is \"x\""),
            ("$a is not equal to 5", "$a is not 5"),
            ("$a is different from 5", "$a is not 5"),
            ("$a between 1 and 2", "$a is between 1 and 2"),
            ("$a = 5", "$a == 5"),
            ("$a=>5", "$a>=5"),
            ("$a <> 5", "$a != 5"),
            ("$a ≤ 5", "$a <= 5"),
            ("$a is > 5", "$a > 5"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(comparison), "{written}");
        }
    }

    #[test]
    fn a_slip_is_corrected_and_a_side_is_left_to_be_written() {
        for (written, comparison) in [
            ("$a is greater then 5", "$a is greater than 5"),
            ("$a is at lest 5", "$a is at least 5"),
            ("$a is betwen 1 and 2", "$a is between 1 and 2"),
            ("$a contian 5", "$a contains 5"),
            ("$a does not exsit", "$a does not exist"),
            ("$a is flase", "$a is false"),
            ("$a >", "$a > VALUE"),
            ("$a is not", "$a is not VALUE"),
            (">= 5", "VALUE >= 5"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(comparison), "{written}");
        }
    }

    #[test]
    fn other_sentences_are_left_alone() {
        for written in [
            "card is valid",
            "$a is full",
            "$a is tree",
            "$a is over the limit",
            "total > limit of the card",
            "the order is",
            "is paid",
            "$a holds <b>",
            "$a is greater than 5 and card is valid",
            "$a and $b",
            "5",
            "",
        ] {
            assert_eq!(meant(written), None, "{written}");
        }
        let long = |words: usize| format!("$a over {}1", "1 + ".repeat((words - 3) / 2));
        assert!(meant(&long(MOST_WORDS - 1)).is_some());
        assert_eq!(meant(&long(MOST_WORDS + 1)), None);
    }
}
