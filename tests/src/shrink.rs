//! Makes a flow smaller while something holds of it, and [steps]: machines, scenarios, handlers and statements are left out, guards
//! are taken from around their blocks.

pub mod steps;

use std::ops::Range;

/// What is asked about several flows at a time: of which of them it still holds.
pub type Question<'q> = &'q mut dyn FnMut(&[String]) -> Result<Vec<bool>, String>;

/// A change that makes a flow smaller.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Edit {
    /// These lines are left out.
    Remove(Range<usize>),
    /// The first of these lines is left out, and the others stand one level further out.
    Unwrap(Range<usize>),
}

/// The smallest flow that is found, of which `holds` says that it is still one. It is asked about several at a time.
///
/// # Errors
/// What `holds` says.
pub fn shrink(text: &str, at_a_time: usize, holds: Question<'_>) -> Result<String, String> {
    let mut lines: Vec<String> = text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    loop {
        let before = lines.len();
        let mut edits = edits(&lines);
        while !edits.is_empty() {
            let batch: Vec<Edit> = edits.drain(..at_a_time.min(edits.len())).collect();
            let texts: Vec<String> = batch.iter().map(|edit| joined(&applied(&lines, edit))).collect();
            let answers = holds(&texts)?;
            let good: Vec<&Edit> =
                batch.iter().zip(answers).filter(|(_, holds)| *holds).map(|(edit, _)| edit).collect();
            if let Some(smaller) = together(&lines, &good, holds)? {
                lines = smaller;
                edits = self::edits(&lines).into_iter().filter(|edit| edit.size() <= batch[0].size()).collect();
            }
        }
        if lines.len() == before {
            return Ok(joined(&lines));
        }
    }
}

/// The lines after all edits that do not meet, if it holds of them, else after the first.
fn together(lines: &[String], good: &[&Edit], holds: Question<'_>) -> Result<Option<Vec<String>>, String> {
    let Some(first) = good.first() else { return Ok(None) };
    let mut apart: Vec<&Edit> = Vec::new();
    for edit in good {
        let (start, end) = (edit.range().start, edit.range().end);
        if apart.iter().all(|other| end <= other.range().start || other.range().end <= start) {
            apart.push(edit);
        }
    }
    if apart.len() > 1 {
        apart.sort_by_key(|edit| std::cmp::Reverse(edit.range().start));
        let all = apart.iter().fold(lines.to_vec(), |lines, edit| applied(&lines, edit));
        if holds(&[joined(&all)])?.contains(&true) {
            return Ok(Some(all));
        }
    }
    Ok(Some(applied(lines, first)))
}

impl Edit {
    const fn range(&self) -> &Range<usize> {
        match self {
            Self::Remove(range) | Self::Unwrap(range) => range,
        }
    }

    fn size(&self) -> usize {
        self.range().len()
    }
}

/// What may be left out, the largest first.
fn edits(lines: &[String]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for start in 1..lines.len() {
        let range = start..end(lines, start);
        let guard = lines[start].trim_start().starts_with('?') || lines[start].trim() == "otherwise";
        if guard && range.len() > 1 {
            edits.push(Edit::Unwrap(range.clone()));
        }
        if lines[start].starts_with("scenario:") {
            // What is told in a scenario may stand without one.
            edits.push(Edit::Remove(start..start + 1));
        }
        edits.push(Edit::Remove(range));
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.size()));
    edits
}

/// Where the block ends that begins with a line: by keyword for machines and scenarios, by depth for the rest.
fn end(lines: &[String], start: usize) -> usize {
    let ends = |line: &String| match lines[start].split(':').next() {
        Some("machine") => line.starts_with("machine:"),
        Some("scenario") => line.starts_with("machine:") || line.starts_with("scenario:"),
        Some(_) | None => depth(line) <= depth(&lines[start]),
    };
    lines[start + 1..].iter().position(ends).map_or(lines.len(), |place| start + 1 + place)
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn applied(lines: &[String], edit: &Edit) -> Vec<String> {
    let range = edit.range();
    let mut left = lines[..range.start].to_vec();
    if let Edit::Unwrap(_) = edit {
        let out = lines.get(range.start + 1).map_or(0, |line| depth(line).saturating_sub(depth(&lines[range.start])));
        left.extend(lines[range.start + 1..range.end].iter().map(|line| line[out.min(depth(line))..].to_owned()));
    }
    left.extend_from_slice(&lines[range.end..]);
    left
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::shrink;

    const FLOW: &str = "system: A shop

machine: @order

scenario: one

  on :begin from @customer (api) with:
    | n | number |
    ? $n is greater than 3
      order moves to #paid
      emit :go to @desk with $n
    otherwise
      reply 409

  on :end
    order moves to #done

scenario: two

  on :other
    order moves to #done

machine: @desk

  on :go
    desk moves to #busy
";

    #[test]
    fn what_is_not_needed_is_left_out() {
        let mut asked = 0;
        let mut needed = |texts: &[String]| {
            asked += texts.len();
            let needed = |text: &String| text.contains("emit :go") && text.contains("machine: @desk");
            Ok(texts.iter().map(needed).collect())
        };
        let small = shrink(FLOW, 4, &mut needed).expect("nothing fails");
        let on = "machine: @order\n  on :begin from @customer (api) with:\n";
        assert_eq!(small, format!("system: A shop\n{on}    emit :go to @desk with $n\nmachine: @desk\n"));
        assert!(asked < 200, "{asked} questions are too many");
    }

    #[test]
    fn a_guard_is_taken_from_around_its_block() {
        let small = shrink(FLOW, 3, &mut |texts: &[String]| {
            Ok(texts.iter().map(|text| text.contains("on :begin") && text.contains("moves to #paid")).collect())
        });
        let expected =
            "system: A shop\nmachine: @order\n  on :begin from @customer (api) with:\n    order moves to #paid\n";
        assert_eq!(small.as_deref(), Ok(expected));
    }

    #[test]
    fn what_cannot_be_asked_is_reported() {
        let failed = shrink(FLOW, 2, &mut |_: &[String]| Err("the compiler is gone".to_owned()));
        assert_eq!(failed, Err("the compiler is gone".to_owned()));
    }
}
