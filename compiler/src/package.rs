//! A generated crate as a whole: its modules, its `lib.rs`, and what its manifest has to say.
//!
//! The text of the manifest is made by whoever writes the crate: it is for people, who may want it otherwise.

mod cache;
#[cfg(feature = "cargo")]
mod surroundings;

pub use cache::stamp_place;
#[cfg(feature = "cargo")]
pub use surroundings::{Surroundings, SurroundingsError, surroundings};

use crate::output::{MARK, OutputFile};
use crate::render::{Module, Part};
use std::fmt::Write as _;
use std::path::PathBuf;

/// What the manifest of a generated crate has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The package's name.
    pub name: String,
    /// What it is, in a sentence.
    pub description: String,
    /// The mark that must stand in its first line, behind `# `.
    pub mark: String,
    /// Where the runtime crate comes from.
    pub runtime: Runtime,
    /// Whether the crate is a workspace of its own, because it lies in one that does not know it.
    pub own_workspace: bool,
}

/// Where the runtime crate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// From the registry.
    Version(String),
    /// From a folder: relative to the crate if both lie in one workspace.
    Path(String),
}

impl Runtime {
    /// The release that this compiler belongs to.
    #[must_use]
    pub fn published() -> Self {
        Self::Version(env!("CARGO_PKG_VERSION").to_owned())
    }
}

/// The files of a crate. `root` is the flow that it comes from, as the user names it.
pub fn files(
    modules: &[Module],
    manifest: &Manifest,
    root: &str,
    write_manifest: impl FnOnce(&Manifest) -> String,
) -> Vec<OutputFile> {
    let mut files = vec![
        OutputFile { path: PathBuf::from("Cargo.toml"), text: write_manifest(manifest) },
        OutputFile { path: PathBuf::from("src/lib.rs"), text: library(modules, &manifest.description, root) },
    ];
    files.extend(modules.iter().map(|module| {
        let path = PathBuf::from("src").join(format!("{}.rs", file_stem(module)));
        OutputFile { path, text: module.text.clone() }
    }));
    files
}

/// The files of a folder of checked-in modules: `mod.rs`, so that the folder can stand anywhere in a crate.
#[must_use]
pub fn folder(modules: &[Module], root: &str) -> Vec<OutputFile> {
    let mut text = first_line(root);
    text.push_str("//! What is generated from the flow: a module for each machine, and one for the system.\n");
    declare(modules, &mut text);
    let mut files = vec![OutputFile { path: PathBuf::from("mod.rs"), text }];
    files.extend(modules.iter().map(|module| {
        let path = PathBuf::from(format!("{}.rs", file_stem(module)));
        OutputFile { path, text: module.text.clone() }
    }));
    files
}

/// All modules in one file, for `include!`.
#[must_use]
pub fn single(modules: &[Module], name: &str, root: &str) -> OutputFile {
    let mut text = first_line(root);
    for module in modules {
        let head = head(module);
        write!(text, "\n{head}pub mod {} {{\n", module.name).expect("a string takes it");
        text.push_str(&module.text);
        text.push_str("}\n");
    }
    OutputFile { path: single_path(name), text }
}

/// The place of all modules in one file.
#[must_use]
pub(crate) fn single_path(name: &str) -> PathBuf {
    PathBuf::from(format!("{name}.rs"))
}

fn library(modules: &[Module], about: &str, root: &str) -> String {
    let mut text = first_line(root);
    for line in about.lines() {
        writeln!(text, "//! {line}").expect("a string takes it");
    }
    text.push_str("\n#![forbid(unsafe_code)]\n");
    declare(modules, &mut text);
    text
}

/// Keeps formatters away from a module. `#[rustfmt::skip]` alone is an error where the user's crate has no prelude, and so it
/// is only there when a formatter reads it; clippy wants `cfg(rustfmt)` gone, but not in this form.
const AS_IT_IS: &str = "#[cfg_attr(any(rustfmt), rustfmt::skip)]";

fn declare(modules: &[Module], text: &mut String) {
    for module in modules {
        let head = head(module);
        write!(text, "\n{head}{AS_IT_IS}\npub mod {};\n", module.name).expect("a string takes it");
    }
}

/// What stands above a module.
fn head(module: &Module) -> String {
    let mut head: String = module.about.lines().map(|line| format!("/// {line}\n")).collect();
    match module.part {
        Part::Program => {}
        Part::Tests => head.push_str("#[cfg(test)]\n"),
    }
    head
}

fn first_line(root: &str) -> String {
    format!("// {MARK} {} from {root}. Do not edit.\n", env!("CARGO_PKG_VERSION"))
}

/// The file of a module: `mod r#type;` is looked for in `type.rs`.
fn file_stem(module: &Module) -> &str {
    module.name.strip_prefix("r#").unwrap_or(&module.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn modules() -> Vec<Module> {
        let module = |name: &str| Module {
            name: name.to_owned(),
            about: format!("The machine `@{name}`."),
            text: "// Generated by eventflowc.\n/// It.\npub struct It;\n".to_owned(),
            part: Part::Program,
        };
        vec![module("order"), module("r#type")]
    }

    fn text<'a>(files: &'a [OutputFile], path: &str) -> &'a str {
        &files.iter().find(|file| file.path == Path::new(path)).expect("it is among them").text
    }

    #[test]
    fn a_crate_has_a_manifest_a_root_and_a_file_for_each_module() {
        let manifest = Manifest {
            name: "shop".to_owned(),
            description: "A shop.".to_owned(),
            mark: MARK.to_owned(),
            runtime: Runtime::published(),
            own_workspace: false,
        };
        let files = files(&modules(), &manifest, "shop.flow", |manifest| format!("# {}\n", manifest.mark));
        let paths: Vec<_> = files.iter().map(|file| file.path.to_string_lossy().replace('\\', "/")).collect();
        assert_eq!(paths, ["Cargo.toml", "src/lib.rs", "src/order.rs", "src/type.rs"]);
        assert_eq!(text(&files, "Cargo.toml"), format!("# {MARK}\n"));
        let library = text(&files, "src/lib.rs");
        assert!(library.starts_with(&format!("// {MARK} ")), "{library}");
        assert!(library.contains("//! A shop.\n") && library.contains("pub mod r#type;\n"), "{library}");
        syn::parse_file(library).expect("it is Rust");
    }

    #[test]
    fn a_folder_and_a_single_file_hold_the_same_modules() {
        let folder = folder(&modules(), "shop.flow");
        assert_eq!(text(&folder, "type.rs"), modules()[1].text);
        syn::parse_file(text(&folder, "mod.rs")).expect("it is Rust");
        let single = single(&modules(), "shop", "shop.flow");
        assert_eq!(single.path, PathBuf::from("shop.rs"));
        let parsed = syn::parse_file(&single.text).expect("it is Rust");
        let inside =
            parsed.items.iter().filter(|item| matches!(item, syn::Item::Mod(inside) if inside.content.is_some()));
        assert_eq!(inside.count(), 2);
    }
}
