//! The nearest name to a misspelled one: what "did you mean" is made of.

/// How many candidates are looked at: thousands of slips among thousands of names would take minutes.
const MOST_CANDIDATES: usize = 1_000;

/// The candidate that is nearest to `name`, if it is near enough to be what was meant; among equals the first. Of very many
/// candidates, only the first are looked at.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().collect();
    let mut longest_slip = (name.len() / 3).clamp(1, 3);
    let mut found = None;
    for candidate in candidates.into_iter().take(MOST_CANDIDATES) {
        let letters: Vec<char> = candidate.chars().collect();
        let Some(edits) = edits(&name, &letters, longest_slip) else { continue };
        found = Some(candidate);
        match edits.checked_sub(1) {
            Some(better) => longest_slip = better,
            None => break,
        }
    }
    found
}

/// Whether one slip makes one word of the other: a letter more, less, other, or swapped with its neighbor. Two equal words are
/// no slip apart.
pub fn is_one_slip(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    edits(&left, &right, 1) == Some(1)
}

/// How many single letters must be inserted, removed, replaced or swapped with their neighbor, if it is no more than `most`.
/// `most` is small: what is tried grows with it, and with the length of the words only as far as they agree.
fn edits(left: &[char], right: &[char], most: usize) -> Option<usize> {
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    let agreeing = left.iter().zip(right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[agreeing..], &right[agreeing..]);
    let swapped = match (left, right) {
        ([], []) => return Some(0),
        ([a, b, left @ ..], [c, d, right @ ..]) if a == d && b == c => Some((left, right)),
        _ => None,
    };
    let fewer = most.checked_sub(1)?;
    let (shorter_left, shorter_right) = (left.get(1..), right.get(1..));
    let ways = [shorter_left.zip(shorter_right), shorter_left.zip(Some(right)), Some(left).zip(shorter_right), swapped];
    ways.into_iter().flatten().filter_map(|(left, right)| edits(left, right, fewer)).min().map(|edits| edits + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many edits it takes, as textbooks count it.
    fn by_table(left: &str, right: &str) -> usize {
        let right: Vec<char> = right.chars().collect();
        let mut before: Vec<usize> = Vec::new();
        let mut above: Vec<usize> = (0..=right.len()).collect();
        let mut previous = None;
        for (index, from) in left.chars().enumerate() {
            let mut row = vec![index + 1];
            for (column, to) in right.iter().enumerate() {
                let replaced = above[column] + usize::from(from != *to);
                let mut best = replaced.min(above[column + 1] + 1).min(row[column] + 1);
                if column > 0 && previous == Some(*to) && from == right[column - 1] {
                    best = best.min(before[column - 1] + 1);
                }
                row.push(best);
            }
            before = std::mem::replace(&mut above, row);
            previous = Some(from);
        }
        above[right.len()]
    }

    #[test]
    fn a_slip_is_found_and_another_word_is_not() {
        assert_eq!(nearest("autput", ["root", "output"]), Some("output"));
        assert_eq!(nearest("ouptut", ["root", "output"]), Some("output"));
        assert_eq!(nearest("colour", ["root", "output"]), None);
        assert_eq!(nearest("rot", ["root", "rat"]), Some("root"));
    }

    #[test]
    fn one_slip_is_one_edit() {
        let mut words = vec![String::new()];
        for length in 0..5 {
            let longest: Vec<String> = words.iter().filter(|word| word.chars().count() == length).cloned().collect();
            words.extend(longest.iter().flat_map(|word| ["a", "ö"].map(|letter| format!("{word}{letter}"))));
        }
        assert!(words.len() == 63);
        for (left, right) in words.iter().flat_map(|left| words.iter().map(move |right| (left, right))) {
            assert_eq!(is_one_slip(left, right), by_table(left, right) == 1, "{left} {right}");
            let letters = |word: &str| word.chars().collect::<Vec<char>>();
            for most in 0..4 {
                let edits = edits(&letters(left), &letters(right), most);
                let by_table = Some(by_table(left, right)).filter(|edits| *edits <= most);
                assert_eq!(edits, by_table, "{left} {right} {most}");
            }
        }
    }

    #[test]
    fn the_nearest_wins_and_among_equals_the_first() {
        assert_eq!(nearest("prices", ["pricess", "price", "prices", "prize"]), Some("prices"));
        assert_eq!(nearest("prices", ["prize", "pricess", "price"]), Some("pricess"));
        assert_eq!(nearest("prices", ["plies", "price", "pricess"]), Some("price"));
    }

    #[test]
    fn long_names_and_very_many_are_looked_at_in_time() {
        let long = |last: &str| format!("{}{last}", "ab".repeat(200_000));
        assert_eq!(nearest(&long("x"), [long("abab").as_str(), &long("y")]), Some(long("y")).as_deref());
        let many: Vec<String> = (0..=MOST_CANDIDATES).map(|number| format!("state{number:06}")).collect();
        let near = |name: &str| nearest(name, many.iter().map(String::as_str));
        assert_eq!(near("state000999x"), Some("state000999"));
        assert_ne!(near("state001000"), Some("state001000"), "it is one more than is looked at");
    }

    #[test]
    fn every_kind_of_slip_counts_one() {
        for right in ["abc", "abdc", "acbd", "abcde", "abxd"] {
            assert_eq!(by_table("abcd", right), 1, "{right}");
        }
        assert_eq!(by_table("", "abc"), 3);
        assert_eq!(by_table("größe", "grösse"), 2);
    }
}
