//! What generated code guarantees, shown on every flow of this repository: it is free of warnings under strict lints, in
//! every edition, without the prelude and in any module; it brings no attribute that would be a way around that; it is the
//! same whoever generates it.
#![deny(warnings, missing_docs)]

use eventflow_tests::repository::{Generated, generated, root};
use eventflowc::driver::{self, FileNames, Request, Tests};
use eventflowc::load::Disk;
use eventflowc::output::OutputFile;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What an attribute of generated code may be.
const ATTRIBUTES: [&str; 5] = ["derive", "doc", "inline", "must_use", "rustfmt"];
/// What it may derive: nothing but what the language itself derives.
const DERIVES: [&str; 9] = ["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];
/// The macros that it may call, all of them of the standard library.
const MACROS: [&str; 3] = ["::core::assert", "::core::matches", "::std::vec"];

/// What is wrong with the lines of a module. Generated text is laid out, so that lines show everything.
fn loose(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in text.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        let attribute = line.strip_prefix('#').map(|rest| rest.trim_start_matches(['!', '[']));
        let name =
            attribute.and_then(|rest| rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next());
        if name.is_some_and(|name| !ATTRIBUTES.contains(&name)) || line.starts_with("#!") {
            wrong.push(format!("has an attribute: {line}"));
        }
        if let Some(derived) = line.strip_prefix("#[derive(") {
            let derived = derived.trim_end_matches(")]").split(',').map(str::trim);
            wrong.extend(derived.filter(|of| !DERIVES.contains(of)).map(|of| format!("derives `{of}`")));
        }
        for (at, _) in line.match_indices('!').filter(|(at, _)| line[at + 1..].starts_with(['(', '[', '{'])) {
            let before = &line[..at];
            let begins = before.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
            let path = &before[begins.map_or(0, |at| at + 1)..];
            if !path.is_empty() && !MACROS.contains(&path) {
                wrong.push(format!("calls a macro: {line}"));
            }
        }
        if line.starts_with("use ")
            || line.starts_with("pub use ")
            || line.contains("unsafe")
            || line.contains("allow(")
        {
            wrong.push(line.to_owned());
        }
    }
    wrong
}

#[test]
fn no_attribute_no_macro_and_no_import_is_a_way_around_strictness() {
    assert_eq!(
        loose("#[allow(dead_code)]\nfn a() {}"),
        ["has an attribute: #[allow(dead_code)]", "#[allow(dead_code)]"]
    );
    assert_eq!(loose("  #[derive(Clone, Serialize)]"), ["derives `Serialize`"]);
    assert_eq!(loose("let a = format!(\"\");"), ["calls a macro: let a = format!(\"\");"]);
    let here = root().to_string_lossy().into_owned();
    for Generated { place, modules, .. } in generated() {
        for module in modules {
            let wrong = loose(&module.text);
            assert!(wrong.is_empty(), "{place}, module `{}`: {wrong:#?}", module.name);
            assert!(!module.text.contains(&here), "{place}, module `{}` says where it was made", module.name);
        }
    }
}

/// The documented names of a module, with what their documentation says.
fn documented(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut documentation: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_start) {
        if let Some(said) = line.strip_prefix("///") {
            documentation.push(said);
        } else if !line.starts_with("#[") && !documentation.is_empty() {
            let mut names = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let name = names.find(|word| !word.is_empty() && !KEYWORDS.contains(word)).unwrap_or_default();
            found.push((name.to_owned(), documentation.join("\n")));
            documentation.clear();
        }
    }
    found
}

/// The words that stand before the name of an item.
const KEYWORDS: [&str; 12] =
    ["async", "const", "crate", "enum", "fn", "mod", "pub", "r", "struct", "super", "trait", "type"];

/// The words of a text in small letters, without those in parentheses, which say where.
fn words(text: &str) -> BTreeSet<String> {
    let mut plain = String::new();
    let mut depth = 0_usize;
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            _ if letter.is_uppercase() => plain.extend([' ', letter.to_ascii_lowercase()]),
            _ => plain.push(letter),
        }
    }
    plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn documentation_says_more_than_a_name() {
    let mut poor = Vec::new();
    for Generated { place, modules, .. } in generated() {
        for module in modules {
            // A handler is private; what stands above it is its line.
            let public = documented(&module.text).into_iter().filter(|(name, _)| !name.starts_with("on_"));
            let repeats = public.filter(|(name, text)| words(text).is_subset(&words(name)));
            poor.extend(repeats.map(|(name, text)| format!("{place}: `{name}` is documented as `{}`", text.trim())));
        }
    }
    assert!(poor.is_empty(), "{} times: {:#?}", poor.len(), &poor[..poor.len().min(40)]);
}

/// What pedants find and what stays: handlers are as long as they are in the flow, events are given away to be sent, a
/// table lists every case, functions of one kind have one form, a variable is read in one way, a place in a file is written
/// as compilers write it, and what a flow asks twice, or asks about what is not, is asked so.
const LEFT: [&str; 8] = [
    "too_many_lines",
    "needless_pass_by_value",
    "match_same_arms",
    "unnecessary_wraps",
    "option_as_ref_cloned",
    "doc_markdown",
    "if_not_else",
    "same_functions_in_if_condition",
];

/// Which part of the runtime a package has.
#[derive(Clone, Copy)]
enum Runtime {
    /// Machines and values alone.
    Core,
    /// The engine too.
    Whole,
}

/// Puts all modules into a package of one edition, under lints as strict as they come.
fn package(folder: &Path, (edition, part): (&str, Runtime), flows: &[Generated]) {
    let name = format!("edition-{edition}");
    let folder = folder.join(&name);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    let runtime = root().join("runtime-support");
    let default = matches!(part, Runtime::Whole);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
         [dependencies]\neventflow = {{ path = '{}', default-features = {default} }}\n",
        runtime.display()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a file can be written");
    let left: Vec<String> = LEFT.iter().map(|lint| format!("clippy::{lint}")).collect();
    let mut text = format!(
        "//! Generated modules.\n#![deny(warnings, missing_docs, clippy::all, clippy::pedantic)]\n#![allow({})]\n\
         #![forbid(unsafe_code)]\n/// Within another module.\npub mod deep {{\n/// And another.\n\
         #[no_implicit_prelude]\npub mod deeper {{\n",
        left.join(", ")
    );
    for (index, flow) in flows.iter().enumerate() {
        let _ = writeln!(text, "/// What became of `{}` in `{}`.\npub mod flow_{index} {{", flow.name, flow.place);
        for module in &flow.modules {
            let _ = writeln!(text, "/// {}\npub mod {} {{\n{}}}", module.about, module.name, module.text);
        }
        text.push_str("}\n");
    }
    text.push_str("}\n}\n");
    fs::write(folder.join("src/lib.rs"), text).expect("a file can be written");
}

#[test]
fn every_flow_is_free_of_warnings_in_every_edition_without_the_prelude_and_within_modules() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editions");
    let flows = generated();
    for edition in ["2021", "2024"] {
        package(&folder, (edition, Runtime::Whole), &flows);
    }
    lint(&folder, &["edition-2021", "edition-2024"]);
}

#[test]
fn what_stands_alone_needs_no_engine() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("alone");
    let mut flows = generated();
    flows.retain(|flow| flow.modules.len() == 2);
    assert!(flows.len() > 20, "machines that stand alone were found");
    package(&folder, ("2024", Runtime::Core), &flows);
    lint(&folder, &["edition-2024"]);
}

/// Makes a workspace of packages, and wants them free of warnings.
fn lint(folder: &Path, members: &[&str]) {
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    fs::write(folder.join("Cargo.toml"), workspace).expect("a file can be written");
    let output = Command::new(env!("CARGO"))
        .args(["clippy", "--quiet", "--offline", "--workspace"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// The sources of a flow with many tests, as somebody checks them in who names it so.
fn checked_in(flow: &Path) -> Vec<OutputFile> {
    let request =
        Request { root: Some(flow.to_owned()), tests: Tests::Beside, names: FileNames::Lasting, ..Request::default() };
    let mut compilation = driver::compile(&request, &Disk).expect("a root is named");
    let mut modules = compilation.generate().expect("the flow is fine");
    modules.extend(compilation.generate_tests());
    assert!(modules.iter().any(|module| module.name.ends_with("_tests")), "its tests are fine");
    eventflowc::package::folder(&modules, &compilation.origin)
}

#[test]
fn sources_and_their_tests_compile_in_a_crate_without_the_prelude() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checked-in");
    for file in checked_in(&root().join("examples/support_ticket/flows/system.flow")) {
        let place = folder.join("src/flows").join(file.path);
        fs::create_dir_all(place.parent().expect("it lies in a folder")).expect("a folder can be made");
        fs::write(place, file.text).expect("a file can be written");
    }
    let runtime = root().join("runtime-support");
    let manifest = format!(
        "[package]\nname = \"checked-in\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n\n\
         [dependencies]\neventflow = {{ path = '{0}' }}\n\n\
         [dev-dependencies]\neventflow = {{ path = '{0}', features = [\"test-kit\"] }}\n",
        runtime.display()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a file can be written");
    let library = "//! Checked in.\n#![no_implicit_prelude]\n#![deny(warnings, missing_docs, clippy::all)]\n\
                   #![forbid(unsafe_code)]\n\npub mod flows;\n";
    fs::write(folder.join("src/lib.rs"), library).expect("a file can be written");
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", folder.join("target"))
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo runs");
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "cargo {arguments:?}:\n{}", String::from_utf8_lossy(&said));
    };
    cargo(&["clippy", "--quiet", "--offline", "--all-targets"]);
    cargo(&["fmt", "--check"]);
}

#[test]
fn no_generated_text_tells_where_it_was_made() {
    let flow = "examples/support_ticket/flows/system.flow";
    let absolute = checked_in(&root().join(flow));
    let home = root().to_string_lossy().replace('\\', "/");
    for file in &absolute {
        assert!(!file.text.contains(&home), "`{}` says where the flow lies", file.path.display());
    }
    assert!(absolute == checked_in(&Path::new("..").join(flow)), "the flow is named from where somebody stands");
}
