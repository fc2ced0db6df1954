//! The project file `eventflow.toml`: what to compile, where to write it, and how seriously to take warnings.
//!
//! Only its text is read here; paths are given back as they are written, relative to the folder of the file. The build
//! script API has the same settings.

mod read;

use crate::diagnostic::Diagnostics;
use crate::levels::Levels;
use crate::source::{FileId, Sources, Span};

/// The name of the file.
pub const FILE_NAME: &str = "eventflow.toml";

/// What a project file says. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// The flow that is compiled when none is named.
    pub root: Option<String>,
    /// The folder that generated crates are written to.
    pub out: Option<String>,
    /// How seriously warnings are taken.
    pub levels: Levels,
    /// Which sentences wait.
    pub sentences: Sentences,
}

/// Whether the method of a sentence may wait for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// It is a plain function.
    Sync,
    /// It is an asynchronous function.
    Async,
}

/// Which sentences do not wait as sentences of their kind do, as it is said: one entry after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentences {
    said: Vec<Said>,
}

/// What is said of one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The machine.
    pub machine: String,
    /// The sentence, as the flow words it or by the name of its method.
    pub sentence: String,
    /// How it waits.
    pub waiting: Waiting,
    /// Where the project file says so; none if a caller does.
    pub place: Option<Place>,
}

/// Where the project file speaks of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the machine.
    pub machine: Span,
    /// The sentence.
    pub sentence: Span,
}

impl Sentences {
    /// Says how a sentence of a machine waits. The sentence may be given as the flow words it or by its method's name.
    pub fn set(&mut self, machine: &str, sentence: &str, waiting: Waiting) {
        let (machine, sentence) = (machine.to_owned(), sentence.to_owned());
        self.said.push(Said { machine, sentence, waiting, place: None });
    }

    /// Everything that is said, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Said> {
        self.said.iter()
    }
}

/// Reads the text of a project file. What is wrong in it is reported and left out.
pub fn read(file: FileId, sources: &Sources, diagnostics: &mut Diagnostics) -> Project {
    let text = sources.get(file).map_or("", |source| source.text());
    read::Reader { file, diagnostics }.project(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levels::{Level, Subject};

    fn project(text: &str) -> (Project, Vec<String>) {
        let mut sources = Sources::new();
        let file = sources.add(FILE_NAME, text);
        let mut diagnostics = Diagnostics::new();
        let project = read(file, &sources, &mut diagnostics);
        let said = diagnostics.into_sorted().into_iter().map(|found| {
            let place = found.primary().map_or("", |label| sources.slice(label.span)).to_owned();
            format!("{} `{place}`: {}; {}", found.code, found.message, found.help.join("; "))
        });
        (project, said.collect())
    }

    #[test]
    fn every_key_is_read() {
        let text = r#"
            root = "flows/system.flow"
            out = "generated"
            [lints]
            warnings = "deny"
            EF0501 = "allow"
            [machines.order]
            sync = ["print receipt"]
            async = ["card is valid"]
        "#;
        let (project, said) = project(text);
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(project.root.as_deref(), Some("flows/system.flow"));
        assert_eq!(project.out.as_deref(), Some("generated"));
        let mut levels = Levels::default();
        levels.set(Subject::Warnings, Level::Deny);
        levels.set(Subject::Code("EF0501"), Level::Allow);
        assert_eq!(project.levels, levels);
        let said = project.sentences.iter().map(|said| (said.machine.as_str(), said.sentence.as_str(), said.waiting));
        let wanted = [("order", "print receipt", Waiting::Sync), ("order", "card is valid", Waiting::Async)];
        assert_eq!(said.collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn everything_wrong_is_reported_at_its_place() {
        let text = r#"
            rot = "a.flow"
            out = 5
            [lints]
            EF0501 = "forbid"
            EF0451 = "deny"
            EF9990 = "warn"
            [machines.order]
            synk = []
            sync = ["a", 7, "b"]
        "#;
        let (_, said) = project(text);
        assert_eq!(
            said,
            [
                "EF0802 `rot`: the project file has no key `rot`; did you mean `root`?",
                "EF0803 `5`: `out` must be a text; ",
                "EF0803 `\"forbid\"`: `EF0501` must be one of `allow`, `warn`, `deny`; ",
                "EF0805 `EF0451`: `EF0451` is an error, and only warnings have a level; remove this line",
                "EF0804 `EF9990`: there is no warning `EF9990`; `eventflow explain` lists the codes",
                "EF0802 `synk`: `[machines.order]` has no key `synk`; did you mean `sync`?",
                "EF0803 `7`: `sync` must be a list of texts; ",
            ]
        );
    }

    #[test]
    fn what_is_no_toml_says_so() {
        let (project, said) = project("root = \n[lints");
        assert_eq!(project, Project::default());
        assert!(said.iter().all(|line| line.starts_with("EF0801")) && !said.is_empty(), "{said:?}");
    }
}
