//! From syntax trees to a test plan: `given:`, `expect:` and `.test.flow` files.
//!
//! Every name in them is looked up in the IR, so a plan without errors names only what exists. What is certainly a slip
//! is an error; what has no effect, or can never fail, is a warning.

mod assertions;
mod assumptions;
mod cases;
mod conditions;
mod contradictions;
mod events;
mod given;
mod names;
mod overrides;
mod patterns;
mod replies;
mod roles;
mod scenarios;
mod suites;
mod values;

use super::{Place, Test, TestPlan, VERSION};
use crate::ast::{Content, File};
use crate::diagnostic::{Diagnostics, Severity};
use crate::ir::System;
use crate::load::Loaded;
use crate::source::{FileId, Sources, Span};
use names::Names;
use std::collections::BTreeSet;

/// A unit: as it is written, and what it means.
#[derive(Clone, Copy)]
pub struct Unit<'a> {
    /// The flows.
    pub loaded: &'a Loaded,
    /// What they mean.
    pub system: &'a System,
    /// The texts of flows and test files.
    pub sources: &'a Sources,
    /// How places name a file, by its name among the sources.
    pub named: &'a dyn Fn(&str) -> String,
}

/// Lowers the stories of a unit and its test files. Each test of the plan is whole: one that an error is about is left out, and
/// so are all of a file that could not be read as it stands.
pub fn lower(unit: Unit<'_>, test_files: &[File], diagnostics: &mut Diagnostics) -> TestPlan {
    let names = Names::of(unit.loaded, unit.system, unit.sources);
    let unread = files_with_errors(diagnostics);
    let mut lowering = Lowering { names: &names, named: unit.named, diagnostics, lost: false };
    let mut tests = lowering.scenarios();
    for file in test_files {
        if let Content::Test(content) = &file.content {
            let of_file: Vec<Test> = content.suites.iter().flat_map(|suite| lowering.suite(suite)).collect();
            tests.extend(of_file.into_iter().filter(|_| !unread.contains(&file.file)));
        }
    }
    let system = names.system;
    TestPlan {
        version: VERSION,
        unit: system.name.clone(),
        flow: system.hash(),
        roles: roles::roles(system),
        answers: roles::answers(system),
        tests,
    }
}

fn files_with_errors(diagnostics: &Diagnostics) -> BTreeSet<FileId> {
    let errors = diagnostics.iter().filter(|finding| finding.severity == Severity::Error);
    errors.filter_map(|error| Some(error.primary()?.span.file)).collect()
}

/// Lowers tests.
struct Lowering<'n, 'a> {
    names: &'n Names<'a>,
    named: &'n dyn Fn(&str) -> String,
    diagnostics: &'n mut Diagnostics,
    /// Whether something of the test at hand was lost, for an error that was reported or is not reported again.
    lost: bool,
}

impl<'a> Lowering<'_, 'a> {
    /// A test, unless something of it is lost: it would say what is not true.
    fn whole(&mut self, lower: impl FnOnce(&mut Self) -> Option<Test>) -> Option<Test> {
        self.lost = false;
        let before = self.diagnostics.errors();
        let test = lower(self);
        test.filter(|_| !self.lost && self.diagnostics.errors() == before)
    }

    /// Does something that was done before, without reporting it again.
    fn silently<T>(&mut self, again: impl FnOnce(&mut Lowering<'_, 'a>) -> T) -> T {
        let mut unheard = Diagnostics::new();
        let mut lowering = Lowering { names: self.names, named: self.named, diagnostics: &mut unheard, lost: false };
        let done = again(&mut lowering);
        self.lost |= unheard.has_errors();
        done
    }

    /// A place as reports show it.
    fn place(&self, span: Span) -> Place {
        let sources = self.names.sources;
        let (file, at) = sources.get(span.file).map_or_else(Default::default, |source| {
            let at = source.line_column(span.start);
            ((self.named)(source.name()), (at.line, at.column))
        });
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let text = sources.slice(span).lines().next().unwrap_or_default().trim().to_owned();
        Place { file, line: number(at.0), column: number(at.1), text }
    }
}
