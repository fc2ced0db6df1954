//! The walk through a system.

use super::{Census, Node};
use eventflowc::ir::{
    Assigned, Backoff, BinaryOperator, Block, Comparison, Condition, Emit, Expression, ExpressionKind, Field,
    FieldCheck, Handler, Machine, MachineId, Outcome, Party, PayloadField, Priority, Queue, Reply, ReplyBody, Reserved,
    Rule, RuleArgument, SentenceKind, SetBy, State, StateKind, StatementKind, System, Target, TimeUnit, Type, Way,
};

impl Census {
    /// Counts the nodes of a system.
    pub fn count(&mut self, system: &System) {
        for record in &system.records {
            record.fields.iter().for_each(|field| self.field(field));
        }
        for (place, machine) in system.machines.iter().enumerate() {
            self.machine(MachineId::at(place), machine);
            self.calls(system, MachineId::at(place));
        }
        for port in system.actors.iter().flat_map(|actor| &actor.hears) {
            port.fields.iter().for_each(|field| self.field(field));
            port.answer.iter().for_each(|ty| self.ty(ty));
        }
    }

    fn machine(&mut self, id: MachineId, machine: &Machine) {
        self.add_if(machine.closed, Node::Closed);
        self.add_if(machine.identity.is_some(), Node::Identity);
        self.add_if(machine.scenarios.len() > 1, Node::SeveralScenarios);
        for scenario in &machine.scenarios {
            self.add_if(scenario.starts_in.is_some(), Node::GivenState);
        }
        machine.states.iter().for_each(|state| self.state(state));
        for variable in &machine.variables {
            self.ty(&variable.ty);
            self.add_if(variable.secret, Node::SecretVariable);
            match variable.set_by {
                SetBy::Statements => {}
                SetBy::Actions => self.add(Node::SetByActions),
            }
        }
        for event in &machine.events {
            match event.reserved {
                Some(Reserved::ValidationFailed) => self.add(Node::ValidationFailed),
                Some(Reserved::ConstraintViolated) => self.add(Node::ConstraintViolated),
                Some(Reserved::TimerExpired) => self.add(Node::TimerExpired),
                None => event.fields.iter().for_each(|field| self.field(field)),
            }
        }
        for sentence in &machine.sentences {
            self.add(match sentence.kind {
                SentenceKind::Guard => Node::GuardSentence,
                SentenceKind::Action => Node::ActionSentence,
                SentenceKind::Transformer => Node::TransformerSentence,
                SentenceKind::Rule => Node::RuleSentence,
            });
            let waits = sentence.asynchronous;
            self.add_if(waits && sentence.kind == SentenceKind::Guard, Node::GuardThatWaits);
            self.add_if(!waits && sentence.kind == SentenceKind::Action, Node::ActionThatDoesNotWait);
        }
        for argument in machine.custom_rules.iter().flat_map(|rule| &rule.arguments) {
            self.add(match argument {
                RuleArgument::Number(_) => Node::RuleNumber,
                RuleArgument::Text(_) => Node::RuleText,
            });
        }
        self.queue(&machine.queue);
        for (place, handler) in machine.handlers.iter().enumerate() {
            self.add_if(handler.creates && place > 0, Node::CreatesLater);
            self.handler(id, handler);
        }
    }

    /// Calls of an event that the receiver handles for the caller in particular, and calls to self of one that it handles for
    /// another machine in particular.
    fn calls(&mut self, system: &System, caller: MachineId) {
        system.machine(caller).each_statement(&mut |statement| {
            let StatementKind::Assign { value: Assigned::Call { emit, .. }, .. } = &statement.kind else { return };
            let (receiver, event) = match emit.target {
                Target::Itself(event) => (caller, event),
                Target::Machine { machine, event: Some(event) } => (machine, event),
                Target::Machine { event: None, .. } | Target::Every { .. } | Target::Actor { .. } => {
                    return;
                }
            };
            let named = system.machine(receiver).handlers.iter().filter(|handler| handler.event == event);
            let senders: Vec<Option<Party>> = named.map(|handler| handler.from).collect();
            let by_name = senders.contains(&Some(Party::Machine(caller)));
            let beside = senders.iter().any(|from| matches!(from, Some(Party::Machine(other)) if *other != caller));
            let itself = receiver == caller;
            self.add_if(by_name, if itself { Node::CallItselfByName } else { Node::CallMachineByName });
            self.add_if(itself && beside && !by_name, Node::CallItselfBesideMachine);
        });
    }

    fn state(&mut self, state: &State) {
        self.add_if(state.description.is_some(), Node::Described);
        match state.kind {
            Some(StateKind::Initial) => self.add(Node::StateInitial),
            Some(StateKind::Waiting) => self.add(Node::StateWaiting),
            Some(StateKind::Terminal) => self.add(Node::StateTerminal),
            None => {}
        }
        match state.outcome {
            Some(Outcome::Success) => self.add(Node::Success),
            Some(Outcome::Failure) => self.add(Node::Failure),
            Some(Outcome::Neutral) => self.add(Node::Neutral),
            None => {}
        }
    }

    fn queue(&mut self, queue: &Queue) {
        self.add_if(queue.by_priority, Node::ByPriority);
        self.add_if(queue.workers.is_some(), Node::Workers);
        self.add_if(queue.retries != Queue::default().retries, Node::Retries);
        self.add_if(!queue.dead_letter, Node::NoDeadLetter);
        self.add_if(queue.limit.is_some(), Node::Limit);
        match queue.backoff {
            Backoff::Fixed(_) => self.add(Node::FixedBackoff),
            Backoff::Exponential { .. } => self.add(Node::ExponentialBackoff),
        }
    }

    fn handler(&mut self, id: MachineId, handler: &Handler) {
        self.add(match handler.from {
            Some(Party::Machine(machine)) if machine == id => Node::FromOwnMachine,
            Some(Party::Machine(_)) => Node::FromMachine,
            Some(Party::Actor(_)) => Node::FromActor,
            Some(Party::System) => Node::FromSystem,
            None => Node::FromAnyone,
        });
        self.add_if(handler.api, Node::Api);
        self.add_if(handler.queued, Node::Queued);
        self.add_if(handler.creates, Node::Creates);
        self.add_if(handler.creates && !handler.api, Node::InternalCreation);
        match handler.priority {
            Some(Priority::Critical) => self.add(Node::Critical),
            Some(Priority::High) => self.add(Node::High),
            Some(Priority::Normal) => self.add(Node::Normal),
            Some(Priority::Low) => self.add(Node::Low),
            Some(Priority::Bulk) => self.add(Node::Bulk),
            None => {}
        }
        for (_, value) in &handler.fixed {
            self.add(Node::Fixed);
            self.expression(value);
        }
        if let Some(reply) = &handler.acceptance {
            self.add(Node::QueuedWithReply);
            self.reply(reply);
        }
        for check in &handler.checks {
            self.add_if(check.required, Node::HandlerCheckRequired);
            self.add_if(check.bail, Node::HandlerCheckBail);
            self.add_if(has_code(&check.rules), Node::HandlerCheckCustom);
            self.rules(check);
        }
        self.block(&handler.body);
    }

    fn field(&mut self, field: &Field) {
        self.ty(&field.ty);
        self.add(if field.required { Node::RequiredField } else { Node::OptionalField });
        self.add_if(field.secret, Node::SecretField);
    }

    fn rules(&mut self, check: &FieldCheck) {
        check.rules.iter().for_each(|rule| self.rule(rule));
    }

    fn rule(&mut self, rule: &Rule) {
        let node = match rule {
            Rule::GreaterThan(_) => Node::GreaterThan,
            Rule::LessThan(_) => Node::LessThan,
            Rule::Between(..) => Node::RuleBetween,
            Rule::AtLeast(_) => Node::AtLeast,
            Rule::AtMost(_) => Node::AtMost,
            Rule::MinCharacters(_) => Node::MinCharacters,
            Rule::MaxCharacters(_) => Node::MaxCharacters,
            Rule::Email => Node::Email,
            Rule::Uuid => Node::UuidRule,
            Rule::Url => Node::Url,
            Rule::OneOf(_) => Node::OneOf,
            Rule::Custom(_) => Node::Custom,
        };
        self.add(node);
    }

    fn ty(&mut self, ty: &Type) {
        let node = match ty {
            Type::String => Node::StringType,
            Type::Number => Node::NumberType,
            Type::Integer => Node::IntegerType,
            Type::Boolean => Node::BooleanType,
            Type::Time => Node::TimeType,
            Type::Duration => Node::DurationType,
            Type::List(element) => {
                self.ty(element);
                Node::ListType
            }
            Type::Object => Node::ObjectType,
            Type::Record(_) => Node::RecordType,
            Type::Json => Node::JsonType,
        };
        self.add(node);
    }

    fn block(&mut self, block: &Block) {
        for pair in block.windows(2) {
            let under = matches!((&pair[0].kind, &pair[1].kind), (StatementKind::Act(_), StatementKind::Constrain(_)));
            self.add_if(under, Node::ConstrainUnderAct);
        }
        for statement in block {
            self.statement(&statement.kind);
        }
    }

    fn statement(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Branch(arms) => {
                self.add(Node::Branch);
                for arm in arms {
                    match &arm.condition {
                        Some(condition) => self.condition(condition),
                        None => self.add(Node::Otherwise),
                    }
                    self.block(&arm.body);
                }
            }
            StatementKind::Transition(_) => self.add(Node::Transition),
            StatementKind::Assign { variable: _, value } => match value {
                Assigned::Expression(value) => {
                    self.add(Node::AssignExpression);
                    self.expression(value);
                }
                Assigned::Action(call) => {
                    self.add(Node::AssignAction);
                    self.expressions(&call.arguments);
                }
                Assigned::Call { emit, place: _ } => {
                    self.add(Node::AssignCall);
                    self.add(match emit.target {
                        Target::Itself(_) => Node::CallItself,
                        Target::Machine { .. } | Target::Every { .. } => Node::CallMachine,
                        Target::Actor { .. } => Node::CallActor,
                    });
                    self.emit(emit);
                }
            },
            StatementKind::Increase { variable: _, by } => self.with(Node::Increase, by),
            StatementKind::Decrease { variable: _, by } => self.with(Node::Decrease, by),
            StatementKind::Append { variable: _, element } => self.with(Node::Append, element),
            StatementKind::Remove { variable: _, element } => self.with(Node::Remove, element),
            StatementKind::Clear(_) => self.add(Node::Clear),
            StatementKind::Constrain(constraints) => {
                self.add(Node::Constrain);
                for constraint in constraints {
                    self.add_if(constraint.required, Node::ConstrainRequired);
                    self.add_if(constraint.bail, Node::ConstrainBail);
                    self.add_if(has_code(&constraint.rules), Node::ConstrainCustom);
                    constraint.rules.iter().for_each(|rule| self.rule(rule));
                }
            }
            StatementKind::Emit(emit) => {
                self.add(Node::Emit);
                self.emit(emit);
            }
            StatementKind::Act(call) => {
                self.add(Node::Act);
                self.expressions(&call.arguments);
            }
            StatementKind::Reply(reply) => {
                self.add(Node::Reply);
                self.reply(reply);
            }
            StatementKind::Promise { reply, event: _ } => {
                self.add(Node::Promise);
                self.reply(reply);
            }
            StatementKind::Callback { event: _, payload } => {
                self.add(Node::Callback);
                self.payload(payload);
            }
            StatementKind::Return(Some(value)) => self.with(Node::ReturnValue, value),
            StatementKind::Return(None) => self.add(Node::ReturnNothing),
            StatementKind::Schedule { event: _, after, replace } => {
                self.with(if *replace { Node::StartTimer } else { Node::Schedule }, after);
            }
            StatementKind::Cancel(_) => self.add(Node::Cancel),
        }
    }

    fn emit(&mut self, emit: &Emit) {
        self.add(match emit.way {
            Way::Bare => Node::Bare,
            Way::Async => Node::Async,
            Way::Broadcast => Node::Broadcast,
            Way::Call => Node::Call,
        });
        self.add(match &emit.target {
            Target::Itself(_) => Node::ToItself,
            Target::Machine { machine: _, event: Some(_) } => Node::ToMachine,
            Target::Machine { machine: _, event: None } => Node::ToMachineUnheard,
            Target::Every { machine: _, event: _, states } if states.is_empty() => Node::ToEvery,
            Target::Every { .. } => Node::ToEveryInStates,
            Target::Actor { .. } => Node::ToActor,
        });
        self.add_if(!emit.checks.is_empty(), Node::EmitChecked);
        for check in &emit.checks {
            self.add_if(has_code(&check.rules), Node::EmitCheckCustom);
            self.add_if(check.required, Node::EmitCheckRequired);
            self.add_if(check.bail, Node::EmitCheckBail);
            self.rules(check);
        }
        self.payload(&emit.payload);
    }

    fn payload(&mut self, payload: &[PayloadField]) {
        for field in payload {
            self.with(if field.required { Node::PayloadRequired } else { Node::PayloadOptional }, &field.value);
        }
    }

    fn reply(&mut self, reply: &Reply) {
        self.add_if(reply.phrase.is_some(), Node::ReplyPhrase);
        match &reply.body {
            ReplyBody::Empty => self.add(Node::ReplyEmpty),
            ReplyBody::Fields { response, fields } => {
                self.add(if response.is_some() { Node::ReplyResponse } else { Node::ReplyFields });
                fields.iter().for_each(|field| self.expression(&field.value));
            }
            ReplyBody::Transformer(_) => self.add(Node::ReplyTransformer),
        }
    }

    fn condition(&mut self, condition: &Condition) {
        let either = |negated: bool, no: Node, yes: Node| if negated { no } else { yes };
        match condition {
            Condition::InState { states: _, negated } => self.add(either(*negated, Node::NotInState, Node::InState)),
            Condition::Compare { operator, left, right } => {
                self.add(match operator {
                    Comparison::Equal => Node::Equal,
                    Comparison::NotEqual => Node::NotEqual,
                    Comparison::Greater => Node::Greater,
                    Comparison::GreaterOrEqual => Node::GreaterOrEqual,
                    Comparison::Less => Node::Less,
                    Comparison::LessOrEqual => Node::LessOrEqual,
                });
                self.expression(left);
                self.expression(right);
            }
            Condition::Between { value, low, high } => {
                self.with(Node::Between, value);
                self.expression(low);
                self.expression(high);
            }
            Condition::Contains { container, item, negated } => {
                self.with(either(*negated, Node::Lacks, Node::Contains), container);
                self.expression(item);
            }
            Condition::IsEmpty { value, negated } => {
                self.with(either(*negated, Node::IsNotEmpty, Node::IsEmpty), value)
            }
            Condition::Exists { value, negated } => {
                self.with(either(*negated, Node::DoesNotExist, Node::Exists), value)
            }
            Condition::Holds(value) => self.with(Node::Holds, value),
            Condition::Sentence(call) => {
                self.add(Node::AskGuard);
                self.expressions(&call.arguments);
            }
            Condition::Guard { origin: _, condition } => self.condition(condition),
            Condition::Not(inner) => {
                self.add(Node::Not);
                self.condition(inner);
            }
            Condition::All(parts) => {
                self.add(Node::All);
                parts.iter().for_each(|part| self.condition(part));
            }
            Condition::Any(parts) => {
                self.add(if is_outside(parts) { Node::Outside } else { Node::Any });
                parts.iter().for_each(|part| self.condition(part));
            }
        }
    }

    fn with(&mut self, node: Node, value: &Expression) {
        self.add(node);
        self.expression(value);
    }

    fn expressions(&mut self, list: &[Expression]) {
        list.iter().for_each(|value| self.expression(value));
    }

    fn expression(&mut self, expression: &Expression) {
        match &expression.kind {
            ExpressionKind::Text(_) => self.add(Node::Text),
            ExpressionKind::Number(_) => self.add(Node::Number),
            ExpressionKind::Boolean(_) => self.add(Node::Boolean),
            ExpressionKind::Null => self.add(Node::Null),
            ExpressionKind::Empty => self.add(Node::Empty),
            ExpressionKind::Now => self.add(Node::Now),
            ExpressionKind::Uuid => self.add(Node::Uuid),
            ExpressionKind::InstanceId => self.add(Node::InstanceId),
            ExpressionKind::CurrentState => self.add(Node::CurrentState),
            ExpressionKind::List(items) => {
                self.add(Node::List);
                self.expressions(items);
            }
            ExpressionKind::Object(members) => {
                self.add(Node::Object);
                members.iter().for_each(|(_, value)| self.expression(value));
            }
            ExpressionKind::Duration { amount, unit } => {
                self.add(Node::Duration);
                self.add(match unit {
                    TimeUnit::Millisecond => Node::Millisecond,
                    TimeUnit::Second => Node::Second,
                    TimeUnit::Minute => Node::Minute,
                    TimeUnit::Hour => Node::Hour,
                    TimeUnit::Day => Node::Day,
                });
                self.expression(amount);
            }
            ExpressionKind::Context(_) => self.add(Node::Context),
            ExpressionKind::Payload(_) => self.add(Node::Payload),
            ExpressionKind::Latest { .. } => self.add(Node::Latest),
            ExpressionKind::Member(of, _) => {
                self.add_if(of.ty == Type::Object, Node::MemberOfObject);
                self.add_if(of.ty == Type::Json, Node::MemberOfAnything);
                self.with(Node::Member, of);
            }
            ExpressionKind::Negate(of) => self.with(Node::Negate, of),
            ExpressionKind::Binary(operator, left, right) => {
                self.add(match operator {
                    BinaryOperator::Add => Node::Add,
                    BinaryOperator::Subtract => Node::Subtract,
                    BinaryOperator::Multiply => Node::Multiply,
                    BinaryOperator::Divide => Node::Divide,
                });
                self.expression(left);
                self.expression(right);
            }
            ExpressionKind::Widen(of) => self.with(Node::Widen, of),
            ExpressionKind::Narrow(of) => self.with(Node::Narrow, of),
        }
    }
}

/// Whether one of the rules is code.
fn has_code(rules: &[Rule]) -> bool {
    rules.iter().any(|rule| matches!(rule, Rule::Custom(_)))
}

/// Whether the alternatives are those that `is not between` stands for.
fn is_outside(parts: &[Condition]) -> bool {
    matches!(
        parts,
        [
            Condition::Compare { operator: Comparison::Less, left: low, .. },
            Condition::Compare { operator: Comparison::Greater, left: high, .. },
        ] if low == high
    )
}
