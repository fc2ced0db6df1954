//! For every code, cases that bring it about and cases that nearly do: `diagnostics/EF0101.flow` and so on.
//!
//! A case begins at a line `// fails: TITLE` or `// fine: TITLE`, and is a whole project (see `support/projects.rs`). What is
//! found in it stands in comments under the places: a row of `^` with the code and the message, a row of `-` for each other
//! place that takes part. What is found and not said, and what is said and not found, fails. `EVENTFLOW_UPDATE=1` writes the
//! comments anew; the difference is the review.

#[path = "support/projects.rs"]
mod projects;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use eventflowc::codes::{ENTRIES, find};
use eventflowc::diagnostic::Diagnostic;
use eventflowc::driver::Compilation;
use eventflowc::source::Span;
use projects::{Project, ROOT, file_name};

/// Codes that no text brings about: EF0307 guards a stage against what the one before it refuses, EF0612 is about a path that the
/// caller names, EF0702 is a defect of the generator, EF0813 is about a build script.
const WITHOUT_CASE: &[&str] = &["EF0307", "EF0612", "EF0702", "EF0813"];

/// Findings by the file and the line, from zero, under which they are written.
type Notes = BTreeMap<(String, usize), Vec<String>>;

/// One case: its first line, and its text without what is noted in it.
struct Case {
    head: String,
    text: String,
}

impl Case {
    fn fails(&self) -> bool {
        self.head.starts_with("// fails: ")
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

/// The cases of a file.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().filter(|line| !is_note(line)) {
        if line.starts_with("// fails: ") || line.starts_with("// fine: ") {
            cases.push(Case { head: line.to_owned(), text: String::new() });
        } else if let Some(case) = cases.last_mut() {
            case.text.push_str(line);
            case.text.push('\n');
        }
    }
    cases
}

/// Whether a line is a finding written down.
fn is_note(line: &str) -> bool {
    let marks = line.trim_start_matches('/').trim_start();
    line.starts_with("//") && (marks.starts_with('^') || marks.starts_with("--") || marks.starts_with("- "))
}

/// What is found in a case, and the case with it written down.
fn noted(case: &Case) -> (Vec<Diagnostic>, String) {
    let project = Project::write(case.text.trim_start_matches('\n'));
    let compilation = project.compile();
    let findings = compilation.findings();
    let mut notes = Notes::new();
    let mut nowhere = Vec::new();
    for finding in &findings {
        let message = project.without_folder(&finding.message);
        let what = format!("{} {}: {message}", finding.code, finding.severity);
        if finding.labels.is_empty() {
            nowhere.push(format!("// ^ {what}"));
        }
        for (index, label) in finding.labels.iter().enumerate() {
            let (place, column, width) = place(&compilation, &project, label.span);
            let note = match index {
                0 => format!("{} {what}", marks('^', column, width)),
                _ => format!("{} {}: {}", marks('-', column, width), finding.code, label.text),
            };
            notes.entry(place).or_default().push(note);
        }
    }
    let mut text = vec![case.head.clone()];
    text.extend(nowhere);
    text.extend(with_notes(&case.text, &notes));
    (findings, text.join("\n") + "\n")
}

/// The lines of a case, each with its notes under it.
fn with_notes(text: &str, notes: &Notes) -> Vec<String> {
    let (mut file, mut line_of_file) = (ROOT.to_owned(), 0);
    let mut lines = Vec::new();
    let blank = text.lines().take_while(|line| line.is_empty()).count();
    for (index, line) in text.lines().enumerate() {
        lines.push(line.to_owned());
        if let Some(name) = file_name(line) {
            (file, line_of_file) = (name.to_owned(), 0);
        } else if index >= blank {
            lines.extend(notes.get(&(file.clone(), line_of_file)).into_iter().flatten().cloned());
            line_of_file += 1;
        }
    }
    lines
}

/// Where a place stands: file and line, column, and how many characters of the line it covers.
fn place(compilation: &Compilation, project: &Project, span: Span) -> ((String, usize), usize, usize) {
    let source = compilation.sources.get(span.file).expect("a place is in a text");
    let line = source.line_index(span.start);
    let range = source.line_range(line);
    let end = (span.end as usize).clamp(range.start, range.end.max(range.start));
    let start = (span.start as usize).min(end);
    let count = |range: std::ops::Range<usize>| source.text()[range].chars().count();
    ((project.relative(source.name()), line), count(range.start..start), count(start..end))
}

/// A row of marks under a place. The first two columns belong to the comment: a place that begins there is said in words.
fn marks(mark: char, column: usize, width: usize) -> String {
    let row = |width: usize| mark.to_string().repeat(width.clamp(1, 100));
    match column {
        0 | 1 => format!("// {} (from column {})", row((column + width).saturating_sub(3)), column + 1),
        _ => format!("//{}{}", " ".repeat(column.min(100) - 2), row(width)),
    }
}

#[test]
fn every_case_says_what_is_found_in_it() {
    let update = env::var_os("EVENTFLOW_UPDATE").is_some();
    let mut wrong = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| !WITHOUT_CASE.contains(&entry.code)) {
        let path = folder().join(format!("{}.flow", entry.code));
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let expected: String = cases(&text).iter().map(|case| noted(case).1).collect();
        if text != expected && update {
            fs::write(&path, expected).expect("the cases can be written");
        } else if text != expected {
            wrong.push(format!("{} should be:\n{expected}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case_that_fails_and_one_that_nearly_does() {
    let mut wrong = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| !WITHOUT_CASE.contains(&entry.code)) {
        let code = entry.code;
        let text = fs::read_to_string(folder().join(format!("{code}.flow"))).unwrap_or_default();
        let cases = cases(&text);
        for case in &cases {
            let found = noted(case).0.iter().any(|finding| finding.code.as_str() == code);
            if found != case.fails() {
                wrong.push(format!("{code}: {} {} it", case.head, if found { "has" } else { "does not have" }));
            }
        }
        if !cases.iter().any(Case::fails) {
            wrong.push(format!("{code}: no case fails"));
        }
        if cases.iter().all(Case::fails) {
            wrong.push(format!("{code}: no case nearly fails"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Only levels make an error of a warning: how bad a code is, users look up and build upon.
#[test]
fn what_is_found_is_as_bad_as_the_register_says() {
    let mut compared = 0;
    for file in fs::read_dir(folder()).expect("a readable folder") {
        let text = fs::read_to_string(file.expect("a readable entry").path()).expect("cases are text");
        let cases = text.split("\n// fails: ").filter(|case| !case.contains("[lints]"));
        for note in cases.flat_map(str::lines).filter(|line| is_note(line)) {
            let words: Vec<&str> = note.split([' ', ':']).collect();
            for pair in words.windows(2).filter(|pair| matches!(pair[1], "error" | "warning")) {
                let Some(usual) = find(pair[0]) else { continue };
                assert_eq!(pair[1], usual.severity.to_string(), "{note}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared} findings were compared");
}

#[test]
fn every_file_of_cases_is_that_of_a_code() {
    for entry in fs::read_dir(folder()).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let known = ENTRIES.iter().any(|entry| entry.code == name) && !WITHOUT_CASE.contains(&name.as_str());
        assert!(known, "{} is the file of no code", path.display());
    }
}
