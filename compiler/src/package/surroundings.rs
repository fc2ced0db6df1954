//! What lies around the folder that a crate is written to: whether a workspace knows it, and where the runtime crate is.
//!
//! Cargo is asked without dependencies and offline: a full resolve can wait for a lock that a running build holds.

use super::Runtime;
use cargo_metadata::{Metadata, MetadataCommand};
use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The runtime crate in the tree that this compiler was built from, if it was built from one that holds both.
const NEIGHBOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../runtime-support");
/// The runtime crate's name.
const NAME: &str = "eventflow";

/// Where a crate is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// Where the runtime crate comes from.
    pub runtime: Runtime,
    /// Whether the folder lies in a workspace that does not know it, so that the crate must be a workspace of its own.
    pub own_workspace: bool,
}

/// Why Cargo could not say.
#[derive(Debug)]
pub struct SurroundingsError {
    manifest: PathBuf,
    error: cargo_metadata::Error,
}

impl fmt::Display for SurroundingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cargo cannot read `{}`: {}", self.manifest.display(), self.error)
    }
}

impl std::error::Error for SurroundingsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Looks around a folder that need not exist yet.
///
/// # Errors
/// If there is a manifest above it that Cargo cannot read.
pub fn surroundings(directory: &Path) -> Result<Surroundings, SurroundingsError> {
    let directory = absolute(directory);
    let above = directory.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file());
    let Some(manifest) = above else {
        return Ok(Surroundings { runtime: elsewhere(), own_workspace: false });
    };
    let mut command = MetadataCommand::new();
    command.manifest_path(&manifest).no_deps().other_options(["--offline".to_owned()]);
    let metadata = match command.exec() {
        Ok(metadata) => metadata,
        // A workspace that lists the folder cannot be read before the crate is in it.
        Err(_) if manifest.parent().is_some_and(|workspace| listed(&absolute(workspace), &directory)) => {
            return Ok(Surroundings { runtime: elsewhere(), own_workspace: false });
        }
        Err(error) => return Err(SurroundingsError { manifest, error }),
    };
    let runtime = runtime_of(&metadata, &directory).unwrap_or_else(elsewhere);
    let own_workspace =
        directory.starts_with(absolute(metadata.workspace_root.as_std_path())) && !knows(&metadata, &directory);
    Ok(Surroundings { runtime, own_workspace })
}

/// The runtime crate as the workspace has it: one of its packages, or a dependency of one by path.
fn runtime_of(metadata: &Metadata, directory: &Path) -> Option<Runtime> {
    let member = metadata.packages.iter().find(|package| package.name.as_str() == NAME);
    let member =
        member.and_then(|package| package.manifest_path.parent()).map(|folder| folder.as_std_path().to_path_buf());
    let dependency = || {
        let dependencies = metadata.packages.iter().flat_map(|package| &package.dependencies);
        let named = dependencies.filter(|dependency| dependency.name == NAME);
        named.filter_map(|dependency| dependency.path.as_ref()).map(|path| path.as_std_path().to_path_buf()).next()
    };
    member.or_else(dependency).map(|folder| {
        let inside = directory.starts_with(metadata.workspace_root.as_std_path())
            && folder.starts_with(metadata.workspace_root.as_std_path());
        let path = if inside { relative(directory, &folder) } else { folder };
        Runtime::Path(path.to_string_lossy().replace('\\', "/"))
    })
}

/// The runtime crate for a folder in no workspace that has it: beside this compiler, or published.
fn elsewhere() -> Runtime {
    let beside = fs::canonicalize(NEIGHBOR).ok().filter(|folder| folder.join("Cargo.toml").is_file());
    beside.map_or_else(Runtime::published, |folder| Runtime::Path(folder.to_string_lossy().replace('\\', "/")))
}

/// Whether the workspace takes the folder for one of its packages, or will once there is a manifest in it.
fn knows(metadata: &Metadata, directory: &Path) -> bool {
    let is_here = |path: &Path| absolute(path) == directory;
    let member = metadata
        .packages
        .iter()
        .any(|package| package.manifest_path.parent().is_some_and(|folder| is_here(folder.as_std_path())));
    let mut dependencies = metadata.packages.iter().flat_map(|package| &package.dependencies);
    member
        || dependencies.any(|dependency| dependency.path.as_ref().is_some_and(|path| is_here(path.as_std_path())))
        || listed(metadata.workspace_root.as_std_path(), directory)
}

/// Whether the members of the workspace's manifest, or what it excludes, name the folder: neither needs a workspace of
/// its own.
fn listed(workspace: &Path, directory: &Path) -> bool {
    let Ok(text) = fs::read_to_string(workspace.join("Cargo.toml")) else { return false };
    let Ok(manifest) = text.parse::<toml::Table>() else { return false };
    let Ok(inside) = directory.strip_prefix(workspace) else { return false };
    let list = |key: &str| manifest.get("workspace").and_then(|table| table.get(key)).and_then(toml::Value::as_array);
    let patterns = |key: &str| list(key).into_iter().flatten().filter_map(toml::Value::as_str);
    patterns("members").any(|pattern| matches(Path::new(pattern), inside))
        || patterns("exclude").any(|folder| inside.starts_with(normal(Path::new(folder))))
}

/// Whether a path has the form of a pattern; `*` stands for any letters within one folder's name.
fn matches(pattern: &Path, path: &Path) -> bool {
    let pattern = normal(pattern);
    let (mut wanted, mut found) = (pattern.components(), path.components());
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) => {
                let (wanted, found) = (wanted.as_os_str().to_string_lossy(), found.as_os_str().to_string_lossy());
                if !matches_name(&wanted, &found) {
                    return false;
                }
            }
            (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}

fn matches_name(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    (0..=rest.len()).filter_map(|start| rest.get(start..)).any(|rest| matches_name(after, rest))
}

/// The way from one folder to another; both absolute.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let shared = from.components().zip(to.components()).take_while(|(from, to)| from == to).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(to.components().skip(shared)).collect()
}

/// The folder's absolute path, links followed as far as it exists.
fn absolute(path: &Path) -> PathBuf {
    let path = normal(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    let known = path.ancestors().find_map(|folder| Some((folder, fs::canonicalize(folder).ok()?)));
    known.map_or(path.clone(), |(folder, known)| match path.strip_prefix(folder) {
        Ok(rest) if !rest.as_os_str().is_empty() => known.join(rest),
        Ok(_) | Err(_) => known,
    })
}

/// The path without `.` and, where it can be told from the text, without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                normal.push(component);
            }
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(folder: &Path, text: &str) {
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        fs::write(folder.join("Cargo.toml"), text).unwrap();
    }

    fn named(name: &str) -> String {
        format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n")
    }

    #[test]
    fn a_workspace_that_has_the_runtime_is_pointed_to() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(root.join("Cargo.toml"), "[workspace]\nmembers = [\"run\", \"apps/*-app\"]\nexclude = [\"out\"]\n")
            .unwrap();
        package(&root.join("run"), &named(NAME));
        package(&root.join("apps/an-app"), &named("an-app"));
        let at = |path: &str| {
            let found = surroundings(&root.join(path)).unwrap();
            (found.runtime, found.own_workspace)
        };
        let path = |path: &str| Runtime::Path(path.to_owned());
        assert_eq!(at("deep/er/shop"), (path("../../../run"), true));
        assert_eq!(at("apps/shop-app"), (path("../../run"), false));
        assert_eq!(at("apps/./other/../shop-app"), (path("../../run"), false));
        assert_eq!(at("apps/shop"), (path("../../run"), true));
        assert_eq!(at("out/shop"), (path("../../run"), false));
    }

    #[test]
    fn a_dependency_by_path_is_pointed_to_and_a_folder_depended_on_is_a_member() {
        let folder = tempfile::tempdir().unwrap();
        package(&folder.path().join("lib"), &named(NAME));
        let app = folder.path().join("app");
        let dependencies =
            "[dependencies]\neventflow = { path = \"../lib\" }\nshop = { path = \"shop\" }\n[workspace]\n";
        package(&app, &format!("{}{dependencies}", named("app")));
        package(&app.join("shop"), &named("shop"));
        let found = surroundings(&app.join("shop")).unwrap();
        assert!(!found.own_workspace);
        let Runtime::Path(path) = found.runtime else { panic!("it is a path") };
        assert_eq!(fs::canonicalize(path).unwrap(), fs::canonicalize(folder.path().join("lib")).unwrap());
    }

    #[test]
    fn outside_of_everything_the_neighbor_of_this_compiler_is_pointed_to() {
        let folder = tempfile::tempdir().unwrap();
        let found = surroundings(&folder.path().join("new/shop")).unwrap();
        assert!(!found.own_workspace);
        let Runtime::Path(path) = found.runtime else { panic!("this compiler stands in its workspace") };
        assert!(Path::new(&path).is_absolute() && Path::new(&path).join("Cargo.toml").is_file(), "{path}");
    }

    #[test]
    fn a_member_that_is_listed_can_be_written_for_the_first_time() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[workspace]\nmembers = [\"shop\"]\n").unwrap();
        assert!(!surroundings(&folder.path().join("shop")).unwrap().own_workspace);
        assert!(surroundings(&folder.path().join("stall")).is_err());
    }

    #[test]
    fn a_manifest_that_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "not toml").unwrap();
        let error = surroundings(&folder.path().join("shop")).unwrap_err().to_string();
        assert!(error.contains("Cargo.toml"), "{error}");
    }
}
