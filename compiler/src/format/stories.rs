//! The places of stories: `given:` and `expect:`, and whole test files.

use super::places::{Form, Places};
use crate::ast::{
    Assumption, AssumptionKind, Case, CaseItem, Expect, Given, OverrideKind, SuiteItem, TestFile, WithSection,
};
use crate::source::Span;

impl Places {
    fn story(&mut self, span: Span, level: usize) {
        self.line(span, level, Form::Story);
    }

    pub(super) fn given(&mut self, given: &Given, level: usize) {
        self.story(given.span, level);
        given.entries.iter().for_each(|entry| self.story(entry.span, level + 1));
    }

    /// An assertion that stands behind one of the `statements`, away from its `expect:`, must not slip under that one.
    pub(super) fn expect(&mut self, expect: &Expect, level: usize, statements: &[usize]) {
        self.story(expect.span, level);
        for assertion in &expect.assertions {
            let between = expect.span.range().start..assertion.span.range().start;
            let apart = statements.iter().any(|statement| between.contains(statement));
            self.story(assertion.span, if apart { level } else { level + 1 });
        }
    }

    pub(super) fn test_file(&mut self, file: &TestFile) {
        for suite in &file.suites {
            self.story(suite.span, 0);
            for scenario in &suite.scenarios {
                self.story(scenario.span, 1);
                for item in &scenario.items {
                    match item {
                        SuiteItem::Event(event) => {
                            self.story(event.span, 2);
                            event.cases.iter().for_each(|case| self.case(case, 3));
                        }
                        SuiteItem::Case(case) => self.case(case, 2),
                    }
                }
            }
        }
    }

    fn case(&mut self, case: &Case, level: usize) {
        self.story(case.span, level);
        for item in &case.items {
            match item {
                CaseItem::With(section) => self.with_section(section, level + 1),
                CaseItem::Assume { span, assumptions } => {
                    self.story(*span, level + 1);
                    self.assumptions(assumptions, level + 2);
                }
                CaseItem::Observe { span, observed } => {
                    self.story(*span, level + 1);
                    observed.iter().for_each(|line| self.story(line.span, level + 2));
                }
                CaseItem::Step(step) => self.story(step.span, level + 1),
                CaseItem::Assertion(assertion) => self.story(assertion.span, level + 1),
            }
        }
    }

    fn with_section(&mut self, section: &WithSection, level: usize) {
        self.story(section.span, level);
        for different in &section.overrides {
            match &different.kind {
                OverrideKind::Field { .. } | OverrideKind::Given(_) => self.story(different.span, level + 1),
                OverrideKind::Table(_) => {}
            }
        }
    }

    fn assumptions(&mut self, assumptions: &[Assumption], level: usize) {
        for assumption in assumptions {
            self.story(assumption.span, level);
            match &assumption.kind {
                AssumptionKind::In { event: _, assumptions } => self.assumptions(assumptions, level + 1),
                AssumptionKind::Guard { .. } | AssumptionKind::Action { .. } => {}
            }
        }
    }
}
