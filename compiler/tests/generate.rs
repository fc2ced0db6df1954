//! From flows to Rust: each folder of `golden/` holds flows and the modules that are generated from them. The modules are
//! compiled, and run, by `tests/tests/generated.rs`.

use eventflowc::driver::{Request, compile};
use eventflowc::load::Memory;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The texts of a folder whose names end in one of `extensions`, by name.
fn texts(folder: &Path, extensions: &[&str]) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if extensions.iter().any(|extension| path.extension() == Some(OsStr::new(extension))) {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            texts.insert(name, fs::read_to_string(&path).expect("a text"));
        }
    }
    texts
}

/// The modules that are generated from the flows of a folder, by the names of their files.
fn generated(folder: &Path, root: &str) -> BTreeMap<String, String> {
    let mut files = Memory::new();
    for (name, text) in texts(folder, &["flow", "toml"]) {
        files = files.with(name, text);
    }
    let request = Request { root: Some(root.into()), ..Request::default() };
    let mut compilation = compile(&request, &files).expect("a root is named");
    assert!(compilation.findings().is_empty(), "{:#?}", compilation.findings());
    let modules = compilation.generate().expect("the flow has no errors");
    modules.into_iter().map(|module| (format!("{}.rs", module.name), module.text)).collect()
}

fn compare(case: &str, root: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case);
    let generated = generated(&folder, root);
    if std::env::var_os("EVENTFLOW_UPDATE").is_some() {
        for name in texts(&folder, &["rs"]).keys() {
            fs::remove_file(folder.join(name)).expect("the golden file can be removed");
        }
        for (name, text) in &generated {
            fs::write(folder.join(name), text).expect("the golden file can be written");
        }
    }
    let expected = texts(&folder, &["rs"]);
    assert_eq!(generated.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, text) in &generated {
        assert!(*text == expected[name], "run the test again with EVENTFLOW_UPDATE=1 and read the difference:\n{text}");
        assert!(!text.contains("allow("), "{name}");
    }
}

#[test]
fn a_machine_that_is_all_in_its_flow() {
    compare("door", "door.flow");
}

#[test]
fn a_machine_that_waits_calls_and_answers() {
    compare("order", "order.flow");
}

#[test]
fn a_system_of_machines_with_code_that_does_not_wait() {
    compare("parcels", "system.flow");
}

#[test]
fn every_folder_has_its_test() {
    let mut cases = Vec::new();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).expect("the folder is there") {
        cases.push(entry.expect("the folder can be read").file_name());
    }
    cases.sort();
    assert_eq!(cases, ["door", "order", "parcels"]);
}
