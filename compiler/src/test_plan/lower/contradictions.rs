//! Assertions that exclude each other.

use super::Lowering;
use crate::catalog::story as catalog;
use crate::source::Span;
use crate::test_plan::{Assertion, Claim, Comparison, Condition, StateClaim, Value};

impl Lowering<'_, '_> {
    /// Reports each assertion that an earlier one of the same moment excludes.
    pub(super) fn contradictions(&mut self, assertions: &[Assertion], spans: &[Span]) {
        for (index, (later, span)) in assertions.iter().zip(spans).enumerate() {
            let earlier =
                assertions[..index].iter().zip(spans).find(|(earlier, _)| exclude(&earlier.claim, &later.claim));
            if let Some((_, earlier)) = earlier {
                self.diagnostics.warning(catalog::contradiction(*span, *earlier));
            }
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
        (
            Claim::Holds(Condition::Compare(Comparison::Equal, value, wanted)),
            Claim::Holds(Condition::Compare(Comparison::Equal, other, other_wanted)),
        ) => value == other && wanted != other_wanted && is_literal(wanted) && is_literal(other_wanted),
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

fn is_literal(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Number(_) | Value::Boolean(_))
}
