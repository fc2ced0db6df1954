//! The IR's validation rules as the rules of the runtime, so that both executors judge and word them alike.

use eventflow::description::FieldDescription;
use eventflow::rules::Rule;
use eventflow::schema::Schema;
use eventflow::{Decimal, Json};
use eventflowc::ir::{self, Machine, System, Type};

/// The runtime's form of a rule.
pub(crate) fn described(machine: &Machine, rule: &ir::Rule) -> Rule {
    match rule {
        ir::Rule::GreaterThan(bound) => Rule::GreaterThan(decimal(bound)),
        ir::Rule::LessThan(bound) => Rule::LessThan(decimal(bound)),
        ir::Rule::Between(low, high) => Rule::Between(decimal(low), decimal(high)),
        ir::Rule::AtLeast(bound) => Rule::AtLeast(decimal(bound)),
        ir::Rule::AtMost(bound) => Rule::AtMost(decimal(bound)),
        ir::Rule::MinCharacters(least) => Rule::MinCharacters(*least),
        ir::Rule::MaxCharacters(most) => Rule::MaxCharacters(*most),
        ir::Rule::Email => Rule::Email,
        ir::Rule::Uuid => Rule::Uuid,
        ir::Rule::Url => Rule::Url,
        ir::Rule::OneOf(options) => {
            Rule::OneOf(options.iter().map(|option| option.clone().into()).collect::<Vec<_>>().into())
        }
        ir::Rule::Custom(rule) => {
            Rule::Custom { index: rule.index(), sentence: machine.custom_rule(*rule).text.clone().into() }
        }
    }
}

/// What code is asked about a custom rule: the value under test, then what stands in the rule's text.
pub(crate) fn arguments(value: Json, rule: &ir::CustomRule) -> Vec<Json> {
    let written = rule.arguments.iter().map(|argument| match argument {
        ir::RuleArgument::Number(text) => Json::Number(decimal(text)),
        ir::RuleArgument::Text(text) => Json::text(text),
    });
    std::iter::once(value).chain(written).collect()
}

/// The runtime's form of a type.
pub(crate) fn schema(system: &System, ty: &Type) -> Schema {
    match ty {
        Type::String => Schema::String,
        Type::Number => Schema::Number,
        Type::Integer => Schema::Integer,
        Type::Boolean => Schema::Boolean,
        Type::Time => Schema::Time,
        Type::Duration => Schema::Duration,
        Type::List(element) => Schema::list_of(schema(system, element)),
        Type::Object => Schema::Object,
        Type::Record(id) => {
            let fields = system.record(*id).fields.iter().map(|field| field_description(system, field));
            Schema::Record(fields.collect::<Vec<_>>().into())
        }
        Type::Json => Schema::Json,
    }
}

/// The runtime's form of a field.
pub(crate) fn field_description(system: &System, field: &ir::Field) -> FieldDescription {
    FieldDescription {
        name: field.name.clone().into(),
        schema: schema(system, &field.ty),
        required: field.required,
        secret: field.secret,
    }
}

/// The number of a rule; the front end accepts decimals alone.
fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or(Decimal::ZERO)
}
