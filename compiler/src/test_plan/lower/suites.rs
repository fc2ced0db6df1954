//! `.test.flow` files: whose story is varied, and at which event.

use super::Lowering;
use super::names::{Scope, Story};
use super::scenarios::Expectations;
use crate::ast::{ForEvent, ForScenario, Name, Suite, SuiteItem, SuiteSubject};
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::walk::each_statement;
use crate::ir::{HandlerId, Party, StateId, StatementKind};
use crate::source::Span;
use crate::test_plan::{Firing, Step, Test};

/// What a suite tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// One machine, its partners played.
    Machine(usize),
    /// The machines together.
    System,
}

impl<'n> Lowering<'n, '_> {
    /// The tests of a suite.
    pub(super) fn suite(&mut self, suite: &Suite) -> Vec<Test> {
        let subject = match &suite.subject {
            SuiteSubject::Machine(name) => self.named_machine(name).map(Subject::Machine),
            SuiteSubject::System(name) => {
                let own = [self.names.title, self.names.system.name.as_str()];
                if !own.contains(&name.text.as_str()) {
                    self.diagnostics.error(catalog::unknown_system(name.span, &name.text, self.names.title));
                }
                Some(Subject::System)
            }
        };
        let Some(subject) = subject else { return Vec::new() };
        suite.scenarios.iter().flat_map(|scenario| self.for_scenario(scenario, subject)).collect()
    }

    fn for_scenario(&mut self, scenario: &ForScenario, subject: Subject) -> Vec<Test> {
        let stories = self.stories(&scenario.title.text, subject);
        if stories.is_empty() {
            self.unknown_scenario(scenario, subject);
            return Vec::new();
        }
        let mut tests = Vec::new();
        for item in &scenario.items {
            match item {
                SuiteItem::Event(event) => tests.extend(self.for_event(event, &stories, subject)),
                SuiteItem::Case(case) => match stories.as_slice() {
                    [story] => tests.extend(self.path_case(case, story, subject)),
                    stories => self.ambiguous(case.span, stories),
                },
            }
        }
        tests
    }

    /// The stories of this title.
    fn stories(&self, title: &str, subject: Subject) -> Vec<&'n Story<'n>> {
        let machines = self.names.machines.iter().enumerate().filter(|(id, _)| match subject {
            Subject::Machine(machine) => *id == machine,
            Subject::System => true,
        });
        machines.flat_map(|(_, machine)| &machine.stories).filter(|story| story.title() == Some(title)).collect()
    }

    fn unknown_scenario(&mut self, scenario: &ForScenario, subject: Subject) {
        let machines = self.names.machines.iter().enumerate();
        let machines = machines.filter(|(id, _)| subject == Subject::System || subject == Subject::Machine(*id));
        let titles: Vec<&str> =
            machines.flat_map(|(_, machine)| &machine.stories).filter_map(|story| story.title()).collect();
        let whose = match subject {
            Subject::Machine(machine) => format!("`@{}`", self.names.machine(machine).ir.name),
            Subject::System => "the system".to_owned(),
        };
        let known = Known { sigil: "", names: &titles, otherwise: "give the scenario a title: `scenario: title`" };
        let title = &scenario.title;
        self.diagnostics.error(catalog::unknown_scenario(title.span, &title.text, &whose, &known));
    }

    fn ambiguous(&mut self, span: Span, stories: &[&Story<'_>]) {
        let names: Vec<&str> = stories.iter().map(|story| self.names.machine(story.machine).ir.name.as_str()).collect();
        let message = format!("`@{}` tell a scenario of this title", names.join("` and `@"));
        self.diagnostics.error(catalog::out_of_place(span, &message, "give each scenario a title of its own"));
    }

    fn for_event(&mut self, event: &ForEvent, stories: &[&'n Story<'n>], subject: Subject) -> Vec<Test> {
        let Some(story) = self.story_of(event, stories) else { return Vec::new() };
        let Some(position) = self.told_position(&event.event, story) else { return Vec::new() };
        event.cases.iter().filter_map(|case| self.variation(case, (story, position), subject)).collect()
    }

    /// The story that is meant where several machines tell one of this title.
    fn story_of(&mut self, event: &ForEvent, stories: &[&'n Story<'n>]) -> Option<&'n Story<'n>> {
        let Some(to) = &event.to else {
            if let [story] = stories {
                return Some(story);
            }
            self.ambiguous(event.span, stories);
            return None;
        };
        let machine = self.named_machine(to)?;
        let story = stories.iter().copied().find(|story| story.machine == machine);
        if let (None, Some(other)) = (story, stories.first()) {
            let teller = &self.names.machine(other.machine).ir.name;
            let help = format!("vary the events of that machine, or a scenario of `@{}`", to.text);
            let message = format!("this scenario is told by `@{teller}`");
            self.diagnostics.error(catalog::out_of_place(to.span, &message, &help));
        }
        story
    }

    /// The position of an event among the handlers of a story.
    pub(super) fn told_position(&mut self, event: &Name, story: &Story<'_>) -> Option<usize> {
        let position = story.handlers.iter().position(|(handler, _)| handler.event.text == event.text);
        if position.is_none() {
            let mut told: Vec<&str> = story.handlers.iter().map(|(handler, _)| handler.event.text.as_str()).collect();
            told.dedup();
            let known = Known { sigil: ":", names: &told, otherwise: "it has no handlers" };
            let untold = catalog::untold_event(event.span, &event.text, story.tree.span, &known);
            self.diagnostics.error(untold);
        }
        position
    }

    /// The steps of a story up to and including one, without what they expect.
    pub(super) fn steps_to(&mut self, story: &Story<'_>, last: usize, scope: Scope) -> Vec<Step> {
        let mut steps = Vec::new();
        for (position, told) in story.handlers.iter().enumerate().take(last + 1) {
            if position < last && self.is_another_outcome(story, position, last) {
                continue;
            }
            let mut step = self.silently(|lowering| lowering.told(*told, scope, Expectations::Dropped));
            if position == last && self.must_be_sent(told.1, scope) {
                step.firing = Firing::Always;
            }
            steps.push(step);
        }
        steps
    }

    /// Whether an earlier answer of a partner is told as the alternative of a later one: it leads to where the later one
    /// has nothing to do.
    fn is_another_outcome(&self, story: &Story<'_>, earlier: usize, later: usize) -> bool {
        let machine = self.names.machine(story.machine);
        let handler = |position: usize| machine.ir.handler(story.handlers[position].1);
        let (first, last) = (handler(earlier), handler(later));
        let between = (earlier..later).all(|position| handler(position).from == last.from);
        if first.api || last.from.is_none() || !between {
            return false;
        }
        let mut leads: Vec<StateId> = Vec::new();
        each_statement(&first.body, &mut |statement, _| {
            if let StatementKind::Transition(state) = statement.kind {
                leads.push(state);
            }
        });
        !leads.is_empty() && !leads.iter().any(|state| last.intended.contains(state))
    }

    /// Whether a handler runs only if a partner who is played says so.
    fn must_be_sent(&self, handler: HandlerId, scope: Scope) -> bool {
        let handler = self.names.machine(scope.machine).ir.handler(handler);
        match handler.from {
            Some(Party::Actor(_)) => true,
            Some(Party::Machine(sender)) => scope.alone && sender.index() != scope.machine,
            Some(Party::System) | None => false,
        }
    }
}
