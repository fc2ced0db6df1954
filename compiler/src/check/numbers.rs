//! Numbers that are written out where they cannot be.

use super::Subject;
use crate::catalog::types as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::walk::each_statement;
use crate::ir::{Expression, ExpressionKind, OriginId, Statement, StatementKind, Type};

/// A fraction, or a number that is too large, that goes to an integer: the turn always fails there.
pub(super) fn not_whole(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        for handler in &machine.handlers {
            each_statement(&handler.body, &mut |statement, _| {
                each_value(statement, &mut |origin, value| {
                    value.walk(&mut |part| {
                        if let Some(number) = strange_integer(part) {
                            let place = subject.origins.get(origin).span;
                            diagnostics.error(catalog::not_whole(place, number));
                        }
                    });
                });
            });
        }
    }
}

/// Visits the values of a statement, each with its line.
fn each_value<'a>(statement: &'a Statement, visit: &mut dyn FnMut(OriginId, &'a Expression)) {
    if let StatementKind::Branch(arms) = &statement.kind {
        for condition in arms.iter().filter_map(|arm| arm.condition.as_ref()) {
            condition.each_guard(&mut |line, asked| asked.each_value(&mut |value| visit(line, value)));
        }
    } else {
        statement.each_value(&mut |value| visit(statement.origin, value));
    }
}

/// The number that is converted to an integer and is none.
fn strange_integer(value: &Expression) -> Option<&str> {
    let (ExpressionKind::Narrow(inner), Type::Integer) = (&value.kind, &value.ty) else { return None };
    let ExpressionKind::Number(text) = &inner.kind else { return None };
    text.parse::<i64>().is_err().then_some(text)
}
