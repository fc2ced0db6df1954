//! `given:`: the world before a story or an event.

use super::Lowering;
use super::names::Scope;
use super::patterns::guard_method;
use crate::ast::{
    DataTable, Expression, FreeText, Given, GivenEntry, GivenKind, GivenValue, Name, PieceKind, StateTest,
};
use crate::built_in;
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::{SentenceKind, Type};
use crate::nearest::nearest;
use crate::source::Span;
use crate::test_plan::{Fact, Filling, Value, World};

impl<'n> Lowering<'n, '_> {
    /// The world that blocks of `given:` describe.
    pub(super) fn world<'w>(&mut self, given: impl IntoIterator<Item = &'w Given>, scope: Scope) -> World {
        let entries = given.into_iter().flat_map(|given| &given.entries);
        World { facts: entries.flat_map(|entry| self.facts(entry, scope)).collect() }
    }

    /// What one line of a `given:` says.
    pub(super) fn facts(&mut self, entry: &GivenEntry, scope: Scope) -> Vec<Fact> {
        if entry.guard_instead().is_some_and(|guard| self.guard_fact(&guard, true, scope).is_some()) {
            return self.text(&entry.text, scope);
        }
        match &entry.kind {
            GivenKind::State(test) => self.placement(test, scope).into_iter().collect(),
            GivenKind::Value { variable, value, .. } => {
                let value = self.given_value(entry, (variable, value), scope);
                value.map(|filling| Fact::Variable { machine: scope.machine, filling }).into_iter().collect()
            }
            GivenKind::LoggedIn { actor, subject } => {
                let subject = subject.as_ref().map(|subject| subject.text.clone());
                self.party(actor).map(|actor| Fact::LoggedIn { actor, subject }).into_iter().collect()
            }
            GivenKind::Empty { subject } => self.emptiness_of(subject, entry, Content::Nothing, scope),
            GivenKind::Data { subject } => self.emptiness_of(subject, entry, Content::Something, scope),
            GivenKind::Text => self.text(&entry.text, scope),
        }
    }

    /// `order is in #pending`
    fn placement(&mut self, test: &StateTest, scope: Scope) -> Option<Fact> {
        let machine = match self.meant(&test.subject, scope)? {
            Meant::Machine(machine) => machine,
            // Where somebody is who is played matters to nobody: it is scenery.
            Meant::Played => return None,
        };
        let states = self.states(&test.states, machine)?;
        if test.negated {
            let help = "say in which state it is: `order is in #state`";
            let message = "a story begins in one state, and this names none".to_owned();
            self.diagnostics.warning(catalog::without_effect(test.span, message, help));
            return None;
        }
        if let Some(further) = test.states.get(1) {
            let help = "name one state, or tell a scenario for each";
            let message = "a story begins in one state: the first one counts".to_owned();
            self.diagnostics.warning(catalog::without_effect(further.span, message, help));
        }
        states.first().map(|state| Fact::State { machine, state: *state })
    }

    /// The machine that a subject means: one that it names, else the one at hand; the words are decoration.
    pub(super) fn subject(&mut self, subject: &FreeText, scope: Scope) -> Option<usize> {
        match self.meant(subject, scope)? {
            Meant::Machine(machine) => Some(machine),
            Meant::Played => {
                let help = "say what is emitted to it, or test the system: `test: system NAME`";
                let message = "this is somebody who is played here, and a played one has no state";
                self.diagnostics.error(catalog::out_of_place(subject.span, message, help));
                None
            }
        }
    }

    /// Of whom a subject speaks. None if an error was reported.
    fn meant(&mut self, subject: &FreeText, scope: Scope) -> Option<Meant> {
        let actor = subject.pieces.iter().find_map(|piece| match &piece.kind {
            PieceKind::Actor(name) => Some(name),
            _ => None,
        });
        let name = actor.map_or_else(|| subject.method(), |name| name.text.clone());
        if name == built_in::ITSELF || self.names.machine(scope.machine).is_called(&name) {
            return Some(Meant::Machine(scope.machine));
        }
        Some(match (self.names.machine_named(&name), actor) {
            (Some(machine), _) if scope.alone && machine != scope.machine => Meant::Played,
            (Some(machine), _) => Meant::Machine(machine),
            (None, _) if self.names.party_named(&name).is_some() => Meant::Played,
            (None, None) => Meant::Machine(scope.machine),
            (None, Some(actor)) => Meant::Machine(self.named_machine(actor)?),
        })
    }

    /// The positions of states. None if an error was reported.
    pub(super) fn states(&mut self, states: &[Name], machine: usize) -> Option<Vec<usize>> {
        let told = self.names.machine(machine);
        let mut found = Vec::new();
        for state in states {
            match told.state(&state.text) {
                Some(position) => found.push(position),
                None => {
                    let names = told.state_names();
                    let known = Known { sigil: "#", names: &names, otherwise: "the machine has no states" };
                    let unknown = catalog::unknown_state(state.span, &state.text, &told.ir.name, &known);
                    self.diagnostics.error(unknown);
                }
            }
        }
        (found.len() == states.len()).then_some(found)
    }

    fn given_value(
        &mut self,
        entry: &GivenEntry,
        (variable, value): (&Name, &GivenValue),
        scope: Scope,
    ) -> Option<Filling> {
        let (name, types) = self.target(variable, scope)?;
        let value = self.value_of(entry, value, (&types, &format!("`${}`", variable.text)), scope)?;
        Some(Filling { place: self.place(entry.span), name, value })
    }

    /// What a line says of a place of these types.
    pub(super) fn value_of(
        &mut self,
        entry: &GivenEntry,
        value: &GivenValue,
        (types, what): (&[&Type], &str),
        scope: Scope,
    ) -> Option<Value> {
        Some(match value {
            GivenValue::Is(value) => self.fitting(value, types, what, scope)?,
            GivenValue::Calculated => Value::Sample,
            GivenValue::Contains(value) => self.containing_value(value, types, what, scope)?,
            GivenValue::Empty => nothing(entry, types),
            GivenValue::NotEmpty => something(types),
            GivenValue::Table => match &entry.table {
                Some(table) => self.rows(table, types, scope)?,
                None => Value::Sample,
            },
        })
    }

    /// The variable or payload field that a story gives a value, and the types that it may have. None, with a warning, if
    /// nothing reads it.
    pub(super) fn target(&mut self, variable: &Name, scope: Scope) -> Option<(String, Vec<&'n Type>)> {
        let machine = self.names.machine(scope.machine);
        let name = &variable.text;
        let fields = machine.fields(name);
        let types = machine.variable(name).map(|variable| &variable.ty).into_iter();
        let types: Vec<&Type> = types.chain(fields.iter().map(|field| &field.ty)).collect();
        let is_read = !types.is_empty() || self.names.is_asked_of_actors(name);
        if !is_read {
            let names = machine.value_names();
            let known = Known { sigil: "$", names: &names, otherwise: "remove the line, or let the flow read it" };
            self.diagnostics.warning(catalog::unread_value(variable.span, name, &machine.ir.name, &known));
            return None;
        }
        // A name that only the body uses is that of the field.
        let name = match (machine.variable(name), fields.first()) {
            (None, Some(field)) => field.name.clone(),
            _ => name.clone(),
        };
        Some((name, types))
    }

    fn containing_value(&mut self, value: &Expression, types: &[&Type], what: &str, scope: Scope) -> Option<Value> {
        let elements: Vec<&Type> = types.iter().filter_map(|ty| ty.element()).collect();
        if elements.is_empty() && types.contains(&&Type::String) {
            return self.fitting(value, types, what, scope);
        }
        if elements.is_empty() && !types.is_empty() && !types.contains(&&Type::Json) {
            let ty = self.names.type_text(types[0]);
            self.diagnostics.error(catalog::unfit_operation(value.span, "`contains`", &ty));
            return None;
        }
        let what = format!("an element of {what}");
        Some(Value::List(vec![self.fitting(value, &elements, &what, scope)?]))
    }

    /// The rows of a table: a list of objects, or one object if its columns are `field` and `value`.
    fn rows(&mut self, table: &DataTable, types: &[&Type], scope: Scope) -> Option<Value> {
        let one = types.iter().find(|ty| matches!(ty, Type::Record(_) | Type::Object));
        if let Some(ty) = one {
            let members = self.members_of(table, scope);
            return self.table_fits(Value::Object(members), &[*ty], table.span);
        }
        let mut rows = Vec::new();
        for row in &table.rows {
            let mut members = Vec::new();
            for (column, value) in table.columns.iter().zip(&row.values) {
                let Some(value) = value else { continue };
                members.push((column.text.clone(), self.fitting(value, &[], "", scope)?));
            }
            rows.push(match (members.as_slice(), table.columns.len(), self.holds_records(types)) {
                ([(_, value)], 1, false) => value.clone(),
                _ => Value::Object(members),
            });
        }
        self.table_fits(Value::List(rows), types, table.span)
    }

    /// Whether a list of these types holds objects; a table of one column fills any other list with its cells.
    fn holds_records(&self, types: &[&Type]) -> bool {
        types.iter().any(|ty| match ty {
            Type::List(element) => matches!(**element, Type::Record(_) | Type::Object | Type::Json),
            _ => true,
        })
    }

    fn table_fits(&mut self, value: Value, types: &[&Type], span: Span) -> Option<Value> {
        let typed = super::values::Typed::unknown(value);
        self.fits(&typed, types, "this value", span).then_some(typed.value)
    }

    /// The fields of one object: rows of `field` and `value`, or a column for each field.
    fn members_of(&mut self, table: &DataTable, scope: Scope) -> Vec<(String, Value)> {
        let mut members = Vec::new();
        for (name, value) in object_cells(table) {
            if let Some(value) = self.fitting(value, &[], "", scope) {
                members.push((name, value));
            }
        }
        members
    }

    /// `cart is empty`, `cart contains:` + table: the guards about it, and the variable of that name.
    fn emptiness_of(&mut self, subject: &FreeText, entry: &GivenEntry, content: Content, scope: Scope) -> Vec<Fact> {
        let base = subject.method();
        let empty = content == Content::Nothing;
        let mut facts = Vec::new();
        for (ending, holds) in [("is_empty", empty), ("is_not_empty", !empty), ("has_items", !empty)] {
            facts.extend(self.guard_fact(&format!("{base}_{ending}"), holds, scope));
        }
        if content == Content::Something {
            facts.extend(self.guard_fact(&entry.text.method(), true, scope));
        }
        let Some(name) = subject.single_word() else { return facts };
        let machine = self.names.machine(scope.machine);
        let fields = machine.fields(name);
        let types = machine.variable(name).map(|variable| &variable.ty).into_iter();
        let types: Vec<&Type> = types.chain(fields.iter().map(|field| &field.ty)).collect();
        if types.is_empty() {
            return facts;
        }
        let value = match &entry.table {
            Some(table) if !empty => self.rows(table, &types, scope),
            Some(_) | None => Some(nothing(entry, &types)),
        };
        let place = self.place(entry.span);
        let filling = value.map(|value| Filling { place, name: name.to_owned(), value });
        facts.extend(filling.map(|filling| Fact::Variable { machine: scope.machine, filling }));
        facts
    }

    fn guard_fact(&self, method: &str, holds: bool, scope: Scope) -> Option<Fact> {
        self.names.cast(scope).into_iter().find_map(|machine| {
            let sentence = guard_method(self.names.machine(machine), method)?.to_owned();
            Some(Fact::Guard { machine, sentence, holds })
        })
    }

    /// Free text: that guard is true, and the one that denies it is not. What matches none is scenery.
    pub(super) fn text(&mut self, text: &FreeText, scope: Scope) -> Vec<Fact> {
        let method = text.method();
        let mut facts: Vec<Fact> = self.guard_fact(&method, true, scope).into_iter().collect();
        if let Some(denied) = without_not(&method) {
            facts.extend(self.guard_fact(&denied, false, scope));
        } else if let Some(denial) = with_not(&method) {
            facts.extend(self.guard_fact(&denial, false, scope));
        }
        if facts.is_empty() {
            self.scenery(text, &method, scope);
        }
        facts
    }

    fn scenery(&mut self, text: &FreeText, method: &str, scope: Scope) {
        let state = text.pieces.iter().find_map(|piece| match &piece.kind {
            PieceKind::State(name) => Some(name),
            _ => None,
        });
        if let Some(state) = state {
            let form = format!("write `{} is in #{}`", self.names.machine(scope.machine).ir.name, state.text);
            let message = "this names a state and places nothing in it".to_owned();
            self.diagnostics.warning(catalog::without_effect(text.span, message, &form));
            return;
        }
        if let Some(bare) = text.to_text().strip_prefix("- ") {
            let message = "this line begins with a dash, so it is free text that nothing asks for".to_owned();
            self.diagnostics.warning(catalog::without_effect(text.span, message, &format!("write `{bare}`")));
            return;
        }
        let cast = self.names.cast(scope);
        let sentences = cast.iter().flat_map(|machine| &self.names.machines[*machine].ir.sentences);
        let guards: Vec<_> = sentences.filter(|sentence| sentence.kind == SentenceKind::Guard).collect();
        if let Some(near) = nearest(method, guards.iter().map(|guard| guard.name.as_str()))
            && let Some(guard) = guards.iter().find(|guard| guard.name == near)
        {
            self.diagnostics.warning(catalog::almost_a_guard(text.span, &text.to_text(), &guard.text));
        } else if let Some(PieceKind::Variable(path)) = text.pieces.first().map(|piece| &piece.kind) {
            let (form, message) = (format!("write `${} is …`", path.root.text), "this gives the variable no value");
            self.diagnostics.warning(catalog::without_effect(text.span, message.to_owned(), &form));
        }
    }
}

/// Of whom a subject speaks.
enum Meant {
    Machine(usize),
    /// An actor, or a machine that does not take part.
    Played,
}

/// Whether there is anything in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Something,
}

/// The cells of a table that describes one object.
pub(super) fn object_cells(table: &DataTable) -> Vec<(String, &Expression)> {
    let names: Vec<&str> = table.columns.iter().map(|column| column.text.as_str()).collect();
    let mut cells = Vec::new();
    for row in &table.rows {
        if names == ["field", "value"] {
            let name = row.cells.first().map(|cell| cell.text.trim_start_matches('$').to_owned());
            let value = row.values.get(1).and_then(Option::as_ref);
            cells.extend(name.zip(value));
        } else {
            let values = table.columns.iter().zip(&row.values);
            cells.extend(values.filter_map(|(column, value)| Some((column.text.clone(), value.as_ref()?))));
        }
    }
    cells
}

/// What `is empty` and `does not exist` leave: the empty value of the type, or none.
fn nothing(entry: &GivenEntry, types: &[&Type]) -> Value {
    let absent = entry.text.pieces.last().is_some_and(|last| last.written == "exist");
    let has_content = |ty: &&Type| matches!(ty, Type::String | Type::List(_) | Type::Object);
    if !absent && types.iter().any(has_content) { Value::Empty } else { Value::Null }
}

/// What `is not empty` and `exists` ask for.
fn something(types: &[&Type]) -> Value {
    match types.iter().any(|ty| matches!(ty, Type::List(_))) {
        true => Value::List(vec![Value::Sample]),
        false => Value::Sample,
    }
}

/// The method of a text without its `is not`.
fn without_not(method: &str) -> Option<String> {
    let mut words: Vec<&str> = method.split('_').collect();
    let is = words.windows(2).position(|pair| pair == ["is", "not"])?;
    words.remove(is + 1);
    Some(words.join("_"))
}

/// The method of a text with `not` behind its `is`.
fn with_not(method: &str) -> Option<String> {
    let mut words: Vec<&str> = method.split('_').collect();
    let is = words.iter().position(|word| *word == "is")?;
    words.insert(is + 1, "not");
    Some(words.join("_"))
}
