//! Declared record types, and types as they are written.

use super::outline::Outline;
use super::states;
use super::types::{DEEPEST, Record, RecordField, Shape, TypeVar, Types};
use crate::ast::{self, Declaration, FieldRow, Name, RuleKind, TypeExpression, TypeKind};
use crate::built_in;
use crate::catalog::{names as names_catalog, types as types_catalog};
use crate::diagnostic::Diagnostics;
use crate::ir::{Origins, RecordId};
use crate::load::{Loaded, LoadedMachine};
use crate::nearest::nearest;
use crate::source::{Sources, Span};
use std::collections::{BTreeMap, BTreeSet};

/// The record types of a unit: which declaration became which.
#[derive(Default)]
pub(super) struct Declared<'a> {
    /// Every declaration with its record type.
    known: Vec<(&'a ast::RecordType, RecordId)>,
}

/// The declarations that a machine sees, each with the place that it stands in: the machine itself first, then the files
/// around it.
pub(super) fn declarations<'a>(
    loaded: &'a Loaded,
    machine: &'a LoadedMachine,
) -> impl Iterator<Item = (usize, &'a Declaration)> {
    let own = loaded.machine(machine).into_iter().flat_map(ast::Machine::declarations).map(|found| (0, found));
    let files = machine.scopes.iter().filter_map(|file| loaded.flow(*file)).enumerate();
    own.chain(files.flat_map(|(index, file)| file.declarations().map(move |found| (index + 1, found))))
}

/// Says that a name is declared twice in one place. Every machine that sees the place finds that, and one of them says it.
pub(super) fn declared_twice(what: &str, name: &Name, earlier: Span, diagnostics: &mut Diagnostics) {
    let finding = names_catalog::duplicate(name.span, what, &name.text, earlier);
    diagnostics.error_once(&format!("{what} twice at {:?}", name.span), finding);
}

/// The record types that a machine sees, by name. Equal declarations are one type; two of one name in one place are an
/// error, an inner one hides an outer one.
pub(super) fn visible<'a>(
    loaded: &'a Loaded,
    machine: &'a LoadedMachine,
    declared: &mut Declared<'a>,
    types: &mut Types,
    origins: &mut Origins,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, RecordId> {
    let mut seen: BTreeMap<&str, (usize, &Name, RecordId)> = BTreeMap::new();
    for (place, declaration) in declarations(loaded, machine) {
        let Declaration::RecordType(record) = declaration else { continue };
        match seen.get(record.name.text.as_str()) {
            Some((known, earlier, _)) if *known == place => {
                declared_twice("type", &record.name, earlier.span, diagnostics);
            }
            Some(_) => {}
            None => {
                let id = declared.id(record, &machine.own_name, types, origins, sources);
                seen.insert(&record.name.text, (place, &record.name, id));
            }
        }
    }
    seen.into_iter().map(|(name, (_, _, id))| (name.to_owned(), id)).collect()
}

impl<'a> Declared<'a> {
    fn id(
        &mut self,
        record: &'a ast::RecordType,
        machine: &str,
        types: &mut Types,
        origins: &mut Origins,
        sources: &Sources,
    ) -> RecordId {
        let same = |(known, _): &&(&ast::RecordType, RecordId)| std::ptr::eq(*known, record) || alike(known, record);
        if let Some((_, id)) = self.known.iter().find(same) {
            return *id;
        }
        let id = RecordId::at(types.records.len());
        let taken = |name: &str| types.records.iter().any(|known| known.name == name);
        let mut name = record.name.text.clone();
        if taken(&name) {
            name = format!("{machine}_{name}");
        }
        while taken(&name) {
            name.push('_');
        }
        let origin = states::origin(origins, sources, record.span);
        types.records.push(Record { name, origin, span: record.name.span, fields: Vec::new() });
        self.known.push((record, id));
        id
    }

    /// Gives every declared type its fields, once all names are known.
    pub(super) fn fill(&self, machines: &[Outline<'_>], types: &mut Types, diagnostics: &mut Diagnostics) {
        for (record, id) in &self.known {
            let scope = machines.iter().find(|machine| machine.records.values().any(|known| known == id));
            let Some(scope) = scope else { continue };
            let mut fields: Vec<RecordField> = Vec::new();
            for row in &record.table.rows {
                if let Some(earlier) = fields.iter().find(|field| field.name == row.field.text) {
                    diagnostics.error(names_catalog::duplicate(row.field.span, "field", &row.field.text, earlier.span));
                    continue;
                }
                let row = reading(row, &scope.records);
                let ty = types.unknown();
                if let Some((shape, place)) = written_type(row, &scope.records, types, diagnostics) {
                    types.declare(ty, shape, place, diagnostics);
                }
                for rule in row.rules.iter().filter(|rule| judges(rule, &scope.records)) {
                    diagnostics.warning(types_catalog::rule_of_record(rule.span, &record.name.text));
                }
                fields.push(RecordField {
                    name: row.field.text.clone(),
                    span: row.field.span,
                    ty,
                    required: has_rule(row, &RuleKind::Required),
                    secret: has_rule(row, &RuleKind::Secret),
                });
            }
            types.records[id.index()].fields = fields;
        }
    }
}

/// Reports every circle of record types once. What is generated holds a record in place, and writes its description out,
/// so that no record can lead back to itself, not even through a list.
pub(super) fn self_containing(types: &Types, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeSet<RecordId> = BTreeSet::new();
    for start in (0..types.records.len()).map(RecordId::at) {
        if seen.insert(start) {
            follow(types, start, &mut seen, diagnostics);
        }
    }
}

/// A record type on the way, and the position of the field that is looked at.
type Step = (RecordId, usize);

/// Follows the fields of a record type, and those of what they hold; every field is looked at once.
fn follow(types: &Types, start: RecordId, seen: &mut BTreeSet<RecordId>, diagnostics: &mut Diagnostics) {
    let mut way: Vec<Step> = vec![(start, 0)];
    let mut on_the_way = BTreeSet::from([start]);
    while let Some((holder, position)) = way.last().copied() {
        let Some(field) = types.records[holder.index()].fields.get(position) else {
            on_the_way.remove(&holder);
            way.pop();
            if let Some((_, position)) = way.last_mut() {
                *position += 1;
            }
            continue;
        };
        match held(types, field.ty) {
            Some(record) if seen.insert(record) => {
                on_the_way.insert(record);
                way.push((record, 0));
                continue;
            }
            Some(record) if on_the_way.contains(&record) => report_circle(types, &way, record, diagnostics),
            Some(_) | None => {}
        }
        if let Some((_, position)) = way.last_mut() {
            *position += 1;
        }
    }
}

/// Reports that the last step of a way leads back to a record on it.
fn report_circle(types: &Types, way: &[Step], back: RecordId, diagnostics: &mut Diagnostics) {
    let begin = way.iter().position(|(record, _)| *record == back).unwrap_or_default();
    let field = |(record, position): &Step| {
        let record = &types.records[record.index()];
        (record.name.as_str(), record.fields[*position].span)
    };
    let fields: Vec<(&str, Span)> = way[begin..].iter().map(field).collect();
    let name = &types.records[back.index()].name;
    diagnostics.error(types_catalog::self_containing(name, &fields));
}

/// The record type that values of a type are, or hold in lists.
fn held(types: &Types, mut ty: TypeVar) -> Option<RecordId> {
    for _ in 0..DEEPEST {
        match types.shape(ty)? {
            Shape::Record(record) => return Some(record),
            Shape::List(element) => ty = element,
            Shape::String
            | Shape::Number
            | Shape::Integer
            | Shape::Boolean
            | Shape::Time
            | Shape::Duration
            | Shape::Object
            | Shape::Fields(_)
            | Shape::Json
            | Shape::Error => return None,
        }
    }
    None
}

/// Whether two declarations say the same.
fn alike(left: &ast::RecordType, right: &ast::RecordType) -> bool {
    let cells = |record: &ast::RecordType| -> Vec<Vec<String>> {
        record.table.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.clone()).collect()).collect()
    };
    left.name.text == right.name.text && cells(left) == cells(right)
}

/// Whether a row has this rule.
pub(super) fn has_rule(row: &FieldRow, rule: &RuleKind) -> bool {
    row.rules.iter().any(|found| found.kind == *rule)
}

/// Whether a rule judges values, and is not what a record type says of its fields: their types, which of them are needed,
/// and which are secret.
fn judges(rule: &ast::Rule, records: &BTreeMap<String, RecordId>) -> bool {
    match &rule.kind {
        RuleKind::Required | RuleKind::Optional | RuleKind::Secret | RuleKind::Type(_) => false,
        RuleKind::Custom { text, .. } => text.single_word().is_none_or(|word| !records.contains_key(word)),
        RuleKind::GreaterThan(_)
        | RuleKind::LessThan(_)
        | RuleKind::Between { .. }
        | RuleKind::AtLeast(_)
        | RuleKind::AtMost(_)
        | RuleKind::MinCharacters(_)
        | RuleKind::MaxCharacters(_)
        | RuleKind::ValidEmail
        | RuleKind::ValidUuid
        | RuleKind::ValidUrl
        | RuleKind::OneOf(_)
        | RuleKind::Bail => true,
    }
}

/// What a row says, now that the record types are known.
pub(super) fn reading<'r>(row: &'r FieldRow, records: &BTreeMap<String, RecordId>) -> &'r FieldRow {
    match (&row.type_, &row.or_else) {
        (Some(TypeExpression { kind: TypeKind::Record(name), .. }), Some(other))
            if !records.contains_key(&name.text) =>
        {
            other
        }
        _ => row,
    }
}

/// The type that a row says in its column or among its rules.
pub(super) fn written_type(
    row: &FieldRow,
    records: &BTreeMap<String, RecordId>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) -> Option<(Shape, Span)> {
    if let Some(written) = &row.type_ {
        return Some((shape(written, records, types, diagnostics), written.span));
    }
    rule_type(&row.rules, records, types, diagnostics)
}

/// The type among rules.
pub(super) fn rule_type(
    rules: &[ast::Rule],
    records: &BTreeMap<String, RecordId>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) -> Option<(Shape, Span)> {
    rules.iter().find_map(|rule| match &rule.kind {
        RuleKind::Type(written) => Some((shape(written, records, types, diagnostics), written.span)),
        RuleKind::Custom { text, .. } => {
            let record = text.single_word().and_then(|word| records.get(word))?;
            Some((Shape::Record(*record), rule.span))
        }
        _ => None,
    })
}

/// A type as written.
pub(super) fn shape(
    written: &TypeExpression,
    records: &BTreeMap<String, RecordId>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) -> Shape {
    match &written.kind {
        TypeKind::String => Shape::String,
        TypeKind::Number => Shape::Number,
        TypeKind::Integer => Shape::Integer,
        TypeKind::Boolean => Shape::Boolean,
        TypeKind::Time => Shape::Time,
        TypeKind::Duration => Shape::Duration,
        TypeKind::Object => Shape::Object,
        TypeKind::Array(None) => Shape::List(types.unknown()),
        TypeKind::Array(Some(element)) => {
            let shape = shape(element, records, types, diagnostics);
            Shape::List(written_var(types, shape, element.span))
        }
        TypeKind::Record(name) => match records.get(&name.text) {
            Some(record) => Shape::Record(*record),
            None if types.incomplete => Shape::Error,
            None => {
                let near = nearest_type(&name.text, records);
                diagnostics.error(names_catalog::unknown_type(name.span, &name.text, near));
                Shape::Error
            }
        },
    }
}

/// The type that a word is nearly, or has another name for.
pub(super) fn nearest_type<'r>(word: &str, records: &'r BTreeMap<String, RecordId>) -> Option<&'r str> {
    let known = || built_in::TYPES.into_iter().chain(records.keys().map(String::as_str));
    built_in::foreign_type(word).or_else(|| nearest(word, known()))
}

fn written_var(types: &mut Types, shape: Shape, place: Span) -> TypeVar {
    types.written(shape, place)
}
