//! `eventflow new`: a project that builds, runs and passes its tests as it is.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use eventflow_templates::new::{self, File, Project};

use crate::exit::{Exit, Problem};
use crate::package_name;
use crate::report;
use crate::support;

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eventflow new shop              a project in the folder `shop`
  eventflow new work/shop         the same in another place
  eventflow new . --name shop     in the folder you stand in, if it is empty")]
pub(crate) struct Arguments {
    /// The folder to make.
    folder: PathBuf,
    /// The name of the package, if it is not that of the folder.
    #[arg(long)]
    name: Option<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let folder = &arguments.folder;
    let name = name(arguments)?;
    refuse_occupied(folder)?;
    let support = support::find();
    let project = Project { name, eventflow: support.eventflow, eventflowc: support.eventflowc };
    let files = new::files(&project).map_err(|error| Problem::Other(error.to_string()))?;
    for file in &files {
        write(folder, file)?;
    }
    report::note(&format!("made `{}`; next: `cargo run` and `cargo test` in it", folder.display()))?;
    Ok(Exit::Fine)
}

/// The name of the package, if it can be one.
fn name(arguments: &Arguments) -> Result<String, Problem> {
    let last = arguments.folder.file_name().map(|name| name.to_string_lossy().into_owned());
    let name =
        arguments.name.clone().or(last).ok_or_else(|| {
            Problem::Usage(format!("`{}` names no package; say `--name`", arguments.folder.display()))
        })?;
    if package_name::is_legal(&name) {
        Ok(name)
    } else {
        let why = "a package is named with lower-case letters, digits, `-` and `_`, begins with a letter, and is no word of Rust";
        Err(Problem::Usage(format!("`{name}` cannot be the name of a package: {why}; say another one with `--name`")))
    }
}

/// A folder with something in it is somebody's work.
fn refuse_occupied(folder: &Path) -> Result<(), Problem> {
    let Ok(mut entries) = fs::read_dir(folder) else {
        let exists = fs::symlink_metadata(folder).is_ok();
        let refusal = || Problem::Usage(format!("`{}` is there already, and is no empty folder", folder.display()));
        return if exists { Err(refusal()) } else { Ok(()) };
    };
    match entries.next() {
        Some(_) => Err(Problem::Usage(format!("`{}` is not empty; nothing was written", folder.display()))),
        None => Ok(()),
    }
}

fn write(folder: &Path, file: &File) -> Result<(), Problem> {
    let path = folder.join(file.path);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| Problem::io("make", parent, error))?;
    }
    fs::write(&path, &file.text).map_err(|error| Problem::io("write", &path, error))
}
