//! Assertions that exclude each other.

use super::Lowering;
use crate::catalog::story as catalog;
use crate::interval::{End, nothing_between};
use crate::ir::StatementKind;
use crate::source::Span;
use crate::test_plan::{Assertion, Claim, Comparison, Condition, StateClaim, Value};

impl Lowering<'_, '_> {
    /// Reports each assertion that an earlier one of the same moment excludes.
    pub(super) fn contradictions(&mut self, assertions: &[Assertion], spans: &[Span]) {
        for (assertion, span) in assertions.iter().zip(spans) {
            self.impossible(assertion, *span);
        }
        for (index, (later, span)) in assertions.iter().zip(spans).enumerate() {
            let earlier =
                assertions[..index].iter().zip(spans).find(|(earlier, _)| exclude(&earlier.claim, &later.claim));
            if let Some((_, earlier)) = earlier {
                // One line may hold two claims: `= A and B`.
                self.diagnostics.warning(match earlier == span {
                    true => catalog::never_holds(*span, "both parts of this are never so", "correct one of them"),
                    false => catalog::contradiction(*span, *earlier),
                });
            }
        }
    }
}

impl Lowering<'_, '_> {
    /// Reports an assertion that fails whatever happens.
    fn impossible(&mut self, assertion: &Assertion, span: Span) {
        match &assertion.claim {
            Claim::Holds(condition) if excludes_itself(condition) => {
                let help = "correct one of the two bounds";
                self.diagnostics.warning(catalog::never_holds(span, "no value is so", help));
            }
            Claim::State { machine, claim: StateClaim::HasEntered, states } => {
                let told = self.names.machine(*machine);
                let mut entered = false;
                told.ir.each_statement(&mut |statement| {
                    if let StatementKind::Transition(state) = statement.kind {
                        entered |= states.contains(&state.index());
                    }
                });
                if !entered {
                    let names: Vec<&str> = states.iter().map(|state| told.ir.states[*state].name.as_str()).collect();
                    let message = format!("no transition of `@{}` leads to `#{}`", told.ir.name, names.join("` or `#"));
                    let help = "write `has been in` if the state in which a story begins counts, too";
                    self.diagnostics.warning(catalog::never_holds(span, &message, help));
                }
            }
            Claim::State { .. }
            | Claim::Items { .. }
            | Claim::Event(_)
            | Claim::Called { .. }
            | Claim::Holds(_)
            | Claim::Code { .. } => {}
        }
    }
}

/// Whether two claims cannot both hold.
fn exclude(left: &Claim, right: &Claim) -> bool {
    match (left, right) {
        (
            Claim::State { machine, claim, states },
            Claim::State { machine: other_machine, claim: other, states: other_states },
        ) => machine == other_machine && states_exclude((*claim, states), (*other, other_states)),
        (Claim::Event(left), Claim::Event(right)) => {
            let negated = if left.negated { left } else { right };
            left.negated != right.negated
                && left.event == right.event
                && negated.payload.is_empty()
                && (negated.to.is_none() || left.to == right.to)
        }
        (
            Claim::Called { machine, sentence, negated, arguments },
            Claim::Called { machine: other_machine, sentence: other, negated: other_negated, arguments: others },
        ) => {
            let denied = if *negated { arguments } else { others };
            machine == other_machine && sentence == other && negated != other_negated && denied.is_empty()
        }
        (Claim::Holds(left), Claim::Holds(right)) => conditions_exclude(left, right),
        (
            Claim::State { .. }
            | Claim::Items { .. }
            | Claim::Event(_)
            | Claim::Called { .. }
            | Claim::Holds(_)
            | Claim::Code { .. },
            _,
        ) => false,
    }
}

fn states_exclude((left, states): (StateClaim, &[usize]), (right, others): (StateClaim, &[usize])) -> bool {
    let none_of = |these: &[usize], those: &[usize]| these.iter().all(|state| !those.contains(state));
    let all_of = |these: &[usize], those: &[usize]| these.iter().all(|state| those.contains(state));
    match (left, right) {
        (StateClaim::IsIn, StateClaim::IsIn) => none_of(states, others),
        (StateClaim::IsIn, StateClaim::IsNotIn) => all_of(states, others),
        (StateClaim::IsNotIn, StateClaim::IsIn) => all_of(others, states),
        (StateClaim::IsIn | StateClaim::HasEntered | StateClaim::HasBeenIn, StateClaim::HasNeverBeenIn) => {
            all_of(states, others)
        }
        (StateClaim::HasNeverBeenIn, StateClaim::IsIn | StateClaim::HasEntered | StateClaim::HasBeenIn) => {
            all_of(others, states)
        }
        (
            StateClaim::IsIn
            | StateClaim::IsNotIn
            | StateClaim::HasEntered
            | StateClaim::HasBeenIn
            | StateClaim::HasNeverBeenIn,
            _,
        ) => false,
    }
}

/// Whether two conditions cannot both hold: of one value they ask for different things.
fn conditions_exclude(left: &Condition, right: &Condition) -> bool {
    if let (Condition::All(parts), other) | (other, Condition::All(parts)) = (left, right) {
        return parts.iter().any(|part| conditions_exclude(part, other));
    }
    if let Condition::Compare(Comparison::Equal, value, wanted) = left
        && let Condition::Compare(Comparison::Equal, other, other_wanted) = right
    {
        return value == other && wanted != other_wanted && is_literal(wanted) && is_literal(other_wanted);
    }
    match (Range::of(left), Range::of(right)) {
        (Some((value, range)), Some((other, other_range))) => value == other && range.excludes(other_range),
        (None, _) | (_, None) => false,
    }
}

/// Whether a condition excludes itself: two parts of it exclude each other, or it asks for what is between nothing.
fn excludes_itself(condition: &Condition) -> bool {
    let Condition::All(parts) = condition else {
        return Range::of(condition).is_some_and(|(_, range)| range.is_empty());
    };
    let later = |index: usize| parts[..index].iter().any(|earlier| conditions_exclude(earlier, &parts[index]));
    parts.iter().any(excludes_itself) || (0..parts.len()).any(later)
}

/// The numbers that a condition admits; none at an end that is open.
#[derive(Clone, Copy)]
struct Range<'a> {
    low: Option<End<'a>>,
    high: Option<End<'a>>,
}

impl<'a> Range<'a> {
    /// What a condition asks of a value that it compares with literal numbers.
    fn of(condition: &'a Condition) -> Option<(&'a Value, Self)> {
        Some(match condition {
            Condition::Between(value, low, high) => {
                (value, Self { low: Some(end(low, true)?), high: Some(end(high, true)?) })
            }
            Condition::Compare(comparison, value, bound) => {
                let bound = |included| end(bound, included);
                let range = match comparison {
                    Comparison::Equal => Self { low: Some(bound(true)?), high: Some(bound(true)?) },
                    Comparison::Greater => Self { low: Some(bound(false)?), high: None },
                    Comparison::GreaterOrEqual => Self { low: Some(bound(true)?), high: None },
                    Comparison::Less => Self { low: None, high: Some(bound(false)?) },
                    Comparison::LessOrEqual => Self { low: None, high: Some(bound(true)?) },
                    Comparison::NotEqual => return None,
                };
                (value, range)
            }
            Condition::Contains(..)
            | Condition::IsEmpty(_)
            | Condition::Exists(_)
            | Condition::True(_)
            | Condition::InState(..)
            | Condition::Not(_)
            | Condition::All(_)
            | Condition::Any(_) => return None,
        })
    }

    fn is_empty(self) -> bool {
        self.excludes(self)
    }

    fn excludes(self, other: Self) -> bool {
        let nothing = |low: Option<End<'_>>, high: Option<End<'_>>| {
            low.zip(high).is_some_and(|(low, high)| nothing_between(low, high))
        };
        nothing(self.low, other.high) || nothing(other.low, self.high)
    }
}

/// The end that a literal number is.
fn end(value: &Value, included: bool) -> Option<End<'_>> {
    if let Value::Number(number) = value { Some(End { number, included }) } else { None }
}

fn is_literal(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Number(_) | Value::Boolean(_))
}
