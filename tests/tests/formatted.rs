//! Formatting random systems: however they are indented and spaced, they mean the same before and after.

use eventflow_tests::{random, seed::Seed};
use eventflowc::ast::FileKind;
use eventflowc::diagnostic::Diagnostics;
use eventflowc::driver::{Request, compile};
use eventflowc::format::format;
use eventflowc::ir::System;
use eventflowc::load::Memory;
use eventflowc::parse::parse;
use eventflowc::source::Sources;

fn formatted(text: &str) -> String {
    let mut sources = Sources::new();
    let file = parse(sources.add("a.flow", text), text, FileKind::Flow, &mut Diagnostics::new());
    format(&file, text)
}

fn meaning(text: &str) -> Option<System> {
    let request = Request { root: Some("a.flow".into()), ..Request::default() };
    let compilation = compile(&request, &Memory::new().with("a.flow", text)).expect("a root is named");
    compilation.resolved.map(|resolved| resolved.system)
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
        let text = random::system(number);
        let text = disguised(&text, &mut Seed::new(number));
        let before = meaning(&text).unwrap_or_else(|| panic!("system {number} compiles:\n{text}"));
        let once = formatted(&text);
        assert_eq!(meaning(&once).as_ref(), Some(&before), "system {number}:\n{text}\n{once}");
        assert_eq!(formatted(&once), once, "system {number}:\n{text}");
        assert_eq!(once.matches("//").count(), text.matches("//").count(), "system {number}: the comments");
    }
}
