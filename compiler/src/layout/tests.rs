//! Texts, and the logical lines that they are.

use super::*;

fn laid_out(text: &str) -> (Layout, Vec<&'static str>) {
    let mut diagnostics = Diagnostics::new();
    let layout = layout(FileId::from_index(0), text, &mut diagnostics);
    (layout, diagnostics.into_sorted().iter().map(|found| found.code.as_str()).collect())
}

fn outline(nodes: &[Node]) -> String {
    nodes.iter().fold(String::new(), |mut text, node| {
        text.push_str(&node.line.text);
        if !node.rows.is_empty() {
            text.push_str(&format!("|{}", node.rows.len()));
        }
        if !node.children.is_empty() {
            text.push_str(&format!("[{}]", outline(&node.children)));
        }
        text.push(';');
        text
    })
}

#[test]
fn indentation_makes_blocks_and_rows_belong_to_the_line_above() {
    let (layout, codes) = laid_out("a\n  b\r\n| x |\n    c\n\n  d\ne\n");
    assert_eq!(outline(&layout.nodes), "a[b|1[c;];d;];e;");
    assert!(codes.is_empty());
    assert_eq!(layout.blank_lines.len(), 1);
    assert!(layout.nodes[0].children[1].line.after_blank);
}

#[test]
fn comments_are_kept_and_are_no_code() {
    let (layout, codes) = laid_out("\u{feff}a // one\n/* two\nlines */\nb /* x */ c \"// no\"\n");
    assert_eq!(outline(&layout.nodes), "a;b         c \"// no\";");
    assert!(codes.is_empty());
    let placements: Vec<_> = layout.comments.iter().map(|comment| comment.placement).collect();
    assert_eq!(placements, [Placement::Trailing, Placement::OwnLine, Placement::Trailing]);
}

#[test]
fn what_deceives_is_refused() {
    for (text, code) in [
        ("a \u{202e}b", "EF0001"),
        ("a \u{7}b", "EF0001"),
        ("a\rb", "EF0001"),
        ("// \u{2066}", "EF0001"),
        ("a\n\tb\n\tc", "EF0002"),
        ("a\n    b\n  c", "EF0003"),
        ("a \"b", "EF0006"),
        ("a \"\\x\"", "EF0007"),
        ("a /* b", "EF0008"),
        ("/* a\n*/ b", "EF0009"),
        ("| a |", "EF0010"),
    ] {
        assert_eq!(laid_out(text).1, [code], "{text:?}");
    }
}

#[test]
fn depth_and_length_are_limited() {
    let deep: String = (0..100).map(|level| format!("{}a\n", " ".repeat(level))).collect();
    assert_eq!(laid_out(&deep).1, ["EF0004"]);
    assert_eq!(laid_out(&"a".repeat(MAX_LINE + 1)).1, ["EF0005"]);
}
