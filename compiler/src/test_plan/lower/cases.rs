//! The cases of a suite: variations of one event, and paths.

use super::Lowering;
use super::given::object_cells;
use super::names::{Scope, Story, carried};
use super::suites::{At, Subject, Varied};
use crate::ast::{
    self, Case, CaseItem, Expression, GivenKind, GivenValue, Name, OverrideKind, StepKind, WithSection, WithSectionKind,
};
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::HandlerId;
use crate::source::Span;
use crate::test_plan::{Assertion, Assumption, Fact, Filling, Firing, Step, Test, TestKind, Value};

/// What a case says, sorted.
#[derive(Default)]
struct Sorted<'c> {
    sections: Vec<&'c WithSection>,
    steps: Vec<&'c ast::Step>,
    assertions: Vec<&'c ast::Assertion>,
}

/// A value that a section gives under a name.
struct Given<'c> {
    span: Span,
    name: Name,
    value: &'c Expression,
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

    /// `with scenario:`, `with given:`
    fn different_given(&mut self, section: &WithSection, scope: Scope) -> Vec<Fact> {
        let machine = scope.machine;
        let mut facts = Vec::new();
        for different in &section.overrides {
            match &different.kind {
                OverrideKind::Given(entry) => facts.extend(self.facts(entry, scope)),
                OverrideKind::Field { field, value, text } => {
                    let told = self.names.machine(machine);
                    let known = told.variable(&field.text).is_some() || !told.fields(&field.text).is_empty();
                    match text {
                        Some(text) if !known => facts.extend(self.text(text, scope)),
                        _ => {
                            let given = Given { span: different.span, name: field.clone(), value };
                            let filling = self.story_value(&given, scope);
                            facts.extend(filling.map(|filling| Fact::Variable { machine, filling }));
                        }
                    }
                }
                OverrideKind::Table(table) => {
                    for given in table_values(table) {
                        let filling = self.story_value(&given, scope);
                        facts.extend(filling.map(|filling| Fact::Variable { machine, filling }));
                    }
                }
            }
        }
        facts
    }

    fn story_value(&mut self, given: &Given<'_>, scope: Scope) -> Option<Filling> {
        let (name, types) = self.target(&given.name, scope)?;
        let value = self.fitting(given.value, &types, &format!("`${}`", given.name.text), scope)?;
        Some(Filling { place: self.place(given.span), name, value })
    }

    /// `with event:`
    fn different_payload(&mut self, section: &WithSection, handler: HandlerId, scope: Scope) -> Vec<Filling> {
        let event = self.names.machine(scope.machine).event_of(handler);
        if let Some(sender) = self.sender_on_stage(handler, scope) {
            let message = format!("`@{sender}` is on the stage, and sends `:{}` itself", event.name);
            let help = "vary what leads to it, or test the machine that gets it alone: `test: @machine`";
            self.diagnostics.error(catalog::out_of_place(section.span, &message, help));
            return Vec::new();
        }
        let fields = carried(&event.fields);
        let mut payload = Vec::new();
        for (given, written) in self.named_values(section, "with event:") {
            let field = self.names.machine(scope.machine).field(handler, &given.text);
            let types = match field {
                Some(field) => vec![&field.ty],
                None => match self.carried(&given, &fields, &event.name) {
                    Some(types) => types,
                    None => continue,
                },
            };
            let what = format!("`{}` of `:{}`", given.text, event.name);
            let Some(value) = self.written_value(&written, &types, &what, scope) else { continue };
            let name = field.map_or(given.text, |field| field.name.clone());
            payload.push(Filling { place: self.place(written.span()), name, value });
        }
        payload
    }

    /// `with context:`
    fn different_context(&mut self, section: &WithSection, scope: Scope) -> Vec<Fact> {
        let machine = self.names.machine(scope.machine);
        let mut facts = Vec::new();
        for (given, written) in self.named_values(section, "with context:") {
            let Some(variable) = machine.variable(&given.text) else {
                let names: Vec<&str> = machine.ir.variables.iter().map(|variable| variable.name.as_str()).collect();
                let message = format!("`@{}` keeps no `${}`", machine.ir.name, given.text);
                let known = Known { sigil: "", names: &names, otherwise: "it keeps no variables" };
                self.diagnostics.error(catalog::unknown_name(given.span, message, &given.text, &known));
                continue;
            };
            let what = format!("`${}`", given.text);
            let Some(value) = self.written_value(&written, &[&variable.ty], &what, scope) else { continue };
            let filling = Filling { place: self.place(written.span()), name: given.text, value };
            facts.push(Fact::Context { machine: scope.machine, filling });
        }
        facts
    }

    fn written_value(
        &mut self,
        written: &WrittenValue<'_>,
        types: &[&crate::ir::Type],
        what: &str,
        scope: Scope,
    ) -> Option<Value> {
        match written {
            WrittenValue::Value(_, value) => self.fitting(value, types, what, scope),
            WrittenValue::Entry(entry, value) => self.value_of(entry, value, (types, what), scope),
        }
    }

    /// The values that a section gives by name; anything else in it is reported.
    fn named_values<'c>(&mut self, section: &'c WithSection, head: &str) -> Vec<(Name, WrittenValue<'c>)> {
        let mut values = Vec::new();
        for different in &section.overrides {
            match &different.kind {
                OverrideKind::Field { field, value, text: _ } => {
                    values.push((field.clone(), WrittenValue::Value(different.span, value)));
                }
                OverrideKind::Table(table) => {
                    let rows = table_values(table);
                    values.extend(rows.into_iter().map(|row| (row.name, WrittenValue::Value(row.span, row.value))));
                }
                OverrideKind::Given(entry) => match &entry.kind {
                    GivenKind::Value { variable, value, .. } => {
                        values.push((variable.clone(), WrittenValue::Entry(entry, value)));
                    }
                    GivenKind::Empty { subject } if subject.single_word().is_some() => {
                        let name = Name { span: subject.span, text: subject.to_text() };
                        values.push((name, WrittenValue::Entry(entry, &GivenValue::Empty)));
                    }
                    GivenKind::State(_)
                    | GivenKind::LoggedIn { .. }
                    | GivenKind::Empty { .. }
                    | GivenKind::Data { .. }
                    | GivenKind::Text => {
                        let message = format!("`{head}` holds values under names");
                        let help =
                            "write `name: VALUE`; what else is so belongs under `with given:` or `with scenario:`";
                        self.diagnostics.error(catalog::out_of_place(different.span, &message, help));
                    }
                },
            }
        }
        values
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
            Some(from) if from.text == "system" => Some("system".to_owned()),
            Some(from) if from.text == "self" => Some(told.ir.name.clone()),
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

/// A value as a section writes it.
enum WrittenValue<'c> {
    Value(Span, &'c Expression),
    Entry(&'c ast::GivenEntry, &'c GivenValue),
}

impl WrittenValue<'_> {
    fn span(&self) -> Span {
        match self {
            Self::Value(span, _) => *span,
            Self::Entry(entry, _) => entry.span,
        }
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

/// The values of a table: rows of `field` and `value`, or a column for each field.
fn table_values(table: &ast::DataTable) -> Vec<Given<'_>> {
    let cells = object_cells(table).into_iter();
    cells.map(|(text, value)| Given { span: value.span, name: Name { span: value.span, text }, value }).collect()
}
