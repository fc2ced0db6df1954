//! Lowers messages: emits, calls and callbacks, and collects what each machine says to whom.

use super::expressions::Lowered;
use super::lower::{Lowering, MessageDraft, MessageField, Scope, Slot};
use super::outline::{HandlerOutline, Recipient};
use super::types::{Shape, TypeVar};
use super::walk::{self, Piece};
use super::{events, records, rules};
use crate::ast::{self, FieldRow, Payload};
use crate::catalog::{meaning as catalog, names as names_catalog};
use crate::ir::{self, ActorId, EventId, FieldId, MachineId, MessageId, StateId, StatementKind, Way};
use crate::nearest::nearest;
use crate::source::Span;

/// A field as an emit, a reply or a callback writes it.
pub(super) struct Written<'a> {
    pub(super) name: &'a ast::Name,
    pub(super) value: Lowered,
    pub(super) row: Option<&'a FieldRow>,
}

/// Where the values of a message go.
struct Place {
    ty: TypeVar,
    required: bool,
    slot: Slot,
}

impl Lowering<'_, '_> {
    /// Lowers `emit …` as a statement.
    pub(super) fn emit(&mut self, emit: &ast::Emit, scope: &Scope) -> Option<ir::Emit> {
        let recipient = self.unit.recipient(self.machine, emit.target.as_ref());
        let way = match (&emit.target, emit.async_) {
            // What goes to all instances of a partner goes to its port where the partner is an actor.
            (Some(ast::Target::All { .. }), _) if matches!(recipient, Recipient::Actor(_)) => Way::Async,
            (Some(ast::Target::All { .. }), _) => Way::Broadcast,
            (Some(ast::Target::Actor(_)) | None, Some(_)) => Way::Async,
            (Some(ast::Target::Actor(_)) | None, None) => Way::Bare,
        };
        self.message(emit, way, None, scope)
    }

    /// Lowers `$variable becomes emit …`; gives the call and the type of its answer.
    pub(super) fn call(&mut self, emit: &ast::Emit, variable: &str, scope: &Scope) -> Option<(ir::Emit, TypeVar)> {
        if let Some(span) = emit.async_ {
            self.diagnostics.error(catalog::asynchronous_call(span));
            return None;
        }
        if let Some(ast::Target::All { span, .. }) = &emit.target {
            self.diagnostics.error(catalog::broadcast_call(*span));
            return None;
        }
        let recipient = self.unit.recipient(self.machine, emit.target.as_ref());
        let answer = self.answer(recipient, emit, variable);
        let call = self.message(emit, Way::Call, Some(answer), scope)?;
        Some((call, answer))
    }

    /// The type of what a call gives.
    fn answer(&mut self, recipient: Recipient, emit: &ast::Emit, variable: &str) -> TypeVar {
        let inspected = self.outline().inspected.contains(variable);
        let typed = match recipient {
            Recipient::Actor(actor) => {
                let port = self.unit.port(actor, &emit.event.text);
                let answer = port.and_then(|port| self.unit.actors[actor.index()].answers[port.index()]);
                if let Some(answer) = answer.filter(|_| inspected) {
                    self.types.expect(answer, Shape::Json, emit.span, self.diagnostics);
                }
                return answer.unwrap_or_else(|| self.types.unknown());
            }
            Recipient::Itself => self.only_return(self.machine, &emit.event.text),
            Recipient::Machine(callee) => self.only_return(callee.index(), &emit.event.text),
            Recipient::Every(_) | Recipient::Nobody => None,
        };
        match typed.filter(|_| !inspected) {
            Some(returns) => returns,
            None => self.types.of(Shape::Json, emit.span),
        }
    }

    /// The type of the one `return` that a callee can answer with, if nothing else can be its answer.
    fn only_return(&self, callee: usize, event: &str) -> Option<TypeVar> {
        let machine = &self.unit.machines[callee];
        let event = machine.event_named(event)?;
        let taker = machine.handled.taker(event, MachineId::at(self.machine))?;
        let handler = &machine.handlers[taker.index()];
        (handler.returns_value && !self.emits_back(callee, handler)).then_some(handler.returns)
    }

    fn emits_back(&self, callee: usize, handler: &HandlerOutline<'_>) -> bool {
        let mut back = false;
        walk::block(&handler.tree.body, &mut |piece| {
            if let Piece::Emit(emit) = piece {
                let recipient = self.unit.recipient(callee, emit.target.as_ref());
                back |= callee != self.machine && recipient == Recipient::Machine(MachineId::at(self.machine));
            }
        });
        back
    }

    fn message(&mut self, emit: &ast::Emit, way: Way, answer: Option<TypeVar>, scope: &Scope) -> Option<ir::Emit> {
        let recipient = self.unit.recipient(self.machine, emit.target.as_ref());
        let written = self.payload(emit.payload.as_ref(), scope);
        if events::reserved(&emit.event.text).is_some() {
            self.diagnostics.error(catalog::reserved_emitted(emit.event.span, &emit.event.text));
            return None;
        }
        let target = self.target(emit, recipient)?;
        let message = self.draft(&emit.event, &target, answer);
        let mut payload = Vec::new();
        let mut checks = Vec::new();
        for field in written {
            let place = self.place(recipient, &emit.event.text, message, field.name);
            if let Some(row) = field.row {
                let asked = self.row(row, place.ty);
                if asked.secret {
                    self.secrets.push(place.slot);
                }
                if asked.required || !asked.rules.is_empty() {
                    let field = FieldId::at(payload.len());
                    checks.push(ir::FieldCheck {
                        field,
                        required: asked.required,
                        bail: asked.bail,
                        rules: asked.rules,
                    });
                }
            }
            self.types.unite(place.ty, field.value.ty, field.value.span, self.diagnostics);
            self.flow(&field.value, place.slot);
            payload.push(ir::PayloadField {
                name: field.name.text.clone(),
                origin: self.origin(field.name.span),
                required: place.required,
                value: field.value.expression,
            });
        }
        Some(ir::Emit { message: MessageId::at(message), way, target, payload, checks })
    }

    /// What the type and the rules of a row ask of its field.
    fn row(&mut self, row: &FieldRow, ty: TypeVar) -> rules::Asked {
        let known = &self.unit.machines[self.machine].records;
        if let Some((shape, place)) = records::written_type(row, known, self.types, self.diagnostics) {
            self.types.declare(ty, shape, place, self.diagnostics);
        }
        rules::expect(&row.rules, ty, known, self.types, self.diagnostics);
        rules::lower(self, &row.rules, ty)
    }

    fn target(&mut self, emit: &ast::Emit, recipient: Recipient) -> Option<ir::Target> {
        let event = self.unit.event_at(self.machine, recipient, &emit.event.text);
        match (recipient, &emit.target) {
            (Recipient::Itself, _) => event.map(ir::Target::Itself),
            (Recipient::Machine(machine), _) => Some(ir::Target::Machine { machine, event }),
            (Recipient::Every(machine), Some(ast::Target::All { states, .. })) => {
                let states = states.iter().filter_map(|state| self.foreign_state(machine, state)).collect();
                Some(ir::Target::Every { machine, event, states })
            }
            (Recipient::Every(machine), _) => Some(ir::Target::Every { machine, event, states: Vec::new() }),
            (Recipient::Actor(actor), _) => {
                self.unit.port(actor, &emit.event.text).map(|port| ir::Target::Actor { actor, port })
            }
            (Recipient::Nobody, _) if self.types.incomplete => None,
            (Recipient::Nobody, target) => {
                let name = match target {
                    Some(ast::Target::Actor(name) | ast::Target::All { machine: name, .. }) => name,
                    None => return None,
                };
                let machines = self.unit.machines.iter().map(|machine| machine.name.as_str());
                let near = nearest(&name.text, machines);
                self.diagnostics.error(names_catalog::no_recipient(name.span, &name.text, near));
                None
            }
        }
    }

    fn foreign_state(&mut self, machine: MachineId, state: &ast::Name) -> Option<StateId> {
        let table = &self.unit.machines[machine.index()].states;
        let found = table.named(&state.text);
        if found.is_none() {
            let names: Vec<&str> = table.states.iter().map(|state| state.name.as_str()).collect();
            let near = nearest(&state.text, names.iter().copied());
            let first = self.origins.get(table.states[0].origin).span;
            self.diagnostics.error(names_catalog::unknown_state(state.span, &state.text, near, &names, first));
        }
        found
    }

    /// The entry of the messages for an event and its target.
    fn draft(&mut self, event: &ast::Name, target: &ir::Target, answer: Option<TypeVar>) -> usize {
        let named = (event.text.clone(), target.clone());
        let index = self.messages.place(&named).unwrap_or_else(|| {
            let origin = self.origin(event.span);
            let (event, target) = named.clone();
            self.messages.add(named, MessageDraft { event, target, origin, fields: Vec::new(), emits: 0, answer: None })
        });
        let draft = &mut self.messages[index];
        draft.emits += 1;
        draft.answer = draft.answer.or(answer);
        index
    }

    /// Where a field of a message goes: to the field of the event that the recipient knows, or of the port.
    fn place(&mut self, recipient: Recipient, event: &str, message: usize, name: &ast::Name) -> Place {
        let known = match recipient {
            Recipient::Actor(actor) => self.port_field(actor, event, &name.text),
            Recipient::Itself | Recipient::Machine(_) | Recipient::Every(_) | Recipient::Nobody => {
                let machine = match recipient {
                    Recipient::Machine(id) | Recipient::Every(id) => id.index(),
                    Recipient::Itself | Recipient::Actor(_) | Recipient::Nobody => self.machine,
                };
                let event = self.unit.event_at(self.machine, recipient, event);
                event.and_then(|event| self.event_field(machine, event, &name.text))
            }
        };
        let index = self.messages[message].fields.iter().position(|field| field.name == name.text);
        let index = index.unwrap_or_else(|| {
            let ty = known.as_ref().map_or_else(|| self.types.unknown(), |place| place.ty);
            let origin = self.origin(name.span);
            let required = known.as_ref().is_some_and(|place| place.required);
            self.messages[message].fields.push(MessageField {
                name: name.text.clone(),
                origin,
                ty,
                given: 0,
                required,
            });
            self.messages[message].fields.len() - 1
        });
        let field = &mut self.messages[message].fields[index];
        field.given += 1;
        let own = Slot::Message(self.machine, message, index);
        if let Some(place) = &known {
            self.flows.push((own, place.slot));
            self.flows.push((place.slot, own));
        }
        Place { ty: field.ty, required: field.required, slot: own }
    }

    fn event_field(&self, machine: usize, event: EventId, name: &str) -> Option<Place> {
        let fields = &self.unit.machines[machine].events[event.index()].fields;
        let index = fields.iter().position(|field| field.name == name)?;
        let slot = Slot::Field(machine, event.index(), index);
        Some(Place { ty: fields[index].ty, required: fields[index].required, slot })
    }

    fn port_field(&self, actor: ActorId, event: &str, name: &str) -> Option<Place> {
        let port = self.unit.port(actor, event)?;
        let fields = &self.unit.actors[actor.index()].hears[port.index()].fields;
        let index = fields.iter().position(|field| field.name == name)?;
        let slot = Slot::Port(actor.index(), port.index(), index);
        Some(Place { ty: fields[index].ty, required: fields[index].required, slot })
    }

    fn payload<'p>(&mut self, payload: Option<&'p Payload>, scope: &Scope) -> Vec<Written<'p>> {
        match payload {
            None => Vec::new(),
            Some(Payload::Table(table)) => self.table(table, scope),
            Some(Payload::Arguments { arguments, .. }) => {
                let mut written: Vec<Written<'p>> = Vec::new();
                for argument in arguments {
                    if self.is_repeated(&argument.field, &written) {
                        continue;
                    }
                    let value = self.value(&argument.value, scope);
                    written.push(Written { name: &argument.field, value, row: None });
                }
                written
            }
        }
    }

    /// The fields of a table with their values; a row without a value gives the variable of its name.
    pub(super) fn table<'p>(&mut self, table: &'p ast::FieldTable, scope: &Scope) -> Vec<Written<'p>> {
        let mut written: Vec<Written<'p>> = Vec::new();
        for row in &table.rows {
            if self.is_repeated(&row.field, &written) {
                continue;
            }
            let row = records::reading(row, &self.unit.machines[self.machine].records);
            let value = match &row.value {
                Some(value) => self.value(value, scope),
                None => self.named_like_field(&row.field, scope),
            };
            written.push(Written { name: &row.field, value, row: Some(row) });
        }
        written
    }

    fn named_like_field(&mut self, field: &ast::Name, scope: &Scope) -> Lowered {
        let outline = self.outline();
        if outline.words.contains(&field.text) || field.text == outline.identity() {
            return self.read(&field.text, field.span, scope);
        }
        self.diagnostics.error(names_catalog::no_value(field.span, &field.text));
        Lowered::silent(self.types, field.span)
    }

    fn is_repeated(&mut self, name: &ast::Name, written: &[Written<'_>]) -> bool {
        let earlier: Option<Span> =
            written.iter().find(|known| known.name.text == name.text).map(|known| known.name.span);
        if let Some(earlier) = earlier {
            self.diagnostics.error(names_catalog::duplicate(name.span, "field", &name.text, earlier));
        }
        earlier.is_some()
    }

    /// Lowers `send callback for :event`.
    pub(super) fn callback(&mut self, callback: &ast::SendCallback, scope: &Scope) -> StatementKind {
        let written = callback.table.as_ref().map_or(Vec::new(), |table| self.table(table, scope));
        let payload = written
            .into_iter()
            .map(|field| {
                let required = field.row.is_some_and(|row| records::has_rule(row, &ast::RuleKind::Required));
                let origin = self.origin(field.name.span);
                ir::PayloadField { name: field.name.text.clone(), origin, required, value: field.value.expression }
            })
            .collect();
        StatementKind::Callback { event: callback.event.text.clone(), payload }
    }
}
