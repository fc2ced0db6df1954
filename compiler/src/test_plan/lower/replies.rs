//! What replies there can be: their statuses and what they carry.

use super::Lowering;
use super::names::{Scope, Told};
use crate::ast::Name;
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::walk::each_statement;
use crate::ir::{Handler, Reply, ReplyBody, StatementKind};
use crate::source::Span;

/// What the runtime answers where the flow does not: success without a reply, and what it refuses.
const OF_THE_RUNTIME: [u16; 13] = [200, 201, 202, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503];

/// What the bodies of the runtime's own answers hold.
const RUNTIME_FIELDS: [&str; 6] = ["id", "state", "status", "error", "errors", "accepted"];

impl<'n> Lowering<'n, '_> {
    /// Reports a status that no reply has.
    pub(super) fn reply_status(&mut self, status: &str, span: Span, scope: Scope) {
        if !self.is_answered(scope) {
            let help = "a reply answers an `(api)` event; say what is emitted instead";
            self.diagnostics.warning(catalog::never_holds(span, "no request is answered here", help));
            return;
        }
        let replies = self.replies(scope);
        let possible = OF_THE_RUNTIME.into_iter().chain(replies.iter().map(|reply| reply.status));
        if !possible.into_iter().any(|possible| possible.to_string() == status) {
            let mut own: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
            own.sort_unstable();
            own.dedup();
            let listed: Vec<String> = own.iter().map(u16::to_string).collect();
            let help = match listed.as_slice() {
                [] => "no reply stands in the flow here".to_owned(),
                listed => format!("the flow replies {}", listed.join(", ")),
            };
            self.diagnostics.warning(catalog::never_holds(span, &format!("no reply has the status {status}"), &help));
        }
    }

    /// Whether there may be a request that is answered.
    fn is_answered(&self, scope: Scope) -> bool {
        let answers = |machine: &Told<'_>, handler: &Handler| handler.api || is_reserved(machine, handler);
        match scope.handler {
            Some(handler) => {
                let machine = self.names.machine(scope.machine);
                answers(machine, machine.ir.handler(handler))
            }
            None => self.names.cast(scope).into_iter().any(|machine| {
                let machine = self.names.machine(machine);
                machine.ir.handlers.iter().any(|handler| answers(machine, handler))
            }),
        }
    }

    /// Checks the first field behind `reply`. None if an error was reported.
    pub(super) fn reply_fields(&mut self, fields: &[Name], scope: Scope) -> Option<()> {
        let name = fields.first()?;
        let replies = self.replies(scope);
        let mut known: Vec<&str> = RUNTIME_FIELDS.to_vec();
        for reply in &replies {
            match &reply.body {
                ReplyBody::Transformer(_) => return Some(()),
                ReplyBody::Fields { fields, .. } => known.extend(fields.iter().map(|field| field.name.as_str())),
                ReplyBody::Empty => {}
            }
        }
        if known.contains(&name.text.as_str()) {
            return Some(());
        }
        let names = &known[RUNTIME_FIELDS.len()..];
        let message = format!("no reply carries `{}`", name.text);
        let known = Known { sigil: "reply.", names, otherwise: "the replies here carry nothing" };
        self.diagnostics.error(catalog::unknown_name(name.span, message, &name.text, &known));
        None
    }

    /// The replies that may answer here: of the handler at hand, and of those that the runtime runs in its place; in the
    /// end, of every handler of those who take part.
    fn replies(&self, scope: Scope) -> Vec<&'n Reply> {
        let mut replies = Vec::new();
        match scope.handler {
            Some(handler) => {
                let machine = self.names.machine(scope.machine);
                of_handler(machine.ir.handler(handler), &mut replies);
                let reserved = machine.ir.handlers.iter().filter(|other| is_reserved(machine, other));
                reserved.for_each(|handler| of_handler(handler, &mut replies));
            }
            None => {
                for machine in self.names.cast(scope) {
                    let handlers = &self.names.machine(machine).ir.handlers;
                    handlers.iter().for_each(|handler| of_handler(handler, &mut replies));
                }
            }
        }
        replies
    }
}

fn is_reserved(machine: &Told<'_>, handler: &Handler) -> bool {
    machine.ir.event(handler.event).reserved.is_some()
}

fn of_handler<'h>(handler: &'h Handler, replies: &mut Vec<&'h Reply>) {
    replies.extend(&handler.acceptance);
    each_statement(&handler.body, &mut |statement, _| {
        if let StatementKind::Reply(reply) | StatementKind::Promise { reply, .. } = &statement.kind {
            replies.push(reply);
        }
    });
}
