//! Text templates of the `eventflow` command: manifests and scaffolds.
//!
//! A template gets strings, flags and lists, and knows nothing of flows or of the compiler. Every output language has an
//! escaper of its own in [`escape`].

pub mod build;
pub mod escape;
pub mod junit;
pub mod new;

/// Where a dependency of a manifest comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    source: &'static str,
    value: String,
}

impl Dependency {
    /// From a folder.
    #[must_use]
    pub fn path(folder: &str) -> Self {
        Self { source: "path", value: folder.to_owned() }
    }

    /// From the registry.
    #[must_use]
    pub fn version(version: &str) -> Self {
        Self { source: "version", value: version.to_owned() }
    }
}

/// The text of a template, with the line break at its end that the engine takes away.
fn written(template: &impl askama::Template) -> Result<String, askama::Error> {
    let mut text = template.render()?;
    text.push('\n');
    Ok(text)
}
