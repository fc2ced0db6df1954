//! Type inference: variables that are united, and operators that wait until their sides are known.
//!
//! A place with a written type is *rigid*: it gives its type to what meets it and never changes itself. Everything else
//! takes the type of what it meets. A conflict is reported once, at the later of the two places, and both sides become
//! silent.

use super::operators::Pending;
use crate::catalog::types as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{OriginId, RecordId};
use crate::source::Span;

/// How deep two types are compared; deeper ones are only made by a value that contains itself.
pub(super) const DEEPEST: usize = 48;

/// A type to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TypeVar(u32);

/// What is known of a type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    String,
    Number,
    Integer,
    Boolean,
    Time,
    Duration,
    List(TypeVar),
    Object,
    Record(RecordId),
    /// Fields were read of it; no declared record yet.
    Fields(Vec<(String, TypeVar)>),
    Json,
    /// An error was reported: fits everywhere.
    Error,
}

/// A shape and the place that says so.
#[derive(Clone, Debug)]
struct Known {
    shape: Shape,
    place: Span,
}

#[derive(Clone, Debug)]
enum Node {
    Link(TypeVar),
    Root { known: Option<Known>, rigid: bool },
}

/// A field of a record type while types are being found.
#[derive(Clone, Debug)]
pub(super) struct RecordField {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) ty: TypeVar,
    pub(super) required: bool,
    pub(super) secret: bool,
}

/// A declared record type while types are being found.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) origin: OriginId,
    pub(super) span: Span,
    pub(super) fields: Vec<RecordField>,
}

/// All types to be found of a system.
#[derive(Default)]
pub(super) struct Types {
    nodes: Vec<Node>,
    pub(super) records: Vec<Record>,
    pub(super) pending: Vec<Pending>,
    /// Whether declarations could not be read: a name that is not known may be one of theirs.
    pub(super) incomplete: bool,
}

impl Types {
    /// Nothing known yet, of a unit that could be read whole or not.
    pub(super) fn of_unit(incomplete: bool) -> Self {
        Self { incomplete, ..Self::default() }
    }

    /// A type of which nothing is known.
    pub(super) fn unknown(&mut self) -> TypeVar {
        self.push(Node::Root { known: None, rigid: false })
    }

    /// The type of a value that shows it, such as a literal.
    pub(super) fn of(&mut self, shape: Shape, place: Span) -> TypeVar {
        self.push(Node::Root { known: Some(Known { shape, place }), rigid: false })
    }

    /// A type that somebody wrote down.
    pub(super) fn written(&mut self, shape: Shape, place: Span) -> TypeVar {
        self.push(Node::Root { known: Some(Known { shape, place }), rigid: true })
    }

    fn push(&mut self, node: Node) -> TypeVar {
        self.nodes.push(node);
        TypeVar(u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX))
    }

    fn root(&self, mut var: TypeVar) -> TypeVar {
        while let Node::Link(next) = self.nodes[var.0 as usize] {
            var = next;
        }
        var
    }

    /// The representative of everything that was united with this type.
    pub(super) fn class(&self, var: TypeVar) -> TypeVar {
        self.root(var)
    }

    fn read(&self, var: TypeVar) -> (TypeVar, Option<Known>, bool) {
        let root = self.root(var);
        match &self.nodes[root.0 as usize] {
            Node::Root { known, rigid } => (root, known.clone(), *rigid),
            Node::Link(_) => (root, None, false),
        }
    }

    /// What is known of a type by now.
    pub(super) fn shape(&self, var: TypeVar) -> Option<Shape> {
        self.read(var).1.map(|known| known.shape)
    }

    /// The place that says what a type is.
    pub(super) fn place(&self, var: TypeVar) -> Option<Span> {
        self.read(var).1.map(|known| known.place)
    }

    fn set(&mut self, root: TypeVar, known: Option<Known>) {
        if let Node::Root { known: slot, .. } = &mut self.nodes[root.0 as usize] {
            *slot = known;
        }
    }

    /// Says that a place has a written type: binds an unknown one to it, and checks a known one against it.
    pub(super) fn declare(&mut self, var: TypeVar, shape: Shape, place: Span, diagnostics: &mut Diagnostics) {
        let (root, known, rigid) = self.read(var);
        let unwritten = !rigid;
        let fresh = self.written(shape.clone(), place);
        if known.is_some() {
            self.unite(var, fresh, place, diagnostics);
        }
        if unwritten && self.shape(root) != Some(Shape::Error) {
            self.nodes[root.0 as usize] = Node::Root { known: Some(Known { shape, place }), rigid: true };
        }
    }

    /// A type of this shape meets `var` at `place`.
    pub(super) fn expect(&mut self, var: TypeVar, shape: Shape, place: Span, diagnostics: &mut Diagnostics) {
        let fresh = self.of(shape, place);
        self.unite(var, fresh, place, diagnostics);
    }

    /// The values of two types meet at `place`: both are the same, or one is converted to the other.
    pub(super) fn unite(&mut self, left: TypeVar, right: TypeVar, place: Span, diagnostics: &mut Diagnostics) {
        self.unite_at(left, right, place, 0, diagnostics);
    }

    fn unite_at(&mut self, left: TypeVar, right: TypeVar, place: Span, depth: usize, diagnostics: &mut Diagnostics) {
        let (left, known_left, rigid_left) = self.read(left);
        let (right, known_right, rigid_right) = self.read(right);
        if left == right || depth > DEEPEST {
            return;
        }
        if !rigid_left && !rigid_right {
            self.nodes[right.0 as usize] = Node::Link(left);
            self.set(left, known_left.clone().or(known_right.clone()));
        } else if !rigid_left && known_left.is_none() {
            self.set(left, known_right);
            return;
        } else if !rigid_right && known_right.is_none() {
            self.set(right, known_left);
            return;
        }
        let (Some(a), Some(b)) = (known_left, known_right) else { return };
        let meeting = Meeting { place, depth };
        match self.join(&a, &b, meeting, diagnostics) {
            Some(joined) => {
                if !rigid_left {
                    self.set(left, Some(joined.clone()));
                }
                if !rigid_right && rigid_left {
                    self.set(right, Some(joined));
                }
            }
            None => {
                diagnostics.error(catalog::conflict(
                    place,
                    (&self.describe(&a.shape), a.place),
                    (&self.describe(&b.shape), b.place),
                ));
                for (root, rigid) in [(left, rigid_left), (right, rigid_right)] {
                    if !rigid {
                        self.set(root, Some(Known { shape: Shape::Error, place }));
                    }
                }
            }
        }
    }

    /// What two known types are together; none if they are nothing together.
    fn join(&mut self, a: &Known, b: &Known, meeting: Meeting, diagnostics: &mut Diagnostics) -> Option<Known> {
        let keep = |known: &Known| Some(known.clone());
        match (&a.shape, &b.shape) {
            (left, right) if left == right => keep(a),
            (Shape::Error, _) => keep(a),
            (_, Shape::Error) => keep(b),
            (Shape::Json, Shape::Fields(_)) => keep(a),
            (Shape::Fields(_), Shape::Json) => keep(b),
            (Shape::Json, _) => keep(b),
            (_, Shape::Json) => keep(a),
            (Shape::Number, Shape::Integer) => keep(a),
            (Shape::Integer, Shape::Number) => keep(b),
            (Shape::List(left), Shape::List(right)) => {
                self.unite_at(*left, *right, meeting.place, meeting.depth + 1, diagnostics);
                keep(a)
            }
            (Shape::Fields(left), Shape::Fields(right)) => {
                let mut all = left.clone();
                for (name, ty) in right {
                    match all.iter().find(|(known, _)| known == name) {
                        Some((_, known)) => {
                            self.unite_at(*known, *ty, meeting.place, meeting.depth + 1, diagnostics);
                        }
                        None => all.push((name.clone(), *ty)),
                    }
                }
                Some(Known { shape: Shape::Fields(all), place: a.place })
            }
            (Shape::Record(record), Shape::Fields(fields)) => {
                self.read_fields(*record, fields, b.place, meeting, diagnostics);
                keep(a)
            }
            (Shape::Fields(fields), Shape::Record(record)) => {
                self.read_fields(*record, fields, a.place, meeting, diagnostics);
                keep(b)
            }
            (Shape::Object, Shape::Record(_) | Shape::Fields(_)) => keep(a),
            (Shape::Record(_) | Shape::Fields(_), Shape::Object) => keep(b),
            (
                Shape::String
                | Shape::Number
                | Shape::Integer
                | Shape::Boolean
                | Shape::Time
                | Shape::Duration
                | Shape::List(_)
                | Shape::Object
                | Shape::Record(_)
                | Shape::Fields(_),
                _,
            ) => None,
        }
    }

    fn read_fields(
        &mut self,
        record: RecordId,
        fields: &[(String, TypeVar)],
        read_at: Span,
        meeting: Meeting,
        diagnostics: &mut Diagnostics,
    ) {
        for (name, ty) in fields {
            let declared = self.records[record.index()].fields.iter().find(|field| field.name == *name);
            if let Some(declared) = declared.map(|field| field.ty) {
                self.unite_at(declared, *ty, meeting.place, meeting.depth + 1, diagnostics);
            } else {
                self.unknown_field(record, name, read_at, diagnostics);
                self.expect(*ty, Shape::Error, read_at, diagnostics);
            }
        }
    }

    /// The type of `value.name`, read at `place`.
    pub(super) fn member(&mut self, value: TypeVar, name: &str, place: Span, diagnostics: &mut Diagnostics) -> TypeVar {
        match self.shape(value) {
            Some(Shape::Error) => self.of(Shape::Error, place),
            Some(Shape::Json | Shape::Object) => self.of(Shape::Json, place),
            Some(Shape::Record(record)) => {
                let field = self.records[record.index()].fields.iter().find(|field| field.name == name);
                if let Some(field) = field {
                    return field.ty;
                }
                self.unknown_field(record, name, place, diagnostics);
                self.of(Shape::Error, place)
            }
            Some(
                Shape::String
                | Shape::Number
                | Shape::Integer
                | Shape::Boolean
                | Shape::Time
                | Shape::Duration
                | Shape::List(_)
                | Shape::Fields(_),
            )
            | None => {
                let ty = self.unknown();
                let shape = Shape::Fields(vec![(name.to_owned(), ty)]);
                self.expect(value, shape, place, diagnostics);
                ty
            }
        }
    }

    fn unknown_field(&self, record: RecordId, name: &str, place: Span, diagnostics: &mut Diagnostics) {
        let record = &self.records[record.index()];
        let names = record.fields.iter().map(|field| field.name.as_str());
        diagnostics.error(catalog::unknown_field(place, name, &record.name, record.span, names));
    }

    /// A shape in the words of the language.
    pub(super) fn describe(&self, shape: &Shape) -> String {
        self.describe_at(shape, 0)
    }

    fn describe_at(&self, shape: &Shape, depth: usize) -> String {
        match shape {
            Shape::String => "string".to_owned(),
            Shape::Number => "number".to_owned(),
            Shape::Integer => "integer".to_owned(),
            Shape::Boolean => "boolean".to_owned(),
            Shape::Time => "time".to_owned(),
            Shape::Duration => "duration".to_owned(),
            Shape::List(element) => match self.shape(*element) {
                Some(element) if depth < 4 => format!("array of {}", self.describe_at(&element, depth + 1)),
                Some(_) | None => "array".to_owned(),
            },
            Shape::Object => "object".to_owned(),
            Shape::Record(record) => self.records[record.index()].name.clone(),
            Shape::Fields(fields) => match fields.first() {
                Some((name, _)) => format!("record with a field `{name}`"),
                None => "record".to_owned(),
            },
            Shape::Json | Shape::Error => "json".to_owned(),
        }
    }
}

/// Where two types meet, and how deep in them.
#[derive(Clone, Copy)]
struct Meeting {
    place: Span,
    depth: usize,
}
