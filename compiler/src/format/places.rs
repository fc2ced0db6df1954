//! Where every line belongs, and what is to be written differently in it: all that the tree says about the layout.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::ast::{
    AssignedValue, Block, ChangeOperation, Content, Declaration, Emit, File, FlowFile, FlowItem, GuardArm, GuardChain,
    GuardTest, Handler, ModifierKind, Payload, ReplyBody, Scenario, ScenarioItem, StateDeclaration, StateKeyValue,
    Statement,
};
use crate::source::Span;

/// What becomes of guards that the rest of their block depends on without standing under them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    /// The rest is written under them.
    Written,
    /// It stays beside them: it would stand too deep.
    AsInText,
}

/// How the words of a line are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One space wherever there is white space.
    Code,
    /// As in the text: in stories white space may be part of a value.
    Story,
    /// `otherwise`, however it was written.
    Otherwise,
}

/// Where a line belongs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// How many levels deep.
    pub(super) level: usize,
    /// How its words are treated.
    pub(super) form: Form,
}

/// The places of all lines, by the offset at which their code begins. Lines that a statement takes along (rows of
/// tables, `with …`, `- …`) have none.
pub(super) struct Places {
    nesting: Nesting,
    pub(super) lines: BTreeMap<usize, Place>,
    /// Texts that stay as they are, by their beginning.
    pub(super) kept: BTreeMap<usize, Range<usize>>,
    /// What stands in place of a piece of code, by its beginning.
    pub(super) edits: BTreeMap<usize, (Range<usize>, &'static str)>,
    /// Lines whose table may be announced by a line `with:` of its own.
    pub(super) takes_with: BTreeSet<usize>,
    /// The name in the `machine:` line of a states file, of which the tree keeps nothing else.
    pub(super) named: Option<usize>,
    /// Guards under which their block is yet to be put.
    pub(super) opens: BTreeSet<usize>,
}

impl Places {
    pub(super) fn of(file: &File, nesting: Nesting) -> Self {
        let mut places = Self {
            nesting,
            lines: BTreeMap::new(),
            kept: BTreeMap::new(),
            edits: BTreeMap::new(),
            takes_with: BTreeSet::new(),
            named: None,
            opens: BTreeSet::new(),
        };
        match &file.content {
            Content::Flow(flow) => places.flow(flow),
            Content::Test(test) => places.test_file(test),
            Content::States(states) => {
                places.named = states.machine.as_ref().map(|machine| machine.span.range().start);
                states.states.iter().for_each(|state| places.state(state, 0));
            }
        }
        places
    }

    /// The deepest level of all.
    pub(super) fn deepest(&self) -> usize {
        self.lines.values().map(|place| place.level).max().unwrap_or_default()
    }

    pub(super) fn line(&mut self, span: Span, level: usize, form: Form) {
        self.lines.entry(span.range().start).or_insert(Place { level, form });
    }

    fn code(&mut self, span: Span, level: usize) {
        self.line(span, level, Form::Code);
    }

    fn keep(&mut self, span: Span) {
        self.kept.insert(span.range().start, span.range());
    }

    fn flow(&mut self, flow: &FlowFile) {
        for item in &flow.items {
            match item {
                FlowItem::System(system) => {
                    self.code(system.span, 0);
                    self.keep(system.name.span);
                }
                FlowItem::Uses(uses) => {
                    self.code(uses.span, 0);
                    uses.imports.iter().for_each(|import| self.code(import.span, 1));
                }
                FlowItem::Machine(machine) => {
                    self.code(machine.span, 0);
                    machine.scenarios.iter().for_each(|scenario| self.scenario(scenario));
                }
                FlowItem::Declaration(declaration) => self.declaration(declaration, 0),
            }
        }
    }

    /// A scenario's title stands at the margin, what belongs to it under it.
    fn scenario(&mut self, scenario: &Scenario) {
        let level = usize::from(scenario.title.is_some());
        if let Some(title) = &scenario.title {
            self.code(scenario.span, 0);
            self.keep(title.span);
        }
        for item in &scenario.items {
            match item {
                ScenarioItem::Declaration(declaration) => self.declaration(declaration, level),
                ScenarioItem::Given(given) => self.given(given, level),
                ScenarioItem::Handler(handler) => self.handler(handler, level),
                ScenarioItem::Expect(expect) => self.expect(expect, level, &[]),
            }
        }
    }

    fn declaration(&mut self, declaration: &Declaration, level: usize) {
        match declaration {
            Declaration::State(state) => self.state(state, level),
            Declaration::Queue(queue) => {
                self.code(queue.span, level);
                queue.settings.iter().for_each(|setting| self.code(setting.span, level + 1));
            }
            Declaration::Response(response) => self.code(response.span, level),
            Declaration::RecordType(record) => self.code(record.span, level),
        }
    }

    fn state(&mut self, state: &StateDeclaration, level: usize) {
        self.code(state.span, level);
        for key in &state.keys {
            self.code(key.span, level + 1);
            match &key.value {
                StateKeyValue::Description(text) => self.keep(text.span),
                StateKeyValue::Facts(_) | StateKeyValue::Type(_) | StateKeyValue::Outcome(_) => {}
            }
        }
    }

    fn handler(&mut self, handler: &Handler, level: usize) {
        self.code(handler.span, level);
        for modifier in &handler.modifiers {
            match modifier.kind {
                ModifierKind::Api { older: true } => {
                    let before = handler.from.as_ref().unwrap_or(&handler.event).span.range().end;
                    self.edits.insert(modifier.span.range().start, (modifier.span.range(), "on"));
                    self.edits.insert(before, (before..before, " (api)"));
                }
                ModifierKind::Api { older: false } | ModifierKind::QueuedApi | ModifierKind::Priority(_) => {}
            }
        }
        if handler.with.is_some() {
            self.takes_with.insert(handler.span.range().start);
        }
        let statements: Vec<usize> =
            handler.body.statements.iter().map(|statement| statement.span().range().start).collect();
        self.block(&handler.body, level + 1);
        handler.given.iter().for_each(|given| self.given(given, level + 1));
        handler.expect.iter().for_each(|expect| self.expect(expect, level + 1, &statements));
    }

    fn block(&mut self, block: &Block, level: usize) {
        if let Some(stub) = block.stub {
            self.code(stub, level);
        }
        for statement in &block.statements {
            self.statement(statement, level);
        }
    }

    fn statement(&mut self, statement: &Statement, level: usize) {
        let span = statement.span();
        match statement {
            Statement::Guards(chain) => return self.guards(chain, level),
            Statement::Emit(emit) => self.emit(emit, span),
            Statement::Change(change) => match &change.operation {
                ChangeOperation::Becomes(AssignedValue::Call(call)) => self.emit(call, span),
                ChangeOperation::Becomes(AssignedValue::Expression(_) | AssignedValue::Action(_))
                | ChangeOperation::IncreasesBy(_)
                | ChangeOperation::DecreasesBy(_)
                | ChangeOperation::Adds(_)
                | ChangeOperation::Removes(_)
                | ChangeOperation::Clears => {}
            },
            Statement::Reply(reply) => {
                if let Some(phrase) = &reply.phrase {
                    self.keep(phrase.span);
                }
                match &reply.body {
                    ReplyBody::Table(_) => drop(self.takes_with.insert(span.range().start)),
                    ReplyBody::None | ReplyBody::Response(_) | ReplyBody::Transformer(_) => {}
                }
            }
            Statement::Transition(_)
            | Statement::SendCallback(_)
            | Statement::Return(_)
            | Statement::Schedule(_)
            | Statement::StartTimer(_)
            | Statement::Cancel(_)
            | Statement::Action(_) => {}
        }
        self.code(span, level);
    }

    fn emit(&mut self, emit: &Emit, line: Span) {
        match emit.payload {
            Some(Payload::Table(_)) => drop(self.takes_with.insert(line.range().start)),
            Some(Payload::Arguments { .. }) | None => {}
        }
    }

    fn guards(&mut self, chain: &GuardChain, level: usize) {
        for arm in &chain.arms {
            match &arm.test {
                GuardTest::Otherwise { older } => {
                    self.line(arm.span, level, if *older { Form::Otherwise } else { Form::Code });
                }
                GuardTest::Any(groups) => groups.iter().flatten().for_each(|guard| self.code(guard.span, level)),
            }
            let under = self.under(arm, level);
            self.block(&arm.block, under);
        }
    }

    /// The level of an arm's block.
    fn under(&mut self, arm: &GuardArm, level: usize) -> usize {
        if !arm.precondition {
            return level + 1;
        }
        match self.nesting {
            Nesting::AsInText => level,
            Nesting::Written => {
                let last = match &arm.test {
                    GuardTest::Any(groups) => groups.iter().flatten().last().map_or(arm.span, |guard| guard.span),
                    GuardTest::Otherwise { .. } => arm.span,
                };
                self.opens.insert(last.range().start);
                level + 1
            }
        }
    }
}
