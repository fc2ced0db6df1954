//! Finds the crates that a new project depends on: those of the clone that this command was built from, while it is
//! there, and the published ones of the same version otherwise.

use std::path::Path;

use cargo_metadata::MetadataCommand;
use eventflow_templates::Dependency;

/// The dependencies of a project.
pub(crate) struct Support {
    /// The runtime.
    pub(crate) eventflow: Dependency,
    /// The compiler.
    pub(crate) eventflowc: Dependency,
}

/// Looks for the crates.
pub(crate) fn find() -> Support {
    let folders = clone();
    let dependency = |name: &str| {
        let folder = folders.iter().find(|(package, _)| package == name).map(|(_, folder)| folder.clone());
        match folder {
            Some(folder) => Dependency::path(&folder),
            None => Dependency::version(env!("CARGO_PKG_VERSION")),
        }
    };
    Support { eventflow: dependency("eventflow"), eventflowc: dependency("eventflowc") }
}

/// The packages of the clone with their folders; none if it has moved away.
fn clone() -> Vec<(String, String)> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    if !manifest.is_file() {
        return Vec::new();
    }
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).no_deps().other_options(["--offline".to_owned()]);
    let Ok(metadata) = command.exec() else { return Vec::new() };
    let folder = |package: &cargo_metadata::Package| {
        Some((package.name.to_string(), package.manifest_path.parent()?.to_string()))
    };
    metadata.packages.iter().filter_map(folder).collect()
}
