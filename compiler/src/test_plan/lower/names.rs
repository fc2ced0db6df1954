//! Who and what tests may name: machines, stories, events, states, variables, sentences.

use crate::ast;
use crate::built_in;
use crate::ir::{self, Event, Field, HandlerId, MachineId, Message, Party, SentenceKind, StatementKind, Target, Type};
use crate::load::Loaded;
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A unit as its tests see it.
pub(super) struct Names<'a> {
    pub(super) system: &'a ir::System,
    pub(super) sources: &'a Sources,
    pub(super) title: &'a str,
    pub(super) machines: Vec<Told<'a>>,
    /// What tests ask of actors: `email` of `@customer.email`.
    asked_of_actors: BTreeSet<&'a str>,
}

/// A machine with its stories.
pub(super) struct Told<'a> {
    /// The name that it gives itself.
    own_name: &'a str,
    pub(super) ir: &'a ir::Machine,
    variables: BTreeMap<&'a str, &'a ir::Variable>,
    pub(super) stories: Vec<Story<'a>>,
    /// The `given:` and `expect:` of scenarios without a handler: the keyword and its line.
    pub(super) idle: Vec<(&'static str, Span)>,
    /// The first telling of each handler.
    tellings: Vec<&'a ast::Handler>,
}

/// A scenario with its handlers.
pub(super) struct Story<'a> {
    pub(super) machine: usize,
    pub(super) tree: &'a ast::Scenario,
    /// Each as it is told here, and what it is.
    pub(super) handlers: Vec<(&'a ast::Handler, HandlerId)>,
    /// Whether it begins with a message from another machine of the unit.
    pub(super) answers: bool,
}

/// A field that an event carries.
pub(super) type Carried<'a> = (&'a str, &'a Type);

/// The fields as what carries them sees them.
pub(super) fn carried<'a>(fields: &'a [Field]) -> Vec<Carried<'a>> {
    fields.iter().map(|field| (field.name.as_str(), &field.ty)).collect()
}

/// Where something stands: what its names mean, and who takes part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// The machine that it is about where it says nothing else.
    pub(super) machine: usize,
    /// The handler right after whose turn it looks; none: when all is quiet.
    pub(super) handler: Option<HandlerId>,
    /// Whether the other machines are played.
    pub(super) alone: bool,
}

impl<'a> Names<'a> {
    pub(super) fn of(loaded: &'a Loaded, system: &'a ir::System, sources: &'a Sources) -> Self {
        let trees = loaded.machines.iter().filter_map(|machine| Some((machine, loaded.machine(machine)?)));
        let machines = trees
            .zip(&system.machines)
            .enumerate()
            .map(|(id, ((machine, tree), ir))| Told::of(id, &machine.own_name, tree, ir))
            .collect();
        let asked_of_actors = sources.iter().flat_map(|(_, source)| asked_of_actors(source.text())).collect();
        Self { system, sources, title: &system.title, machines, asked_of_actors }
    }

    /// Whether a test asks an actor for a value of this name.
    pub(super) fn is_asked_of_actors(&self, name: &str) -> bool {
        self.asked_of_actors.contains(name)
    }

    pub(super) fn machine(&self, id: usize) -> &Told<'a> {
        &self.machines[id]
    }

    /// The machine of this name: by its name in the unit, else by the name that it gives itself.
    pub(super) fn machine_named(&self, name: &str) -> Option<usize> {
        let by_unit = self.machines.iter().position(|machine| machine.ir.name == name);
        by_unit.or_else(|| self.machines.iter().position(|machine| machine.own_name == name))
    }

    /// The names of all machines.
    pub(super) fn machine_names(&self) -> Vec<&'a str> {
        self.machines.iter().map(|machine| machine.ir.name.as_str()).collect()
    }

    /// The name under which the unit knows an actor or a machine.
    pub(super) fn party_named(&self, name: &str) -> Option<&'a str> {
        let actor = self.system.actors.iter().find(|actor| actor.name == name).map(|actor| actor.name.as_str());
        actor.or_else(|| Some(self.machine(self.machine_named(name)?).ir.name.as_str()))
    }

    /// The names of everybody.
    pub(super) fn party_names(&self) -> Vec<&'a str> {
        let actors = self.system.actors.iter().map(|actor| actor.name.as_str());
        actors.chain(self.machine_names()).collect()
    }

    /// The machines that take part, the one at hand first.
    pub(super) fn cast(&self, scope: Scope) -> Vec<usize> {
        let others = (0..self.machines.len()).filter(|id| !scope.alone && *id != scope.machine);
        std::iter::once(scope.machine).chain(others).collect()
    }

    /// What is emitted as this event, to this recipient if one is named, by those who take part.
    pub(super) fn emitted(&self, event: &str, to: Option<&str>, scope: Scope) -> Vec<&'a Message> {
        let mut found = Vec::new();
        for machine in self.cast(scope) {
            let ir = self.machine(machine).ir;
            let goes = |message: &&Message| to.is_none_or(|to| self.recipient(machine, &message.target) == to);
            found.extend(ir.messages.iter().filter(|message| message.event == event).filter(goes));
        }
        found
    }

    /// The name of a recipient.
    fn recipient(&self, sender: usize, target: &Target) -> &'a str {
        match target {
            Target::Itself(_) => &self.machine(sender).ir.name,
            Target::Machine { machine, .. } | Target::Every { machine, .. } => &self.system.machine(*machine).name,
            Target::Actor { actor, .. } => &self.system.actor(*actor).name,
        }
    }

    /// Whether one of those who take part emits an event to a machine; what is scheduled does not count.
    pub(super) fn is_emitted_to(&self, event: &str, to: &str, scope: Scope) -> bool {
        let emits = |machine: &usize| {
            let ir = self.machine(*machine).ir;
            let mut found = false;
            ir.each_statement(&mut |statement| {
                if let StatementKind::Emit(emit) = &statement.kind {
                    let message = ir.message(emit.message);
                    found |= message.event == event && self.recipient(*machine, &message.target) == to;
                }
            });
            found
        };
        self.cast(scope).iter().any(emits)
    }

    /// To whom those who take part emit an event.
    pub(super) fn recipients(&self, event: &str, scope: Scope) -> Vec<&'a str> {
        let mut names = Vec::new();
        for machine in self.cast(scope) {
            for message in self.machine(machine).ir.messages.iter().filter(|message| message.event == event) {
                let name = self.recipient(machine, &message.target);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Every event that anybody of the unit emits or handles.
    pub(super) fn event_names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for machine in &self.machines {
            let known = machine.ir.events.iter().map(|event| event.name.as_str());
            let sent = machine.ir.messages.iter().map(|message| message.event.as_str());
            for name in known.chain(sent).chain(callbacks(machine.ir)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// What callbacks of this event carry that those who take part send; none: nobody promises it.
    pub(super) fn callback(&self, event: &str, scope: Scope) -> Option<Vec<Carried<'a>>> {
        let mut found: Option<Vec<Carried<'a>>> = None;
        for machine in self.cast(scope) {
            self.machine(machine).ir.each_statement(&mut |statement| {
                if let StatementKind::Callback { event: sent, payload } = &statement.kind
                    && sent == event
                {
                    let fields = payload.iter().map(|field| (field.name.as_str(), &field.value.ty));
                    found.get_or_insert_default().extend(fields);
                }
            });
        }
        found
    }

    /// The fields of a record type.
    pub(super) fn record_fields(&self, ty: &Type) -> Option<&'a [Field]> {
        ty.record().map(|id| self.system.record(id).fields.as_slice())
    }

    /// A type in the words of the language.
    pub(super) fn type_text(&self, ty: &Type) -> String {
        match ty {
            Type::String => "string".to_owned(),
            Type::Number => "number".to_owned(),
            Type::Integer => "integer".to_owned(),
            Type::Boolean => "boolean".to_owned(),
            Type::Time => "time".to_owned(),
            Type::Duration => "duration".to_owned(),
            Type::List(element) => format!("array of {}", self.type_text(element)),
            Type::Object => "object".to_owned(),
            Type::Record(id) => self.system.record(*id).name.clone(),
            Type::Json => "json".to_owned(),
        }
    }
}

impl<'a> Told<'a> {
    fn of(id: usize, own_name: &'a str, tree: &'a ast::Machine, ir: &'a ir::Machine) -> Self {
        let (with_handlers, idle): (Vec<_>, Vec<_>) =
            tree.scenarios.iter().partition(|scenario| scenario.handlers().next().is_some());
        let givens = idle.iter().flat_map(|scenario| scenario.givens()).map(|given| ("given", given.span));
        let expects = idle.iter().flat_map(|scenario| scenario.expects()).map(|expect| ("expect", expect.span));
        let idle = givens.chain(expects).collect();
        let mut tellings: Vec<Option<&ast::Handler>> = vec![None; ir.handlers.len()];
        let mut stories = Vec::new();
        for (scenario, told) in with_handlers.into_iter().zip(&ir.scenarios) {
            let handlers: Vec<_> = scenario.handlers().zip(told.handlers.iter().copied()).collect();
            for (handler, told) in &handlers {
                tellings[told.index()].get_or_insert(handler);
            }
            let answers = handlers.first().is_some_and(|(_, first)| from_another(ir.handler(*first), id));
            stories.push(Story { machine: id, tree: scenario, handlers, answers });
        }
        let variables = ir.variables.iter().map(|variable| (variable.name.as_str(), variable)).collect();
        Self { own_name, ir, variables, stories, idle, tellings: tellings.into_iter().flatten().collect() }
    }

    /// Whether this is a name of the machine.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.ir.name == name || self.own_name == name
    }

    /// The name of the variable that holds its id.
    pub(super) fn identity(&self) -> String {
        format!("{}_id", self.own_name)
    }

    /// The position of a state.
    pub(super) fn state(&self, name: &str) -> Option<usize> {
        self.ir.states.iter().position(|state| state.name == name)
    }

    pub(super) fn state_names(&self) -> Vec<&'a str> {
        self.ir.states.iter().map(|state| state.name.as_str()).collect()
    }

    pub(super) fn variable(&self, name: &str) -> Option<&'a ir::Variable> {
        self.variables.get(name).copied()
    }

    /// The event of a handler.
    pub(super) fn event_of(&self, handler: HandlerId) -> &'a Event {
        self.ir.event(self.ir.handler(handler).event)
    }

    /// The field of its payload that a handler reads under a name.
    pub(super) fn field(&self, handler: HandlerId, name: &str) -> Option<&'a Field> {
        let name = self.alias(handler, name).unwrap_or(name);
        self.event_of(handler).fields.iter().find(|field| field.name == name)
    }

    /// The field that the table of a handler gives this other name.
    fn alias(&self, handler: HandlerId, name: &str) -> Option<&'a str> {
        let telling = self.tellings.get(handler.index())?;
        let mut rows = telling.with.iter().flat_map(|table| &table.rows);
        let row = rows.find(|row| {
            let value = row.value.as_ref().or_else(|| self.value_instead(handler, row));
            match value.map(|value| &value.kind) {
                Some(ast::ExpressionKind::Variable(path) | ast::ExpressionKind::Word(path)) => path.root.text == name,
                Some(_) | None => false,
            }
        });
        row.map(|row| row.field.text.as_str())
    }

    /// The value in a row whose second cell might be a declared type and is none: then the field is no record.
    fn value_instead<'r>(&self, handler: HandlerId, row: &'r ast::FieldRow) -> Option<&'r ast::Expression> {
        let field = self.event_of(handler).fields.iter().find(|field| field.name == row.field.text)?;
        let is_record = matches!(field.ty, Type::Record(_));
        row.or_else.as_ref().filter(|_| !is_record)?.value.as_ref()
    }

    /// Every field that a payload of the machine carries under a name, over all its handlers.
    pub(super) fn fields(&self, name: &str) -> Vec<&'a Field> {
        (0..self.ir.handlers.len()).filter_map(|handler| self.field(HandlerId::at(handler), name)).collect()
    }

    /// Whether a word alone is the name of a value in an assertion.
    pub(super) fn is_value(&self, word: &str) -> bool {
        built_in::is_value_of_assertions(word) || self.variable(word).is_some() || !self.fields(word).is_empty()
    }

    /// Everything that `$` may name in a test of the machine.
    pub(super) fn value_names(&self) -> Vec<&'a str> {
        let variables = self.ir.variables.iter().map(|variable| variable.name.as_str());
        let fields = self.ir.events.iter().flat_map(|event| &event.fields).map(|field| field.name.as_str());
        let mut names: Vec<&str> = Vec::new();
        for name in variables.chain(fields) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The sentence with this method.
    pub(super) fn sentence(&self, method: &str) -> Option<&'a ir::Sentence> {
        self.ir.sentences.iter().find(|sentence| sentence.name == method)
    }

    /// The guard with this method.
    pub(super) fn guard(&self, method: &str) -> Option<&'a ir::Sentence> {
        self.sentence(method).filter(|sentence| sentence.kind == SentenceKind::Guard)
    }

    /// The names of the events that it handles.
    pub(super) fn handled(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for handler in &self.ir.handlers {
            let name = self.ir.event(handler.event).name.as_str();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

impl Story<'_> {
    pub(super) fn title(&self) -> Option<&str> {
        self.tree.title.as_ref().map(|title| title.text.as_str())
    }
}

/// The events of the callbacks that a machine sends.
fn callbacks(machine: &ir::Machine) -> Vec<&str> {
    let mut events = Vec::new();
    machine.each_statement(&mut |statement| {
        if let StatementKind::Callback { event, .. } = &statement.kind {
            events.push(event.as_str());
        }
    });
    events
}

/// Whether a handler is for messages of another machine of the unit.
fn from_another(handler: &ir::Handler, own: usize) -> bool {
    matches!(handler.from, Some(Party::Machine(sender)) if sender != MachineId::at(own))
}

/// The names behind `@actor.` in a text. One in a comment is taken for a question too, which costs a warning at most.
fn asked_of_actors(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.split('@').skip(1).filter_map(move |behind| {
        let member = behind.trim_start_matches(is_name).strip_prefix('.')?;
        member.split(|letter| !is_name(letter)).next().filter(|name| !name.is_empty())
    })
}
