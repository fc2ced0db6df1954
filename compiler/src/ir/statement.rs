//! Statements.

use super::{
    ActorId, Condition, EventId, Expression, FieldCheck, MachineId, MessageId, OriginId, PortId, Rule, SentenceCall,
    StateId, VariableId,
};
use serde::Serialize;

/// Statements that run in order.
pub type Block = Vec<Statement>;

/// One statement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statement {
    /// Its line.
    pub origin: OriginId,
    /// What it does.
    pub kind: StatementKind,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum StatementKind {
    /// Runs the first arm whose condition holds.
    Branch(Vec<Arm>),
    /// Moves to a state.
    Transition(StateId),
    /// Gives a variable a value; null unsets it.
    Assign {
        /// The variable.
        variable: VariableId,
        /// Where the value comes from.
        value: Assigned,
    },
    /// Adds to a number, a duration or (a duration) to a time; unset counts as zero.
    Increase {
        /// The variable.
        variable: VariableId,
        /// By how much.
        by: Expression,
    },
    /// Subtracts likewise.
    Decrease {
        /// The variable.
        variable: VariableId,
        /// By how much.
        by: Expression,
    },
    /// Appends to a list; unset counts as empty.
    Append {
        /// The variable.
        variable: VariableId,
        /// The new last element.
        element: Expression,
    },
    /// Removes the first equal element of a list.
    Remove {
        /// The variable.
        variable: VariableId,
        /// The element.
        element: Expression,
    },
    /// Unsets a variable.
    Clear(VariableId),
    /// Checks variables; a broken rule raises `:constraint_violated`.
    Constrain(Vec<Constraint>),
    /// Sends a message.
    Emit(Emit),
    /// Runs a custom action for its effect.
    Act(SentenceCall),
    /// Answers the request.
    Reply(Reply),
    /// Answers the request now and promises a callback.
    Promise {
        /// The answer.
        reply: Reply,
        /// The event of the callback.
        event: String,
    },
    /// Keeps a promise.
    Callback {
        /// The event that was promised.
        event: String,
        /// What it carries.
        payload: Vec<PayloadField>,
    },
    /// Ends the handler and gives a call its value.
    Return(Option<Expression>),
    /// Arms a timer that comes back as an event of this instance.
    Schedule {
        /// The event.
        event: EventId,
        /// After how long; a duration.
        after: Expression,
        /// Whether pending timers of the event are disarmed first (`start timer`).
        replace: bool,
    },
    /// Disarms all pending timers of an event.
    Cancel(EventId),
}

/// One arm of a branch.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arm {
    /// The line of its first guard.
    pub origin: OriginId,
    /// The condition; none: `otherwise`.
    pub condition: Option<Condition>,
    /// What runs if it holds.
    pub body: Block,
}

/// Where an assigned value comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Assigned {
    /// An expression of the variable's type.
    Expression(Expression),
    /// A custom action that returns a value.
    Action(SentenceCall),
    /// A call: the callee's turn runs inline.
    Call {
        /// What is asked of whom.
        emit: Emit,
        /// Where in its handler, as [`SentenceCall::place`] has it for sentences: `add/:double/1`. Sentences of a handler that
        /// runs within this turn, because the machine calls itself, have their keys below it; a call to anybody else opens a
        /// turn of its own. Only `emit` says who is called, so every call has a place, used or not.
        place: String,
    },
}

/// What a variable must keep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Constraint {
    /// The row of the table.
    pub origin: OriginId,
    /// The variable.
    pub variable: VariableId,
    /// Whether it must be set.
    pub required: bool,
    /// Whether the first broken rule ends the checks of this variable.
    pub bail: bool,
    /// The rules.
    pub rules: Vec<Rule>,
}

/// A message that is sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Emit {
    /// Its kind: the entry of [`super::Machine::messages`] with this event and target.
    pub message: MessageId,
    /// How it travels.
    pub way: Way,
    /// To whom.
    pub target: Target,
    /// What it carries, in written order.
    pub payload: Vec<PayloadField>,
    /// Rules of its table, by position in `payload`; a broken one raises `:validation_failed`. `field` of a check is the
    /// position in the payload.
    pub checks: Vec<FieldCheck>,
}

/// A value under a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PayloadField {
    /// The field's name.
    pub name: String,
    /// Where it is given.
    pub origin: OriginId,
    /// Whether an unset value fails the turn; else the field is left out.
    pub required: bool,
    /// The value.
    pub value: Expression,
}

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Way {
    /// Delivered right after the commit, within the same request.
    Bare,
    /// Delivered by a worker.
    Async,
    /// To every instance that matches.
    Broadcast,
    /// Inline, before the next statement.
    Call,
}

/// To whom a message goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Target {
    /// The instance itself.
    Itself(EventId),
    /// A machine of the unit (another instance of the own machine included).
    Machine {
        /// The machine.
        machine: MachineId,
        /// The event there; none if the machine does not know it, which is warned about and ends as a dead letter.
        event: Option<EventId>,
    },
    /// Every instance of a machine, or those in some states.
    Every {
        /// The machine.
        machine: MachineId,
        /// The event there.
        event: Option<EventId>,
        /// The states; empty: all.
        states: Vec<StateId>,
    },
    /// An external actor's port.
    Actor {
        /// The actor.
        actor: ActorId,
        /// The message there.
        port: PortId,
    },
}

/// An answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The words after it.
    pub phrase: Option<String>,
    /// What it carries.
    pub body: ReplyBody,
}

/// What a reply carries.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ReplyBody {
    /// Nothing.
    Empty,
    /// Named values; an unset one fails the turn.
    Fields {
        /// The `response:` it is an instance of.
        response: Option<String>,
        /// The values.
        fields: Vec<PayloadField>,
    },
    /// What a `^transformer` makes.
    Transformer(SentenceCall),
}
