//! Values, arithmetic, comparisons and tests, with the precedence already applied.

use serde::Serialize;

use super::{Name, Text, normal_number};
use crate::source::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expression {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExpressionKind,
}

/// `$order.total`, `order.total`: a variable or word and the fields behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Path {
    /// Everything, the sigil included.
    pub span: Span,
    /// The variable or word.
    pub root: Name,
    /// The fields, outermost first.
    pub fields: Vec<Name>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ExpressionKind {
    /// `"text"`, escapes resolved.
    Text(String),
    /// A decimal as written: digits, perhaps a point and digits; no sign.
    Number(String),
    /// `true`, `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `empty`.
    Empty,
    /// `["a", "b"]`.
    Array(Vec<Expression>),
    /// `{ key: value, … }`.
    Object(Vec<Entry>),
    /// `now`, `now()`.
    Now,
    /// `uuid()`.
    Uuid,
    /// `30 seconds`, `$n seconds`.
    Duration {
        /// How many.
        amount: Box<Expression>,
        /// Of what.
        unit: TimeUnit,
    },
    /// `$total`, `$order.total`.
    Variable(Path),
    /// A bare word, perhaps with fields: `current_state`, `total`, `reply.id`. In a value it is a known variable; in
    /// `given:` and test tables it is a string, and may be any word, `Vienna` too.
    Word(Path),
    /// Several bare words as a value, only in `given:` and test files, where they are a string.
    Words(Text),
    /// `@customer.email`, only in `given:`, `expect:` and test files.
    Actor(Path),
    /// `-$total`.
    Negative(Box<Expression>),
    /// `$a + $b`.
    Arithmetic {
        /// The left side.
        left: Box<Expression>,
        /// The operator.
        operator: ArithmeticOperator,
        /// The right side.
        right: Box<Expression>,
    },
    /// `$a is greater than $b`, `$a > $b`.
    Comparison {
        /// The left side.
        left: Box<Expression>,
        /// The operator.
        operator: ComparisonOperator,
        /// Whether the operator was written as a mark (`>`), beside which a bare word is a variable.
        symbol: bool,
        /// The right side.
        right: Box<Expression>,
    },
    /// `$a is [not] between 1 and 5`.
    Between {
        /// The value.
        value: Box<Expression>,
        /// The lower bound, included.
        low: Box<Expression>,
        /// The upper bound, included.
        high: Box<Expression>,
        /// Whether `not` stands before `between`.
        negated: bool,
    },
    /// `$a is empty`, `$a exists`.
    Postfix {
        /// The value.
        value: Box<Expression>,
        /// The test.
        test: PostfixTest,
    },
    /// `not $paid`.
    Not(Box<Expression>),
    /// `$a and $b`: two or more.
    And(Vec<Expression>),
    /// `$a or $b`: two or more.
    Or(Vec<Expression>),
    /// `( … )`, kept because the author wrote it.
    Parentheses(Box<Expression>),
}

/// `key: value` of an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// The key; it may have been written as a quoted string, then it may be any text.
    pub key: Name,
    /// The value.
    pub value: Expression,
}

/// The units of durations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TimeUnit {
    /// `ms`
    Milliseconds,
    /// `second`, `seconds`
    Seconds,
    /// `minute`, `minutes`
    Minutes,
    /// `hour`, `hours`
    Hours,
    /// `day`, `days`
    Days,
}

impl TimeUnit {
    /// The unit of this name.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "ms" => Self::Milliseconds,
            "second" | "seconds" => Self::Seconds,
            "minute" | "minutes" => Self::Minutes,
            "hour" | "hours" => Self::Hours,
            "day" | "days" => Self::Days,
            _ => return None,
        })
    }
}

/// `+ - * /`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ArithmeticOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// Operators between two values that give a truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ComparisonOperator {
    /// `equals`, `is`, `==`
    Equals,
    /// `is not`, `does not equal`, `!=`
    NotEquals,
    /// `is greater than`, `is not at most`, `>`
    Greater,
    /// `is less than`, `is not at least`, `<`
    Less,
    /// `is at least`, `is not less than`, `>=`
    AtLeast,
    /// `is at most`, `is not greater than`, `<=`
    AtMost,
    /// `contains`
    Contains,
    /// `does not contain`
    NotContains,
    /// `is after`
    After,
    /// `is before`
    Before,
    /// `is not after`
    NotAfter,
    /// `is not before`
    NotBefore,
}

impl ComparisonOperator {
    /// Whether it asks for equality or for its opposite; none if it asks for something else.
    pub(crate) fn equality(self) -> Option<bool> {
        match self {
            Self::Equals => Some(true),
            Self::NotEquals => Some(false),
            Self::Greater
            | Self::Less
            | Self::AtLeast
            | Self::AtMost
            | Self::Contains
            | Self::NotContains
            | Self::After
            | Self::Before
            | Self::NotAfter
            | Self::NotBefore => None,
        }
    }
}

/// Tests of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PostfixTest {
    /// `is empty`
    Empty,
    /// `is not empty`
    NotEmpty,
    /// `exists`
    Exists,
    /// `does not exist`
    NotExists,
}

impl Expression {
    /// Whether it is a zero that is written out, whatever stands around it.
    pub(crate) fn is_zero(&self) -> bool {
        if let ExpressionKind::Negative(inner) | ExpressionKind::Parentheses(inner) = &self.kind {
            return inner.is_zero();
        }
        matches!(&self.kind, ExpressionKind::Number(text) if normal_number(text).is_some_and(|number| number == "0"))
    }

    /// What `2024-01-01` gives as the subtraction that it is, if it looks like a day.
    pub(crate) fn as_day(&self) -> Option<i32> {
        let (before, day) = self.subtracted()?;
        let (year, month) = before.subtracted()?;
        let part = |part: &Self, digits: usize| {
            let ExpressionKind::Number(text) = &part.kind else { return None };
            if text.len() == digits { text.parse::<i32>().ok() } else { None }
        };
        let (year, month, day) = (part(year, 4)?, part(month, 2)?, part(day, 2)?);
        ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(year - month - day)
    }

    fn subtracted(&self) -> Option<(&Self, &Self)> {
        let ExpressionKind::Arithmetic { left, operator: ArithmeticOperator::Subtract, right } = &self.kind else {
            return None;
        };
        Some((left, right))
    }

    /// Calls `visit` with this expression and every one inside it, outermost first, in written order.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match &self.kind {
            ExpressionKind::Array(items) | ExpressionKind::And(items) | ExpressionKind::Or(items) => {
                items.iter().for_each(|item| item.walk(visit));
            }
            ExpressionKind::Object(entries) => entries.iter().for_each(|entry| entry.value.walk(visit)),
            ExpressionKind::Duration { amount: inner, unit: _ }
            | ExpressionKind::Negative(inner)
            | ExpressionKind::Postfix { value: inner, test: _ }
            | ExpressionKind::Not(inner)
            | ExpressionKind::Parentheses(inner) => inner.walk(visit),
            ExpressionKind::Arithmetic { left, operator: _, right }
            | ExpressionKind::Comparison { left, operator: _, symbol: _, right } => {
                left.walk(visit);
                right.walk(visit);
            }
            ExpressionKind::Between { value, low, high, negated: _ } => {
                value.walk(visit);
                low.walk(visit);
                high.walk(visit);
            }
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Null
            | ExpressionKind::Empty
            | ExpressionKind::Now
            | ExpressionKind::Uuid
            | ExpressionKind::Variable(_)
            | ExpressionKind::Word(_)
            | ExpressionKind::Words(_)
            | ExpressionKind::Actor(_) => {}
        }
    }
}
