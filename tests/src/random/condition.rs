//! Conditions, and the guard lines they make.

use super::expression::Scope;
use super::world::{Kind, Named, Sentence};
use crate::seed::Seed;

impl Scope<'_> {
    /// The guard lines of one arm: `?` lines, some of them alternatives.
    pub(super) fn guards(&self, seed: &mut Seed) -> Vec<String> {
        let mut lines = vec![format!("? {}", self.condition(seed))];
        if seed.chance(25) {
            lines.push(format!("? {}", self.condition(seed)));
        }
        if seed.chance(20) {
            lines.push(format!("?? {}", self.condition(seed)));
            if seed.chance(30) {
                lines.push(format!("? {}", self.condition(seed)));
            }
        }
        lines
    }

    /// One condition, perhaps of several parts.
    fn condition(&self, seed: &mut Seed) -> String {
        match seed.weighted(&[16, 38, 22, 5, 12]) {
            0 => self.state_test(seed),
            1 => self.test(seed),
            2 => self.asked(seed),
            3 => format!("not {}", self.test(seed)),
            _ => {
                let word = seed.pick(&["and", "or"]);
                let left = self.test(seed);
                format!("{left} {word} {}", self.test(seed))
            }
        }
    }

    fn state_test(&self, seed: &mut Seed) -> String {
        let states = &self.machine.states;
        let mut listed = format!("#{}", seed.pick(states));
        if seed.chance(30) {
            listed.push_str(&format!(", #{}", seed.pick(states)));
        }
        match seed.below(3) {
            0 => format!("in {listed}"),
            1 => format!("{} is not in {listed}", self.machine.name),
            _ => format!("{} is in {listed}", self.machine.name),
        }
    }

    /// A test of what a call answered; the machine has a variable for that.
    pub(super) fn answer_test(&self, seed: &mut Seed) -> String {
        let answer = &seed.pick(&self.machine.answers).name;
        let other = &seed.pick(&self.machine.answers).name;
        let event = seed.pick(&self.machine.handlers).event;
        match seed.below(7) {
            0 => format!("${answer}.success"),
            1 => format!("${answer}.success is false"),
            2 => format!("${answer}.error is \"ignored\""),
            3 => format!("${answer} {} ${other}", seed.pick(&["is", "is not"])),
            4 => format!("${answer} {}", seed.pick(&["is empty", "is null", "exists"])),
            _ => format!("${answer}.event is \"{event}\""),
        }
    }

    /// A test of a value whose type nobody knows before: what an object holds, or what a call answered.
    fn open_test(&self, seed: &mut Seed) -> Option<String> {
        let objects = self.readable().iter().filter(|named| named.kind == Kind::Object);
        let objects: Vec<&Named> = objects.collect();
        if !self.machine.answers.is_empty() && (objects.is_empty() || seed.chance(50)) {
            return Some(self.answer_test(seed));
        }
        let object = &seed.pick_from(&objects)?.name;
        let whole = |member: &str| format!("${object}.{member}");
        Some(match seed.below(8) {
            0 => format!("{} {} {}", whole("zone"), seed.pick(&["is", "is not"]), self.simple(seed, Kind::Text)),
            1 => format!("{} {} {}", whole("loop"), seed.pick(&[">", "<=", "is"]), self.simple(seed, Kind::Number)),
            2 => {
                let test = seed.pick(&["is between", "is not between"]);
                format!("{} {test} 1 and {}", whole("n"), self.simple(seed, Kind::Number))
            }
            3 => format!("{} {} \"a\"", whole("list"), seed.pick(&["contains", "does not contain"])),
            4 => format!("{} {}", whole("zone"), seed.pick(&["is empty", "is not empty", "exists", "is null"])),
            5 => whole("flag"),
            _ => {
                let operator =
                    seed.pick(&["is", "is not", ">", "<", ">=", "<=", "is not at least", "is not less than"]);
                let other = *seed.pick(&["b", "zone", "a"]);
                format!("{} {operator} {}", whole("a"), whole(other))
            }
        })
    }

    /// A built-in test of something that can be read.
    fn test(&self, seed: &mut Seed) -> String {
        if seed.chance(8)
            && let Some(test) = self.open_test(seed)
        {
            return test;
        }
        if !self.machine.noted.is_empty() && seed.chance(12) {
            return format!("${} equals \"a\"", self.machine.noted[0].name);
        }
        let named = seed.pick(self.readable()).clone();
        let name = &named.name;
        if seed.chance(20) {
            let test = seed.pick(&["exists", "does not exist", "is empty", "is not empty", "is null", "is not null"]);
            return format!("${name} {test}");
        }
        match named.kind {
            Kind::Boolean if seed.chance(60) => format!("${name}"),
            Kind::Text if seed.chance(25) => {
                format!("${name} {} {}", seed.pick(&["contains", "does not contain"]), self.simple(seed, Kind::Text))
            }
            Kind::Texts | Kind::Numbers | Kind::Integers if seed.chance(70) => self.element_test(seed, &named),
            Kind::Number | Kind::Integer | Kind::Time | Kind::Duration if seed.chance(75) => self.ordered(seed, &named),
            Kind::Text if seed.chance(10) => self.ordered(seed, &named),
            Kind::Text
            | Kind::Number
            | Kind::Integer
            | Kind::Boolean
            | Kind::Time
            | Kind::Duration
            | Kind::Texts
            | Kind::Numbers
            | Kind::Integers
            | Kind::Records(_)
            | Kind::Anythings
            | Kind::Object
            | Kind::Record(_) => {
                let operator = seed.pick(&["equals", "is not", "==", "!=", "is", "does not equal"]);
                format!("${name} {operator} {}", self.simple(seed, named.kind))
            }
        }
    }

    fn simple(&self, seed: &mut Seed, kind: Kind) -> String {
        self.expression(seed, kind, 2)
    }

    fn element_test(&self, seed: &mut Seed, named: &Named) -> String {
        let element = named.kind.element().unwrap_or(Kind::Text);
        let test = seed.pick(&["contains", "does not contain"]);
        format!("${} {test} {}", named.name, self.simple(seed, element))
    }

    fn ordered(&self, seed: &mut Seed, named: &Named) -> String {
        let (name, kind) = (&named.name, named.kind);
        if seed.chance(20) {
            let test = seed.pick(&["is between", "is between", "is not between"]);
            let low = self.simple(seed, kind);
            return format!("${name} {test} {low} and {}", self.simple(seed, kind));
        }
        let (plain, negated): (&[&str], &[&str]) = if kind == Kind::Time {
            (&["is after", "is before", "is at least", ">"], &["is not after", "is not before", "is not at least"])
        } else {
            (
                &["is greater than", "is less than", "is at least", "is at most", ">", "<", ">=", "<="],
                &["is not greater than", "is not less than", "is not at least", "is not at most"],
            )
        };
        let operators = if seed.chance(30) { negated } else { plain };
        format!("${name} {} {}", seed.pick::<&str>(operators), self.simple(seed, kind))
    }

    fn asked(&self, seed: &mut Seed) -> String {
        let guard = seed.pick(&self.machine.guards);
        match self.sentence(seed, guard) {
            Some(text) if seed.chance(12) => format!("not {text}"),
            Some(text) => text,
            None => self.test(seed),
        }
    }

    /// A sentence with arguments; none if nothing in reach has the type of a parameter.
    pub(super) fn sentence(&self, seed: &mut Seed, sentence: &Sentence) -> Option<String> {
        let mut text = sentence.words.clone();
        for (position, kind) in sentence.parameters.iter().enumerate() {
            let joint = ["for", "near"][position % 2];
            text.push_str(&format!(" {joint} {}", self.argument(seed, *kind)?));
        }
        Some(text)
    }

    fn argument(&self, seed: &mut Seed, kind: Kind) -> Option<String> {
        if kind == Kind::Text && seed.chance(40) {
            return Some((*seed.pick(&["\"a\"", "\"two words\"", "\"\""])).into());
        }
        if kind == Kind::Number && seed.chance(40) {
            return Some((*seed.pick(&["5", "2.5", "100"])).into());
        }
        let known = self.likely(seed, kind);
        if known.is_empty() { None } else { Some(format!("${}", seed.pick(&known).name)) }
    }
}
