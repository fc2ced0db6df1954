//! `assume:` and `observe:`.

use super::Lowering;
use super::names::Scope;
use super::patterns::{Wanted, is_everything};
use super::values::told;
use crate::ast::{
    self, AssumedOutcome, AssumedTruth, AssumptionKind, ComparisonOperator, Expression, FreeText, Name, Observed,
};
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::{Field, Sentence, SentenceKind, SetBy};
use crate::source::Span;
use crate::test_plan::{Argument, Assumption, Comparison, Effect, Sayer, Value};

/// Of whom something is assumed.
struct Said<'n> {
    machine: Option<usize>,
    of: Sayer,
    arguments: Vec<Argument>,
    /// The sentence, unless all are meant.
    sentence: Option<&'n Sentence>,
}

impl<'n> Lowering<'n, '_> {
    /// The lines of an `assume:`.
    pub(super) fn assumed(&mut self, lines: &[ast::Assumption], scope: Scope) -> Vec<Assumption> {
        lines.iter().flat_map(|line| self.assumption(line, None, scope)).collect()
    }

    /// The lines of an `observe:`.
    pub(super) fn observed(&mut self, lines: &[Observed], scope: Scope) -> Vec<Assumption> {
        let mut assumptions = Vec::new();
        for line in lines {
            let Some(said) = self.said(line.machine.as_ref(), &line.action, Wanted::Action, scope) else { continue };
            assumptions.push(self.assume(said, line.span, Effect::Observed));
        }
        assumptions
    }

    fn assumption(&mut self, line: &ast::Assumption, event: Option<&str>, scope: Scope) -> Vec<Assumption> {
        let assumed = match &line.kind {
            AssumptionKind::In { event, assumptions } => {
                let known = self.handled_event(event, scope).is_some();
                let event = known.then_some(event.text.as_str());
                return assumptions.iter().flat_map(|inner| self.assumption(inner, event, scope)).collect();
            }
            AssumptionKind::Guard { machine, guard, arguments, truth } => {
                self.said(machine.as_ref(), guard, Wanted::Guard, scope).and_then(|mut said| {
                    said.arguments.extend(self.patterns(arguments, &said, Wanted::Guard, scope)?);
                    let effect = match truth {
                        AssumedTruth::True => Effect::Holds(true),
                        AssumedTruth::False => Effect::Holds(false),
                        AssumedTruth::Any => Effect::HoldsOrNot,
                    };
                    Some(self.assume(said, line.span, effect))
                })
            }
            AssumptionKind::Action { machine, action, arguments, outcome } => {
                self.said(machine.as_ref(), action, Wanted::Action, scope).and_then(|mut said| {
                    said.arguments.extend(self.patterns(arguments, &said, Wanted::Action, scope)?);
                    let effect = self.effect(outcome, &said, scope)?;
                    Some(self.assume(said, line.span, effect))
                })
            }
        };
        let within = |assumption: Assumption| Assumption { event: event.map(str::to_owned), ..assumption };
        assumed.map(within).into_iter().collect()
    }

    fn assume(&self, said: Said<'_>, span: Span, effect: Effect) -> Assumption {
        let Said { machine, of, arguments, sentence: _ } = said;
        Assumption { place: self.place(span), machine, event: None, of, arguments, effect }
    }

    /// Of whom a line speaks. None if an error was reported.
    fn said(&mut self, prefix: Option<&Name>, text: &FreeText, wanted: Wanted, scope: Scope) -> Option<Said<'n>> {
        let speakers = self.speakers(prefix, scope)?;
        let only = |machines: &[usize]| match machines {
            [machine] => Some(*machine),
            _ => None,
        };
        if is_everything(text) {
            let of = match wanted {
                Wanted::Guard => Sayer::EveryGuard,
                Wanted::Action => Sayer::EveryAction,
            };
            return Some(Said { machine: only(&speakers), of, arguments: Vec::new(), sentence: None });
        }
        let meant = self.sentence(text, wanted, &speakers)?;
        let argument = |(name, value)| Argument { name, comparison: Comparison::Equal, value };
        Some(Said {
            machine: only(&meant.machines),
            of: Sayer::Sentence(meant.sentence.name.clone()),
            arguments: meant.literals.into_iter().map(argument).collect(),
            sentence: Some(meant.sentence),
        })
    }

    /// `with { amount: > 10000 }`. None if an error was reported.
    fn patterns(
        &mut self,
        patterns: &[ast::ArgumentPattern],
        said: &Said<'n>,
        wanted: Wanted,
        scope: Scope,
    ) -> Option<Vec<Argument>> {
        let mut arguments = Vec::new();
        for pattern in patterns {
            let Some(sentence) = said.sentence else {
                let (message, help) = match wanted {
                    Wanted::Guard => {
                        ("arguments belong to one guard", "name the guard: `? limit covers {any} with { … }`")
                    }
                    Wanted::Action => {
                        ("arguments belong to one action", "name the action: `charge {any} to card with { … }`")
                    }
                };
                self.diagnostics.error(catalog::out_of_place(pattern.span, message, help));
                return None;
            };
            let ty = self.parameter(sentence, &pattern.argument)?;
            let Some((operator, value)) = &pattern.comparison else { continue };
            let name = pattern.argument.text.clone();
            let comparison = self.comparison_of(*operator, pattern.span)?;
            self.said_beforehand(value)?;
            let value = self.expected(value, &[ty], &format!("the parameter `{name}`"), scope)?;
            arguments.push(Argument { name, comparison, value });
        }
        Some(arguments)
    }

    /// What is assumed is known before the story is told. None if an error was reported.
    fn said_beforehand(&mut self, value: &Expression) -> Option<()> {
        let Some(span) = told(value) else { return Some(()) };
        let message = "an assumption is made before the story is told, and cannot know this value";
        let help = "write the value itself: `12.5`, `\"text\"`, `now`, `[…]`, `{ … }`";
        self.diagnostics.error(catalog::out_of_place(span, message, help));
        None
    }

    fn comparison_of(&mut self, operator: ComparisonOperator, span: Span) -> Option<Comparison> {
        Some(match operator {
            ComparisonOperator::Equals => Comparison::Equal,
            ComparisonOperator::NotEquals => Comparison::NotEqual,
            ComparisonOperator::Greater | ComparisonOperator::After => Comparison::Greater,
            ComparisonOperator::Less | ComparisonOperator::Before => Comparison::Less,
            ComparisonOperator::AtLeast | ComparisonOperator::NotBefore => Comparison::GreaterOrEqual,
            ComparisonOperator::AtMost | ComparisonOperator::NotAfter => Comparison::LessOrEqual,
            ComparisonOperator::Contains | ComparisonOperator::NotContains => {
                let help = "compare with `>`, `<`, `>=`, `<=`, `==` or `!=`";
                self.diagnostics.error(catalog::out_of_place(span, "an argument is compared as a whole", help));
                return None;
            }
        })
    }

    fn effect(&mut self, outcome: &AssumedOutcome, said: &Said<'n>, scope: Scope) -> Option<Effect> {
        Some(match outcome {
            AssumedOutcome::Success => Effect::Succeeds,
            AssumedOutcome::Returns(value) => {
                self.said_beforehand(value)?;
                let returns = said.sentence.and_then(|sentence| sentence.returns.as_ref());
                let types: Vec<_> = returns.into_iter().collect();
                let lowered = self.fitting(value, &types, "the value of this action", scope)?;
                if let (None, Some(sentence)) = (returns, said.sentence)
                    && sentence.kind == SentenceKind::Action
                {
                    self.takes_effect((value, &lowered), sentence, said.machine.unwrap_or(scope.machine));
                }
                Effect::Returns(lowered)
            }
            AssumedOutcome::Throws(value) => {
                self.said_beforehand(value)?;
                Effect::Throws(self.plain(value, scope)?.value)
            }
            AssumedOutcome::Triggers { event, payload } => {
                let machine = said.machine.unwrap_or(scope.machine);
                let at = Scope { machine, ..scope };
                let fields = self.handled_event(event, Scope { alone: true, ..at })?;
                let payload = self.fillings(payload.as_ref(), (fields, &event.text), at);
                Effect::Triggers { event: event.text.clone(), payload }
            }
        })
    }

    /// Reports what a value changes nothing about of which nothing is taken: an object sets the variables that only actions
    /// set.
    fn takes_effect(&mut self, (written, value): (&Expression, &Value), sentence: &Sentence, machine: usize) {
        let variables = &self.names.machine(machine).ir.variables;
        let settable = variables.iter().filter(|variable| variable.set_by == SetBy::Actions);
        let settable: Vec<&str> = settable.map(|variable| variable.name.as_str()).collect();
        let strangers: Vec<String> = match value {
            Value::Object(members) => {
                let strangers = members.iter().filter(|(name, _)| !settable.contains(&name.as_str()));
                strangers.map(|(name, _)| format!("no action of the machine sets `${name}`")).collect()
            }
            _ => vec![format!("nothing takes the value of `{}`", sentence.text)],
        };
        let help = match settable.as_slice() {
            [] => "take it in the flow (`$x becomes …`), or write `= success`".to_owned(),
            names => format!("take it in the flow (`$x becomes …`); actions may set `${}`", names.join("`, `$")),
        };
        for message in strangers {
            self.diagnostics.warning(catalog::without_effect(written.span, message, &help));
        }
    }

    /// The fields of an event that one of those who take part handles. None if an error was reported.
    fn handled_event(&mut self, event: &Name, scope: Scope) -> Option<&'n [Field]> {
        let cast = self.names.cast(scope);
        for machine in &cast {
            let told = self.names.machine(*machine);
            let known = told.ir.handlers.iter().map(|handler| told.ir.event(handler.event));
            if let Some(known) = known.into_iter().find(|known| known.name == event.text) {
                return Some(&known.fields);
            }
        }
        let names: Vec<&str> = cast.iter().flat_map(|machine| self.names.machine(*machine).handled()).collect();
        let known = Known { sigil: ":", names: &names, otherwise: "it handles nothing" };
        let machine = &self.names.machine(scope.machine).ir.name;
        self.diagnostics.error(catalog::unhandled_event(event.span, &event.text, machine, &known));
        None
    }
}
