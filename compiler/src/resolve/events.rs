//! The events of machines and the messages of actors, with their fields: what tables list, what emits carry, and what
//! handlers read of an event that comes from outside.

use super::mentions::{self, Use};
use super::named::Named;
use super::outline::{EventOutline, FieldOutline, HandlerOutline, Outline, Recipient, Unit, VariableOutline};
use super::records;
use super::types::{Shape, TypeVar, Types};
use super::walk::{self, Piece};
use super::{handlers, rules};
use crate::ast::{self, RuleKind, TypeKind};
use crate::built_in::{CONSTRAINT_VIOLATED, TIMER_EXPIRED, VALIDATION_FAILED};
use crate::catalog::{names as catalog, types as type_catalog};
use crate::diagnostic::Diagnostics;
use crate::ir::handled::Handled;
use crate::ir::{EventId, MachineId, Party, Reserved};
use crate::source::Span;
use std::collections::BTreeMap;

/// An emit, or something that counts as one.
struct Sent<'a> {
    recipient: Recipient,
    event: &'a str,
    span: Span,
    fields: Vec<SentField<'a>>,
    called: bool,
}

/// What each machine is sent, by event.
type Received<'s> = BTreeMap<(usize, &'s str), Vec<&'s Sent<'s>>>;

struct SentField<'a> {
    name: &'a str,
    span: Span,
    required: bool,
    secret: bool,
}

/// Finds all events, ports, fields and context variables of a unit whose handlers are selected.
pub(super) fn find(unit: &mut Unit<'_>, types: &mut Types, diagnostics: &mut Diagnostics) {
    let mut sent = Vec::new();
    for machine in 0..unit.machines.len() {
        let found = occurrences(unit, machine);
        let outline = &mut unit.machines[machine];
        outline.events = found;
        for index in 0..outline.handlers.len() {
            let name = &outline.handlers[index].tree.event.text;
            outline.handlers[index].event = outline.event_named(name).unwrap_or(EventId::at(0));
        }
        let handlers = outline.handlers.iter().map(|handler| (handler.event, handler.from));
        outline.handled = Handled::among(MachineId::at(machine), outline.events.len(), handlers);
    }
    for machine in 0..unit.machines.len() {
        sent.extend(sent_by(unit, machine).into_iter().map(|sent| (machine, sent)));
    }
    let mut received: Received<'_> = BTreeMap::new();
    for (sender, sent) in &sent {
        if let Some(machine) = receiver(sent.recipient, *sender) {
            received.entry((machine, sent.event)).or_default().push(sent);
        }
    }
    let mut events = Vec::new();
    for machine in 0..unit.machines.len() {
        events.push(machine_fields(unit, machine, &received, types, diagnostics));
    }
    let mut heard: Vec<Vec<&Sent<'_>>> = vec![Vec::new(); unit.actors.len()];
    for (_, sent) in &sent {
        if let Recipient::Actor(actor) = sent.recipient {
            heard[actor.index()].push(sent);
        }
    }
    let hears: Vec<_> = heard.iter().map(|heard| ports(heard, types)).collect();
    for (outline, (hears, answers)) in unit.actors.iter_mut().zip(hears) {
        outline.answers = answers;
        outline.hears = hears;
    }
    for (outline, events) in unit.machines.iter_mut().zip(events) {
        outline.events = events;
        outline.variables = variables(outline, types);
    }
}

/// The events that a machine handles, schedules, cancels or emits to itself, without their fields.
fn occurrences(unit: &Unit<'_>, machine: usize) -> Named<EventOutline> {
    let mut events: Named<EventOutline> = Named::default();
    let mut add = |name: &str, span: Span, scheduled: bool| {
        if let Some(known) = events.place(name) {
            events[known].scheduled |= scheduled;
            return;
        }
        let (name, reserved) = (name.to_owned(), reserved(name));
        events.add(name.clone(), EventOutline { name, span, reserved, external: false, scheduled, fields: Vec::new() });
    };
    for handler in &unit.machines[machine].handlers {
        add(&handler.tree.event.text, handler.tree.event.span, false);
        walk::block(&handler.tree.body, &mut |piece| match piece {
            Piece::Emit(emit) if unit.recipient(machine, emit.target.as_ref()) == Recipient::Itself => {
                add(&emit.event.text, emit.event.span, false);
            }
            Piece::Schedule(event) => add(&event.text, event.span, true),
            Piece::Timer => add(TIMER_EXPIRED, handler.tree.span, true),
            Piece::Cancel(event) => add(&event.text, event.span, false),
            Piece::Value(_)
            | Piece::Condition(_)
            | Piece::Text(_)
            | Piece::Assigned(_)
            | Piece::CallInto(_)
            | Piece::Constrained(_)
            | Piece::Emit(_)
            | Piece::State(_)
            | Piece::Response(_) => {}
        });
    }
    events
}

/// The reserved event of this name.
pub(super) fn reserved(name: &str) -> Option<Reserved> {
    match name {
        VALIDATION_FAILED => Some(Reserved::ValidationFailed),
        CONSTRAINT_VIOLATED => Some(Reserved::ConstraintViolated),
        TIMER_EXPIRED => Some(Reserved::TimerExpired),
        _ => None,
    }
}

/// Everything that a machine sends; a timer is an emit to itself that carries nothing.
fn sent_by<'a>(unit: &Unit<'a>, machine: usize) -> Vec<Sent<'a>> {
    let mut sent = Vec::new();
    for handler in &unit.machines[machine].handlers {
        walk::block(&handler.tree.body, &mut |piece| match piece {
            Piece::Emit(emit) => sent.push(Sent {
                recipient: unit.recipient(machine, emit.target.as_ref()),
                event: &emit.event.text,
                span: emit.event.span,
                fields: sent_fields(emit),
                called: false,
            }),
            Piece::CallInto(_) => {
                if let Some(call) = sent.last_mut() {
                    call.called = true;
                }
            }
            Piece::Schedule(event) => sent.push(Sent {
                recipient: Recipient::Itself,
                event: &event.text,
                span: event.span,
                fields: Vec::new(),
                called: false,
            }),
            Piece::Value(_)
            | Piece::Condition(_)
            | Piece::Text(_)
            | Piece::Assigned(_)
            | Piece::Constrained(_)
            | Piece::Timer
            | Piece::Cancel(_)
            | Piece::State(_)
            | Piece::Response(_) => {}
        });
    }
    sent
}

fn sent_fields(emit: &ast::Emit) -> Vec<SentField<'_>> {
    match &emit.payload {
        None => Vec::new(),
        Some(ast::Payload::Arguments { arguments, .. }) => arguments
            .iter()
            .map(|argument| SentField {
                name: &argument.field.text,
                span: argument.field.span,
                required: false,
                secret: false,
            })
            .collect(),
        Some(ast::Payload::Table(table)) => table
            .rows
            .iter()
            .map(|row| SentField {
                name: &row.field.text,
                span: row.field.span,
                required: records::has_rule(row, &RuleKind::Required),
                secret: records::has_rule(row, &RuleKind::Secret),
            })
            .collect(),
    }
}

/// The events of a machine with their fields.
fn machine_fields(
    unit: &Unit<'_>,
    machine: usize,
    sent: &Received<'_>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) -> Named<EventOutline> {
    let outline = &unit.machines[machine];
    let mut events = Named::default();
    for (index, event) in outline.events.iter().enumerate() {
        let handlers = outline.handled.handlers(EventId::at(index)).iter();
        let handlers: Vec<&HandlerOutline<'_>> = handlers.map(|id| &outline.handlers[id.index()]).collect();
        let received = sent.get(&(machine, event.name.as_str())).map_or(&[][..], Vec::as_slice);
        let mut found = EventOutline {
            name: event.name.clone(),
            span: event.span,
            reserved: event.reserved,
            external: event.reserved.is_none() && is_external(&handlers, received.is_empty()),
            scheduled: event.scheduled,
            fields: built_in(event.reserved, event.span, types),
        };
        for handler in &handlers {
            table_fields(handler, outline, &mut found, types, diagnostics);
        }
        sent_fields_of(received, &mut found, types);
        if found.external {
            for handler in &handlers {
                read_fields(handler, outline, &mut found, types);
            }
        }
        for field in &mut found.fields {
            field.required &=
                found.reserved.is_some() || always_there(&field.name, &handlers, received, found.external);
        }
        events.add(found.name.clone(), found);
    }
    events
}

/// The machine that a message goes to.
fn receiver(recipient: Recipient, sender: usize) -> Option<usize> {
    match recipient {
        Recipient::Itself => Some(sender),
        Recipient::Machine(id) | Recipient::Every(id) => Some(id.index()),
        Recipient::Actor(_) | Recipient::Nobody => None,
    }
}

fn is_external(handlers: &[&HandlerOutline<'_>], nobody_emits: bool) -> bool {
    !handlers.is_empty()
        && (nobody_emits
            || handlers
                .iter()
                .any(|handler| handlers::is_api(handler.tree) || matches!(handler.from, Some(Party::Actor(_)))))
}

/// Whether every sender always gives a field, as far as the flow says.
fn always_there(name: &str, handlers: &[&HandlerOutline<'_>], received: &[&Sent<'_>], external: bool) -> bool {
    let row = |handler: &HandlerOutline<'_>| {
        let rows = handler.tree.with.iter().flat_map(|table| &table.rows);
        rows.filter(|row| row.field.text == name).map(|row| records::has_rule(row, &RuleKind::Required)).next()
    };
    let from_outside = |handler: &HandlerOutline<'_>| {
        handlers::is_api(handler.tree)
            || matches!(handler.from, Some(Party::Actor(_)))
            || (handler.from.is_none() && received.is_empty())
    };
    let tables = handlers.iter().all(|handler| match row(handler) {
        Some(required) => required,
        None => !external || !from_outside(handler),
    });
    tables && received.iter().all(|sent| sent.fields.iter().any(|field| field.name == name))
}

/// The fields of a reserved event.
fn built_in(reserved: Option<Reserved>, span: Span, types: &mut Types) -> Vec<FieldOutline> {
    let fields: &[(&str, Shape, bool)] = match reserved {
        Some(Reserved::ValidationFailed) => &[("errors", Shape::Json, true), ("event", Shape::String, true)],
        Some(Reserved::ConstraintViolated) => {
            &[("variable", Shape::String, true), ("rule", Shape::String, true), ("value", Shape::Json, false)]
        }
        Some(Reserved::TimerExpired) | None => &[],
    };
    fields
        .iter()
        .map(|(name, shape, required)| FieldOutline {
            name: (*name).to_owned(),
            span,
            ty: types.written(shape.clone(), span),
            required: *required,
            secret: false,
        })
        .collect()
}

/// Adds what the table of a handler declares.
fn table_fields(
    handler: &HandlerOutline<'_>,
    machine: &Outline<'_>,
    event: &mut EventOutline,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for row in handler.tree.with.iter().flat_map(|table| &table.rows) {
        if let Some((_, earlier)) = seen.iter().find(|(name, _)| *name == row.field.text) {
            diagnostics.error(catalog::duplicate(row.field.span, "field", &row.field.text, *earlier));
            continue;
        }
        seen.push((&row.field.text, row.field.span));
        let read = records::reading(row, &machine.records);
        warn_if_almost_typed(row, read, (handler, machine), diagnostics);
        let field = field(event, &row.field.text, row.field.span, types);
        field.required |= records::has_rule(read, &RuleKind::Required);
        field.secret |= records::has_rule(read, &RuleKind::Secret);
        let ty = field.ty;
        if let Some((shape, place)) = records::written_type(read, &machine.records, types, diagnostics) {
            types.declare(ty, shape, place, diagnostics);
        }
        rules::expect(&read.rules, ty, &machine.records, types, diagnostics);
    }
}

/// Warns of a word between a field and its rules that is no type, so that it is a variable, which nothing in the body reads.
fn warn_if_almost_typed(
    row: &ast::FieldRow,
    read: &ast::FieldRow,
    (handler, machine): (&HandlerOutline<'_>, &Outline<'_>),
    diagnostics: &mut Diagnostics,
) {
    let Some(ast::TypeExpression { kind: TypeKind::Record(name), .. }) = &row.type_ else { return };
    let is_type = std::ptr::eq(row, read);
    if is_type || name.text == row.field.text || is_read(&name.text, handler, machine) {
        return;
    }
    let near = records::nearest_type(&name.text, &machine.records);
    diagnostics.warning(type_catalog::variable_for_a_type(name.span, &name.text, &row.field.text, near));
}

fn is_read(name: &str, handler: &HandlerOutline<'_>, machine: &Outline<'_>) -> bool {
    let mut found = false;
    mentions::of_handler(handler.tree, machine, &mut |mention| {
        found |= mention.name == name && mention.kind == Use::Read;
    });
    found
}

fn sent_fields_of(received: &[&Sent<'_>], event: &mut EventOutline, types: &mut Types) {
    for sent in received {
        for one in &sent.fields {
            let field = field(event, one.name, one.span, types);
            field.required |= one.required;
            field.secret |= one.secret;
        }
    }
}

/// Adds what a handler of an event from outside reads, unless the machine itself assigns it.
fn read_fields(handler: &HandlerOutline<'_>, machine: &Outline<'_>, event: &mut EventOutline, types: &mut Types) {
    let identity = machine.identity();
    mentions::of_handler(handler.tree, machine, &mut |mention| {
        let built_in = mention.name == identity || handler.aliases.contains_key(mention.name);
        if mention.kind == Use::Read && !built_in && !machine.assigned.contains(mention.name) {
            field(event, mention.name, mention.span, types);
        }
    });
}

fn field<'e>(event: &'e mut EventOutline, name: &str, span: Span, types: &mut Types) -> &'e mut FieldOutline {
    let index = event.fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
        let ty = types.unknown();
        event.fields.push(FieldOutline { name: name.to_owned(), span, ty, required: false, secret: false });
        event.fields.len() - 1
    });
    &mut event.fields[index]
}

/// The messages of an actor, and the types of its answers to those that are called.
fn ports(heard: &[&Sent<'_>], types: &mut Types) -> (Named<EventOutline>, Vec<Option<TypeVar>>) {
    let mut hears: Named<EventOutline> = Named::default();
    let mut answers = Vec::new();
    let mut by_event: Named<Vec<&Sent<'_>>, &str> = Named::default();
    for sent in heard {
        let place = by_event.place(sent.event).unwrap_or_else(|| by_event.add(sent.event, Vec::new()));
        by_event[place].push(sent);
    }
    for all in by_event.iter() {
        let Some(first) = all.first() else { continue };
        let mut port = EventOutline {
            name: first.event.to_owned(),
            span: first.span,
            reserved: None,
            external: false,
            scheduled: false,
            fields: Vec::new(),
        };
        sent_fields_of(all, &mut port, types);
        for field in &mut port.fields {
            field.required &= always_there(&field.name, &[], all, false);
        }
        hears.add(port.name.clone(), port);
        answers.push(all.iter().any(|sent| sent.called).then(|| types.unknown()));
    }
    (hears, answers)
}

/// The context: what statements assign, what tables constrain, and what is read and is no field of the event at hand.
fn variables(machine: &Outline<'_>, types: &mut Types) -> Named<VariableOutline> {
    let mut variables: Named<VariableOutline> = Named::default();
    let identity = machine.identity();
    for handler in &machine.handlers {
        mentions::of_handler(handler.tree, machine, &mut |mention| {
            let own_id = mention.name == identity && !machine.assigned.contains(&identity);
            let context = match mention.kind {
                Use::Assigned | Use::Constrained => true,
                Use::Read => !own_id && machine.field_read(handler, mention.name).is_none(),
            };
            if context && variables.place(mention.name).is_none() {
                let (name, assigned) = (mention.name.to_owned(), machine.assigned.contains(mention.name));
                let ty = types.unknown();
                variables.add(name.clone(), VariableOutline { name, span: mention.span, ty, assigned });
            }
        });
    }
    variables
}
