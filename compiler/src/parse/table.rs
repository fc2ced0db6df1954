//! Tables: rows to cells, cells to fields, types and rules.

use super::line::Tree;
use super::reader::Reader;
use crate::ast::{
    Cell, Column, ConstraintRow, ConstraintTable, DataRow, DataTable, Expression, ExpressionKind, FieldRow, FieldTable,
    Header, Name, Rule as ValidationRule, RuleKind, Text, TypeExpression, TypeKind,
};
use crate::built_in;
use crate::catalog::{source, syntax};
use crate::grammar::Rule;
use crate::layout::{Line, MAX_DEPTH};
use crate::source::Span;

/// What a field table declares, which decides what its columns without a header are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableUse {
    /// `on … with:`
    Handler,
    /// `type:`
    RecordType,
    /// Whatever carries values.
    Values,
}

impl Reader<'_> {
    /// The rows as a table of fields; none if there are no rows, which the caller reports.
    pub(super) fn field_table(&mut self, rows: &[Line], use_: TableUse) -> Option<FieldTable> {
        let span = span_of(rows)?;
        let mut header = None;
        let mut fields: Vec<FieldRow> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let Some(cells) = self.cells(row) else { continue };
            if index == 0 && cells.first().is_some_and(|cell| cell.text == "field") {
                header = self.header(row.span, cells);
                header.as_ref()?;
                continue;
            }
            let Some(field) = self.field_row(row.span, cells, header.as_ref(), use_) else { continue };
            if let Some(first) = fields.iter().find(|other| other.field.text == field.field.text) {
                let what = format!("the field `{}`", field.field.text);
                self.diagnostics.error(syntax::said_twice(field.field.span, first.field.span, &what));
                continue;
            }
            fields.push(field);
        }
        Some(FieldTable { span, header, rows: fields })
    }

    /// A header row; none if it is wrong, which is reported.
    fn header(&mut self, span: Span, cells: Vec<Cell>) -> Option<Header> {
        let mut columns = Vec::new();
        for cell in &cells {
            let column = match cell.text.as_str() {
                "field" => Column::Field,
                "type" => Column::Type,
                "value" => Column::Value,
                "validation" => Column::Validation,
                _ => {
                    let known = "name the columns `field`, `type`, `value` or `validation`";
                    self.diagnostics.error(syntax::bad_columns(cell.span, "an unknown column", known));
                    return None;
                }
            };
            if columns.contains(&column) {
                let problem = format!("the column `{}` twice", cell.text);
                self.diagnostics.error(syntax::bad_columns(cell.span, &problem, "delete one of them"));
                return None;
            }
            columns.push(column);
        }
        Some(Header { span, columns, cells })
    }

    fn field_row(&mut self, span: Span, cells: Vec<Cell>, header: Option<&Header>, use_: TableUse) -> Option<FieldRow> {
        if let Some(header) = header {
            if header.columns.len() != cells.len() {
                let problem = format!("{} cells under {} columns", cells.len(), header.columns.len());
                self.diagnostics.error(syntax::bad_columns(span, &problem, "write one cell for each column"));
                return None;
            }
            // `| field | type |` over a table of types is the header of its two columns, whose second may hold rules.
            let columns: Vec<Column> = header.columns.clone();
            let typed = columns.as_slice() == [Column::Field, Column::Type] && use_ != TableUse::Values;
            let columns = if typed { vec![Column::Field, Column::Validation] } else { columns };
            return self.row_by_columns(span, cells, &columns);
        }
        let second_is_type = cells.get(1).is_some_and(|cell| is_built_in_type(&cell.text));
        let columns: &[Column] = match (cells.len(), use_) {
            (2, TableUse::Handler | TableUse::RecordType) => &[Column::Field, Column::Validation],
            (2, TableUse::Values) => &[Column::Field, Column::Value],
            (3, TableUse::Handler) if second_is_type => &[Column::Field, Column::Type, Column::Validation],
            (3, TableUse::RecordType) => &[Column::Field, Column::Type, Column::Validation],
            (3, TableUse::Values) if second_is_type => &[Column::Field, Column::Type, Column::Value],
            (3, TableUse::Handler | TableUse::Values) => &[Column::Field, Column::Value, Column::Validation],
            _ => {
                let problem = format!("a row of {} cells without a header", cells.len());
                let help = "write two or three cells, or begin the table with `| field | type | value | validation |`";
                self.diagnostics.error(syntax::bad_columns(span, &problem, help));
                return None;
            }
        };
        let may_be_record = cells.len() == 3 && !second_is_type && cells.get(1).is_some_and(is_plain_word);
        if may_be_record && use_ != TableUse::RecordType {
            return self.record_or_value(span, cells, use_);
        }
        self.row_by_columns(span, cells, columns)
    }

    /// A row of three cells whose second one is a single word: the type of that name, or else a value.
    fn record_or_value(&mut self, span: Span, cells: Vec<Cell>, use_: TableUse) -> Option<FieldRow> {
        let last = if use_ == TableUse::Handler { Column::Validation } else { Column::Value };
        let as_type = [Column::Field, Column::Type, last];
        let as_value = [Column::Field, Column::Value, Column::Validation];
        if last == Column::Value
            && cells.get(2).is_some_and(|cell| self.cell_tree(cell, Rule::expression_line).is_none())
        {
            return self.row_by_columns(span, cells, &as_value);
        }
        let or_else = self.row_by_columns(span, cells.clone(), &as_value)?;
        let row = self.row_by_columns(span, cells, &as_type)?;
        Some(FieldRow { or_else: Some(Box::new(or_else)), ..row })
    }

    fn row_by_columns(&mut self, span: Span, cells: Vec<Cell>, columns: &[Column]) -> Option<FieldRow> {
        let mut field = None;
        let mut row = (None, None, Vec::new());
        for (cell, column) in cells.iter().zip(columns) {
            if cell.text.is_empty() && *column != Column::Field {
                continue;
            }
            match column {
                Column::Field => field = Some(self.field_name(cell)?),
                Column::Type => row.0 = Some(self.cell_type(cell)?),
                Column::Value => row.1 = Some(self.cell_value(cell)?),
                Column::Validation => row.2 = self.cell_rules(cell)?,
            }
        }
        let Some(field) = field else {
            let help = "add a column `field`";
            self.diagnostics.error(syntax::bad_columns(span, "a table without the column `field`", help));
            return None;
        };
        let (type_, value, rules) = row;
        Some(FieldRow { span, field, type_, value, rules, or_else: None, cells })
    }

    /// `| $retry_count | integer, between 0 and 5 |` rows.
    pub(super) fn constraint_table(&mut self, rows: &[Line]) -> Option<ConstraintTable> {
        let span = span_of(rows)?;
        let mut constraints = Vec::new();
        for row in rows {
            let Some(cells) = self.cells(row) else { continue };
            let [variable, rules] = cells.as_slice() else {
                let help = "write the variable and its rules: `| $x | integer, at least 0 |`";
                self.diagnostics.error(syntax::bad_columns(row.span, "a constraint has two cells", help));
                continue;
            };
            let parsed = self.cell_tree(variable, Rule::variable_cell);
            let Some(variable) = parsed.and_then(|tree| self.name_in(&tree, Rule::variable)) else {
                self.diagnostics.error(syntax::bad_cell(variable.span, "a variable", "$retry_count"));
                continue;
            };
            let Some(rules) = self.cell_rules(rules) else { continue };
            constraints.push(ConstraintRow { span: row.span, variable, rules, cells });
        }
        Some(ConstraintTable { span, rows: constraints })
    }

    /// A table of data under a header.
    pub(super) fn data_table(&mut self, rows: &[Line]) -> Option<DataTable> {
        let span = span_of(rows)?;
        let (first, rest) = rows.split_first()?;
        let header = self.cells(first)?;
        let mut columns = Vec::new();
        for cell in &header {
            columns.push(self.field_name(cell)?);
        }
        let mut data = Vec::new();
        for row in rest {
            let Some(cells) = self.cells(row) else { continue };
            if cells.len() != columns.len() {
                let problem = format!("{} cells under {} columns", cells.len(), columns.len());
                self.diagnostics.error(syntax::bad_columns(row.span, &problem, "write one cell for each column"));
                continue;
            }
            let values = cells.iter().map(|cell| self.data_value(cell)).collect();
            data.push(DataRow { span: row.span, values, cells });
        }
        Some(DataTable { span, header, columns, rows: data })
    }

    fn data_value(&mut self, cell: &Cell) -> Option<Expression> {
        if cell.text.is_empty() {
            return None;
        }
        match self.cell_tree(cell, Rule::value_line).and_then(|tree| tree.first()) {
            Some(value) => Some(self.value(&value)),
            None => Some(words(cell.span, &cell.text)),
        }
    }

    /// The cells of a row, if the row may be read.
    fn cells(&mut self, row: &Line) -> Option<Vec<Cell>> {
        if !self.is_sound(row) {
            return None;
        }
        let base = row.span.start as usize;
        let marks = separators(&row.text);
        let closed = marks.last().is_some_and(|last| *last + 1 == row.text.len()) && marks.len() > 1;
        if !closed {
            let help = "close the row with `|`; a pipe inside a cell is written `\\|`";
            self.diagnostics.error(syntax::bad_columns(row.span.at_end(), "a row that does not end in `|`", help));
            return None;
        }
        let cell = |bounds: &[usize]| {
            let (start, end) = (bounds[0] + 1, bounds[1]);
            let inside = row.text.get(start..end).unwrap_or_default();
            let text = inside.trim();
            let start = start + if text.is_empty() { 0 } else { inside.len() - inside.trim_start().len() };
            Cell { span: Span::new(self.file, base + start, base + start + text.len()), text: text.to_owned() }
        };
        Some(marks.windows(2).map(cell).collect())
    }

    fn cell_tree<'i>(&self, cell: &'i Cell, rule: Rule) -> Option<Tree<'i>> {
        Tree::parse(rule, self.file, cell.span.start as usize, &cell.text).ok()
    }

    fn field_name(&mut self, cell: &Cell) -> Option<Name> {
        let parsed = self.cell_tree(cell, Rule::name_cell);
        let name = parsed.and_then(|tree| self.name_in(&tree, Rule::name));
        if name.is_none() {
            self.diagnostics.error(syntax::bad_cell(cell.span, "the name of a field", "total"));
        }
        name
    }

    fn cell_type(&mut self, cell: &Cell) -> Option<TypeExpression> {
        match self.cell_tree(cell, Rule::type_cell) {
            Some(tree) => self.type_in(&tree),
            None => {
                self.diagnostics.error(syntax::bad_cell(cell.span, "a type", "array of string"));
                None
            }
        }
    }

    fn cell_value(&mut self, cell: &Cell) -> Option<Expression> {
        let parsed = self.cell_tree(cell, Rule::expression_line).and_then(|tree| tree.first());
        if let Some(tree) = parsed {
            return Some(self.expression(&tree));
        }
        if self.in_story {
            return Some(words(cell.span, &cell.text));
        }
        self.diagnostics.error(syntax::bad_cell(cell.span, "a value", "$total * 2"));
        None
    }

    fn cell_rules(&mut self, cell: &Cell) -> Option<Vec<ValidationRule>> {
        let Some(tree) = self.cell_tree(cell, Rule::rules_cell) else {
            self.diagnostics.error(syntax::bad_cell(cell.span, "a list of rules", "required, at least 1"));
            return None;
        };
        let rules: Vec<_> = tree.children().filter(|child| child.rule() == Rule::validation_rule).collect();
        Some(rules.iter().filter_map(|rule| self.rule(rule)).collect())
    }

    fn rule(&mut self, tree: &Tree<'_>) -> Option<ValidationRule> {
        let inner = tree.first()?;
        let kind = match inner.rule() {
            Rule::one_of => {
                let options: Vec<_> = inner.children().filter(|child| child.rule() == Rule::option).collect();
                RuleKind::OneOf(options.iter().filter_map(|option| self.option(option)).collect())
            }
            Rule::custom_rule => {
                RuleKind::Custom { text: self.free_text(&inner), almost: super::almost_rule::meant(inner.text()) }
            }
            _ => self.built_in_rule(&inner.first()?)?,
        };
        Some(ValidationRule { span: inner.span(), kind })
    }

    fn option(&mut self, tree: &Tree<'_>) -> Option<Expression> {
        let inner = tree.first()?;
        Some(match inner.rule() {
            Rule::literal_option => self.factor(&inner),
            _ => words(inner.span(), inner.text()),
        })
    }

    fn built_in_rule(&mut self, tree: &Tree<'_>) -> Option<RuleKind> {
        let mut bounds = Vec::new();
        for part in tree.children() {
            match part.rule() {
                Rule::bound => bounds.push(self.factor(&part)),
                Rule::number => bounds.push(self.expression(&part)),
                _ => {}
            }
        }
        let mut bounds = bounds.into_iter();
        Some(match tree.rule() {
            Rule::required => RuleKind::Required,
            Rule::optional => RuleKind::Optional,
            Rule::bail => RuleKind::Bail,
            Rule::secret => RuleKind::Secret,
            Rule::valid_email => RuleKind::ValidEmail,
            Rule::valid_uuid => RuleKind::ValidUuid,
            Rule::valid_url => RuleKind::ValidUrl,
            Rule::greater_than => RuleKind::GreaterThan(bounds.next()?),
            Rule::less_than => RuleKind::LessThan(bounds.next()?),
            Rule::at_least => RuleKind::AtLeast(bounds.next()?),
            Rule::at_most => RuleKind::AtMost(bounds.next()?),
            Rule::between_rule => RuleKind::Between { low: bounds.next()?, high: bounds.next()? },
            Rule::min_characters => RuleKind::MinCharacters(bounds.next()?),
            Rule::max_characters => RuleKind::MaxCharacters(bounds.next()?),
            _ => RuleKind::Type(self.type_expression(tree)?),
        })
    }

    /// The type in a tree that has one.
    pub(super) fn type_in(&mut self, tree: &Tree<'_>) -> Option<TypeExpression> {
        tree.find(Rule::type_expression).and_then(|found| self.type_expression(&found))
    }

    /// A type from the parts of `type_expression` or `built_in_type`.
    fn type_expression(&mut self, tree: &Tree<'_>) -> Option<TypeExpression> {
        let mut outer = Vec::new();
        let mut inner = None;
        for part in tree.children() {
            let span = part.span();
            match part.rule() {
                Rule::array_of => outer.push(span),
                Rule::array_word => inner = Some(TypeExpression { span, kind: TypeKind::Array(None) }),
                _ => inner = Some(TypeExpression { span, kind: self.type_kind(&part) }),
            }
        }
        if outer.len() > MAX_DEPTH {
            self.diagnostics.error(source::too_deep(tree.span(), MAX_DEPTH));
            return None;
        }
        outer.into_iter().rev().fold(inner, |inner, span| {
            inner
                .map(|inner| TypeExpression { span: span.to(inner.span), kind: TypeKind::Array(Some(Box::new(inner))) })
        })
    }

    fn type_kind(&mut self, tree: &Tree<'_>) -> TypeKind {
        match tree.text() {
            "string" => TypeKind::String,
            "number" => TypeKind::Number,
            "integer" => TypeKind::Integer,
            "boolean" => TypeKind::Boolean,
            "time" => TypeKind::Time,
            "duration" => TypeKind::Duration,
            "object" => TypeKind::Object,
            _ => TypeKind::Record(self.name(tree)),
        }
    }
}

/// Words as a value.
pub(super) fn words(span: Span, text: &str) -> Expression {
    Expression { span, kind: ExpressionKind::Words(Text { span, text: text.to_owned() }) }
}

fn span_of(rows: &[Line]) -> Option<Span> {
    Some(rows.first()?.span.to(rows.last()?.span))
}

/// The places of the `|` that separate cells: not escaped, not inside a quoted text.
fn separators(text: &str) -> Vec<usize> {
    let mut marks = Vec::new();
    let mut escaped = false;
    for (at, character) in super::reader::unquoted_characters(text) {
        if character == '|' && !escaped {
            marks.push(at);
        }
        escaped = character == '\\' && !escaped;
    }
    marks
}

fn is_built_in_type(text: &str) -> bool {
    let first = text.split([' ', '\t']).next().unwrap_or_default();
    built_in::TYPES.contains(&text) || first == built_in::ARRAY
}

fn is_plain_word(cell: &Cell) -> bool {
    cell.text.starts_with(|first: char| first.is_ascii_lowercase())
        && cell.text.chars().all(|other| other.is_ascii_lowercase() || other.is_ascii_digit() || other == '_')
        && !matches!(cell.text.as_str(), "true" | "false" | "null" | "empty" | "now")
}
