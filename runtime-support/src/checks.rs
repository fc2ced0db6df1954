//! The rules that a body checks by itself: those of an emit's table, and constraints on variables.

use crate::codec::{Encode, Encoder};
use crate::description::Text;
use crate::dynamic::Failure;
use crate::json::Json;
use crate::rules::{Rule, Violation};
use crate::widen::Widen;

/// Who is asked about a rule that only the user's code can judge, by the rule's number.
pub(crate) type CustomRules<'a> = &'a dyn Fn(usize, &Json) -> Result<bool, Failure>;

/// For tables without such rules.
///
/// # Errors
/// Never.
pub fn no_custom_rule(_rule: usize, _value: &Json) -> Result<bool, Failure> {
    Ok(true)
}

/// What a table asks of one value besides its rules.
#[derive(Clone, Copy, Debug)]
pub struct Demands {
    /// It must be there.
    pub required: bool,
    /// Its first broken rule ends its checks.
    pub bail: bool,
}

/// Adds what is wrong with one value of an emit.
///
/// # Errors
/// If the user's code failed.
pub fn check<T: Widen + ?Sized>(
    violations: &mut Vec<Violation>,
    field: &str,
    demands: Demands,
    rules: &[Rule],
    value: Option<&T>,
    custom: CustomRules<'_>,
) -> Result<(), Failure> {
    check_json(violations, field, demands, rules, value.map(Widen::widen), custom)
}

fn check_json(
    violations: &mut Vec<Violation>,
    field: &str,
    demands: Demands,
    rules: &[Rule],
    value: Option<Json>,
    custom: CustomRules<'_>,
) -> Result<(), Failure> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        violations.extend(demands.required.then(|| Violation::missing(field)));
        return Ok(());
    };
    for rule in rules {
        if !keeps(rule, &value, custom)? {
            violations.push(rule.violation(field));
            if demands.bail {
                break;
            }
        }
    }
    Ok(())
}

/// Whether an emit may go out.
///
/// # Errors
/// If a rule is broken.
pub fn all_kept(event: &'static str, violations: Vec<Violation>) -> Result<(), Failure> {
    if violations.is_empty() { Ok(()) } else { Err(Failure::Invalid { event: Text::Borrowed(event), violations }) }
}

/// Checks a variable; its first broken rule fails the turn.
///
/// # Errors
/// If a rule is broken, or the user's code failed.
pub fn constrain<T: Widen + Encode + ?Sized>(
    variable: &'static str,
    required: bool,
    rules: &[Rule],
    value: Option<&T>,
    custom: CustomRules<'_>,
) -> Result<(), Failure> {
    match first_broken(required, rules, value.map(Widen::widen), custom)? {
        None => Ok(()),
        Some(rule) => {
            let value = value.map(|value| Encoder::encode(&value));
            Err(Failure::Constraint { variable: Text::Borrowed(variable), rule: rule.into(), value })
        }
    }
}

fn first_broken(
    required: bool,
    rules: &[Rule],
    value: Option<Json>,
    custom: CustomRules<'_>,
) -> Result<Option<String>, Failure> {
    let Some(value) = value else { return Ok(required.then(|| "required".to_owned())) };
    for rule in rules {
        if !keeps(rule, &value, custom)? {
            return Ok(Some(rule.to_string()));
        }
    }
    Ok(None)
}

fn keeps(rule: &Rule, value: &Json, custom: CustomRules<'_>) -> Result<bool, Failure> {
    match rule {
        Rule::Custom { index, .. } => custom(*index, value),
        Rule::GreaterThan(_)
        | Rule::LessThan(_)
        | Rule::Between(..)
        | Rule::AtLeast(_)
        | Rule::AtMost(_)
        | Rule::MinCharacters(_)
        | Rule::MaxCharacters(_)
        | Rule::Email
        | Rule::Uuid
        | Rule::Url
        | Rule::OneOf(_) => Ok(rule.is_kept_by(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decimal;

    #[test]
    fn all_broken_rules_of_a_value_are_found_unless_it_bails() {
        let rules = [Rule::AtLeast(Decimal::constant(5, 0)), Rule::GreaterThan(Decimal::constant(3, 0))];
        let found = |bail: bool| {
            let mut violations = Vec::new();
            let demands = Demands { required: true, bail };
            check(&mut violations, "amount", demands, &rules, Some(&1_i64), &no_custom_rule).expect("no user code");
            violations.len()
        };
        assert_eq!((found(false), found(true)), (2, 1));
        let mut violations = Vec::new();
        let demands = Demands { required: true, bail: false };
        check(&mut violations, "amount", demands, &rules, None::<&i64>, &no_custom_rule).expect("no user code");
        assert_eq!(violations, [Violation::missing("amount")]);
        assert!(all_kept("paid", violations).is_err());
    }

    #[test]
    fn a_broken_constraint_names_the_rule_and_the_value() {
        let rules = [Rule::AtMost(Decimal::constant(5, 0))];
        let broken = constrain("count", false, &rules, Some(&Decimal::constant(75, 1)), &no_custom_rule);
        let Err(Failure::Constraint { variable, rule, value }) = broken else { panic!("7.5 is more than 5") };
        assert_eq!((&*variable, &*rule, value.as_deref()), ("count", "at most 5", Some("\"7.5\"")));
        assert!(constrain("count", false, &rules, None::<&i64>, &no_custom_rule).is_ok());
        assert!(constrain("count", true, &rules, None::<&i64>, &no_custom_rule).is_err());
    }
}
