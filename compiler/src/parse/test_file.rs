//! `.test.flow` files.

use super::expression::comparison_operator;
use super::flow::{flattened, section};
use super::line::Tree;
use super::reader::{Form, Reader};
use super::statement::first_word;
use crate::ast::{
    ArgumentPattern, AssumedOutcome, AssumedTruth, Assumption, AssumptionKind, Case, CaseItem, ComparisonOperator,
    Expression, ExpressionKind, ForEvent, ForScenario, Observed, Override, OverrideKind, Step, StepKind, Suite,
    SuiteItem, SuiteSubject, TestFile, WithSection, WithSectionKind,
};
use crate::catalog::syntax;
use crate::grammar::Rule;
use crate::layout::Node;

const SUITE: Form = Form { what: "test", form: "test: @machine" };
const FOR_SCENARIO: Form = Form { what: "scenario of a test", form: "for scenario: title" };
const FOR_EVENT: Form = Form { what: "event of a test", form: "for :event [to @machine]:" };
const CASE: Form = Form { what: "title of a case", form: "what is different:" };
const SECTION: Form =
    Form { what: "section of a case", form: "with scenario: | with given: | with event: | with context:" };
const ASSUME: Form = Form { what: "section", form: "assume:" };
const OBSERVE: Form = Form { what: "section", form: "observe:" };
const STEP: Form = Form { what: "step", form: "receive :event [from @actor] [with field: VALUE]" };
const IN_EVENT: Form = Form { what: "event of an assumption", form: "in :event" };
const ASSUMED_GUARD: Form = Form { what: "assumption about a guard", form: "? guard = true" };
const ASSUMED_ACTION: Form = Form {
    what: "assumption about an action",
    form: "action = success | returns VALUE | throws \"text\" | triggers :event",
};
const OBSERVED: Form = Form { what: "observed action", form: "name of the action" };

impl Reader<'_> {
    /// A `.test.flow` file.
    pub(super) fn test_file(&mut self, nodes: &[Node]) -> TestFile {
        self.in_story(|reader| {
            let mut suites: Vec<Suite> = Vec::new();
            let mut readable = true;
            for node in flattened(nodes) {
                if section(node) == "test" {
                    let suite = reader.suite(node);
                    readable = suite.is_some();
                    suites.extend(suite);
                } else if !is_for_scenario(node) {
                    reader.misplaced_in_test(node, "begin with `test: @machine` and `for scenario: title`");
                } else if let Some(scenario) = reader.for_scenario(node) {
                    match suites.last_mut().filter(|_| readable) {
                        Some(suite) => suite.scenarios.push(scenario),
                        None if readable => reader.misplaced_in_test(node, "begin the file with `test: @machine`"),
                        None => {}
                    }
                }
            }
            TestFile { suites }
        })
    }

    fn misplaced_in_test(&mut self, node: &Node, help: &str) {
        if node.line.readable {
            self.diagnostics.error(syntax::misplaced(node.line.span, "this line", help));
        }
    }

    fn suite(&mut self, node: &Node) -> Option<Suite> {
        self.takes_no_table(&node.rows);
        let tree = self.read(Rule::suite_line, &node.line, SUITE)?;
        let subject = match self.name_in(&tree, Rule::actor) {
            Some(machine) => SuiteSubject::Machine(machine),
            None => SuiteSubject::System(tree.find(Rule::rest).map(|rest| self.text(&rest))?),
        };
        Some(Suite { span: node.line.span, subject, scenarios: Vec::new() })
    }

    fn for_scenario(&mut self, node: &Node) -> Option<ForScenario> {
        self.takes_no_table(&node.rows);
        let mut items = Vec::new();
        for child in &node.children {
            if first_word(&child.line.text).0 == "for" {
                items.extend(self.for_event(child).map(SuiteItem::Event));
            } else {
                items.extend(self.case(child).map(SuiteItem::Case));
            }
        }
        let tree = self.read(Rule::for_scenario_line, &node.line, FOR_SCENARIO)?;
        let mut title = tree.find(Rule::rest).map(|rest| self.text(&rest))?;
        // Cases end in a colon, so this line may end in one too.
        if let Some(stripped) = title.text.strip_suffix(':') {
            title.text = stripped.trim_end().to_owned();
            title.span.end -= 1;
        }
        Some(ForScenario { span: node.line.span, title, items })
    }

    fn for_event(&mut self, node: &Node) -> Option<ForEvent> {
        self.takes_no_table(&node.rows);
        let cases = node.children.iter().filter_map(|child| self.case(child)).collect();
        let tree = self.read(Rule::for_event_line, &node.line, FOR_EVENT)?;
        let event = self.name_in(&tree, Rule::event)?;
        Some(ForEvent { span: node.line.span, event, to: self.name_in(&tree, Rule::actor), cases })
    }

    fn case(&mut self, node: &Node) -> Option<Case> {
        self.takes_no_table(&node.rows);
        let mut items: Vec<CaseItem> = Vec::new();
        for child in &node.children {
            items.extend(self.case_item(child));
        }
        let tree = self.read(Rule::case_line, &node.line, CASE)?;
        let title = tree.find(Rule::case_title).map(|title| self.text(&title))?;
        if node.children.is_empty() {
            let help = "indent under it what is different and what must hold (`= …`)";
            self.diagnostics.error(syntax::missing_block(node.line.span, "a case", help));
        }
        Some(Case { span: node.line.span, title, items })
    }

    fn case_item(&mut self, node: &Node) -> Option<CaseItem> {
        let span = node.line.span;
        match first_word(&node.line.text).0 {
            "with" => self.with_section(node).map(CaseItem::With),
            "assume" => {
                self.takes_no_table(&node.rows);
                let assumptions = node.children.iter().filter_map(|child| self.assumption(child)).collect();
                self.read(Rule::assume_line, &node.line, ASSUME)?;
                Some(CaseItem::Assume { span, assumptions })
            }
            "observe" => {
                self.takes_no_table(&node.rows);
                let observed = node.children.iter().filter_map(|child| self.observed(child)).collect();
                self.read(Rule::observe_line, &node.line, OBSERVE)?;
                Some(CaseItem::Observe { span, observed })
            }
            "after" | "receive" | "then" => self.step(node).map(CaseItem::Step),
            "" if node.line.text.starts_with('=') => self.assertion(node).map(CaseItem::Assertion),
            _ => {
                let help = "a case holds `with …:`, `assume:`, `observe:`, `after`, `receive`, `then` and `= …` lines";
                self.misplaced_in_test(node, help);
                None
            }
        }
    }

    fn with_section(&mut self, node: &Node) -> Option<WithSection> {
        let mut overrides = Vec::new();
        if let Some(table) = self.data_table(&node.rows) {
            overrides.push(Override { span: table.span, kind: OverrideKind::Table(table) });
        }
        for child in &node.children {
            overrides.extend(self.override_(child));
        }
        let tree = self.read(Rule::with_section_line, &node.line, SECTION)?;
        let kind = if tree.has(Rule::scenario) {
            WithSectionKind::Scenario
        } else if tree.has(Rule::given) {
            WithSectionKind::Given
        } else if tree.has(Rule::event_word) {
            WithSectionKind::Event
        } else {
            WithSectionKind::Context
        };
        Some(WithSection { span: node.line.span, kind, overrides })
    }

    fn override_(&mut self, node: &Node) -> Option<Override> {
        let span = node.line.span;
        if let Some(tree) = self.try_read(Rule::override_line, &node.line) {
            self.takes_no_table(&node.rows);
            self.takes_no_block(&node.children);
            let value = tree.find(Rule::value).map(|value| self.value(&value))?;
            let field = self.name_in(&tree, Rule::name)?;
            let text = tree.has(Rule::is).then(|| self.line_text(&node.line));
            return Some(Override { span, kind: OverrideKind::Field { field, value, text } });
        }
        self.given_entry(node).map(|entry| Override { span, kind: OverrideKind::Given(Box::new(entry)) })
    }

    fn observed(&mut self, node: &Node) -> Option<Observed> {
        self.takes_no_table(&node.rows);
        self.takes_no_block(&node.children);
        let tree = self.read(Rule::observed_line, &node.line, OBSERVED)?;
        let machine = self.machine_prefix(&tree);
        Some(Observed { span: node.line.span, machine, action: self.free_text_in(&tree, Rule::free_text) })
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        let tree = self.read(Rule::step_line, &node.line, STEP)?;
        let kind = match tree.first().map(|word| word.rule()) {
            Some(Rule::after) => StepKind::After,
            Some(Rule::receive) => StepKind::Receive,
            _ => StepKind::Then,
        };
        let (mut from, mut to) = (None, None);
        let mut receiver = false;
        for part in tree.children() {
            match part.rule() {
                Rule::to => receiver = true,
                Rule::actor if receiver => to = Some(self.name(&part)),
                Rule::actor => from = Some(self.name(&part)),
                _ => {}
            }
        }
        let on_line = tree.find(Rule::payload);
        let payload = self.payload(on_line.as_ref(), node);
        Some(Step { span: node.line.span, kind, event: self.name_in(&tree, Rule::event)?, from, to, payload })
    }

    fn assumption(&mut self, node: &Node) -> Option<Assumption> {
        let span = node.line.span;
        let (first, rest) = first_word(&node.line.text);
        if first == "in" && rest.starts_with(':') {
            self.takes_no_table(&node.rows);
            let assumptions = node.children.iter().filter_map(|child| self.assumption(child)).collect();
            let tree = self.read(Rule::in_event_line, &node.line, IN_EVENT)?;
            let event = self.name_in(&tree, Rule::event)?;
            return Some(Assumption { span, kind: AssumptionKind::In { event, assumptions } });
        }
        let kind = if node.line.text.starts_with('?') {
            self.takes_no_table(&node.rows);
            self.takes_no_block(&node.children);
            let tree = self.read(Rule::assumed_guard_line, &node.line, ASSUMED_GUARD)?;
            AssumptionKind::Guard {
                machine: self.machine_prefix(&tree),
                guard: self.free_text_in(&tree, Rule::guard_pattern),
                arguments: self.argument_patterns(&tree),
                truth: tree.find(Rule::truth).map_or(AssumedTruth::Any, |truth| assumed_truth(&truth)),
            }
        } else {
            let tree = self.read(Rule::assumed_action_line, &node.line, ASSUMED_ACTION)?;
            AssumptionKind::Action {
                machine: self.machine_prefix(&tree),
                action: self.free_text_in(&tree, Rule::action_pattern),
                arguments: self.argument_patterns(&tree),
                outcome: self.assumed_outcome(&tree.find(Rule::assumed_outcome)?, node)?,
            }
        };
        Some(Assumption { span, kind })
    }

    fn argument_patterns(&mut self, tree: &Tree<'_>) -> Vec<ArgumentPattern> {
        let Some(list) = tree.find(Rule::argument_patterns) else { return Vec::new() };
        let mut patterns = Vec::new();
        for pattern in list.children().filter(|child| child.rule() == Rule::argument_pattern) {
            let Some(argument) = self.name_in(&pattern, Rule::name) else { continue };
            let operator = pattern.find(Rule::operator).map(|operator| comparison_operator(&operator).0);
            let value = pattern.find(Rule::sum).map(|value| self.expression(&value));
            let comparison = value.map(|value| (operator.unwrap_or(ComparisonOperator::Equals), value));
            patterns.push(ArgumentPattern { span: pattern.span(), argument, comparison });
        }
        patterns
    }

    fn assumed_outcome(&mut self, tree: &Tree<'_>, node: &Node) -> Option<AssumedOutcome> {
        let inner = tree.first()?;
        if inner.rule() == Rule::assumed_event {
            let on_line = inner.find(Rule::payload);
            let payload = self.payload(on_line.as_ref(), node);
            return Some(AssumedOutcome::Triggers { event: self.name_in(&inner, Rule::event)?, payload });
        }
        self.takes_no_table(&node.rows);
        self.takes_no_block(&node.children);
        let nothing = || Expression { span: inner.span(), kind: ExpressionKind::Null };
        let value = inner.find(Rule::expression).map(|value| self.expression(&value));
        Some(match inner.rule() {
            Rule::assumed_return => AssumedOutcome::Returns(value.unwrap_or_else(nothing)),
            Rule::assumed_failure => AssumedOutcome::Throws(value.unwrap_or_else(nothing)),
            _ => AssumedOutcome::Success,
        })
    }
}

fn assumed_truth(tree: &Tree<'_>) -> AssumedTruth {
    match tree.first().map(|truth| truth.rule()) {
        Some(Rule::true_word) => AssumedTruth::True,
        Some(Rule::false_word) => AssumedTruth::False,
        _ => AssumedTruth::Any,
    }
}

fn is_for_scenario(node: &Node) -> bool {
    let (first, rest) = first_word(&node.line.text);
    first == "for" && first_word(rest).0 == "scenario"
}
