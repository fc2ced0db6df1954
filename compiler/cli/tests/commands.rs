//! Runs the command as a user would and compares everything it says with files.
//!
//! Each `tests/commands/*.console` holds runs: a line that begins with `$` is a command, what follows is what it says:
//! standard output, then lines of standard error behind `! `, and `? CODE` where it does not end with 0. A line
//! `<<< PATH` before the commands opens a file that they find, up to `>>>`; `$ cat PATH` shows a file. With
//! `EVENTFLOW_UPDATE=1` the files are rewritten, and the difference is the review.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const EVENTFLOW: &str = env!("CARGO_BIN_EXE_eventflow");

#[test]
fn every_run_says_what_is_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/commands");
    let mut cases: Vec<_> = fs::read_dir(&folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "console"))
        .collect();
    cases.sort();
    assert!(cases.len() > 2, "the cases were found");
    let mut wrong = Vec::new();
    for case in cases {
        let expected = fs::read_to_string(&case).expect("a case is text");
        let actual = replay(&expected);
        if actual == expected {
            continue;
        }
        if std::env::var_os("EVENTFLOW_UPDATE").is_some() {
            fs::write(&case, &actual).expect("the cases can be rewritten");
        } else {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- actual\n{actual}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Runs the commands of a case in a folder of its own; gives the case as it should have been.
fn replay(case: &str) -> String {
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut blocks = Vec::new();
    let mut lines = case.lines();
    while let Some(line) = lines.next() {
        if let Some(path) = line.strip_prefix("<<< ") {
            let text: String =
                lines.by_ref().take_while(|line| *line != ">>>").map(|line| format!("{line}\n")).collect();
            let target = place.path().join(path);
            fs::create_dir_all(target.parent().expect("a path in the folder")).expect("a folder can be made");
            fs::write(target, &text).expect("a file can be written");
            blocks.push(format!("<<< {path}\n{text}>>>\n"));
        } else if let Some(command) = line.strip_prefix("$ ") {
            blocks.push(format!("$ {command}\n{}", run(command, place.path())));
        }
    }
    blocks.join("\n")
}

/// The text with `0.0` for the spans of time in it, which differ between runs: `(1.2ms)`, `(0.31s)`.
fn timeless(text: &str) -> String {
    let mut lines = text.split('(').map(|part| {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
        let is_span = rest.len() < part.len() && (rest.starts_with("ms)") || rest.starts_with("s)"));
        if is_span { format!("0.0{rest}") } else { part.to_owned() }
    });
    let first = lines.next().unwrap_or_default();
    lines.fold(first, |text, part| text + "(" + &part)
}

/// The folder of the workspace, which differs between machines.
fn workspace() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there");
    root.to_string_lossy().into_owned()
}

#[test]
fn every_stage_is_shown_as_json() {
    let place = tempfile::tempdir().expect("a temporary folder");
    fs::write(place.path().join("tiny.flow"), "machine: @tiny\n\non :go\n  ...\n").expect("a file can be written");
    for (stage, part) in [("ast", "\"comments\""), ("ir", "\"machines\""), ("plan", "\"generator\"")] {
        let said = run(&format!("eventflow build tiny.flow --emit {stage} --allow warnings"), place.path());
        assert!(said.starts_with(['{', '[']) && said.contains(part) && said.contains("tiny"), "{stage}: {said}");
    }
}

#[test]
fn reports_of_tests_are_read_by_programs() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let flow = "machine: @tiny\n\nscenario: s\n\n  on :go from @user (api)\n    tiny moves to #a\n\n  expect:\n    = tiny is in #";
    fs::write(place.path().join("good.flow"), format!("{flow}a\n")).expect("a file can be written");
    fs::write(place.path().join("bad.flow"), format!("{flow}idle\n")).expect("a file can be written");
    let said = run("eventflow test good.flow bad.flow --format json --coverage", place.path());
    let (objects, exit) = said.rsplit_once("? ").expect("a test fails");
    assert_eq!(exit, "1\n");
    let objects: Vec<serde_json::Value> =
        objects.lines().map(|line| serde_json::from_str(line).expect("every line is an object")).collect();
    assert_eq!(objects.len(), 5, "two tests, two units, a summary: {said}");
    assert_eq!(objects[0]["outcome"], "passed");
    assert_eq!(objects[1]["outcome"]["failed"][0]["place"]["line"], 9);
    assert_eq!(objects[2]["reached"][0]["machine"], "tiny");
    assert_eq!(
        objects[2]["scenarios"][0]["reached"], objects[2]["reached"][0]["reached"],
        "one scenario reaches it all"
    );
    assert_eq!((&objects[4]["passed"], &objects[4]["failed"]), (&1.into(), &1.into()));
    assert_eq!(objects[4]["broken"], serde_json::json!([]));
    let said = run("eventflow test good.flow bad.flow --format junit", place.path());
    assert!(said.contains("<testsuites tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""), "{said}");
    assert!(said.contains("<failure message=\"= tiny is in #idle\">bad.flow:9:5"), "{said}");
}

#[test]
fn reports_for_programs_name_a_flow_that_could_not_be_tested() {
    let place = tempfile::tempdir().expect("a temporary folder");
    fs::write(place.path().join("broken.flow"), "machine: @broken\n\non :go\n  emit pay\n").expect("it can be written");
    let output = |format| {
        let said = run(&format!("eventflow test broken.flow --format {format}"), place.path());
        let (output, messages) = said.split_once("! ").expect("the error is said to people, too");
        assert!(messages.ends_with("? 1\n"), "{messages}");
        output.to_owned()
    };
    let summary: serde_json::Value = serde_json::from_str(&output("json")).expect("one object");
    assert_eq!(summary["broken"], serde_json::json!(["broken.flow"]));
    let junit = output("junit");
    assert!(junit.contains("<testsuites tests=\"1\" failures=\"0\" errors=\"1\""), "{junit}");
    assert!(junit.contains("<testsuite name=\"broken.flow\" tests=\"1\" failures=\"0\" errors=\"1\""), "{junit}");
    let error =
        "<error message=\"`broken.flow` could not be tested\">broken.flow:4:8: error[EF0101]: this emit cannot be read";
    assert!(junit.contains(error), "{junit}");
}

#[test]
fn reports_for_programs_tell_apart_what_could_be_tested_in_part() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let flow = "machine: @tiny\n\nscenario: s\n\n  on :go from @user (api)\n    tiny moves to #a\n\n  expect:\n    = tiny is in #a\n";
    let tests = "test: @tiny\n  for scenario: s\n    for :go:\n      elsewhere:\n        = tiny is in #b\n";
    fs::write(place.path().join("tiny.flow"), flow).expect("a file can be written");
    fs::write(place.path().join("tiny.test.flow"), tests).expect("a file can be written");
    let junit = run("eventflow test tiny.flow --format junit", place.path());
    assert!(junit.contains("<testsuites tests=\"2\" failures=\"0\" errors=\"1\""), "{junit}");
    assert!(junit.contains("<testsuite name=\"tiny.flow\" tests=\"1\" failures=\"0\" errors=\"0\""), "{junit}");
    assert!(
        junit.contains("<error message=\"`tiny.flow` could be tested in part only\">tiny.test.flow:5:22: "),
        "{junit}"
    );
    let none = run("eventflow test tiny.flow --format junit --filter nothing", place.path());
    assert_eq!(none.matches("<testsuite ").count(), 1, "no suite is empty: {none}");
    assert!(none.contains("<testsuites tests=\"1\" failures=\"0\" errors=\"1\""), "{none}");
    assert!(none.ends_with("? 1\n"), "{none}");
}

#[test]
fn what_is_there_already_is_not_rendered_again() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let target = place.path().join("target");
    fs::create_dir_all(&target).expect("a folder can be made");
    fs::write(target.join("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n").expect("it can be written");
    a_stamp_is_believed(place.path(), &target.join("eventflow"));
    assert!(!place.path().join("flows/.eventflow").exists(), "where Cargo has a folder, that is the place");
}

#[test]
fn also_where_cargo_has_not_built() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let hidden = place.path().join("flows/.eventflow");
    a_stamp_is_believed(place.path(), &hidden);
    assert_eq!(fs::read_to_string(hidden.join(".gitignore")).ok().as_deref(), Some("*\n"), "git is told");
    let files = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a readable folder").map(|entry| entry.expect("a readable entry"));
        let dates = entries.map(|entry| (entry.path(), entry.metadata().and_then(|of| of.modified()).expect("a date")));
        dates.collect::<std::collections::BTreeMap<_, _>>()
    };
    let before = (files(&hidden), files(&place.path().join("flows")));
    assert_eq!(
        run("eventflow build tiny.flow --sources --out flows", place.path()),
        "! wrote `flows`: 0 changed, 3 unchanged\n"
    );
    assert_eq!((files(&hidden), files(&place.path().join("flows"))), before, "nothing was written");
}

/// Builds in a place; the stamp in a folder is what decides whether anything is rendered.
fn a_stamp_is_believed(place: &Path, stamps: &Path) {
    let text = |path: &Path| fs::read_to_string(path).expect("it was written");
    let put = |path: &Path, text: &str| fs::write(path, text).expect("a file can be written");
    put(&place.join("tiny.flow"), "machine: @tiny\n\non :go (api)\n  tiny moves to #gone\n");
    let build = || run("eventflow build tiny.flow --sources --out flows", place);
    assert_eq!(build(), "! wrote `flows`: 3 changed, 0 unchanged\n");
    let kept = fs::read_dir(stamps).expect("a stamp is kept").map(|entry| entry.expect("a readable entry").path());
    let kept: Vec<_> = kept.filter(|path| path.extension().is_some_and(|extension| extension == "stamp")).collect();
    let [stamp] = kept.as_slice() else { panic!("one stamp: {kept:?}") };
    // Two modules that have changed places, in the stamp too, show who is asked: rendering would put them back.
    let (machine, system) = (place.join("flows/tiny.rs"), place.join("flows/tiny_system.rs"));
    let (first, second, noted) = (text(&machine), text(&system), text(stamp));
    let change_places = || {
        put(&machine, &second);
        put(&system, &first);
    };
    change_places();
    let exchanged =
        noted.replace("tiny_system.rs", "TINY").replace("tiny.rs", "tiny_system.rs").replace("TINY", "tiny.rs");
    put(stamp, &exchanged);
    assert_eq!(build(), "! wrote `flows`: 0 changed, 3 unchanged\n");
    assert_eq!((text(&machine), text(&system)), (second.clone(), first.clone()));
    let checked = run("eventflow build tiny.flow --sources --out flows --check", place);
    assert!(checked.ends_with("? 1\n"), "a check asks nobody: {checked}");
    put(stamp, &noted);
    assert_eq!(build(), "! wrote `flows`: 2 changed, 1 unchanged\n");
    assert_eq!((text(&machine), text(&system)), (first, second));
    fs::remove_file(&machine).expect("it is there");
    assert_eq!(build(), "! wrote `flows`: 1 changed, 2 unchanged\n");
}

#[test]
fn colors_and_closed_pipes_are_left_to_terminals() {
    let colored = Command::new(EVENTFLOW).arg("check").env("CLICOLOR_FORCE", "1").output().expect("the command runs");
    let plain = Command::new(EVENTFLOW).arg("check").output().expect("the command runs");
    assert!(colored.stderr.contains(&0x1b) && !plain.stderr.contains(&0x1b), "colors only where they are wanted");
    let forced = [("CLICOLOR_FORCE", "0"), ("NO_COLOR", "1")];
    let refused = Command::new(EVENTFLOW).arg("check").envs(forced).output().expect("the command runs");
    assert!(!refused.stderr.contains(&0x1b), "`NO_COLOR` is honored");
    let mut child = Command::new(EVENTFLOW).arg("explain").stdout(Stdio::piped()).spawn().expect("the command runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("the command ends").code(), Some(0), "a closed pipe is no error");
}

#[test]
fn bytes_that_are_no_text_are_the_authors() {
    let place = tempfile::tempdir().expect("a temporary folder");
    fs::write(place.path().join("bytes.flow"), b"machine: @x\xff\n").expect("a file can be written");
    for line in ["check bytes.flow", "fmt bytes.flow", "fmt --check .", "fmt - < bytes.flow"] {
        let said = run(&format!("eventflow {line}"), place.path());
        assert!(said.contains("error[EF0201]: ") && said.ends_with("? 1\n"), "{line}: {said}");
        assert!(said.contains("is not UTF-8 text: invalid utf-8 sequence of 1 bytes from index 11"), "{line}: {said}");
    }
}

/// What a program writes is a flow like any other: `eventflow check <(generate)`, `generate | eventflow check /dev/stdin`.
#[cfg(unix)]
#[test]
fn a_flow_may_come_through_a_pipe() {
    use std::io::Write as _;
    let mut command = Command::new(EVENTFLOW);
    command.args(["check", "/dev/stdin"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command runs");
    let mut input = child.stdin.take().expect("it is piped");
    input.write_all(b"machine: @tiny\n\non :go (api)\n  tiny moves to #gone\n").expect("it is read");
    drop(input);
    let output = child.wait_with_output().expect("the command ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "checked `/dev/stdin`: 1 machine, 1 handler\n");
}

/// Linux has a file that takes nothing, as a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_said_and_not_lost() {
    let full = || fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    let place = tempfile::tempdir().expect("a temporary folder");
    let flow = "machine: @tiny\n\non :go from @clock\n  tiny moves to #a\n  tiny moves to #b\n";
    fs::write(place.path().join("tiny.flow"), flow).expect("a file can be written");
    for line in [
        "--help",
        "--version",
        "help check",
        "check --help",
        "explain",
        "explain EF0501",
        "check tiny.flow --message-format short",
        "check tiny.flow --message-format json",
        "check tiny.flow --message-format sarif",
        "check tiny.flow --message-format github",
        "build tiny.flow --emit ir",
        "completions bash",
        "man",
        "test tiny.flow",
        "test tiny.flow --format json",
        "test tiny.flow --format junit",
    ] {
        let mut command = Command::new(EVENTFLOW);
        command.args(line.split(' ')).current_dir(place.path()).stdout(full());
        let output = command.output().expect("the command runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{line}: {said}");
        assert!(said.contains("error: cannot write `standard output`: "), "{line}: {said}");
    }
    for (line, code) in [("check tiny.flow", 3), ("check gone.flow", 2), ("chekc", 2)] {
        let mut command = Command::new(EVENTFLOW);
        command.args(line.split(' ')).current_dir(place.path()).stderr(full());
        assert_eq!(command.status().expect("the command runs").code(), Some(code), "{line}");
    }
}

fn run(line: &str, place: &Path) -> String {
    let (line, input) = match line.split_once(" < ") {
        Some((line, file)) => (line, Some(fs::File::open(place.join(file)).expect("the input is there"))),
        None => (line, None),
    };
    let mut words = line.split(' ');
    let program = words.next().expect("a command");
    if program == "cat" {
        let path = words.next().expect("a path");
        return fs::read_to_string(place.join(path)).unwrap_or_else(|error| format!("! {}\n", error.kind()));
    }
    assert_eq!(program, "eventflow", "only this command is tested");
    let result = Command::new(EVENTFLOW)
        .args(words.map(|word| word.replace("%20", " ")))
        .current_dir(place)
        .env_remove("NO_COLOR")
        .stdin(input.map_or_else(Stdio::null, Stdio::from))
        .output()
        .expect("the command runs");
    let output = String::from_utf8(result.stdout).expect("output is text");
    let mut said = timeless(&output.replace(&workspace(), "[WORKSPACE]"));
    for line in String::from_utf8(result.stderr).expect("messages are text").lines() {
        said.push_str(format!("! {line}").trim_end());
        said.push('\n');
    }
    match result.status.code() {
        Some(0) => {}
        Some(code) => said.push_str(&format!("? {code}\n")),
        None => said.push_str("? killed\n"),
    }
    said
}
