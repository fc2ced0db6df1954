//! The conformance suite: for each rule of the language a flow, and a script that plays it and says what must come of it.
//!
//! A case is two files in `tests/conformance`: `NAME.flow` and `NAME.run`. In a script, lines at the margin are commands
//! and indented lines are what they lead to. Both executors play every script; their transcripts must be the script. A case
//! about tests in the language has no script but the report of its tests, [`Story`].

mod alias;
mod code;
mod command;
mod play;
mod story;

pub use code::{argument, asked, guard, rule, setting, value, works};
pub use play::play;
pub use story::{Story, shown};

use crate::compiled::{Compiled, compile};
use crate::drive::Driven;
use crate::interpreted::answers;
use eventflow_interpreter::interpret;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name: the section of the language that its rule stands in, and the rule in a few words.
    pub name: String,
    /// The flow.
    pub flow: String,
    /// The script.
    pub script: String,
}

/// The folder of the cases.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

/// The names of the files in the folder that end so, in order, without their ending.
fn stems(ending: &str) -> io::Result<Vec<String>> {
    let mut stems = Vec::new();
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name();
        stems.extend(name.to_string_lossy().strip_suffix(&format!(".{ending}")).map(str::to_owned));
    }
    stems.sort();
    Ok(stems)
}

impl Case {
    /// All cases with a script, in the order of their names.
    ///
    /// # Errors
    /// If the folder cannot be read, or a script has no flow.
    pub fn all() -> io::Result<Vec<Self>> {
        stems("run")?.into_iter().map(Self::read).collect()
    }

    fn read(name: String) -> io::Result<Self> {
        let read = |ending: &str| {
            let path = folder().join(format!("{name}.{ending}"));
            fs::read_to_string(&path)
                .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
        };
        Ok(Self { flow: read("flow")?, script: read("run")?, name })
    }

    /// The flow, compiled.
    ///
    /// # Errors
    /// If there are errors in it; the report is for people.
    pub fn compiled(&self) -> Result<Compiled, String> {
        compile(&format!("{}.flow", self.name), &self.flow)
    }

    /// What the interpreter makes of the script.
    ///
    /// # Errors
    /// If the flow does not compile, or a command is none.
    pub fn interpreted(&self) -> Result<String, String> {
        let compiled = self.compiled()?;
        play(&self.script, &compiled.resolved.system, &interpreted(&compiled))
    }
}

fn interpreted(compiled: &Compiled) -> Driven {
    let Compiled { sources, resolved } = compiled;
    let interpretation = interpret(resolved.system.clone(), &resolved.origins, sources, Arc::new(code::Scripted));
    Driven {
        system: interpretation.description().clone(),
        machines: interpretation.machines(),
        answers: answers(&resolved.system),
    }
}
