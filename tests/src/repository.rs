//! The flows of this repository, and what they compile to.

use eventflowc::driver::{self, Request};
use eventflowc::load::{Disk, Files, Memory};
use eventflowc::render::Module;
use eventflowc::render_diagnostic::short;
use std::fs;
use std::path::{Path, PathBuf};

/// A flow, compiled.
pub struct Generated {
    /// Where the flow stands in the repository.
    pub place: String,
    /// The name of its system.
    pub name: String,
    /// Its modules: one for each machine, and that of the system.
    pub modules: Vec<Module>,
}

/// The folder of the repository.
///
/// # Panics
/// If the tests stand somewhere else.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_owned()
}

/// Every flow of the repository, compiled: of the examples, the tests, new projects, and the pages. A machine of a system is
/// compiled with its system, and alone if it can stand alone.
///
/// # Panics
/// If one of them does not compile.
#[must_use]
pub fn generated() -> Vec<Generated> {
    let mut all = Vec::new();
    for path in files(&root()) {
        let place = path.strip_prefix(root()).expect("it was found there").to_string_lossy().into_owned();
        let name = path.file_name().expect("it is a file").to_string_lossy().into_owned();
        if let Some(flow) = name.strip_suffix(".jinja") {
            let text = fs::read_to_string(&path).expect("a template is text");
            all.push(whole(&place, flow, &Memory::new().with(flow, text)));
        } else if name.ends_with(".md") {
            let page = fs::read_to_string(&path).expect("a page is text");
            for (index, text) in blocks(&page).into_iter().enumerate() {
                let memory = Memory::new().with("page.flow", text);
                all.push(whole(&format!("{place}, block {}", index + 1), "page.flow", &memory));
            }
        } else {
            let part = name != "system.flow" && path.with_file_name("system.flow").exists();
            let flow = path.to_string_lossy();
            if part { all.extend(compile(&place, &flow, &Disk)) } else { all.push(whole(&place, &flow, &Disk)) }
        }
    }
    all
}

/// The flows, and the pages with flows in them; tests and declared states are no flows.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            // The flows of explanations and of the tests of diagnostics and grammar are wrong, as they are meant to be.
            if !["target", "explain", "diagnostics", "grammar"].contains(&name.as_str()) && !name.starts_with('.') {
                found.extend(files(&path));
            }
        } else if (name.ends_with(".flow") || name.ends_with(".flow.jinja") || name.ends_with(".md"))
            && !name.contains(".test.flow")
            && !name.contains(".states.flow")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The blocks of a page that are whole flows.
fn blocks(page: &str) -> Vec<&str> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix("flow\n")).collect()
}

fn whole(place: &str, flow: &str, files: &dyn Files) -> Generated {
    compile(place, flow, files).unwrap_or_else(|errors| panic!("{place} does not compile:\n{errors}"))
}

fn compile(place: &str, flow: &str, files: &dyn Files) -> Result<Generated, String> {
    let request = Request { root: Some(PathBuf::from(flow)), ..Request::default() };
    let mut compilation = driver::compile(&request, files).expect("a root is named");
    let modules = compilation.generate();
    let name = compilation.resolved.as_ref().map(|resolved| resolved.system.name.clone()).unwrap_or_default();
    let errors = || -> String {
        compilation.findings().iter().map(|finding| short(finding, &compilation.sources) + "\n").collect()
    };
    Ok(Generated { place: place.to_owned(), name, modules: modules.ok_or_else(errors)? })
}
