//! A whole compilation: from the project file and a root flow to findings and generated modules.
//!
//! It knows nothing of Cargo, prints nothing and writes nothing. Build scripts, the command and tests stand on it.

mod locate;
mod sentences;
mod test_files;

use std::path::{Path, PathBuf};

use crate::ast;
use crate::check::{Known, check, compare_facts};
use crate::codes;
use crate::diagnostic::{Diagnostic, Diagnostics, Settled, Severity};
use crate::levels::{Asked, Levels};
use crate::load::{self, Files, Loaded};
use crate::parse::parse;
use crate::plan::{self, Plan};
use crate::project::Sentences;
use crate::render::{Module, render, render_tests};
use crate::render_diagnostic::short;
use crate::resolve::{self, Resolved};
use crate::source::Sources;
use crate::test_plan::{self, TestPlan};

pub use test_files::Tests;

/// What to compile, as the caller says it. What is left open here, the project file says; what it says too, is settled here.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The folder that the caller stands in; a project file is looked for from here on upwards if no root is named.
    pub folder: PathBuf,
    /// The root flow.
    pub root: Option<PathBuf>,
    /// How seriously warnings are taken.
    pub levels: Levels,
    /// Which sentences wait.
    pub sentences: Sentences,
    /// Which tests are looked at.
    pub tests: Tests,
    /// How the places of tests name files.
    pub names: FileNames,
    /// Whether facts of states are looked at.
    pub facts: Facts,
}

/// How the places of tests name files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FileNames {
    /// As the caller named the root flow: for reports, which he reads where he stands.
    #[default]
    Called,
    /// The same wherever the project lies: for generated text.
    Lasting,
}

/// Whether what declarations of states say is compared with what the flow does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Facts {
    /// It is not: what is said of a state keeps nobody from building.
    #[default]
    Ignored,
    /// It is.
    Compared,
}

/// There is nothing to compile: the caller names no flow, and no project file does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoRoot {
    /// The project file that names none, if there is one.
    pub project_file: Option<PathBuf>,
}

/// Everything that is known about a flow.
#[derive(Debug)]
pub struct Compilation {
    /// The texts that were read.
    pub sources: Sources,
    /// The root flow.
    pub root: PathBuf,
    /// How generated text names the root flow: it is the same wherever the project lies.
    pub origin: String,
    /// The folder that the project writes generated crates to.
    pub out: Option<PathBuf>,
    /// The flows that were read, as they are written.
    pub files: Vec<ast::File>,
    /// The test files that were read, as they are written.
    pub test_files: Vec<ast::File>,
    /// What it means; none if that could not be found out.
    pub resolved: Option<Resolved>,
    /// Every path that was read or looked for: when one of them changes, the result may.
    pub watched: Vec<PathBuf>,
    diagnostics: Diagnostics,
    /// The tests with which nothing is wrong.
    tests: Option<TestPlan>,
    /// What is wrong with tests: it never keeps a flow from being built.
    of_tests: Diagnostics,
    asked: Asked,
    levels: Levels,
    chosen: sentences::Chosen,
    of_project: locate::OfProject,
}

/// Compiles several root flows with the same settings, as [`compile`] does one. What is said of a machine that one of them
/// lacks may be about another.
pub fn compile_together(roots: &[PathBuf], settings: &Request, files: &dyn Files) -> Vec<Compilation> {
    let compile_one = |root: &PathBuf| {
        let request = Request { root: Some(root.clone()), ..settings.clone() };
        understood(&request, files).expect("the request names a root flow")
    };
    let mut compilations: Vec<_> = roots.iter().map(compile_one).collect();
    sentences::judge_machines(&mut compilations);
    compilations
}

/// Reads a flow and all that belongs to it, and finds out what it means and what is wrong with it.
///
/// # Errors
/// If nobody says which flow.
pub fn compile(request: &Request, files: &dyn Files) -> Result<Compilation, NoRoot> {
    let mut compilation = understood(request, files)?;
    sentences::judge_machines(std::slice::from_mut(&mut compilation));
    Ok(compilation)
}

/// Compiles a flow, before anything is known of those that are compiled together with it.
fn understood(request: &Request, files: &dyn Files) -> Result<Compilation, NoRoot> {
    let mut sources = Sources::new();
    let mut diagnostics = Diagnostics::new();
    let located = locate::locate(request, files, &mut sources, &mut diagnostics);
    let root = located.root.ok_or(NoRoot { project_file: located.project_file })?;
    let mut levels = located.project.levels;
    levels.extend(&request.levels);
    let chosen = sentences::Chosen::settle(&located.project.sentences, &request.sentences, &mut diagnostics);
    let mut of_flows = Diagnostics::new();
    let read = |file, kind, text: &str, diagnostics: &mut Diagnostics| parse(file, text, kind, diagnostics);
    let loaded = load::load(&root, files, &read, &mut sources, &mut of_flows);
    let resolved = understand(&loaded, &sources, &chosen.options(), &mut of_flows);
    diagnostics.append(of_flows);
    if let Some(resolved) = resolved.as_ref().filter(|_| request.facts == Facts::Compared) {
        compare_facts(&resolved.system, &resolved.origins, &resolved.facts, &mut diagnostics);
    }
    if let Some(resolved) = &resolved {
        chosen.judge(&resolved.system, &mut diagnostics);
    }
    let mut watched = located.watched;
    watched.extend_from_slice(&loaded.looked_for);
    let mut of_tests = Diagnostics::new();
    let mut reader =
        test_files::Reader { folder: &request.folder, files, sources: &mut sources, diagnostics: &mut of_tests };
    let test_files = test_files::read(&request.tests, &loaded.files, &mut reader, &mut watched);
    let tests = match (&request.tests, &resolved) {
        (Tests::Ignored, _) | (_, None) => None,
        (Tests::Beside | Tests::Of(_), Some(resolved)) => {
            let named = |name: &str| match request.names {
                FileNames::Called => name.to_owned(),
                FileNames::Lasting => load::origin(Path::new(name), files),
            };
            let unit = test_plan::Unit { loaded: &loaded, system: &resolved.system, sources: &sources, named: &named };
            Some(test_plan::lower(unit, &test_files, &mut of_tests))
        }
    };
    let asked = Asked { tests: request.tests != Tests::Ignored, facts: request.facts == Facts::Compared };
    let origin = load::origin(&root, files);
    let (files, out) = (loaded.files, located.out);
    Ok(Compilation {
        sources,
        root,
        origin,
        out,
        files,
        test_files,
        resolved,
        watched,
        diagnostics,
        tests,
        of_tests,
        asked,
        levels,
        chosen,
        of_project: located.of_project,
    })
}

/// Resolves and checks what could be read. Behind an error in the texts nothing counts but errors that cannot be its
/// consequence: nobody wants to read about those.
fn understand(
    loaded: &Loaded,
    sources: &Sources,
    options: &resolve::Options,
    diagnostics: &mut Diagnostics,
) -> Option<Resolved> {
    let readable = diagnostics.outcome();
    if readable.is_err() && loaded.machines.is_empty() {
        return None;
    }
    let mut found = Diagnostics::new();
    let resolved = resolve::resolve(loaded, sources, options, &mut found);
    let clear = found.outcome();
    let known = if clear.is_ok() { Known::Whole } else { Known::Parts };
    check(&resolved.system, &resolved.origins, known, &mut found);
    if readable.is_ok() {
        diagnostics.append(found);
        return clear.is_ok().then_some(resolved);
    }
    for finding in found.into_sorted() {
        let alone = codes::stands_alone(finding.code.as_str());
        let reliable = |place| loaded.is_sound(place) || (alone && loaded.lost_only_details(place, sources));
        if finding.severity == Severity::Error && finding.labels.iter().all(|label| reliable(label.span)) {
            diagnostics.error(finding);
        }
    }
    None
}

impl Compilation {
    /// Everything found, in source order, as seriously as it is to be taken.
    pub fn findings(&self) -> Vec<Diagnostic> {
        self.settled().shown
    }

    /// Everything found, with what comments allow.
    pub fn settled(&self) -> Settled {
        let mut all = self.diagnostics.clone();
        all.append(self.of_tests.clone());
        self.levels.apply(all.into_sorted(), &self.sources, self.asked)
    }

    /// What the tests of the unit ask for; none if nobody asked for tests, or something is wrong with them or the flows.
    pub fn test_plan(&self) -> Option<&TestPlan> {
        self.tests.as_ref().filter(|_| !self.of_tests.has_errors())
    }

    /// The tests of the unit with which nothing is wrong, whatever is wrong with others; none if nobody asked for tests, or
    /// something is wrong with the flows.
    pub fn whole_tests(&self) -> Option<&TestPlan> {
        self.tests.as_ref().filter(|_| !self.flows_failed())
    }

    /// Whether a finding is about tests: it never keeps a flow from being built.
    pub fn is_of_tests(&self, finding: &Diagnostic) -> bool {
        self.of_tests.iter().any(|known| known.code == finding.code && known.labels == finding.labels)
    }

    /// Whether anything is wrong enough that nothing may be written.
    pub fn failed(&self) -> bool {
        self.findings().iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether anything is wrong enough with the flows themselves.
    fn flows_failed(&self) -> bool {
        self.findings().iter().any(|finding| finding.severity == Severity::Error && !self.is_of_tests(finding))
    }

    /// Decides everything about the Rust. What cannot be said in Rust is added to the findings.
    pub fn plan(&mut self) -> Option<Plan<'_>> {
        if self.diagnostics.has_errors() {
            return None;
        }
        let Resolved { system, origins, .. } = self.resolved.as_ref()?;
        let options = plan::Options { root: self.origin.clone(), ..plan::Options::default() };
        plan::plan(system, origins, &self.sources, &options, &mut self.diagnostics).ok()
    }

    /// A digest of everything that generated text depends on: if it is the same, one generator writes the same. None if there
    /// is nothing to be generated.
    pub fn fingerprint(&mut self) -> Option<String> {
        let of_flows = self.plan()?.fingerprint();
        Some(match self.asked.tests {
            false => of_flows,
            true => format!("{of_flows} {}", self.tests_fingerprint()),
        })
    }

    /// Everything that generated tests depend on: the plan, or what is wrong with it.
    fn tests_fingerprint(&self) -> String {
        let wrong: Vec<String> = self.of_tests.iter().map(|finding| short(finding, &self.sources)).collect();
        serde_json::to_string(&(&self.tests, wrong)).expect("a test plan is plain data")
    }

    /// The generated modules. What cannot be said in Rust is added to the findings.
    pub fn generate(&mut self) -> Option<Vec<Module>> {
        let mut diagnostics = Diagnostics::new();
        let plan = self.plan()?;
        let modules = render(&plan, &mut diagnostics).ok();
        self.diagnostics.append(diagnostics);
        modules
    }

    /// The generated module with the tests of the unit; none if nobody asked for tests, or something is wrong.
    pub fn generate_tests(&mut self) -> Option<Module> {
        let mut diagnostics = Diagnostics::new();
        let tests = self.tests.take_if(|_| !self.of_tests.has_errors())?;
        let module = self.plan().and_then(|plan| {
            let named = plan::test_module::plan(&plan, &tests);
            render_tests(&plan, &tests, &named, &mut diagnostics).ok()
        });
        self.tests = Some(tests);
        self.diagnostics.append(diagnostics);
        module
    }
}

/// The text of a path as messages show it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
