//! A plan in a form that a test can show: one line a thing.

use eventflowc::test_plan::{
    Argument, Assertion, Assumption, Claim, Comparison, Condition, Effect, Expected, Fact, Filling, Firing, Sayer,
    Step, Test, TestPlan, Value, World,
};
use std::fmt::Write as _;

/// All tests of a plan.
pub(crate) fn plan(plan: &TestPlan) -> String {
    plan.tests.iter().map(|test| shown(plan, test)).collect()
}

fn shown(plan: &TestPlan, test: &Test) -> String {
    let mut text = String::new();
    let alone = if test.alone { " alone" } else { "" };
    let machine = &plan.roles[test.machine].machine;
    let event = test.event.as_ref().map(|event| format!(" :{event}")).unwrap_or_default();
    writeln!(text, "{:?} `{}` of @{machine}{alone}{event}", test.kind, test.title).expect("text");
    world(&test.world, "  ", &mut text);
    for line in &test.assumptions {
        writeln!(text, "  assume {}", assumption(line)).expect("text");
    }
    for one in &test.steps {
        step(one, &mut text);
    }
    for line in &test.expect {
        writeln!(text, "  = {}", claim(line)).expect("text");
    }
    text
}

fn step(step: &Step, text: &mut String) {
    let always = match step.firing {
        Firing::Told => "",
        Firing::Always => " always",
        Firing::Awaited => " awaited",
    };
    writeln!(text, "  {}.{}{always}: {}", step.machine, step.handler, step.place.text).expect("text");
    world(&step.world, "    ", text);
    for field in &step.payload {
        writeln!(text, "    with {}", filling(field)).expect("text");
    }
    for line in &step.expect {
        writeln!(text, "    = {}", claim(line)).expect("text");
    }
}

fn world(world: &World, indent: &str, text: &mut String) {
    for fact in &world.facts {
        let line = match fact {
            Fact::State { machine, state } => format!("{machine} is in {state}"),
            Fact::Variable { machine, filling: given } => format!("{machine} {}", filling(given)),
            Fact::Context { machine, filling: given } => format!("{machine} context {}", filling(given)),
            Fact::Guard { machine, sentence, holds } => format!("{machine} ? {sentence} = {holds}"),
            Fact::LoggedIn { actor, subject } => format!("@{actor} as {subject:?}"),
        };
        writeln!(text, "{indent}{line}").expect("text");
    }
}

fn filling(filling: &Filling) -> String {
    format!("{} = {}", filling.name, value(&filling.value))
}

fn assumption(line: &Assumption) -> String {
    let machine = line.machine.map(|machine| format!("{machine}.")).unwrap_or_default();
    let event = line.event.as_ref().map(|event| format!(" in :{event}")).unwrap_or_default();
    let of = match &line.of {
        Sayer::Sentence(name) => name.clone(),
        Sayer::EveryGuard => "every guard".to_owned(),
        Sayer::EveryAction => "every action".to_owned(),
    };
    let arguments: Vec<String> = line.arguments.iter().map(argument).collect();
    let effect = match &line.effect {
        Effect::Holds(holds) => holds.to_string(),
        Effect::HoldsOrNot => "either".to_owned(),
        Effect::Succeeds => "succeeds".to_owned(),
        Effect::Returns(returned) => format!("returns {}", value(returned)),
        Effect::Throws(thrown) => format!("throws {}", value(thrown)),
        Effect::Triggers { event, payload } => {
            let payload: Vec<String> = payload.iter().map(filling).collect();
            format!("triggers :{event} ({})", payload.join(", "))
        }
        Effect::Observed => "observed".to_owned(),
    };
    format!("{machine}{of}({}){event}: {effect}", arguments.join(", "))
}

fn argument(argument: &Argument) -> String {
    format!("{} {} {}", argument.name, mark(argument.comparison), value(&argument.value))
}

fn claim(line: &Assertion) -> String {
    match &line.claim {
        Claim::State { machine, claim, states } => format!("{machine} {claim:?} {states:?}"),
        Claim::Items { value: list, count } => {
            format!("{} has {} items", value(list), count.as_ref().map_or("some".to_owned(), value))
        }
        Claim::Event(event) => format!(
            "{}:{} to {}{}",
            if event.negated { "not " } else { "" },
            event.event,
            event.to.as_deref().unwrap_or("anybody"),
            expected(&event.payload)
        ),
        Claim::Called { machine, sentence, negated, arguments } => {
            format!("{}call {machine}.{sentence}{}", if *negated { "not " } else { "" }, expected(arguments))
        }
        Claim::Holds(holds) => condition(holds),
        Claim::Code { name, arguments } => {
            format!("code {name}({})", arguments.iter().map(value).collect::<Vec<_>>().join(", "))
        }
    }
}

fn expected(fields: &[Expected]) -> String {
    fields.iter().map(|field| format!(" {}: {}", field.name, value(&field.value))).collect()
}

fn condition(of: &Condition) -> String {
    let all = |parts: &[Condition], word: &str| parts.iter().map(condition).collect::<Vec<_>>().join(word);
    match of {
        Condition::Compare(comparison, left, right) => {
            format!("{} {} {}", value(left), mark(*comparison), value(right))
        }
        Condition::Between(between, low, high) => format!("{} in {}..{}", value(between), value(low), value(high)),
        Condition::Contains(container, item) => format!("{} contains {}", value(container), value(item)),
        Condition::IsEmpty(empty) => format!("{} is empty", value(empty)),
        Condition::Exists(exists) => format!("{} exists", value(exists)),
        Condition::True(truth) => format!("{} is true", value(truth)),
        Condition::InState(machine, states) => format!("{machine} in {states:?}"),
        Condition::Not(inner) => format!("not ({})", condition(inner)),
        Condition::All(parts) => format!("({})", all(parts, " and ")),
        Condition::Any(parts) => format!("({})", all(parts, " or ")),
    }
}

fn mark(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
    }
}

fn value(of: &Value) -> String {
    match of {
        Value::Text(text) => format!("{text:?}"),
        Value::Number(number) => number.clone(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Null => "null".to_owned(),
        Value::Empty => "empty".to_owned(),
        Value::Now(0) => "now".to_owned(),
        Value::Now(later) => format!("now{later:+}"),
        Value::Duration(amount, unit) => format!("{}*{unit}us", value(amount)),
        Value::List(items) => format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members: Vec<String> = members.iter().map(|(name, of)| format!("{name}: {}", value(of))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Sample => "sample".to_owned(),
        Value::Variable(name) => format!("${name}"),
        Value::InstanceId(machine) => format!("id of {machine}"),
        Value::CurrentState => "current_state".to_owned(),
        Value::Reply => "reply".to_owned(),
        Value::ReplyStatus => "reply status".to_owned(),
        Value::OfActor(actor, name) => format!("@{actor}.{name}"),
        Value::Member(inner, name) => format!("{}.{name}", value(inner)),
        Value::Count(list) => format!("count of {}", value(list)),
        Value::Negate(inner) => format!("-{}", value(inner)),
        Value::Arithmetic(operator, left, right) => format!("({} {operator:?} {})", value(left), value(right)),
    }
}
