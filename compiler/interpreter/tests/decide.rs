//! Turns driven by hand: an IR in, a decision out.

use eventflow::dynamic::{
    BoxError, BoxFuture, Call, Caller, DynDecision, DynTurn, Effect, Failure, Meta, Outcome, Random, Sender,
};
use eventflow::{ConversationId, InstanceId, Json, MessageId, Timestamp};
use eventflow_interpreter::{Acted, Asked, Behaviors, Interpretation, interpret};
use eventflowc::ir::{
    Arm, Assigned, BinaryOperator, Comparison, Condition, Constraint, Event, Expression, ExpressionKind, Field,
    Handler, Machine, OriginId, Origins, Queue, Rule, Scenario, ScenarioId, Sentence, SentenceCall, SentenceId,
    SentenceKind, SetBy, State, StateId, Statement, StatementKind, System, Type, VERSION, Variable, VariableId,
};
use eventflowc::ir::{EventId, FieldId};
use eventflowc::source::Sources;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

const HERE: OriginId = OriginId(0);

struct Code;

impl Behaviors for Code {
    fn guard<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(async move {
            assert!(asked.arguments != [Json::from(13)], "thirteen is refused");
            Ok(asked.arguments != [Json::from(0)])
        })
    }

    fn action<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Acted, BoxError>> {
        let set = vec![("note".to_owned(), asked.arguments.first().cloned().unwrap_or_default())];
        Box::pin(async move { Ok(Acted { value: None, set }) })
    }

    fn transformer<'a>(&'a self, _: Asked<'a>) -> BoxFuture<'a, Result<Json, BoxError>> {
        Box::pin(async { Ok(Json::Null) })
    }

    fn rule(&self, _: &str, _: &str, _: &[Json]) -> Result<bool, BoxError> {
        Ok(true)
    }
}

struct Nobody;

impl Caller for Nobody {
    fn call<'a>(&'a mut self, call: Call<'a>) -> BoxFuture<'a, Result<Json, Failure>> {
        let event = call.event.to_owned().into();
        Box::pin(async { Err(Failure::Call { event, why: "nobody is there".into() }) })
    }
}

struct Counted;

impl Random for Counted {
    fn uuid(&self) -> String {
        "00000000-0000-7000-8000-000000000001".into()
    }
}

fn expression(ty: Type, kind: ExpressionKind) -> Expression {
    Expression { ty, kind }
}

fn integer(value: i64) -> Expression {
    expression(Type::Integer, ExpressionKind::Number(value.to_string()))
}

fn payload() -> Expression {
    expression(Type::Integer, ExpressionKind::Payload(FieldId(0)))
}

fn variable(position: u32) -> VariableId {
    VariableId(position)
}

fn read(position: u32, ty: Type) -> Expression {
    expression(ty, ExpressionKind::Context(variable(position)))
}

fn does(kind: StatementKind) -> Statement {
    Statement { origin: HERE, kind }
}

/// A machine with one handler for `:go` with an integer `n`, and the variables `total`, `list`, `note`.
fn machine(body: Vec<Statement>) -> Interpretation {
    let named = |name: &str, ty, set_by| Variable { name: name.into(), origin: HERE, ty, set_by, secret: false };
    let state = |name: &str| State {
        name: name.into(),
        origin: HERE,
        declared: false,
        kind: None,
        outcome: None,
        description: None,
    };
    let sentence = |kind, name: &str| Sentence {
        kind,
        name: name.into(),
        text: name.replace('_', " "),
        parameters: Vec::new(),
        returns: None,
        asynchronous: true,
        origins: vec![HERE],
    };
    let field = Field { name: "n".into(), origin: HERE, ty: Type::Integer, required: true, secret: false };
    let handler = Handler {
        origin: HERE,
        event: EventId(0),
        from: None,
        api: true,
        queued: false,
        fixed: Vec::new(),
        acceptance: None,
        priority: None,
        creates: true,
        scenario: ScenarioId(0),
        intended: Vec::new(),
        checks: Vec::new(),
        returns: None,
        body,
    };
    let machine = Machine {
        name: "order".into(),
        origin: HERE,
        closed: false,
        states: vec![state("idle"), state("paid")],
        initial: StateId(0),
        variables: vec![
            named("total", Type::Integer, SetBy::Statements),
            named("list", Type::List(Box::new(Type::Integer)), SetBy::Statements),
            named("note", Type::Integer, SetBy::Actions),
        ],
        identity: None,
        events: vec![Event {
            name: "go".into(),
            origin: HERE,
            fields: vec![field],
            reserved: None,
            external: true,
            scheduled: false,
        }],
        handlers: vec![handler],
        messages: Vec::new(),
        sentences: vec![sentence(SentenceKind::Guard, "is_fine"), sentence(SentenceKind::Action, "note_it")],
        custom_rules: Vec::new(),
        scenarios: vec![Scenario { title: None, origin: HERE, starts_in: None, handlers: Vec::new() }],
        queue: Queue::default(),
    };
    let system = System {
        version: VERSION,
        name: "order".into(),
        title: "order".into(),
        machines: vec![machine],
        actors: Vec::new(),
        records: Vec::new(),
    };
    interpret(system, &Origins::default(), &Sources::default(), Arc::new(Code))
}

/// Decides for `:go` with `n`, on an instance whose context is given.
fn turn(body: Vec<Statement>, n: i64, context: &str) -> Result<Outcome, Failure> {
    let interpretation = machine(body);
    let machine = &interpretation.machines()[0];
    let instance = machine.restore("idle", &context.parse().expect("JSON")).expect("a context of the machine");
    let meta = Meta {
        instance: InstanceId::parse("order", "order-1").expect("an id"),
        conversation: ConversationId::parse("c").expect("an id"),
        sender: Sender::System,
        message: MessageId::derive(MessageId::from_bytes([7; 16]), 0),
        now: Timestamp::EPOCH,
    };
    let data = Json::object([("n", Json::from(n))]);
    let turn = DynTurn {
        instance: &*instance,
        handler: 0,
        data: &data,
        meta: &meta,
        fixed: None,
        random: &Counted,
        caller: &mut Nobody,
    };
    let mut decided = pin!(machine.decide(turn));
    match decided.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn decision(body: Vec<Statement>, n: i64, context: &str) -> DynDecision {
    match turn(body, n, context) {
        Ok(Outcome::Decided(decision)) => decision,
        other => panic!("no decision: {other:?}"),
    }
}

fn increase(position: u32, by: Expression) -> Statement {
    does(StatementKind::Increase { variable: variable(position), by })
}

fn append(element: Expression) -> Statement {
    does(StatementKind::Append { variable: variable(1), element })
}

fn call(sentence: u32, argument: Expression) -> SentenceCall {
    SentenceCall {
        sentence: SentenceId(sentence),
        arguments: vec![argument],
        origin: HERE,
        place: format!("pay/{sentence}/1"),
    }
}

fn asks(argument: Expression) -> Condition {
    Condition::Sentence(call(0, argument))
}

fn when(condition: Condition, body: Vec<Statement>) -> Statement {
    does(StatementKind::Branch(vec![Arm { origin: HERE, condition: Some(condition), body }]))
}

#[test]
fn unset_counts_as_zero_and_statements_see_those_above_them() {
    let body = vec![
        increase(0, payload()),
        increase(0, read(0, Type::Integer)),
        does(StatementKind::Transition(StateId(1))),
        when(
            Condition::InState { states: vec![StateId(1)], negated: false },
            vec![does(StatementKind::Cancel(EventId(0)))],
        ),
    ];
    let decision = decision(body, 4, "{}");
    assert_eq!(decision.set, r#"{"total":8}"#);
    assert_eq!(decision.state, Some(1));
    assert!(matches!(decision.effects.indexed().next(), Some((None, Effect::Disarm { .. }))));
}

#[test]
fn list_operations_are_recorded_as_such_unless_the_list_was_assigned() {
    let remove = || does(StatementKind::Remove { variable: variable(1), element: integer(1) });
    let edited = decision(vec![append(payload()), remove()], 3, r#"{"list":[1,2,1]}"#);
    assert_eq!(edited.set, r#"{"list":{"operations":[{"append":3},{"remove":1}]}}"#);
    let list = Type::List(Box::new(Type::Integer));
    let empty = Assigned::Expression(expression(list, ExpressionKind::Empty));
    let assign = does(StatementKind::Assign { variable: variable(1), value: empty });
    let assigned = decision(vec![append(payload()), assign, append(integer(5))], 3, "{}");
    assert_eq!(assigned.set, r#"{"list":[5]}"#);
}

#[test]
fn recorded_operations_fold_to_the_list_that_the_turn_saw() {
    let interpretation = machine(Vec::new());
    let mut instance = interpretation.machines()[0].fresh();
    for set in [r#"{"list":[1,2,1],"total":5}"#, r#"{"list":{"operations":[{"append":3},{"remove":1}]},"total":null}"#]
    {
        instance.apply(Some("paid"), Some(&set.parse().expect("JSON"))).expect("a record of the machine");
    }
    assert_eq!((instance.context().as_str(), instance.state()), (r#"{"list":[2,1,3]}"#, "paid"));
    assert!(instance.apply(None, Some(&Json::object([("gone", Json::Null)]))).is_err());
    assert!(instance.apply(Some("gone"), None).is_err());
}

#[test]
fn a_comparison_with_an_unset_value_is_false_whatever_it_is() {
    for operator in [Comparison::Equal, Comparison::NotEqual, Comparison::Less, Comparison::GreaterOrEqual] {
        let condition = Condition::Compare { operator, left: read(0, Type::Integer), right: integer(0) };
        let outcome = turn(vec![when(condition, vec![increase(0, integer(1))])], 1, "{}");
        assert!(matches!(outcome, Ok(Outcome::Ignored)), "{operator:?}");
    }
}

#[test]
fn an_empty_body_accepts_and_a_body_of_guards_alone_may_ignore() {
    assert_eq!(decision(Vec::new(), 1, "{}"), DynDecision::default());
    let body = || vec![when(asks(payload()), vec![increase(0, integer(1))])];
    assert!(matches!(turn(body(), 0, "{}"), Ok(Outcome::Ignored)));
    assert_eq!(decision(body(), 1, "{}").set, r#"{"total":1}"#);
}

#[test]
fn a_panic_in_user_code_is_a_failure_that_names_the_sentence() {
    let failure = turn(vec![when(asks(payload()), Vec::new())], 13, "{}");
    let Err(Failure::Panic { sentence, message, .. }) = failure else { panic!("no panic: {failure:?}") };
    assert_eq!(sentence, "is fine");
    assert!(message.contains("thirteen is refused"), "{message}");
}

#[test]
fn actions_set_what_no_statement_sets_and_an_unset_argument_fails_the_turn() {
    let act = |argument| does(StatementKind::Act(call(1, argument)));
    assert_eq!(decision(vec![act(payload())], 6, "{}").set, r#"{"note":6}"#);
    let failure = turn(vec![act(read(0, Type::Integer))], 6, "{}");
    assert!(matches!(failure, Err(Failure::Unset { name }) if name == "$total"));
}

#[test]
fn constraints_hold_where_they_stand() {
    let constraint = |required| {
        let rules = vec![Rule::AtMost("5".into())];
        does(StatementKind::Constrain(vec![Constraint {
            origin: HERE,
            variable: variable(0),
            required,
            bail: false,
            rules,
        }]))
    };
    assert!(turn(vec![constraint(false)], 1, "{}").is_ok());
    assert!(matches!(turn(vec![constraint(true)], 1, "{}"), Err(Failure::Constraint { value: None, .. })));
    let failure = turn(vec![increase(0, payload()), constraint(true)], 6, "{}");
    let Err(Failure::Constraint { variable, rule, value }) = failure else { panic!("no failure: {failure:?}") };
    assert_eq!((variable.as_ref(), rule.as_ref(), value.as_deref()), ("total", "at most 5", Some("6")));
}

#[test]
fn arithmetic_without_a_result_fails_the_turn() {
    let divided = |by| {
        let number = |value| Box::new(expression(Type::Number, ExpressionKind::Widen(Box::new(value))));
        let quotient = ExpressionKind::Binary(BinaryOperator::Divide, number(payload()), number(integer(by)));
        let whole = ExpressionKind::Narrow(Box::new(expression(Type::Number, quotient)));
        vec![increase(0, expression(Type::Integer, whole))]
    };
    assert_eq!(decision(divided(2), 8, "{}").set, r#"{"total":4}"#);
    for (n, by) in [(1, 0), (1, 2)] {
        assert!(matches!(turn(divided(by), n, "{}"), Err(Failure::Arithmetic(_))), "{n} / {by}");
    }
    assert!(matches!(turn(vec![increase(0, payload())], i64::MAX, r#"{"total":1}"#), Err(Failure::Arithmetic(_))));
}
