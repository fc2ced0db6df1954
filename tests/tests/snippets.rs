//! Compiles the flows in README.md and `docs/`, so that what people copy works.
//!
//! A block marked `flow` is a whole file and must be free of errors; `flow statements` stands inside a handler;
//! `flow fragment` imports files that are not there, and must only be readable.

use std::fs;
use std::path::{Path, PathBuf};

use eventflowc::ast::FileKind;
use eventflowc::diagnostic::{Diagnostics, Severity};
use eventflowc::driver::{self, Request, Tests};
use eventflowc::load::Memory;
use eventflowc::parse::parse;
use eventflowc::render_diagnostic::short;
use eventflowc::source::Sources;

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace");
    let mut found = vec![root.join("README.md")];
    let mut open = vec![root.join("docs"), root.join("examples")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The blocks of a page: the words behind the fence and the text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let mut fences = page.split("```").skip(1);
    let mut found = Vec::new();
    while let (Some(block), Some(_)) = (fences.next(), fences.next()) {
        found.extend(block.split_once('\n').filter(|(words, _)| words.starts_with("flow")));
    }
    found
}

fn errors(words: &str, text: &str) -> Vec<String> {
    match words {
        "flow" => errors_of_file(text),
        "flow statements" => {
            let body: String = text.lines().map(|line| format!("  {line}\n")).collect();
            let states = "on :begin\n  order moves to #draft\n\non :release\n  order moves to #open";
            let handler = format!("on :something_happens from @customer (api)\n{body}");
            errors_of_file(&format!("machine: @order\n\n{handler}\n{states}\n"))
        }
        "flow fragment" => {
            let mut sources = Sources::new();
            let file = sources.add("fragment.flow", text);
            let kind = if text.starts_with("test:") { FileKind::Test } else { FileKind::Flow };
            let mut diagnostics = Diagnostics::new();
            parse(file, text, kind, &mut diagnostics);
            diagnostics.iter().map(|finding| short(finding, &sources)).collect()
        }
        other => vec![format!("`{other}` is no kind of block")],
    }
}

fn errors_of_file(text: &str) -> Vec<String> {
    let files = Memory::new().with("page.flow", text);
    let request = Request { root: Some(PathBuf::from("page.flow")), tests: Tests::Beside, ..Request::default() };
    let mut compilation = driver::compile(&request, &files).expect("a root is named");
    compilation.generate();
    let errors = compilation.findings().into_iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(|finding| short(&finding, &compilation.sources)).collect()
}

#[test]
fn every_flow_on_a_page_compiles() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for path in pages() {
        let page = fs::read_to_string(&path).expect("pages are text");
        for (words, text) in blocks(&page) {
            count += 1;
            let errors = errors(words, text);
            if !errors.is_empty() {
                wrong.push(format!("{}: {errors:#?} in\n{text}", path.display()));
            }
        }
    }
    assert!(count > 20, "the blocks were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The Rust of a page stands in these files of an example, line by line, so that it compiles and passes; it is so many blocks.
#[track_caller]
fn is_that_of_an_example(page: &str, files: [&str; 2], count: usize) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("the file is there");
    let (page, code) = (read(page), files.map(read).concat());
    let blocks: Vec<&str> = page.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), count);
    for block in blocks {
        assert!(code.contains(block.trim()), "the example has no\n{block}");
    }
}

#[test]
fn the_rust_in_the_guides_to_testing_is_that_of_examples() {
    is_that_of_an_example(
        "docs/guide/testing.md",
        ["examples/checkout/build.rs", "examples/checkout/src/stories.rs"],
        2,
    );
    is_that_of_an_example(
        "docs/guide/testing-in-rust.md",
        ["examples/support_ticket/tests/on_stage.rs", "examples/support_ticket/src/stories.rs"],
        7,
    );
}
