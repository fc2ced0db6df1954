//! Rows of tables: the author's cells, one under the other.

use super::lines::Line;

/// A row wider than this is not lined up with the others: spaces would fill the screen, or more than a line may hold.
const WIDEST: usize = 240;

/// The rows of one table, each as one line without its indentation.
pub(super) fn rows(text: &str, lines: &[&Line<'_>]) -> Vec<String> {
    let rows: Vec<Vec<&str>> = lines.iter().map(|line| cells(text, line)).collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        for (index, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(index) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    if widths.iter().sum::<usize>() > WIDEST {
        widths.fill(0);
    }
    rows.iter().map(|row| aligned(row, &widths)).collect()
}

fn aligned(row: &[&str], widths: &[usize]) -> String {
    let mut line = String::from("|");
    for (cell, width) in row.iter().zip(widths) {
        let missing = width.saturating_sub(cell.chars().count());
        line.push(' ');
        line.push_str(cell);
        line.push_str(&" ".repeat(missing));
        line.push_str(if cell.is_empty() && *width == 0 { "|" } else { " |" });
    }
    line
}

/// The cells of a row with the comments in them, trimmed.
fn cells<'t>(text: &'t str, line: &Line<'_>) -> Vec<&'t str> {
    let mut marks = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for (at, character) in line.masked.char_indices() {
        if character == '|' && !quoted && !escaped {
            marks.push(line.code.start + at);
        }
        if character == '"' && !(quoted && escaped) {
            quoted = !quoted;
        }
        escaped = character == '\\' && !escaped;
    }
    marks.windows(2).map(|bounds| text[bounds[0] + 1..bounds[1]].trim()).collect()
}
