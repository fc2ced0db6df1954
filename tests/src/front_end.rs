//! What the compiler promises for any input whatever. The fuzz targets look for inputs that break a promise, and a test
//! holds it to the ones that were found.
//!
//! An input is one file, or several in one text: each begins behind a line `// file: NAME`, and the first is the root.

use eventflowc::ast::FileKind;
use eventflowc::codes;
use eventflowc::diagnostic::{Diagnostic, Diagnostics, Severity};
use eventflowc::driver::{Compilation, Request, compile};
use eventflowc::load::Memory;
use eventflowc::parse::parse;
use eventflowc::render_diagnostic::{Colors, human, json, short};
use eventflowc::source::Sources;

/// The code of a defect in the generator: no input may bring it about.
const GENERATED_NO_RUST: &str = "EF0702";

const MARK: &str = "// file: ";
const ROOT: &str = "system.flow";

/// The files that an input consists of, the root first.
#[must_use]
pub fn files(input: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Ok(text) = std::str::from_utf8(input) else { return vec![(ROOT.to_owned(), input.to_vec())] };
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(MARK).map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => files.push((name.to_owned(), Vec::new())),
            None => {
                if files.is_empty() {
                    files.push((ROOT.to_owned(), Vec::new()));
                }
                files.last_mut().expect("there is one now").1.extend(line.bytes());
            }
        }
    }
    if files.is_empty() { vec![(ROOT.to_owned(), Vec::new())] } else { files }
}

/// Compiles an input to the end.
///
/// # Panics
/// If a promise is broken: a finding about no place of the texts, a generated module that is no Rust, nothing generated
/// and no error that says why.
pub fn compiles(input: &[u8]) {
    let files = files(input);
    for (name, bytes) in &files {
        if let Ok(text) = std::str::from_utf8(bytes) {
            parses(text, FileKind::of_name(name));
        }
    }
    let memory = files.iter().rev().fold(Memory::new(), |memory, (name, bytes)| memory.with(name, bytes.clone()));
    let request = Request { root: files.first().map(|(name, _)| name.into()), ..Request::default() };
    let mut compilation = compile(&request, &memory).expect("a root is named");
    let modules = compilation.generate();
    are_well_formed(&compilation.findings(), &compilation.sources);
    let Some(modules) = modules else {
        assert!(compilation.failed(), "nothing was generated, and no error says why");
        return;
    };
    for module in modules {
        if let Err(error) = syn::parse_file(&module.text) {
            panic!("module `{}` is no Rust: {error}\n{}", module.name, module.text);
        }
    }
    means_something(&compilation);
}

fn parses(text: &str, kind: FileKind) {
    let (mut sources, mut diagnostics) = (Sources::new(), Diagnostics::new());
    let file = parse(sources.add("a.flow", text), text, kind, &mut diagnostics);
    are_well_formed(&diagnostics.into_sorted(), &sources);
    serde_json::to_string(&file).expect("a tree is data");
}

/// The meaning of what compiles is data, and is found again.
fn means_something(compilation: &Compilation) {
    let resolved = compilation.resolved.as_ref().expect("what was generated has a meaning");
    serde_json::to_string(&resolved.system).expect("the meaning is data");
}

/// Holds findings to their form: a known code, places that exist, an order, and words that can be shown.
fn are_well_formed(findings: &[Diagnostic], sources: &Sources) {
    for finding in findings {
        let code = finding.code.as_str();
        assert!(codes::find(code).is_some(), "{code} is not in the register");
        assert_ne!(code, GENERATED_NO_RUST, "{finding:#?}");
        assert!(!finding.message.is_empty(), "{finding:?}");
        for label in &finding.labels {
            let text = sources.get(label.span.file).map(eventflowc::source::Source::text);
            assert!(text.is_some_and(|text| text.get(label.span.range()).is_some()), "no such place: {finding:#?}");
        }
        for shown in [human(finding, sources, Colors::None), short(finding, sources), json(finding, sources)] {
            assert!(shown.contains(code), "{shown}");
        }
    }
    let places: Vec<_> =
        findings.iter().map(|finding| finding.primary().map(|label| (label.span.file, label.span.start))).collect();
    assert!(places.is_sorted(), "findings come in source order: {places:?}");
    for (position, finding) in findings.iter().enumerate() {
        let said_before = findings[..position].contains(finding);
        assert!(!said_before || finding.severity == Severity::Warning, "said twice: {finding:#?}");
    }
}

/// Formats every file of an input.
///
/// # Panics
/// If a promise of [`crate::formatting`] is broken.
pub fn formats(input: &[u8]) {
    for (name, bytes) in files(input) {
        if let Ok(text) = std::str::from_utf8(&bytes) {
            crate::formatting::keeps_its_promises(&name, text, FileKind::of_name(&name));
        }
    }
}
