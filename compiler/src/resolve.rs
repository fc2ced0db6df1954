//! From syntax trees to the IR: names, types, statements.
//!
//! First everything that can be named is outlined (machines, actors, states, handlers, events with their fields, the
//! context), then every body is lowered while it says what it knows of types, then the types are settled, and at last
//! the IR is put together and its expressions get their types and conversions. Something unresolved is reported where it
//! stands and becomes silent: nothing is reported because of it again.

mod almost_state_tests;
mod almost_transitions;
mod conditions;
mod convert;
mod emits;
mod events;
mod expressions;
mod facts;
mod finish;
mod given;
mod handlers;
mod intended;
mod lower;
mod mentions;
mod named;
mod operators;
mod outline;
mod queued;
mod queues;
mod records;
mod replies;
mod retelling;
mod rules;
mod sentences;
mod statements;
mod states;
mod types;
mod unit;
mod walk;

use crate::diagnostic::Diagnostics;
use crate::ir::facts::Fact;
use crate::ir::{Origins, SentenceKind, System};
use crate::load::Loaded;
use crate::source::Sources;
use std::collections::BTreeSet;
use types::Types;

/// A system and where its pieces come from.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// What the flows mean.
    pub system: System,
    /// Where they say so.
    pub origins: Origins,
    /// What declarations of states say of it.
    pub facts: Vec<Fact>,
}

/// Which sentences may wait, where it is not as usual. A sentence is named by its method, `send_email`, for every
/// machine, or `order.send_email` for one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Guards and transformers that may wait. A rule never does: payloads are checked before anything runs.
    pub asynchronous: BTreeSet<String>,
    /// Actions that do not wait.
    pub synchronous: BTreeSet<String>,
}

impl Options {
    fn is_asynchronous(&self, kind: SentenceKind, machine: &str, name: &str) -> bool {
        let listed = |list: &BTreeSet<String>| list.contains(name) || list.contains(&format!("{machine}.{name}"));
        match kind {
            SentenceKind::Action => !listed(&self.synchronous),
            SentenceKind::Guard | SentenceKind::Transformer => listed(&self.asynchronous),
            SentenceKind::Rule => false,
        }
    }
}

/// Resolves a unit. The result is complete only if no error was reported.
pub fn resolve(loaded: &Loaded, sources: &Sources, options: &Options, diagnostics: &mut Diagnostics) -> Resolved {
    let mut types = Types::of_unit(loaded.incomplete);
    let mut origins = Origins::default();
    let unit = unit::outline(loaded, sources, &mut types, &mut origins, diagnostics);
    given::written_types(&unit, &mut types, diagnostics);
    let lowered: Vec<_> = (0..unit.machines.len())
        .map(|machine| lower::lower(&unit, machine, &mut types, &mut origins, diagnostics))
        .collect();
    given::shown_times(&unit, &lowered, &mut types, diagnostics);
    operators::settle(&mut types, diagnostics);
    given::shown_types(&unit, &lowered, &mut types, diagnostics);
    records::self_containing(&types, diagnostics);
    let title = loaded.title.clone();
    let names = (identifier(&title), title);
    let system = finish::finish(&unit, &types, lowered, names, options, &mut origins, diagnostics);
    Resolved { system, origins, facts: facts::of(&unit) }
}

/// A title as an identifier.
fn identifier(title: &str) -> String {
    let small = title.to_lowercase();
    let words: Vec<&str> =
        small.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name
    } else {
        format!("system_{name}").trim_end_matches('_').to_owned()
    }
}
