//! The files of a new project.

use askama::Template;

use crate::{Dependency, written};

/// What differs between new projects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The name of the package.
    pub name: String,
    /// The runtime.
    pub eventflow: Dependency,
    /// The compiler.
    pub eventflowc: Dependency,
}

/// One file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path inside the project, with `/`.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

#[derive(Template)]
#[template(path = "new/Cargo.toml.jinja", escape = "toml")]
struct Manifest<'a> {
    name: &'a str,
    eventflow: &'a Dependency,
    eventflowc: &'a Dependency,
}

#[derive(Template)]
#[template(path = "new/README.md.jinja", escape = "text")]
struct Readme<'a> {
    name: &'a str,
}

/// Defines the templates that are the same in every project.
macro_rules! fixed {
    ($($name:ident = $path:literal;)*) => {$(
        #[derive(Template)]
        #[template(path = $path, escape = "text")]
        struct $name;
    )*};
}

fixed! {
    Settings = "new/eventflow.toml.jinja";
    BuildScript = "new/build.rs.jinja";
    Flow = "new/flows/order.flow.jinja";
    Main = "new/src/main.rs.jinja";
    Ignored = "new/gitignore.jinja";
}

/// All files of a new project, in the order in which a reader meets them.
///
/// # Errors
/// If a template cannot be written out.
pub fn files(project: &Project) -> Result<Vec<File>, askama::Error> {
    let Project { name, eventflow, eventflowc } = project;
    Ok(vec![
        File { path: "Cargo.toml", text: written(&Manifest { name, eventflow, eventflowc })? },
        File { path: "eventflow.toml", text: written(&Settings)? },
        File { path: "build.rs", text: written(&BuildScript)? },
        File { path: "flows/order.flow", text: written(&Flow)? },
        File { path: "src/main.rs", text: written(&Main)? },
        File { path: "README.md", text: written(&Readme { name })? },
        File { path: ".gitignore", text: written(&Ignored)? },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_names_the_project_and_where_its_support_is() {
        let project = Project {
            name: "shop".to_owned(),
            eventflow: Dependency::path("/a \"b\"/runtime-support"),
            eventflowc: Dependency::version("0.1.0"),
        };
        let files = files(&project).expect("templates are complete");
        let manifest = &files[0].text;
        assert!(manifest.contains("name = \"shop\""), "{manifest}");
        assert!(manifest.contains(r#"eventflow = { path = "/a \"b\"/runtime-support","#), "{manifest}");
        assert!(manifest.contains(r#"eventflowc = { version = "0.1.0" }"#), "{manifest}");
        assert!(files.iter().all(|file| file.text.ends_with('\n')), "every text file ends its last line");
    }
}
