//! Gives every expression of a lowered body its type, and puts conversions where a value goes to a place of another one.

use crate::ir::{
    Arm, Assigned, BinaryOperator, Block, Comparison, Condition, Event, Expression, ExpressionKind, Message,
    PayloadField, RecordType, ReplyBody, Sentence, SentenceCall, Statement, StatementKind, Type, Variable,
};

/// What is typed around an expression.
#[derive(Clone, Copy)]
pub(super) struct Converter<'s> {
    pub(super) records: &'s [RecordType],
    pub(super) variables: &'s [Variable],
    pub(super) messages: &'s [Message],
    pub(super) sentences: &'s [Sentence],
    /// The event of the handler at hand.
    pub(super) event: &'s Event,
    /// The type of the value of its `return`.
    pub(super) returns: Option<&'s Type>,
}

impl Converter<'_> {
    /// Types a block.
    pub(super) fn block(self, block: Block) -> Block {
        block
            .into_iter()
            .map(|statement| Statement { origin: statement.origin, kind: self.statement(statement.kind) })
            .collect()
    }

    fn statement(self, kind: StatementKind) -> StatementKind {
        match kind {
            StatementKind::Branch(arms) => StatementKind::Branch(
                arms.into_iter()
                    .map(|arm| Arm {
                        origin: arm.origin,
                        condition: arm.condition.map(|condition| self.condition(condition)),
                        body: self.block(arm.body),
                    })
                    .collect(),
            ),
            StatementKind::Assign { variable, value } => {
                let value = match value {
                    Assigned::Expression(value) => Assigned::Expression(self.value(value, self.variable(variable))),
                    Assigned::Action(call) => Assigned::Action(self.call(call)),
                    Assigned::Call { emit, place } => Assigned::Call { emit: self.emit(emit), place },
                };
                StatementKind::Assign { variable, value }
            }
            StatementKind::Increase { variable, by } => {
                StatementKind::Increase { by: self.value(by, &step(self.variable(variable))), variable }
            }
            StatementKind::Decrease { variable, by } => {
                StatementKind::Decrease { by: self.value(by, &step(self.variable(variable))), variable }
            }
            StatementKind::Append { variable, element } => {
                StatementKind::Append { element: self.value(element, &element_of(self.variable(variable))), variable }
            }
            StatementKind::Remove { variable, element } => {
                StatementKind::Remove { element: self.value(element, &element_of(self.variable(variable))), variable }
            }
            StatementKind::Emit(emit) => StatementKind::Emit(self.emit(emit)),
            StatementKind::Act(call) => StatementKind::Act(self.call(call)),
            StatementKind::Reply(reply) => StatementKind::Reply(self.reply(reply)),
            StatementKind::Promise { reply, event } => StatementKind::Promise { reply: self.reply(reply), event },
            StatementKind::Callback { event, payload } => {
                StatementKind::Callback { event, payload: self.fields(payload) }
            }
            StatementKind::Return(value) => StatementKind::Return(value.map(|value| match self.returns {
                Some(returns) => self.value(value, returns),
                None => self.known(value),
            })),
            StatementKind::Schedule { event, after, replace } => {
                StatementKind::Schedule { event, after: self.value(after, &Type::Duration), replace }
            }
            StatementKind::Transition(_)
            | StatementKind::Clear(_)
            | StatementKind::Constrain(_)
            | StatementKind::Cancel(_) => kind,
        }
    }

    fn variable(&self, variable: crate::ir::VariableId) -> &Type {
        &self.variables[variable.index()].ty
    }

    fn call(self, call: SentenceCall) -> SentenceCall {
        let parameters = &self.sentences[call.sentence.index()].parameters;
        let arguments = call.arguments.into_iter().zip(parameters);
        let arguments = arguments.map(|(argument, parameter)| self.value(argument, &parameter.ty)).collect();
        SentenceCall { arguments, ..call }
    }

    fn emit(self, emit: crate::ir::Emit) -> crate::ir::Emit {
        let fields = &self.messages[emit.message.index()].fields;
        let payload = emit
            .payload
            .into_iter()
            .map(|field| {
                let ty = fields.iter().find(|known| known.name == field.name).map(|known| &known.ty);
                let value = match ty {
                    Some(ty) => self.value(field.value, ty),
                    None => self.known(field.value),
                };
                PayloadField { value, ..field }
            })
            .collect();
        crate::ir::Emit { payload, ..emit }
    }

    /// Types a reply.
    pub(super) fn reply(self, reply: crate::ir::Reply) -> crate::ir::Reply {
        let body = match reply.body {
            ReplyBody::Fields { response, fields } => ReplyBody::Fields { response, fields: self.fields(fields) },
            ReplyBody::Empty | ReplyBody::Transformer(_) => reply.body,
        };
        crate::ir::Reply { body, ..reply }
    }

    fn fields(self, fields: Vec<PayloadField>) -> Vec<PayloadField> {
        fields.into_iter().map(|field| PayloadField { value: self.known(field.value), ..field }).collect()
    }

    fn condition(self, condition: Condition) -> Condition {
        let all = |parts: Vec<Condition>| parts.into_iter().map(|part| self.condition(part)).collect();
        match condition {
            Condition::InState { .. } => condition,
            Condition::Compare { operator, left, right } => self.comparison(operator, left, right),
            Condition::Between { value, low, high } => {
                let (value, low, high) = (self.known(value), self.known(low), self.known(high));
                let ty = if value.ty == Type::Integer && is_whole(&low) && is_whole(&high) {
                    Type::Integer
                } else {
                    ordered(&value.ty, &ordered(&low.ty, &high.ty))
                };
                Condition::Between {
                    value: self.value(value, &ty),
                    low: self.value(low, &ty),
                    high: self.value(high, &ty),
                }
            }
            Condition::Contains { container, item, negated } => {
                let container = self.known(container);
                let item = match &container.ty {
                    Type::List(element) => self.value(item, element),
                    Type::String => self.value(item, &Type::String),
                    Type::Number
                    | Type::Integer
                    | Type::Boolean
                    | Type::Time
                    | Type::Duration
                    | Type::Object
                    | Type::Record(_)
                    | Type::Json => self.value(item, &Type::Json),
                };
                Condition::Contains { container, item, negated }
            }
            Condition::IsEmpty { value, negated } => Condition::IsEmpty { value: self.known(value), negated },
            Condition::Exists { value, negated } => Condition::Exists { value: self.known(value), negated },
            Condition::Holds(value) => Condition::Holds(self.value(value, &Type::Boolean)),
            Condition::Sentence(call) => Condition::Sentence(self.call(call)),
            Condition::Guard { origin, condition } => {
                Condition::Guard { origin, condition: Box::new(self.condition(*condition)) }
            }
            Condition::Not(part) => Condition::Not(Box::new(self.condition(*part))),
            Condition::All(parts) => Condition::All(all(parts)),
            Condition::Any(parts) => Condition::Any(all(parts)),
        }
    }

    fn comparison(self, operator: Comparison, left: Expression, right: Expression) -> Condition {
        let (left_ty, right_ty) = (self.known(left.clone()).ty, self.known(right.clone()).ty);
        // A side that shows no type of its own (a list, an object) takes the other side's.
        let open = |side: &Expression| matches!(side.kind, ExpressionKind::List(_) | ExpressionKind::Object(_));
        let ty = if open(&right) {
            left_ty
        } else if open(&left) {
            right_ty
        } else if left_ty == Type::Integer && is_whole(&right) || right_ty == Type::Integer && is_whole(&left) {
            Type::Integer
        } else {
            match operator {
                Comparison::Equal | Comparison::NotEqual => equal(&left_ty, &right_ty),
                Comparison::Greater | Comparison::GreaterOrEqual | Comparison::Less | Comparison::LessOrEqual => {
                    ordered(&left_ty, &right_ty)
                }
            }
        };
        Condition::Compare { operator, left: self.value(left, &ty), right: self.value(right, &ty) }
    }

    /// Types a value that goes to a place of type `target`.
    pub(super) fn value(self, value: Expression, target: &Type) -> Expression {
        fit(self.typed(value, Some(target)), target)
    }

    /// Types a value that goes to a place that takes any type.
    fn known(self, value: Expression) -> Expression {
        self.typed(value, None)
    }

    fn typed(self, value: Expression, wanted: Option<&Type>) -> Expression {
        let any = || wanted.cloned().unwrap_or(Type::Json);
        let (ty, kind) = match value.kind {
            ExpressionKind::Text(_)
            | ExpressionKind::Uuid
            | ExpressionKind::InstanceId
            | ExpressionKind::CurrentState => (Type::String, value.kind),
            ExpressionKind::Number(text) => {
                let integer = wanted == Some(&Type::Integer) && text.parse::<i64>().is_ok();
                (if integer { Type::Integer } else { Type::Number }, ExpressionKind::Number(text))
            }
            ExpressionKind::Boolean(_) => (Type::Boolean, value.kind),
            ExpressionKind::Null | ExpressionKind::Empty => (any(), value.kind),
            ExpressionKind::Now => (Type::Time, value.kind),
            ExpressionKind::List(items) => self.list(items, wanted),
            ExpressionKind::Object(entries) => self.object(entries, wanted),
            ExpressionKind::Duration { amount, unit } => {
                let amount = Box::new(self.value(*amount, &Type::Number));
                (Type::Duration, ExpressionKind::Duration { amount, unit })
            }
            ExpressionKind::Context(variable) | ExpressionKind::Latest { variable, .. } => {
                (self.variable(variable).clone(), value.kind)
            }
            ExpressionKind::Payload(field) => (self.event.fields[field.index()].ty.clone(), value.kind),
            ExpressionKind::Member(inner, name) => {
                let inner = self.known(*inner);
                let fields = inner.ty.record().map(|record| &self.records[record.index()].fields);
                let field = fields.and_then(|fields| fields.iter().find(|field| field.name == name));
                let ty = field.map_or(Type::Json, |field| field.ty.clone());
                (ty, ExpressionKind::Member(Box::new(inner), name))
            }
            ExpressionKind::Negate(inner) => {
                let inner = self.typed(*inner, wanted);
                let inner = if inner.ty == Type::Json { fit(inner, &Type::Number) } else { inner };
                (inner.ty.clone(), ExpressionKind::Negate(Box::new(inner)))
            }
            ExpressionKind::Binary(operator, left, right) => self.binary(operator, *left, *right, wanted),
            ExpressionKind::Widen(_) | ExpressionKind::Narrow(_) => return value,
        };
        Expression { ty, kind }
    }

    fn list(self, items: Vec<Expression>, wanted: Option<&Type>) -> (Type, ExpressionKind) {
        let element = match wanted {
            Some(Type::List(element)) => (**element).clone(),
            Some(_) | None => {
                let mut types = items.iter().map(|item| self.known(item.clone()).ty);
                match types.next() {
                    Some(first) if types.all(|ty| ty == first) => first,
                    Some(_) | None => Type::Json,
                }
            }
        };
        let items = items.into_iter().map(|item| self.value(item, &element)).collect();
        (Type::List(Box::new(element)), ExpressionKind::List(items))
    }

    fn object(self, entries: Vec<(String, Expression)>, wanted: Option<&Type>) -> (Type, ExpressionKind) {
        let record = match wanted {
            Some(Type::Record(record)) => Some(*record),
            Some(_) | None => None,
        };
        let field = |name: &str| {
            let fields = &self.records[record?.index()].fields;
            fields.iter().find(|field| field.name == name).map(|field| field.ty.clone())
        };
        let entries = entries
            .into_iter()
            .map(|(name, value)| {
                let ty = field(&name).unwrap_or(Type::Json);
                (name, self.value(value, &ty))
            })
            .collect();
        (record.map_or(Type::Object, Type::Record), ExpressionKind::Object(entries))
    }

    fn binary(
        self,
        operator: BinaryOperator,
        left: Expression,
        right: Expression,
        wanted: Option<&Type>,
    ) -> (Type, ExpressionKind) {
        let integer = wanted.filter(|wanted| **wanted == Type::Integer && operator != BinaryOperator::Divide);
        let (left, right) = (self.typed(left, integer), self.typed(right, integer));
        let (left_ty, right_ty) = sides(operator, &left.ty, &right.ty);
        let ty = result(&left_ty, &right_ty);
        let (left, right) = (fit(left, &left_ty), fit(right, &right_ty));
        (ty, ExpressionKind::Binary(operator, Box::new(left), Box::new(right)))
    }
}

/// By what a variable of this type increases.
fn step(variable: &Type) -> Type {
    match variable {
        Type::Time | Type::Duration => Type::Duration,
        Type::Integer => Type::Integer,
        Type::Number | Type::String | Type::Boolean | Type::List(_) | Type::Object | Type::Record(_) | Type::Json => {
            Type::Number
        }
    }
}

fn element_of(list: &Type) -> Type {
    list.element().cloned().unwrap_or(Type::Json)
}

/// The types that the sides of an operator are converted to.
fn sides(operator: BinaryOperator, left: &Type, right: &Type) -> (Type, Type) {
    match (left, right) {
        (Type::Integer, Type::Integer) if operator != BinaryOperator::Divide => (Type::Integer, Type::Integer),
        (Type::Number | Type::Integer, Type::Number | Type::Integer) | (Type::Json, Type::Json) => {
            (Type::Number, Type::Number)
        }
        (Type::Duration, Type::Integer) => (Type::Duration, Type::Number),
        (Type::Integer, Type::Duration) => (Type::Number, Type::Duration),
        (Type::Json, known) => (partner(operator, known), known.clone()),
        (known, Type::Json) => (known.clone(), partner(operator, known)),
        _ => (left.clone(), right.clone()),
    }
}

/// What a value of unknown type must be beside a known one.
fn partner(operator: BinaryOperator, known: &Type) -> Type {
    match (operator, known) {
        (BinaryOperator::Add | BinaryOperator::Subtract, Type::Time) => Type::Duration,
        (BinaryOperator::Multiply | BinaryOperator::Divide, Type::Duration) | (_, Type::Integer) => Type::Number,
        _ => known.clone(),
    }
}

/// What an operator gives of what its sides are converted to; those of a division are never integers.
fn result(left: &Type, right: &Type) -> Type {
    match (left, right) {
        (Type::Time, Type::Time) => Type::Duration,
        (Type::Time, _) | (_, Type::Time) => Type::Time,
        (Type::Duration, _) | (_, Type::Duration) => Type::Duration,
        (Type::String, _) => Type::String,
        (Type::Integer, Type::Integer) => Type::Integer,
        _ => Type::Number,
    }
}

/// Whether a value is written as a number that an integer can be: beside an integer it is compared as one.
fn is_whole(value: &Expression) -> bool {
    matches!(&value.kind, ExpressionKind::Number(text) if text.parse::<i64>().is_ok())
}

/// The type in which two values are compared.
fn equal(left: &Type, right: &Type) -> Type {
    match (left, right) {
        _ if left == right => left.clone(),
        (Type::Number, Type::Integer) | (Type::Integer, Type::Number) => Type::Number,
        (Type::Object, Type::Record(_)) | (Type::Record(_), Type::Object) => Type::Object,
        _ => Type::Json,
    }
}

/// The type in which two values are ordered.
fn ordered(left: &Type, right: &Type) -> Type {
    match (left, right) {
        _ if left == right => left.clone(),
        (Type::Json, known) | (known, Type::Json) => known.clone(),
        _ => Type::Number,
    }
}

/// A value in the type of its place.
fn fit(value: Expression, target: &Type) -> Expression {
    if value.ty == *target {
        return value;
    }
    if matches!(value.kind, ExpressionKind::Null | ExpressionKind::Empty) {
        return Expression { ty: target.clone(), ..value };
    }
    let widens = matches!(
        (&value.ty, target),
        (_, Type::Json) | (Type::Integer, Type::Number) | (Type::Record(_), Type::Object)
    );
    let kind = if widens { ExpressionKind::Widen } else { ExpressionKind::Narrow };
    Expression { ty: target.clone(), kind: kind(Box::new(value)) }
}
