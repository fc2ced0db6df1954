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

use super::{Place, TestPlan, VERSION};
use crate::ast::{Content, File};
use crate::diagnostic::Diagnostics;
use crate::ir::System;
use crate::load::Loaded;
use crate::source::{Sources, Span};
use names::Names;

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

/// Lowers the stories of a unit and its test files. The plan is complete only if no error was reported.
pub fn lower(unit: Unit<'_>, test_files: &[File], diagnostics: &mut Diagnostics) -> TestPlan {
    let names = Names::of(unit.loaded, unit.system, unit.sources);
    let mut lowering = Lowering { names: &names, named: unit.named, diagnostics };
    let mut tests = lowering.scenarios();
    for file in test_files {
        if let Content::Test(file) = &file.content {
            tests.extend(file.suites.iter().flat_map(|suite| lowering.suite(suite)));
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

/// Lowers tests.
struct Lowering<'n, 'a> {
    names: &'n Names<'a>,
    named: &'n dyn Fn(&str) -> String,
    diagnostics: &'n mut Diagnostics,
}

impl Lowering<'_, '_> {
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
