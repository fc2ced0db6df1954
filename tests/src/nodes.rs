//! What occurs in systems: every kind of node that the IR has, counted.
//!
//! The matches here are exhaustive: a new form of the IR does not compile until it is counted, and a form that no random
//! system has fails a test.

mod walk;

use std::collections::BTreeMap;

/// Defines the kinds.
macro_rules! nodes {
    ($($name:ident)*) => {
        /// A kind of node.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the names are those of the IR")]
        pub enum Node { $($name,)* }

        impl Node {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

nodes! {
    Branch Otherwise Transition AssignExpression AssignAction AssignCall Increase Decrease Append Remove Clear
    Constrain ConstrainRequired ConstrainBail ConstrainCustom ConstrainUnderAct
    Emit Act Reply Promise Callback ReturnValue ReturnNothing Schedule StartTimer Cancel

    Bare Async Broadcast Call
    ToItself ToMachine ToMachineUnheard ToEvery ToEveryInStates ToActor
    CallItself CallItselfByName CallItselfBesideMachine CallMachine CallMachineByName CallActor
    EmitChecked EmitCheckRequired EmitCheckBail EmitCheckCustom PayloadRequired PayloadOptional

    ReplyEmpty ReplyFields ReplyResponse ReplyTransformer ReplyPhrase

    Text Number Boolean Null Empty Now Uuid InstanceId CurrentState List Object Duration Context Payload Latest Member MemberOfObject MemberOfAnything
    Negate Add Subtract Multiply Divide Widen Narrow
    Millisecond Second Minute Hour Day

    InState NotInState Equal NotEqual Greater GreaterOrEqual Less LessOrEqual Between Outside Contains Lacks IsEmpty IsNotEmpty
    Exists DoesNotExist Holds AskGuard Not All Any

    GreaterThan LessThan RuleBetween AtLeast AtMost MinCharacters MaxCharacters Email UuidRule Url OneOf Custom
    RuleNumber RuleText

    StringType NumberType IntegerType BooleanType TimeType DurationType ListType ObjectType RecordType JsonType

    FromMachine FromOwnMachine FromActor FromSystem FromAnyone
    Api Queued QueuedWithReply Fixed Creates InternalCreation CreatesLater HandlerCheckRequired HandlerCheckBail HandlerCheckCustom
    Critical High Normal Low Bulk
    ValidationFailed ConstraintViolated TimerExpired
    Identity SetByActions SecretVariable SecretField RequiredField OptionalField
    Closed StateInitial StateWaiting StateTerminal Success Failure Neutral Described GivenState SeveralScenarios
    ByPriority Workers Retries FixedBackoff ExponentialBackoff NoDeadLetter Limit
    GuardSentence ActionSentence TransformerSentence RuleSentence GuardThatWaits ActionThatDoesNotWait
}

/// How often each kind occurs; kinds that do not are there with zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    counts: BTreeMap<Node, usize>,
}

impl Default for Census {
    fn default() -> Self {
        Self { counts: Node::ALL.iter().map(|node| (*node, 0)).collect() }
    }
}

impl Census {
    /// The kinds with their numbers.
    pub fn counts(&self) -> impl Iterator<Item = (Node, usize)> + '_ {
        self.counts.iter().map(|(node, count)| (*node, *count))
    }

    fn add(&mut self, node: Node) {
        *self.counts.entry(node).or_default() += 1;
    }

    fn add_if(&mut self, holds: bool, node: Node) {
        if holds {
            self.add(node);
        }
    }
}
