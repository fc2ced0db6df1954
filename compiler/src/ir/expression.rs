//! Expressions and conditions.

use super::{Event, FieldId, Machine, OriginId, SentenceId, StateId, Type, VariableId};
use serde::Serialize;

/// A typed expression.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expression {
    /// The type of its value.
    pub ty: Type,
    /// What it is.
    pub kind: ExpressionKind,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ExpressionKind {
    /// Text.
    Text(String),
    /// A number, as normalized decimal text; the expression's type says whether `Number` or `Integer`.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`: no value. The type is that of the place it stands in.
    Null,
    /// `empty`: the empty value of the expression's type (list, text, object).
    Empty,
    /// `now`: the time of the turn.
    Now,
    /// `uuid()`: a fresh one each time.
    Uuid,
    /// `$<machine>_id`, where the flow does not assign it: the id of the instance, as text.
    InstanceId,
    /// `current_state`: the state's name without `#`, as the statements so far have left it.
    CurrentState,
    /// `[a, b]`
    List(Vec<Expression>),
    /// `{ key: value }`: of type `Object`, `Json` or a record.
    Object(Vec<(String, Expression)>),
    /// `30 seconds`, `$n hours`.
    Duration {
        /// How many; a number.
        amount: Box<Expression>,
        /// Of what.
        unit: TimeUnit,
    },
    /// A context variable, as the statements so far have left it.
    Context(VariableId),
    /// A field of the payload.
    Payload(FieldId),
    /// The context variable if the handler itself has assigned it, else the payload's field. What a handler assigns that
    /// it calls, or that it is called by, does not count.
    Latest {
        /// The variable.
        variable: VariableId,
        /// The field.
        field: FieldId,
    },
    /// `$x.name`; the value is a record, an object or json.
    Member(Box<Expression>, String),
    /// `-x`
    Negate(Box<Expression>),
    /// `a + b`
    Binary(BinaryOperator, Box<Expression>, Box<Expression>),
    /// A conversion that cannot fail: integer to number, anything to json, record to object.
    Widen(Box<Expression>),
    /// A conversion that is checked at run time and fails the turn: json to a type, number to integer, object to record.
    Narrow(Box<Expression>),
}

impl Expression {
    /// As a handler of this event writes the value, for messages.
    #[must_use]
    pub fn spelled(&self, machine: &Machine, event: &Event) -> String {
        match &self.kind {
            ExpressionKind::Context(variable) | ExpressionKind::Latest { variable, .. } => {
                format!("${}", machine.variable(*variable).name)
            }
            ExpressionKind::Payload(field) => format!("${}", event.fields[field.index()].name),
            ExpressionKind::Member(of, name) => format!("{}.{name}", of.spelled(machine, event)),
            ExpressionKind::Widen(of) | ExpressionKind::Narrow(of) => of.spelled(machine, event),
            ExpressionKind::Null => "null".to_owned(),
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Empty
            | ExpressionKind::Now
            | ExpressionKind::Uuid
            | ExpressionKind::InstanceId
            | ExpressionKind::CurrentState
            | ExpressionKind::List(_)
            | ExpressionKind::Object(_)
            | ExpressionKind::Duration { .. }
            | ExpressionKind::Negate(_)
            | ExpressionKind::Binary(..) => "the value".to_owned(),
        }
    }
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TimeUnit {
    /// A thousandth of a second.
    Millisecond,
    /// A second.
    Second,
    /// Sixty seconds.
    Minute,
    /// Sixty minutes.
    Hour,
    /// Twenty-four hours.
    Day,
}

impl TimeUnit {
    /// How many microseconds it is.
    #[must_use]
    pub fn micros(self) -> i64 {
        match self {
            Self::Millisecond => 1_000,
            Self::Second => 1_000_000,
            Self::Minute => 60_000_000,
            Self::Hour => 3_600_000_000,
            Self::Day => 86_400_000_000,
        }
    }
}

/// An arithmetic operator. Both sides are numbers, or integers (not divided by), or a time and a duration, or durations, or
/// two times (minus), or a duration and a number (times, divided by), or texts (plus). Integers give an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// A condition. Built-in ones are total: a comparison with an unset value is false.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Condition {
    /// The instance is in one of the states, as the statements so far have left it.
    InState {
        /// The states.
        states: Vec<StateId>,
        /// `is not in`
        negated: bool,
    },
    /// A comparison; both sides have one type.
    Compare {
        /// Which.
        operator: Comparison,
        /// The left side.
        left: Expression,
        /// The right side.
        right: Expression,
    },
    /// `is between A and B`, both included.
    Between {
        /// The value.
        value: Expression,
        /// The lower bound.
        low: Expression,
        /// The upper bound.
        high: Expression,
    },
    /// `contains`: an element of a list, a part of a text.
    Contains {
        /// The list or text.
        container: Expression,
        /// What is looked for.
        item: Expression,
        /// `does not contain`; of an unset container, both are false.
        negated: bool,
    },
    /// `is empty`, `is null`: unset, or without content.
    IsEmpty {
        /// The value.
        value: Expression,
        /// `is not empty`
        negated: bool,
    },
    /// `exists`: set.
    Exists {
        /// The value.
        value: Expression,
        /// `does not exist`
        negated: bool,
    },
    /// A boolean value; unset is false.
    Holds(Expression),
    /// A free text.
    Sentence(SentenceCall),
    /// One of the guards of an arm, which is a line of its own.
    Guard {
        /// The line.
        origin: OriginId,
        /// What it asks.
        condition: Box<Condition>,
    },
    /// The opposite.
    Not(Box<Condition>),
    /// All hold; they are asked in order, up to the first that does not.
    All(Vec<Condition>),
    /// One holds; they are asked in order, up to the first that does.
    Any(Vec<Condition>),
}

/// A call of the code behind a sentence, in a handler.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SentenceCall {
    /// Which.
    pub sentence: SentenceId,
    /// Its arguments; an unset one fails the turn.
    pub arguments: Vec<Expression>,
    /// The line of its text.
    pub origin: OriginId,
    /// Where in the machine, as the structure of the flow gives it: the event, the sentence's name and which of its calls
    /// in the handler this is. `checkout/charge_to_card/1`. Lines may move without changing it.
    pub place: String,
}

/// A comparison operator. `is after` is `Greater`, `is before` is `Less`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Comparison {
    /// `equals`, `is`, `==`
    Equal,
    /// `is not`, `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}
