//! What tests say of events: assertions about emits, and the payloads of both.

use super::Lowering;
use super::names::{Carried, Scope, carried};
use super::values::{Typed, Words};
use crate::ast::{Name, Payload};
use crate::built_in;
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::{Field, Type};
use crate::source::Span;
use crate::test_plan::{EventClaim, Expected, Filling, Value};

/// An assertion about an event, as it is written.
pub(super) struct Written<'w> {
    pub(super) span: Span,
    pub(super) event: &'w Name,
    pub(super) to: Option<&'w Name>,
    pub(super) negated: bool,
    pub(super) payload: Option<&'w Payload>,
}

/// A field of a written payload.
pub(super) struct WrittenField<'w> {
    pub(super) name: &'w Name,
    pub(super) span: Span,
    pub(super) value: Option<&'w crate::ast::Expression>,
}

impl<'n> Lowering<'n, '_> {
    /// `@a received :e`, `:e was emitted`.
    pub(super) fn event_claim(&mut self, written: &Written<'_>, scope: Scope) -> Option<EventClaim> {
        let event = &written.event.text;
        let to = match written.to {
            Some(to) if to.text == built_in::ITSELF => Some(self.names.machine(scope.machine).ir.name.clone()),
            Some(to) => Some(self.party(to)?),
            None => None,
        };
        self.known_event(written.event)?;
        let messages = self.names.emitted(event, to.as_deref(), scope);
        let callback = self.names.callback(event, scope);
        let is_sent = !messages.is_empty() || callback.is_some();
        if !is_sent {
            self.never_emitted(written, to.as_deref(), scope);
        }
        let mut fields: Vec<Carried<'_>> = messages.iter().flat_map(|message| carried(&message.fields)).collect();
        fields.extend(callback.into_iter().flatten());
        let mut payload = Vec::new();
        for field in written_fields(written.payload) {
            let Some(value) = field.value else {
                self.no_value(field.span);
                continue;
            };
            let types = if is_sent { self.carried(field.name, &fields, event)? } else { Vec::new() };
            let value = self.expected(value, &types, &format!("`{}` of `:{event}`", field.name.text), scope)?;
            payload.push(Expected { name: field.name.text.clone(), value });
        }
        Some(EventClaim { event: event.clone(), to, negated: written.negated, payload })
    }

    /// Reports an event that nobody knows.
    pub(super) fn known_event(&mut self, event: &Name) -> Option<()> {
        let names = self.names.event_names();
        if names.contains(&event.text.as_str()) {
            return Some(());
        }
        let known = Known { sigil: ":", names: &names, otherwise: "the flow has no events" };
        self.diagnostics.error(catalog::unknown_event(event.span, &event.text, &known));
        None
    }

    fn never_emitted(&mut self, written: &Written<'_>, to: Option<&str>, scope: Scope) {
        let event = &written.event.text;
        let message = match to {
            Some(to) => format!("nobody here emits `:{event}` to `@{to}`"),
            None => format!("nobody here emits `:{event}`"),
        };
        let recipients = self.names.recipients(event, scope);
        let help = match recipients.as_slice() {
            [] => format!("emit it (`emit :{event} …`), or correct the event"),
            recipients => format!("`:{event}` goes to `@{}`", recipients.join("`, `@")),
        };
        self.diagnostics.warning(if written.negated {
            catalog::always_holds(written.span, &message, &help)
        } else {
            catalog::never_holds(written.span, &message, &help)
        });
    }

    /// The types of a field of these messages. None if an error was reported.
    pub(super) fn carried(&mut self, name: &Name, fields: &[Carried<'n>], event: &str) -> Option<Vec<&'n Type>> {
        let types: Vec<&Type> = fields.iter().filter(|(field, _)| *field == name.text).map(|(_, ty)| *ty).collect();
        if !types.is_empty() {
            return Some(types);
        }
        let names: Vec<&str> = fields.iter().map(|(field, _)| *field).collect();
        let message = format!("`:{event}` carries no `{}`", name.text);
        let known = Known { sigil: "", names: &names, otherwise: "it carries nothing" };
        self.diagnostics.error(catalog::unknown_name(name.span, message, &name.text, &known));
        None
    }

    /// A value that is compared with one of these types.
    pub(super) fn expected(
        &mut self,
        value: &crate::ast::Expression,
        types: &[&Type],
        what: &str,
        scope: Scope,
    ) -> Option<Value> {
        let span = value.span;
        let typed: Typed = self.value(value, scope, Words::Text)?;
        self.fits(&typed, types, what, span).then_some(typed.value)
    }

    /// What a payload of a test gives an event: its fields must exist.
    pub(super) fn fillings(
        &mut self,
        payload: Option<&Payload>,
        (fields, event): (&'n [Field], &str),
        scope: Scope,
    ) -> Vec<Filling> {
        let known = carried(fields);
        let mut fillings = Vec::new();
        for field in written_fields(payload) {
            let Some(value) = field.value else {
                self.no_value(field.span);
                continue;
            };
            let Some(types) = self.carried(field.name, &known, event) else { continue };
            let what = format!("`{}` of `:{event}`", field.name.text);
            let place = self.place(field.span);
            let Some(value) = self.fitting(value, &types, &what, scope) else { continue };
            fillings.push(Filling { place, name: field.name.text.clone(), value });
        }
        fillings
    }

    pub(super) fn no_value(&mut self, span: Span) {
        self.diagnostics.error(catalog::out_of_place(
            span,
            "this field has no value",
            "write one: `| field | value |`",
        ));
    }
}

/// The fields of a payload.
pub(super) fn written_fields(payload: Option<&Payload>) -> Vec<WrittenField<'_>> {
    match payload {
        None => Vec::new(),
        Some(Payload::Arguments { arguments, .. }) => arguments
            .iter()
            .map(|argument| WrittenField { name: &argument.field, span: argument.span, value: Some(&argument.value) })
            .collect(),
        Some(Payload::Table(table)) => table
            .rows
            .iter()
            .map(|row| WrittenField { name: &row.field, span: row.span, value: row.value.as_ref() })
            .collect(),
    }
}
