//! Scenarios as the flows tell them.

use super::Lowering;
use super::names::{Scope, Story};
use crate::ast;
use crate::catalog::story as catalog;
use crate::ir::HandlerId;
use crate::source::Span;
use crate::test_plan::{Firing, Step, Test, TestKind, World};

impl<'n, 'a> Lowering<'n, 'a> {
    /// A test for every scenario that expects anything, machine by machine.
    pub(super) fn scenarios(&mut self) -> Vec<Test> {
        self.idle();
        let names = self.names;
        let stories = names.machines.iter().flat_map(|machine| &machine.stories);
        stories.filter_map(|story| self.whole(|lowering| lowering.scenario(story))).collect()
    }

    fn scenario(&mut self, story: &Story<'_>) -> Option<Test> {
        let scope = Scope { machine: story.machine, handler: None, alone: story.answers };
        let world = self.world(story.tree.givens(), scope);
        let steps: Vec<Step> = story.handlers.iter().map(|told| self.told(*told, scope, Expectations::Kept)).collect();
        let expect = self.expectations(story.tree.expects(), scope);
        if expect.is_empty() && steps.iter().all(|step| step.expect.is_empty()) {
            return None;
        }
        let machine = &self.names.machine(story.machine).ir.name;
        Some(Test {
            title: story.title().unwrap_or(machine).to_owned(),
            scenario: story.title().map(str::to_owned),
            event: None,
            place: self.place(beginning(story)),
            kind: TestKind::Scenario,
            machine: story.machine,
            alone: scope.alone,
            world,
            assumptions: Vec::new(),
            steps,
            expect,
        })
    }

    /// Warns of what stands in a scenario in which nothing happens: above the first `scenario:` line, for one.
    fn idle(&mut self) {
        for (keyword, span) in self.names.machines.iter().flat_map(|machine| &machine.idle) {
            let message = format!("nothing happens in the scenario of this `{keyword}:`");
            let help = "write it below the line `scenario: …` of the handlers that it is about";
            self.diagnostics.warning(catalog::without_effect(*span, message, help));
        }
    }

    /// A handler as a step of its story.
    pub(super) fn told(
        &mut self,
        (tree, handler): (&ast::Handler, HandlerId),
        scope: Scope,
        expectations: Expectations,
    ) -> Step {
        let scope = Scope { handler: Some(handler), ..scope };
        let world = self.world(&tree.given, Scope { handler: None, ..scope });
        let expect = match expectations {
            Expectations::Kept => self.expectations(&tree.expect, scope),
            Expectations::Dropped => Vec::new(),
        };
        Step {
            place: self.place(tree.span),
            machine: scope.machine,
            handler: handler.index(),
            firing: Firing::Told,
            world,
            payload: Vec::new(),
            expect,
        }
    }

    /// The world of a story, said again for one of its variations: what is wrong with it is reported with the story.
    pub(super) fn world_again<'w>(&mut self, given: impl IntoIterator<Item = &'w ast::Given>, scope: Scope) -> World {
        self.silently(|lowering| lowering.world(given, scope))
    }
}

/// What becomes of what a handler expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expectations {
    /// It is part of the test.
    Kept,
    /// Something else is tested.
    Dropped,
}

/// Where a story begins: its title, or its first handler.
fn beginning(story: &Story<'_>) -> Span {
    let first = story.handlers.first().map_or(story.tree.span, |(handler, _)| handler.span);
    if story.tree.title.is_some() { story.tree.span } else { first }
}
