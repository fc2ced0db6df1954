//! Holds the sources to the tables of ARCHITECTURE.md: which package may use which, and which module of the compiler may
//! use which other one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Our packages as `use` lines name them, their folders, and what they may use. ARCHITECTURE.md says the same in words.
const PACKAGES: &[(&str, &str, &[&str])] = &[
    ("eventflowc", "compiler", &[]),
    ("eventflow", "runtime-support", &[]),
    ("eventflow_templates", "templates", &[]),
    ("eventflow_interpreter", "compiler/interpreter", &["eventflowc", "eventflow"]),
    ("eventflow_cli", "compiler/cli", &["eventflowc", "eventflow", "eventflow_interpreter", "eventflow_templates"]),
];

/// The modules of the compiler and which of each other they may use. A stage may use the data before it and its own data, and
/// no other stage.
const MODULES: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("digest", &[]),
    ("nearest", &[]),
    ("built_in", &[]),
    ("interval", &[]),
    ("diagnostic", &["source"]),
    ("codes", &["diagnostic", "nearest"]),
    ("ast", &["built_in", "source"]),
    ("ir", &["built_in", "digest", "source"]),
    ("catalog", &["ast", "built_in", "codes", "diagnostic", "ir", "nearest", "source"]),
    ("render_diagnostic", &["codes", "diagnostic", "source"]),
    ("levels", &["catalog", "codes", "diagnostic", "source"]),
    ("project", &["catalog", "diagnostic", "levels", "nearest", "source"]),
    ("layout", &["ast", "catalog", "diagnostic", "source"]),
    ("grammar", &[]),
    ("parse", &["ast", "built_in", "catalog", "diagnostic", "grammar", "layout", "nearest", "source"]),
    ("format", &["ast", "catalog", "diagnostic", "layout", "source"]),
    ("load", &["ast", "built_in", "catalog", "diagnostic", "source"]),
    ("resolve", &["ast", "built_in", "catalog", "diagnostic", "interval", "ir", "load", "nearest", "source"]),
    ("check", &["built_in", "catalog", "diagnostic", "ir", "nearest"]),
    ("test_plan", &["ast", "built_in", "catalog", "diagnostic", "interval", "ir", "load", "nearest", "source"]),
    ("plan", &["catalog", "diagnostic", "digest", "ir", "source", "test_plan"]),
    ("render", &["catalog", "diagnostic", "ir", "plan", "source", "test_plan"]),
    ("bindings", &[]),
    ("output", &["catalog", "diagnostic", "digest"]),
    ("package", &["digest", "output", "render"]),
];

/// Words that belong to one place of the compiler.
const KEPT: &[(&str, &[&str])] = &[
    ("TokenStream", &["bindings", "plan", "render"]),
    ("pest::", &["grammar", "parse"]),
    ("annotate_snippets", &["render_diagnostic"]),
    ("askama", &[]),
    ("tokio", &[]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_owned()
}

/// All Rust files below a folder, without those of packages inside it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.join("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without comments and without its tests, which may use anything.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("sources are text");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// Where a path begins with this name: not inside a longer word, and not behind `::` as in generated code.
fn beginnings<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = usize> + 't {
    let inside = |before: char| before.is_alphanumeric() || "_:$`".contains(before);
    text.match_indices(name).map(|(at, _)| at).filter(move |at| !text[..*at].ends_with(inside))
}

/// The modules that a file reaches through `crate::`, also in `use crate::{a, b::{c, d}}`.
fn modules_used(text: &str) -> BTreeSet<&str> {
    let mut used = BTreeSet::new();
    for at in beginnings(text, "crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => used.extend(entries(group).into_iter().map(first_word)),
            None => drop(used.insert(first_word(rest))),
        }
    }
    used
}

/// The entries of a group in braces, without those of groups inside it.
fn entries(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.push(group[start..at].trim());
                start = at + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

fn first_word(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    &text[..end]
}

#[test]
fn packages_use_only_those_below_them() {
    let mut wrong = Vec::new();
    for (name, folder, may) in PACKAGES {
        let files = sources(&root().join(folder));
        assert!(!files.is_empty(), "{folder} has sources");
        for path in files {
            let text = code(&path);
            for (other, _, _) in PACKAGES {
                let named = beginnings(&text, &format!("{other}::")).next().is_some();
                if named && other != name && !may.contains(other) {
                    wrong.push(format!("{} uses `{other}`", path.display()));
                }
            }
        }
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
        let dependencies = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        for (other, _, _) in PACKAGES {
            let package = other.replace('_', "-");
            let named = dependencies
                .lines()
                .any(|line| line.starts_with(&format!("{package} ")) || line.starts_with(&format!("{package}.")));
            if named && other != name && !may.contains(other) {
                wrong.push(format!("the manifest in {folder} depends on `{package}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_compilers_stages_do_not_reach_into_each_other() {
    let table: BTreeMap<&str, &[&str]> = MODULES.iter().copied().collect();
    let folder = root().join("compiler/src");
    let mut wrong = Vec::new();
    for path in sources(&root().join("compiler")) {
        let inside = path.strip_prefix(&folder).expect("a source of the compiler");
        let first = inside.iter().next().expect("a path").to_string_lossy();
        let module = first.trim_end_matches(".rs").to_owned();
        // `lib.rs` calls the stages in order, and what stands in front of it (build scripts) calls `lib.rs`.
        if ["lib", "build", "driver", "compile"].contains(&module.as_str()) {
            continue;
        }
        let Some(may) = table.get(module.as_str()) else {
            wrong.push(format!("`{module}` is not in the table of modules"));
            continue;
        };
        let text = code(&path);
        for used in modules_used(&text) {
            if used != module && table.contains_key(used) && !may.contains(&used) {
                wrong.push(format!("{} uses `{used}`", path.display()));
            }
        }
        for (word, homes) in KEPT {
            if text.contains(word) && !homes.contains(&module.as_str()) {
                wrong.push(format!("{} speaks of `{word}`", path.display()));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_says_the_same() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the page is there");
    for (name, _, may) in PACKAGES {
        let listed: Vec<String> = may.iter().map(|other| format!("`{}`", other.replace('_', "-"))).collect();
        let row = format!("| `{}` | {} |", name.replace('_', "-"), listed.join(", ")).replace("|  |", "| |");
        assert!(page.lines().any(|line| line == row), "no row `{row}`");
    }
}

#[test]
fn names_in_use_lines_are_found() {
    assert_eq!(
        modules_used("use crate::{a::{b, c}, d};\nuse crate::e::f; crate::g::h() ::crate::i $crate::j"),
        BTreeSet::from(["a", "d", "e", "g"])
    );
}
