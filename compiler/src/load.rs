//! From a root file to every file of its system: imports, sub-systems, declared states.
//!
//! Afterwards every machine of the unit is known with its name, the file it stands in and the files whose declarations
//! it sees. Nothing is known yet of what the machines say.

mod damage;
mod files;
mod known;
mod outline;

pub use files::{Disk, Files, Memory, all_of};

use crate::ast::{self, Content, FileKind, FlowFile, Import, Imported, Name};
use crate::built_in;
use crate::catalog::files as catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::source::{FileId, Sources, Span};
use known::{Known, Read};
use outline::{FlowOutline, Part};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How many files may import one another in a row.
const MAX_CHAIN: usize = 64;

/// A parser of one file.
pub type Parse<'a> = &'a dyn Fn(FileId, FileKind, &str, &mut Diagnostics) -> ast::File;

/// All files of a unit.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The system's name in its author's words; a machine's name for one machine alone.
    pub title: String,
    /// Every file that was read, in the order of reading.
    pub files: Vec<ast::File>,
    /// The machines, in the order of their imports.
    pub machines: Vec<LoadedMachine>,
    /// Every path that was looked for, found or not, in the order of looking.
    pub looked_for: Vec<PathBuf>,
    /// The places of the errors for which something that is written down is missing here.
    pub damaged: Vec<Span>,
    /// Whether something that other machines may name is missing: what they name and what is not here, may be just that.
    pub incomplete: bool,
}

/// One machine of the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedMachine {
    /// Its name in the unit: the alias of its import, if there is one.
    pub name: String,
    /// The name that it gives itself.
    pub own_name: String,
    /// Where the unit names it: the import, or its `machine:` line.
    pub span: Span,
    /// Its file, by position in [`Loaded::files`].
    pub file: usize,
    /// Its position among the machines of the file.
    pub position: usize,
    /// Its states file, by position in [`Loaded::files`].
    pub states: Option<usize>,
    /// The files whose declarations it sees, its own first, then those that import it.
    pub scopes: Vec<usize>,
}

impl Loaded {
    /// The syntax tree of a machine.
    #[must_use]
    pub fn machine(&self, machine: &LoadedMachine) -> Option<&ast::Machine> {
        self.flow(machine.file)?.machines().nth(machine.position)
    }

    /// A flow file by its position.
    #[must_use]
    pub fn flow(&self, file: usize) -> Option<&FlowFile> {
        match &self.files.get(file)?.content {
            Content::Flow(flow) => Some(flow),
            Content::Test(_) | Content::States(_) => None,
        }
    }

    /// The states file of a machine, if it has one.
    #[must_use]
    pub fn states(&self, machine: &LoadedMachine) -> Option<&ast::StatesFile> {
        match &self.files.get(machine.states?)?.content {
            Content::States(states) => Some(states),
            Content::Flow(_) | Content::Test(_) => None,
        }
    }
}

/// Reads the root file and everything that it imports.
pub fn load(
    root: &Path,
    files: &dyn Files,
    parse: Parse<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Loaded {
    let mut loader = Loader {
        files,
        parse,
        sources,
        diagnostics,
        loaded: Loaded::default(),
        read: Vec::new(),
        known: Known::default(),
        tree: PathBuf::new(),
        open: Vec::new(),
        followed: BTreeSet::new(),
    };
    loader.root(root);
    let mut loaded = loader.loaded;
    let hidden = loaded.damaged.iter().any(|place| loaded.hides_names(*place, sources));
    loaded.incomplete |= hidden;
    loaded
}

struct Loader<'a> {
    files: &'a dyn Files,
    parse: Parse<'a>,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    loaded: Loaded,
    read: Vec<Read>,
    known: Known,
    tree: PathBuf,
    /// The files whose imports are being followed, outermost first: by position in `read`.
    open: Vec<usize>,
    /// The lines of imports that were followed: a file that is imported twice is walked twice, but says nothing new.
    followed: BTreeSet<Span>,
}

impl Loader<'_> {
    /// Reports what keeps a file or a machine out of the unit.
    fn wrong(&mut self, finding: Diagnostic) {
        self.loaded.incomplete = true;
        self.diagnostics.error(finding);
    }

    fn root(&mut self, root: &Path) {
        let shown = files::plain(root);
        let canonical = match self.files.canonical(&shown) {
            Ok(canonical) => canonical,
            Err(error) => {
                self.looks_for(&shown);
                self.wrong(catalog::unreadable(None, &name_of(&shown), &error));
                return;
            }
        };
        self.tree = project_tree(&canonical, self.files);
        let Some(read) = self.file(&shown, None) else { return };
        let Some(file) = self.read[read].file else { return };
        let Some(flow) = self.read[read].flow.clone() else {
            self.wrong(catalog::not_a_flow(None, &name_of(&shown)));
            return;
        };
        let own_span = Span::new(self.loaded.files[file].file, 0, 0);
        self.machines_of(read, &[]);
        if self.loaded.machines.is_empty() {
            if !self.diagnostics.has_errors() {
                self.wrong(catalog::no_machine(own_span, &name_of(&shown)));
            }
            return;
        }
        self.loaded.title = match (&flow.system, self.loaded.machines.as_slice()) {
            (Some(title), _) => title.clone(),
            (None, [only]) => only.name.clone(),
            (None, _) => stem(&shown),
        };
    }

    /// Adds all machines of a flow and of its imports.
    fn machines_of(&mut self, read: usize, importers: &[usize]) {
        let Read { file: Some(file), flow: Some(flow), .. } = self.read[read].clone() else { return };
        self.open.push(read);
        let scopes: Vec<usize> = std::iter::once(file).chain(importers.iter().copied()).collect();
        for part in &flow.parts {
            match part {
                Part::Import(import) => self.import(read, import, &scopes),
                Part::Machine(position) => self.machine(read, *position, &flow.machines[*position], &scopes),
            }
        }
        self.open.pop();
    }

    fn import(&mut self, importer: usize, import: &Import, scopes: &[usize]) {
        if !self.followed.insert(import.span) {
            return;
        }
        let folder = self.read[importer].shown.parent().unwrap_or(Path::new("")).to_owned();
        let Some(read) = self.file(&files::plain(&folder.join(&import.path.text)), Some(import.path.span)) else {
            return;
        };
        if self.open.contains(&read) {
            let names: Vec<String> = self.open.iter().map(|open| name_of(&self.read[*open].shown)).collect();
            self.wrong(catalog::import_cycle(import.path.span, &names, &name_of(&self.read[read].shown)));
            return;
        }
        if self.open.len() >= MAX_CHAIN {
            self.wrong(catalog::long_chain(import.path.span, MAX_CHAIN));
            return;
        }
        match &self.read[read] {
            Read { file: None, .. } => return,
            Read { flow: None, .. } => {
                self.wrong(catalog::not_a_flow(Some(import.path.span), &import.path.text));
                return;
            }
            Read { file: Some(_), flow: Some(_), .. } => {}
        }
        match &import.subject {
            Imported::System(_) => self.import_system(read, import, scopes),
            Imported::Machine(name) => self.import_machine(read, import, name, scopes),
        }
    }

    fn import_system(&mut self, read: usize, import: &Import, scopes: &[usize]) {
        let is_empty = self.read[read].flow.as_ref().is_some_and(|flow| flow.parts.is_empty());
        if is_empty && !self.is_damaged(read) {
            self.wrong(catalog::no_machine(import.path.span, &import.path.text));
        }
        self.machines_of(read, scopes);
    }

    /// Whether something in a file could not be read, so that a machine of it may be missing.
    fn is_damaged(&self, read: usize) -> bool {
        let file = self.read[read].file.and_then(|file| self.loaded.files.get(file));
        file.is_some_and(|file| self.loaded.damaged.iter().any(|damage| damage.file == file.file))
    }

    fn import_machine(&mut self, read: usize, import: &Import, name: &Name, scopes: &[usize]) {
        let Read { file: Some(file), flow: Some(flow), .. } = self.read[read].clone() else { return };
        let Some(position) = flow.position(&name.text) else {
            if self.is_damaged(read) {
                return;
            }
            self.wrong(catalog::no_such_machine(name.span, &name.text, &import.path.text, &flow.names()));
            return;
        };
        let scopes: Vec<usize> = std::iter::once(file).chain(scopes.iter().copied()).collect();
        self.open.push(read);
        for further in flow.imports() {
            self.import(read, further, &scopes);
        }
        self.open.pop();
        self.machine(read, position, import.alias.as_ref().unwrap_or(name), &scopes);
    }

    /// Adds the machine that stands at a position of a flow, under the name that the unit gives it.
    fn machine(&mut self, read: usize, position: usize, name: &Name, scopes: &[usize]) {
        let Read { file: Some(file), flow: Some(flow), .. } = self.read[read].clone() else { return };
        if let Some(earlier) = self.known.places.get(&(file, position)).map(|earlier| &self.loaded.machines[*earlier]) {
            if earlier.name != name.text {
                let finding = catalog::two_names(name.span, &name.text, &earlier.name, earlier.span);
                self.wrong(finding);
            }
            return;
        }
        let own = &flow.machines[position];
        if let Some(taken) = [own, name].into_iter().find(|name| built_in::is_actor(&name.text)) {
            self.wrong(catalog::name_of_the_runtime(taken.span, &taken.text));
            return;
        }
        if let Some(earlier) = self.known.names.get(&name.text) {
            let earlier = self.loaded.machines[*earlier].span;
            self.wrong(catalog::duplicate_machine(name.span, &name.text, earlier));
            return;
        }
        let states = self.states_file(read, &own.text, &flow);
        self.known.places.insert((file, position), self.loaded.machines.len());
        self.known.names.insert(name.text.clone(), self.loaded.machines.len());
        self.loaded.machines.push(LoadedMachine {
            name: name.text.clone(),
            own_name: own.text.clone(),
            span: name.span,
            file,
            position,
            states,
            scopes: scopes.to_vec(),
        });
    }

    /// The file with the declared states of a machine, beside its flow: named like the flow, or like the machine.
    fn states_file(&mut self, read: usize, machine: &str, flow: &FlowOutline) -> Option<usize> {
        let shown = self.read[read].shown.clone();
        let mut names = vec![stem(&shown), machine.to_owned()];
        names.dedup();
        for name in names {
            let path = shown.with_file_name(format!("{name}.states.flow"));
            if !self.files.exists(&path) {
                self.looks_for(&path);
                continue;
            }
            let Some(file) = self.file(&path, None).and_then(|read| self.read[read].file) else { continue };
            let Content::States(states) = &self.loaded.files[file].content else { continue };
            let Some(about) = states.machine.clone() else { continue };
            if about.text == machine {
                return Some(file);
            }
            let known = flow.names();
            if !known.contains(&about.text.as_str()) && !self.is_damaged(read) {
                self.wrong(catalog::no_such_machine(about.span, &about.text, &name_of(&shown), &known));
            }
        }
        None
    }

    /// Reads and parses a file once; its position in `read`.
    fn file(&mut self, shown: &Path, imported_at: Option<Span>) -> Option<usize> {
        self.looks_for(shown);
        let canonical = match self.files.canonical(shown) {
            Ok(canonical) => canonical,
            Err(error) => {
                self.wrong(catalog::unreadable(imported_at, &name_of(shown), &error));
                return None;
            }
        };
        if let Some(known) = self.known.files.get(&canonical) {
            return Some(*known);
        }
        if let Some(span) = imported_at.filter(|_| !canonical.starts_with(&self.tree)) {
            self.wrong(catalog::outside(span, &name_of(shown)));
            return None;
        }
        let file = self.parsed(shown, imported_at);
        let flow = file.and_then(|file| self.loaded.flow(file)).map(|flow| Rc::new(FlowOutline::of(flow)));
        self.known.files.insert(canonical, self.read.len());
        self.read.push(Read { shown: shown.to_owned(), file, flow });
        Some(self.read.len() - 1)
    }

    /// Notes that a path is looked for.
    fn looks_for(&mut self, path: &Path) {
        if !self.known.looked_for.contains(path) {
            self.known.looked_for.insert(path.to_owned());
            self.loaded.looked_for.push(path.to_owned());
        }
    }

    fn parsed(&mut self, shown: &Path, imported_at: Option<Span>) -> Option<usize> {
        let name = name_of(shown);
        match self.files.read(shown).and_then(utf8) {
            Ok(text) => {
                let kind = FileKind::of_name(&name);
                let id = self.sources.add(name, text.as_str());
                let before = self.diagnostics.iter().count();
                let file = (self.parse)(id, kind, &text, self.diagnostics);
                let errors = self.diagnostics.iter().skip(before).filter(|found| found.severity == Severity::Error);
                self.loaded.damaged.extend(errors.filter_map(|error| error.primary()).map(|label| label.span));
                self.loaded.files.push(file);
                Some(self.loaded.files.len() - 1)
            }
            Err(error) => {
                self.wrong(catalog::unreadable(imported_at, &name, &error));
                None
            }
        }
    }
}

fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
}

/// The text of a flow, for whoever reads single files.
///
/// # Errors
/// The finding that says so, if the bytes are no text.
pub fn text(name: &str, bytes: Vec<u8>) -> Result<String, Diagnostic> {
    utf8(bytes).map_err(|error| catalog::unreadable(None, name, &error))
}

/// The tree that imports may not leave: of the nearest folder with a manifest or a repository, else the file's folder.
fn project_tree(root: &Path, files: &dyn Files) -> PathBuf {
    let folder = root.parent().unwrap_or(Path::new(""));
    folder
        .ancestors()
        .find(|folder| ["Cargo.toml", "eventflow.toml", ".git"].iter().any(|mark| files.exists(&folder.join(mark))))
        .unwrap_or(folder)
        .to_owned()
}

/// How generated text names a root flow: as the caller does, unless that would tell where on a computer the flow lies. Then the
/// name begins at the project.
pub(crate) fn origin(root: &Path, files: &dyn Files) -> String {
    if root.is_relative() && !root.starts_with("..") {
        return name_of(root);
    }
    let place = files.canonical(root).unwrap_or_else(|_| root.to_owned());
    let inside = place.strip_prefix(project_tree(&place, files));
    name_of(inside.ok().or_else(|| root.file_name().map(Path::new)).unwrap_or(root))
}

/// A path as messages show it, the same on every system.
fn name_of(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The name of a flow without its endings.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    name.split('.').next().unwrap_or_default().to_owned()
}
