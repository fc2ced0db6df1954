//! What a user's build script compiles: few crates, one `syn`, and nothing that needs a C compiler.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The crates below a package, itself included, as `name version`.
fn tree(package: &str, features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(["tree", "--locked", "--package", package, "--no-default-features"])
        .args(["--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(["--features", &features.join(",")])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo tree failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some(format!("{} {}", words.next()?, words.next()?))
        })
        .collect()
}

fn names(crates: &BTreeSet<String>) -> BTreeSet<&str> {
    crates.iter().filter_map(|name| name.split(' ').next()).collect()
}

#[test]
fn the_compiler_is_at_most_forty_crates_and_needs_no_c_compiler() {
    let crates = tree("eventflowc", &[]);
    assert!(crates.len() <= 40, "{} crates: {crates:#?}", crates.len());
    assert_eq!(crates.iter().filter(|name| name.starts_with("syn ")).count(), 1, "{crates:#?}");
    let builds_c = ["cc", "cmake", "bindgen", "pkg-config", "autotools"];
    let found: Vec<_> = names(&crates).into_iter().filter(|name| builds_c.contains(name)).collect();
    assert!(found.is_empty(), "needs a C compiler: {found:?}");
}

#[test]
fn a_build_script_never_compiles_the_command_or_the_runtime() {
    let crates = tree("eventflowc", &["cargo"]);
    let heavy = ["clap", "tokio", "askama", "rusqlite", "axum", "eventflow"];
    let found: Vec<_> = names(&crates).into_iter().filter(|name| heavy.contains(name)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn the_core_of_the_runtime_has_no_proc_macro() {
    let crates = tree("eventflow", &[]);
    let found: Vec<_> =
        names(&crates).into_iter().filter(|name| ["syn", "quote", "proc-macro2"].contains(name)).collect();
    assert!(found.is_empty(), "{found:?}");
    assert!(crates.len() <= 12, "{crates:#?}");
}
