//! What the grammar's rules are called when one of them was expected.

use crate::grammar::Rule;

/// The rule in an author's words; none for rules that would only confuse.
pub(super) fn describe(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::name | Rule::dashed_name => "a name",
        Rule::actor => "an actor (`@name`)",
        Rule::event => "an event (`:name`)",
        Rule::state | Rule::state_list => "a state (`#name`)",
        Rule::variable => "a variable (`$name`)",
        Rule::transformer => "a transformer (`^name`)",
        Rule::string => "a text in quotation marks",
        Rule::number => "a number",
        Rule::colon => "`:`",
        Rule::comma => "`,`",
        Rule::equals_sign => "`=`",
        Rule::ellipsis => "`...`",
        Rule::open_parenthesis | Rule::modifiers => "`(`",
        Rule::close_parenthesis => "`)`",
        Rule::close_bracket => "`]`",
        Rule::close_brace => "`}`",
        Rule::EOI => "the end of the line",
        Rule::expression
        | Rule::conjunction
        | Rule::negation
        | Rule::comparison
        | Rule::sum
        | Rule::product
        | Rule::factor
        | Rule::value
        | Rule::parentheses
        | Rule::array
        | Rule::object
        | Rule::word_path => "a value",
        Rule::condition | Rule::part | Rule::loose | Rule::reading => "a condition",
        Rule::free_text | Rule::word | Rule::rest | Rule::words | Rule::phrase => "words",
        Rule::type_expression => "a type",
        Rule::validation_rule => "a rule",
        Rule::target => "a target (`@name` or `all @name`)",
        Rule::payload | Rule::with | Rule::with_table | Rule::reply_body => "`with`",
        Rule::argument => "`$variable` or `field: value`",
        Rule::to => "`to`",
        Rule::from => "`from`",
        Rule::for_word => "`for`",
        Rule::in_word => "`in`",
        Rule::by => "`by`",
        Rule::as_word => "`as`",
        Rule::becomes | Rule::change => "`becomes` or another change",
        Rule::modifier => "`api`, `queued api` or `priority`",
        Rule::priority_level => "`critical`, `high`, `normal`, `low` or `bulk`",
        Rule::callback => "`callback`",
        Rule::timer => "`timer`",
        Rule::scenario => "`scenario`",
        Rule::system => "`system`",
        Rule::api => "`api`",
        Rule::fifo => "`fifo`",
        Rule::priority => "`priority`",
        Rule::fixed => "`fixed`",
        Rule::exponential => "`exponential`",
        Rule::yes => "`yes`",
        Rule::no => "`no`",
        Rule::times_word => "`times`",
        Rule::letter => "`letter`",
        Rule::truth => "`true`, `false` or `{any}`",
        Rule::assumed_outcome => "`= success`, `returns`, `throws` or `triggers`",
        Rule::state_kind => "`initial`, `waiting` or `terminal`",
        Rule::outcome_kind => "`success`, `failure` or `neutral`",
        Rule::fact => "a fact",
        _ => return None,
    })
}
