//! A file as its author wrote it: every construct with its span, every comment, every blank line.
//!
//! The tree is built from text alone. What only the names of a system can decide stays visible:
//!
//! - a bare word in an expression is an [`ExpressionKind::Word`];
//! - a part of a condition carries its free text *and* its built-in reading with the words that must be known variables
//!   for that reading to hold ([`Condition::tree`] decides, given the names);
//! - a row of a table whose second cell may be the name of a record type carries both readings
//!   ([`FieldRow::or_else`]);
//! - a custom action that would be a transition if its last word were a state says so ([`CustomAction::transition`]).
//!
//! Both surface generations give one tree; a node remembers the older spelling only where a lint or the formatter
//! needs it.

mod condition;
mod expression;
mod flow;
mod spelling;
mod statement;
mod story;
mod table;
mod test_file;

pub use self::condition::{
    AlmostComparison, Condition, ConditionPart, ConditionTree, Connective, ConnectiveKind, Reading, StateTest,
};
pub use self::expression::{
    ArithmeticOperator, ComparisonOperator, Entry, Expression, ExpressionKind, Path, PostfixTest, TimeUnit,
};
pub use self::flow::{
    Backoff, Declaration, Fact, FlowFile, FlowItem, Handler, Import, Imported, Machine, Modifier, ModifierKind,
    Outcome, Priority, Queue, QueueSetting, QueueSettingKind, QueueStrategy, RecordType, Response, Scenario,
    ScenarioItem, StateDeclaration, StateKey, StateKeyName, StateKeyValue, StateKind, StatesFile, SystemHeader, Uses,
};
pub(crate) use self::spelling::{MOST_DIGITS, normal_number};
pub use self::statement::{
    Argument, AssignedValue, BareTransition, Block, Cancel, Change, ChangeOperation, CustomAction, Emit, Guard,
    GuardArm, GuardChain, GuardTest, Payload, Promise, Reply, ReplyBody, Return, Schedule, SendCallback, StartTimer,
    Statement, Target, Transition, TransitionVerb,
};
pub use self::story::{
    Assertion, AssertionKind, EventWording, Expect, Given, GivenEntry, GivenKind, GivenValue, StateAssertion,
};
pub use self::table::{
    Cell, Column, ConstraintRow, ConstraintTable, DataRow, DataTable, FieldRow, FieldTable, Header, Rule, RuleKind,
    TypeExpression, TypeKind,
};
pub use self::test_file::{
    ArgumentPattern, AssumedOutcome, AssumedTruth, Assumption, AssumptionKind, Case, CaseItem, ForEvent, ForScenario,
    Observed, Override, OverrideKind, Step, StepKind, Suite, SuiteItem, SuiteSubject, TestFile, WithSection,
    WithSectionKind,
};

use serde::Serialize;

use crate::source::{FileId, Span};

/// Which grammar a file follows; its name says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum FileKind {
    /// `order.flow`: machines, systems.
    Flow,
    /// `order.test.flow`: variations of scenarios.
    Test,
    /// `order.states.flow`: the declared states of one machine.
    States,
}

impl FileKind {
    /// The kind that a file of this name has.
    pub fn of_name(name: &str) -> Self {
        if name.ends_with(".test.flow") {
            Self::Test
        } else if name.ends_with(".states.flow") {
            Self::States
        } else {
            Self::Flow
        }
    }
}

/// One parsed file. It holds what could be understood; the sink knows whether there were errors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct File {
    /// The text it comes from.
    pub file: FileId,
    /// What the file says.
    pub content: Content,
    /// Every comment, in source order.
    pub comments: Vec<Comment>,
    /// Every blank line, in source order (an empty span at its beginning). Comment-only lines are not blank.
    pub blank_lines: Vec<Span>,
    /// Where the lines are that could not be read and declare nothing, in source order: statements, assertions, settings, facts.
    #[serde(skip)]
    pub lost_details: Vec<Span>,
}

/// What a file says, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Content {
    /// Of a `.flow` file.
    Flow(FlowFile),
    /// Of a `.test.flow` file.
    Test(TestFile),
    /// Of a `.states.flow` file.
    States(StatesFile),
}

/// A comment with its marks, as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// Where it stands, marks included.
    pub span: Span,
    /// The text with its marks.
    pub text: String,
    /// Whether code stands before it on its line.
    pub placement: Placement,
}

/// Where a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Placement {
    /// On lines of its own.
    OwnLine,
    /// Behind, or within, the code of a line.
    Trailing,
}

/// A name without its sigil; the span covers the sigil too. The field that holds it says what it names.
///
/// The text is a valid name (`[a-z][a-z0-9_]*`, for states possibly dotted, for aliases possibly with `-`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Name {
    /// Where it stands.
    pub span: Span,
    /// The name.
    pub text: String,
}

/// A title, a path, a phrase: text that is only shown or opened, NFC, trimmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// Where it stands, quotes included.
    pub span: Span,
    /// The text, escapes resolved.
    pub text: String,
}

/// Free text that binds to code, or names something in the author's words: words and parameters in written order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FreeText {
    /// From the first piece to the last; where it would stand if there is none.
    pub span: Span,
    /// The pieces in order.
    pub pieces: Vec<Piece>,
}

impl FreeText {
    /// One word.
    pub(crate) fn of_word(span: Span, word: &str) -> Self {
        Self { span, pieces: vec![Piece { span, spaced: true, written: word.to_owned(), kind: PieceKind::Word }] }
    }

    /// Whether there is no piece at all.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The pieces of both, one behind the other, with a space between.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let mut behind = other.pieces.clone();
        if let Some(first) = behind.first_mut() {
            first.spaced = true;
        }
        Self { span: self.span.to(other.span), pieces: self.pieces.iter().cloned().chain(behind).collect() }
    }

    /// The text in one spelling: pieces as written, one space where there was any white space.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 && piece.spaced {
                text.push(' ');
            }
            text.push_str(&piece.written);
        }
        text
    }

    /// The only word, if the text is one word and nothing else.
    pub fn single_word(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece { kind: PieceKind::Word, written, .. }] => Some(written),
            _ => None,
        }
    }
}

/// One word, parameter or mark of a free text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Piece {
    /// Where it stands.
    pub span: Span,
    /// Whether white space stands before it.
    pub spaced: bool,
    /// As written (NFC).
    pub written: String,
    /// What it is.
    pub kind: PieceKind,
}

/// What a piece of free text is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum PieceKind {
    /// Letters of any script, digits behind a letter, `_`; an apostrophe within a word belongs to it.
    Word,
    /// `$total`, `$order.total`: a parameter.
    Variable(Path),
    /// `30`, `2.5`: a parameter. The text is a decimal.
    Number,
    /// `"text"`: a parameter. Its value, escapes resolved.
    Text(String),
    /// `@payment`: reads as the word `payment`.
    Actor(Name),
    /// `:event`, in a text that may be about one: reads as the word.
    Event(Name),
    /// `#state`: reads as the word.
    State(Name),
    /// One character that is none of these (`>`, `%`, `-`): spelled or separating.
    Mark,
}
