//! Machines whose handlers are lists of steps.

use eventflow::description::{
    EventDescription, FieldDescription, HandlerDescription, MachineDescription, Party, Priority, QueueDescription,
    StateDescription, VariableDescription,
};
use eventflow::dynamic::{
    Acceptance, Accepted, BoxFuture, Call, DynDecision, DynMachine, DynTurn, Effect, Failure, Instance, Outcome, Reply,
    Target, Way,
};
use eventflow::rules::Violation;
use eventflow::schema::Schema;
use eventflow::{Duration, Json, Mismatch};
use std::any::Any;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;

/// One step of a handler. Texts that begin with `$` are variables, of the payload first and then of the context.
#[derive(Clone)]
pub(crate) enum Step {
    /// Goes on only in this state.
    In(&'static str),
    MoveTo(&'static str),
    Set(&'static str, &'static str),
    /// Adds one to a variable.
    Count(&'static str),
    /// Sets the identity variable to the value of a payload field.
    Identify(&'static str),
    Emit(Way, Target, &'static str, &'static str),
    /// Calls, and puts the answer into a variable.
    Call(Target, &'static str, &'static str, &'static str),
    Arm(&'static str, i64),
    Disarm(&'static str),
    Callback(&'static str, &'static str),
    Reply(u16, &'static str),
    Promise(&'static str),
    Return(&'static str),
    /// Fails while the counter is above zero, and counts down.
    Fail(Arc<AtomicU32>),
    /// Waits for a gate to open.
    Wait(Gate),
    BreakConstraint,
    BreakRule,
}

/// A gate that a test opens; whoever waits looks again whenever it is polled.
pub(crate) type Gate = Arc<AtomicBool>;

/// A machine of steps.
pub(crate) struct Scripted {
    description: MachineDescription,
    bodies: Vec<Vec<Step>>,
}

/// A handler under construction.
pub(crate) struct On {
    event: &'static str,
    fields: Vec<FieldDescription>,
    handler: HandlerDescription,
    steps: Vec<Step>,
}

pub(crate) fn on(event: &'static str, steps: Vec<Step>) -> On {
    let handler = HandlerDescription {
        event: 0,
        from: None,
        api: false,
        queued: false,
        priority: Priority::Normal,
        creates: false,
        checks: Vec::new().into(),
        intended: Vec::new().into(),
        place: "test.flow:1".into(),
    };
    On { event, fields: Vec::new(), handler, steps }
}

impl On {
    pub(crate) fn creates(mut self) -> Self {
        self.handler.creates = true;
        self
    }

    pub(crate) fn api(mut self) -> Self {
        self.handler.api = true;
        self
    }

    pub(crate) fn queued(mut self) -> Self {
        self.handler.queued = true;
        self.api()
    }

    pub(crate) fn from(mut self, party: Party) -> Self {
        self.handler.from = Some(party);
        self
    }

    pub(crate) fn prioritized(mut self, priority: Priority) -> Self {
        self.handler.priority = priority;
        self
    }

    pub(crate) fn intended(mut self, state: usize) -> Self {
        self.handler.intended = vec![state].into();
        self
    }

    pub(crate) fn field(mut self, name: &'static str, schema: Schema, required: bool) -> Self {
        self.fields.push(FieldDescription { name: name.into(), schema, required, secret: false });
        self
    }
}

/// A machine; its first state is the initial one.
pub(crate) fn machine(name: &'static str, states: &[&'static str], handlers: Vec<On>) -> Scripted {
    let mut events: Vec<EventDescription> = Vec::new();
    let mut described = Vec::new();
    let mut bodies = Vec::new();
    for On { event, fields, mut handler, steps } in handlers {
        handler.event = events.iter().position(|known| known.name == event).unwrap_or_else(|| {
            events.push(EventDescription { name: event.into(), fields: fields.into() });
            events.len() - 1
        });
        described.push(handler);
        bodies.push(steps);
    }
    let states = states.iter().map(|name| StateDescription { name: (*name).into(), terminal: false, outcome: None });
    let identity = VariableDescription { name: "identity".into(), schema: Schema::String, secret: false };
    let description = MachineDescription {
        name: name.into(),
        states: states.collect(),
        initial: 0,
        variables: vec![identity].into(),
        identity: Some(0),
        events: events.into(),
        handlers: described.into(),
        queue: QueueDescription::DEFAULT,
    };
    Scripted { description, bodies }
}

impl Scripted {
    pub(crate) fn queued_as(mut self, queue: QueueDescription) -> Self {
        self.description.queue = queue;
        self
    }
}

#[derive(Clone)]
struct Folded {
    state: String,
    context: BTreeMap<String, Json>,
    states: Vec<String>,
}

impl Instance for Folded {
    fn state(&self) -> &str {
        &self.state
    }

    fn apply(&mut self, state: Option<&str>, set: Option<&Json>) -> Result<(), Mismatch> {
        if let Some(state) = state {
            if !self.states.iter().any(|known| known == state) {
                return Err(Mismatch::new("a state of the machine", &Json::text(state)));
            }
            self.state = state.to_owned();
        }
        if let Some(Json::Object(set)) = set {
            self.context.extend(set.clone());
        }
        Ok(())
    }

    fn context(&self) -> String {
        Json::Object(self.context.clone()).to_string()
    }

    fn boxed_clone(&self) -> Box<dyn Instance> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl DynMachine for Scripted {
    fn description(&self) -> &MachineDescription {
        &self.description
    }

    fn fresh(&self) -> Box<dyn Instance> {
        let states: Vec<String> = self.description.states.iter().map(|state| state.name.to_string()).collect();
        Box::new(Folded { state: states[0].clone(), context: BTreeMap::new(), states })
    }

    fn restore(&self, state: &str, context: &Json) -> Result<Box<dyn Instance>, Mismatch> {
        let mut instance = self.fresh();
        instance.apply(Some(state), Some(context))?;
        Ok(instance)
    }

    fn decide<'a>(&'a self, turn: DynTurn<'a>) -> BoxFuture<'a, Result<Outcome, Failure>> {
        Box::pin(async move {
            let folded = turn.instance.as_any().downcast_ref::<Folded>().expect("an instance of this machine");
            let mut run = Run {
                machine: &self.description,
                state: folded.state.clone(),
                context: folded.context.clone(),
                set: BTreeMap::new(),
                decision: DynDecision::default(),
            };
            let steps = &self.bodies[turn.handler];
            let mut ran = steps.is_empty();
            let DynTurn { data, meta, caller, .. } = turn;
            for step in steps {
                if let Step::In(state) = step {
                    if run.state != *state {
                        break;
                    }
                    continue;
                }
                ran = true;
                if let Step::Wait(gate) = step {
                    poll_fn(|_| if gate.load(Ordering::SeqCst) { Poll::Ready(()) } else { Poll::Pending }).await;
                } else if let Step::Call(target, event, payload, variable) = step {
                    let payload = run.value(payload, data).to_string();
                    let index = run.decision.effects.next_index();
                    let call = Call { index, target: target.clone(), event, data: &payload };
                    let answer = caller.call(call).await?;
                    let (event, target) = ((*event).into(), target.clone());
                    run.decision.effects.push(Effect::Called {
                        target,
                        event,
                        data: payload,
                        answer: answer.to_string(),
                    });
                    run.set(variable, answer);
                } else {
                    run.step(step, data, meta.now)?;
                }
            }
            Ok(if ran { Outcome::Decided(run.end()) } else { Outcome::Ignored })
        })
    }

    fn accept(&self, turn: &Acceptance<'_>) -> Result<Accepted, Failure> {
        let mut replies = self.bodies[turn.handler].iter().filter_map(|step| match step {
            Step::Reply(status, body) => Some(reply(*status, &fill(&body.parse().expect("JSON"), &[turn.data]), None)),
            _ => None,
        });
        Ok(Accepted { reply: replies.next_back(), fixed: Json::object([("fixed", Json::from(true))]) })
    }

    fn keeps_rule(&self, _: usize, value: &Json) -> Result<bool, Failure> {
        Ok(!value.is_null())
    }
}

struct Run<'a> {
    machine: &'a MachineDescription,
    state: String,
    context: BTreeMap<String, Json>,
    set: BTreeMap<String, Json>,
    decision: DynDecision,
}

impl Run<'_> {
    fn step(&mut self, step: &Step, data: &Json, now: eventflow::Timestamp) -> Result<(), Failure> {
        let effects = &mut self.decision.effects;
        match step {
            Step::In(_) | Step::Call(..) | Step::Wait(_) => unreachable!("done by the loop"),
            Step::MoveTo(state) => {
                self.decision.state = self.machine.states.iter().position(|known| known.name == *state);
                self.state = (*state).to_owned();
            }
            Step::Set(variable, value) => {
                let value = self.value(value, data);
                self.set(variable, value);
            }
            Step::Count(variable) => {
                let before = self.context.get(*variable).cloned().unwrap_or(Json::from(0));
                let Json::Number(before) = before else { unreachable!("a counter is a number") };
                self.set(variable, Json::Number(before.checked_add(1.into()).expect("it fits")));
            }
            Step::Identify(field) => {
                self.decision.identity = data.get(field).and_then(Json::as_text).map(str::to_owned);
            }
            Step::Emit(way, target, event, payload) => {
                let data = fill(&payload.parse().expect("JSON"), &[data, &Json::Object(self.context.clone())]);
                let (target, event) = (target.clone(), (*event).into());
                effects.push(Effect::Emit { way: *way, target, event, data: data.to_string() });
            }
            Step::Arm(event, seconds) => {
                let due = now.saturating_add(Duration::from_seconds(*seconds));
                effects.push(Effect::Arm { event: (*event).into(), due });
            }
            Step::Disarm(event) => effects.push(Effect::Disarm { event: (*event).into() }),
            Step::Callback(event, payload) => {
                effects.push(Effect::Callback { event: (*event).into(), data: (*payload).to_owned() });
            }
            Step::Reply(status, body) => {
                self.decision.reply = Some(reply(*status, &self.value(body, data), None));
            }
            Step::Promise(event) => self.decision.reply = Some(reply(202, &Json::Null, Some(event))),
            Step::Return(value) => self.decision.returned = Some(self.value(value, data).to_string()),
            Step::Fail(left) => {
                let count_down = |left: u32| left.checked_sub(1);
                if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count_down).is_ok() {
                    return Err(Failure::Code {
                        sentence: "fail".into(),
                        place: "test.flow:2".into(),
                        error: "no luck".into(),
                    });
                }
            }
            Step::BreakConstraint => {
                return Err(Failure::Constraint {
                    variable: "count".into(),
                    rule: "less than 5".into(),
                    value: Some("5".to_owned()),
                });
            }
            Step::BreakRule => {
                return Err(Failure::Invalid { event: "told".into(), violations: vec![Violation::missing("total")] });
            }
        }
        Ok(())
    }

    fn value(&self, template: &str, data: &Json) -> Json {
        fill(&template.parse().expect("the test's own JSON"), &[data, &Json::Object(self.context.clone())])
    }

    fn set(&mut self, variable: &str, value: Json) {
        self.context.insert(variable.to_owned(), value.clone());
        self.set.insert(variable.to_owned(), value);
    }

    fn end(mut self) -> DynDecision {
        if !self.set.is_empty() {
            self.decision.set = Json::Object(self.set).to_string();
        }
        self.decision
    }
}

fn reply(status: u16, body: &Json, promises: Option<&str>) -> Reply {
    let body = (!body.is_null()).then(|| body.to_string());
    Reply { status, phrase: None, body, promises: promises.map(|event| event.to_owned().into()) }
}

/// The template with its variables replaced; the first source that has one gives it.
fn fill(template: &Json, sources: &[&Json]) -> Json {
    match template {
        Json::Text(text) => match text.strip_prefix('$') {
            Some(name) => sources.iter().find_map(|source| source.get(name)).cloned().unwrap_or_default(),
            None => template.clone(),
        },
        Json::List(items) => Json::List(items.iter().map(|item| fill(item, sources)).collect()),
        Json::Object(fields) => {
            Json::Object(fields.iter().map(|(name, value)| (name.clone(), fill(value, sources))).collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => template.clone(),
    }
}
