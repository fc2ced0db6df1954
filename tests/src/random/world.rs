//! What a random system consists of, before it is written down.

use super::rule::rules;
use crate::seed::Seed;

/// A type of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Integer,
    Boolean,
    Time,
    Duration,
    Texts,
    Numbers,
    Integers,
    Records(usize),
    Anythings,
    Object,
    Record(usize),
}

/// A declared record type.
pub(super) struct Record {
    pub(super) name: &'static str,
    pub(super) fields: Vec<(&'static str, Kind)>,
}

/// A typed name: a context variable or a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// Whom a handler admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    Anyone,
    Actor(usize),
    Machine(usize),
    System,
}

/// What a handler is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Called from outside.
    Api,
    /// Called from outside, answered at acceptance.
    Queued,
    /// Sent by an actor or a machine.
    Message,
    /// Called by machines: every path returns a value.
    Answer(Kind),
    /// Scheduled by the machine itself.
    Timer,
    ValidationFailed,
    ConstraintViolated,
    TimerExpired,
}

/// A field as one handler's table declares it.
pub(super) struct Declared {
    pub(super) field: Named,
    pub(super) required: bool,
    pub(super) rules: Vec<String>,
}

/// One `on`.
pub(super) struct Handler {
    pub(super) event: &'static str,
    pub(super) from: From,
    pub(super) role: Role,
    pub(super) table: Vec<Declared>,
    pub(super) scenario: usize,
    pub(super) priority: Option<&'static str>,
}

/// A sentence that code carries out: the words before its parameters, and their types.
pub(super) struct Sentence {
    pub(super) words: String,
    pub(super) parameters: Vec<Kind>,
    pub(super) returns: Option<Kind>,
}

/// One machine.
pub(super) struct Machine {
    pub(super) name: &'static str,
    pub(super) states: Vec<&'static str>,
    pub(super) closed: bool,
    pub(super) variables: Vec<Named>,
    /// Set by custom actions alone.
    pub(super) noted: Vec<Named>,
    /// What takes answers of calls whose type nobody knows before.
    pub(super) answers: Vec<Named>,
    pub(super) handlers: Vec<Handler>,
    pub(super) guards: Vec<Sentence>,
    pub(super) actions: Vec<Sentence>,
    pub(super) sources: Vec<Sentence>,
    pub(super) scenarios: usize,
    /// Whether a handler assigns the variable that names the instance.
    pub(super) names_itself: bool,
}

/// A message that an external actor hears.
pub(super) struct Port {
    pub(super) actor: usize,
    pub(super) event: &'static str,
    pub(super) fields: Vec<Named>,
    pub(super) answer: Kind,
}

/// A whole system.
pub(super) struct World {
    pub(super) actors: Vec<&'static str>,
    pub(super) records: Vec<Record>,
    pub(super) machines: Vec<Machine>,
    pub(super) ports: Vec<Port>,
}

const SCALARS: [Kind; 6] = [Kind::Text, Kind::Number, Kind::Integer, Kind::Boolean, Kind::Time, Kind::Duration];
const MACHINES: [&str; 7] = ["order", "payment", "stock", "match", "option", "clerk_desk", "box"];
const STATES: [&str; 9] = ["open", "waiting", "done", "failed", "type", "some", "paid", "in_review", "self"];
const EVENTS: [&str; 20] = [
    "begin", "confirm", "string", "result", "ping", "close", "ship", "drop", "clone", "default", "reject", "retry",
    "notify", "charge", "refund", "loop", "check_in", "ok", "quote", "weigh",
];
const PRIORITIES: [&str; 5] = ["critical", "high", "normal", "low", "bulk"];
const HEARD: [&str; 6] = ["shipped", "receipt", "vec", "reminder", "question", "estimate"];

impl Kind {
    /// The type as the language writes it.
    pub(super) fn spelling(self, world: &World) -> String {
        match self {
            Self::Text => "string".into(),
            Self::Number => "number".into(),
            Self::Integer => "integer".into(),
            Self::Boolean => "boolean".into(),
            Self::Time => "time".into(),
            Self::Duration => "duration".into(),
            Self::Texts => "array of string".into(),
            Self::Numbers => "array of number".into(),
            Self::Integers => "array of integer".into(),
            Self::Records(record) => format!("array of {}", world.records[record].name),
            Self::Anythings => "array".into(),
            Self::Object => "object".into(),
            Self::Record(record) => world.records[record].name.into(),
        }
    }

    /// The type of the elements, if it is a list of typed ones.
    pub(super) fn element(self) -> Option<Self> {
        match self {
            Self::Texts => Some(Self::Text),
            Self::Numbers => Some(Self::Number),
            Self::Integers => Some(Self::Integer),
            Self::Records(record) => Some(Self::Record(record)),
            Self::Text
            | Self::Number
            | Self::Integer
            | Self::Boolean
            | Self::Time
            | Self::Duration
            | Self::Anythings
            | Self::Object
            | Self::Record(_) => None,
        }
    }

    fn any(seed: &mut Seed, records: usize) -> Self {
        match seed.weighted(&[60, 8, 6, 4, 5, 3, 4, if records > 0 { 10 } else { 0 }]) {
            0 => *seed.pick(&SCALARS),
            1 => Self::Texts,
            2 => Self::Numbers,
            3 => Self::Integers,
            4 if records > 0 => Self::Records(seed.below(records)),
            5 => Self::Anythings,
            7 => Self::Record(seed.below(records)),
            _ => Self::Object,
        }
    }
}

impl World {
    /// Chooses everything but the statements.
    pub(super) fn lay_out(seed: &mut Seed) -> Self {
        let records = lay_out_records(seed);
        let actors = vec!["customer", "gateway"];
        let ports = lay_out_ports(seed, records.len());
        let count = 1 + seed.weighted(&[4, 16, 45, 35]);
        let names = distinct(seed, &MACHINES, count);
        let machines = (0..count).map(|position| lay_out_machine(seed, &names, position, records.len())).collect();
        Self { actors, records, machines, ports }
    }
}

fn distinct(seed: &mut Seed, pool: &[&'static str], count: usize) -> Vec<&'static str> {
    let mut left = pool.to_vec();
    (0..count.min(pool.len())).map(|_| left.remove(seed.below(left.len()))).collect()
}

fn lay_out_records(seed: &mut Seed) -> Vec<Record> {
    let mut records = Vec::new();
    if seed.chance(60) {
        let fields = vec![("sku", Kind::Text), ("price", Kind::Number), ("amount", Kind::Integer)];
        records.push(Record { name: "line_item", fields });
    }
    if !records.is_empty() && seed.chance(50) {
        let mut fields = vec![("street", Kind::Text), ("since", Kind::Time), ("loop", Kind::Boolean)];
        if seed.chance(40) {
            fields.push(("best", Kind::Record(0)));
        }
        records.push(Record { name: "address", fields });
    }
    records
}

fn lay_out_ports(seed: &mut Seed, records: usize) -> Vec<Port> {
    let names = distinct(seed, &HEARD, 3);
    let mut ports = Vec::new();
    for (position, event) in names.into_iter().enumerate() {
        let fields = named(seed, "p", records, 0, 3);
        let answer = *seed.pick(&SCALARS);
        ports.push(Port { actor: position % 2, event, fields, answer });
    }
    ports
}

fn named(seed: &mut Seed, prefix: &str, records: usize, least: usize, most: usize) -> Vec<Named> {
    let count = seed.between(least, most);
    (0..count).map(|n| Named { name: format!("{prefix}_{}", letter(n)), kind: Kind::any(seed, records) }).collect()
}

/// A word for a small number: digits in a free text would be parameters.
pub(super) fn letter(number: usize) -> &'static str {
    ["alpha", "beta", "gamma", "delta", "eta", "theta", "kappa", "rho", "sigma", "tau"][number % 10]
}

fn lay_out_machine(seed: &mut Seed, names: &[&'static str], position: usize, records: usize) -> Machine {
    let states = seed.between(2, 4);
    let mut variables = named(seed, "v", records, 3, 7);
    if seed.chance(10) {
        variables.push(Named { name: "type".into(), kind: Kind::Text });
    }
    let events = distinct(seed, &EVENTS, 9);
    let scenarios = seed.between(1, 2);
    let handlers = lay_out_handlers(seed, &variables, &events, position, names.len(), records, scenarios);
    Machine {
        name: names[position],
        states: distinct(seed, &STATES, states),
        closed: seed.chance(40),
        handlers,
        noted: if seed.chance(40) { vec![Named { name: "note".into(), kind: Kind::Text }] } else { Vec::new() },
        answers: answers(seed),
        guards: sentences(seed, &variables, "desk", &["agrees", "nods", "objects"]),
        actions: sentences(seed, &variables, "tell", &["loudly", "twice", "again"]),
        sources: sources(seed, &variables),
        variables,
        scenarios,
        names_itself: seed.chance(12),
    }
}

fn answers(seed: &mut Seed) -> Vec<Named> {
    let count = seed.weighted(&[40, 40, 20]);
    (0..count).map(|n| Named { name: format!("answer_{}", letter(n)), kind: Kind::Object }).collect()
}

fn sentences(seed: &mut Seed, variables: &[Named], subject: &str, verbs: &[&str]) -> Vec<Sentence> {
    let count = seed.between(1, verbs.len());
    verbs[..count]
        .iter()
        .enumerate()
        .map(|(n, verb)| {
            let kinds: Vec<Kind> = variables.iter().map(|variable| variable.kind).collect();
            let parameters = (0..seed.below(3)).map(|_| *seed.pick(&kinds)).collect();
            Sentence { words: format!("{subject} {} {verb}", letter(n)), parameters, returns: None }
        })
        .collect()
}

fn sources(seed: &mut Seed, variables: &[Named]) -> Vec<Sentence> {
    let mut sentences = sentences(seed, variables, "rate", &["measured", "guessed"]);
    for sentence in &mut sentences {
        sentence.returns = Some(seed.pick(variables).kind);
    }
    sentences
}

fn lay_out_handlers(
    seed: &mut Seed,
    variables: &[Named],
    events: &[&'static str],
    position: usize,
    machines: usize,
    records: usize,
    scenarios: usize,
) -> Vec<Handler> {
    let mut handlers: Vec<Handler> = Vec::new();
    let count = seed.between(2, 5);
    for (n, event) in events[..count].iter().copied().enumerate() {
        let (from, role) = if n == 0 && (position == 0 || seed.chance(60)) {
            (if seed.chance(60) { From::Actor(0) } else { From::Anyone }, Role::Api)
        } else {
            lay_out_role(seed, variables, machines)
        };
        let scenario = if n * 2 < count { 0 } else { scenarios - 1 };
        let table =
            if role == Role::Timer { Vec::new() } else { lay_out_table(seed, variables, records, role, n == 0) };
        let priority = seed.chance(14).then(|| *seed.pick(&PRIORITIES));
        handlers.push(Handler { event, from, role, table, scenario, priority });
        if let Some(second) = lay_out_second(seed, &handlers[handlers.len() - 1], machines) {
            handlers.push(second);
        }
    }
    for (role, event, from, percent) in [
        (Role::ValidationFailed, "validation_failed", From::Anyone, 25),
        (Role::ConstraintViolated, "constraint_violated", From::Anyone, 25),
        (Role::TimerExpired, "timer_expired", From::System, 35),
    ] {
        if seed.chance(percent) {
            let scenario = scenarios - 1;
            handlers.push(Handler { event, from, role, table: Vec::new(), scenario, priority: None });
        }
    }
    handlers
}

/// A handler of the same event for one sender alone: an actor, a machine, or the machine itself.
fn lay_out_second(seed: &mut Seed, first: &Handler, machines: usize) -> Option<Handler> {
    let Handler { event, from: From::Anyone, role, scenario, .. } = *first else { return None };
    let from = match (role, seed.weighted(&[58, 14, 28])) {
        (Role::Message, 1) => From::Actor(seed.below(2)),
        (Role::Message | Role::Answer(_), 2) => From::Machine(seed.below(machines)),
        (_, _) => return None,
    };
    let kept = if seed.chance(50) { 60 } else { 0 };
    let rows = first.table.iter().filter(|_| seed.chance(kept));
    let rows = rows.map(|row| (row.field.clone(), row.rules.clone())).collect::<Vec<_>>();
    let row = |(field, rules)| Declared { field, required: seed.chance(60), rules };
    let table = rows.into_iter().map(row).collect();
    Some(Handler { event, from, role, table, scenario, priority: None })
}

fn lay_out_role(seed: &mut Seed, variables: &[Named], machines: usize) -> (From, Role) {
    match seed.weighted(&[25, 8, 15, 20, 12, 20, 12]) {
        0 => (if seed.chance(50) { From::Actor(seed.below(2)) } else { From::Anyone }, Role::Api),
        1 => (From::Actor(0), Role::Queued),
        2 => (From::Actor(seed.below(2)), Role::Message),
        3 => (From::Anyone, Role::Message),
        4 => (From::Machine(seed.below(machines)), Role::Message),
        5 => (From::Anyone, Role::Answer(seed.pick(variables).kind)),
        _ => (From::Anyone, Role::Timer),
    }
}

fn lay_out_table(seed: &mut Seed, variables: &[Named], records: usize, role: Role, first: bool) -> Vec<Declared> {
    let mut table: Vec<Declared> = Vec::new();
    let count = if first { seed.between(2, 4) } else { seed.below(4) };
    for n in 0..count {
        let field = if seed.chance(35) {
            seed.pick(variables).clone()
        } else {
            Named { name: format!("f_{}", letter(n)), kind: Kind::any(seed, records) }
        };
        if table.iter().any(|declared| declared.field.name == field.name) {
            continue;
        }
        // Machines send what they have: few of their messages would keep many rules.
        let asks = matches!(role, Role::Api | Role::Queued) || seed.chance(35);
        let mut rules = if asks { rules(seed, field.kind) } else { Vec::new() };
        if seed.chance(3) {
            rules.push("secret".into());
        }
        table.push(Declared { required: seed.chance(60), rules, field });
    }
    table
}
