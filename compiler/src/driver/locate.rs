//! Finds the project file and the root flow.

use std::path::{Path, PathBuf};

use super::{Request, shown};
use crate::catalog::project as catalog;
use crate::diagnostic::Diagnostics;
use crate::load::Files;
use crate::project::{self, FILE_NAME, Project};
use crate::source::Sources;

/// What was found.
pub(super) struct Located {
    /// What the project file says; nothing if there is none.
    pub(super) project: Project,
    /// The project file.
    pub(super) project_file: Option<PathBuf>,
    /// The root flow: the one that the caller names, else the one that the project file names.
    pub(super) root: Option<PathBuf>,
    /// The folder for generated crates that the project file names.
    pub(super) out: Option<PathBuf>,
    /// What the root flow is to the project file.
    pub(super) of_project: OfProject,
    /// Every project file that was looked for.
    pub(super) watched: Vec<PathBuf>,
}

/// What a flow is to the project file that speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OfProject {
    /// Its root.
    Root,
    /// One of its flows; it says of none that it is the root.
    Open,
    /// Another flow than its root.
    Other,
}

/// Looks in the folder of the root flow, or where the caller stands, and above it, up to the folder that ends the project.
pub(super) fn locate(
    request: &Request,
    files: &dyn Files,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Located {
    let named = request.root.as_ref().map(|root| request.folder.join(root));
    let start = match &named {
        Some(root) => root.parent().unwrap_or(Path::new("")).to_owned(),
        None => request.folder.clone(),
    };
    let mut located = Located {
        project: Project::default(),
        project_file: None,
        root: named,
        out: None,
        of_project: OfProject::Open,
        watched: Vec::new(),
    };
    for folder in upwards(&start, files) {
        let file = folder.join(FILE_NAME);
        located.watched.push(file.clone());
        if files.exists(&file) {
            let inside = |path: &String| folder.join(path);
            located.project = read(&file, files, sources, diagnostics);
            let own = located.project.root.as_ref().map(inside);
            located.of_project = match (&located.root, &own) {
                (_, None) => OfProject::Open,
                (Some(root), Some(own)) if !is_one_file(root, own, files) => OfProject::Other,
                (Some(_) | None, Some(_)) => OfProject::Root,
            };
            located.root = located.root.or(own);
            located.out = located.project.out.as_ref().map(inside);
            located.project_file = Some(file);
            break;
        }
        if ["Cargo.toml", ".git"].iter().any(|mark| files.exists(&folder.join(mark))) {
            break;
        }
    }
    located
}

fn is_one_file(one: &Path, other: &Path, files: &dyn Files) -> bool {
    files.canonical(one).is_ok_and(|one| files.canonical(other).is_ok_and(|other| one == other))
}

/// A folder and those above it, by the shortest way of naming them.
fn upwards(start: &Path, files: &dyn Files) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = start.ancestors().map(Path::to_owned).collect();
    let here = if start.is_absolute() { None } else { files.canonical(Path::new(".")).ok() };
    let above = here.map_or(0, |here| here.ancestors().count().saturating_sub(1));
    folders.extend((1..=above).map(|levels| std::iter::repeat_n("..", levels).collect::<PathBuf>()));
    folders
}

fn read(file: &Path, files: &dyn Files, sources: &mut Sources, diagnostics: &mut Diagnostics) -> Project {
    let name = shown(file);
    let text = files.read(file).map_err(|error| error.to_string());
    match text.and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string())) {
        Ok(text) => project::read(sources.add(name, text), sources, diagnostics),
        Err(why) => {
            diagnostics.error(catalog::unreadable(&name, &why));
            Project::default()
        }
    }
}
