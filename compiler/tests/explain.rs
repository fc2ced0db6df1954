//! Compiles the examples of every page in `explain/`: the one that fails must fail with the page's code, the fixed one must not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eventflowc::codes::ENTRIES;
use eventflowc::driver::{self, Request};
use eventflowc::load::Disk;
use eventflowc::render_diagnostic::short;

/// Codes whose page has no flow that fails: EF0702 is a defect of the generator, and no text is known that the parser lets
/// through as far as EF0307 and EF0308, which guard the stage behind it.
const WITHOUT_EXAMPLE: &[&str] = &["EF0307", "EF0308", "EF0702"];

#[test]
fn every_page_tells_what_fails_and_what_does_not() {
    let mut wrong = Vec::new();
    for entry in ENTRIES.iter().filter(|entry| !WITHOUT_EXAMPLE.contains(&entry.code)) {
        let (fails, fixed) = examples(entry.page).unwrap_or_else(|| panic!("{} has two examples", entry.code));
        let found = findings(fails);
        if !found.iter().any(|line| line.contains(&format!("[{}]", entry.code))) {
            wrong.push(format!("{}: the failing example gives {found:#?}", entry.code));
        }
        if let Some(error) = found.iter().find(|line| line.contains("error[") && !line.contains(entry.code)) {
            wrong.push(format!("{}: the failing example fails otherwise too: {error}", entry.code));
        }
        let found = findings(fixed);
        if found.iter().any(|line| line.contains(entry.code) || line.contains("error[")) {
            wrong.push(format!("{}: the fixed example gives {found:#?}", entry.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_code_of_the_catalog_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut written = BTreeSet::new();
    for file in files(&folder.join("src")) {
        let text = fs::read_to_string(&file).expect("sources are text");
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, opening) in text.match_indices("Code(\"") {
            written.insert(text[at + opening.len()..].chars().take_while(|mark| *mark != '"').collect::<String>());
        }
    }
    assert!(written.len() > 30, "the codes were found");
    let registered: BTreeSet<String> = ENTRIES.iter().map(|entry| entry.code.to_owned()).collect();
    let missing: Vec<_> = written.difference(&registered).collect();
    assert!(missing.is_empty(), "not in the register: {missing:?}");
    let unused: Vec<_> = registered.difference(&written).collect();
    assert!(unused.is_empty(), "in the register and nowhere else: {unused:?}");
    let pages: BTreeSet<String> = files(&folder.join("explain"))
        .iter()
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(pages, registered, "pages and register");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a readable folder").map(|entry| entry.expect("a readable entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The example that fails and the one that is fixed.
fn examples(page: &str) -> Option<(&str, &str)> {
    let block = |text: &'static str| {
        let (_, after) = page.split_once(text)?;
        let (_, block) = after.split_once("```")?;
        Some(block.split_once("\n```")?.0)
    };
    Some((block("\nFails:\n")?, block("\nFixed:\n")?))
}

/// What is found in an example, one line each.
fn findings(example: &str) -> Vec<String> {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let folder = outside.path().join("project");
    fs::create_dir(&folder).expect("a folder can be made");
    let (language, text) = example.split_once('\n').expect("a block has a language");
    let whole = match language.trim() {
        "toml" => format!("// file: eventflow.toml\n{text}\n// file: system.flow\n{ANY_FLOW}"),
        _ if text.contains("// file: ") => text.to_owned(),
        _ => format!("// file: system.flow\n{text}"),
    };
    for part in whole.split("// file: ").skip(1) {
        let (name, text) = part.split_once('\n').expect("a name and a text");
        fs::write(folder.join(name.trim()), expanded(text)).expect("a file can be written");
    }
    let request = Request { root: Some(folder.join("system.flow")), ..Request::default() };
    let mut compilation = driver::compile(&request, &Disk).expect("a root is named");
    compilation.generate();
    compilation.findings().iter().map(|finding| short(finding, &compilation.sources)).collect()
}

const ANY_FLOW: &str = "machine: @order\n\non :place from @customer (api)\n  order moves to #placed\n";

/// Replaces `{U+0009}` by that character, `{U+FFFE}` by bytes that are no text, and `{3×x}` by `xxx`.
fn expanded(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.extend(before.bytes());
        let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
        if inside == "U+FFFE" {
            out.push(0xff);
        } else if let Some(number) = inside.strip_prefix("U+") {
            let number = u32::from_str_radix(number, 16).expect("a number in hexadecimal");
            out.extend(char::from_u32(number).expect("a character").to_string().bytes());
        } else if let Some((count, what)) = inside.split_once('×') {
            out.extend(what.repeat(count.parse().expect("a number")).bytes());
        } else {
            out.push(b'{');
            rest = after;
            continue;
        }
        rest = behind;
    }
    out.extend(rest.bytes());
    out
}
