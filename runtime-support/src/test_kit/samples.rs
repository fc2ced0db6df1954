//! Samples: the values of what nothing provides. One name has one sample in a whole test, as far as its types and rules
//! allow.

use crate::codec::Decode;
use crate::decimal::Decimal;
use crate::duration::Duration;
use crate::json::Json;
use crate::rules::Rule;
use crate::schema::{Schema, UnknownFields};
use crate::timestamp::Timestamp;
use std::collections::BTreeMap;

/// The samples of a test.
pub(crate) struct Samples {
    now: Timestamp,
    known: BTreeMap<String, Vec<Json>>,
}

impl Samples {
    /// None yet; times are `now`.
    pub(crate) const fn new(now: Timestamp) -> Self {
        Self { now, known: BTreeMap::new() }
    }

    /// The sample of a name: the one that was given before if its type and the rules allow it, else a new one.
    pub(crate) fn of(&mut self, name: &str, schema: &Schema, rules: &[Rule]) -> Json {
        if let Some(known) = self.known.get(name).into_iter().flatten().find(|known| fits(schema, rules, known)) {
            return known.clone();
        }
        let sample = self.make(name, schema, rules);
        self.known.entry(name.to_owned()).or_default().push(sample.clone());
        sample
    }

    /// The first value of the type that the rules allow; if none is found, the type's usual one.
    fn make(&mut self, name: &str, schema: &Schema, rules: &[Rule]) -> Json {
        let usual = self.usual(name, schema);
        let allowed = |value: &Json| rules.iter().all(|rule| rule.is_kept_by(value));
        if allowed(&usual) {
            return usual;
        }
        let listed = one_of(schema, rules).into_iter().find(&allowed);
        let other = || match schema {
            Schema::Number | Schema::Integer => number(schema, rules),
            Schema::String | Schema::Json => texts(name, rules).into_iter().map(Json::Text).find(&allowed),
            Schema::Boolean => Some(Json::Bool(false)).filter(&allowed),
            Schema::Time | Schema::Duration | Schema::List(_) | Schema::Object | Schema::Record(_) => None,
        };
        listed.or_else(other).unwrap_or(usual)
    }

    fn usual(&mut self, name: &str, schema: &Schema) -> Json {
        match schema {
            Schema::String | Schema::Json => Json::text(name),
            Schema::Number | Schema::Integer => Json::from(1),
            Schema::Boolean => Json::Bool(true),
            Schema::Time => Json::of(&self.now),
            Schema::Duration => Json::of(&Duration::SECOND),
            Schema::List(_) => Json::List(Vec::new()),
            Schema::Object => Json::object([]),
            Schema::Record(fields) => {
                let sampled =
                    fields.iter().map(|field| (field.name.to_string(), self.of(&field.name, &field.schema, &[])));
                Json::Object(sampled.collect())
            }
        }
    }
}

fn fits(schema: &Schema, rules: &[Rule], value: &Json) -> bool {
    let mut violations = Vec::new();
    schema.check("", value, UnknownFields::Reject, &mut violations);
    violations.is_empty() && rules.iter().all(|rule| rule.is_kept_by(value))
}

/// The values that `one of` lists.
fn one_of(schema: &Schema, rules: &[Rule]) -> Vec<Json> {
    let listed = rules.iter().filter_map(|rule| if let Rule::OneOf(texts) = rule { Some(texts) } else { None });
    let value = |text: &str| match schema {
        Schema::Number | Schema::Integer => text.parse().ok().map(Json::Number),
        Schema::Boolean => text.parse().ok().map(Json::Bool),
        Schema::String
        | Schema::Time
        | Schema::Duration
        | Schema::List(_)
        | Schema::Object
        | Schema::Record(_)
        | Schema::Json => Some(Json::text(text)),
    };
    listed.flat_map(|texts| texts.iter()).filter_map(|text| value(text)).collect()
}

/// The smallest number that the rules allow; without a lower bound, the largest.
fn number(schema: &Schema, rules: &[Rule]) -> Option<Json> {
    let (mut bounds, mut from_below) = (Vec::new(), false);
    for rule in rules {
        match rule {
            Rule::GreaterThan(bound) | Rule::AtLeast(bound) => {
                from_below = true;
                bounds.push(*bound);
            }
            Rule::LessThan(bound) | Rule::AtMost(bound) => bounds.push(*bound),
            Rule::Between(low, high) => {
                from_below = true;
                bounds.extend([*low, *high]);
            }
            Rule::MinCharacters(_)
            | Rule::MaxCharacters(_)
            | Rule::Email
            | Rule::Uuid
            | Rule::Url
            | Rule::OneOf(_)
            | Rule::Custom { .. } => {}
        }
    }
    let one = Decimal::from(1);
    let mut tried: Vec<Decimal> = Vec::new();
    for bound in &bounds {
        tried.push(*bound);
        tried.extend(bound.checked_add(one).ok());
        tried.extend(bound.checked_sub(one).ok());
        // Between two bounds that lie close together.
        let middle = |other: &Decimal| bound.checked_add(*other).ok()?.checked_div(Decimal::from(2)).ok();
        tried.extend(bounds.iter().filter_map(middle));
    }
    if *schema == Schema::Integer {
        // A bound with a fraction leaves the whole numbers beside it.
        let beside = |number: &Decimal| {
            let rounded = number.rounded();
            [rounded.checked_sub(one).ok(), Some(rounded), rounded.checked_add(one).ok()]
        };
        tried = tried.iter().flat_map(beside).flatten().collect();
        tried.retain(|number| i64::decode(&Json::Number(*number)).is_ok());
    }
    tried.retain(|number| rules.iter().all(|rule| rule.is_kept_by(&Json::Number(*number))));
    let found = if from_below { tried.into_iter().min() } else { tried.into_iter().max() };
    found.map(Json::Number)
}

/// Texts that rules about texts may ask for, the likeliest first.
fn texts(name: &str, rules: &[Rule]) -> Vec<String> {
    let mut found = Vec::new();
    let (mut least, mut most) = (0, usize::MAX);
    for rule in rules {
        match rule {
            Rule::Email => found.extend([format!("{name}@example.com"), "me@example.com".into(), "a@b.co".into()]),
            Rule::Url => found.extend([format!("https://example.com/{name}"), "https://example.com".into()]),
            Rule::Uuid => found.push("00000000-0000-7000-8000-000000000001".into()),
            Rule::MinCharacters(count) => least = least.max(*count as usize),
            Rule::MaxCharacters(count) => most = most.min(*count as usize),
            Rule::GreaterThan(_)
            | Rule::LessThan(_)
            | Rule::Between(..)
            | Rule::AtLeast(_)
            | Rule::AtMost(_)
            | Rule::OneOf(_)
            | Rule::Custom { .. } => {}
        }
    }
    // As long as it must be, and no longer than it may be: the name again and again.
    let count = name.chars().count().max(least).min(most);
    let repeated = |text: &str| text.chars().cycle().take(count.max(least)).collect::<String>();
    let longer: Vec<String> =
        found.iter().map(|text| format!("{}{text}", "a".repeat(least.saturating_sub(text.chars().count())))).collect();
    found.extend(longer);
    found.push(repeated(name));
    found
}
