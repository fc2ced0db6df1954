//! The reply of a `(queued api)` handler: it must be known at acceptance, before the handler runs.

use super::lower::Lowering;
use crate::ast::{self, ModifierKind};
use crate::catalog::meaning as catalog;
use crate::ir::walk::each_statement;
use crate::ir::{
    Assigned, Block, Expression, ExpressionKind, OriginId, Reply, ReplyBody, Statement, StatementKind, VariableId,
};
use std::collections::BTreeMap;

/// What a reply needs of the statements above it, in order, and the reply.
type Acceptance = (Vec<(VariableId, Expression)>, Option<Reply>);

/// The values that are fixed at acceptance, and the reply made of them.
pub(super) fn acceptance(lowering: &mut Lowering<'_, '_>, tree: &ast::Handler, body: &Block) -> Acceptance {
    let mut values: BTreeMap<VariableId, Option<Expression>> = BTreeMap::new();
    let mut order = Vec::new();
    for statement in body {
        match &statement.kind {
            StatementKind::Reply(reply) | StatementKind::Promise { reply, .. } => {
                return match needs(reply, &values, &order) {
                    Ok(fixed) => (fixed, Some(reply.clone())),
                    Err(unknown) => {
                        report(lowering, tree, statement.origin, &unknown);
                        (Vec::new(), None)
                    }
                };
            }
            StatementKind::Branch(arms) => {
                for arm in arms {
                    forget(&arm.body, &mut values);
                    if let Some(origin) = reply_in(&arm.body) {
                        report(lowering, tree, origin, &Unknown::Guarded);
                        return (Vec::new(), None);
                    }
                }
            }
            StatementKind::Assign { variable, value: Assigned::Expression(value) } => {
                let known = is_known(value, &values).then(|| value.clone());
                if values.insert(*variable, known).is_none() {
                    order.push(*variable);
                }
            }
            StatementKind::Assign { .. }
            | StatementKind::Increase { .. }
            | StatementKind::Decrease { .. }
            | StatementKind::Append { .. }
            | StatementKind::Remove { .. }
            | StatementKind::Clear(_)
            | StatementKind::Transition(_)
            | StatementKind::Constrain(_)
            | StatementKind::Emit(_)
            | StatementKind::Act(_)
            | StatementKind::Callback { .. }
            | StatementKind::Return(_)
            | StatementKind::Schedule { .. }
            | StatementKind::Cancel(_) => forget(std::slice::from_ref(statement), &mut values),
        }
    }
    (Vec::new(), None)
}

/// Why a reply is not known at acceptance.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Unknown {
    /// It stands under a guard.
    Guarded,
    /// Code makes its body.
    Transformer,
    /// This field reads something that only the run knows.
    Value(String),
}

fn report(lowering: &mut Lowering<'_, '_>, tree: &ast::Handler, at: OriginId, unknown: &Unknown) {
    let why = match unknown {
        Unknown::Guarded => "a guard decides about it when the handler runs".to_owned(),
        Unknown::Transformer => "code makes its body when the handler runs".to_owned(),
        Unknown::Value(field) => format!("its `{field}` reads what only the run of the handler knows"),
    };
    let door = tree.modifiers.iter().find(|modifier| modifier.kind == ModifierKind::QueuedApi);
    let span = lowering.origins.get(at).span;
    lowering.diagnostics.error(catalog::reply_not_known(span, door.map_or(tree.span, |door| door.span), &why));
}

/// The variables that a reply reads, with the values that are fixed for them.
fn needs(
    reply: &Reply,
    values: &BTreeMap<VariableId, Option<Expression>>,
    order: &[VariableId],
) -> Result<Vec<(VariableId, Expression)>, Unknown> {
    let fields = match &reply.body {
        ReplyBody::Empty => return Ok(Vec::new()),
        ReplyBody::Transformer(_) => return Err(Unknown::Transformer),
        ReplyBody::Fields { fields, .. } => fields,
    };
    let mut read = Vec::new();
    for field in fields {
        if !is_known(&field.value, values) {
            return Err(Unknown::Value(field.name.clone()));
        }
        variables(&field.value, &mut read);
    }
    let mut next = 0;
    while let Some(variable) = read.get(next).copied() {
        if let Some(Some(value)) = values.get(&variable) {
            variables(value, &mut read);
        }
        next += 1;
    }
    let fixed = order.iter().filter(|variable| read.contains(variable));
    Ok(fixed.filter_map(|variable| Some((*variable, values.get(variable)?.clone()?))).collect())
}

/// Whether a value can be computed from the request alone.
fn is_known(value: &Expression, values: &BTreeMap<VariableId, Option<Expression>>) -> bool {
    let mut known = true;
    value.walk(&mut |part| {
        known &= match &part.kind {
            ExpressionKind::Context(variable) => matches!(values.get(variable), Some(Some(_))),
            ExpressionKind::Latest { .. } => false,
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Null
            | ExpressionKind::Empty
            | ExpressionKind::Now
            | ExpressionKind::Uuid
            | ExpressionKind::InstanceId
            | ExpressionKind::CurrentState
            | ExpressionKind::Payload(_)
            | ExpressionKind::List(_)
            | ExpressionKind::Object(_)
            | ExpressionKind::Duration { .. }
            | ExpressionKind::Member(..)
            | ExpressionKind::Negate(_)
            | ExpressionKind::Widen(_)
            | ExpressionKind::Narrow(_)
            | ExpressionKind::Binary(..) => true,
        };
    });
    known
}

/// Adds the variables that a value reads.
fn variables(value: &Expression, read: &mut Vec<VariableId>) {
    value.walk(&mut |part| {
        if let ExpressionKind::Context(variable) | ExpressionKind::Latest { variable, .. } = &part.kind
            && !read.contains(variable)
        {
            read.push(*variable);
        }
    });
}

/// Forgets what is known of the variables that statements change.
fn forget(block: &[Statement], values: &mut BTreeMap<VariableId, Option<Expression>>) {
    each_statement(block, &mut |statement, _| {
        values.extend(statement.changes().map(|variable| (variable, None)));
    });
}

fn reply_in(block: &Block) -> Option<OriginId> {
    let mut found = None;
    each_statement(block, &mut |statement, _| {
        if let StatementKind::Reply(_) | StatementKind::Promise { .. } = statement.kind {
            found = found.or(Some(statement.origin));
        }
    });
    found
}
