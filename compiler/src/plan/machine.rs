//! Plans the module of one machine: which types it has, what they are called, which handlers wait.

use super::names::{Name, Scope};
use super::reply::{self, ReplyPlan};
use super::size::{self, Bytes};
use super::{waiting, wish};
use crate::diagnostic::Diagnostics;
use crate::ir::handled::Handled;
use crate::ir::{
    self, EventId, Field, HandlerId, Machine, Origins, RecordId, SetBy, StatementKind, System, Target, Type, VariableId,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The names that the generator uses for types in the module of every machine.
const FIXED: [&str; 17] = [
    "Behavior", "Caller", "Changes", "Context", "Decider", "Decision", "Effects", "Emit", "Event", "Instance",
    "Machine", "Reply", "Set", "State", "Timer", "Turn", "View",
];

/// The plan of one machine's module.
#[derive(Clone, Debug, Serialize)]
pub struct MachinePlan {
    /// The module.
    pub module: Name,
    /// The variants of `State`, by [`ir::StateId`].
    pub states: Vec<Name>,
    /// The fields of `Context`, by [`ir::VariableId`].
    pub variables: Vec<Name>,
    /// The payload structs, by [`EventId`]; those of events without handlers and without fields are not generated.
    pub events: Vec<StructPlan>,
    /// The handlers, by [`ir::HandlerId`].
    pub handlers: Vec<HandlerPlan>,
    /// The record types that the machine uses.
    pub records: BTreeMap<RecordId, StructPlan>,
    /// What it says, by [`ir::MessageId`].
    pub messages: Vec<MessagePlan>,
    /// The variants of `Timer`: the events that it schedules or cancels.
    pub timers: BTreeMap<EventId, Name>,
    /// The variants of `Reply`, in order of first occurrence.
    pub replies: Vec<ReplyPlan>,
    /// The methods of `Behavior`, by [`ir::SentenceId`].
    pub sentences: Vec<SentencePlan>,
    /// The variables that custom actions may set: the fields of `Set`.
    pub settable: Vec<VariableId>,
    /// Which kinds of effects there are.
    pub effects: EffectKinds,
    /// Whether some handler waits, so that the machine decides with `DecideAsync`.
    pub waits: bool,
    /// Which handlers an event has.
    #[serde(skip)]
    pub handled: Handled,
}

/// A struct: a payload or a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StructPlan {
    /// The type.
    pub name: Name,
    /// Its fields, in the order of the flow.
    pub fields: Vec<Name>,
    /// Whether a field is masked, so that `Debug` is written out.
    pub secret: bool,
    /// Whether it is boxed where it stands in an enum: an enum is as large as its largest variant.
    pub boxed: bool,
}

/// A handler.
#[derive(Clone, Debug, Serialize)]
pub struct HandlerPlan {
    /// The variant of `Event`: the event, told apart by sender where another handler has the same event.
    pub variant: Name,
    /// The function.
    pub function: Name,
    /// Whether it waits: for an asynchronous sentence, a call, or a handler of its own that waits.
    pub waits: bool,
    /// Whether a handler of the same machine calls it.
    pub called_by_itself: bool,
}

/// A message that the machine emits.
#[derive(Clone, Debug, Serialize)]
pub struct MessagePlan {
    /// The variant of `Emit`; none: it is only called, and never sent.
    pub variant: Option<Name>,
    /// The payload in the module `says`; without fields there is none.
    pub payload: StructPlan,
    /// Whether this is the first message with this payload type, so that the type is written for it.
    pub first: bool,
}

/// A sentence.
#[derive(Clone, Debug, Serialize)]
pub struct SentencePlan {
    /// The method.
    pub method: Name,
    /// Its parameters, after the view and the setter.
    pub parameters: Vec<Name>,
}

/// Which kinds of effects a machine has; without any, a turn does not pay for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EffectKinds {
    /// `emit`, `send callback`, or a call of another.
    pub emits: bool,
    /// `schedule`, `start timer` or `cancel`.
    pub timers: bool,
    /// `reply`
    pub replies: bool,
    /// `return`
    pub returns: bool,
}

impl EffectKinds {
    /// Whether there is any.
    #[must_use]
    pub fn any(self) -> bool {
        self.emits || self.timers || self.replies || self.returns
    }
}

pub(super) fn plan(
    system: &System,
    (machine, handled): (&Machine, Handled),
    module: Name,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> MachinePlan {
    let mut types = Scope::with_fixed(&FIXED);
    let states = states(machine, origins, diagnostics);
    let variables = variables(machine, origins, diagnostics);
    let events = events(system, machine, &mut types, origins, diagnostics);
    let used = records_of(system, types_in(machine));
    let records = name_records(system, &used, &mut types, origins, diagnostics);
    let replies = reply::plan(machine, &mut types, origins);
    let messages = messages(system, machine, origins, diagnostics);
    let handlers = handlers(system, (machine, &handled), origins, diagnostics);
    let settable = (0..machine.variables.len()).map(VariableId::at);
    let settable = settable.filter(|id| machine.variable(*id).set_by == SetBy::Actions && acts(machine)).collect();
    let effects = effect_kinds(machine, &replies);
    MachinePlan {
        module,
        states,
        variables,
        events,
        records,
        messages,
        timers: timers(machine, origins, diagnostics),
        replies,
        sentences: sentences(machine, origins, diagnostics),
        settable,
        effects,
        waits: handlers.iter().any(|handler| handler.waits),
        handlers,
        handled,
    }
}

fn states(machine: &Machine, origins: &Origins, diagnostics: &mut Diagnostics) -> Vec<Name> {
    let mut scope = Scope::default();
    let states = machine.states.iter();
    states.map(|state| scope.pascal(wish("state", "#", &state.name, state.origin, origins), diagnostics)).collect()
}

fn variables(machine: &Machine, origins: &Origins, diagnostics: &mut Diagnostics) -> Vec<Name> {
    let mut scope = Scope::default();
    let variables = machine.variables.iter();
    variables.map(|of| scope.snake(wish("variable", "$", &of.name, of.origin, origins), diagnostics)).collect()
}

fn events(
    system: &System,
    machine: &Machine,
    types: &mut Scope,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> Vec<StructPlan> {
    let mut structs = Vec::new();
    for event in &machine.events {
        let name = types.pascal(wish("event", ":", &event.name, event.origin, origins), diagnostics);
        structs.push(name_struct(system, name, &event.fields, origins, diagnostics));
    }
    let sizes: Vec<Bytes> = machine.events.iter().map(|event| size::of_fields(system, &event.fields)).collect();
    for (plan, boxed) in structs.iter_mut().zip(size::boxed(&sizes)) {
        plan.boxed = boxed;
    }
    structs
}

fn handlers(
    system: &System,
    (machine, handled): (&Machine, &Handled),
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> Vec<HandlerPlan> {
    let waiting = waiting::handlers(machine, handled);
    let calls = |handler| waiting::called_handlers(handled, handler);
    let called: BTreeSet<HandlerId> = machine.handlers.iter().flat_map(calls).collect();
    let mut variants = Scope::default();
    let mut plans = Vec::new();
    for (index, handler) in machine.handlers.iter().enumerate() {
        let event = machine.event(handler.event);
        let several = handled.handlers(handler.event).len() > 1;
        let (name, named_at) = match handler.from {
            Some(party) if several => (format!("{}_from_{}", event.name, system.party_name(party)), handler.origin),
            Some(_) | None => (event.name.clone(), event.origin),
        };
        let variant = variants.pascal(wish("handler", "on :", &name, named_at, origins), diagnostics);
        let function = Name::snake(&format!("on_{name}"));
        let called_by_itself = called.contains(&HandlerId::at(index));
        plans.push(HandlerPlan { variant, function, waits: waiting[index], called_by_itself });
    }
    plans
}

fn messages(system: &System, machine: &Machine, origins: &Origins, diagnostics: &mut Diagnostics) -> Vec<MessagePlan> {
    let sent = sent(machine);
    let mut variants = Scope::default();
    let mut payloads = Scope::default();
    let mut plans: Vec<MessagePlan> = Vec::new();
    let mut of_event: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, message) in machine.messages.iter().enumerate() {
        let span = origins.get(message.origin).span;
        let variant = sent.contains(&index).then(|| {
            let to = recipient(system, &message.target);
            variants.invent(&Name::pascal(&format!("{}_to_{to}", message.event)), span)
        });
        let earlier = of_event.entry(message.event.as_str()).or_default();
        let same = earlier.iter().copied().find(|other| same_fields(&machine.messages[*other].fields, &message.fields));
        earlier.push(index);
        let payload = match same {
            Some(first) => plans[first].payload.clone(),
            None => {
                let name = payloads.invent(&Name::pascal(&message.event), span);
                name_struct(system, name, &message.fields, origins, diagnostics)
            }
        };
        plans.push(MessagePlan { variant, payload, first: same.is_none() });
    }
    let sizes: Vec<Bytes> = machine.messages.iter().map(|message| size::of_fields(system, &message.fields)).collect();
    for (plan, boxed) in plans.iter_mut().zip(size::boxed(&sizes)) {
        plan.payload.boxed = boxed;
    }
    plans
}

/// Whether two lists of fields make one Rust type.
pub(super) fn same_fields(left: &[Field], right: &[Field]) -> bool {
    let shape = |field: &Field| (field.name.clone(), field.ty.clone(), field.required, field.secret);
    left.iter().map(shape).eq(right.iter().map(shape))
}

/// The messages that some statement sends, and not only calls, by position.
fn sent(machine: &Machine) -> BTreeSet<usize> {
    let mut sent = BTreeSet::new();
    machine.each_statement(&mut |statement| {
        if let StatementKind::Emit(emit) = &statement.kind {
            sent.insert(emit.message.index());
        }
    });
    sent
}

/// The recipient as a word.
fn recipient(system: &System, target: &Target) -> String {
    match target {
        Target::Itself(_) => "itself".to_owned(),
        Target::Machine { machine, .. } => system.machine(*machine).name.clone(),
        Target::Every { machine, states, .. } => {
            let machine = system.machine(*machine);
            let names: Vec<&str> = states.iter().map(|state| machine.state(*state).name.as_str()).collect();
            let within = if names.is_empty() { String::new() } else { format!("_in_{}", names.join("_or_")) };
            format!("every_{}{within}", machine.name)
        }
        Target::Actor { actor, .. } => system.actor(*actor).name.clone(),
    }
}

fn timers(machine: &Machine, origins: &Origins, diagnostics: &mut Diagnostics) -> BTreeMap<EventId, Name> {
    let mut used = BTreeSet::new();
    machine.each_statement(&mut |statement| {
        if let StatementKind::Schedule { event, .. } | StatementKind::Cancel(event) = &statement.kind {
            used.insert(*event);
        }
    });
    let mut scope = Scope::default();
    used.into_iter()
        .map(|id| {
            let event = machine.event(id);
            (id, scope.pascal(wish("timer", ":", &event.name, event.origin, origins), diagnostics))
        })
        .collect()
}

fn sentences(machine: &Machine, origins: &Origins, diagnostics: &mut Diagnostics) -> Vec<SentencePlan> {
    let mut methods = Scope::default();
    let mut plans = Vec::new();
    for sentence in &machine.sentences {
        let Some(origin) = sentence.origins.first() else {
            // Every sentence is used somewhere; without a place there is nobody to tell about a collision.
            plans.push(SentencePlan { method: Name::snake(&sentence.name), parameters: Vec::new() });
            continue;
        };
        let method = methods.snake(wish("sentence", "", &sentence.name, *origin, origins), diagnostics);
        let mut locals = Scope::with_fixed(&["view", "set"]);
        let span = origins.get(*origin).span;
        let parameters = sentence.parameters.iter();
        let parameters = parameters.map(|of| locals.invent(&Name::snake(&of.name), span)).collect();
        plans.push(SentencePlan { method, parameters });
    }
    plans
}

fn acts(machine: &Machine) -> bool {
    machine.sentences.iter().any(|sentence| sentence.kind == ir::SentenceKind::Action)
}

fn effect_kinds(machine: &Machine, replies: &[ReplyPlan]) -> EffectKinds {
    let mut kinds = EffectKinds { replies: !replies.is_empty(), ..EffectKinds::default() };
    machine.each_statement(&mut |statement| match &statement.kind {
        StatementKind::Emit(_) | StatementKind::Callback { .. } => kinds.emits = true,
        StatementKind::Assign { value: ir::Assigned::Call { .. }, .. } => kinds.emits = true,
        StatementKind::Schedule { .. } | StatementKind::Cancel(_) => kinds.timers = true,
        StatementKind::Return(_) => kinds.returns = true,
        StatementKind::Branch(_)
        | StatementKind::Transition(_)
        | StatementKind::Assign { .. }
        | StatementKind::Increase { .. }
        | StatementKind::Decrease { .. }
        | StatementKind::Append { .. }
        | StatementKind::Remove { .. }
        | StatementKind::Clear(_)
        | StatementKind::Constrain(_)
        | StatementKind::Act(_)
        | StatementKind::Reply(_)
        | StatementKind::Promise { .. } => {}
    });
    kinds
}

/// Names the fields of a struct.
pub(super) fn name_struct(
    system: &System,
    name: Name,
    fields: &[Field],
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> StructPlan {
    let mut scope = Scope::default();
    let names = fields.iter();
    let names = names.map(|field| scope.snake(wish("field", "", &field.name, field.origin, origins), diagnostics));
    let names = names.collect();
    let secret = fields.iter().any(|field| field.secret);
    StructPlan { name, fields: names, secret, boxed: size::boxed(&[size::of_fields(system, fields)])[0] }
}

/// Names record types.
pub(super) fn name_records(
    system: &System,
    used: &BTreeSet<RecordId>,
    types: &mut Scope,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<RecordId, StructPlan> {
    let mut plans = BTreeMap::new();
    for id in used {
        let record = system.record(*id);
        let name = types.pascal(wish("record", "", &record.name, record.origin, origins), diagnostics);
        plans.insert(*id, name_struct(system, name, &record.fields, origins, diagnostics));
    }
    plans
}

/// The record types that some types are made of, those within them included.
pub(super) fn records_of<'a>(system: &System, types: impl IntoIterator<Item = &'a Type>) -> BTreeSet<RecordId> {
    let mut found = BTreeSet::new();
    let mut open: Vec<RecordId> = types.into_iter().filter_map(record_in).collect();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(system.record(id).fields.iter().filter_map(|field| record_in(&field.ty)));
        }
    }
    found
}

fn record_in(ty: &Type) -> Option<RecordId> {
    ty.record().or_else(|| ty.element().and_then(record_in))
}

/// All types that the module of a machine names: variables, fields, parameters, answers, values in bodies.
fn types_in(machine: &Machine) -> Vec<&Type> {
    let mut types: Vec<&Type> = machine.variables.iter().map(|variable| &variable.ty).collect();
    types.extend(machine.events.iter().flat_map(|event| &event.fields).map(|field| &field.ty));
    types.extend(machine.messages.iter().flat_map(|message| &message.fields).map(|field| &field.ty));
    types.extend(machine.messages.iter().filter_map(|message| message.answer.as_ref()));
    types.extend(machine.sentences.iter().flat_map(|sentence| &sentence.parameters).map(|of| &of.ty));
    types.extend(machine.sentences.iter().filter_map(|sentence| sentence.returns.as_ref()));
    types.extend(machine.handlers.iter().filter_map(|handler| handler.returns.as_ref()));
    for handler in &machine.handlers {
        handler.each_expression(&mut |expression| types.push(&expression.ty));
    }
    types
}
