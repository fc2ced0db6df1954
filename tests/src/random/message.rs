//! Emits, calls and the payloads they carry.

use super::expression::Scope;
use super::rule::some_rules;
use super::world::{From, Handler, Kind, Named, Role};
use crate::seed::Seed;

/// A message on its way: the head of its line, and what it carries.
struct Outgoing {
    head: String,
    fields: Vec<(Named, String)>,
    checked: bool,
}

/// Makes a value of a type.
type Give<'w> = fn(&Scope<'w>, &mut Seed, Kind, usize) -> String;

impl<'w> Scope<'w> {
    /// The lines of an emit; none if nothing can be sent from here.
    pub(super) fn emit(&self, seed: &mut Seed, indent: &str) -> Option<String> {
        let way = if seed.chance(30) { "async " } else { "" };
        if seed.chance(35) {
            let port = seed.pick(&self.world.ports);
            let fields = self.payload(seed, &port.fields, (95, Scope::expression));
            let head = format!("emit {way}:{} to @{}", port.event, self.world.actors[port.actor]);
            return Some(write(seed, indent, Outgoing { head, fields, checked: false }));
        }
        let (machine, event) = self.recipient(seed)?;
        let target = &self.world.machines[machine];
        if seed.chance(2) {
            // Nobody hears it: a warning, and a dead letter.
            return Some(format!("{indent}emit {way}:unheard to @{} with n: 5\n", target.name));
        }
        let fields = self.payload(seed, &declared(&target.handlers, event), (92, Scope::given));
        let head = if seed.chance(12) {
            let mut head = format!("emit {way}:{event} to all @{}", target.name);
            if target.closed && seed.chance(60) {
                head.push_str(&format!(" in #{}", seed.pick(&target.states)));
            }
            head
        } else if machine == self.position {
            format!("emit {way}:{event}{}", seed.pick(&["", " to @self"]))
        } else {
            format!("emit {way}:{event} to @{}", target.name)
        };
        let checked = seed.chance(25);
        Some(write(seed, indent, Outgoing { head, fields, checked }))
    }

    /// The lines of a call whose answer a variable takes; none if nobody in reach answers with a value of some variable's
    /// type.
    pub(super) fn call(&self, seed: &mut Seed, indent: &str) -> Option<String> {
        if !self.machine.answers.is_empty()
            && seed.chance(60)
            && let Some(asked) = self.ask(seed, indent)
        {
            return Some(asked);
        }
        let ports = self.world.ports.iter().map(|port| {
            (format!(":{} to @{}", port.event, self.world.actors[port.actor]), port.fields.clone(), port.answer)
        });
        let ports: Vec<(String, Vec<Named>, Kind)> = ports.collect();
        let mut calls = Vec::new();
        let answering = matches!(self.handler.role, Role::Answer(_));
        for (position, machine) in self.world.machines.iter().enumerate() {
            for handler in &machine.handlers {
                if let Role::Answer(kind) = handler.role
                    && (!answering || position > self.position)
                {
                    let to = if position == self.position { "self" } else { machine.name };
                    let fields = declared(&machine.handlers, handler.event);
                    calls.push((format!(":{} to @{to}", handler.event), fields, kind));
                }
            }
        }
        calls.retain(|(.., kind)| self.machine.variables.iter().any(|variable| variable.kind == *kind));
        let calls = if calls.is_empty() || seed.chance(30) { ports } else { calls };
        let (to, fields, kind) = seed.pick(&calls).clone();
        let takers: Vec<&Named> = self.machine.variables.iter().filter(|variable| variable.kind == kind).collect();
        if takers.is_empty() {
            return None;
        }
        let head = format!("${} becomes emit {to}", seed.pick(&takers).name);
        let fields = self.payload(seed, &fields, (97, Scope::expression));
        Some(write(seed, indent, Outgoing { head, fields, checked: false }))
    }

    /// A call whose answer has a type that nobody knows before, and what depends on the answer.
    fn ask(&self, seed: &mut Seed, indent: &str) -> Option<String> {
        let taker = &seed.pick(&self.machine.answers).name;
        let (to, fields) = self.partner(seed)?;
        let head = format!("${taker} becomes emit {to}");
        let fields = self.payload(seed, &fields, (92, Scope::given));
        let checked = seed.chance(15);
        let mut lines = write(seed, indent, Outgoing { head, fields, checked });
        if seed.chance(50) {
            let test = self.answer_test(seed);
            let (machine, state) = (self.machine.name, seed.pick(&self.machine.states));
            lines.push_str(&format!("{indent}? {test}\n{indent}  {machine} moves to #{state}\n"));
        }
        Some(lines)
    }

    /// An event that may be called although nobody says what it answers, as `:event to @machine`, with its fields. Only
    /// later handlers are, and not by handlers that are called themselves, so that no calls turn in circles.
    fn partner(&self, seed: &mut Seed) -> Option<(String, Vec<Named>)> {
        if matches!(self.handler.role, Role::Answer(_)) {
            return None;
        }
        if seed.chance(3) {
            return Some((":nowhere to @self".to_owned(), Vec::new()));
        }
        let own = self.machine.handlers.iter().position(|handler| std::ptr::eq(handler, self.handler)).unwrap_or(0);
        let mut partners = Vec::new();
        for (position, machine) in self.world.machines.iter().enumerate() {
            for (place, handler) in machine.handlers.iter().enumerate() {
                let admitted = handler.from == From::Anyone || handler.from == From::Machine(self.position);
                let later = (position, place) > (self.position, own);
                if admitted && later && matches!(handler.role, Role::Api | Role::Message) {
                    let to = if position == self.position { "self" } else { machine.name };
                    partners.push((format!(":{} to @{to}", handler.event), declared(&machine.handlers, handler.event)));
                }
            }
        }
        seed.pick_from(&partners).cloned()
    }

    /// Some handler's event that this machine may send, and its machine. Mostly later ones, so that few cascades turn in
    /// circles.
    fn recipient(&self, seed: &mut Seed) -> Option<(usize, &'static str)> {
        let mut events = Vec::new();
        let own = self.machine.handlers.iter().position(|handler| std::ptr::eq(handler, self.handler)).unwrap_or(0);
        for (position, machine) in self.world.machines.iter().enumerate() {
            for (place, handler) in machine.handlers.iter().enumerate() {
                let admitted = match handler.from {
                    From::Anyone => true,
                    From::Machine(sender) => sender == self.position,
                    From::Actor(_) | From::System => seed.chance(2),
                };
                let back = if self.handler.role == Role::Message { 12 } else { 8 };
                let onward = (position, place) > (self.position, own) || seed.chance(back);
                let open = match handler.role {
                    Role::Api | Role::Message | Role::Timer => true,
                    Role::Answer(_) => seed.chance(20),
                    Role::Queued => seed.chance(10),
                    Role::ValidationFailed | Role::ConstraintViolated | Role::TimerExpired => false,
                };
                if admitted && onward && open {
                    events.push((position, handler.event));
                }
            }
        }
        if events.is_empty() { None } else { Some(*seed.pick(&events)) }
    }

    /// Values for so many in a hundred of the fields. Fields that no table declares have the types of what they are given.
    fn payload(&self, seed: &mut Seed, fields: &[Named], (kept, give): (usize, Give<'w>)) -> Vec<(Named, String)> {
        seed.some(fields, kept)
            .into_iter()
            .map(|field| {
                let value = give(self, seed, field.kind, 1);
                (field, value)
            })
            .collect()
    }
}

/// What the handlers of an event declare, without doublets.
fn declared(handlers: &[Handler], event: &str) -> Vec<Named> {
    let mut fields: Vec<Named> = Vec::new();
    for handler in handlers.iter().filter(|handler| handler.event == event) {
        for declared in &handler.table {
            if !fields.iter().any(|field| field.name == declared.field.name) {
                fields.push(declared.field.clone());
            }
        }
    }
    fields
}

/// A value as the cell of a table holds it.
pub(super) fn cell(value: &str) -> String {
    value.replace('|', "\\|")
}

fn write(seed: &mut Seed, indent: &str, outgoing: Outgoing) -> String {
    let Outgoing { head, fields, checked } = outgoing;
    if fields.is_empty() {
        return format!("{indent}{head}\n");
    }
    let by_name = fields.iter().all(|(field, value)| *value == format!("${}", field.name));
    let inline: Vec<String> = if by_name {
        fields.iter().map(|(_, value)| value.clone()).collect()
    } else {
        fields.iter().map(|(field, value)| format!("{}: {value}", field.name)).collect()
    };
    let inline = format!("with {}", inline.join(", "));
    match seed.below(4) {
        0 if !checked => format!("{indent}{head} {inline}\n"),
        1 if !checked => format!("{indent}{head}\n{indent}  {inline}\n"),
        2 if !checked => format!("{indent}{head}\n{indent}  with:\n{}", table(seed, indent, &fields, checked)),
        _ => format!("{indent}{head} with:\n{}", table(seed, indent, &fields, checked)),
    }
}

fn table(seed: &mut Seed, indent: &str, fields: &[(Named, String)], checked: bool) -> String {
    let mut rows = String::new();
    for (field, value) in fields {
        rows.push_str(&format!("{indent}    | {} | {} |", field.name, cell(value)));
        if checked {
            let mut rules = if seed.chance(60) { some_rules(seed, field.kind) } else { Vec::new() };
            if rules.is_empty() || seed.chance(20) {
                rules.insert(0, (*seed.pick(&["optional", "required"])).into());
            }
            let listed = rules.join(", ");
            rows.push_str(&format!(" {listed} |"));
        }
        rows.push('\n');
    }
    rows
}
