//! Expressions and conditions from their parse trees.

use super::line::Tree;
use super::reader::Reader;
use crate::ast::{
    ArithmeticOperator, ComparisonOperator, Condition, ConditionPart, Connective, ConnectiveKind, Entry, Expression,
    ExpressionKind, FreeText, Name, PostfixTest, Reading, StateTest, Text, TimeUnit,
};
use crate::built_in;
use crate::catalog::{source, syntax};
use crate::grammar::Rule;
use crate::source::Span;

/// How many operands `+ - * /` may chain: the tree of a chain is as deep as the chain is long.
const MAX_OPERANDS: usize = 128;

impl Reader<'_> {
    /// The expression of a tree of any rule of the expression grammar.
    pub(super) fn expression(&mut self, tree: &Tree<'_>) -> Expression {
        let kind = match tree.rule() {
            Rule::expression => return self.flat(tree, Rule::or, ExpressionKind::Or),
            Rule::conjunction => return self.flat(tree, Rule::and, ExpressionKind::And),
            Rule::negation => return self.negation(tree),
            Rule::comparison => return self.comparison(tree),
            Rule::sum | Rule::product => return self.chain(tree),
            Rule::factor => return self.factor(tree),
            Rule::string => ExpressionKind::Text(self.quoted(tree).text),
            Rule::number => ExpressionKind::Number(tree.text().to_owned()),
            Rule::true_word => ExpressionKind::Boolean(true),
            Rule::false_word => ExpressionKind::Boolean(false),
            Rule::null => ExpressionKind::Null,
            Rule::empty => ExpressionKind::Empty,
            Rule::array => ExpressionKind::Array(self.items(tree)),
            Rule::object => ExpressionKind::Object(self.entries(tree)),
            Rule::now_call => ExpressionKind::Now,
            Rule::uuid_call => ExpressionKind::Uuid,
            Rule::variable_path => ExpressionKind::Variable(self.path(tree)),
            Rule::word_path => ExpressionKind::Word(self.word_path(tree)),
            Rule::actor_path => {
                if !self.in_story {
                    self.diagnostics.error(syntax::actor_as_value(tree.span()));
                }
                ExpressionKind::Actor(self.path(tree))
            }
            Rule::parentheses => ExpressionKind::Parentheses(Box::new(self.only(tree, Rule::expression))),
            _ => ExpressionKind::Words(self.text(tree)),
        };
        Expression { span: tree.span(), kind }
    }

    /// The value of `given:` and tests: an expression or words.
    pub(super) fn value(&mut self, tree: &Tree<'_>) -> Expression {
        match tree.first() {
            Some(inner) => self.expression(&inner),
            None => Expression { span: tree.span(), kind: ExpressionKind::Words(self.text(tree)) },
        }
    }

    /// The expression in the part that matched `rule`, which the grammar always has.
    pub(super) fn only(&mut self, tree: &Tree<'_>, rule: Rule) -> Expression {
        match tree.find(rule) {
            Some(found) => self.expression(&found),
            None => Expression { span: tree.span(), kind: ExpressionKind::Null },
        }
    }

    fn items(&mut self, tree: &Tree<'_>) -> Vec<Expression> {
        let items: Vec<_> = tree.children().filter(|child| child.rule() == Rule::expression).collect();
        items.iter().map(|item| self.expression(item)).collect()
    }

    fn entries(&mut self, tree: &Tree<'_>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for entry in tree.children().filter(|child| child.rule() == Rule::entry) {
            let key = match entry.find(Rule::string) {
                Some(quoted) => {
                    let Text { span, text } = self.quoted(&quoted);
                    Name { span, text }
                }
                None => match self.name_in(&entry, Rule::name) {
                    Some(name) => name,
                    None => continue,
                },
            };
            entries.push(Entry { key, value: self.only(&entry, Rule::expression) });
        }
        entries
    }

    /// `a or b or c`: the operands of one connective, or the only one.
    fn flat(&mut self, tree: &Tree<'_>, connective: Rule, make: fn(Vec<Expression>) -> ExpressionKind) -> Expression {
        let operands: Vec<_> = tree.children().filter(|child| child.rule() != connective).collect();
        let mut operands: Vec<Expression> = operands.iter().map(|operand| self.expression(operand)).collect();
        match (operands.len(), operands.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                operands.extend(last);
                Expression { span: tree.span(), kind: make(operands) }
            }
        }
    }

    fn negation(&mut self, tree: &Tree<'_>) -> Expression {
        let inner = self.only(tree, Rule::comparison);
        if tree.has(Rule::not) {
            Expression { span: tree.span(), kind: ExpressionKind::Not(Box::new(inner)) }
        } else {
            inner
        }
    }

    pub(super) fn comparison(&mut self, tree: &Tree<'_>) -> Expression {
        let mut parts = tree.children();
        let Some(left) = parts.next() else {
            return Expression { span: tree.span(), kind: ExpressionKind::Null };
        };
        let left = self.expression(&left);
        let Some(tail) = parts.next() else { return left };
        let value = Box::new(left);
        let kind = match tail.rule() {
            Rule::postfix_test => ExpressionKind::Postfix { value, test: postfix_test(&tail) },
            Rule::between_tail => {
                let bounds: Vec<_> = tail.children().filter(|child| child.rule() == Rule::sum).collect();
                match bounds.as_slice() {
                    [low, high, ..] => ExpressionKind::Between {
                        value,
                        low: Box::new(self.expression(low)),
                        high: Box::new(self.expression(high)),
                        negated: tail.has(Rule::not),
                    },
                    [] | [_] => return *value,
                }
            }
            _ => {
                let (operator, symbol) = comparison_operator(&tail);
                let Some(right) = parts.next() else { return *value };
                ExpressionKind::Comparison { left: value, operator, symbol, right: Box::new(self.expression(&right)) }
            }
        };
        Expression { span: tree.span(), kind }
    }

    /// `a + b - c`, from the left.
    fn chain(&mut self, tree: &Tree<'_>) -> Expression {
        let parts: Vec<_> = tree.children().collect();
        if parts.len() > 2 * MAX_OPERANDS {
            self.diagnostics.error(source::too_deep(tree.span(), MAX_OPERANDS));
            return Expression { span: tree.span(), kind: ExpressionKind::Null };
        }
        let mut parts = parts.into_iter();
        let mut left = match parts.next() {
            Some(first) => self.expression(&first),
            None => return Expression { span: tree.span(), kind: ExpressionKind::Null },
        };
        while let (Some(mark), Some(right)) = (parts.next(), parts.next()) {
            let operator = match mark.rule() {
                Rule::plus => ArithmeticOperator::Add,
                Rule::minus => ArithmeticOperator::Subtract,
                Rule::multiply => ArithmeticOperator::Multiply,
                _ => ArithmeticOperator::Divide,
            };
            let right = self.expression(&right);
            let span = left.span.to(right.span);
            let kind = ExpressionKind::Arithmetic { left: Box::new(left), operator, right: Box::new(right) };
            left = Expression { span, kind };
        }
        left
    }

    /// `-5 minutes`; also the bound of a validation rule and the literal of `one of`, which have the same parts.
    pub(super) fn factor(&mut self, tree: &Tree<'_>) -> Expression {
        let mut negative = false;
        let mut value = None;
        for part in tree.children() {
            match part.rule() {
                Rule::minus => negative = true,
                Rule::unit => {
                    value = value.map(|amount: Expression| Expression {
                        span: amount.span.to(part.span()),
                        kind: ExpressionKind::Duration {
                            amount: Box::new(amount),
                            unit: TimeUnit::of_word(part.text()).expect("the grammar takes no other word for a unit"),
                        },
                    });
                }
                _ => value = Some(self.expression(&part)),
            }
        }
        let value = value.unwrap_or(Expression { span: tree.span(), kind: ExpressionKind::Null });
        if negative { Expression { span: tree.span(), kind: ExpressionKind::Negative(Box::new(value)) } } else { value }
    }

    /// The condition of a tree of the rule `condition`.
    pub(super) fn condition(&mut self, tree: &Tree<'_>) -> Condition {
        let mut parts = Vec::new();
        let mut connectives = Vec::new();
        for child in tree.children() {
            let kind = match child.rule() {
                Rule::and => ConnectiveKind::And,
                Rule::or => ConnectiveKind::Or,
                _ => {
                    parts.push(self.condition_part(&child));
                    continue;
                }
            };
            connectives.push(Connective { span: child.span(), kind });
        }
        if !self.in_story {
            self.note_almost_comparisons(tree, &mut parts);
        }
        Condition { span: tree.span(), parts, connectives }
    }

    fn condition_part(&mut self, tree: &Tree<'_>) -> ConditionPart {
        let negated = tree.find(Rule::not).map(|not| not.span());
        let (text, reading) = match tree.find(Rule::reading) {
            Some(found) => {
                let text = self.free_text_at(found.span().start as usize, found.text());
                let reading = found.first().map(|inner| match inner.rule() {
                    Rule::state_test => Reading::State(self.state_test(&inner)),
                    _ => Reading::Expression(self.comparison(&inner)),
                });
                (text, reading)
            }
            None => (self.free_text_in(tree, Rule::loose), None),
        };
        let mut if_known = Vec::new();
        if let Some(Reading::Expression(expression)) = &reading {
            uncertain_words(expression, &mut if_known);
        }
        let part = ConditionPart { span: tree.span(), negated, text, reading, if_known, almost: None };
        if !self.in_story {
            for path in part.bare_variables() {
                self.diagnostics.warning(syntax::bare_variable(path.root.span, &path.root.text));
            }
        }
        part
    }

    pub(super) fn state_test(&mut self, tree: &Tree<'_>) -> StateTest {
        StateTest {
            span: tree.span(),
            subject: self.free_text_in(tree, Rule::state_subject),
            negated: tree.has(Rule::not),
            states: self.state_list(tree),
        }
    }

    /// The states of the `state_list` in a tree.
    pub(super) fn state_list(&mut self, tree: &Tree<'_>) -> Vec<Name> {
        tree.find(Rule::state_list).map(|list| self.names_in(&list, Rule::state)).unwrap_or_default()
    }
}

/// The bare words that are variables only if they are known: all but those beside a comparison mark, and the words that
/// the language gives.
pub(super) fn uncertain_words(expression: &Expression, words: &mut Vec<Name>) {
    if let ExpressionKind::Comparison { symbol: true, .. } = expression.kind {
        return;
    }
    match &expression.kind {
        ExpressionKind::Word(path) => {
            if !built_in::is_value_of_assertions(&path.root.text) {
                words.push(path.root.clone());
            }
        }
        ExpressionKind::Comparison { left, right, .. } | ExpressionKind::Arithmetic { left, right, .. } => {
            uncertain_words(left, words);
            uncertain_words(right, words);
        }
        ExpressionKind::Between { value, low, high, negated: _ } => {
            [value, low, high].into_iter().for_each(|part| uncertain_words(part, words));
        }
        ExpressionKind::And(parts) | ExpressionKind::Or(parts) | ExpressionKind::Array(parts) => {
            parts.iter().for_each(|part| uncertain_words(part, words));
        }
        ExpressionKind::Object(entries) => entries.iter().for_each(|entry| uncertain_words(&entry.value, words)),
        ExpressionKind::Duration { amount: inner, .. }
        | ExpressionKind::Negative(inner)
        | ExpressionKind::Postfix { value: inner, .. }
        | ExpressionKind::Not(inner)
        | ExpressionKind::Parentheses(inner) => uncertain_words(inner, words),
        ExpressionKind::Text(_)
        | ExpressionKind::Number(_)
        | ExpressionKind::Boolean(_)
        | ExpressionKind::Null
        | ExpressionKind::Empty
        | ExpressionKind::Now
        | ExpressionKind::Uuid
        | ExpressionKind::Variable(_)
        | ExpressionKind::Words(_)
        | ExpressionKind::Actor(_) => {}
    }
}

fn postfix_test(tree: &Tree<'_>) -> PostfixTest {
    match tree.first().map(|test| test.rule()) {
        Some(Rule::is_not_empty) => PostfixTest::NotEmpty,
        Some(Rule::exists) => PostfixTest::Exists,
        Some(Rule::does_not_exist) => PostfixTest::NotExists,
        _ => PostfixTest::Empty,
    }
}

/// The operator, and whether it is a mark. `is not at least` is `is less than`: of an unset value both are false.
pub(super) fn comparison_operator(tree: &Tree<'_>) -> (ComparisonOperator, bool) {
    match tree.first().map(|operator| operator.rule()) {
        Some(Rule::is_greater_than) => (ComparisonOperator::Greater, false),
        Some(Rule::is_less_than) => (ComparisonOperator::Less, false),
        Some(Rule::is_at_least) => (ComparisonOperator::AtLeast, false),
        Some(Rule::is_at_most) => (ComparisonOperator::AtMost, false),
        Some(Rule::is_after) => (ComparisonOperator::After, false),
        Some(Rule::is_before) => (ComparisonOperator::Before, false),
        Some(Rule::is_not_greater_than) => (ComparisonOperator::AtMost, false),
        Some(Rule::is_not_less_than) => (ComparisonOperator::AtLeast, false),
        Some(Rule::is_not_at_least) => (ComparisonOperator::Less, false),
        Some(Rule::is_not_at_most) => (ComparisonOperator::Greater, false),
        Some(Rule::is_not_after) => (ComparisonOperator::NotAfter, false),
        Some(Rule::is_not_before) => (ComparisonOperator::NotBefore, false),
        Some(Rule::is_not | Rule::does_not_equal) => (ComparisonOperator::NotEquals, false),
        Some(Rule::does_not_contain) => (ComparisonOperator::NotContains, false),
        Some(Rule::contains_word) => (ComparisonOperator::Contains, false),
        Some(Rule::at_least_mark) => (ComparisonOperator::AtLeast, true),
        Some(Rule::at_most_mark) => (ComparisonOperator::AtMost, true),
        Some(Rule::equals_mark) => (ComparisonOperator::Equals, true),
        Some(Rule::not_equals_mark) => (ComparisonOperator::NotEquals, true),
        Some(Rule::greater_mark) => (ComparisonOperator::Greater, true),
        Some(Rule::less_mark) => (ComparisonOperator::Less, true),
        _ => (ComparisonOperator::Equals, false),
    }
}

/// An empty free text at a place.
pub(super) fn no_text(span: Span) -> FreeText {
    FreeText { span, pieces: Vec::new() }
}
