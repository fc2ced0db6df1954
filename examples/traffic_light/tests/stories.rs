//! The stories of the flow and its test file, told by the generated machine.

use eventflow::BoxError;
use eventflow::description::SystemDescription;
use eventflow::dynamic::DynMachine;
use eventflow::test_kit::report::Outcome;
use eventflow::test_kit::{Asked, Cast, Options, TestPlan, Troupe, run};
use eventflowc::driver::{Request, Tests, compile};
use eventflowc::load::Disk;
use std::path::Path;
use std::sync::Arc;
use traffic_light::flows::traffic_light::{Behavior, View};
use traffic_light::flows::traffic_light_system::{DESCRIPTION, System};

/// The cast behind the one sentence of the light.
struct Played(Arc<Cast>);

impl Behavior for Played {
    fn crossing_is_clear(&self, view: View<'_>) -> Result<bool, BoxError> {
        let (machine, sentence) = ("traffic_light", "crossing_is_clear");
        self.0.guard(&Asked { machine, sentence, arguments: &[], meta: Some(view.meta) })
    }
}

struct Lights(SystemDescription);

impl Troupe for Lights {
    fn description(&self) -> &SystemDescription {
        &self.0
    }

    fn machines(&self, cast: &Arc<Cast>) -> Vec<Arc<dyn DynMachine>> {
        System { traffic_light: Played(Arc::clone(cast)) }.into_parts().machines
    }
}

#[test]
fn the_generated_light_keeps_the_stories_of_its_flow() {
    let flow = Path::new(env!("CARGO_MANIFEST_DIR")).join("traffic_light.flow");
    let request = Request { root: Some(flow), tests: Tests::Beside, ..Request::default() };
    let compiled = compile(&request, &Disk).expect("the root is named");
    let plan = compiled.test_plan().expect("nothing is wrong with the flow and its tests");
    let plan = serde_json::to_string(plan).expect("a plan is JSON");
    let plan = TestPlan::from_json(&plan).expect("the test kit reads what the compiler writes");
    let lights = Lights(DESCRIPTION);
    assert!(plan.tests.len() > 10, "the scenarios, and the test file");
    for test in &plan.tests {
        let report = run(&plan, test, &lights, &Options::default());
        assert_eq!(report.outcome, Outcome::Passed, "{report:#?}");
    }
}
