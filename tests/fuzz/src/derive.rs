//! Random lines, derived from the grammar of the compiler itself: what the grammar learns, the fuzzer tries.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use eventflow_tests::seed::Seed;
use pest_meta::ast::{Expr, Rule, RuleType};
use pest_meta::parser;

/// How many rules may stand in one another before only what is short is chosen.
const DEEP: usize = 24;

/// Names that the derived lines share, so that they have something to do with each other.
const NAMES: [&str; 26] = [
    "order",
    "payment",
    "customer",
    "total",
    "items",
    "paid",
    "idle",
    "checkout",
    "id",
    "status",
    "type",
    "self",
    "system",
    "order_id",
    "string",
    "number",
    "integer",
    "time",
    "duration",
    "object",
    "field",
    "value",
    "line_item",
    "validation_failed",
    "timer_expired",
    "current_state",
];

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(Grammar::read);

struct Grammar {
    rules: BTreeMap<String, Rule>,
    lines: Vec<String>,
    cells: Vec<String>,
}

impl Grammar {
    fn read() -> Self {
        let text = include_str!("../../../compiler/src/grammar.pest");
        let pairs = parser::parse(parser::Rule::grammar_rules, text).expect("the compiler is built from this grammar");
        let rules = parser::consume_rules(pairs).expect("the compiler is built from this grammar");
        let ending = |ending: &str| {
            let names = rules.iter().map(|rule| rule.name.clone());
            names.filter(|name| name.ends_with(ending)).collect::<Vec<_>>()
        };
        let (lines, cells) = (ending("_line"), ending("_cell"));
        Self { lines, cells, rules: rules.into_iter().map(|rule| (rule.name.clone(), rule)).collect() }
    }
}

/// A line that matches one of the grammar's rules for lines, as far as a derivation can tell: what a rule demands of its
/// neighbors is not looked at.
pub fn line(seed: &mut Seed) -> String {
    let rule = seed.pick(&GRAMMAR.lines).clone();
    derived(&rule, seed)
}

/// A row of a table.
pub fn row(seed: &mut Seed) -> String {
    let cells: Vec<String> = (0..seed.between(1, 4))
        .map(|_| {
            let rule = seed.pick(&GRAMMAR.cells).clone();
            derived(&rule, seed)
        })
        .collect();
    format!("| {} |", cells.join(" | "))
}

/// A text for one rule of the grammar.
pub fn derived(rule: &str, seed: &mut Seed) -> String {
    let mut text = String::new();
    Derivation { seed, text: &mut text, spaced: true }.rule(rule, 0);
    text.trim().to_owned()
}

struct Derivation<'a> {
    seed: &'a mut Seed,
    text: &'a mut String,
    /// Whether white space may stand between the parts of the rule at hand.
    spaced: bool,
}

impl Derivation<'_> {
    fn rule(&mut self, name: &str, depth: usize) {
        match name {
            "SOI" | "EOI" => return,
            "ASCII_DIGIT" => return self.text.push_str(&self.seed.below(10).to_string()),
            "XID_CONTINUE" | "ASCII_ALPHA" | "ANY" => return self.text.push(*self.seed.pick(&['a', 'b', 'x', 'é'])),
            "name" | "state_name" | "bare_word" | "word" | "dashed_name" => {
                let name = *self.seed.pick(&NAMES);
                return self.text.push_str(name);
            }
            "rest" | "words" | "case_title" => return self.text.push_str("the order is paid"),
            _ => {}
        }
        let Some(rule) = GRAMMAR.rules.get(name) else { return };
        let before = self.spaced;
        self.spaced = match rule.ty {
            RuleType::Normal | RuleType::NonAtomic => true,
            RuleType::Atomic | RuleType::CompoundAtomic => false,
            RuleType::Silent => self.spaced,
        };
        self.expression(&rule.expr, depth + 1);
        self.spaced = before;
    }

    fn expression(&mut self, expression: &Expr, depth: usize) {
        match expression {
            Expr::Str(text) | Expr::Insens(text) => self.text.push_str(text),
            Expr::Range(from, _) => self.text.push_str(from),
            Expr::Ident(name) => self.rule(name, depth),
            Expr::Seq(left, right) => {
                self.expression(left, depth);
                self.space();
                self.expression(right, depth);
            }
            Expr::Choice(left, right) => self.choice(left, right, depth),
            Expr::Opt(inner) => self.repeated(inner, 0, 1, depth),
            Expr::Rep(inner) => self.repeated(inner, 0, 3, depth),
            Expr::RepOnce(inner) => self.repeated(inner, 1, 3, depth),
            Expr::RepExact(inner, times) | Expr::RepMin(inner, times) | Expr::RepMinMax(inner, times, _) => {
                self.repeated(inner, *times as usize, *times as usize, depth);
            }
            Expr::RepMax(inner, times) => self.repeated(inner, 0, *times as usize, depth),
            // What is demanded of the text behind is left to chance; what a stack holds, this grammar has not.
            Expr::PosPred(_) | Expr::NegPred(_) | Expr::PeekSlice(_, _) | Expr::Skip(_) | Expr::Push(_) => {}
        }
    }

    /// One of the alternatives, each as likely as another; the last, which is the simplest here, if it is deep already.
    fn choice(&mut self, left: &Expr, right: &Expr, depth: usize) {
        let mut alternatives = vec![right];
        let mut rest = left;
        while let Expr::Choice(further, last) = rest {
            alternatives.push(last);
            rest = further;
        }
        alternatives.push(rest);
        let chosen = if depth > DEEP { alternatives[0] } else { *self.seed.pick(&alternatives) };
        self.expression(chosen, depth);
    }

    fn repeated(&mut self, inner: &Expr, least: usize, most: usize, depth: usize) {
        let most = if depth > DEEP { least } else { most };
        for turn in 0..self.seed.between(least, most) {
            if turn > 0 {
                self.space();
            }
            self.expression(inner, depth);
        }
    }

    fn space(&mut self) {
        if self.spaced && !self.text.ends_with(' ') && !self.seed.chance(4) {
            self.text.push(' ');
        }
    }
}
