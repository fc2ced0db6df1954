//! The report of a test run in the form that build servers read: JUnit's XML.

use askama::Template;

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "test/junit.xml.jinja", escape = "xml")]
pub struct JUnit {
    /// How many tests ran.
    pub tests: usize,
    /// How many of them failed.
    pub failures: usize,
    /// How many of them stand for a flow that could not be tested.
    pub errors: usize,
    /// How many are pending.
    pub skipped: usize,
    /// How long they took, in seconds.
    pub time: String,
    /// The tests, by unit.
    pub suites: Vec<Suite>,
}

/// The tests of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// The unit's root flow.
    pub name: String,
    /// How many tests ran.
    pub tests: usize,
    /// How many of them failed.
    pub failures: usize,
    /// How many of them stand for a flow that could not be tested.
    pub errors: usize,
    /// How many are pending.
    pub skipped: usize,
    /// How long they took, in seconds.
    pub time: String,
    /// The tests.
    pub cases: Vec<Case>,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its title.
    pub name: String,
    /// The scenario that it tells or varies.
    pub class: String,
    /// The file that it stands in.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// How long it took, in seconds.
    pub time: String,
    /// What does not hold.
    pub failures: Vec<Failure>,
    /// Why the flow could not be tested, if the case stands for one.
    pub errors: Vec<Failure>,
    /// Whether it could not be judged.
    pub pending: bool,
    /// Why not.
    pub pending_because: String,
}

/// Something that does not hold, or that keeps a flow from being tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In one line.
    pub message: String,
    /// With all that helps.
    pub text: String,
}

impl JUnit {
    /// The text of the report.
    ///
    /// # Errors
    /// If the template cannot be written out.
    pub fn text(&self) -> Result<String, askama::Error> {
        crate::written(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_control_characters_do_no_harm() {
        let failure = Failure { message: "a < \"b\" & c".to_owned(), text: "x\u{1b}[31m\ny".to_owned() };
        let case = Case {
            name: "it's".to_owned(),
            class: "s".to_owned(),
            file: "a.flow".to_owned(),
            line: 3,
            time: "0.001".to_owned(),
            failures: vec![failure],
            errors: Vec::new(),
            pending: false,
            pending_because: String::new(),
        };
        let (tests, failures, errors, skipped, time) = (1, 1, 0, 0, "0.001".to_owned());
        let suite = Suite {
            name: "a.flow".to_owned(),
            tests,
            failures,
            errors,
            skipped,
            time: time.clone(),
            cases: vec![case],
        };
        let text = JUnit { tests, failures, errors, skipped, time, suites: vec![suite] }
            .text()
            .expect("the template is complete");
        assert!(text.contains("message=\"a &lt; &quot;b&quot; &amp; c\">x\u{fffd}[31m\ny</failure>"), "{text}");
        assert!(text.contains("name=\"it&apos;s\""), "{text}");
    }
}
