//! Compiles the examples of every page in `explain/`: the one that fails must fail with the page's code, the fixed one must not.

#[path = "support/projects.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod projects;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eventflowc::codes::ENTRIES;
use eventflowc::render_diagnostic::short;
use projects::Project;

/// Codes whose page has no flow that fails: EF0210 needs 65 files, EF0612 is about a path on the command line, EF0702 is a defect of the generator,
/// EF0813 is about a build script, and EF0307 guards a stage against what the parser does not let through.
const WITHOUT_EXAMPLE: &[&str] = &["EF0210", "EF0307", "EF0612", "EF0702", "EF0813"];

#[test]
fn every_page_tells_what_fails_and_what_does_not() {
    let mut wrong = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| !WITHOUT_EXAMPLE.contains(&entry.code)) {
        let (fails, fixed) = examples(entry.page).unwrap_or_else(|| panic!("{} has two examples", entry.code));
        let found = findings(fails);
        if !found.iter().any(|line| line.contains(&format!("[{}]", entry.code))) {
            wrong.push(format!("{}: the failing example gives {found:#?}", entry.code));
        }
        if let Some(error) = found.iter().find(|line| line.contains("error[") && !line.contains(entry.code)) {
            wrong.push(format!("{}: the failing example fails otherwise too: {error}", entry.code));
        }
        let found = findings(fixed);
        if found.iter().any(|line| line.contains(entry.code) || line.contains("error[")) {
            wrong.push(format!("{}: the fixed example gives {found:#?}", entry.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_of_the_catalog_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut written = BTreeSet::new();
    for file in files(&folder.join("src")) {
        let text = fs::read_to_string(&file).expect("sources are text");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, opening) in text.match_indices("Code(\"") {
            written.insert(text[at + opening.len()..].chars().take_while(|mark| *mark != '"').collect::<String>());
        }
    }
    assert!(written.len() > 30, "the codes were found");
    let registered: BTreeSet<String> = ENTRIES.iter().map(|entry| entry.code.to_owned()).collect();
    let missing: Vec<_> = written.difference(&registered).collect();
    assert!(missing.is_empty(), "not in the register: {missing:?}");
    let unused: Vec<_> = registered.difference(&written).collect();
    assert!(unused.is_empty(), "in the register and nowhere else: {unused:?}");
    let pages: BTreeSet<String> = files(&folder.join("explain"))
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(pages, registered, "pages and register");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder").map(|entry| entry.expect("a readable entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The example that fails and the one that is fixed.
fn examples(page: &str) -> Option<(&str, &str)> {
    let block = |text: &'static str| {
        let (_, after) = page.split_once(text)?;
        let (_, block) = after.split_once("```")?;
        Some(block.split_once("\n```")?.0)
    };
    Some((block("\nFails:\n")?, block("\nFixed:\n")?))
}

/// What is found in an example, one line each.
fn findings(example: &str) -> Vec<String> {
    let (language, text) = example.split_once('\n').expect("a block has a language");
    let compilation = match language.trim() {
        "toml" => Project::write(&format!("// file: eventflow.toml\n{text}")).compile(),
        _ => Project::write(text).compile(),
    };
    compilation.findings().iter().map(|finding| short(finding, &compilation.sources)).collect()
}
