//! What formatting promises for every text without errors: it reads as the same tree, it keeps all comments in their
//! order, it is formatted already, and it means the same.

use eventflowc::ast::{File, FileKind};
use eventflowc::diagnostic::{Diagnostics, Severity};
use eventflowc::driver::{Request, compile};
use eventflowc::format::format;
use eventflowc::ir::System;
use eventflowc::load::Memory;
use eventflowc::parse::parse;
use eventflowc::source::Sources;
use serde_json::Value;

/// The tree of a text.
///
/// # Errors
/// If the text has errors; they are told.
pub fn read(text: &str, kind: FileKind) -> Result<File, Vec<String>> {
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

/// What the text of one file means; none if that cannot be found out.
///
/// # Panics
/// Never: a root is named.
#[must_use]
pub fn meaning(text: &str) -> Option<System> {
    let request = Request { root: Some("a.flow".into()), ..Request::default() };
    let compilation = compile(&request, &Memory::new().with("a.flow", text)).expect("a root is named");
    compilation.resolved.map(|resolved| resolved.system)
}

/// Holds one text to all that formatting promises, and gives it formatted. Texts with errors are none of its business:
/// for them there is nothing to give.
///
/// # Panics
/// If a promise is broken.
pub fn keeps_its_promises(name: &str, text: &str, kind: FileKind) -> Option<String> {
    let before = read(text, kind).ok()?;
    let once = format(&before, text);
    let after = read(&once, kind).unwrap_or_else(|errors| panic!("{name}: {errors:#?} in\n{once}"));
    assert_eq!(tree(&before), tree(&after), "{name}: the tree\n{once}");
    assert_eq!(comments(&before), comments(&after), "{name}: the comments\n{once}");
    assert_eq!(once, format(&after, &once), "{name}: formatted twice");
    if kind == FileKind::Flow {
        assert_eq!(meaning(text), meaning(&once), "{name}: the meaning\n{once}");
    }
    Some(once)
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
