//! What things are called in the module with the tests of a system: the machines on the stage, the modules of the scenarios,
//! and the functions of the tests.
//!
//! Nothing can go wrong here: whatever the titles say, every name is legal and given once.

use super::names::{Name, Scope, Wish};
use super::{Plan, no_place};
use crate::test_plan::{Claim, Test, TestKind, TestPlan};
use std::collections::BTreeMap;

/// The names of a module with tests.
#[derive(Clone, Debug)]
pub struct TestModulePlan {
    /// The machines on the stage, by [`MachineId`](crate::ir::MachineId).
    pub stage: Vec<StagePlan>,
    /// What decides claims in free text; none if the tests claim nothing in free text.
    pub claims: Option<StagePlan>,
    /// What is told of each machine, by [`MachineId`](crate::ir::MachineId).
    pub scenarios: Vec<Vec<ScenarioPlan>>,
}

/// Something that the stage of the tests holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagePlan {
    /// Its field.
    pub field: Name,
    /// The method that puts something else in its place.
    pub setter: Name,
}

/// The tests of one scenario, or of the handlers that stand outside any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioPlan {
    /// Their module.
    pub module: Name,
    /// The function of each test, with the test's position in the test plan.
    pub tests: Vec<(Name, usize)>,
}

/// The word for claims in free text on the stage. No machine has it, so that a first claim renames nothing.
const CLAIMS: &str = "claims";

/// Plans the names of the module with these tests.
#[must_use]
pub fn plan(plan: &Plan<'_>, tests: &TestPlan) -> TestModulePlan {
    let mut fields = Scope::with_fixed(&[CLAIMS]);
    let stage = plan.system.machines.iter().map(|machine| {
        let wish = Wish { kind: "machine", sigil: "@", name: &machine.name, span: no_place() };
        on_stage(fields.invent_snake(wish))
    });
    TestModulePlan {
        stage: stage.collect(),
        claims: claims_in_free_text(tests).then(|| on_stage(Name::snake(CLAIMS))),
        scenarios: (0..plan.machines.len()).map(|machine| scenarios(tests, machine)).collect(),
    }
}

fn on_stage(field: Name) -> StagePlan {
    let setter = Name::snake(&format!("with_{}", field.bare()));
    StagePlan { field, setter }
}

fn claims_in_free_text(tests: &TestPlan) -> bool {
    let mut expected =
        tests.tests.iter().flat_map(|test| test.expect.iter().chain(test.steps.iter().flat_map(|step| &step.expect)));
    expected.any(|assertion| matches!(assertion.claim, Claim::Code { .. }))
}

/// The scenarios of a machine, in the order in which its tests come to them.
fn scenarios(tests: &TestPlan, machine: usize) -> Vec<ScenarioPlan> {
    let mut modules = Scope::default();
    let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut scenarios: Vec<(ScenarioPlan, Scope)> = Vec::new();
    for (number, test) in tests.tests.iter().enumerate().filter(|(_, test)| test.machine == machine) {
        let title = test.scenario.as_deref();
        let place = *places.entry(title).or_insert_with(|| {
            let module = modules.invent(&of_title(title.unwrap_or("story")), no_place());
            scenarios.push((ScenarioPlan { module, tests: Vec::new() }, Scope::default()));
            scenarios.len() - 1
        });
        let (scenario, functions) = &mut scenarios[place];
        scenario.tests.push((functions.invent(&function(test), no_place()), number));
    }
    scenarios.into_iter().map(|(scenario, _)| scenario).collect()
}

/// What the function of a test is called where nothing else is called so.
fn function(test: &Test) -> Name {
    match test.kind {
        TestKind::Scenario => Name::snake("as_it_is_told"),
        TestKind::Variation | TestKind::Path => of_title(&test.title),
    }
}

/// A title as the name of a function or module, which have no capitals.
fn of_title(title: &str) -> Name {
    Name::snake(&title.to_lowercase())
}
