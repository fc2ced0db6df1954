//! What formatting must leave alone, tried on every flow that the repository holds: the tree, the meaning, the comments;
//! and what it must change, written down as pairs.

use std::fs;
use std::path::{Path, PathBuf};

use eventflowc::ast::{File, FileKind};
use eventflowc::diagnostic::{Diagnostics, Severity};
use eventflowc::driver::{Request, compile};
use eventflowc::format::format;
use eventflowc::ir::System;
use eventflowc::load::Memory;
use eventflowc::parse::parse;
use eventflowc::source::Sources;
use serde_json::Value;

/// The tree of a text without errors, or its errors.
fn read(text: &str, kind: FileKind) -> Result<File, Vec<String>> {
    let mut diagnostics = Diagnostics::new();
    let mut sources = Sources::new();
    let file = parse(sources.add("a.flow", text), text, kind, &mut diagnostics);
    let errors: Vec<String> = diagnostics
        .into_sorted()
        .into_iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| format!("{:?} {}", found.primary().map(|label| label.span), found.message))
        .collect();
    if errors.is_empty() { Ok(file) } else { Err(errors) }
}

fn formatted(text: &str, kind: FileKind) -> String {
    let file = read(text, kind).unwrap_or_else(|errors| panic!("{errors:#?} in\n{text}"));
    format(&file, text)
}

/// The tree as data, without places, and without what tells older forms from newer ones.
fn tree(file: &File) -> Value {
    let mut tree = serde_json::to_value(&file.content).expect("a tree is data");
    forget(&mut tree);
    tree
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(members) if members.contains_key("start") && members.contains_key("end") => {
            *value = Value::String("a place".to_owned());
        }
        Value::Object(members) => {
            members.retain(|key, _| key != "older" && key != "precondition");
            members.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn comments(file: &File) -> Vec<String> {
    file.comments.iter().map(|comment| comment.text.trim_end().replace('\r', "")).collect()
}

/// What a text of one file means; none if that cannot be found out.
fn meaning(text: &str) -> Option<System> {
    let request = Request { root: Some("a.flow".into()), ..Request::default() };
    let compilation = compile(&request, &Memory::new().with("a.flow", text)).expect("a root is named");
    compilation.resolved.map(|resolved| resolved.system)
}

/// Holds one text to all that formatting promises. Texts with errors are none of its business.
fn keeps_its_promises(name: &str, text: &str, kind: FileKind) -> bool {
    let Ok(before) = read(text, kind) else { return false };
    let once = format(&before, text);
    let after = read(&once, kind).unwrap_or_else(|errors| panic!("{name}: {errors:#?} in\n{once}"));
    assert_eq!(tree(&before), tree(&after), "{name}: the tree\n{once}");
    assert_eq!(comments(&before), comments(&after), "{name}: the comments\n{once}");
    let twice = format(&after, &once);
    assert_eq!(once, twice, "{name}: formatted twice");
    if kind == FileKind::Flow {
        assert_eq!(meaning(text), meaning(&once), "{name}: the meaning\n{once}");
    }
    true
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
        tried += usize::from(keeps_its_promises(&name, &text, FileKind::of_name(&name)));
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
            tried += usize::from(keeps_its_promises(&path.display().to_string(), &text, kind));
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
        assert!(keeps_its_promises(head, before, kind), "{head} has no errors");
        number += 1;
    }
    assert!(number >= 8, "the cases were found");
}

#[test]
fn line_breaks_stay_what_they_are() {
    let text = "\u{feff}machine:   @order\r\n\r\n\r\non :go\r\n   /* one\r\n two */\r\n   $x   becomes 1\r\n\r\n";
    let expected = "machine: @order\r\n\r\non :go\r\n  /* one\r\n two */\r\n  $x becomes 1\r\n";
    assert_eq!(formatted(text, FileKind::Flow), expected);
    assert!(keeps_its_promises("crlf", text, FileKind::Flow));
    assert_eq!(formatted("", FileKind::Flow), "");
}

#[test]
fn what_would_stand_too_deep_stays_where_it_is() {
    let flow = |preconditions: usize| {
        let guards: String = (0..preconditions).map(|number| format!("  ? guard {number} holds\n\n")).collect();
        format!("machine: @order\n\non :go\n{guards}  $x becomes 1\n")
    };
    let text = flow(46);
    assert!(keeps_its_promises("deep", &text, FileKind::Flow));
    assert_eq!(formatted(&text, FileKind::Flow), text);
    assert!(read(&flow(5000), FileKind::Flow).is_err(), "preconditions nest, so their number is limited");
}
