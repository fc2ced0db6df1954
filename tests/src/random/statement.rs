//! The statements of a handler's body.

use super::expression::Scope;
use super::message::cell;
use super::rule::{rule_of_code, some_rules};
use super::world::{Kind, Named, Role};
use crate::seed::Seed;

/// Writes one handler's body.
pub(super) struct Body<'w> {
    pub(super) scope: Scope<'w>,
    pub(super) seed: &'w mut Seed,
    pub(super) text: String,
    /// Variables whose annotated assignment must stand in this body.
    pub(super) owed: Vec<Named>,
    /// The events that the machine schedules.
    pub(super) timers: Vec<&'static str>,
    /// Variables that this body sets first, so that most of what follows finds them set.
    pub(super) opening: Vec<Named>,
    /// Timers that must be started in this body: nobody handles what is never scheduled.
    pub(super) due: Vec<&'static str>,
}

/// Where in a block the answer is given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answering {
    Nowhere,
    Here,
    InEveryArm,
}

impl Body<'_> {
    /// The whole body.
    pub(super) fn write(&mut self) {
        let role = self.scope.handler.role;
        self.open();
        let opened = self.text.len();
        match role {
            Role::Queued => self.accepted_reply("    "),
            Role::Api | Role::ValidationFailed | Role::ConstraintViolated if opened == 0 && self.seed.chance(12) => {
                self.text.push_str("    ...\n");
            }
            Role::Api
            | Role::Message
            | Role::Answer(_)
            | Role::Timer
            | Role::ValidationFailed
            | Role::ConstraintViolated
            | Role::TimerExpired => {}
        }
        if self.text.len() == opened || role == Role::Queued {
            let replies =
                matches!(role, Role::Api | Role::ValidationFailed | Role::ConstraintViolated) && self.seed.chance(75);
            self.block("    ", 0, replies);
        } else if !self.owed.is_empty() || !self.due.is_empty() {
            self.text.truncate(opened);
        }
        while !self.owed.is_empty() {
            self.assign("    ");
        }
        for timer in std::mem::take(&mut self.due) {
            let line = match timer {
                "timer_expired" => "start timer for 3 minutes".to_owned(),
                other => format!("schedule :{other} for 50 seconds"),
            };
            self.text.push_str(&format!("    {line}\n"));
        }
        if let Role::Answer(kind) = role {
            let value = self.scope.expression(self.seed, kind, 1);
            self.text.push_str(&format!("    return {value}\n"));
        }
    }

    fn open(&mut self) {
        self.scope.cautious = true;
        for variable in std::mem::take(&mut self.opening) {
            let value = self.scope.expression(self.seed, variable.kind, 2);
            let kind = variable.kind.spelling(self.scope.world);
            self.text.push_str(&format!("    ${}: {kind} becomes {value}\n", variable.name));
        }
        self.scope.cautious = false;
    }

    fn block(&mut self, indent: &str, depth: usize, replies: bool) {
        let count = self.seed.between(1, if depth == 0 { 5 } else { 3 });
        let answering = match (replies, depth < 2 && self.seed.chance(50)) {
            (false, _) => Answering::Nowhere,
            (true, true) => Answering::InEveryArm,
            (true, false) => Answering::Here,
        };
        let place = self.seed.below(count);
        // A block in which only the arms do anything: perhaps nothing is done.
        let branches = depth < 2 && self.seed.chance(12);
        for position in 0..count {
            if position == place && answering == Answering::Here {
                self.reply(indent);
            }
            if position == place && answering == Answering::InEveryArm {
                self.branch(indent, depth, true);
            } else if branches {
                self.branch(indent, depth, false);
            } else {
                self.statement(indent, depth);
            }
        }
    }

    fn statement(&mut self, indent: &str, depth: usize) {
        match self.seed.weighted(&[if depth < 3 { 22 } else { 0 }, 11, 17, 13, 21, 11, 7, 6, 3, 2, 3]) {
            0 => self.branch(indent, depth, false),
            1 => self.transition(indent),
            2 => self.assign(indent),
            3 => self.change(indent),
            4 => {
                let emit = self.scope.emit(self.seed, indent);
                self.or_transition(emit, indent);
            }
            5 => {
                let call = self.scope.call(self.seed, indent);
                self.or_transition(call, indent);
            }
            6 => self.act(indent),
            7 => self.time(indent),
            8 if depth > 0 && !matches!(self.scope.handler.role, Role::Answer(_)) => {
                let value = self.seed.pick(&["return\n", "return\n", "return null\n"]);
                self.text.push_str(&format!("{indent}{value}"));
            }
            10 => self.call_back(indent),
            _ => self.take_from_code(indent),
        }
    }

    /// `send callback for :event:` with some values.
    fn call_back(&mut self, indent: &str) {
        let queued = self.scope.machine.handlers.iter().filter(|handler| handler.role == Role::Queued);
        let mut promised: Vec<&str> = queued.map(|handler| handler.event).collect();
        promised.push("finished");
        let event = *self.seed.pick(&promised);
        self.text.push_str(&format!("{indent}send callback for :{event}:\n{indent}  | status | current_state |\n"));
        for n in 0..self.seed.below(3) {
            let named = self.seed.pick(self.scope.readable()).clone();
            let value = self.scope.expression(self.seed, named.kind, 1);
            self.text.push_str(&format!("{indent}  | c{n} | {} |\n", cell(&value)));
        }
    }

    fn or_transition(&mut self, lines: Option<String>, indent: &str) {
        match lines {
            Some(lines) => self.text.push_str(&lines),
            None => self.transition(indent),
        }
    }

    fn branch(&mut self, indent: &str, depth: usize, replies: bool) {
        let arms = 1 + self.seed.weighted(&[60, 30, 10]);
        let deeper = format!("{indent}  ");
        for arm in 0..arms {
            for line in self.scope.guards(self.seed) {
                self.text.push_str(&format!("{indent}{line}\n"));
            }
            self.block(&deeper, depth + 1, replies);
            if arm + 1 < arms && self.seed.chance(30) {
                self.text.push('\n');
            }
        }
        if self.seed.chance(40) {
            let otherwise = self.seed.pick(&["otherwise", "otherwise", "?", ": else"]);
            self.text.push_str(&format!("{indent}{otherwise}\n"));
            self.block(&deeper, depth + 1, replies);
        }
    }

    fn transition(&mut self, indent: &str) {
        let verb = self.seed.pick(&["moves to", "moves to", "transitions to", "enters", "becomes", "changes to"]);
        let state = self.seed.pick(&self.scope.machine.states);
        self.text.push_str(&format!("{indent}{} {verb} #{state}\n", self.scope.machine.name));
    }

    /// `$x becomes EXPR`, with its type for the first assignment of a variable.
    fn assign(&mut self, indent: &str) {
        let owed = self.owed.pop();
        let variable = match &owed {
            Some(variable) => variable.clone(),
            None => self.seed.pick(&self.scope.machine.variables).clone(),
        };
        let value = match self.seed.below(12) {
            0 if owed.is_none() && self.seed.chance(50) => "null".to_owned(),
            1 if variable.kind.element().is_some() => "empty".to_owned(),
            1 if matches!(variable.kind, Kind::Anythings | Kind::Text | Kind::Object) => "empty".to_owned(),
            _ => self.scope.assigned(self.seed, variable.kind),
        };
        let annotation = match owed {
            Some(_) => format!(": {}", variable.kind.spelling(self.scope.world)),
            None => String::new(),
        };
        self.text.push_str(&format!("{indent}${}{annotation} becomes {value}\n", variable.name));
        self.constrain(indent, &variable);
    }

    /// A constraint under the statements above it.
    fn constrain(&mut self, indent: &str, variable: &Named) {
        if !self.seed.chance(9) {
            return;
        }
        if self.seed.chance(35) {
            self.constrain_by_code(indent, variable);
            return;
        }
        let rules = match variable.kind {
            Kind::Integer => "integer, between -100 and 1000",
            Kind::Number => "at most 100000",
            Kind::Text => "required, max 20 characters",
            Kind::Boolean
            | Kind::Time
            | Kind::Duration
            | Kind::Texts
            | Kind::Numbers
            | Kind::Integers
            | Kind::Records(_)
            | Kind::Anythings
            | Kind::Object
            | Kind::Record(_) => "required",
        };
        self.text.push_str(&format!("{indent}  | ${} | {rules} |\n", variable.name));
    }

    /// A constraint with a rule that is a method, perhaps among others.
    fn constrain_by_code(&mut self, indent: &str, variable: &Named) {
        let mut rules = vec![rule_of_code(self.seed, variable.kind)];
        let built_in: Vec<String> = some_rules(self.seed, variable.kind)
            .into_iter()
            .filter(|rule| rule != "bail" && !rules.contains(rule))
            .collect();
        // `one of` has to be the last rule of its cell.
        rules.extend(built_in);
        for word in ["bail", "required"] {
            if self.seed.chance(30) {
                rules.insert(0, word.to_owned());
            }
        }
        self.text.push_str(&format!("{indent}  | ${} | {} |\n", variable.name, rules.join(", ")));
    }

    /// `increases by`, `adds` and the like.
    fn change(&mut self, indent: &str) {
        let variable = self.seed.pick(&self.scope.machine.variables).clone();
        let name = &variable.name;
        let scope = &self.scope;
        let line = match variable.kind {
            _ if self.seed.chance(5) => format!("${name} clears"),
            Kind::Number | Kind::Integer | Kind::Duration => {
                let verb = *self.seed.pick(&["increases by", "decreases by"]);
                let whole = variable.kind != Kind::Integer || self.seed.chance(85);
                let kind = if whole { variable.kind } else { Kind::Number };
                let mut by = scope.expression(self.seed, kind, 2);
                // A fraction that is written out is an error of the flow; one that an expression makes fails the turn.
                if variable.kind == Kind::Integer && by.parse::<f64>().is_ok() {
                    by.truncate(by.find('.').unwrap_or(by.len()));
                }
                format!("${name} {verb} {by}")
            }
            Kind::Time => {
                let verb = *self.seed.pick(&["increases by", "decreases by"]);
                format!("${name} {verb} {}", scope.literal(self.seed, Kind::Duration, 2))
            }
            Kind::Texts | Kind::Numbers | Kind::Integers | Kind::Records(_) => {
                let verb = *self.seed.pick(&["adds", "adds", "removes"]);
                let element = variable.kind.element().unwrap_or(Kind::Text);
                format!("${name} {verb} {}", scope.expression(self.seed, element, 1))
            }
            Kind::Anythings => {
                let verb = *self.seed.pick(&["adds", "adds", "removes"]);
                format!("${name} {verb} {}", self.seed.pick(&["1", "2", "2.50"]))
            }
            Kind::Text | Kind::Boolean | Kind::Object | Kind::Record(_) => {
                format!("${name} becomes {}", scope.expression(self.seed, variable.kind, 1))
            }
        };
        self.text.push_str(&format!("{indent}{line}\n"));
        self.constrain(indent, &variable);
    }

    fn act(&mut self, indent: &str) {
        let action = self.seed.pick(&self.scope.machine.actions);
        if let Some(text) = self.scope.sentence(self.seed, action) {
            self.text.push_str(&format!("{indent}{text}\n"));
            let variable = self.seed.pick(&self.scope.machine.variables).clone();
            self.constrain(indent, &variable);
        } else {
            self.transition(indent);
        }
    }

    /// `$x becomes FREE TEXT`
    fn take_from_code(&mut self, indent: &str) {
        let source = self.seed.pick(&self.scope.machine.sources);
        let taker = self.scope.machine.variables.iter().find(|variable| Some(variable.kind) == source.returns);
        match (taker, self.scope.sentence(self.seed, source)) {
            (Some(taker), Some(text)) => self.text.push_str(&format!("{indent}${} becomes {text}\n", taker.name)),
            (None, _) | (_, None) => self.transition(indent),
        }
    }

    fn time(&mut self, indent: &str) {
        let reserved = self.scope.machine.handlers.iter().any(|handler| handler.role == Role::TimerExpired);
        let after = self.seed.pick(&["5 seconds", "2 minutes", "90 seconds", "1 hour", "1 second"]);
        if reserved && self.seed.chance(40) {
            let line =
                if self.seed.chance(70) { format!("start timer for {after}") } else { "cancel :timer_expired".into() };
            self.text.push_str(&format!("{indent}{line}\n"));
        } else if self.timers.is_empty() {
            self.transition(indent);
        } else {
            let timer = *self.seed.pick(&self.timers);
            let line = match self.seed.below(4) {
                0 => format!("cancel :{timer}"),
                1 => format!("schedule :{timer} in {after}"),
                _ => format!("schedule :{timer} for {after}"),
            };
            self.text.push_str(&format!("{indent}{line}\n"));
        }
    }

    fn reply(&mut self, indent: &str) {
        let machine = self.scope.machine.name;
        match self.seed.below(10) {
            0 => self.text.push_str(&format!("{indent}reply 204\n")),
            1 => self.text.push_str(&format!("{indent}reply 200 with ^summary\n")),
            2 => self.text.push_str(&format!("{indent}reply 200 OK with overview\n")),
            3 => self.text.push_str(&format!("{indent}reply 202 Accepted async for :finished\n")),
            _ => {
                let statuses = ["200", "201 Created", "422", "409", "200", "201", "409"];
                let rare = [
                    "303 See other",
                    "400",
                    "401",
                    "402",
                    "403",
                    "404 not found",
                    "410",
                    "418",
                    "423",
                    "429",
                    "500",
                    "503",
                ];
                let status = if self.seed.chance(15) { self.seed.pick(&rare) } else { self.seed.pick(&statuses) };
                self.text.push_str(&format!("{indent}reply {status} with:\n"));
                self.text
                    .push_str(&format!("{indent}  | id | ${machine}_id |\n{indent}  | status | current_state |\n"));
                for n in 0..self.seed.below(3) {
                    let named = self.seed.pick(self.scope.readable()).clone();
                    let value = if self.seed.chance(60) {
                        self.scope.literal(self.seed, named.kind, 1)
                    } else {
                        format!("${}", named.name)
                    };
                    self.text.push_str(&format!("{indent}  | r{n} | {} |\n", cell(&value)));
                }
            }
        }
    }

    /// The reply of a `(queued api)` handler: all it reads is known at acceptance.
    fn accepted_reply(&mut self, indent: &str) {
        if self.seed.chance(30) {
            return;
        }
        let machine = self.scope.machine;
        let fixed = machine.variables.iter().find(|variable| {
            variable.kind == Kind::Text && !self.scope.handler.table.iter().any(|row| row.field.name == variable.name)
        });
        let mut rows = format!("{indent}  | status | current_state |\n");
        if !machine.names_itself {
            rows.push_str(&format!("{indent}  | id | ${}_id |\n", machine.name));
        }
        if let Some(variable) = fixed {
            self.text.push_str(&format!("{indent}${} becomes uuid()\n", variable.name));
            rows.push_str(&format!("{indent}  | ticket | ${} |\n", variable.name));
        }
        for row in &self.scope.handler.table {
            let assigned = machine.variables.iter().any(|variable| variable.name == row.field.name);
            if row.required && !assigned {
                rows.push_str(&format!("{indent}  | {} | ${} |\n", row.field.name, row.field.name));
            }
        }
        self.text.push_str(&format!("{indent}reply 202 Accepted with:\n{rows}"));
    }
}
