//! Tables, types and validation rules.
//!
//! Each kind of table has its own node with its rows already read by the header logic of the language; every row keeps
//! its cells as written.

use serde::Serialize;

use super::{Expression, FreeText, Name};
use crate::source::Span;

/// One cell, trimmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// Where its text stands; empty behind the mark if the cell is empty.
    pub span: Span,
    /// As written, `\|` not yet resolved.
    pub text: String,
}

/// A table of fields: of `on … with:`, `emit … with:`, `reply … with:`, `response:`, `type:`, `send callback`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldTable {
    /// From the first row to the last.
    pub span: Span,
    /// The first row, if its first cell is exactly `field`.
    pub header: Option<Header>,
    /// The other rows.
    pub rows: Vec<FieldRow>,
}

/// A header row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Header {
    /// The row.
    pub span: Span,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Its cells as written.
    pub cells: Vec<Cell>,
}

/// The columns that a header of a field table may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Column {
    /// `field`
    Field,
    /// `type`
    Type,
    /// `value`
    Value,
    /// `validation`
    Validation,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldRow {
    /// The row.
    pub span: Span,
    /// The field's name.
    pub field: Name,
    /// Its type, if the table says one. A type among the rules of a two-column table stays among the rules.
    pub type_: Option<TypeExpression>,
    /// Its value; in `on … with:` the variable as which the body reads it.
    pub value: Option<Expression>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// What the row says if no record type of the name in `type_` exists (without a header, three columns, and the
    /// second cell a single word).
    pub or_else: Option<Box<FieldRow>>,
    /// The cells as written.
    pub cells: Vec<Cell>,
}

/// `| $retry_count | integer, between 0 and 5 |` under a context change or a custom action.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConstraintTable {
    /// From the first row to the last.
    pub span: Span,
    /// Its rows.
    pub rows: Vec<ConstraintRow>,
}

/// What one variable must satisfy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConstraintRow {
    /// The row.
    pub span: Span,
    /// The variable.
    pub variable: Name,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// The cells as written.
    pub cells: Vec<Cell>,
}

/// A table of data in `given:` and tests; the first row is the header.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataTable {
    /// From the header to the last row.
    pub span: Span,
    /// The header's cells as written.
    pub header: Vec<Cell>,
    /// The columns: valid names, one for each cell of the header.
    pub columns: Vec<Name>,
    /// The rows.
    pub rows: Vec<DataRow>,
}

/// One row of data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DataRow {
    /// The row.
    pub span: Span,
    /// The values, one for each column; an empty cell gives none.
    pub values: Vec<Option<Expression>>,
    /// The cells as written.
    pub cells: Vec<Cell>,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeExpression {
    /// Where it stands.
    pub span: Span,
    /// Which one.
    pub kind: TypeKind,
}

/// Which type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum TypeKind {
    /// `string`
    String,
    /// `number`
    Number,
    /// `integer`
    Integer,
    /// `boolean`
    Boolean,
    /// `time`
    Time,
    /// `duration`
    Duration,
    /// `array`, `array of T`
    Array(Option<Box<TypeExpression>>),
    /// `object`
    Object,
    /// Any other name.
    Record(Name),
}

/// One validation rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Where it stands.
    pub span: Span,
    /// Which one.
    pub kind: RuleKind,
}

/// Which rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum RuleKind {
    /// `required`
    Required,
    /// `optional`
    Optional,
    /// A built-in type, or `array of …`. A record type alone is a one-word [`RuleKind::Custom`].
    Type(TypeExpression),
    /// `greater than N`
    GreaterThan(Expression),
    /// `less than N`
    LessThan(Expression),
    /// `between N and M`
    Between {
        /// The lower bound, included.
        low: Expression,
        /// The upper bound, included.
        high: Expression,
    },
    /// `at least N`
    AtLeast(Expression),
    /// `at most N`
    AtMost(Expression),
    /// `min N characters`
    MinCharacters(Expression),
    /// `max N characters`
    MaxCharacters(Expression),
    /// `valid email`
    ValidEmail,
    /// `valid uuid`
    ValidUuid,
    /// `valid url`
    ValidUrl,
    /// `one of a, b, c`: literals; bare words are strings ([`super::ExpressionKind::Words`]).
    OneOf(Vec<Expression>),
    /// `bail`
    Bail,
    /// `secret`
    Secret,
    /// Anything else: the name of a record type if it is one word that names one, else a rule bound to code.
    Custom {
        /// Its text.
        text: FreeText,
        /// The built-in rule that says nearly the same.
        #[serde(skip_serializing_if = "Option::is_none")]
        almost: Option<String>,
    },
}
