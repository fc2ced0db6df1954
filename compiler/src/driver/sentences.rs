//! Which sentences wait: what the project file and the caller say of them, settled, and judged by what the flows have.
//!
//! A sentence of a machine that a flow has must be one of its sentences. A project file may speak for several flows, and a
//! caller may compile several together: a machine that one of them lacks may be in another.

use super::locate::OfProject;
use super::{Compilation, shown};
use crate::catalog::project as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{Sentence, SentenceKind, System};
use crate::nearest::nearest;
use crate::parse::method;
use crate::project::{Said, Sentences, Waiting};
use crate::resolve::Options;
use std::collections::BTreeSet;

/// What is said of sentences, with nothing said twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    chosen: Vec<Choice>,
}

/// What is said of a sentence, and the name of its method.
#[derive(Clone, Debug)]
struct Choice {
    said: Said,
    method: String,
}

impl Choice {
    fn is_about(&self, other: &Self) -> bool {
        self.said.machine == other.said.machine && self.method == other.method
    }
}

impl Chosen {
    /// What the caller says, and of what he leaves open, what the project file says. A sentence that one of them puts into both
    /// forms is reported.
    pub(super) fn settle(project: &Sentences, caller: &Sentences, diagnostics: &mut Diagnostics) -> Self {
        let project = of_one_form(project, diagnostics);
        let mut chosen = of_one_form(caller, diagnostics);
        let open: Vec<Choice> =
            project.into_iter().filter(|choice| !chosen.iter().any(|stronger| stronger.is_about(choice))).collect();
        chosen.extend(open);
        Self { chosen }
    }

    /// What the resolver has to know of it.
    pub(super) fn options(&self) -> Options {
        let mut options = Options::default();
        for Choice { said, method } in &self.chosen {
            let name = format!("{}.{method}", said.machine);
            match said.waiting {
                Waiting::Sync => options.synchronous.insert(name),
                Waiting::Async => options.asynchronous.insert(name),
            };
        }
        options
    }

    /// Reports what the machines of a system cannot be told.
    pub(super) fn judge(&self, system: &System, diagnostics: &mut Diagnostics) {
        for Choice { said, method } in &self.chosen {
            let Some(machine) = system.machines.iter().find(|machine| machine.name == said.machine) else { continue };
            let place = said.place.map(|place| place.sentence);
            match machine.sentences.iter().find(|sentence| sentence.name == *method) {
                Some(Sentence { kind: SentenceKind::Rule, text, .. }) if said.waiting == Waiting::Async => {
                    diagnostics.error(catalog::waiting_rule(text, place));
                }
                Some(_) => {}
                None => {
                    let near = nearest(method, machine.sentences.iter().map(|sentence| sentence.name.as_str()));
                    let near = machine.sentences.iter().find(|sentence| Some(sentence.name.as_str()) == near);
                    let near = near.map(|sentence| sentence.text.as_str());
                    diagnostics.error(catalog::unknown_sentence(&said.machine, &said.sentence, place, near));
                }
            }
        }
    }
}

/// What one of the two says, each sentence once.
fn of_one_form(sentences: &Sentences, diagnostics: &mut Diagnostics) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for said in sentences.iter() {
        let choice = Choice { said: said.clone(), method: method(&said.sentence) };
        match choices.iter().find(|earlier| earlier.is_about(&choice)) {
            Some(Choice { said: earlier, .. }) if earlier.waiting != said.waiting => {
                let places = earlier.place.zip(said.place).map(|(first, second)| (first.sentence, second.sentence));
                diagnostics.error(catalog::two_forms(&said.machine, &said.sentence, places));
            }
            Some(_) => {}
            None => choices.push(choice),
        }
    }
    choices
}

/// Reports machines of which something is said and that none of these compilations has. What a project file says may be about
/// another flow, unless its own root is among these, or the name is nearly that of a machine here. Behind an error nobody knows
/// which machines there are.
pub(super) fn judge_machines(compilations: &mut [Compilation]) {
    let Some(machines) = machines(compilations) else { return };
    let mut told = BTreeSet::new();
    let mut found_in = Vec::new();
    for compilation in compilations.iter() {
        let Compilation { chosen, root, of_project, .. } = compilation;
        let mut found = Diagnostics::new();
        for Choice { said, .. } in chosen.chosen.iter().filter(|choice| !machines.contains(&choice.said.machine)) {
            let near = nearest(&said.machine, machines.iter().map(String::as_str));
            let judged = match of_project {
                OfProject::Root => true,
                OfProject::Open => near.is_some(),
                OfProject::Other => false,
            };
            match said.place {
                None if told.insert((&said.machine, Some(&said.sentence))) => {
                    found.error(catalog::unknown_machine_of_build(&said.machine, &said.sentence, near));
                }
                Some(place) if judged && told.insert((&said.machine, None)) => {
                    found.warning(catalog::unknown_machine(&said.machine, &shown(root), place.machine, near));
                }
                None | Some(_) => {}
            }
        }
        found_in.push(found);
    }
    for (compilation, found) in compilations.iter_mut().zip(found_in) {
        compilation.diagnostics.append(found);
    }
}

/// The machines of all compilations, if all of them have come so far.
fn machines(compilations: &[Compilation]) -> Option<BTreeSet<String>> {
    let systems: Vec<&System> = compilations
        .iter()
        .map(|compilation| compilation.resolved.as_ref().map(|resolved| &resolved.system))
        .collect::<Option<_>>()?;
    Some(systems.iter().flat_map(|system| &system.machines).map(|machine| machine.name.clone()).collect())
}
