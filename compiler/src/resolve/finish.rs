//! Puts the IR together once all types are found.

use super::convert::Converter;
use super::lower::{LoweredHandler, LoweredMachine, Slot, scenario_id};
use super::outline::{EventOutline, FieldOutline, Outline, Unit};
use super::types::{Shape, TypeVar, Types};
use super::{intended, queues, states};
use crate::catalog::types as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{self, Actor, Event, Field, Machine, Origins, RecordId, RecordType, System, Type};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Turns what was found into IR.
pub(super) struct Finisher<'f, 'a> {
    pub(super) unit: &'f Unit<'a>,
    pub(super) types: &'f Types,
    pub(super) origins: &'f mut Origins,
    pub(super) diagnostics: &'f mut Diagnostics,
    /// The declared record types, then the inferred ones.
    records: Vec<RecordType>,
    /// The record type of each class of types that only has fields.
    inferred: BTreeMap<TypeVar, RecordId>,
    /// The types that are being named, so that one that contains itself ends.
    open: Vec<TypeVar>,
    /// The classes of which it was said that nothing is known.
    unknown: BTreeSet<TypeVar>,
    secrets: BTreeSet<SlotKey>,
}

type SlotKey = (u8, usize, usize, usize);

/// The whole system.
pub(super) fn finish(
    unit: &Unit<'_>,
    types: &Types,
    lowered: Vec<LoweredMachine>,
    (name, title): (String, String),
    options: &super::Options,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> System {
    let mut finisher = Finisher {
        unit,
        types,
        origins,
        diagnostics,
        records: Vec::new(),
        inferred: BTreeMap::new(),
        open: Vec::new(),
        unknown: BTreeSet::new(),
        secrets: secrets(unit, &lowered),
    };
    finisher.declared_records();
    let machines: Vec<Machine> =
        lowered.into_iter().enumerate().map(|(index, lowered)| finisher.machine(index, lowered, options)).collect();
    let actors = (0..unit.actors.len()).map(|actor| finisher.actor(actor)).collect();
    let records = finisher.records;
    let machines = machines.into_iter().map(|machine| typed(machine, &records)).collect();
    System { version: ir::VERSION, name, title, machines, actors, records }
}

/// Types the bodies of a machine, now that every record type is known.
fn typed(machine: Machine, records: &[RecordType]) -> Machine {
    let handlers = machine
        .handlers
        .iter()
        .map(|handler| {
            let converter = Converter {
                records,
                variables: &machine.variables,
                messages: &machine.messages,
                sentences: &machine.sentences,
                event: &machine.events[handler.event.index()],
                returns: handler.returns.as_ref(),
            };
            let mut handler = handler.clone();
            handler.body = converter.block(handler.body);
            handler.acceptance = handler.acceptance.map(|reply| converter.reply(reply));
            for (variable, value) in &mut handler.fixed {
                let ty = &machine.variables[variable.index()].ty;
                *value = converter.value(value.clone(), ty);
            }
            handler
        })
        .collect();
    Machine { handlers, ..machine }
}

impl Finisher<'_, '_> {
    fn declared_records(&mut self) {
        for record in &self.types.records {
            self.records.push(RecordType { name: record.name.clone(), origin: record.origin, fields: Vec::new() });
        }
        for (index, record) in self.types.records.iter().enumerate() {
            let mut fields = Vec::new();
            for field in &record.fields {
                let origin = states::origin(self.origins, self.unit.sources, field.span);
                fields.push(Field {
                    name: field.name.clone(),
                    origin,
                    ty: self.ty(field.ty, &field.name),
                    required: field.required,
                    secret: field.secret,
                });
            }
            self.records[index].fields = fields;
        }
    }

    fn machine(&mut self, index: usize, lowered: LoweredMachine, options: &super::Options) -> Machine {
        let outline = &self.unit.machines[index];
        let origin = states::origin(self.origins, self.unit.sources, outline.tree.span);
        let variables = (0..outline.variables.len()).map(|variable| self.variable(index, variable)).collect();
        let identity = outline.variable_named(&outline.identity()).filter(|found| outline.variables[*found].assigned);
        let events = (0..outline.events.len())
            .map(|event| self.event(&outline.events[event], |field| Slot::Field(index, event, field)))
            .collect();
        let messages = self.messages(index, &lowered);
        let sentences = self.sentences(&lowered, outline, options);
        let custom_rules = lowered.custom_rules.clone();
        let intended = intended::states(outline, &lowered);
        let handlers = lowered
            .handlers
            .into_iter()
            .zip(intended)
            .enumerate()
            .map(|(position, (handler, intended))| self.handler(outline, position, handler, intended))
            .collect();
        let scenarios = outline
            .scenarios
            .iter()
            .map(|scenario| ir::Scenario {
                title: scenario.tree.title.as_ref().map(|title| title.text.clone()),
                origin: scenario.origin,
                starts_in: scenario.starts_in,
                handlers: scenario.handlers.clone(),
            })
            .collect();
        Machine {
            name: outline.name.clone(),
            origin,
            closed: outline.states.closed,
            states: outline.states.states.to_vec(),
            initial: outline.states.initial,
            variables,
            identity: identity.map(ir::VariableId::at),
            events,
            handlers,
            messages,
            sentences,
            custom_rules,
            scenarios,
            queue: queues::settings(&outline.queues, self.diagnostics),
        }
    }

    fn variable(&mut self, machine: usize, index: usize) -> ir::Variable {
        let variable = &self.unit.machines[machine].variables[index];
        self.report_unknown(variable.ty, &format!("${}", variable.name), variable.span);
        ir::Variable {
            name: variable.name.clone(),
            origin: states::origin(self.origins, self.unit.sources, variable.span),
            ty: self.ty(variable.ty, &variable.name),
            set_by: if variable.assigned { ir::SetBy::Statements } else { ir::SetBy::Actions },
            secret: self.is_secret(Slot::Variable(machine, index)),
        }
    }

    fn event(&mut self, event: &EventOutline, slot: impl Fn(usize) -> Slot) -> Event {
        let fields = event.fields.iter().enumerate().map(|(index, field)| self.field(field, slot(index))).collect();
        Event {
            name: event.name.clone(),
            origin: states::origin(self.origins, self.unit.sources, event.span),
            fields,
            reserved: event.reserved,
            external: event.external,
            scheduled: event.scheduled,
        }
    }

    fn field(&mut self, field: &FieldOutline, slot: Slot) -> Field {
        self.report_unknown(field.ty, &field.name, field.span);
        Field {
            name: field.name.clone(),
            origin: states::origin(self.origins, self.unit.sources, field.span),
            ty: self.ty(field.ty, &field.name),
            required: field.required,
            secret: self.is_secret(slot),
        }
    }

    fn messages(&mut self, machine: usize, lowered: &LoweredMachine) -> Vec<ir::Message> {
        let mut messages = Vec::new();
        for (index, message) in lowered.messages.iter().enumerate() {
            let mut fields = Vec::new();
            for (position, field) in message.fields.iter().enumerate() {
                fields.push(Field {
                    name: field.name.clone(),
                    origin: field.origin,
                    ty: self.ty(field.ty, &field.name),
                    required: field.required && field.given == message.emits,
                    secret: self.is_secret(Slot::Message(machine, index, position)),
                });
            }
            messages.push(ir::Message {
                event: message.event.clone(),
                target: message.target.clone(),
                origin: message.origin,
                fields,
                answer: message.answer.map(|answer| self.ty(answer, &message.event)),
            });
        }
        messages
    }

    fn sentences(
        &mut self,
        lowered: &LoweredMachine,
        outline: &Outline<'_>,
        options: &super::Options,
    ) -> Vec<ir::Sentence> {
        let mut sentences = Vec::new();
        for sentence in lowered.sentences.list.iter() {
            let parameters = sentence
                .parameters
                .iter()
                .map(|(name, ty)| ir::Parameter { name: name.clone(), ty: self.ty(*ty, name) })
                .collect();
            sentences.push(ir::Sentence {
                kind: sentence.kind,
                name: sentence.name.clone(),
                text: sentence.text.clone(),
                parameters,
                returns: sentence.returns.map(|returns| self.ty(returns, &sentence.name)),
                asynchronous: options.is_asynchronous(sentence.kind, &outline.name, &sentence.name),
                origins: sentence.origins.clone(),
            });
        }
        sentences
    }

    fn handler(
        &mut self,
        outline: &Outline<'_>,
        position: usize,
        lowered: LoweredHandler,
        intended: Vec<ir::StateId>,
    ) -> ir::Handler {
        let handler = &outline.handlers[position];
        ir::Handler {
            origin: lowered.origin,
            event: handler.event,
            from: handler.from,
            api: lowered.api,
            queued: lowered.queued,
            fixed: lowered.fixed,
            acceptance: lowered.acceptance,
            priority: lowered.priority,
            creates: handler.creates,
            scenario: scenario_id(handler.scenario),
            intended,
            checks: lowered.checks,
            returns: handler.returns_value.then(|| self.ty(handler.returns, &handler.tree.event.text)),
            body: lowered.body,
        }
    }

    fn actor(&mut self, index: usize) -> Actor {
        let actor = &self.unit.actors[index];
        let mut hears = Vec::new();
        for (port, (event, answer)) in actor.hears.iter().zip(&actor.answers).enumerate() {
            let Event { name, origin, fields, .. } = self.event(event, |field| Slot::Port(index, port, field));
            let answer = answer.map(|answer| self.ty(answer, &event.name));
            hears.push(ir::PortMessage { name, origin, fields, answer });
        }
        let origin = states::origin(self.origins, self.unit.sources, actor.span);
        Actor { name: actor.name.clone(), origin, hears }
    }

    /// The type that was found; what is still unknown is json. A record type that has no name yet is named after `hint`.
    fn ty(&mut self, var: TypeVar, hint: &str) -> Type {
        let class = self.types.class(var);
        if self.open.contains(&class) {
            return Type::Json;
        }
        match self.types.shape(class) {
            Some(Shape::String) => Type::String,
            Some(Shape::Number) => Type::Number,
            Some(Shape::Integer) => Type::Integer,
            Some(Shape::Boolean) => Type::Boolean,
            Some(Shape::Time) => Type::Time,
            Some(Shape::Duration) => Type::Duration,
            Some(Shape::Object) => Type::Object,
            Some(Shape::Record(record)) => Type::Record(record),
            Some(Shape::Json | Shape::Error) | None => Type::Json,
            Some(Shape::List(element)) => {
                self.open.push(class);
                let element = self.ty(element, hint.strip_suffix('s').unwrap_or(hint));
                self.open.pop();
                Type::List(Box::new(element))
            }
            Some(Shape::Fields(fields)) => Type::Record(self.inferred_record(class, &fields, hint)),
        }
    }

    fn inferred_record(&mut self, class: TypeVar, fields: &[(String, TypeVar)], hint: &str) -> RecordId {
        if let Some(known) = self.inferred.get(&class) {
            return *known;
        }
        let id = RecordId::at(self.records.len());
        let mut name = hint.to_owned();
        let mut number = 2;
        while self.records.iter().any(|record| record.name == name) {
            name = format!("{hint}_{number}");
            number += 1;
        }
        let place = self.types.place(class);
        let origin = match place {
            Some(place) => states::origin(self.origins, self.unit.sources, place),
            None => ir::OriginId::at(0),
        };
        self.records.push(RecordType { name, origin, fields: Vec::new() });
        self.inferred.insert(class, id);
        self.open.push(class);
        let fields = fields
            .iter()
            .map(|(name, ty)| Field {
                name: name.clone(),
                origin,
                ty: self.ty(*ty, name),
                required: false,
                secret: false,
            })
            .collect();
        self.open.pop();
        self.records[id.index()].fields = fields;
        id
    }

    fn report_unknown(&mut self, var: TypeVar, name: &str, span: Span) {
        let class = self.types.class(var);
        if self.types.shape(class).is_none() && self.unknown.insert(class) {
            self.diagnostics.warning(catalog::untyped(span, name));
        }
    }

    fn is_secret(&self, slot: Slot) -> bool {
        self.secrets.contains(&key(slot))
    }
}

fn key(slot: Slot) -> SlotKey {
    match slot {
        Slot::Variable(machine, variable) => (0, machine, variable, 0),
        Slot::Field(machine, event, field) => (1, machine, event, field),
        Slot::Message(machine, message, field) => (2, machine, message, field),
        Slot::Port(actor, port, field) => (3, actor, port, field),
    }
}

/// Everything that holds a secret: what a table calls one, and wherever it flows.
fn secrets(unit: &Unit<'_>, lowered: &[LoweredMachine]) -> BTreeSet<SlotKey> {
    let mut secrets: BTreeSet<SlotKey> =
        lowered.iter().flat_map(|machine| &machine.secrets).map(|slot| key(*slot)).collect();
    for (machine, outline) in unit.machines.iter().enumerate() {
        for (event, known) in outline.events.iter().enumerate() {
            let hidden = known.fields.iter().enumerate().filter(|(_, field)| field.secret);
            secrets.extend(hidden.map(|(field, _)| key(Slot::Field(machine, event, field))));
        }
    }
    let flows: Vec<(SlotKey, SlotKey)> =
        lowered.iter().flat_map(|machine| &machine.flows).map(|(from, to)| (key(*from), key(*to))).collect();
    loop {
        let before = secrets.len();
        for (from, to) in &flows {
            if secrets.contains(from) {
                secrets.insert(*to);
            }
        }
        if secrets.len() == before {
            return secrets;
        }
    }
}
