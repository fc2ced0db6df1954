//! What is known of a unit before its statements are lowered: who is in it, and what everything is called.

use super::named::Named;
use super::states::{Others, StateTable};
use super::types::TypeVar;
use crate::ast;
use crate::built_in;
use crate::ir::handled::Handled;
use crate::ir::{ActorId, EventId, HandlerId, MachineId, OriginId, Party, PortId, RecordId, Reserved, StateId};
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A unit: its machines and the actors around it.
pub(super) struct Unit<'a> {
    pub(super) sources: &'a Sources,
    pub(super) machines: Vec<Outline<'a>>,
    pub(super) names: MachineNames,
    pub(super) actors: Named<ActorOutline>,
}

/// The machines of a unit by their names.
#[derive(Default)]
pub(super) struct MachineNames {
    by_unit: BTreeMap<String, MachineId>,
    by_own: BTreeMap<String, MachineId>,
}

impl MachineNames {
    /// The names of these machines.
    pub(super) fn of(machines: &[Outline<'_>]) -> Self {
        let mut names = Self::default();
        for (index, machine) in machines.iter().enumerate() {
            names.by_unit.entry(machine.name.clone()).or_insert(MachineId::at(index));
            names.by_own.entry(machine.own_name.clone()).or_insert(MachineId::at(index));
        }
        names
    }

    /// The machine of this name: by its name in the unit, else by the name that one machine gives itself.
    pub(super) fn get(&self, name: &str) -> Option<MachineId> {
        self.by_unit.get(name).or_else(|| self.by_own.get(name)).copied()
    }

    /// The names in the unit of all machines that a name might mean, if they are several: all call themselves so.
    pub(super) fn candidates<'m>(&self, name: &str, machines: &'m [Outline<'_>]) -> Option<Vec<&'m str>> {
        let own = machines.iter().filter(|machine| machine.own_name == name);
        let candidates: Vec<&str> = own.map(|machine| machine.name.as_str()).collect();
        (candidates.len() > 1 && !self.by_unit.contains_key(name)).then_some(candidates)
    }
}

/// An actor that is no machine of the unit.
pub(super) struct ActorOutline {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) hears: Named<EventOutline>,
    /// The type of the answer to each of `hears`, where it is called.
    pub(super) answers: Vec<Option<TypeVar>>,
}

/// A machine.
pub(super) struct Outline<'a> {
    pub(super) name: String,
    pub(super) own_name: String,
    pub(super) tree: &'a ast::Machine,
    pub(super) others: Others,
    pub(super) states: StateTable,
    /// The declarations of its states.
    pub(super) declared: Vec<&'a ast::StateDeclaration>,
    pub(super) events: Named<EventOutline>,
    pub(super) handlers: Vec<HandlerOutline<'a>>,
    /// The handlers of its events, once these are found.
    pub(super) handled: Handled,
    pub(super) scenarios: Vec<ScenarioOutline<'a>>,
    pub(super) variables: Named<VariableOutline>,
    /// What bare words may mean: every name that the machine writes with `$` or lists in a table.
    pub(super) words: BTreeSet<String>,
    /// The variables that statements assign.
    pub(super) assigned: BTreeSet<String>,
    /// The variables that are assigned an answer whose `.success`, `.error` or `.event` is read.
    pub(super) inspected: BTreeSet<String>,
    pub(super) responses: Vec<&'a ast::Response>,
    pub(super) records: BTreeMap<String, RecordId>,
    pub(super) queues: Vec<&'a ast::Queue>,
}

/// An event of a machine, or a message that an actor hears.
pub(super) struct EventOutline {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) reserved: Option<Reserved>,
    pub(super) external: bool,
    pub(super) scheduled: bool,
    pub(super) fields: Vec<FieldOutline>,
}

/// A field of an event.
#[derive(Clone)]
pub(super) struct FieldOutline {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) ty: TypeVar,
    pub(super) required: bool,
    pub(super) secret: bool,
}

/// A handler that counts: no retelling.
pub(super) struct HandlerOutline<'a> {
    pub(super) tree: &'a ast::Handler,
    pub(super) event: EventId,
    pub(super) from: Option<Party>,
    pub(super) scenario: usize,
    pub(super) creates: bool,
    /// The names under which the body reads fields: all but those that the table gives another name.
    pub(super) aliases: BTreeMap<String, String>,
    /// The type of the value of its `return`.
    pub(super) returns: TypeVar,
    pub(super) returns_value: bool,
}

/// A scenario.
pub(super) struct ScenarioOutline<'a> {
    pub(super) tree: &'a ast::Scenario,
    pub(super) origin: OriginId,
    pub(super) starts_in: Option<StateId>,
    pub(super) handlers: Vec<HandlerId>,
}

/// A context variable.
pub(super) struct VariableOutline {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) ty: TypeVar,
    pub(super) assigned: bool,
}

/// To whom a message goes, before its event is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recipient {
    Itself,
    Machine(MachineId),
    Every(MachineId),
    Actor(ActorId),
    /// Nobody can be reached by this name; reported.
    Nobody,
}

impl Unit<'_> {
    /// The machine of this name: by its name in the unit, else by the name that one machine gives itself.
    pub(super) fn machine_named(&self, name: &str) -> Option<MachineId> {
        self.names.get(name)
    }

    /// Whether a machine is compiled alone.
    pub(super) fn is_alone(&self) -> bool {
        self.machines.len() == 1
    }

    /// The actor of this name.
    pub(super) fn actor_named(&self, name: &str) -> Option<ActorId> {
        self.actors.place(name).map(ActorId::at)
    }

    /// To whom an emit of a machine goes.
    pub(super) fn recipient(&self, machine: usize, target: Option<&ast::Target>) -> Recipient {
        match target {
            None => Recipient::Itself,
            Some(ast::Target::Actor(name)) if name.text == built_in::ITSELF => Recipient::Itself,
            Some(ast::Target::Actor(name)) => match self.named_from(machine, &name.text) {
                Some(id) => Recipient::Machine(id),
                None => self.actor_named(&name.text).map_or(Recipient::Nobody, Recipient::Actor),
            },
            Some(ast::Target::All { machine: name, .. }) => match self.named_from(machine, &name.text) {
                Some(id) => Recipient::Every(id),
                // A machine that is compiled alone speaks of partners of its system: those are actors then.
                None => {
                    self.actor_named(&name.text).filter(|_| self.is_alone()).map_or(Recipient::Nobody, Recipient::Actor)
                }
            },
        }
    }

    /// The machine that a machine's file means by a name: itself by its own name, whatever the unit calls it.
    pub(super) fn named_from(&self, machine: usize, name: &str) -> Option<MachineId> {
        if self.machines.get(machine).is_some_and(|own| own.own_name == name) {
            return Some(MachineId::at(machine));
        }
        self.machine_named(name)
    }

    /// The event that a recipient knows by this name.
    pub(super) fn event_at(&self, machine: usize, recipient: Recipient, event: &str) -> Option<EventId> {
        let machine = match recipient {
            Recipient::Itself => machine,
            Recipient::Machine(id) | Recipient::Every(id) => id.index(),
            Recipient::Actor(_) | Recipient::Nobody => return None,
        };
        self.machines[machine].event_named(event)
    }

    /// The message of an actor's port.
    pub(super) fn port(&self, actor: ActorId, event: &str) -> Option<PortId> {
        self.actors[actor.index()].hears.place(event).map(PortId::at)
    }
}

impl Outline<'_> {
    /// The name of the variable that names an instance.
    pub(super) fn identity(&self) -> String {
        format!("{}_id", self.own_name)
    }

    pub(super) fn event_named(&self, name: &str) -> Option<EventId> {
        self.events.place(name).map(EventId::at)
    }

    pub(super) fn variable_named(&self, name: &str) -> Option<usize> {
        self.variables.place(name)
    }

    /// The response of this name.
    pub(super) fn response(&self, name: &str) -> Option<&ast::Response> {
        self.responses.iter().find(|response| response.name.text == name).copied()
    }

    /// The position of the payload's field that `$name` reads in a handler, before the handler assigns it.
    pub(super) fn field_read(&self, handler: &HandlerOutline<'_>, name: &str) -> Option<usize> {
        if name == self.identity() && !self.assigned.contains(name) {
            return None;
        }
        let field = match handler.aliases.get(name) {
            Some(field) => field,
            None if handler.aliases.values().any(|field| field == name) => return None,
            None => name,
        };
        self.events[handler.event.index()].fields.iter().position(|known| known.name == *field)
    }
}
