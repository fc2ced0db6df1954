//! The variables that a handler names: what it reads, assigns and constrains, in written order.

use super::outline::Outline;
use super::walk::{self, Piece};
use crate::ast::{ConditionTree, Expression, ExpressionKind, FreeText, Handler, PieceKind, Reading};
use crate::built_in::CURRENT_STATE;
use crate::source::Span;
use std::collections::BTreeSet;

/// How a variable is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Assigned,
    Constrained,
}

/// A variable that is named.
pub(super) struct Mention<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    pub(super) kind: Use,
}

/// Every variable that the body of a handler names.
pub(super) fn of_handler(handler: &Handler, machine: &Outline<'_>, visit: &mut dyn FnMut(Mention<'_>)) {
    walk::block(&handler.body, &mut |piece| of_piece(piece, machine, visit));
}

fn of_piece(piece: Piece<'_>, machine: &Outline<'_>, visit: &mut dyn FnMut(Mention<'_>)) {
    match piece {
        Piece::Value(value) => of_value(value, machine, visit),
        Piece::Condition(condition) => {
            let known = |word: &str| machine.words.contains(word);
            of_condition(&condition.tree(&known), visit);
        }
        Piece::Text(text) => of_text(text, visit),
        Piece::Assigned(name) => visit(Mention { name: &name.text, span: name.span, kind: Use::Assigned }),
        Piece::Constrained(name) => visit(Mention { name: &name.text, span: name.span, kind: Use::Constrained }),
        Piece::Response(name) => {
            if let Some(response) = machine.response(&name.text) {
                walk::fields(&response.table, &mut |piece| of_piece(piece, machine, visit));
            }
        }
        Piece::CallInto(_)
        | Piece::Emit(_)
        | Piece::Schedule(_)
        | Piece::Timer
        | Piece::Cancel(_)
        | Piece::State(_) => {}
    }
}

/// A bare word in a value is a variable only if it is known; else it is an error, or the text of an action.
fn of_value(value: &Expression, machine: &Outline<'_>, visit: &mut dyn FnMut(Mention<'_>)) {
    value.walk(&mut |part| match &part.kind {
        ExpressionKind::Variable(path) => {
            visit(Mention { name: &path.root.text, span: path.root.span, kind: Use::Read });
        }
        ExpressionKind::Word(path) if path.root.text != CURRENT_STATE && machine.words.contains(&path.root.text) => {
            visit(Mention { name: &path.root.text, span: path.root.span, kind: Use::Read });
        }
        _ => {}
    });
}

fn of_condition(tree: &ConditionTree<'_>, visit: &mut dyn FnMut(Mention<'_>)) {
    match tree {
        ConditionTree::And(parts) | ConditionTree::Or(parts) => parts.iter().for_each(|part| of_condition(part, visit)),
        ConditionTree::Not(part) => of_condition(part, visit),
        ConditionTree::Text(text) => of_text(text, visit),
        ConditionTree::BuiltIn(Reading::State(_)) => {}
        ConditionTree::BuiltIn(Reading::Expression(expression)) => expression.walk(&mut |part| {
            if let ExpressionKind::Variable(path) | ExpressionKind::Word(path) = &part.kind
                && path.root.text != CURRENT_STATE
            {
                visit(Mention { name: &path.root.text, span: path.root.span, kind: Use::Read });
            }
        }),
    }
}

fn of_text(text: &FreeText, visit: &mut dyn FnMut(Mention<'_>)) {
    for piece in &text.pieces {
        if let PieceKind::Variable(path) = &piece.kind {
            visit(Mention { name: &path.root.text, span: path.root.span, kind: Use::Read });
        }
    }
}

/// What the texts of a machine say about its variables before anything is resolved.
#[derive(Default)]
pub(super) struct Vocabulary {
    /// Every name written with `$`, beside a comparison mark or listed in a table of fields.
    pub(super) words: BTreeSet<String>,
    /// What statements assign.
    pub(super) assigned: BTreeSet<String>,
    /// What takes the answer to a call.
    answers: BTreeSet<String>,
    /// What is asked for `.success`, `.error` or `.event`.
    asked: BTreeSet<String>,
}

impl Vocabulary {
    /// Takes in a handler.
    pub(super) fn add(&mut self, handler: &Handler) {
        for row in handler.with.iter().flat_map(|table| &table.rows) {
            self.words.insert(row.field.text.clone());
            if let Some(value) = &row.value {
                self.expression(value);
            }
        }
        walk::block(&handler.body, &mut |piece| match piece {
            Piece::Value(value) => self.expression(value),
            Piece::Condition(condition) => {
                for part in &condition.parts {
                    self.text(&part.text);
                    part.bare_variables().into_iter().for_each(|path| self.path(path));
                }
            }
            Piece::Text(text) => self.text(text),
            Piece::Assigned(name) => {
                self.words.insert(name.text.clone());
                self.assigned.insert(name.text.clone());
            }
            Piece::CallInto(name) => {
                self.answers.insert(name.text.clone());
            }
            Piece::Constrained(name) => {
                self.words.insert(name.text.clone());
            }
            Piece::Emit(_)
            | Piece::Schedule(_)
            | Piece::Timer
            | Piece::Cancel(_)
            | Piece::State(_)
            | Piece::Response(_) => {}
        });
    }

    /// The variables that hold answers and are asked how the call went.
    pub(super) fn inspected(&self) -> BTreeSet<String> {
        self.answers.intersection(&self.asked).cloned().collect()
    }

    fn expression(&mut self, expression: &Expression) {
        expression.walk(&mut |part| {
            if let ExpressionKind::Variable(path) = &part.kind {
                self.path(path);
            }
        });
    }

    fn text(&mut self, text: &FreeText) {
        for piece in &text.pieces {
            if let PieceKind::Variable(path) = &piece.kind {
                self.path(path);
            }
        }
    }

    fn path(&mut self, path: &crate::ast::Path) {
        self.words.insert(path.root.text.clone());
        if path.fields.first().is_some_and(|field| ["success", "error", "event"].contains(&field.text.as_str())) {
            self.asked.insert(path.root.text.clone());
        }
    }
}
