//! Lowers statements, and follows what they have assigned on the way.

use super::expressions::Lowered;
use super::lower::{Assigned, Lowering, Scope, Slot};
use super::operators::{Pending, PendingKind};
use super::types::{Shape, TypeVar};
use super::{events, records, rules};
use crate::ast::{self, AssignedValue, Change, ChangeOperation, Expression, ExpressionKind, GuardTest, Statement};
use crate::built_in;
use crate::catalog::{meaning as catalog, names as names_catalog};
use crate::ir::{self, Arm, SentenceKind, StatementKind, VariableId};
use crate::source::Span;
use std::collections::BTreeMap;

impl Lowering<'_, '_> {
    /// Lowers a block; `scope` is what is known behind it afterwards.
    pub(super) fn block(&mut self, block: &ast::Block, scope: &mut Scope) -> ir::Block {
        let mut lowered = Vec::new();
        for statement in &block.statements {
            self.statement(statement, scope, &mut lowered);
        }
        lowered
    }

    fn statement(&mut self, statement: &Statement, scope: &mut Scope, into: &mut ir::Block) {
        let origin = self.origin(statement.span());
        let kind = match statement {
            Statement::Guards(chain) => Some(self.branch(chain, scope)),
            Statement::Transition(transition) => {
                self.own_subject(&transition.subject);
                self.outline().states.named(&transition.state.text).map(StatementKind::Transition)
            }
            Statement::Change(change) => self.change(change, scope),
            Statement::Emit(emit) => self.emit(emit, scope).map(StatementKind::Emit),
            Statement::Reply(reply) => self.reply(reply, scope),
            Statement::SendCallback(callback) => Some(self.callback(callback, scope)),
            Statement::Return(value) => self.return_(value, scope),
            Statement::Schedule(schedule) => self.schedule(&schedule.event, &schedule.delay, scope),
            Statement::StartTimer(timer) => self.start_timer(&timer.delay, scope),
            Statement::Cancel(cancel) => self.cancel(&cancel.event),
            Statement::Action(action) => self.action(action, scope),
        };
        into.extend(kind.map(|kind| ir::Statement { origin, kind }));
        let table = match statement {
            Statement::Change(change) => change.constraint.as_ref(),
            Statement::Action(action) => action.constraint.as_ref(),
            Statement::Guards(_)
            | Statement::Transition(_)
            | Statement::Emit(_)
            | Statement::Reply(_)
            | Statement::SendCallback(_)
            | Statement::Return(_)
            | Statement::Schedule(_)
            | Statement::StartTimer(_)
            | Statement::Cancel(_) => None,
        };
        if let Some(table) = table {
            let constraints = self.constraints(table);
            let origin = self.origin(table.span);
            into.push(ir::Statement { origin, kind: StatementKind::Constrain(constraints) });
        }
    }

    fn branch(&mut self, chain: &ast::GuardChain, scope: &mut Scope) -> StatementKind {
        let before = scope.clone();
        let mut ends: Vec<Scope> = Vec::new();
        let mut exhaustive = false;
        let mut arms = Vec::new();
        for arm in &chain.arms {
            let origin = self.origin(arm.span);
            let condition = match &arm.test {
                GuardTest::Any(groups) => Some(self.guards(groups, &before)),
                GuardTest::Otherwise { .. } => {
                    exhaustive = true;
                    None
                }
            };
            let mut inside = before.clone();
            let body = self.block(&arm.block, &mut inside);
            arms.push(Arm { origin, condition, body });
            ends.push(inside);
        }
        if !exhaustive {
            ends.push(before);
        }
        *scope = merge(ends);
        StatementKind::Branch(arms)
    }

    fn change(&mut self, change: &Change, scope: &mut Scope) -> Option<StatementKind> {
        let (variable, ty) = self.variable(&change.variable.text)?;
        if let Some(written) = &change.type_ {
            let known = &self.unit.machines[self.machine].records;
            let shape = records::shape(written, known, self.types, self.diagnostics);
            self.types.declare(ty, shape, written.span, self.diagnostics);
        }
        let kind = match &change.operation {
            ChangeOperation::Becomes(value) => self.assignment(change, value, (variable, ty), scope),
            ChangeOperation::IncreasesBy(by) => {
                let by = self.step(by, ty, change.span, scope);
                Some(StatementKind::Increase { variable, by })
            }
            ChangeOperation::DecreasesBy(by) => {
                let by = self.step(by, ty, change.span, scope);
                Some(StatementKind::Decrease { variable, by })
            }
            ChangeOperation::Adds(element) => {
                let element = self.element(element, variable, ty, scope);
                Some(StatementKind::Append { variable, element })
            }
            ChangeOperation::Removes(element) => {
                let element = self.element(element, variable, ty, scope);
                Some(StatementKind::Remove { variable, element })
            }
            ChangeOperation::Clears => Some(StatementKind::Clear(variable)),
        };
        scope.assigned.insert(change.variable.text.clone(), Assigned::Certainly);
        kind
    }

    fn assignment(
        &mut self,
        change: &Change,
        value: &AssignedValue,
        (variable, ty): (VariableId, TypeVar),
        scope: &Scope,
    ) -> Option<StatementKind> {
        let value = match value {
            AssignedValue::Expression(expression) => match self.lone_word(expression) {
                Some(text) => self.returned_by_action(&text, change.span, ty, scope)?,
                None => {
                    let value = self.value(expression, scope);
                    self.types.unite(ty, value.ty, value.span, self.diagnostics);
                    self.flow(&value, Slot::Variable(self.machine, variable.index()));
                    ir::Assigned::Expression(value.expression)
                }
            },
            AssignedValue::Call(emit) => {
                let Some((call, answer)) = self.call(emit, &change.variable.text, scope) else {
                    self.types.expect(ty, Shape::Error, change.span, self.diagnostics);
                    return None;
                };
                self.types.unite(ty, answer, change.span, self.diagnostics);
                let place = self.call_place(scope, &format!(":{}", emit.event.text));
                ir::Assigned::Call { emit: call, place }
            }
            AssignedValue::Action(text) => match self.known_word(text) {
                Some(path) => {
                    let value = self.path(&path, scope);
                    self.types.unite(ty, value.ty, value.span, self.diagnostics);
                    self.flow(&value, Slot::Variable(self.machine, variable.index()));
                    ir::Assigned::Expression(value.expression)
                }
                None => self.returned_by_action(text, change.span, ty, scope)?,
            },
        };
        Some(StatementKind::Assign { variable, value })
    }

    /// A single word that is no variable is the text of an action.
    fn lone_word(&self, expression: &Expression) -> Option<ast::FreeText> {
        match &expression.kind {
            ExpressionKind::Word(path) if path.fields.is_empty() && !self.outline().words.contains(&path.root.text) => {
                Some(ast::FreeText::of_word(path.span, &path.root.text))
            }
            _ => None,
        }
    }

    /// A single word that is a variable, after all.
    fn known_word(&self, text: &ast::FreeText) -> Option<ast::Path> {
        let word = text.single_word().filter(|word| self.outline().words.contains(*word))?;
        let root = ast::Name { span: text.span, text: word.to_owned() };
        (word != built_in::CURRENT_STATE).then(|| ast::Path { span: text.span, root, fields: Vec::new() })
    }

    fn returned_by_action(
        &mut self,
        text: &ast::FreeText,
        place: Span,
        ty: TypeVar,
        scope: &Scope,
    ) -> Option<ir::Assigned> {
        let call = self.sentence(SentenceKind::Action, text, scope)?;
        let sentence = call.sentence.index();
        let returns = self.sentences.list[sentence].returns.unwrap_or_else(|| self.types.unknown());
        self.sentences.list[sentence].returns = Some(returns);
        self.types.unite(returns, ty, place, self.diagnostics);
        Some(ir::Assigned::Action(call))
    }

    fn step(&mut self, by: &Expression, ty: TypeVar, place: Span, scope: &Scope) -> ir::Expression {
        let by = self.value(by, scope);
        self.types.pending.push(Pending { kind: PendingKind::Step, left: ty, right: by.ty, place });
        by.expression
    }

    fn element(&mut self, element: &Expression, variable: VariableId, ty: TypeVar, scope: &Scope) -> ir::Expression {
        let element = self.value(element, scope);
        let list = self.types.of(Shape::List(element.ty), element.span);
        self.types.unite(ty, list, element.span, self.diagnostics);
        self.flow(&element, Slot::Variable(self.machine, variable.index()));
        element.expression
    }

    fn constraints(&mut self, table: &ast::ConstraintTable) -> Vec<ir::Constraint> {
        let mut constraints = Vec::new();
        for row in &table.rows {
            let Some((variable, ty)) = self.variable(&row.variable.text) else { continue };
            let known = &self.unit.machines[self.machine].records;
            if let Some((shape, place)) = records::rule_type(&row.rules, known, self.types, self.diagnostics) {
                self.types.declare(ty, shape, place, self.diagnostics);
            }
            rules::expect(&row.rules, ty, known, self.types, self.diagnostics);
            let asked = rules::lower(self, &row.rules, ty);
            if asked.secret {
                self.secrets.push(Slot::Variable(self.machine, variable.index()));
            }
            let origin = self.origin(row.span);
            constraints.push(ir::Constraint {
                origin,
                variable,
                required: asked.required,
                bail: asked.bail,
                rules: asked.rules,
            });
        }
        constraints
    }

    fn return_(&mut self, value: &ast::Return, scope: &mut Scope) -> Option<StatementKind> {
        if let Some(expression) = &value.value
            && self.lone_word(expression).is_some()
        {
            return self.sentence(SentenceKind::Action, &value.text, scope).map(StatementKind::Act);
        }
        scope.ended = true;
        let Some(expression) = &value.value else { return Some(StatementKind::Return(None)) };
        let value = self.value(expression, scope);
        let returns = self.outline().handlers[scope.handler].returns;
        self.types.unite(returns, value.ty, value.span, self.diagnostics);
        Some(StatementKind::Return(Some(value.expression)))
    }

    fn schedule(&mut self, event: &ast::Name, delay: &Expression, scope: &Scope) -> Option<StatementKind> {
        let after = self.delay(delay, scope).expression;
        if let Some(reserved) = events::reserved(&event.text).map(|_| &event.text) {
            self.diagnostics.error(catalog::reserved_emitted(event.span, reserved));
            return None;
        }
        let event = self.outline().event_named(&event.text)?;
        Some(StatementKind::Schedule { event, after, replace: false })
    }

    fn start_timer(&mut self, delay: &Expression, scope: &Scope) -> Option<StatementKind> {
        let after = self.delay(delay, scope).expression;
        let event = self.outline().event_named(built_in::TIMER_EXPIRED)?;
        Some(StatementKind::Schedule { event, after, replace: true })
    }

    fn delay(&mut self, delay: &Expression, scope: &Scope) -> Lowered {
        let delay = self.value(delay, scope);
        self.types.expect(delay.ty, Shape::Duration, delay.span, self.diagnostics);
        delay
    }

    fn cancel(&mut self, event: &ast::Name) -> Option<StatementKind> {
        let outline = self.outline();
        let id = outline.event_named(&event.text)?;
        if !outline.events[id.index()].scheduled {
            let scheduled = outline.events.iter().filter(|event| event.scheduled).map(|event| event.name.as_str());
            let near = crate::nearest::nearest(&event.text, scheduled).map(str::to_owned);
            self.diagnostics.error(names_catalog::never_scheduled(event.span, &event.text, near.as_deref()));
            return None;
        }
        Some(StatementKind::Cancel(id))
    }

    fn action(&mut self, action: &ast::CustomAction, scope: &Scope) -> Option<StatementKind> {
        if let Some(transition) = &action.transition
            && self.outline().states.named(&transition.state.text).is_some()
        {
            self.diagnostics.error(catalog::transition_without_mark(transition.state.span, &transition.state.text));
            return None;
        }
        self.warn_if_almost_a_transition(&action.text);
        self.sentence(SentenceKind::Action, &action.text, scope).map(StatementKind::Act)
    }
}

/// What is known behind a branch: what every way through it that goes on has in common.
fn merge(ends: Vec<Scope>) -> Scope {
    let (ended, open): (Vec<Scope>, Vec<Scope>) = ends.into_iter().partition(|end| end.ended);
    let Some(first) = open.first().or(ended.first()) else { return Scope::default() };
    let mut merged = Scope { handler: first.handler, assigned: BTreeMap::new(), ended: open.is_empty() };
    for name in open.iter().flat_map(|end| end.assigned.keys()) {
        let everywhere = open.iter().all(|end| end.assigned.get(name) == Some(&Assigned::Certainly));
        let assigned = if everywhere { Assigned::Certainly } else { Assigned::Perhaps };
        merged.assigned.insert(name.clone(), assigned);
    }
    merged
}
