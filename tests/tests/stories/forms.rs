//! The compiler's form of a test plan and the driver's are one form: what one writes, the other reads, construct by construct.

use eventflow_interpreter::test_plan;
use eventflowc::test_plan::*;
use std::collections::BTreeSet;

fn place() -> Place {
    Place { file: "order.flow".into(), line: 3, column: 5, text: "on :place".into() }
}

fn filling(name: &str, value: Value) -> Filling {
    Filling { place: place(), name: name.into(), value }
}

fn number(text: &str) -> Box<Value> {
    Box::new(Value::Number(text.into()))
}

fn values() -> Vec<Value> {
    let arithmetic = [Arithmetic::Add, Arithmetic::Subtract, Arithmetic::Multiply, Arithmetic::Divide];
    let mut values = vec![
        Value::Text("tea".into()),
        Value::Number("24.5".into()),
        Value::Boolean(true),
        Value::Null,
        Value::Empty,
        Value::Now(-86_400_000_000),
        Value::Duration(number("3"), 1_000_000),
        Value::List(vec![Value::Null]),
        Value::Object(vec![("tea".into(), Value::Null)]),
        Value::Sample,
        Value::Variable("total".into()),
        Value::InstanceId(1),
        Value::CurrentState,
        Value::Reply,
        Value::ReplyStatus,
        Value::OfActor("customer".into(), "email".into()),
        Value::Member(Box::new(Value::Reply), "id".into()),
        Value::Count(Box::new(Value::Reply)),
        Value::Negate(number("1")),
    ];
    values.extend(arithmetic.map(|operator| Value::Arithmetic(operator, number("1"), number("2"))));
    values
}

fn comparisons() -> [Comparison; 6] {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    [Equal, NotEqual, Greater, GreaterOrEqual, Less, LessOrEqual]
}

fn conditions() -> Vec<Condition> {
    let value = || Value::CurrentState;
    let mut conditions = vec![
        Condition::Between(value(), value(), value()),
        Condition::Contains(value(), value()),
        Condition::IsEmpty(value()),
        Condition::Exists(value()),
        Condition::True(value()),
        Condition::InState(0, vec![1, 2]),
        Condition::Not(Box::new(Condition::True(value()))),
        Condition::All(vec![Condition::True(value())]),
        Condition::Any(vec![Condition::True(value())]),
    ];
    conditions.extend(comparisons().map(|comparison| Condition::Compare(comparison, value(), value())));
    conditions
}

fn claims() -> Vec<Claim> {
    use StateClaim::{HasBeenIn, HasEntered, HasNeverBeenIn, IsIn, IsNotIn};
    let expected = || vec![Expected { name: "total".into(), value: Value::Null }];
    let mut claims = vec![
        Claim::Items { value: Value::Empty, count: None },
        Claim::Items { value: Value::Empty, count: Some(Value::Null) },
        Claim::Event(EventClaim { event: "paid".into(), to: None, negated: true, payload: expected() }),
        Claim::Event(EventClaim {
            event: "paid".into(),
            to: Some("customer".into()),
            negated: false,
            payload: expected(),
        }),
        Claim::Called { machine: 0, sentence: "send_mail".into(), negated: false, arguments: expected() },
        Claim::Code { name: "all_is_well".into(), arguments: vec![Value::Null] },
    ];
    claims.extend([IsIn, IsNotIn, HasEntered, HasBeenIn, HasNeverBeenIn].map(|claim| Claim::State {
        machine: 0,
        claim,
        states: vec![0, 1],
    }));
    claims.extend(conditions().into_iter().map(Claim::Holds));
    claims
}

fn assumptions() -> Vec<Assumption> {
    let effects = vec![
        Effect::Holds(true),
        Effect::HoldsOrNot,
        Effect::Succeeds,
        Effect::Returns(Value::Null),
        Effect::Throws(Value::Text("no".into())),
        Effect::Triggers { event: "paid".into(), payload: vec![filling("total", Value::Null)] },
        Effect::Observed,
    ];
    let sayers = [Sayer::Sentence("send_mail".into()), Sayer::EveryGuard, Sayer::EveryAction];
    let arguments = comparisons().map(|comparison| Argument { name: "total".into(), comparison, value: Value::Null });
    let assume = |(place_of, effect): (usize, Effect)| Assumption {
        place: place(),
        machine: Some(place_of),
        event: Some("place".into()),
        of: sayers[place_of % sayers.len()].clone(),
        arguments: arguments.to_vec(),
        effect,
    };
    effects.into_iter().enumerate().map(assume).collect()
}

fn world() -> World {
    World {
        facts: vec![
            Fact::State { machine: 0, state: 1 },
            Fact::Variable { machine: 0, filling: filling("total", Value::Sample) },
            Fact::Context { machine: 0, filling: filling("total", Value::Null) },
            Fact::Guard { machine: 0, sentence: "cart_is_valid".into(), holds: false },
            Fact::LoggedIn { actor: "customer".into(), subject: Some("ada".into()) },
            Fact::LoggedIn { actor: "customer".into(), subject: None },
        ],
    }
}

fn types() -> Vec<Type> {
    vec![
        Type::String,
        Type::Number,
        Type::Integer,
        Type::Boolean,
        Type::Time,
        Type::Duration,
        Type::List(Box::new(Type::String)),
        Type::Object,
        Type::Record(vec![("name".into(), Type::String)]),
        Type::Json,
    ]
}

fn plan() -> TestPlan {
    let kinds = [SentenceKind::Guard, SentenceKind::Action, SentenceKind::Transformer, SentenceKind::Rule];
    let sentence = |(kind, returns)| Sentence {
        kind,
        name: "send_mail".into(),
        text: "send mail to $whom".into(),
        parameters: types().into_iter().map(|ty| Parameter { name: "whom".into(), ty }).collect(),
        returns,
    };
    let assertion = |claim| Assertion { place: place(), machine: 0, claim };
    let expect = |claims: Vec<Claim>| claims.into_iter().map(assertion).collect::<Vec<_>>();
    let step = |firing| Step {
        place: place(),
        machine: 0,
        handler: 1,
        firing,
        world: world(),
        payload: values().into_iter().map(|value| filling("total", value)).collect(),
        expect: expect(claims()),
    };
    let test = |kind| Test {
        title: "an order is placed".into(),
        scenario: Some("orders".into()),
        event: Some("place".into()),
        place: place(),
        kind,
        machine: 0,
        alone: true,
        world: world(),
        assumptions: assumptions(),
        steps: vec![step(Firing::Told), step(Firing::Always), step(Firing::Awaited)],
        expect: expect(claims()),
    };
    TestPlan {
        version: VERSION,
        unit: "shop".into(),
        flow: "0123".into(),
        roles: vec![Role {
            machine: "order".into(),
            sentences: kinds
                .into_iter()
                .zip([None].into_iter().chain(types().into_iter().map(Some)))
                .map(sentence)
                .collect(),
            settable: vec!["email".into()],
        }],
        answers: types()
            .into_iter()
            .map(|returns| Answer { by: "bank".into(), event: "rate".into(), returns })
            .collect(),
        tests: [TestKind::Scenario, TestKind::Variation, TestKind::Path].map(test).into(),
    }
}

#[test]
fn what_the_compiler_writes_the_driver_reads_and_writes_again() {
    let written = serde_json::to_value(plan()).expect("a plan is JSON");
    let read = test_plan(&plan()).expect("the driver reads it");
    assert_eq!(serde_json::to_value(&read).expect("a plan is JSON"), written);
}

/// The sample must hold every construct, or the test above says nothing about it: the names of all variants are read off
/// the sources of both forms.
#[test]
fn the_two_forms_have_the_same_constructs_and_the_sample_holds_them_all() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = ["", "/assumption", "/claim", "/value", "/world"];
    let declared = |of: &str| {
        let mut names = BTreeSet::new();
        for file in files {
            let text = std::fs::read_to_string(root.join(format!("{of}{file}.rs"))).expect("a form has its files");
            let parsed = syn::parse_file(&text).expect("it is Rust");
            for item in parsed.items {
                match item {
                    syn::Item::Enum(item) => {
                        names.extend(item.variants.iter().map(|variant| format!("{}::{}", item.ident, variant.ident)));
                    }
                    syn::Item::Struct(item) => {
                        let fields = item.fields.iter().filter_map(|field| field.ident.as_ref());
                        names.extend(fields.map(|field| format!("{}.{field}", item.ident)));
                    }
                    _ => {}
                }
            }
        }
        names
    };
    let ours = declared("compiler/src/test_plan");
    let theirs = declared("runtime-support/src/test_kit/plan");
    let only_theirs: Vec<_> = theirs.difference(&ours).collect();
    let only_ours: Vec<_> = ours.difference(&theirs).filter(|name| !name.starts_with("Unit.")).collect();
    assert!(only_ours.is_empty() && only_theirs.is_empty(), "{only_ours:?} {only_theirs:?}");
    let sample = format!("{:?}", plan());
    let words: BTreeSet<&str> = sample.split(|mark: char| !mark.is_alphanumeric()).collect();
    let missing: Vec<&String> =
        ours.iter().filter(|name| name.split_once("::").is_some_and(|(_, variant)| !words.contains(variant))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
