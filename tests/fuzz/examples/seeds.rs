//! Writes all flows of the repository into a folder, each as one input: the files, the blocks of pages, the examples of
//! the explanations, the cases of tests, some random systems. `cargo run --example seeds FOLDER`, in this folder.

use std::fs;
use std::path::{Path, PathBuf};

use eventflow_tests::random;

fn main() {
    let target = std::env::args().nth(1).expect("the first argument is the folder to write to");
    fs::create_dir_all(&target).expect("the folder can be made");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut inputs = Vec::new();
    for path in files(&root) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("flow") if text.starts_with("// fails: ") => inputs.extend(cases(&text)),
            Some("flow") => inputs.push(named(&path, &text)),
            Some("md") => inputs.extend(blocks(&text)),
            Some("txt") => inputs.extend(text.split("=====\n").map(str::to_owned)),
            Some(_) | None => {}
        }
    }
    inputs.extend((0..12).map(random::system));
    for (number, input) in inputs.iter().filter(|input| input.len() < 8000).enumerate() {
        fs::write(Path::new(&target).join(format!("seed_{number:04}")), input).expect("a seed can be written");
    }
}

/// The cases of a code, each as a project of its own.
fn cases(text: &str) -> Vec<String> {
    let begins = |line: &str| line.starts_with("// fails: ") || line.starts_with("// fine: ");
    let mut cases: Vec<String> = Vec::new();
    for line in text.lines() {
        if begins(line) {
            cases.push(String::new());
        } else if let Some(case) = cases.last_mut() {
            case.push_str(&format!("{line}\n"));
        }
    }
    cases
}

/// A text under its name: what is no flow file says so.
fn named(path: &Path, text: &str) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.ends_with(".test.flow") || name.ends_with(".states.flow") {
        format!("// file: {name}\n{text}")
    } else {
        text.to_owned()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "corpus" && !name.starts_with('.') {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The blocks of a page that are flows; what stands in a handler, in one.
fn blocks(page: &str) -> Vec<String> {
    let mut fences = page.split("```").skip(1);
    let mut found = Vec::new();
    while let (Some(block), Some(_)) = (fences.next(), fences.next()) {
        let Some((words, text)) = block.split_once('\n') else { continue };
        if words.starts_with("flow statements") {
            let body: String = text.lines().map(|line| format!("    {line}\n")).collect();
            found.push(format!("machine: @order\n\n  on :go from @customer (api)\n{body}"));
        } else if words.starts_with("flow") && text.starts_with("test:") {
            found.push(format!("// file: order.test.flow\n{text}"));
        } else if words.starts_with("flow") {
            found.push(text.to_owned());
        }
    }
    found
}
