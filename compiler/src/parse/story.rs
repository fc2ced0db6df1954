//! `given:` and `expect:`.

use super::expression::no_text;
use super::line::Tree;
use super::reader::{Form, Reader};
use crate::ast::{
    Assertion, AssertionKind, EventWording, Expect, Expression, FreeText, Given, GivenEntry, GivenKind, GivenValue,
    StateAssertion,
};
use crate::catalog::syntax;
use crate::grammar::Rule;
use crate::layout::{Line, Node};

const GIVEN: Form = Form { what: "section", form: "given:" };
const EXPECT: Form = Form { what: "section", form: "expect:" };
const ASSERTION: Form = Form { what: "assertion", form: "= order is in #state" };

impl Reader<'_> {
    pub(super) fn given(&mut self, node: &Node) -> Option<Given> {
        self.takes_no_table(&node.rows);
        let entries =
            self.in_story(|reader| node.children.iter().filter_map(|child| reader.given_entry(child)).collect());
        self.read(Rule::given_section_line, &node.line, GIVEN)?;
        Some(Given { span: node.line.span, entries })
    }

    pub(super) fn expect(&mut self, node: &Node) -> Option<Expect> {
        self.takes_no_table(&node.rows);
        let assertions =
            self.detail(|reader| node.children.iter().filter_map(|child| reader.assertion(child)).collect());
        self.read(Rule::expect_section_line, &node.line, EXPECT)?;
        Some(Expect { span: node.line.span, assertions })
    }

    /// Reads with the values of actors allowed.
    pub(super) fn in_story<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.in_story, true);
        let result = read(self);
        self.in_story = before;
        result
    }

    /// One line of a `given:`. Any text is one.
    pub(super) fn given_entry(&mut self, node: &Node) -> Option<GivenEntry> {
        let line = &node.line;
        self.takes_no_block(&node.children);
        if !self.is_sound(line) {
            return None;
        }
        if line.text.starts_with('=') {
            self.diagnostics.error(syntax::misplaced(line.span, "an assertion", "put it under `expect:`"));
            return None;
        }
        let table = self.data_table(&node.rows);
        let kind = self.given_kind(line);
        if let (GivenKind::Data { .. }, true) = (&kind, node.rows.is_empty()) {
            self.diagnostics.error(syntax::missing_table(line.span, "a line that ends in `:`"));
            return None;
        }
        let mut text = self.line_text(line);
        if line.text.ends_with(':') {
            text.pieces.pop();
        }
        Some(GivenEntry { span: line.span, kind, text, table })
    }

    fn given_kind(&mut self, line: &Line) -> GivenKind {
        if line.text.starts_with('$')
            && let Some(kind) = self.given_value(line)
        {
            return kind;
        }
        if let Some(test) = self.try_read(Rule::given_state_line, line).and_then(|tree| tree.first()) {
            return GivenKind::State(self.state_test(&test));
        }
        if let Some(tree) = self.try_read(Rule::given_login_line, line)
            && let Some(actor) = self.name_in(&tree, Rule::actor)
        {
            let subject = tree.find(Rule::string).map(|subject| self.quoted(&subject));
            return GivenKind::LoggedIn { actor, subject };
        }
        if let Some(tree) = self.try_read(Rule::given_data_line, line) {
            return GivenKind::Data { subject: self.free_text_in(&tree, Rule::data_subject) };
        }
        if let Some(tree) = self.try_read(Rule::given_empty_line, line) {
            return GivenKind::Empty { subject: self.free_text_in(&tree, Rule::empty_subject) };
        }
        GivenKind::Text
    }

    fn given_value(&mut self, line: &Line) -> Option<GivenKind> {
        let tree = self.try_read(Rule::given_value_line, line)?;
        let type_ = self.type_in(&tree);
        let value = match tree.find(Rule::given_value) {
            Some(value) => self.given_value_of(&value),
            None if line.text.contains(':') => GivenValue::Table,
            None => return None,
        };
        Some(GivenKind::Value { variable: self.name_in(&tree, Rule::variable)?, type_, value })
    }

    fn given_value_of(&mut self, tree: &Tree<'_>) -> GivenValue {
        let value = tree.find(Rule::value).map(|value| self.value(&value));
        match (tree.first().map(|first| first.rule()), value) {
            (Some(Rule::contains), Some(value)) => GivenValue::Contains(value),
            (Some(Rule::contains), None) => GivenValue::Table,
            (Some(Rule::is_empty | Rule::does_not_exist), _) => GivenValue::Empty,
            (Some(Rule::is_not_empty | Rule::exists), _) => GivenValue::NotEmpty,
            (_, Some(value)) => GivenValue::Is(value),
            (_, None) => GivenValue::Calculated,
        }
    }

    /// `= …`
    pub(super) fn assertion(&mut self, node: &Node) -> Option<Assertion> {
        self.in_story(|reader| reader.assertion_in_story(node))
    }

    fn assertion_in_story(&mut self, node: &Node) -> Option<Assertion> {
        let line = &node.line;
        if !self.is_sound(line) {
            return None;
        }
        let kind = if let Some(tree) = self.try_read(Rule::received_line, line) {
            self.received(&tree, node)?
        } else if let Some(tree) = self.try_read(Rule::emitted_line, line) {
            self.emitted(&tree, node)?
        } else if let Some(tree) = self.try_read(Rule::called_line, line) {
            self.called(&tree, node)
        } else {
            self.takes_no_table(&node.rows);
            self.takes_no_block(&node.children);
            self.plain_assertion(line)?
        };
        let behind = line.text.trim_start_matches('=');
        let text = behind.trim_start();
        let base = line.span.start as usize + line.text.len() - text.len();
        let text = self.free_text_at(base, text);
        Some(Assertion { span: line.span, kind, text })
    }

    fn received(&mut self, tree: &Tree<'_>, node: &Node) -> Option<AssertionKind> {
        let named = self.name_in(tree, Rule::event);
        let bare = named.is_none();
        let event = match named {
            Some(event) => event,
            None => self.name_in(tree, Rule::name)?,
        };
        let on_line = tree.find(Rule::payload);
        Some(AssertionKind::Event {
            event,
            bare,
            to: self.name_in(tree, Rule::actor),
            wording: EventWording::Received,
            negated: tree.has(Rule::did_not_receive),
            payload: self.payload(on_line.as_ref(), node),
        })
    }

    fn emitted(&mut self, tree: &Tree<'_>, node: &Node) -> Option<AssertionKind> {
        let on_line = tree.find(Rule::payload);
        Some(AssertionKind::Event {
            event: self.name_in(tree, Rule::event)?,
            bare: false,
            to: self.name_in(tree, Rule::actor),
            wording: if tree.has(Rule::sent) { EventWording::Sent } else { EventWording::Emitted },
            negated: tree.has(Rule::not),
            payload: self.payload(on_line.as_ref(), node),
        })
    }

    fn called(&mut self, tree: &Tree<'_>, node: &Node) -> AssertionKind {
        let on_line = tree.find(Rule::payload);
        AssertionKind::Called {
            machine: self.machine_prefix(tree),
            action: self.free_text_in(tree, Rule::called_text),
            negated: tree.has(Rule::not),
            payload: self.payload(on_line.as_ref(), node),
        }
    }

    /// `@payment.` before the name of an action or a guard.
    pub(super) fn machine_prefix(&mut self, tree: &Tree<'_>) -> Option<crate::ast::Name> {
        tree.find(Rule::machine_prefix).and_then(|prefix| self.name_in(&prefix, Rule::actor))
    }

    fn plain_assertion(&mut self, line: &Line) -> Option<AssertionKind> {
        if let Some(tree) = self.try_read(Rule::state_claim_line, line) {
            return Some(AssertionKind::State {
                subject: self.optional_text(&tree, Rule::claim_subject),
                claim: tree.find(Rule::claim).map_or(StateAssertion::IsIn, |claim| state_assertion(&claim)),
                states: self.state_list(&tree),
            });
        }
        if let Some(tree) = self.try_read(Rule::reply_status_line, line) {
            let status = self.only(&tree, Rule::sum);
            return Some(AssertionKind::ReplyStatus { status, negated: tree.has(Rule::not) });
        }
        if let Some(tree) = self.try_read(Rule::items_line, line) {
            let count = tree.find(Rule::items_count).and_then(|count| count.first());
            let count: Option<Expression> = count.map(|count| self.expression(&count));
            return Some(AssertionKind::Items { subject: self.optional_text(&tree, Rule::items_subject), count });
        }
        let tree = self.read(Rule::assertion_line, line, ASSERTION)?;
        let condition = tree.find(Rule::condition)?;
        Some(AssertionKind::Condition(self.condition(&condition)))
    }

    fn optional_text(&mut self, tree: &Tree<'_>, rule: Rule) -> FreeText {
        match tree.find(rule) {
            Some(found) => self.free_text(&found),
            None => no_text(tree.span().at_start()),
        }
    }
}

fn state_assertion(tree: &Tree<'_>) -> StateAssertion {
    match tree.first().map(|claim| claim.rule()) {
        Some(Rule::has_never_been_in) => StateAssertion::HasNeverBeenIn,
        Some(Rule::has_been_in) => StateAssertion::HasBeenIn,
        Some(Rule::has_entered) => StateAssertion::HasEntered,
        Some(Rule::is_not_in) => StateAssertion::IsNotIn,
        _ => StateAssertion::IsIn,
    }
}
