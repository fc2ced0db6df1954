//! The statements of a handler's body.

use serde::Serialize;

use super::{Condition, ConstraintTable, Expression, FieldTable, FreeText, Name, Text, TypeExpression};
use crate::source::Span;

/// An indented sequence of statements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// `...`, the explicit empty body, on a line of its own or at the end of an `on` line.
    pub stub: Option<Span>,
    /// The statements in order.
    pub statements: Vec<Statement>,
}

/// One statement. Its span covers its own line, not the lines below it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Statement {
    /// `? …` / `?? …` / `otherwise`
    Guards(GuardChain),
    /// `order moves to #paid`
    Transition(Transition),
    /// `$total becomes 5`
    Change(Change),
    /// `emit :event`
    Emit(Emit),
    /// `reply 201 created`
    Reply(Reply),
    /// `send callback for :event:`
    SendCallback(SendCallback),
    /// `return $total`
    Return(Return),
    /// `schedule :event in 2 hours`
    Schedule(Schedule),
    /// `start timer for 30 seconds`
    StartTimer(StartTimer),
    /// `cancel :event`
    Cancel(Cancel),
    /// Any other line.
    Action(CustomAction),
}

impl Statement {
    /// The place of its (first) line.
    pub fn span(&self) -> Span {
        match self {
            Self::Guards(chain) => chain.span,
            Self::Transition(transition) => transition.span,
            Self::Change(change) => change.span,
            Self::Emit(emit) => emit.span,
            Self::Reply(reply) => reply.span,
            Self::SendCallback(callback) => callback.span,
            Self::Return(return_) => return_.span,
            Self::Schedule(schedule) => schedule.span,
            Self::StartTimer(timer) => timer.span,
            Self::Cancel(cancel) => cancel.span,
            Self::Action(action) => action.span,
        }
    }
}

/// If / else-if / else: the first arm that passes runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GuardChain {
    /// The first guard's line.
    pub span: Span,
    /// The arms in order; at least one.
    pub arms: Vec<GuardArm>,
}

/// One arm of a chain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GuardArm {
    /// Its (first) guard's line.
    pub span: Span,
    /// When it runs.
    pub test: GuardTest,
    /// What it does.
    pub block: Block,
    /// Whether the block was not written under the guards but is the rest of the block in which they stand, behind a
    /// blank line. Such an arm is its chain's last one.
    pub precondition: bool,
}

/// When an arm runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum GuardTest {
    /// One of the groups holds; all guards of a group must. `? a` / `? b` / `?? c` / `? d` is `[[a, b], [c, d]]`.
    Any(Vec<Vec<Guard>>),
    /// `otherwise`
    Otherwise {
        /// Whether it was written as an empty `?` or as `: else`.
        older: bool,
    },
}

/// One guard line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guard {
    /// The line.
    pub span: Span,
    /// What it asks.
    pub condition: Condition,
}

/// `order moves to #paid`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Transition {
    /// The line.
    pub span: Span,
    /// Decoration; may be empty.
    pub subject: FreeText,
    /// The verb as written.
    pub verb: TransitionVerb,
    /// The new state.
    pub state: Name,
}

/// The verbs of transitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TransitionVerb {
    /// `moves to`
    MovesTo,
    /// `transitions to`
    TransitionsTo,
    /// `enters`
    Enters,
    /// `becomes`
    Becomes,
    /// `changes to`
    ChangesTo,
}

/// A change of a context variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The line.
    pub span: Span,
    /// The variable.
    pub variable: Name,
    /// `$x: number becomes …`
    pub type_: Option<TypeExpression>,
    /// What happens to it.
    pub operation: ChangeOperation,
    /// Rules checked after this change and those directly above it.
    pub constraint: Option<ConstraintTable>,
}

/// What happens to a variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ChangeOperation {
    /// `becomes`
    Becomes(AssignedValue),
    /// `increases by`
    IncreasesBy(Expression),
    /// `decreases by`
    DecreasesBy(Expression),
    /// `adds`
    Adds(Expression),
    /// `removes`
    Removes(Expression),
    /// `clears`
    Clears,
}

/// The right side of `becomes`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum AssignedValue {
    /// A value.
    Expression(Expression),
    /// `emit :event …`: a call.
    Call(Box<Emit>),
    /// A custom action that returns a value.
    Action(FreeText),
}

/// `emit [async] :event [to TARGET] [payload]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Emit {
    /// From `emit` to the end of its line.
    pub span: Span,
    /// The word `async`.
    pub async_: Option<Span>,
    /// The event.
    pub event: Name,
    /// To whom; without it, to the machine itself.
    pub target: Option<Target>,
    /// What it carries.
    pub payload: Option<Payload>,
}

/// To whom an emit goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Target {
    /// `@actor`, `@self` (the name `self`)
    Actor(Name),
    /// `all @machine [in #a, #b]`
    All {
        /// Where it stands.
        span: Span,
        /// The machine.
        machine: Name,
        /// Only instances in one of these states; empty: all.
        states: Vec<Name>,
    },
}

/// What an emit carries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Payload {
    /// `with $a, key: EXPR`
    Arguments {
        /// From `with` to the last argument.
        span: Span,
        /// The arguments; at least one.
        arguments: Vec<Argument>,
    },
    /// `with:` + table
    Table(FieldTable),
}

/// One field of a payload on the line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Argument {
    /// Where it stands.
    pub span: Span,
    /// The field; a variable alone (`$a`) gives its name.
    pub field: Name,
    /// Its value.
    pub value: Expression,
    /// Whether it was written as a variable alone.
    pub shorthand: bool,
}

/// `reply STATUS [phrase] …`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reply {
    /// The line.
    pub span: Span,
    /// The status, 100 to 599.
    pub status: u16,
    /// Where the status stands.
    pub status_span: Span,
    /// The words behind the status; decoration.
    pub phrase: Option<Text>,
    /// `async for :event`
    pub promise: Option<Promise>,
    /// The body.
    pub body: ReplyBody,
}

/// `async for :event`: a callback follows later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// Where it stands.
    pub span: Span,
    /// The event of the callback.
    pub event: Name,
}

/// The body of a reply.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ReplyBody {
    /// No body.
    None,
    /// `with:` + table
    Table(FieldTable),
    /// `with NAME`: a `response:`
    Response(Name),
    /// `with ^transformer`
    Transformer(Name),
}

/// `send callback for :event:` + table
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SendCallback {
    /// The line.
    pub span: Span,
    /// The promised event.
    pub event: Name,
    /// What it carries.
    pub table: Option<FieldTable>,
}

/// `return EXPR`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Return {
    /// The line.
    pub span: Span,
    /// The value. A single word that is no known variable makes the line a custom action, see `text`.
    pub value: Option<Expression>,
    /// The whole line as free text.
    pub text: FreeText,
}

/// `schedule :event in N unit`, `schedule :event for N unit`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schedule {
    /// The line.
    pub span: Span,
    /// The event.
    pub event: Name,
    /// After how long.
    pub delay: Expression,
    /// Whether it was written with `in` rather than `for`.
    pub in_: bool,
}

/// `start timer for N unit`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StartTimer {
    /// The line.
    pub span: Span,
    /// After how long.
    pub delay: Expression,
}

/// `cancel :event`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cancel {
    /// The line.
    pub span: Span,
    /// The event.
    pub event: Name,
}

/// A line that is none of the above.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomAction {
    /// The line.
    pub span: Span,
    /// Its text.
    pub text: FreeText,
    /// What the line would say if its last word were a state written without its `#`: an error if it is one.
    pub transition: Option<BareTransition>,
    /// Rules checked after it.
    pub constraint: Option<ConstraintTable>,
}

/// `order becomes paid`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BareTransition {
    /// The verb: `enters`, `becomes` or `changes to`.
    pub verb: TransitionVerb,
    /// The word that may be a state.
    pub state: Name,
}
