//! What `given:` says about types. Nothing else of it reaches the IR.

use super::lower::LoweredMachine;
use super::outline::{Outline, Unit};
use super::records;
use super::types::{Shape, TypeVar, Types};
use crate::ast::{ArithmeticOperator, Expression, ExpressionKind, Given, GivenEntry, GivenKind, GivenValue, Scenario};
use crate::built_in;
use crate::diagnostic::Diagnostics;
use crate::ir::SentenceKind;
use std::collections::{BTreeMap, BTreeSet};

/// Tells the variables and payload fields of a unit the types that are written in `given:`.
pub(super) fn written_types(unit: &Unit<'_>, types: &mut Types, diagnostics: &mut Diagnostics) {
    each_value(unit, &mut |machine, targets, entry| {
        if let GivenKind::Value { type_: Some(written), .. } = &entry.kind {
            for target in targets {
                let shape = records::shape(written, &machine.records, types, diagnostics);
                types.declare(target, shape, written.span, diagnostics);
            }
        }
    });
}

/// Tells those of which the statements do not say it that they are times or durations, if their values in `given:` are: what
/// `now - $x` is depends on it.
pub(super) fn shown_times(
    unit: &Unit<'_>,
    lowered: &[LoweredMachine],
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) {
    show((unit, lowered), (types, diagnostics), |value| match shown(value) {
        Some(shape @ (Shape::Time | Shape::Duration)) => Some(shape),
        Some(_) | None => None,
    });
}

/// Tells those of which nothing is known after all what their values in `given:` show.
pub(super) fn shown_types(
    unit: &Unit<'_>,
    lowered: &[LoweredMachine],
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) {
    show((unit, lowered), (types, diagnostics), shown);
}

fn show(
    (unit, lowered): (&Unit<'_>, &[LoweredMachine]),
    (types, diagnostics): (&mut Types, &mut Diagnostics),
    shape: impl Fn(&Expression) -> Option<Shape>,
) {
    each_value(unit, &mut |_, targets, entry| {
        let GivenKind::Value { value: GivenValue::Is(value), .. } = &entry.kind else { return };
        let Some(shape) = shape(value) else { return };
        if entry.guard_instead().is_some_and(|guard| is_guard(lowered, &guard)) {
            return;
        }
        for target in targets {
            if types.shape(target).is_none() {
                types.expect(target, shape.clone(), value.span, diagnostics);
            }
        }
    });
}

fn is_guard(lowered: &[LoweredMachine], name: &str) -> bool {
    lowered.iter().any(|machine| {
        let sentences = &machine.sentences.list;
        sentences.place(name).is_some_and(|place| sentences[place].kind == SentenceKind::Guard)
    })
}

/// The type that a value shows.
fn shown(value: &Expression) -> Option<Shape> {
    Some(match &value.kind {
        ExpressionKind::Text(_) => Shape::String,
        ExpressionKind::Number(_) => Shape::Number,
        ExpressionKind::Boolean(_) => Shape::Boolean,
        ExpressionKind::Now => Shape::Time,
        ExpressionKind::Duration { .. } => Shape::Duration,
        ExpressionKind::Word(path) if path.fields.is_empty() && built_in::days_from_now(&path.root.text).is_some() => {
            Shape::Time
        }
        ExpressionKind::Words(_) => Shape::String,
        // What an answer carries may be anything.
        ExpressionKind::Word(path) if path.fields.is_empty() || path.root.text != built_in::REPLY => Shape::String,
        // A moment and a span of time: `now - 2 days`.
        ExpressionKind::Arithmetic {
            left,
            operator: ArithmeticOperator::Add | ArithmeticOperator::Subtract,
            right,
        } => match (shown(left), shown(right)) {
            (Some(Shape::Time), Some(Shape::Duration)) => Shape::Time,
            _ => return None,
        },
        _ => return None,
    })
}

/// Visits every value of a `given:` with the types it is about: the variable's, or those of the fields of its name.
fn each_value(unit: &Unit<'_>, visit: &mut dyn FnMut(&Outline<'_>, Vec<TypeVar>, &GivenEntry)) {
    for machine in &unit.machines {
        for scenario in &machine.tree.scenarios {
            let fields = fields_told(machine, scenario);
            let own = scenario.handlers().flat_map(|handler| &handler.given);
            for entry in scenario.givens().chain(own).flat_map(|given: &Given| &given.entries) {
                if let GivenKind::Value { variable, .. } = &entry.kind {
                    visit(machine, targets(machine, &fields, &variable.text), entry);
                }
            }
        }
    }
}

fn targets(machine: &Outline<'_>, fields: &BTreeMap<&str, Vec<TypeVar>>, name: &str) -> Vec<TypeVar> {
    match machine.variable_named(name) {
        Some(variable) => vec![machine.variables[variable].ty],
        None => fields.get(name).cloned().unwrap_or_default(),
    }
}

/// The types of the fields that the events of a scenario carry, by name; those of one name in the order of the events.
fn fields_told<'u>(machine: &'u Outline<'_>, scenario: &Scenario) -> BTreeMap<&'u str, Vec<TypeVar>> {
    let told: BTreeSet<usize> =
        scenario.handlers().filter_map(|handler| machine.events.place(handler.event.text.as_str())).collect();
    let mut fields: BTreeMap<&str, Vec<TypeVar>> = BTreeMap::new();
    for field in told.into_iter().flat_map(|event| &machine.events[event].fields) {
        fields.entry(&field.name).or_default().push(field.ty);
    }
    fields
}
