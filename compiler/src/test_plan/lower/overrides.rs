//! What a case changes: the sections `with scenario:`, `with given:`, `with event:` and `with context:`.

use super::Lowering;
use super::given::object_cells;
use super::names::{Scope, carried};
use crate::ast::{self, Expression, GivenKind, GivenValue, Name, OverrideKind, WithSection};
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::HandlerId;
use crate::source::Span;
use crate::test_plan::{Fact, Filling, Value};

/// A value that a section gives under a name.
struct Given<'c> {
    span: Span,
    name: Name,
    value: &'c Expression,
}

/// A value as a section writes it.
enum WrittenValue<'c> {
    Value(Span, &'c Expression),
    Entry(&'c ast::GivenEntry, &'c GivenValue),
}

impl WrittenValue<'_> {
    fn span(&self) -> Span {
        match self {
            Self::Value(span, _) => *span,
            Self::Entry(entry, _) => entry.span,
        }
    }
}

impl Lowering<'_, '_> {
    /// `with scenario:`, `with given:`
    pub(super) fn different_given(&mut self, section: &WithSection, scope: Scope) -> Vec<Fact> {
        let machine = scope.machine;
        let mut facts = Vec::new();
        for different in &section.overrides {
            match &different.kind {
                OverrideKind::Given(entry) => facts.extend(self.facts(entry, scope)),
                OverrideKind::Field { field, value, text } => {
                    let told = self.names.machine(machine);
                    let known = told.variable(&field.text).is_some() || !told.fields(&field.text).is_empty();
                    match text {
                        Some(text) if !known => facts.extend(self.text(text, scope)),
                        _ => {
                            let given = Given { span: different.span, name: field.clone(), value };
                            let filling = self.story_value(&given, scope);
                            facts.extend(filling.map(|filling| Fact::Variable { machine, filling }));
                        }
                    }
                }
                OverrideKind::Table(table) => {
                    for given in table_values(table) {
                        let filling = self.story_value(&given, scope);
                        facts.extend(filling.map(|filling| Fact::Variable { machine, filling }));
                    }
                }
            }
        }
        facts
    }

    fn story_value(&mut self, given: &Given<'_>, scope: Scope) -> Option<Filling> {
        let (name, types) = self.target(&given.name, scope)?;
        let value = self.fitting(given.value, &types, &format!("`${}`", given.name.text), scope)?;
        Some(Filling { place: self.place(given.span), name, value })
    }

    /// `with event:`
    pub(super) fn different_payload(
        &mut self,
        section: &WithSection,
        handler: HandlerId,
        scope: Scope,
    ) -> Vec<Filling> {
        let event = self.names.machine(scope.machine).event_of(handler);
        if let Some(sender) = self.sender_on_stage(handler, scope) {
            let message = format!("`@{sender}` is on the stage, and sends `:{}` itself", event.name);
            let help = "vary what leads to it, or test the machine that gets it alone: `test: @machine`";
            self.diagnostics.error(catalog::out_of_place(section.span, &message, help));
            return Vec::new();
        }
        let fields = carried(&event.fields);
        let mut payload = Vec::new();
        for (given, written) in self.named_values(section, "with event:") {
            let field = self.names.machine(scope.machine).field(handler, &given.text);
            let types = match field {
                Some(field) => vec![&field.ty],
                None => match self.carried(&given, &fields, &event.name) {
                    Some(types) => types,
                    None => continue,
                },
            };
            let what = format!("`{}` of `:{}`", given.text, event.name);
            let Some(value) = self.written_value(&written, &types, &what, scope) else { continue };
            let name = field.map_or(given.text, |field| field.name.clone());
            payload.push(Filling { place: self.place(written.span()), name, value });
        }
        payload
    }

    /// `with context:`
    pub(super) fn different_context(&mut self, section: &WithSection, scope: Scope) -> Vec<Fact> {
        let machine = self.names.machine(scope.machine);
        let mut facts = Vec::new();
        for (given, written) in self.named_values(section, "with context:") {
            let Some(variable) = machine.variable(&given.text) else {
                let names: Vec<&str> = machine.ir.variables.iter().map(|variable| variable.name.as_str()).collect();
                let message = format!("`@{}` keeps no `${}`", machine.ir.name, given.text);
                let known = Known { sigil: "", names: &names, otherwise: "it keeps no variables" };
                self.diagnostics.error(catalog::unknown_name(given.span, message, &given.text, &known));
                continue;
            };
            let what = format!("`${}`", given.text);
            let Some(value) = self.written_value(&written, &[&variable.ty], &what, scope) else { continue };
            let filling = Filling { place: self.place(written.span()), name: given.text, value };
            facts.push(Fact::Context { machine: scope.machine, filling });
        }
        facts
    }

    fn written_value(
        &mut self,
        written: &WrittenValue<'_>,
        types: &[&crate::ir::Type],
        what: &str,
        scope: Scope,
    ) -> Option<Value> {
        match written {
            WrittenValue::Value(_, value) => self.fitting(value, types, what, scope),
            WrittenValue::Entry(entry, value) => self.value_of(entry, value, (types, what), scope),
        }
    }

    /// The values that a section gives by name; anything else in it is reported.
    fn named_values<'c>(&mut self, section: &'c WithSection, head: &str) -> Vec<(Name, WrittenValue<'c>)> {
        let mut values = Vec::new();
        for different in &section.overrides {
            match &different.kind {
                OverrideKind::Field { field, value, text: _ } => {
                    values.push((field.clone(), WrittenValue::Value(different.span, value)));
                }
                OverrideKind::Table(table) => {
                    let rows = table_values(table);
                    values.extend(rows.into_iter().map(|row| (row.name, WrittenValue::Value(row.span, row.value))));
                }
                OverrideKind::Given(entry) => match &entry.kind {
                    GivenKind::Value { variable, value, .. } => {
                        values.push((variable.clone(), WrittenValue::Entry(entry, value)));
                    }
                    GivenKind::Empty { subject } if subject.single_word().is_some() => {
                        let name = Name { span: subject.span, text: subject.to_text() };
                        values.push((name, WrittenValue::Entry(entry, &GivenValue::Empty)));
                    }
                    GivenKind::State(_)
                    | GivenKind::LoggedIn { .. }
                    | GivenKind::Empty { .. }
                    | GivenKind::Data { .. }
                    | GivenKind::Text => {
                        let message = format!("`{head}` holds values under names");
                        let help =
                            "write `name: VALUE`; what else is so belongs under `with given:` or `with scenario:`";
                        self.diagnostics.error(catalog::out_of_place(different.span, &message, help));
                    }
                },
            }
        }
        values
    }
}

/// The values of a table: rows of `field` and `value`, or a column for each field.
fn table_values(table: &ast::DataTable) -> Vec<Given<'_>> {
    let cells = object_cells(table).into_iter();
    cells.map(|(text, value)| Given { span: value.span, name: Name { span: value.span, text }, value }).collect()
}
