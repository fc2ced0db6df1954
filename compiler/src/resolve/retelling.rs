//! A story that repeats the beginning it shares with another.
//!
//! The first telling of a handler is the behavior. A later one is fine if its statements, in order, are a subsequence of
//! one path of the first.

use crate::ast::{
    self, AssignedValue, Block, ChangeOperation, FieldTable, GuardTest, Payload, ReplyBody, Statement, Target,
};
use crate::source::{Sources, Span};
use std::collections::BTreeSet;

/// How many paths of a retelling are followed; one with more of them is a telling of its own.
const MOST_PATHS: usize = 256;

/// The first statement of a retelling that the first telling does not have in this order, if there is one.
pub(super) fn difference(first: &Block, later: &Block, sources: &Sources) -> Option<Span> {
    let mut paths = vec![Vec::new()];
    tell(later, sources, &mut paths);
    for path in paths {
        let lines: Vec<&str> = path.iter().map(|(line, _)| line.as_str()).collect();
        let reached = advance(first, sources, &lines, BTreeSet::from([0]));
        let furthest = reached.into_iter().max().unwrap_or_default();
        if let Some((_, span)) = path.get(furthest) {
            return Some(*span);
        }
    }
    None
}

/// A statement in one spelling, and its place.
type Line = (String, Span);

/// Appends what a block says to each of the paths that lead to it.
fn tell(block: &Block, sources: &Sources, paths: &mut Vec<Vec<Line>>) {
    for statement in &block.statements {
        let Statement::Guards(chain) = statement else {
            let line = (spelling(statement, sources), statement.span());
            paths.iter_mut().for_each(|path| path.push(line.clone()));
            continue;
        };
        let before = std::mem::take(paths);
        for arm in &chain.arms {
            let mut through = before.clone();
            for guard in guards(&arm.test, sources) {
                through.iter_mut().for_each(|path| path.push(guard.clone()));
            }
            tell(&arm.block, sources, &mut through);
            paths.extend(through);
            paths.truncate(MOST_PATHS);
        }
    }
}

/// How far a block can take each of the positions in a retold path.
fn advance(block: &Block, sources: &Sources, path: &[&str], from: BTreeSet<usize>) -> BTreeSet<usize> {
    let mut positions = from;
    for statement in &block.statements {
        let Statement::Guards(chain) = statement else {
            let line = spelling(statement, sources);
            positions = step(&positions, path, &line);
            continue;
        };
        let mut after = BTreeSet::new();
        for arm in &chain.arms {
            let mut through = positions.clone();
            for (guard, _) in guards(&arm.test, sources) {
                through = step(&through, path, &guard);
            }
            after.extend(advance(&arm.block, sources, path, through));
        }
        positions = after;
    }
    positions
}

/// A statement of the first telling takes every position on that it matches; taking it at once is never worse.
fn step(positions: &BTreeSet<usize>, path: &[&str], line: &str) -> BTreeSet<usize> {
    positions.iter().map(|at| if path.get(*at) == Some(&line) { at + 1 } else { *at }).collect()
}

fn guards(test: &GuardTest, sources: &Sources) -> Vec<Line> {
    match test {
        GuardTest::Any(groups) => groups
            .iter()
            .flatten()
            .map(|guard| (format!("? {}", words(sources.slice(guard.condition.span))), guard.span))
            .collect(),
        GuardTest::Otherwise { .. } => Vec::new(),
    }
}

/// A statement in one spelling: decoration and rules do not count.
fn spelling(statement: &Statement, sources: &Sources) -> String {
    let text = |span: Span| words(sources.slice(span));
    match statement {
        Statement::Guards(_) => String::new(),
        Statement::Transition(transition) => format!("moves to #{}", transition.state.text),
        Statement::Change(change) => {
            let operation = match &change.operation {
                ChangeOperation::Becomes(AssignedValue::Expression(value)) => format!("becomes {}", text(value.span)),
                ChangeOperation::Becomes(AssignedValue::Call(emit)) => format!("becomes {}", message(emit, sources)),
                ChangeOperation::Becomes(AssignedValue::Action(action)) => format!("becomes {}", action.to_text()),
                ChangeOperation::IncreasesBy(value) => format!("increases by {}", text(value.span)),
                ChangeOperation::DecreasesBy(value) => format!("decreases by {}", text(value.span)),
                ChangeOperation::Adds(value) => format!("adds {}", text(value.span)),
                ChangeOperation::Removes(value) => format!("removes {}", text(value.span)),
                ChangeOperation::Clears => "clears".to_owned(),
            };
            format!("${} {operation}", change.variable.text)
        }
        Statement::Emit(emit) => message(emit, sources),
        Statement::Reply(reply) => {
            let promise =
                reply.promise.as_ref().map_or(String::new(), |promise| format!(" for :{}", promise.event.text));
            let body = match &reply.body {
                ReplyBody::None => String::new(),
                ReplyBody::Table(fields) => table(fields, sources),
                ReplyBody::Response(name) => format!(" with {}", name.text),
                ReplyBody::Transformer(name) => format!(" with ^{}", name.text),
            };
            format!("reply {}{promise}{body}", reply.status)
        }
        Statement::SendCallback(callback) => {
            let body = callback.table.as_ref().map_or(String::new(), |fields| table(fields, sources));
            format!("send callback for :{}{body}", callback.event.text)
        }
        Statement::Return(value) => {
            format!("return {}", value.value.as_ref().map_or(String::new(), |value| text(value.span)))
        }
        Statement::Schedule(schedule) => format!("schedule :{} {}", schedule.event.text, text(schedule.delay.span)),
        Statement::StartTimer(timer) => format!("start timer {}", text(timer.delay.span)),
        Statement::Cancel(cancel) => format!("cancel :{}", cancel.event.text),
        Statement::Action(action) => action.text.to_text(),
    }
}

fn message(emit: &ast::Emit, sources: &Sources) -> String {
    let way = if emit.async_.is_some() { "async " } else { "" };
    let target = match &emit.target {
        None => String::new(),
        Some(Target::Actor(name)) => format!(" to @{}", name.text),
        Some(Target::All { span, .. }) => format!(" to {}", words(sources.slice(*span))),
    };
    let payload = match &emit.payload {
        None => String::new(),
        Some(Payload::Table(fields)) => table(fields, sources),
        Some(Payload::Arguments { arguments, .. }) => {
            fields(arguments.iter().map(|argument| (&argument.field, Some(&argument.value))), sources)
        }
    };
    format!("emit {way}:{}{target}{payload}", emit.event.text)
}

fn table(table: &FieldTable, sources: &Sources) -> String {
    fields(table.rows.iter().map(|row| (&row.field, row.value.as_ref())), sources)
}

/// Fields with their values, in whatever order they are written.
fn fields<'a>(fields: impl Iterator<Item = (&'a ast::Name, Option<&'a ast::Expression>)>, sources: &Sources) -> String {
    let said = fields.map(|(field, value)| {
        let value = value.map_or(String::new(), |value| words(sources.slice(value.span)));
        format!(" | {} {value}", field.text)
    });
    let mut said: Vec<String> = said.collect();
    said.sort();
    said.concat()
}

/// A text with single spaces.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
