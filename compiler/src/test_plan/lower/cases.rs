//! The cases of a suite: variations of one event, and paths.

use super::Lowering;
use super::names::{Scope, Story};
use super::suites::{At, Subject, Varied};
use crate::ast::{self, Case, CaseItem, StepKind, WithSection, WithSectionKind};
use crate::built_in;
use crate::catalog::story as catalog;
use crate::ir::HandlerId;
use crate::test_plan::{Assertion, Assumption, Fact, Firing, Step, Test, TestKind};

/// What a case says, sorted.
#[derive(Default)]
struct Sorted<'c> {
    sections: Vec<&'c WithSection>,
    steps: Vec<&'c ast::Step>,
    assertions: Vec<&'c ast::Assertion>,
}

impl<'n> Lowering<'n, '_> {
    /// A case under `for :event`: the story up to that event, with what differs.
    pub(super) fn variation(&mut self, case: &Case, varied: &Varied<'n>, subject: Subject) -> Option<Test> {
        let story = varied.story;
        let of_story = scope_of(story, subject);
        let (scope, handler) = match varied.at {
            At::Told(position) => (of_story, story.handlers[position].1),
            At::Elsewhere { machine, handler } => (Scope { machine, ..of_story }, handler),
        };
        let sorted = sorted(case);
        for step in &sorted.steps {
            let help = "tell it in a case of its own under `for scenario:`";
            self.diagnostics.error(catalog::out_of_place(step.span, "a case of one event has no further events", help));
        }
        let mut test = self.begun(case, story, subject);
        test.kind = TestKind::Variation;
        test.event = Some(self.names.machine(scope.machine).event_of(handler).name.clone());
        test.steps = match varied.at {
            At::Told(position) => self.steps_to(story, position, scope),
            At::Elsewhere { handler, .. } => self.steps_until(story, (varied.span, handler), scope),
        };
        test.assumptions = self.case_assumptions(case, scope);
        for section in &sorted.sections {
            match section.kind {
                WithSectionKind::Scenario => test.world.facts.extend(self.different_given(section, of_story)),
                WithSectionKind::Given => {
                    let facts = self.different_given(section, scope);
                    self.before_event(facts, (handler, scope), &mut test);
                }
                WithSectionKind::Event => {
                    let payload = self.different_payload(section, handler, scope);
                    test.steps.last_mut()?.payload.extend(payload);
                }
                WithSectionKind::Context => {
                    let facts = self.different_context(section, scope);
                    self.before_event(facts, (handler, scope), &mut test);
                }
            }
        }
        match subject {
            Subject::Machine(_) => {
                let expect = self.expected_of(case, &sorted, Scope { handler: Some(handler), ..scope });
                test.steps.last_mut()?.expect = expect;
            }
            Subject::System => test.expect = self.expected_of(case, &sorted, scope),
        }
        Some(test)
    }

    /// Makes something so for the last event of a test. Nobody can step in before an event that comes by itself: where
    /// instances are and what they remember is so from the beginning then, and fills no payload.
    fn before_event(&self, facts: Vec<Fact>, (handler, scope): (HandlerId, Scope), test: &mut Test) {
        if self.may_come_by_itself(handler, scope) {
            let early = facts.iter().filter_map(|fact| match fact {
                Fact::Variable { machine, filling } | Fact::Context { machine, filling } => {
                    Some(Fact::Context { machine: *machine, filling: filling.clone() })
                }
                Fact::State { .. } => Some(fact.clone()),
                Fact::Guard { .. } | Fact::LoggedIn { .. } => None,
            });
            test.world.facts.extend(early);
        }
        if let Some(step) = test.steps.last_mut() {
            step.world.facts.extend(facts);
        }
    }

    /// A case under `for scenario:`: the story up to `after`, then other events.
    pub(super) fn path_case(&mut self, case: &Case, story: &'n Story<'n>, subject: Subject) -> Option<Test> {
        let scope = scope_of(story, subject);
        let sorted = sorted(case);
        let mut test = self.begun(case, story, subject);
        test.kind = TestKind::Path;
        test.assumptions = self.case_assumptions(case, scope);
        for section in &sorted.sections {
            match section.kind {
                WithSectionKind::Scenario => test.world.facts.extend(self.different_given(section, scope)),
                WithSectionKind::Context => test.world.facts.extend(self.different_context(section, scope)),
                WithSectionKind::Given | WithSectionKind::Event => {
                    let help = "give a step its payload (`receive :event with field: VALUE`), or vary one event with `for :event:`";
                    let message = "a path has no one event that this could be about";
                    self.diagnostics.error(catalog::out_of_place(section.span, message, help));
                }
            }
        }
        for (index, step) in sorted.steps.iter().enumerate() {
            match step.kind {
                StepKind::After if index == 0 => {
                    if let Some(position) = self.after(step, story) {
                        test.steps = self.steps_to(story, position, scope);
                    }
                }
                StepKind::After => {
                    let help = "go on with `receive :event` or `then :event`";
                    let message = "`after` begins a path, and stands in it once";
                    self.diagnostics.error(catalog::out_of_place(step.span, message, help));
                }
                StepKind::Receive | StepKind::Then => test.steps.extend(self.step(step, scope)),
            }
        }
        if sorted.steps.is_empty() {
            let help = "begin with `after :event`, or vary one event with `for :event:`";
            self.diagnostics.error(catalog::out_of_place(case.span, "in this path nothing happens", help));
        }
        test.expect = self.expected_of(case, &sorted, scope);
        Some(test)
    }

    /// A test with the world of its story and nothing else.
    fn begun(&mut self, case: &Case, story: &Story<'_>, subject: Subject) -> Test {
        let scope = scope_of(story, subject);
        Test {
            title: case.title.text.clone(),
            scenario: story.title().map(str::to_owned),
            event: None,
            place: self.place(case.span),
            kind: TestKind::Path,
            machine: story.machine,
            alone: scope.alone,
            world: self.world_again(story.tree.givens(), scope),
            assumptions: Vec::new(),
            steps: Vec::new(),
            expect: Vec::new(),
        }
    }

    fn expected_of(&mut self, case: &Case, sorted: &Sorted<'_>, scope: Scope) -> Vec<Assertion> {
        if sorted.assertions.is_empty() {
            self.diagnostics.warning(catalog::expects_nothing(case.title.span, &case.title.text));
        }
        self.assertions(&sorted.assertions, scope)
    }

    fn case_assumptions(&mut self, case: &Case, scope: Scope) -> Vec<Assumption> {
        let mut assumptions = Vec::new();
        for item in &case.items {
            match item {
                CaseItem::Assume { span: _, assumptions: assumed } => assumptions.extend(self.assumed(assumed, scope)),
                CaseItem::Observe { span: _, observed } => assumptions.extend(self.observed(observed, scope)),
                CaseItem::With(_) | CaseItem::Step(_) | CaseItem::Assertion(_) => {}
            }
        }
        assumptions
    }

    /// `after :e`
    fn after(&mut self, step: &ast::Step, story: &Story<'_>) -> Option<usize> {
        if step.from.is_some() || step.to.is_some() || step.payload.is_some() {
            let help = "write `after :event` alone, and vary the event itself under `for :event:`";
            let message = "`after` repeats the scenario, and changes nothing in it";
            self.diagnostics.error(catalog::out_of_place(step.span, message, help));
        }
        self.told_position(&step.event, story)
    }

    /// `receive :e from @a`, `then :e from @a to @m`
    fn step(&mut self, step: &ast::Step, scope: Scope) -> Option<Step> {
        let machine = match &step.to {
            Some(to) => self.named_machine(to)?,
            None => scope.machine,
        };
        if scope.alone && machine != scope.machine {
            let help = "test the system to send others something: `test: system NAME`";
            self.diagnostics.error(catalog::out_of_place(step.span, "this machine is played here", help));
            return None;
        }
        let handler = self.admitting(step, machine)?;
        let event = self.names.machine(machine).event_of(handler);
        let at = Scope { machine, ..scope };
        let payload = self.fillings(step.payload.as_ref(), (&event.fields, &event.name), at);
        Some(Step {
            place: self.place(step.span),
            machine,
            handler: handler.index(),
            firing: Firing::Always,
            world: crate::test_plan::World::default(),
            payload,
            expect: Vec::new(),
        })
    }

    /// The handler that takes an event from a sender.
    fn admitting(&mut self, step: &ast::Step, machine: usize) -> Option<HandlerId> {
        let told = self.names.machine(machine);
        let name = &step.event.text;
        let handlers = self.handlers_of(&step.event, machine)?;
        let from = match &step.from {
            Some(from) if from.text == built_in::SYSTEM => Some(built_in::SYSTEM.to_owned()),
            Some(from) if from.text == built_in::ITSELF => Some(told.ir.name.clone()),
            Some(from) => Some(self.party(from)?),
            None => None,
        };
        let sender = |id: &HandlerId| told.ir.handler(*id).from.map(|party| self.names.system.party_name(party));
        let exact = handlers.iter().find(|id| sender(id) == from.as_deref());
        let open = handlers.iter().find(|id| sender(id).is_none());
        let only = (from.is_none() && handlers.len() == 1).then(|| handlers.first()).flatten();
        let found = exact.or(open).or(only).copied();
        if found.is_none() {
            let senders: Vec<String> =
                handlers.iter().filter_map(sender).map(|name| format!("from `@{name}`")).collect();
            let span = step.from.as_ref().map_or(step.span, |from| from.span);
            let wrong = catalog::wrong_sender(span, name, &told.ir.name, &senders);
            self.diagnostics.error(wrong);
        }
        found
    }
}

pub(super) fn scope_of(story: &Story<'_>, subject: Subject) -> Scope {
    let alone = matches!(subject, Subject::Machine(_)) || story.answers;
    Scope { machine: story.machine, handler: None, alone }
}

fn sorted(case: &Case) -> Sorted<'_> {
    let mut sorted = Sorted::default();
    for item in &case.items {
        match item {
            CaseItem::With(section) => sorted.sections.push(section),
            CaseItem::Step(step) => sorted.steps.push(step),
            CaseItem::Assertion(assertion) => sorted.assertions.push(assertion),
            CaseItem::Assume { .. } | CaseItem::Observe { .. } => {}
        }
    }
    sorted
}
