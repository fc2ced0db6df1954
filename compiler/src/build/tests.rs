//! What a build script tells Cargo, what it writes, and what a test of checked-in sources says. How Cargo takes it is
//! seen by the tests that run Cargo.

use super::*;
use std::fs;
use tempfile::TempDir;

const TWICE: &str = "machine: @loan\n\non :go from @a (api)\n  loan moves to #b\n  loan moves to #c\n";
const ACTS: &str =
    "machine: @loan\n\non :go from @a (api)\n  ? book is there\n    print receipt\n    loan moves to #b\n";

/// A folder with flows in it, which is written to as well.
struct Place(TempDir);

impl Place {
    fn with(flows: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary folder"));
        for (path, text) in flows {
            let path = place.path(path);
            fs::create_dir_all(path.parent().expect("a path in the folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        place
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn build(&self, root: &str) -> Build {
        Build::new(self.path(root))
    }

    /// Runs a build script with one build in it; gives its lines without the folder.
    fn lines(&self, build: &Build) -> Vec<String> {
        self.lines_after(build, &mut BTreeMap::new())
    }

    fn lines_after(&self, build: &Build, taken: &mut BTreeMap<PathBuf, String>) -> Vec<String> {
        let out = self.path("out");
        let folder = self.0.path().to_string_lossy().into_owned();
        build.lines(Some(&out), taken).iter().map(|line| line.replace(&folder, "")).collect()
    }

    fn written(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path("out").join(name)).ok()
    }
}

fn errors(lines: &[String]) -> Vec<&str> {
    lines.iter().filter_map(|line| line.strip_prefix(ERROR)).collect()
}

#[test]
fn a_flow_is_compiled_and_watched() {
    let place = Place::with(&[("loan.flow", TWICE)]);
    let lines = place.lines(&place.build("loan.flow"));
    assert!(lines.contains(&"cargo::rerun-if-changed=/loan.flow".to_owned()), "{lines:#?}");
    let warning = "cargo::warning=/loan.flow:5:3: warning[EF0511]: one path runs two transitions; the last one wins";
    assert!(lines.contains(&warning.to_owned()), "{lines:#?}");
    assert!(place.written("loan.rs").is_some_and(|text| text.contains("pub mod loan {")));
}

#[test]
fn a_level_is_obeyed_and_nothing_is_written_after_an_error() {
    let place = Place::with(&[("loan.flow", TWICE)]);
    let lines = place.lines(&place.build("loan.flow").level("warnings", Level::Deny));
    let errors = errors(&lines);
    assert!(errors[0].starts_with("/loan.flow:5:3: error[EF0511]"), "{lines:#?}");
    assert!(errors.iter().any(|line| line.starts_with("5 |   loan moves to #c")), "{lines:#?}");
    assert_eq!(place.written("loan.rs"), None);
}

#[test]
fn an_unknown_code_is_told() {
    let place = Place::with(&[("loan.flow", ACTS)]);
    let lines = place.lines(&place.build("loan.flow").level("EF9990", Level::Allow).level("EF0101", Level::Allow));
    assert_eq!(errors(&lines), ["there is no warning `EF9990`", "`EF0101` is an error, and has no level"]);
    assert_eq!(place.written("loan.rs"), None);
}

#[test]
fn sentences_wait_as_they_are_told_to() {
    let place = Place::with(&[("loan.flow", ACTS)]);
    let written = |build: &Build| {
        let lines = place.lines(build);
        assert_eq!(errors(&lines), Vec::<&str>::new());
        let text = place.written("loan.rs").expect("it is written");
        let signature = |method: &str| {
            let from = text.find(&format!("fn {method}(")).expect("a method of the trait");
            let signature = &text[from..from + text[from..].find(';').expect("it ends")];
            signature.contains("::core::future::Future")
        };
        (signature("book_is_there"), signature("print_receipt"))
    };
    assert_eq!(written(&place.build("loan.flow")), (false, true));
    assert_eq!(written(&place.build("loan.flow").synchronous("loan", "print receipt")), (false, false));
    assert_eq!(written(&place.build("loan.flow").asynchronous("loan", "book_is_there")), (true, true));
    fs::write(place.path("eventflow.toml"), "[machines.loan]\nsync = [\"print receipt\"]\n")
        .expect("a file is written");
    assert_eq!(written(&place.build("loan.flow")), (false, false));
    assert_eq!(written(&place.build("loan.flow").asynchronous("loan", "print receipt")), (false, true), "the API wins");
}

/// What is wrong with what a build says, and what with the same words in `eventflow.toml`, without places and lines.
fn both_ways(say: &[(Waiting, &str, &str)]) -> [Vec<String>; 2] {
    let place = Place::with(&[("loan.flow", RULED)]);
    let mut build = place.build("loan.flow");
    let mut project = String::new();
    for (waiting, machine, sentence) in say {
        let (next, list) = match waiting {
            Waiting::Sync => (build.synchronous(machine, sentence), "sync"),
            Waiting::Async => (build.asynchronous(machine, sentence), "async"),
        };
        build = next;
        project.push_str(&format!("machines.{machine}.{list} = [\"{sentence}\"]\n"));
    }
    let said = |build: &Build| {
        let told = place.lines(build);
        assert!(place.written("loan.rs").is_none() || errors(&told).is_empty(), "{told:#?}");
        let errors = errors(&told);
        let messages = errors.iter().filter_map(|line| Some(line.split_once("error[")?.1.to_owned()));
        let help = errors.iter().filter_map(|line| Some(line.split_once("= help: ")?.1.to_owned()));
        messages.chain(help).collect()
    };
    let of_build = said(&build);
    fs::write(place.path("eventflow.toml"), project).expect("a file is written");
    [of_build, said(&place.build("loan.flow"))]
}

const RULED: &str = "machine: @loan\n\non :go from @a (api) with:\n  | book | string | in the catalog |\n  \
                     ? book is there\n    print receipt\n    loan moves to #b\n";

#[test]
fn a_sentence_that_is_none_is_told_the_same_way_wherever_it_is_named() {
    let nearly = ["EF0810]: `@loan` has no sentence `print recipt`", "did you mean `print receipt`?"];
    assert_eq!(both_ways(&[(Waiting::Sync, "loan", "print recipt")]), [nearly, nearly]);
    let nowhere =
        ["EF0810]: `@loan` has no sentence `shelve the book`", "`eventflow bindings` lists the sentences of a flow"];
    assert_eq!(both_ways(&[(Waiting::Async, "loan", "shelve the book")]), [nowhere, nowhere]);
    let [of_build, of_project] = both_ways(&[(Waiting::Async, "loan", "in the catalog")]);
    assert_eq!(of_build[0], "EF0811]: `in the catalog` is a validation rule, and a rule cannot be asynchronous");
    assert_eq!(of_build, of_project);
    let twice = [(Waiting::Sync, "loan", "print receipt"), (Waiting::Async, "loan", "print_receipt")];
    let both = ["EF0808]: `print_receipt` of `@loan` cannot be both `sync` and `async`", "say one of the two"];
    assert_eq!(both_ways(&twice), [both, both]);
    let fine: [Vec<String>; 2] = Default::default();
    assert_eq!(both_ways(&[(Waiting::Sync, "loan", "in the catalog")]), fine, "no rule waits");
}

#[test]
fn a_machine_that_no_flow_has_is_told() {
    let flows = [("loan.flow", ACTS), ("fine.flow", "machine: @fine\n\non :go (api)\n  weigh it\n")];
    let place = Place::with(&flows);
    let both = |settings: &dyn Fn(Build) -> Build| {
        let one = place.build("loan.flow");
        let two = place.build("loan.flow").also(place.path("fine.flow"));
        let is_told = |line: &String| line.contains("EF0812") || line.contains("EF0813");
        [one, two].map(|build| place.lines(&settings(build)).into_iter().filter(is_told).count())
    };
    assert_eq!(both(&|build| build.synchronous("fine", "weigh it")), [1, 0], "another flow of the build may have it");
    assert_eq!(both(&|build| build.synchronous("lown", "print receipt")), [1, 1]);
    let lines = place.lines(&place.build("loan.flow").synchronous("lown", "print receipt"));
    let told = ["error[EF0813]: there is no machine `@lown`, so `print receipt` is no sentence of it", " |"];
    assert_eq!(errors(&lines)[..2], told);
    assert!(lines.last().is_some_and(|line| line.ends_with("did you mean `loan`?")), "{lines:#?}");

    let project = |text: &str| fs::write(place.path("eventflow.toml"), text).expect("a file is written");
    project("[machines.fine]\nsync = [\"weigh it\"]\n");
    assert_eq!(both(&|build| build), [0, 0], "it may be of a flow that this build does not know");
    project("root = \"loan.flow\"\n[machines.fine]\nsync = [\"weigh it\"]\n");
    assert_eq!(both(&|build| build), [1, 0], "the project's own root does not have it");
}

#[test]
fn what_flows_have_in_common_is_told_once() {
    let place = Place::with(&[
        ("a.flow", "system: a\n\nuses:\n  @loan from \"./loan.flow\"\n"),
        ("b.flow", "system: b\n\nuses:\n  @loan from \"./loan.flow\"\n"),
        ("loan.flow", TWICE),
        ("eventflow.toml", "rot = 1\n[machines.loan]\nsync = [\"print receipt\"]\n"),
    ]);
    let lines = place.lines(&place.build("a.flow").also(place.path("b.flow")));
    for code in ["EF0511", "EF0802", "EF0810"] {
        assert_eq!(lines.iter().filter(|line| line.contains(&format!("[{code}]"))).count(), 1, "{code}: {lines:#?}");
    }
}

#[test]
fn every_root_has_a_file_of_its_own() {
    let place = Place::with(&[("a/loan.flow", ACTS), ("b/fine.flow", "machine: @fine\n\non :go (api)\n  ...\n")]);
    let lines = place.lines(&place.build("a/loan.flow").also(place.path("b/fine.flow")));
    assert_eq!(errors(&lines), Vec::<&str>::new());
    assert!(place.written("loan.rs").is_some_and(|text| text.contains("pub mod loan {")));
    assert!(place.written("fine.rs").is_some_and(|text| text.contains("pub mod fine {")));
}

#[test]
fn two_roots_of_one_name_are_an_error_also_in_two_calls() {
    let place = Place::with(&[("a/loan.flow", ACTS), ("b/loan.flow", TWICE)]);
    let both =
        "`/a/loan.flow` and `/b/loan.flow` would both be written to `loan.rs`; give one of the systems another name";
    let lines = place.lines(&place.build("a/loan.flow").also(place.path("b/loan.flow")));
    assert_eq!(errors(&lines), [both]);
    assert_eq!(place.written("loan.rs"), None);
    let mut taken = BTreeMap::new();
    assert_eq!(errors(&place.lines_after(&place.build("a/loan.flow"), &mut taken)), Vec::<&str>::new());
    assert_eq!(errors(&place.lines_after(&place.build("a/loan.flow"), &mut taken)), Vec::<&str>::new());
    assert_eq!(errors(&place.lines_after(&place.build("b/loan.flow"), &mut taken)), [both]);
}

#[test]
fn what_another_call_wrote_stays() {
    let place = Place::with(&[("loan.flow", ACTS), ("fine.flow", "machine: @fine\n\non :go (api)\n  ...\n")]);
    let mut taken = BTreeMap::new();
    place.lines_after(&place.build("loan.flow"), &mut taken);
    place.lines_after(&place.build("fine.flow"), &mut taken);
    assert!(place.written("loan.rs").is_some() && place.written("fine.rs").is_some());
}

#[test]
fn another_folder_can_be_written_to() {
    let place = Place::with(&[("loan.flow", ACTS)]);
    place.lines(&place.build("loan.flow").out(place.path("elsewhere")));
    assert_eq!(place.written("loan.rs"), None);
    assert!(place.path("elsewhere/loan.rs").is_file());
}

/// The message of `assert_fresh`, without the folder.
fn stale(place: &Place, build: &Build) -> Option<String> {
    let sources = place.path("src/flows");
    let failed = std::panic::catch_unwind(|| build.assert_fresh(&sources)).err()?;
    let message = failed.downcast_ref::<String>().expect("a message").clone();
    Some(message.replace(&*place.0.path().to_string_lossy(), ""))
}

#[test]
fn sources_that_are_not_fresh_are_shown_with_the_command_that_writes_them() {
    let place = Place::with(&[("loan.flow", ACTS)]);
    let build = place.build("loan.flow");
    let command = "write it anew with `EVENTFLOW_UPDATE=1 cargo test --package eventflowc`, or with \
                   `eventflow build /loan.flow --sources --out /src/flows`";
    let missing = stale(&place, &build).expect("nothing is written");
    assert!(missing.starts_with("`/src/flows` is not what the flow says now\n\n`mod.rs` is missing\n"), "{missing}");
    assert!(missing.ends_with(command), "{missing}");

    build.fresh(&place.path("src/flows"), fresh::Remedy::Write).expect("they can be written");
    assert_eq!(stale(&place, &build), None);
    fs::write(place.path("loan.flow"), ACTS.replace("print receipt", "print ticket")).expect("a file can be written");
    let differs = stale(&place, &build).expect("the flow says something else");
    assert!(differs.contains("`loan.rs` differs\n@@ "), "{differs}");
    assert!(
        differs.contains("\n-    /// `print receipt`") && differs.contains("\n+    /// `print ticket`"),
        "{differs}"
    );

    let settled = stale(&place, &build.synchronous("loan", "print ticket")).expect("it is still stale");
    assert!(settled.ends_with("write it anew with `EVENTFLOW_UPDATE=1 cargo test --package eventflowc`"), "{settled}");
}

#[test]
fn a_flow_with_an_error_makes_no_sources() {
    let place = Place::with(&[("loan.flow", "machine: @loan\n\non :go\n  emit nothing\n")]);
    let message = stale(&place, &place.build("loan.flow")).expect("there is an error");
    assert!(message.contains("error[EF0101]") && message.contains("emit nothing"), "{message}");
}

/// The digest of a text as stamps have it.
fn digest(text: &str) -> String {
    crate::digest::Digest::of(text.as_bytes()).hexadecimal(32)
}

#[test]
fn what_is_there_already_is_not_rendered_again() {
    let place = Place::with(&[("loan.flow", TWICE)]);
    let build = place.build("loan.flow");
    let first = place.lines(&build);
    let written = place.written("loan.rs").expect("it is written");
    // A stamp that vouches for another text shows who is asked: rendering would put the right one back.
    let stamp = place.written("loan.stamp").expect("it is noted");
    let other = format!("{written}// Vouched for.\n");
    let put = |name: &str, text: &str| fs::write(place.path("out").join(name), text).expect("a file can be written");
    put("loan.rs", &other);
    put("loan.stamp", &stamp.replace(&digest(&written), &digest(&other)));
    assert_eq!(place.lines(&build), first, "what there is to say about the flow is said again");
    assert_eq!(place.written("loan.rs").as_ref(), Some(&other));
    // The same text is not believed without its stamp, nor after the flow has changed.
    put("loan.stamp", &stamp);
    place.lines(&build);
    assert_eq!(place.written("loan.rs").as_ref(), Some(&written));
    put("loan.rs", &other);
    put("loan.stamp", &stamp.replace(&digest(&written), &digest(&other)));
    fs::write(place.path("loan.flow"), format!("// Moved by a line.\n{TWICE}")).expect("a file can be written");
    place.lines(&build);
    let moved = place.written("loan.rs").expect("it is written");
    assert!(moved.contains("loan.flow:4") && !moved.contains("Vouched"), "{moved}");
}

#[test]
fn a_file_that_was_removed_comes_back() {
    let place = Place::with(&[("loan.flow", TWICE)]);
    let build = place.build("loan.flow");
    place.lines(&build);
    let written = place.written("loan.rs");
    fs::remove_file(place.path("out/loan.rs")).expect("it is there");
    place.lines(&build);
    assert!(written.is_some() && place.written("loan.rs") == written);
}

const TESTED: &str = "machine: @loan\n\nscenario: a loan\n\n  on :go from @a (api)\n    loan moves to #given\n\n  \
                      expect:\n    = loan is in #given\n";

#[test]
fn tests_are_a_module_that_only_tests_compile() {
    let cases =
        "test: @loan\n\n  for scenario: a loan\n\n    for :go:\n\n      it is given:\n        = loan is in #given\n";
    let place = Place::with(&[("loan.flow", TESTED), ("loan.test.flow", cases)]);
    assert_eq!(errors(&place.lines(&place.build("loan.flow"))), [""; 0]);
    assert!(place.written("loan.rs").is_some_and(|text| !text.contains("#[test]")));
    let lines = place.lines(&place.build("loan.flow").tests());
    assert!(lines.contains(&"cargo::rerun-if-changed=/loan.test.flow".to_owned()), "{lines:#?}");
    let text = place.written("loan.rs").expect("it is written");
    for part in ["#[cfg(test)]\npub mod loan_tests {", "fn as_it_is_told()", "fn it_is_given()"] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    syn::parse_file(&text).expect("it is Rust");
}

#[test]
fn what_is_wrong_with_tests_is_a_warning_and_a_test_that_fails() {
    let cases = "test: @loan\n\n  for scenario: a laon\n";
    let place = Place::with(&[("loan.flow", TESTED), ("loan.test.flow", cases)]);
    let lines = place.lines(&place.build("loan.flow").tests());
    assert_eq!(errors(&lines), [""; 0]);
    let warning = "cargo::warning=/loan.test.flow:3:17: error[EF0601]: `@loan` tells no scenario `a laon`";
    assert!(lines.contains(&warning.to_owned()), "{lines:#?}");
    let text = place.written("loan.rs").expect("it is written");
    assert!(text.contains("fn the_tests_can_be_read()") && text.contains("EF0601"), "{text}");
    syn::parse_file(&text).expect("it is Rust");
    fs::write(place.path("loan.test.flow"), cases.replace("laon", "loan")).expect("a file can be written");
    place.lines(&place.build("loan.flow").tests());
    let text = place.written("loan.rs").expect("it is written");
    assert!(!text.contains("fn the_tests_can_be_read()") && text.contains("fn as_it_is_told()"), "{text}");
}
