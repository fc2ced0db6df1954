//! Expressions of a wanted type.

use super::world::{Handler, Kind, Machine, Named, Role, World};
use crate::seed::Seed;

/// What a handler's statements may name.
pub(super) struct Scope<'w> {
    pub(super) world: &'w World,
    pub(super) machine: &'w Machine,
    pub(super) position: usize,
    pub(super) handler: &'w Handler,
    readable: Vec<Named>,
    /// What is set in all likelihood: the fields that are required, and what the machine's first handler sets first.
    sure: Vec<Named>,
    /// Whether only the payload may be read, and of it only what is surely set.
    pub(super) cautious: bool,
}

const TEXTS: [&str; 9] = [
    "\"\"",
    "\"a\"",
    "\"red\"",
    "\"it's \\\"said\\\"\"",
    "\"ünï — 漢\"",
    "\"// no comment\"",
    "\"a,b\"",
    "\"tab\\tline\\n\"",
    "\"a@b.example\"",
];
const NUMBERS: [&str; 10] = ["0", "1", "2.50", "0.1", "-3", "100.10", "12345678901234567", "7", "0.000001", "40"];
const INTEGERS: [&str; 7] = ["0", "1", "2", "-4", "17", "9007199254740993", "300"];

impl<'w> Scope<'w> {
    pub(super) fn new(world: &'w World, position: usize, handler: &'w Handler, settled: &[Named]) -> Self {
        let machine = &world.machines[position];
        let mut readable: Vec<Named> = handler.table.iter().map(|declared| declared.field.clone()).collect();
        for variable in &machine.variables {
            if !readable.iter().any(|known| known.name == variable.name) {
                readable.push(variable.clone());
            }
        }
        let required = handler.table.iter().filter(|row| row.required).map(|row| row.field.clone());
        let mut sure: Vec<Named> = required.collect();
        for variable in settled {
            if !handler.table.iter().any(|row| row.field.name == variable.name) {
                sure.push(variable.clone());
            }
        }
        Self { world, machine, position, handler, readable, sure, cautious: false }
    }

    /// The fields and variables of a type.
    fn named(&self, kind: Kind) -> Vec<&Named> {
        self.readable.iter().filter(|named| named.kind == kind).collect()
    }

    /// The fields and variables of a type; mostly those that are set, if there are any.
    pub(super) fn likely(&self, seed: &mut Seed, kind: Kind) -> Vec<&Named> {
        let sure: Vec<&Named> = self.sure.iter().filter(|named| named.kind == kind).collect();
        if sure.is_empty() || seed.chance(8) { self.named(kind) } else { sure }
    }

    /// Everything that may be read.
    pub(super) fn readable(&self) -> &[Named] {
        &self.readable
    }

    /// A variable or field of a type, as `$name`, or another reading of that type.
    fn read(&self, seed: &mut Seed, kind: Kind) -> Option<String> {
        if self.cautious {
            let sure = self.handler.table.iter().filter(|row| row.required && row.field.kind == kind);
            let sure: Vec<String> = sure.map(|row| format!("${}", row.field.name)).collect();
            return if sure.is_empty() { None } else { Some(seed.pick(&sure).clone()) };
        }
        let known = self.likely(seed, kind);
        let mut readings: Vec<String> = known.iter().map(|named| format!("${}", named.name)).collect();
        let of_records = if seed.chance(10) { &self.readable } else { &self.sure };
        for named in of_records {
            if let Kind::Record(record) = named.kind {
                let fields = self.world.records[record].fields.iter().filter(|field| field.1 == kind);
                readings.extend(fields.map(|field| format!("${}.{}", named.name, field.0)));
            }
        }
        if kind == Kind::Text {
            if seed.chance(20) {
                readings.push(format!("${}_id", self.machine.name));
            }
            match self.handler.role {
                Role::ConstraintViolated => readings.extend(["$rule".into(), "$variable".into()]),
                Role::ValidationFailed => readings.push("$event".into()),
                Role::Api | Role::Queued | Role::Message | Role::Answer(_) | Role::Timer | Role::TimerExpired => {}
            }
        }
        if readings.is_empty() { None } else { Some(seed.pick(&readings).clone()) }
    }

    /// The fields and variables of other types that fit where this one is asked for; a number only if it has no fraction.
    fn fitting(&self, kind: Kind) -> Vec<String> {
        let fits = |named: &&Named| {
            matches!(
                (named.kind, kind),
                (Kind::Integer, Kind::Number) | (Kind::Number, Kind::Integer) | (Kind::Integers, Kind::Numbers)
            )
        };
        self.readable.iter().filter(fits).map(|named| format!("${}", named.name)).collect()
    }

    /// What objects hold that may be of the type; whether it is shows where it is put. For an object, any record.
    fn held(&self, kind: Kind) -> Vec<String> {
        let member = match kind {
            Kind::Text => "zone",
            Kind::Number => "loop",
            Kind::Integer => "n",
            Kind::Boolean => "flag",
            Kind::Time => "at",
            Kind::Duration => "span",
            Kind::Texts => "list",
            Kind::Record(_) => "inner",
            Kind::Object => {
                let records = self.readable.iter().filter(|named| matches!(named.kind, Kind::Record(_)));
                return records.map(|named| format!("${}", named.name)).collect();
            }
            Kind::Numbers | Kind::Integers | Kind::Records(_) | Kind::Anythings => return Vec::new(),
        };
        let objects = self.readable.iter().filter(|named| named.kind == Kind::Object);
        objects.map(|named| format!("${}.{member}", named.name)).collect()
    }

    /// What a field of the type is given that some table declares: an expression, or now and then something that fits.
    pub(super) fn given(&self, seed: &mut Seed, kind: Kind, depth: usize) -> String {
        let percent = if kind == Kind::Numbers { 50 } else { 8 };
        let fitting = if seed.chance(percent) { self.fitting(kind) } else { Vec::new() };
        seed.pick_from(&fitting).cloned().unwrap_or_else(|| self.expression(seed, kind, depth))
    }

    /// What a variable of the type is given: the same, or something that must be found to be of the type.
    pub(super) fn assigned(&self, seed: &mut Seed, kind: Kind) -> String {
        let held = if seed.chance(8) { self.held(kind) } else { Vec::new() };
        seed.pick_from(&held).cloned().unwrap_or_else(|| self.given(seed, kind, 0))
    }

    /// An expression of the type; deeper ones are simpler.
    pub(super) fn expression(&self, seed: &mut Seed, kind: Kind, depth: usize) -> String {
        if seed.chance(if depth == 0 { 55 } else { 45 })
            && let Some(read) = self.read(seed, kind)
        {
            return read;
        }
        if depth >= 3 || seed.chance(40) {
            return self.literal(seed, kind, depth);
        }
        self.compound(seed, kind, depth + 1)
    }

    /// An expression without variables, except within lists and objects.
    pub(super) fn literal(&self, seed: &mut Seed, kind: Kind, depth: usize) -> String {
        match kind {
            Kind::Text => match seed.below(8) {
                0 => "uuid()".into(),
                _ => (*seed.pick(&TEXTS)).into(),
            },
            Kind::Number => (*seed.pick(&NUMBERS)).into(),
            Kind::Integer => (*seed.pick(&INTEGERS)).into(),
            Kind::Boolean => (*seed.pick(&["true", "false"])).into(),
            Kind::Time => (*seed.pick(&["now", "now()"])).into(),
            Kind::Duration => {
                let unit = seed.pick(&["seconds", "minutes", "hours", "days", "ms", "second"]);
                format!("{} {unit}", seed.pick(&["1", "30", "2", "0", "15", "1.5"]))
            }
            Kind::Texts => self.list(seed, Kind::Text, depth),
            Kind::Numbers => self.list(seed, Kind::Number, depth),
            Kind::Integers => self.list(seed, Kind::Integer, depth),
            Kind::Records(record) => self.list(seed, Kind::Record(record), depth),
            Kind::Anythings => (*seed.pick(&["[1, 2]", "[2.50]", "[0, -3]"])).into(),
            Kind::Object => {
                let text = self.expression(seed, Kind::Text, depth + 2);
                let number = self.expression(seed, Kind::Number, depth + 2);
                format!("{{ zone: {text}, loop: {number} }}")
            }
            Kind::Record(record) => self.record(seed, record, depth),
        }
    }

    fn list(&self, seed: &mut Seed, element: Kind, depth: usize) -> String {
        let count = seed.between(1, 3);
        let elements: Vec<String> = (0..count).map(|_| self.expression(seed, element, depth + 2)).collect();
        format!("[{}]", elements.join(", "))
    }

    fn record(&self, seed: &mut Seed, record: usize, depth: usize) -> String {
        // A field that is left out is required, and fails the turn.
        let kept = if seed.chance(4) { 70 } else { 100 };
        let fields: Vec<String> = seed
            .some(&self.world.records[record].fields, kept)
            .iter()
            .map(|(name, kind)| format!("{name}: {}", self.expression(seed, *kind, depth + 2)))
            .collect();
        format!("{{ {} }}", fields.join(", "))
    }

    fn compound(&self, seed: &mut Seed, kind: Kind, depth: usize) -> String {
        let part = |seed: &mut Seed, kind| self.expression(seed, kind, depth);
        match kind {
            Kind::Text => {
                let left = part(seed, Kind::Text);
                format!("{left} + {}", part(seed, Kind::Text))
            }
            Kind::Number | Kind::Integer => self.arithmetic(seed, kind, depth),
            Kind::Time => {
                let left = part(seed, Kind::Time);
                let sign = seed.pick(&["+", "-"]);
                format!("{left} {sign} {}", self.literal(seed, Kind::Duration, depth))
            }
            Kind::Duration => match seed.below(6) {
                0 => format!("-({})", part(seed, Kind::Duration)),
                1 => format!("{} * ({})", seed.pick(&["2", "0.5"]), part(seed, Kind::Duration)),
                2 => {
                    let left = part(seed, Kind::Time);
                    format!("{left} - ({})", part(seed, Kind::Time))
                }
                3 => {
                    let left = part(seed, Kind::Duration);
                    format!("{left} + {}", part(seed, Kind::Duration))
                }
                4 => match self.named(Kind::Integer).first() {
                    Some(named) => format!("${} minutes", named.name),
                    None => "4 hours".into(),
                },
                _ => {
                    let left = part(seed, Kind::Duration);
                    format!("({left}) {} {}", seed.pick(&["*", "/"]), seed.pick(&["2", "3", "0.5"]))
                }
            },
            Kind::Boolean
            | Kind::Texts
            | Kind::Numbers
            | Kind::Integers
            | Kind::Records(_)
            | Kind::Anythings
            | Kind::Object
            | Kind::Record(_) => self.literal(seed, kind, depth),
        }
    }

    fn arithmetic(&self, seed: &mut Seed, kind: Kind, depth: usize) -> String {
        let operators: &[&str] = if kind == Kind::Integer { &["+", "-", "*"] } else { &["+", "-", "*", "/"] };
        let operator = seed.pick(operators);
        let other = if kind == Kind::Number { Kind::Integer } else { Kind::Number };
        let side = |seed: &mut Seed| {
            let kind = if seed.chance(if kind == Kind::Number { 20 } else { 5 }) { other } else { kind };
            self.expression(seed, kind, depth)
        };
        let (left, mut right) = (side(seed), side(seed));
        // A division by a zero that is written out is an error of the flow.
        let first = right.trim_start_matches(['-', '(']);
        if *operator == "/" && first.split([' ', ')']).next() == Some("0") {
            let at = right.len() - first.len();
            right.replace_range(at..=at, "3");
        }
        match seed.below(4) {
            0 => format!("({left} {operator} {right})"),
            1 => format!("{left} {operator} ({right})"),
            2 => format!("-({left}) {operator} {right}"),
            _ => format!("{left} {operator} {right}"),
        }
    }
}
