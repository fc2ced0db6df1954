//! What machines say to each other and nobody hears, asks for, or answers.

use super::{Subject, walk};
use crate::built_in;
use crate::catalog::flow;
use crate::diagnostic::Diagnostics;
use crate::ir::walk::each_statement;
use crate::ir::{
    Block, Emit, Field, Handler, Machine, MachineId, OriginId, Party, StatementKind, System, Target, Type, Way,
};
use std::collections::BTreeSet;

/// An emit that no handler of its recipient takes, or only from another sender.
pub(super) fn unhandled_emit(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    each_emit(subject.system, |sender, _, emit, origin| {
        let Some((recipient, receiver)) = walk::receiver(subject, sender, emit) else { return };
        if receiver.is_none() {
            let event = &subject.system.machine(sender).message(emit.message).event;
            let recipient = &subject.system.machine(recipient).name;
            let known = walk::knows_event(subject, sender, emit);
            diagnostics.warning(flow::unhandled_emit(subject.origins, origin, event, recipient, known));
        }
    });
}

/// A handler whose `from` is a machine of the unit that never sends the event.
pub(super) fn untriggered_handler(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    let mut sent = BTreeSet::new();
    each_emit(subject.system, |sender, _, emit, _| {
        if let Some(recipient) = walk::recipient(sender, &emit.target) {
            sent.insert((sender, recipient, subject.system.machine(sender).message(emit.message).event.as_str()));
        }
    });
    for (id, machine) in walk::machines(subject.system) {
        for handler in &machine.handlers {
            let event = machine.event(handler.event);
            if handler.from == Some(Party::System) && event.reserved.is_none() {
                diagnostics.warning(flow::untriggered_handler(
                    subject.origins,
                    handler.origin,
                    &event.name,
                    built_in::SYSTEM,
                ));
            }
            let Some(Party::Machine(from)) = handler.from else { continue };
            let scheduled = from == id && event.scheduled;
            if !scheduled && !sent.contains(&(from, id, event.name.as_str())) {
                let from = &subject.system.machine(from).name;
                diagnostics.warning(flow::untriggered_handler(subject.origins, handler.origin, &event.name, from));
            }
        }
    }
}

/// An emit, or a timer, without a field that a handler which takes it requires.
pub(super) fn missing_field(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    each_emit(subject.system, |sender, _, emit, origin| {
        let Some((recipient, receiver)) = walk::receiver(subject, sender, emit) else { return };
        let carries = |name: &str| emit.payload.iter().any(|field| field.name == name);
        if let Some((_, receiver)) = receiver {
            leaves_out((subject, recipient), receiver, &carries, origin, diagnostics);
        }
    });
    for (id, machine) in walk::machines(subject.system) {
        machine.each_statement(&mut |statement| {
            if let StatementKind::Schedule { event, .. } = statement.kind
                && let Some((_, receiver)) = walk::taker(subject, id, (id, event))
            {
                leaves_out((subject, id), receiver, &|_| false, statement.origin, diagnostics);
            }
        });
    }
}

/// Machines that nobody can create, because every handler that would requires the id of an instance that exists: one warning
/// for each of these handlers. A message from another machine creates one for an id that nobody has.
pub(super) fn never_creates(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        let creating: Vec<&Handler> = machine.handlers.iter().filter(|handler| handler.creates).collect();
        let naming: Vec<(&Handler, &Field)> =
            creating.iter().filter_map(|handler| Some((*handler, required_id(machine, handler)?))).collect();
        if naming.len() == creating.len() {
            for (handler, field) in naming {
                diagnostics.warning(flow::never_creates(subject.origins, machine, handler, field));
            }
        }
    }
}

/// The field by which a request from outside to this handler has to name an instance.
fn required_id<'m>(machine: &'m Machine, handler: &Handler) -> Option<&'m Field> {
    let outside = match handler.from {
        Some(Party::Actor(_)) => true,
        Some(Party::Machine(_) | Party::System) => false,
        None => handler.api,
    };
    let own = format!("{}_id", machine.name);
    let fields = &machine.event(handler.event).fields;
    let required = handler.checks.iter().filter(|check| check.required).map(|check| &fields[check.field.index()]);
    let mut naming = required.filter(|field| field.name == "aggregate_id" || field.name == own);
    naming.find(|field| outside && matches!(field.ty, Type::String | Type::Json))
}

/// Reports the fields that a handler requires and a message to it does not carry.
fn leaves_out(
    (subject, recipient): (Subject<'_>, MachineId),
    receiver: &Handler,
    carries: &dyn Fn(&str) -> bool,
    origin: OriginId,
    diagnostics: &mut Diagnostics,
) {
    let machine = subject.system.machine(recipient);
    let fields = &machine.event(receiver.event).fields;
    let required = receiver.checks.iter().filter(|check| check.required);
    let names = required.map(|check| fields[check.field.index()].name.as_str());
    let missing: Vec<&str> = names.filter(|name| !carries(name)).collect();
    if !missing.is_empty() {
        let message = (origin, receiver.origin);
        diagnostics.warning(flow::missing_field(subject.origins, message, &machine.name, &missing));
    }
}

/// `reply 202 async for :event` without a `send callback for :event` anywhere in the machine.
pub(super) fn broken_promise(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        let Callbacks { promised, sent } = Callbacks::of(machine);
        for (event, origin) in without(promised, &sent) {
            diagnostics.warning(flow::broken_promise(subject.origins, origin, event));
        }
    }
}

/// `send callback for :event` in a machine that neither promises this event nor queues requests, which are promises too.
pub(super) fn unpromised_callback(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in subject.system.machines.iter().filter(|machine| !machine.handlers.iter().any(|of| of.queued)) {
        let Callbacks { promised, sent } = Callbacks::of(machine);
        for (event, origin) in without(sent, &promised) {
            diagnostics.warning(flow::unpromised_callback(subject.origins, origin, event));
        }
    }
}

/// The callbacks of a machine, by their event and with the place of the statement.
#[derive(Default)]
struct Callbacks<'a> {
    promised: Vec<(&'a str, OriginId)>,
    sent: Vec<(&'a str, OriginId)>,
}

impl<'a> Callbacks<'a> {
    fn of(machine: &'a Machine) -> Self {
        let mut found = Self::default();
        machine.each_statement(&mut |statement| {
            if let StatementKind::Promise { event, .. } = &statement.kind {
                found.promised.push((event, statement.origin));
            }
            if let StatementKind::Callback { event, .. } = &statement.kind {
                found.sent.push((event, statement.origin));
            }
        });
        found
    }
}

/// Those whose event none of the others has.
fn without<'a>(
    these: Vec<(&'a str, OriginId)>,
    others: &[(&'a str, OriginId)],
) -> impl Iterator<Item = (&'a str, OriginId)> {
    let others: BTreeSet<&str> = others.iter().map(|(event, _)| *event).collect();
    these.into_iter().filter(move |(event, _)| !others.contains(event))
}

/// A handler that answers its sender on some paths and on another says nothing to anybody.
pub(super) fn missing_answer(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    let mut told = BTreeSet::new();
    let expected = answers_expected(subject.system);
    each_emit(subject.system, |sender, asking, emit, origin| {
        if !matches!(emit.way, Way::Bare | Way::Async) {
            return;
        }
        let Some((recipient, receiver)) = walk::receiver(subject, sender, emit) else { return };
        if recipient == sender || !expected.contains(&(sender, recipient)) {
            return;
        }
        if let Some((id, receiver)) = receiver {
            let answers = Answers { answerer: recipient, asker: sender };
            let silent = answers.emits_back(&receiver.body) && !answers.on_every_path(&receiver.body);
            if silent && told.insert((recipient, id)) {
                let asker = &subject.system.machine(sender).name;
                let event = &asking.message(emit.message).event;
                diagnostics.warning(flow::missing_answer(subject.origins, receiver.origin, origin, event, asker));
            }
        }
    });
}

/// A call whose callee neither returns a value nor emits anything back: its value is always null. What a machine emits
/// to itself is no answer to a call to self.
pub(super) fn answerless_call(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    each_emit(subject.system, |sender, machine, emit, origin| {
        if !walk::is_call(emit) {
            return;
        }
        let Some((recipient, receiver)) = walk::receiver(subject, sender, emit) else { return };
        let answers = Answers { answerer: recipient, asker: sender };
        let to_itself = matches!(emit.target, Target::Itself(_));
        let answered =
            |handler: &Handler| handler.returns.is_some() || (!to_itself && answers.emits_back(&handler.body));
        if receiver.is_some_and(|(_, handler)| !answered(handler)) {
            let event = &machine.message(emit.message).event;
            diagnostics.warning(flow::answerless_call(subject.origins, origin, event));
        }
    });
}

fn each_emit<'a>(system: &'a System, mut visit: impl FnMut(MachineId, &'a Machine, &'a Emit, OriginId)) {
    for (id, machine) in walk::machines(system) {
        for handler in &machine.handlers {
            each_statement(&handler.body, &mut |statement, _| {
                if let Some(emit) = statement.emit() {
                    visit(id, machine, emit, statement.origin);
                }
            });
        }
    }
}

/// Each machine with each partner that it names as the sender of something.
fn answers_expected(system: &System) -> BTreeSet<(MachineId, MachineId)> {
    let mut expected = BTreeSet::new();
    for (id, machine) in walk::machines(system) {
        expected.extend(machine.handlers.iter().filter_map(|handler| match handler.from {
            Some(Party::Machine(partner)) => Some((id, partner)),
            Some(Party::Actor(_) | Party::System) | None => None,
        }));
    }
    expected
}

/// Looks for answers to an asker in the bodies of an answerer.
#[derive(Clone, Copy)]
struct Answers {
    answerer: MachineId,
    asker: MachineId,
}

impl Answers {
    fn emits_back(self, body: &Block) -> bool {
        let mut found = false;
        each_statement(body, &mut |statement, _| {
            let back = |emit: &Emit| walk::recipient(self.answerer, &emit.target) == Some(self.asker);
            found |= statement.emit().is_some_and(|emit| !walk::is_call(emit) && back(emit));
        });
        found
    }

    /// Whether every path that decides anything emits something, schedules something, or returns a value.
    fn on_every_path(self, body: &Block) -> bool {
        body.iter().any(|statement| match &statement.kind {
            StatementKind::Emit(_) | StatementKind::Schedule { .. } | StatementKind::Return(Some(_)) => true,
            StatementKind::Branch(arms) => {
                walk::is_exhaustive(arms) && arms.iter().all(|arm| self.on_every_path(&arm.body))
            }
            StatementKind::Transition(_)
            | StatementKind::Assign { .. }
            | StatementKind::Increase { .. }
            | StatementKind::Decrease { .. }
            | StatementKind::Append { .. }
            | StatementKind::Remove { .. }
            | StatementKind::Clear(_)
            | StatementKind::Constrain(_)
            | StatementKind::Act(_)
            | StatementKind::Reply(_)
            | StatementKind::Promise { .. }
            | StatementKind::Callback { .. }
            | StatementKind::Return(None)
            | StatementKind::Cancel(_) => false,
        })
    }
}
