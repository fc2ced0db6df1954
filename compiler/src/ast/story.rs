//! `given:` and `expect:`: the world before a story and what must hold in it.

use serde::Serialize;

use super::{Condition, DataTable, Expression, FreeText, Name, Payload, StateTest, Text, TypeExpression};
use crate::source::Span;

/// `given:` and its entries
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Given {
    /// The `given:` line.
    pub span: Span,
    /// The entries in order.
    pub entries: Vec<GivenEntry>,
}

/// One line of a `given:`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GivenEntry {
    /// The line.
    pub span: Span,
    /// What it says.
    pub kind: GivenKind,
    /// The whole line as free text (without a final `:`).
    pub text: FreeText,
    /// The table under it.
    pub table: Option<DataTable>,
}

impl GivenEntry {
    /// The name of the guard that the line means where the flow has it, though it reads as a value, too: `$amount is on the
    /// card`. A line with a type or a table gives a value whatever guards there are.
    pub(crate) fn guard_instead(&self) -> Option<String> {
        match (&self.kind, &self.table) {
            (GivenKind::Value { type_: None, .. }, None) => Some(self.text.method()),
            (
                GivenKind::Value { .. }
                | GivenKind::State(_)
                | GivenKind::LoggedIn { .. }
                | GivenKind::Empty { .. }
                | GivenKind::Data { .. }
                | GivenKind::Text,
                _,
            ) => None,
        }
    }
}

/// What a line of a `given:` says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum GivenKind {
    /// `order is in #pending`
    State(StateTest),
    /// `$total: number is 1225`
    Value {
        /// The variable.
        variable: Name,
        /// Its type.
        type_: Option<TypeExpression>,
        /// Its value.
        value: GivenValue,
    },
    /// `@customer is logged in [as "…"]`
    LoggedIn {
        /// The actor.
        actor: Name,
        /// Under which subject.
        subject: Option<Text>,
    },
    /// `cart is empty`
    Empty {
        /// What is empty.
        subject: FreeText,
    },
    /// `cart contains:` or any other text ending in `:`, with a table under it
    Data {
        /// The text without `contains` and the colon.
        subject: FreeText,
    },
    /// Anything else: a guard that is true, or scenery.
    Text,
}

/// What a variable is in a `given:`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum GivenValue {
    /// `is VALUE`. A bare word is a string, except the known times (`yesterday`).
    Is(Expression),
    /// `is calculated`: a sample.
    Calculated,
    /// `contains VALUE`
    Contains(Expression),
    /// `is empty`, or `does not exist`
    Empty,
    /// `is not empty`, or `exists`
    NotEmpty,
    /// A table under the line: `$items: array` / `$items contains:`
    Table,
}

/// `expect:` and its lines
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expect {
    /// The `expect:` line.
    pub span: Span,
    /// The lines in order.
    pub assertions: Vec<Assertion>,
}

/// `= …`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assertion {
    /// The line.
    pub span: Span,
    /// What it claims.
    pub kind: AssertionKind,
    /// The claim as free text, without a payload.
    pub text: FreeText,
}

/// What an assertion claims.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum AssertionKind {
    /// `order is in #s`, `has entered #s`, …
    State {
        /// Whose state; may be empty.
        subject: FreeText,
        /// What about it.
        claim: StateAssertion,
        /// The states; at least one.
        states: Vec<Name>,
    },
    /// `$items has 3 items`, `cart has items`
    Items {
        /// What has them.
        subject: FreeText,
        /// How many; at least one if not said.
        count: Option<Expression>,
    },
    /// `@a received :e`, `:e was emitted to @a`, …
    Event {
        /// The event.
        event: Name,
        /// Whether the event was written without its `:`; if there is no such event, the line is free text.
        bare: bool,
        /// To whom.
        to: Option<Name>,
        /// How it was said.
        wording: EventWording,
        /// Whether it must not have happened.
        negated: bool,
        /// What it must carry.
        payload: Option<Payload>,
    },
    /// `ACTION was called [with:]`, `ACTION was not called`
    Called {
        /// The machine in front of the action: `@payment.charge card was called`.
        machine: Option<Name>,
        /// The action.
        action: FreeText,
        /// Whether it must not have been called.
        negated: bool,
        /// With which arguments.
        payload: Option<Payload>,
    },
    /// `reply status is 201`
    ReplyStatus {
        /// The status.
        status: Expression,
        /// Whether it must be another one.
        negated: bool,
    },
    /// A comparison, a truth, or free text bound to code.
    Condition(Condition),
}

/// What is claimed about a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum StateAssertion {
    /// `is in`
    IsIn,
    /// `is not in`
    IsNotIn,
    /// `has entered`
    HasEntered,
    /// `has been in`
    HasBeenIn,
    /// `has never been in`
    HasNeverBeenIn,
}

/// How an event assertion was said; all mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum EventWording {
    /// `@a received :e`
    Received,
    /// `:e was emitted`
    Emitted,
    /// `:e was sent to @a`
    Sent,
}
