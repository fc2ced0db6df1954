//! The nearest name to a misspelled one: what "did you mean" is made of.

/// The candidate that is nearest to `name`, if it is near enough to be what was meant; among equals the first.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let longest_slip = (name.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (edits(name, candidate), candidate))
        .filter(|(edits, _)| *edits <= longest_slip)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Whether one slip makes one word of the other: a letter more, less, other, or swapped with its neighbor. Two equal words are
/// no slip apart.
pub fn is_one_slip(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let prefix = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
    let (left, right) = (&left[prefix..], &right[prefix..]);
    let suffix = left.iter().rev().zip(right.iter().rev()).take_while(|(left, right)| left == right).count();
    match (&left[..left.len() - suffix], &right[..right.len() - suffix]) {
        ([_], [_]) | ([_], []) | ([], [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// How many single letters must be inserted, removed, replaced or swapped with their neighbor.
fn edits(left: &str, right: &str) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;

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
        for length in 0..4 {
            let longest: Vec<String> = words.iter().filter(|word| word.len() == length).cloned().collect();
            words.extend(longest.iter().flat_map(|word| ["a", "b", "ö"].map(|letter| format!("{word}{letter}"))));
        }
        assert!(words.len() > 40);
        for (left, right) in words.iter().flat_map(|left| words.iter().map(move |right| (left, right))) {
            assert_eq!(is_one_slip(left, right), edits(left, right) == 1, "{left} {right}");
        }
    }

    #[test]
    fn every_kind_of_slip_counts_one() {
        for right in ["abc", "abdc", "acbd", "abcde", "abxd"] {
            assert_eq!(edits("abcd", right), 1, "{right}");
        }
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("größe", "grösse"), 2);
    }
}
