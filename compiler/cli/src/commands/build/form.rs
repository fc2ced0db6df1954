//! What is written besides the modules: the manifest and the root of a crate, or the `mod.rs` of a folder of sources.

use std::path::Path;

use eventflow_templates::Dependency;
use eventflow_templates::build::Manifest;
use eventflowc::driver::Compilation;
use eventflowc::output::{MARK, OutputFile, Stamp};
use eventflowc::package::{self, Runtime};
use eventflowc::render::Module;

use super::Arguments;
use crate::exit::Problem;
use crate::package_name;

/// What the modules are written into.
pub(super) enum Form {
    /// A folder in a crate of the user's.
    Sources,
    /// A crate of their own.
    Crate {
        /// What its manifest has to say.
        manifest: package::Manifest,
        /// The manifest.
        text: String,
    },
}

impl Form {
    /// The form that is asked for.
    pub(super) fn of(compilation: &Compilation, arguments: &Arguments, out: &Path) -> Result<Self, Problem> {
        if arguments.sources {
            return Ok(Self::Sources);
        }
        if arguments.standalone {
            refuse_systems(compilation)?;
        }
        let surroundings = package::surroundings(out).map_err(|error| Problem::Other(error.to_string()))?;
        let title = compilation.resolved.as_ref().map_or("", |resolved| resolved.system.title.as_str());
        let name = compilation.resolved.as_ref().map_or("", |resolved| resolved.system.name.as_str());
        let manifest = package::Manifest {
            name: package_name::of_system(name),
            description: format!("The flow `{title}`, compiled."),
            mark: MARK.to_owned(),
            runtime: surroundings.runtime,
            own_workspace: surroundings.own_workspace,
        };
        let text = manifest_text(&manifest, arguments)?;
        Ok(Self::Crate { manifest, text })
    }

    /// All files.
    pub(super) fn files(&self, modules: &[Module], origin: &str) -> Vec<OutputFile> {
        match self {
            Self::Sources => package::folder(modules, origin),
            Self::Crate { manifest, text } => package::files(modules, manifest, origin, |_| text.clone()),
        }
    }

    /// The stamp of these files, made from a plan with this fingerprint; none where there is no place for it.
    pub(super) fn stamp(&self, fingerprint: &str, origin: &str, out: &Path) -> Option<Stamp> {
        let (form, text) = match self {
            Self::Sources => ("sources", ""),
            Self::Crate { manifest: _, text } => ("crate", text.as_str()),
        };
        Stamp::new(package::stamp_place(out)?, &[fingerprint, form, text, origin])
    }
}

/// A crate without an engine holds one machine: nothing would carry messages between two.
fn refuse_systems(compilation: &Compilation) -> Result<(), Problem> {
    let machines = compilation.resolved.as_ref().map_or(0, |resolved| resolved.system.machines.len());
    match machines {
        1 => Ok(()),
        many => Err(Problem::Usage(format!("`--standalone` is for one machine, and this flow has {many}"))),
    }
}

fn manifest_text(manifest: &package::Manifest, arguments: &Arguments) -> Result<String, Problem> {
    let manifest = Manifest {
        mark: manifest.mark.clone(),
        name: manifest.name.clone(),
        description: manifest.description.clone(),
        eventflow: match &manifest.runtime {
            Runtime::Version(version) => Dependency::version(version),
            Runtime::Path(folder) => Dependency::path(folder),
        },
        standalone: arguments.standalone,
        tested: arguments.tests,
        own_workspace: manifest.own_workspace,
    };
    manifest.text().map_err(|error| Problem::Other(error.to_string()))
}
