//! Lowers replies.

use super::lower::{Lowering, Scope};
use super::{events, handlers, records};
use crate::ast::{self, ReplyBody};
use crate::catalog::{meaning as catalog, names as names_catalog};
use crate::ir::{self, StatementKind};
use crate::nearest::nearest;

impl Lowering<'_, '_> {
    /// Lowers `reply …`. An error where there is nobody to answer.
    pub(super) fn reply(&mut self, reply: &ast::Reply, scope: &Scope) -> Option<StatementKind> {
        let handler = self.outline().handlers[scope.handler].tree;
        let body = self.reply_body(&reply.body, scope);
        if !handlers::is_api(handler) && events::reserved(&handler.event.text).is_none() {
            self.diagnostics.error(catalog::nobody_to_answer(reply.span, handler.span, &handler.event.text));
            return None;
        }
        let phrase = reply.phrase.as_ref().map(|phrase| phrase.text.clone());
        let lowered = ir::Reply { status: reply.status, phrase, body: body? };
        Some(match &reply.promise {
            Some(promise) => StatementKind::Promise { reply: lowered, event: promise.event.text.clone() },
            None => StatementKind::Reply(lowered),
        })
    }

    fn reply_body(&mut self, body: &ReplyBody, scope: &Scope) -> Option<ir::ReplyBody> {
        match body {
            ReplyBody::None => Some(ir::ReplyBody::Empty),
            ReplyBody::Table(table) => {
                Some(ir::ReplyBody::Fields { response: None, fields: self.fields(table, scope) })
            }
            ReplyBody::Response(name) => {
                let Some(response) = self.unit.machines[self.machine].response(&name.text) else {
                    if self.types.incomplete {
                        return None;
                    }
                    let known = self.outline().responses.iter().map(|response| response.name.text.as_str());
                    let near = nearest(&name.text, known).map(str::to_owned);
                    self.diagnostics.error(names_catalog::unknown_response(name.span, &name.text, near.as_deref()));
                    return None;
                };
                let fields = self.fields(&response.table, scope);
                Some(ir::ReplyBody::Fields { response: Some(name.text.clone()), fields })
            }
            ReplyBody::Transformer(name) => self.transformer(name, scope).map(ir::ReplyBody::Transformer),
        }
    }

    fn fields(&mut self, table: &ast::FieldTable, scope: &Scope) -> Vec<ir::PayloadField> {
        let mut fields = Vec::new();
        for field in self.table(table, scope) {
            let known = &self.unit.machines[self.machine].records;
            let written = field.row.and_then(|row| records::written_type(row, known, self.types, self.diagnostics));
            if let Some((shape, place)) = written {
                let ty = self.types.written(shape, place);
                self.types.unite(ty, field.value.ty, field.value.span, self.diagnostics);
            }
            fields.push(ir::PayloadField {
                name: field.name.text.clone(),
                origin: self.origin(field.name.span),
                required: true,
                value: field.value.expression,
            });
        }
        fields
    }
}
