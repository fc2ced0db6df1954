//! The conformance suite, played by the interpreter. `EVENTFLOW_UPDATE=1` writes down what the interpreter does; the
//! difference is the review.

use eventflow_tests::conformance::{Case, folder};
use std::fs;

#[test]
fn the_interpreter_plays_every_script() {
    let cases = Case::all().expect("the cases can be read");
    let mut wrong = String::new();
    for case in &cases {
        let played = match case.interpreted() {
            Ok(played) => played,
            Err(error) => {
                wrong.push_str(&format!("{}: {error}\n", case.name));
                continue;
            }
        };
        if std::env::var_os("EVENTFLOW_UPDATE").is_some() {
            fs::write(folder().join(format!("{}.run", case.name)), &played).expect("a script can be written");
        } else {
            wrong.push_str(&differences(&case.name, &case.script, &played));
        }
    }
    assert!(wrong.is_empty(), "the interpreter does otherwise:\n{wrong}");
}

/// The first line that is otherwise, with the command that it belongs to.
fn differences(name: &str, script: &str, played: &str) -> String {
    if script == played {
        return String::new();
    }
    let mut command = "(the beginning)";
    let mut lines = played.lines();
    for line in script.lines() {
        let other = lines.next().unwrap_or("(nothing)");
        if line != other {
            return format!("{name}: {command}\n  expected {line}\n  got      {other}\n");
        }
        if !line.starts_with(' ') {
            command = line;
        }
    }
    format!("{name}: {command}\n  expected (nothing)\n  got      {}\n", lines.next().unwrap_or("(nothing)"))
}

/// The rows of the tables of `docs/conformance.md`: a rule, and what is said to show it.
fn rules(page: &str) -> Vec<(&str, Vec<&str>)> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    let rows = rows.filter(|(rule, _)| !["rule", "test"].contains(rule));
    rows.map(|(rule, shown)| (rule, shown.split(", ").map(|name| name.trim_matches('`')).collect())).collect()
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let page = folder().join("../../docs/conformance.md");
    let page = fs::read_to_string(page).expect("the page can be read");
    let rules = rules(&page);
    let cases = Case::all().expect("the cases can be read");
    let mut wrong = Vec::new();
    for (rule, shown) in &rules {
        let known = |name: &&&str| {
            let code = name.starts_with("EF") && eventflowc::codes::find(name).is_some();
            code || cases.iter().any(|case| case.name == **name)
        };
        wrong.extend(
            shown.iter().filter(|name| !known(name)).map(|name| format!("`{name}` of `{rule}` does not exist")),
        );
    }
    for case in &cases {
        let listed = rules.iter().any(|(_, shown)| shown.contains(&case.name.as_str()));
        if !listed {
            wrong.push(format!("no rule is shown by `{}`", case.name));
        }
    }
    assert!(rules.len() > 90, "the page has its tables");
    assert!(wrong.is_empty(), "docs/conformance.md:\n{}", wrong.join("\n"));
}
