//! The rules of the reference and what shows them: `docs/language.md` and `docs/conformance.md`.

use eventflow_tests::conformance::{Case, Story, folder};
use eventflow_tests::repository::root;
use std::collections::BTreeSet;
use std::fs;

/// The tests of the W3C for SCXML that concern machines without hierarchy.
const SCXML: [&str; 15] =
    ["144", "158", "159", "175", "186", "189", "208", "318", "336", "349", "355", "421", "423", "495", "503"];

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).expect("the page can be read")
}

/// A row of a table of `docs/conformance.md`.
struct Row {
    /// The names of the rules: one of the reference, or the numbers of tests of the W3C.
    names: Vec<String>,
    /// What is said to show it.
    shown: Vec<String>,
}

/// The rows of all tables, those about the reference and those about SCXML.
fn rows(page: &str) -> (Vec<Row>, Vec<Row>) {
    let cells = |line: &str| -> Option<Vec<String>> {
        let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
        Some(row.split(" | ").map(str::to_owned).collect())
    };
    let shown = |cell: &str| cell.split(", ").map(|name| name.trim_matches('`').to_owned()).collect();
    let (mut reference, mut scxml) = (Vec::new(), Vec::new());
    for cells in page.lines().filter_map(cells) {
        match cells.as_slice() {
            [name, _, _] if name == "name" => {}
            [name, _] if name == "test" => {}
            [link, _, by] => {
                let name = link.trim_start_matches('[').split(']').next().unwrap_or_default().to_owned();
                assert_eq!(*link, format!("[{name}](language.md#{name})"), "the row leads to its rule");
                reference.push(Row { names: vec![name], shown: shown(by) });
            }
            [tests, by] => {
                let numbers = tests.split(": ").next().unwrap_or_default().split(", ").map(str::to_owned);
                scxml.push(Row { names: numbers.collect(), shown: shown(by) });
            }
            _ => panic!("a row has two or three cells: {cells:?}"),
        }
    }
    (reference, scxml)
}

/// Whether what a row names is there: a case, a diagnostic, or a test in a file of the repository.
fn is_there(name: &str, cases: &BTreeSet<String>) -> bool {
    if name.starts_with("EF") {
        return eventflowc::codes::find(name).is_some();
    }
    let (file, function) = name.split_once("::").map_or((name, None), |(file, function)| (file, Some(function)));
    if !file.contains('/') {
        return cases.contains(name);
    }
    let Ok(text) = fs::read_to_string(root().join(file)) else { return false };
    function.is_none_or(|function| text.contains(&format!("fn {function}(")))
}

/// The names of all cases: those with a script, and those with a report.
fn cases() -> BTreeSet<String> {
    let scripts = Case::all().expect("the cases can be read").into_iter().map(|case| case.name);
    scripts.chain(Story::all().expect("the cases can be read").into_iter().map(|story| story.name)).collect()
}

/// The paragraphs and items of the reference, behind its table of contents, that are no example and no table: each with the
/// name before it, if it has one.
fn paragraphs(reference: &str) -> Vec<(Option<&str>, &str)> {
    let mut found = Vec::new();
    let (mut within_code, mut continues, mut name) = (false, true, None);
    for line in reference.lines().skip_while(|line| !line.starts_with("## ")) {
        if line.starts_with("```") {
            within_code = !within_code;
            continues = false;
        } else if let Some(named) = anchor(line).filter(|_| !within_code) {
            if let (named, "") = named {
                name = Some(named);
            } else {
                found.push((Some(named.0), named.1));
                continues = true;
            }
        } else if !within_code {
            let is_text = !(line.is_empty() || line.starts_with('#') || line.starts_with('|'));
            if is_text && (!continues || line.starts_with("- ")) {
                found.push((name.take(), line));
            }
            continues = is_text;
        }
    }
    found
}

/// The name that a line gives, and what stands behind it.
fn anchor(line: &str) -> Option<(&str, &str)> {
    line.trim_start_matches("- ").strip_prefix("<a id=\"")?.split_once("\"></a>")
}

#[test]
fn every_paragraph_of_the_reference_has_a_name_of_its_own() {
    let reference = page("language.md");
    let paragraphs = paragraphs(&reference);
    let nameless: Vec<&str> = paragraphs.iter().filter(|(name, _)| name.is_none()).map(|(_, text)| *text).collect();
    assert!(nameless.is_empty(), "docs/language.md: what stands here has no name:\n{}", nameless.join("\n"));
    let names: Vec<&str> = paragraphs.iter().filter_map(|(name, _)| *name).collect();
    assert_eq!(names.len(), reference.matches("<a id=").count(), "every name stands before a paragraph");
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(different.len(), names.len(), "no name stands twice: {names:?}");
    assert!(names.len() > 90, "the reference is read: {names:?}");
}

#[test]
fn every_rule_of_the_reference_is_shown_and_every_row_shows_one() {
    let reference = page("language.md");
    let rules: BTreeSet<&str> = paragraphs(&reference).into_iter().filter_map(|(name, _)| name).collect();
    let page = page("conformance.md");
    let (rows, _) = rows(&page);
    let shown: BTreeSet<&str> = rows.iter().flat_map(|row| &row.names).map(String::as_str).collect();
    let missing: Vec<&&str> = rules.difference(&shown).collect();
    assert!(missing.is_empty(), "docs/conformance.md has no row for {missing:?} of the reference");
    let unknown: Vec<&&str> = shown.difference(&rules).collect();
    assert!(unknown.is_empty(), "docs/conformance.md has rows for {unknown:?}, which the reference does not have");
}

#[test]
fn what_rows_name_is_there_and_every_case_is_named() {
    let (reference, scxml) = rows(&page("conformance.md"));
    let cases = cases();
    let named: BTreeSet<&String> = reference.iter().chain(&scxml).flat_map(|row| &row.shown).collect();
    let missing: Vec<&&String> = named.iter().filter(|name| !is_there(name, &cases)).collect();
    assert!(missing.is_empty(), "docs/conformance.md names {missing:?}, which is not there");
    let unnamed: Vec<&String> = cases.iter().filter(|case| !named.contains(case)).collect();
    assert!(unnamed.is_empty(), "docs/conformance.md does not name {unnamed:?}");
}

#[test]
fn every_file_among_the_cases_belongs_to_one() {
    let cases = cases();
    for entry in fs::read_dir(folder()).expect("the folder can be read") {
        let name = entry.expect("the folder can be read").file_name().to_string_lossy().into_owned();
        let endings = [".test.flow", ".flow", ".run", ".report"];
        let case = endings.iter().find_map(|ending| name.strip_suffix(ending));
        assert!(case.is_some_and(|case| cases.contains(case)), "`{name}` belongs to no case");
    }
}

#[test]
fn the_tests_of_the_w3c_are_told_by_cases_that_say_so() {
    let (_, rows) = rows(&page("conformance.md"));
    for test in SCXML {
        let row = rows.iter().find(|row| row.names.iter().any(|name| name == test));
        let row = row.unwrap_or_else(|| panic!("docs/conformance.md has no row for test {test} of SCXML"));
        for case in &row.shown {
            let script = fs::read_to_string(folder().join(format!("{case}.run"))).expect("the case has a script");
            let told = script.lines().next().and_then(|line| line.strip_prefix("// SCXML ")).unwrap_or_default();
            let told = told.split(':').next().unwrap_or_default();
            assert!(
                told.split(", ").any(|number| number == test),
                "`{case}` does not say that it tells {test}: {told}"
            );
        }
    }
    let listed: usize = rows.iter().map(|row| row.names.len()).sum();
    assert_eq!(listed, SCXML.len(), "every test of the page is one of those");
}
