//! The test plan of generated tests, which stands in their module as text.

use super::plan::{PlanError, TestPlan};
use core::fmt;
use std::sync::OnceLock;

/// A test plan that is written down, as JSON. It is read once, when it is first asked for: a program of many tests has one.
pub struct WrittenPlan {
    text: &'static str,
    plan: OnceLock<Result<TestPlan, PlanError>>,
}

impl WrittenPlan {
    /// The plan that a text holds, as `eventflowc` writes it.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text, plan: OnceLock::new() }
    }

    /// The plan.
    ///
    /// # Errors
    /// If the text is none, or of another version.
    pub fn read(&self) -> Result<&TestPlan, &PlanError> {
        self.plan.get_or_init(|| TestPlan::from_json(self.text)).as_ref()
    }
}

impl fmt::Debug for WrittenPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WrittenPlan").field(&self.read()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_once_and_what_is_none_says_why() {
        let text = r#"{"version":1,"unit":"shop","flow":"","roles":[],"answers":[],"tests":[]}"#;
        let plan = WrittenPlan::new(text);
        let first = plan.read().expect("it is a plan");
        assert_eq!(first.unit, "shop");
        assert!(std::ptr::eq(first, plan.read().expect("it is a plan")));
        let other = WrittenPlan::new("{}");
        let why = other.read().expect_err("it is no plan").to_string();
        assert!(why.starts_with("this is no test plan of version 1: missing field"), "{why}");
    }
}
