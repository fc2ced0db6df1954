//! Holds manual pages and completions to the commands that there are, and to the programs that read them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn eventflow(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_eventflow")).args(arguments).output().expect("the command runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("output is text")
}

/// The commands that `eventflow --help` lists.
fn commands() -> Vec<String> {
    let help = eventflow(&["--help"]);
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.filter(|name| *name != "help").map(str::to_owned).collect();
    assert!(names.len() >= 8, "the commands were found: {names:?}");
    names
}

/// Gives a text to a program; none if the program is not installed.
fn given(program: &str, arguments: &[&str], text: &str) -> Option<Output> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    child.stdin.take().expect("it reads").write_all(text.as_bytes()).expect("it reads all");
    Some(child.wait_with_output().expect("it ends"))
}

#[test]
fn every_command_shows_examples() {
    for command in commands() {
        let help = eventflow(&["help", &command]);
        let (_, examples) = help.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command}: {help}"));
        assert!(examples.contains(&format!("  eventflow {command}")), "{command}: {help}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pages = folder.path().join("man1");
    eventflow(&["man", "--out", pages.to_str().expect("a path of letters")]);
    let entries = fs::read_dir(&pages).expect("the folder was made").map(|entry| entry.expect("a readable entry"));
    let written: BTreeSet<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let expected = commands().into_iter().map(|command| format!("eventflow-{command}.1"));
    assert_eq!(written, expected.chain(["eventflow.1".to_owned()]).collect());
    for name in written {
        let page = fs::read_to_string(pages.join(&name)).expect("a page is text");
        for part in [".SH NAME", ".SH SYNOPSIS", ".SH EXAMPLES", concat!("eventflow ", env!("CARGO_PKG_VERSION"))] {
            assert!(page.contains(part), "{name} has no `{part}`:\n{page}");
        }
        if let Some(read) = given("groff", &["-man", "-ww", "-z"], &page) {
            assert!(
                read.status.success() && read.stderr.is_empty(),
                "{name}: {}",
                String::from_utf8_lossy(&read.stderr)
            );
        }
        let command = name.trim_end_matches(".1").trim_start_matches("eventflow").trim_start_matches('-');
        let printed = if command.is_empty() { eventflow(&["man"]) } else { eventflow(&["man", command]) };
        assert_eq!(printed, page, "the page that is printed is the one that is written");
    }
}

#[test]
fn shells_can_read_the_completions() {
    let readers: &[(&str, &[&str])] = &[
        ("bash", &["-n"]),
        ("zsh", &["-n"]),
        ("fish", &["--no-execute"]),
        ("elvish", &["-compileonly", "/dev/stdin"]),
        ("powershell", &[]),
    ];
    for (shell, arguments) in readers {
        let script = eventflow(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell} knows `{command}`");
        }
        assert!(script.contains("--message-format") || script.contains("-l message-format"), "{shell} knows options");
        // PowerShell has no way to read without running.
        if arguments.is_empty() {
            continue;
        }
        if let Some(read) = given(shell, arguments, &script) {
            assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr));
        }
    }
}

#[test]
fn bash_completes_commands_and_values() {
    let script = eventflow(&["completions", "bash"]);
    let ask = |words: &str, count: usize| {
        let line = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD={count}; _eventflow eventflow \"${{COMP_WORDS[{count}]}}\" \
             \"${{COMP_WORDS[{}]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
            count - 1
        );
        given("bash", &[], &line).map(|output| String::from_utf8(output.stdout).expect("output is text"))
    };
    // Where there is no bash, nothing completes in it.
    let Some(commands) = ask("eventflow ch", 1) else { return };
    assert_eq!(commands, "check\n");
    assert_eq!(ask("eventflow check --message-format s", 3).as_deref(), Some("short\nsarif\n"));
}
