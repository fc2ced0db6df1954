//! The replies of a machine: one variant for each thing that it can say, with the status, the words and the shape.

use super::StructPlan;
use super::names::{Name, Scope};
use super::size;
use crate::ir::walk::each_statement;
use crate::ir::{Machine, OriginId, Origins, PayloadField, Reply, ReplyBody, StatementKind, Type};
use crate::source::Span;
use serde::Serialize;

/// One variant of `Reply`.
#[derive(Clone, Debug, Serialize)]
pub struct ReplyPlan {
    /// The variant.
    pub variant: Name,
    /// The event that it answers.
    pub event: String,
    /// The HTTP status.
    pub status: u16,
    /// The words after it.
    pub phrase: Option<String>,
    /// The event of the callback that it promises.
    pub promises: Option<String>,
    /// What it carries.
    pub shape: ReplyShape,
}

/// What a reply carries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ReplyShape {
    /// Nothing.
    Empty,
    /// Named values.
    Fields {
        /// The struct, called like the variant unless it is shared.
        payload: StructPlan,
        /// Its fields as the flow names them, with their types and whether they are always there.
        types: Vec<(String, Type, bool)>,
        /// The row of each field.
        rows: Vec<OriginId>,
        /// The `response:` that it is an instance of.
        response: Option<String>,
        /// Whether this is the first reply with this struct, so that it is written for it.
        first: bool,
    },
    /// What a `^transformer` makes.
    Transformer,
}

/// Plans the replies of a machine, in order of first occurrence.
pub(super) fn plan(machine: &Machine, types: &mut Scope, origins: &Origins) -> Vec<ReplyPlan> {
    let mut plans: Vec<ReplyPlan> = Vec::new();
    for handler in &machine.handlers {
        let event = &machine.event(handler.event).name;
        let span = origins.get(handler.origin).span;
        if let Some(reply) = &handler.acceptance {
            add(&mut plans, event, reply, None, span, types);
        }
        each_statement(&handler.body, &mut |statement, _| match &statement.kind {
            StatementKind::Reply(reply) if !handler.queued => add(&mut plans, event, reply, None, span, types),
            StatementKind::Promise { reply, event: promised } if !handler.queued => {
                add(&mut plans, event, reply, Some(promised), span, types);
            }
            StatementKind::Reply(_)
            | StatementKind::Promise { .. }
            | StatementKind::Branch(_)
            | StatementKind::Transition(_)
            | StatementKind::Assign { .. }
            | StatementKind::Increase { .. }
            | StatementKind::Decrease { .. }
            | StatementKind::Append { .. }
            | StatementKind::Remove { .. }
            | StatementKind::Clear(_)
            | StatementKind::Constrain(_)
            | StatementKind::Emit(_)
            | StatementKind::Act(_)
            | StatementKind::Callback { .. }
            | StatementKind::Return(_)
            | StatementKind::Schedule { .. }
            | StatementKind::Cancel(_) => {}
        });
    }
    plans
}

/// The plan of a reply of a handler of `event`.
pub(crate) fn find<'p>(
    plans: &'p [ReplyPlan],
    event: &str,
    reply: &Reply,
    promises: Option<&str>,
) -> Option<&'p ReplyPlan> {
    plans.iter().find(|plan| {
        plan.event == event
            && plan.status == reply.status
            && plan.phrase == reply.phrase
            && plan.promises.as_deref() == promises
            && is_shape(&plan.shape, &reply.body)
    })
}

fn is_shape(shape: &ReplyShape, body: &ReplyBody) -> bool {
    match (shape, body) {
        (ReplyShape::Empty, ReplyBody::Empty) | (ReplyShape::Transformer, ReplyBody::Transformer(_)) => true,
        (ReplyShape::Fields { types, response, .. }, ReplyBody::Fields { response: named, fields }) => {
            response == named && *types == types_of(fields)
        }
        (ReplyShape::Empty | ReplyShape::Fields { .. } | ReplyShape::Transformer, _) => false,
    }
}

fn types_of(fields: &[PayloadField]) -> Vec<(String, Type, bool)> {
    fields.iter().map(|field| (field.name.clone(), field.value.ty.clone(), field.required)).collect()
}

fn add(
    plans: &mut Vec<ReplyPlan>,
    event: &str,
    reply: &Reply,
    promises: Option<&String>,
    span: Span,
    types: &mut Scope,
) {
    if find(plans, event, reply, promises.map(String::as_str)).is_some() {
        return;
    }
    let plain = Name::pascal(&format!("{event}_{}", word(reply.status)));
    let (variant, shape) = match &reply.body {
        ReplyBody::Empty => (types.invent(&plain, span), ReplyShape::Empty),
        ReplyBody::Transformer(_) => (types.invent(&plain, span), ReplyShape::Transformer),
        ReplyBody::Fields { response, fields } => {
            let types_here = types_of(fields);
            let shared = response.is_some().then(|| shared(plans, response.as_ref(), &types_here)).flatten();
            let variant = types.invent(&plain, span);
            let first = shared.is_none();
            let payload = shared.unwrap_or_else(|| {
                let named = response.as_ref().map(|name| types.invent(&Name::pascal(name), span));
                payload(named.unwrap_or_else(|| variant.clone()), fields)
            });
            let response = response.clone();
            let rows = fields.iter().map(|field| field.origin).collect();
            (variant, ReplyShape::Fields { payload, types: types_here, rows, response, first })
        }
    };
    let promises = promises.cloned();
    plans.push(ReplyPlan {
        variant,
        event: event.to_owned(),
        status: reply.status,
        phrase: reply.phrase.clone(),
        promises,
        shape,
    });
}

/// The struct of an earlier reply with the same named response.
fn shared(plans: &[ReplyPlan], name: Option<&String>, here: &[(String, Type, bool)]) -> Option<StructPlan> {
    plans.iter().find_map(|plan| match &plan.shape {
        ReplyShape::Fields { payload, types, response, .. } if response.as_ref() == name && types == here => {
            Some(payload.clone())
        }
        ReplyShape::Fields { .. } | ReplyShape::Empty | ReplyShape::Transformer => None,
    })
}

fn payload(name: Name, fields: &[PayloadField]) -> StructPlan {
    let mut scope = Scope::default();
    let nowhere = Span::new(crate::source::FileId::from_index(0), 0, 0);
    let names = fields.iter().map(|field| scope.invent(&Name::snake(&field.name), nowhere)).collect();
    let boxed = size::boxed(&[fields.len() * size::WIDEST])[0];
    StructPlan { name, fields: names, secret: false, boxed }
}

/// The status as a word.
fn word(status: u16) -> String {
    let known = match status {
        200 => "ok",
        201 => "created",
        202 => "accepted",
        204 => "no_content",
        303 => "see_other",
        400 => "bad_request",
        401 => "unauthorized",
        402 => "payment_required",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        410 => "gone",
        422 => "unprocessable",
        423 => "locked",
        429 => "too_many_requests",
        500 => "failed",
        503 => "unavailable",
        other => return format!("status_{other}"),
    };
    known.to_owned()
}
