//! Lowers the handlers of one machine: statements to the IR, and what they say about types to [`Types`].
//!
//! Expressions leave this stage without types; [`super::convert`] gives them theirs when all are found.

use super::named::Named;
use super::outline::{Outline, Unit};
use super::sentences::Sentences;
use super::types::{TypeVar, Types};
use super::{expressions::Lowered, queued, rules, states};
use crate::ast::{self, ModifierKind};
use crate::built_in;
use crate::catalog::meaning as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{self, Block, CustomRule, FieldId, OriginId, Origins, ScenarioId, VariableId};
use crate::source::Span;
use std::collections::BTreeMap;

/// A machine whose statements are lowered.
pub(super) struct LoweredMachine {
    pub(super) handlers: Vec<LoweredHandler>,
    pub(super) messages: Named<MessageDraft, (String, ir::Target)>,
    pub(super) sentences: Sentences,
    /// The rules that code must judge.
    pub(super) custom_rules: Vec<CustomRule>,
    /// What values flow from where to where, for what is secret.
    pub(super) flows: Vec<(Slot, Slot)>,
    /// The variables that a table calls secret.
    pub(super) secrets: Vec<Slot>,
}

/// A handler whose statements are lowered.
pub(super) struct LoweredHandler {
    pub(super) origin: OriginId,
    pub(super) api: bool,
    pub(super) queued: bool,
    pub(super) priority: Option<ir::Priority>,
    pub(super) checks: Vec<ir::FieldCheck>,
    pub(super) body: Block,
    pub(super) fixed: Vec<(VariableId, ir::Expression)>,
    pub(super) acceptance: Option<ir::Reply>,
}

/// One kind of message, while its emits are being found.
pub(super) struct MessageDraft {
    pub(super) event: String,
    pub(super) target: ir::Target,
    pub(super) origin: OriginId,
    pub(super) fields: Vec<MessageField>,
    pub(super) emits: usize,
    pub(super) answer: Option<TypeVar>,
}

/// A field of a message.
pub(super) struct MessageField {
    pub(super) name: String,
    pub(super) origin: OriginId,
    pub(super) ty: TypeVar,
    /// By how many of the emits it is given.
    pub(super) given: usize,
    pub(super) required: bool,
}

/// Something that keeps a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A variable of a machine.
    Variable(usize, usize),
    /// A field of an event of a machine.
    Field(usize, usize, usize),
    /// A field of a message of a machine.
    Message(usize, usize, usize),
    /// A field of a message that an actor hears.
    Port(usize, usize, usize),
}

/// What a handler has assigned where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assigned {
    /// On some of the paths that lead here.
    Perhaps,
    /// On all of them.
    Certainly,
}

/// What is known where a statement stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scope {
    pub(super) handler: usize,
    pub(super) assigned: BTreeMap<String, Assigned>,
    /// Whether a `return` stands above on every path.
    pub(super) ended: bool,
}

/// Lowers one machine.
pub(super) struct Lowering<'u, 'a> {
    pub(super) unit: &'u Unit<'a>,
    pub(super) machine: usize,
    pub(super) types: &'u mut Types,
    pub(super) origins: &'u mut Origins,
    pub(super) diagnostics: &'u mut Diagnostics,
    pub(super) messages: Named<MessageDraft, (String, ir::Target)>,
    pub(super) sentences: Sentences,
    pub(super) custom_rules: Vec<CustomRule>,
    /// How often each handler, by position, calls what: sentences by their names, its own machine by the event.
    pub(super) calls: BTreeMap<(usize, String), usize>,
    pub(super) flows: Vec<(Slot, Slot)>,
    pub(super) secrets: Vec<Slot>,
}

/// Lowers the handlers of a machine.
pub(super) fn lower(
    unit: &Unit<'_>,
    machine: usize,
    types: &mut Types,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> LoweredMachine {
    let mut lowering = Lowering {
        unit,
        machine,
        types,
        origins,
        diagnostics,
        messages: Named::default(),
        sentences: Sentences::default(),
        custom_rules: Vec::new(),
        calls: BTreeMap::new(),
        flows: Vec::new(),
        secrets: Vec::new(),
    };
    let handlers = (0..unit.machines[machine].handlers.len()).map(|handler| lowering.handler(handler)).collect();
    let Lowering { messages, sentences, custom_rules, flows, secrets, .. } = lowering;
    LoweredMachine { handlers, messages, sentences, custom_rules, flows, secrets }
}

impl<'a> Lowering<'_, 'a> {
    /// The machine at hand.
    pub(super) fn outline(&self) -> &Outline<'a> {
        &self.unit.machines[self.machine]
    }

    /// The place of a statement.
    pub(super) fn origin(&mut self, span: Span) -> OriginId {
        states::origin(self.origins, self.unit.sources, span)
    }

    fn handler(&mut self, handler: usize) -> LoweredHandler {
        let tree = self.outline().handlers[handler].tree;
        let origin = self.origin(tree.span);
        self.modifiers(tree);
        let mut scope = Scope { handler, ..Scope::default() };
        let checks = self.checks(handler);
        let body = self.block(&tree.body, &mut scope);
        let queued = tree.modifiers.iter().any(|modifier| modifier.kind == ModifierKind::QueuedApi);
        let (fixed, acceptance) = if queued { queued::acceptance(self, tree, &body) } else { (Vec::new(), None) };
        LoweredHandler {
            origin,
            api: super::handlers::is_api(tree),
            queued,
            priority: priority(tree),
            checks,
            body,
            fixed,
            acceptance,
        }
    }

    /// Reports doors and senders of events that only the runtime raises.
    fn modifiers(&mut self, tree: &ast::Handler) {
        let event = &tree.event.text;
        if super::events::reserved(event).is_none() {
            return;
        }
        let is_door = |kind: ModifierKind| matches!(kind, ModifierKind::Api { .. } | ModifierKind::QueuedApi);
        if let Some(door) = tree.modifiers.iter().find(|modifier| is_door(modifier.kind)) {
            self.diagnostics.error(catalog::reserved_from_outside(door.span, event));
        }
        if let Some(sender) = tree.from.as_ref().filter(|sender| sender.text != built_in::SYSTEM) {
            self.diagnostics.error(catalog::reserved_from_somebody(sender.span, event, &sender.text));
        }
    }

    /// What the table of a handler asks of the payload.
    fn checks(&mut self, handler: usize) -> Vec<ir::FieldCheck> {
        let outline = &self.unit.machines[self.machine];
        let (tree, event) = (outline.handlers[handler].tree, outline.handlers[handler].event);
        let mut checks = Vec::new();
        for row in tree.with.iter().flat_map(|table| &table.rows) {
            let row = super::records::reading(row, &outline.records);
            let fields = &outline.events[event.index()].fields;
            let Some(field) = fields.iter().position(|field| field.name == row.field.text) else { continue };
            let ty = fields[field].ty;
            let asked = rules::lower(self, &row.rules, ty);
            if asked.required || !asked.rules.is_empty() {
                let field = FieldId::at(field);
                checks.push(ir::FieldCheck { field, required: asked.required, bail: asked.bail, rules: asked.rules });
            }
        }
        checks
    }

    /// Reads a variable where a statement stands.
    pub(super) fn read(&mut self, name: &str, span: Span, scope: &Scope) -> Lowered {
        let outline = &self.unit.machines[self.machine];
        if name == outline.identity() && !outline.assigned.contains(name) {
            return Lowered::string(self.types, ir::ExpressionKind::InstanceId, span);
        }
        let handler = &outline.handlers[scope.handler];
        let field = outline.field_read(handler, name);
        let variable = outline.variable_named(name);
        let event = handler.event.index();
        let field_ty = field.map(|field| outline.events[event].fields[field].ty);
        let variable_ty = variable.map(|variable| outline.variables[variable].ty);
        match (field, variable, scope.assigned.get(name)) {
            (Some(field), Some(variable), Some(Assigned::Perhaps)) => {
                let (field_ty, variable_ty) =
                    (field_ty.expect("of this field"), variable_ty.expect("of this variable"));
                self.types.unite(variable_ty, field_ty, span, self.diagnostics);
                let kind = ir::ExpressionKind::Latest { variable: VariableId::at(variable), field: FieldId::at(field) };
                let slots = vec![Slot::Variable(self.machine, variable), Slot::Field(self.machine, event, field)];
                Lowered { expression: untyped(kind), ty: variable_ty, span, slots }
            }
            (Some(field), _, None) | (Some(field), None, _) => {
                let kind = ir::ExpressionKind::Payload(FieldId::at(field));
                let slots = vec![Slot::Field(self.machine, event, field)];
                Lowered { expression: untyped(kind), ty: field_ty.expect("of this field"), span, slots }
            }
            (_, Some(variable), _) => {
                let kind = ir::ExpressionKind::Context(VariableId::at(variable));
                let slots = vec![Slot::Variable(self.machine, variable)];
                Lowered { expression: untyped(kind), ty: variable_ty.expect("of this variable"), span, slots }
            }
            (None, None, _) => Lowered::silent(self.types, span),
        }
    }

    /// The variable that a statement changes.
    pub(super) fn variable(&self, name: &str) -> Option<(VariableId, TypeVar)> {
        let outline = self.outline();
        let index = outline.variable_named(name)?;
        Some((VariableId::at(index), outline.variables[index].ty))
    }

    /// Notes that a value goes somewhere.
    pub(super) fn flow(&mut self, value: &Lowered, to: Slot) {
        self.flows.extend(value.slots.iter().map(|from| (*from, to)));
    }
}

/// An expression before its type is found.
pub(super) fn untyped(kind: ir::ExpressionKind) -> ir::Expression {
    ir::Expression { ty: ir::Type::Json, kind }
}

fn priority(tree: &ast::Handler) -> Option<ir::Priority> {
    tree.modifiers.iter().find_map(|modifier| match modifier.kind {
        ModifierKind::Priority(priority) => Some(match priority {
            ast::Priority::Critical => ir::Priority::Critical,
            ast::Priority::High => ir::Priority::High,
            ast::Priority::Normal => ir::Priority::Normal,
            ast::Priority::Low => ir::Priority::Low,
            ast::Priority::Bulk => ir::Priority::Bulk,
        }),
        ModifierKind::Api { .. } | ModifierKind::QueuedApi => None,
    })
}

/// The id of a scenario by its position.
pub(super) fn scenario_id(index: usize) -> ScenarioId {
    ScenarioId::at(index)
}
