//! `.test.flow` files: variations of the scenarios that the flows tell.

use serde::Serialize;

use super::{Assertion, ComparisonOperator, DataTable, Expression, FreeText, GivenEntry, Name, Payload, Text};
use crate::source::Span;

/// A `.test.flow` file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestFile {
    /// Its suites in order.
    pub suites: Vec<Suite>,
}

/// `test: @order` / `test: system NAME` and everything up to the next
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suite {
    /// The `test:` line.
    pub span: Span,
    /// What is tested.
    pub subject: SuiteSubject,
    /// The scenarios that are varied.
    pub scenarios: Vec<ForScenario>,
}

/// What a suite tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum SuiteSubject {
    /// `@order`
    Machine(Name),
    /// `system NAME`
    System(Text),
}

/// `for scenario: checkout`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForScenario {
    /// The line.
    pub span: Span,
    /// The scenario's title.
    pub title: Text,
    /// What stands under it.
    pub items: Vec<SuiteItem>,
}

/// What stands under `for scenario:`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum SuiteItem {
    /// Variations of one event.
    Event(ForEvent),
    /// A path of its own.
    Case(Case),
}

/// `for :checkout:` / `for :checkout to @order:`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForEvent {
    /// The line.
    pub span: Span,
    /// The event.
    pub event: Name,
    /// The machine that gets it, in a system's test.
    pub to: Option<Name>,
    /// The cases.
    pub cases: Vec<Case>,
}

/// `empty cart is refused:` and its lines
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// The title's line.
    pub span: Span,
    /// The title.
    pub title: Text,
    /// What stands in it, in order.
    pub items: Vec<CaseItem>,
}

/// One item of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum CaseItem {
    /// `with …:`
    With(WithSection),
    /// `assume:`
    Assume {
        /// The line.
        span: Span,
        /// What is assumed.
        assumptions: Vec<Assumption>,
    },
    /// `observe:`
    Observe {
        /// The line.
        span: Span,
        /// What is observed.
        observed: Vec<Observed>,
    },
    /// `after`, `receive`, `then`
    Step(Step),
    /// `= …`
    Assertion(Assertion),
}

/// `with scenario:` | `with given:` | `with event:` | `with context:`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WithSection {
    /// The line.
    pub span: Span,
    /// What differs.
    pub kind: WithSectionKind,
    /// The differences.
    pub overrides: Vec<Override>,
}

/// What a `with …:` section changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum WithSectionKind {
    /// The scenario's `given:`.
    Scenario,
    /// The event's `given:`.
    Given,
    /// The event's payload.
    Event,
    /// The context.
    Context,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Override {
    /// The line.
    pub span: Span,
    /// What differs.
    pub kind: OverrideKind,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum OverrideKind {
    /// `total: 5`, `items: [{…}]`, `total is 5` (a field or variable written without its `$`)
    Field {
        /// The field or variable.
        field: Name,
        /// Its value.
        value: Expression,
        /// The whole line, if it was written with `is`: it is free text where there is no such field.
        text: Option<FreeText>,
    },
    /// `| field | value |` rows directly under the section
    Table(DataTable),
    /// Anything that a `given:` may say.
    Given(Box<GivenEntry>),
}

/// One line of `assume:`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assumption {
    /// The line.
    pub span: Span,
    /// What it assumes.
    pub kind: AssumptionKind,
}

/// What is assumed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum AssumptionKind {
    /// `? guard = true`
    Guard {
        /// The machine in front: `@payment.card is valid`.
        machine: Option<Name>,
        /// The guard. `{any}` stands for any parameter, `*` alone for every guard.
        guard: FreeText,
        /// Only with these arguments: `with { amount: > 10000 }`.
        arguments: Vec<ArgumentPattern>,
        /// What it says.
        truth: AssumedTruth,
    },
    /// `action = success`, `action returns {…}`, …
    Action {
        /// The machine in front: `@payment.charge card`.
        machine: Option<Name>,
        /// The action. `{any}` stands for any parameter, `*` alone for every action.
        action: FreeText,
        /// Only with these arguments: `with { amount: > 10000 }`.
        arguments: Vec<ArgumentPattern>,
        /// What it does.
        outcome: AssumedOutcome,
    },
    /// `in :event` and its block
    In {
        /// The event.
        event: Name,
        /// What is assumed while it is handled.
        assumptions: Vec<Assumption>,
    },
}

/// What a guard is assumed to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AssumedTruth {
    /// `true`
    True,
    /// `false`
    False,
    /// `{any}` or `*`: both are tried.
    Any,
}

/// What an action is assumed to do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum AssumedOutcome {
    /// `= success`
    Success,
    /// `returns VALUE`
    Returns(Expression),
    /// `throws VALUE`
    Throws(Expression),
    /// `triggers :event [with …]`
    Triggers {
        /// The event.
        event: Name,
        /// What it carries.
        payload: Option<Payload>,
    },
}

/// `amount: > 10000`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArgumentPattern {
    /// Where it stands.
    pub span: Span,
    /// The argument.
    pub argument: Name,
    /// How it compares; `{any}` and `*` give none.
    pub comparison: Option<(ComparisonOperator, Expression)>,
}

/// One line of `observe:`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Observed {
    /// The line.
    pub span: Span,
    /// The machine in front.
    pub machine: Option<Name>,
    /// The action.
    pub action: FreeText,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The line.
    pub span: Span,
    /// What it does.
    pub kind: StepKind,
    /// The event.
    pub event: Name,
    /// From whom.
    pub from: Option<Name>,
    /// To which machine, in a system's test.
    pub to: Option<Name>,
    /// What it carries.
    pub payload: Option<Payload>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum StepKind {
    /// `after :e`: run the scenario up to and including it.
    After,
    /// `receive :e from @a`
    Receive,
    /// `then :e from @a`
    Then,
}
