//! What formatting must leave alone, tried on every flow that the repository holds: the tree, the meaning, the comments;
//! and what it must change, written down as pairs.

use std::fs;
use std::path::{Path, PathBuf};

use eventflow_tests::formatting::{keeps_its_promises, meaning, read};
use eventflow_tests::random;
use eventflow_tests::seed::Seed;
use eventflowc::ast::FileKind;
use eventflowc::format::format;

fn formatted(text: &str, kind: FileKind) -> String {
    let file = read(text, kind).unwrap_or_else(|errors| panic!("{errors:#?} in\n{text}"));
    format(&file, text)
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let hidden = path.file_name().is_some_and(|name| name == "target" || name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !hidden {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// The blocks of a page that begin with `flow`: their words behind it, and their text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(words) = line.strip_prefix("```") else { continue };
        let text: String =
            lines.by_ref().take_while(|line| !line.starts_with("```")).map(|line| format!("{line}\n")).collect();
        if let Some(words) = words.strip_prefix("flow") {
            blocks.push((words.to_owned(), text));
        }
    }
    blocks
}

#[test]
fn nothing_is_lost_in_any_flow_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let (mut flows, mut pages) = (Vec::new(), Vec::new());
    files(root, "flow", &mut flows);
    files(root, "md", &mut pages);
    let mut tried = 0;
    for path in flows {
        let text = fs::read_to_string(&path).expect("a flow is text");
        let name = path.display().to_string();
        tried += usize::from(keeps_its_promises(&name, &text, FileKind::of_name(&name)).is_some());
    }
    for path in pages {
        let page = fs::read_to_string(&path).expect("a page is text");
        for (words, text) in blocks(&page) {
            let kind = FileKind::of_name(&format!("a.{words}.flow"));
            let text = if words.contains("statements") {
                let body: String = text.lines().map(|line| format!("    {line}\n")).collect();
                format!("machine: @order\non :go from @customer (api)\n{body}")
            } else {
                text
            };
            tried += usize::from(keeps_its_promises(&path.display().to_string(), &text, kind).is_some());
        }
    }
    assert!(tried > 100, "the flows were found, but only {tried}");
}

#[test]
fn older_forms_become_newer_ones() {
    let cases = include_str!("format/cases.txt");
    let mut number = 0;
    for case in cases.split("=====\n").filter(|case| !case.trim().is_empty()) {
        let (head, texts) = case.split_once('\n').expect("a case begins with its name");
        let (before, after) = texts.split_once("-----\n").expect("a case has two texts");
        let kind = FileKind::of_name(head);
        assert_eq!(formatted(before, kind), after, "{head}");
        assert!(keeps_its_promises(head, before, kind).is_some(), "{head} has no errors");
        number += 1;
    }
    assert!(number >= 8, "the cases were found");
}

#[test]
fn line_breaks_stay_what_they_are() {
    let text = "\u{feff}machine:   @order\r\n\r\n\r\non :go\r\n   /* one\r\n two */\r\n   $x   becomes 1\r\n\r\n";
    let expected = "machine: @order\r\n\r\non :go\r\n  /* one\r\n two */\r\n  $x becomes 1\r\n";
    assert_eq!(formatted(text, FileKind::Flow), expected);
    assert!(keeps_its_promises("crlf", text, FileKind::Flow).is_some());
    assert_eq!(formatted("", FileKind::Flow), "");
}

#[test]
fn what_would_stand_too_deep_stays_where_it_is() {
    let flow = |preconditions: usize| {
        let guards: String = (0..preconditions).map(|number| format!("  ? guard {number} holds\n\n")).collect();
        format!("machine: @order\n\non :go\n{guards}  $x becomes 1\n")
    };
    let text = flow(46);
    assert!(keeps_its_promises("deep", &text, FileKind::Flow).is_some());
    assert_eq!(formatted(&text, FileKind::Flow), text);
    assert!(read(&flow(5000), FileKind::Flow).is_err(), "preconditions nest, so their number is limited");
}

/// The same system in another dress: deeper levels, comments, spaces behind lines, wider tables.
fn disguised(text: &str, seed: &mut Seed) -> String {
    let width = seed.between(1, 3);
    let mut disguised = String::new();
    for line in text.lines() {
        let code = line.trim_start();
        let indentation = " ".repeat((line.len() - code.len()) * width);
        if seed.chance(10) {
            disguised.push_str(&format!("{}// a comment\n", " ".repeat(seed.below(12))));
        }
        let code = if code.starts_with('|') { code.replace("| ", "|   ") } else { code.to_owned() };
        disguised
            .push_str(&format!("{indentation}{code}{}\n", seed.pick(&["", "", "  ", " // behind", " /* a */ // b"])));
    }
    disguised
}

#[test]
fn random_systems_mean_the_same_when_they_are_formatted() {
    for number in 0..25 {
        let text = disguised(&random::system(number), &mut Seed::new(number));
        assert!(meaning(&text).is_some(), "system {number} compiles:\n{text}");
        let once = keeps_its_promises(&format!("system {number}"), &text, FileKind::Flow).expect("it has no errors");
        assert_eq!(once.matches("//").count(), text.matches("//").count(), "system {number}: the comments");
    }
}
