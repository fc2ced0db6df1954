//! `.test.flow` files: whose story is varied, and at which event.

use super::Lowering;
use super::cases::scope_of;
use super::names::{Scope, Story};
use super::scenarios::Expectations;
use crate::ast::{ForEvent, ForScenario, Name, Suite, SuiteItem, SuiteSubject};
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::walk::each_statement;
use crate::ir::{HandlerId, MachineId, Party, StateId, StatementKind};
use crate::source::Span;
use crate::test_plan::{Firing, Step, Test, World};

/// The event that cases vary.
pub(super) struct Varied<'n> {
    pub(super) story: &'n Story<'n>,
    /// The line that names it.
    pub(super) span: Span,
    pub(super) at: At,
}

/// Where in its story an event is.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// The story tells it, at this position.
    Told(usize),
    /// Another machine of the system gets it in the course of the story.
    Elsewhere {
        /// Which machine, by position.
        machine: usize,
        /// What it gets.
        handler: HandlerId,
    },
}

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
                    [story] => tests.extend(self.whole(|lowering| lowering.path_case(case, story, subject))),
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
        let Some(varied) = self.varied(event, stories, subject) else { return Vec::new() };
        let cases = event.cases.iter();
        cases.filter_map(|case| self.whole(|lowering| lowering.variation(case, &varied, subject))).collect()
    }

    /// The event that is meant, and in which story. None if an error was reported.
    fn varied(&mut self, event: &ForEvent, stories: &[&'n Story<'n>], subject: Subject) -> Option<Varied<'n>> {
        let machine = match &event.to {
            Some(to) => Some((to, self.named_machine(to)?)),
            None => None,
        };
        let own = |story: &&&Story<'_>| machine.is_none_or(|(_, machine)| story.machine == machine);
        let told_by_it: Vec<&'n Story<'n>> = stories.iter().filter(own).copied().collect();
        match (told_by_it.as_slice(), machine, stories) {
            ([story], ..) => {
                let position = self.told_position(&event.event, story)?;
                Some(Varied { story, span: event.span, at: At::Told(position) })
            }
            ([], Some((to, machine)), [story]) => {
                if scope_of(story, subject).alone {
                    let help = "vary the events of this machine, or test the system: `test: system NAME`";
                    let message = format!("`@{}` is played in this test", to.text);
                    self.diagnostics.error(catalog::out_of_place(to.span, &message, help));
                    return None;
                }
                let handler = self.handler_of(&event.event, machine, story.machine)?;
                Some(Varied { story, span: event.span, at: At::Elsewhere { machine, handler } })
            }
            _ => {
                self.ambiguous(event.span, stories);
                None
            }
        }
    }

    /// The handler of another machine that an event of the story reaches: the one for messages of the machine that tells it,
    /// if there is one.
    fn handler_of(&mut self, event: &Name, machine: usize, teller: usize) -> Option<HandlerId> {
        let handlers = self.handlers_of(event, machine)?;
        let from = |id: &HandlerId| self.names.machine(machine).ir.handler(*id).from;
        let from_teller = |id: &&HandlerId| from(id) == Some(Party::Machine(MachineId::at(teller)));
        handlers.iter().find(from_teller).or(handlers.first()).copied()
    }

    /// The handlers of an event. None, with an error, if there is none.
    pub(super) fn handlers_of(&mut self, event: &Name, machine: usize) -> Option<Vec<HandlerId>> {
        let told = self.names.machine(machine);
        let ids = (0..told.ir.handlers.len()).map(HandlerId::at);
        let handlers: Vec<HandlerId> = ids.filter(|id| told.event_of(*id).name == event.text).collect();
        if handlers.is_empty() {
            let names = told.handled();
            let known = Known { sigil: ":", names: &names, otherwise: "it handles nothing" };
            self.diagnostics.error(catalog::unhandled_event(event.span, &event.text, &told.ir.name, &known));
            return None;
        }
        Some(handlers)
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

    /// The steps of a story, and the event of another machine with which it ends.
    pub(super) fn steps_until(
        &mut self,
        story: &Story<'_>,
        (span, handler): (Span, HandlerId),
        at: Scope,
    ) -> Vec<Step> {
        let scope = Scope { machine: story.machine, ..at };
        let told = story.handlers.iter();
        let mut steps: Vec<Step> =
            self.silently(|lowering| told.map(|told| lowering.told(*told, scope, Expectations::Dropped)).collect());
        steps.push(Step {
            place: self.place(span),
            machine: at.machine,
            handler: handler.index(),
            firing: Firing::Awaited,
            world: World::default(),
            payload: Vec::new(),
            expect: Vec::new(),
        });
        steps
    }

    /// The machine on the stage that a handler takes its event from.
    pub(super) fn sender_on_stage(&self, handler: HandlerId, scope: Scope) -> Option<&'n str> {
        match self.names.machine(scope.machine).ir.handler(handler).from {
            Some(Party::Machine(sender)) if !scope.alone || sender.index() == scope.machine => {
                Some(self.names.machine(sender.index()).ir.name.as_str())
            }
            Some(Party::Machine(_) | Party::Actor(_) | Party::System) | None => None,
        }
    }

    /// Whether an event may come without the story's doing, and not as a timer.
    pub(super) fn may_come_by_itself(&self, handler: HandlerId, scope: Scope) -> bool {
        let told = self.names.machine(scope.machine);
        let described = told.ir.handler(handler);
        let is_open = described.from.is_none() && !described.api;
        self.sender_on_stage(handler, scope).is_some()
            || is_open && self.names.is_emitted_to(&told.event_of(handler).name, &told.ir.name, scope)
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
