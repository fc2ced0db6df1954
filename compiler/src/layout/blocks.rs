//! From indented lines to blocks.

use super::{Indented, Line, MAX_DEPTH, Node};
use crate::catalog::source as catalog;
use crate::diagnostic::Diagnostics;

/// One open block: how far its lines are indented, and the lines so far.
struct Open {
    indentation: usize,
    nodes: Vec<Node>,
}

/// Makes blocks of lines. Rows of tables belong to the line above them and open nothing.
pub(super) fn blocks(lines: Vec<Indented>, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let base = lines.first().map_or(0, |first| first.indentation);
    let mut open = vec![Open { indentation: base, nodes: Vec::new() }];
    let mut too_deep = false;
    for Indented { indentation, line } in lines {
        if line.text.starts_with('|') {
            row(&mut open, line, diagnostics);
            continue;
        }
        let current = open.last().map_or(0, |block| block.indentation);
        if indentation > current {
            if open.len() < MAX_DEPTH {
                open.push(Open { indentation, nodes: Vec::new() });
            } else if !too_deep {
                too_deep = true;
                diagnostics.error(catalog::too_deep(line.span, MAX_DEPTH));
            }
        } else if indentation < current {
            dedent(&mut open, indentation, &line, diagnostics);
        }
        if let Some(block) = open.last_mut() {
            block.nodes.push(Node { line, rows: Vec::new(), children: Vec::new() });
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map(|block| block.nodes).unwrap_or_default()
}

fn row(open: &mut [Open], line: Line, diagnostics: &mut Diagnostics) {
    match open.last_mut().and_then(|block| block.nodes.last_mut()) {
        Some(node) => node.rows.push(line),
        None => {
            diagnostics.error(catalog::row_without_statement(line.span));
        }
    }
}

/// Closes blocks until the one with this indentation is the current one. A line that fits none joins the innermost
/// block that it is not left of.
fn dedent(open: &mut Vec<Open>, indentation: usize, line: &Line, diagnostics: &mut Diagnostics) {
    while open.len() > 1 && open[open.len() - 2].indentation >= indentation {
        close(open);
    }
    let fits = open.last().is_some_and(|block| block.indentation == indentation);
    if fits {
        return;
    }
    let levels: Vec<usize> = open.iter().map(|block| block.indentation).collect();
    diagnostics.error(catalog::dedent_to_nowhere(line.span, indentation, &levels));
    if let Some(block) = open.last_mut() {
        block.indentation = indentation;
    }
}

/// Gives the innermost block to the line above it.
fn close(open: &mut Vec<Open>) {
    let Some(closed) = open.pop() else { return };
    let Some(outer) = open.last_mut() else { return };
    match outer.nodes.last_mut() {
        Some(node) => node.children.extend(closed.nodes),
        None => outer.nodes.extend(closed.nodes),
    }
}
