//! The difference between a file and what it should say, for the message of a failed test: one place, from the first line
//! that differs to the last one. The command, which shows differences to people at work, has a library for it.

/// How many equal lines stand around the place.
const AROUND: usize = 3;
/// How many lines of each text are shown before the rest is counted.
const SHOWN: usize = 20;

/// The place at which the texts differ, as `diff -u` writes it; no line break at the end.
pub(super) fn difference(found: &str, wanted: &str) -> String {
    let (found, wanted): (Vec<&str>, Vec<&str>) = (found.split('\n').collect(), wanted.split('\n').collect());
    let before = found.iter().zip(&wanted).take_while(|(found, wanted)| found == wanted).count();
    let (found_rest, wanted_rest) = (&found[before..], &wanted[before..]);
    let after =
        found_rest.iter().rev().zip(wanted_rest.iter().rev()).take_while(|(found, wanted)| found == wanted).count();
    let removed = &found_rest[..found_rest.len() - after];
    let added = &wanted_rest[..wanted_rest.len() - after];
    let above = &found[before.saturating_sub(AROUND)..before];
    let below = &found_rest[removed.len()..];
    // What stands behind the last line break is no line.
    let below = &below[..below.len().saturating_sub(1).min(AROUND)];
    let around = above.len() + below.len();
    let start = before - above.len() + 1;
    let mut lines = vec![format!("@@ -{start},{} +{start},{} @@", around + removed.len(), around + added.len())];
    lines.extend(above.iter().map(|line| format!(" {line}")));
    lines.extend(marked('-', removed));
    lines.extend(marked('+', added));
    lines.extend(below.iter().map(|line| format!(" {line}")));
    lines.join("\n")
}

fn marked(sign: char, lines: &[&str]) -> Vec<String> {
    let mut marked: Vec<String> = lines.iter().take(SHOWN).map(|line| format!("{sign}{line}")).collect();
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        marked.push(format!("{sign}… and {more} lines more"));
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_shown_with_the_lines_around_it() {
        let found = "a\nb\nc\nd\nold\nolder\ne\nf\n";
        let wanted = "a\nb\nc\nd\nnew\ne\nf\n";
        assert_eq!(difference(found, wanted), "@@ -2,7 +2,6 @@\n b\n c\n d\n-old\n-older\n+new\n e\n f");
        assert_eq!(difference("a\n", "a\nb\n"), "@@ -1,1 +1,2 @@\n a\n+b");
        assert_eq!(difference("", "a\n"), "@@ -1,0 +1,1 @@\n+a");
    }

    #[test]
    fn long_differences_are_cut() {
        let wanted: String = (0..30).map(|number| format!("{number}\n")).collect();
        let shown = difference("", &wanted);
        assert_eq!(shown.lines().count(), 1 + SHOWN + 1);
        assert!(shown.ends_with("+19\n+… and 10 lines more"), "{shown}");
    }
}
