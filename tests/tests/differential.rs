//! The interpreter and the generated code, run by the same engine, leave the same records, answers, dead letters and
//! timers: on random systems, with random sequences of events.
//!
//! All systems are generated into one package of a few programs, which hold both executors and compare. A difference
//! names its system; `cargo run -p eventflow-tests --example random_flow NUMBER` prints it. The environment variable
//! `EVENTFLOW_DIFFERENTIAL=FIRST..LAST` chooses other systems.

use eventflow_tests::compiled::compile;
use eventflow_tests::differential::{SEQUENCES, file_name};
use eventflow_tests::{generated, random};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// As many programs, so that they are compiled side by side.
const PROGRAMS: usize = 4;
const SYSTEMS: std::ops::Range<u64> = 0..200;

#[test]
fn both_executors_leave_the_same_records() {
    let systems = chosen();
    let count = systems.end - systems.start;
    let package = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("differential");
    write_package(&package, systems);
    build(&package);
    let mut sequences = 0;
    let mut reports = String::new();
    for program in 0..PROGRAMS {
        let ran = Command::new(target().join("debug").join(name(program))).output().expect("the program runs");
        let output = String::from_utf8_lossy(&ran.stdout);
        let (summary, differences) = output.split_once('\n').unwrap_or((&output, ""));
        assert!(ran.status.success(), "{} ends well:\n{}", name(program), String::from_utf8_lossy(&ran.stderr));
        let mut numbers = summary.split(' ').map(|number| number.parse::<u64>().unwrap_or(0));
        sequences += numbers.next().unwrap_or(0);
        assert!(numbers.next().is_some_and(|records| records > 0), "{} leaves records: {summary}", name(program));
        reports.push_str(differences);
    }
    assert!(reports.is_empty(), "the executors differ:\n{reports}");
    assert_eq!(sequences, count * SEQUENCES, "every sequence was run");
}

fn chosen() -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("EVENTFLOW_DIFFERENTIAL") else { return SYSTEMS };
    let bounds = text.split_once("..").and_then(|(first, last)| Some(first.parse().ok()?..last.parse().ok()?));
    bounds.expect("EVENTFLOW_DIFFERENTIAL is a range: 0..200")
}

fn name(program: usize) -> String {
    format!("differential_{program}")
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the temporary directory lies in the target directory")
}

/// Writes a package of its own, whose dependencies are built as those of this workspace are, and so only once.
fn write_package(package: &Path, systems: std::ops::Range<u64>) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tests.parent().expect("the package lies in the workspace");
    let manifest = format!(
        "[package]\nname = \"differential\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\neventflow = {{ path = {:?}, features = [\"engine\"] }}\neventflow-tests = {{ path = {:?} }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\nincremental = false\n\n\
         [profile.dev.package.differential]\ndebug = false\n",
        root.join("runtime-support"),
        tests,
    );
    let programs = package.join("src").join("bin");
    fs::create_dir_all(&programs).expect("the package's folder");
    fs::write(package.join("Cargo.toml"), manifest).expect("the manifest");
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock")).expect("the lock file");
    let mut texts = vec![String::from("#![allow(warnings)]\n"); PROGRAMS];
    let mut tables = vec![String::new(); PROGRAMS];
    for (place, number) in systems.enumerate() {
        let compiled = compile(&file_name(number), &random::system(number)).expect("a random system compiles");
        let module = format!("system_{number}");
        texts[place % PROGRAMS].push_str(&generated::module(&module, &compiled).expect("Rust for a random system"));
        writeln!(tables[place % PROGRAMS], "        ({number}, {module}::machines),")
            .expect("a string takes everything");
    }
    for (program, (mut text, table)) in texts.into_iter().zip(tables).enumerate() {
        write!(text, "{}", main_function(&table)).expect("a string takes everything");
        fs::write(programs.join(format!("{}.rs", name(program))), text).expect("a program");
    }
}

fn main_function(table: &str) -> String {
    format!(
        "fn main() {{
    // What user code panics with is part of the game; any other panic is not, and is shown.
    let shown = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {{
        if !panic.to_string().contains(\"it fell off the desk\") {{
            shown(panic);
        }}
    }}));
    let systems: Vec<eventflow_tests::differential::Generated> = vec![
{table}    ];
    let outcome = eventflow_tests::differential::compare(&systems);
    println!(\"{{}} {{}}\", outcome.sequences, outcome.records);
    for difference in outcome.differences {{
        println!(\"{{difference}}\");
    }}
}}
"
    )
}

fn build(package: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--offline", "--quiet", "--manifest-path"])
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target())
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "generated code compiles:\n{}", String::from_utf8_lossy(&built.stderr));
}
