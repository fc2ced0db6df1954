//! Test plans: flows and test files in, plans and findings out.

#[path = "test_plan/assertions.rs"]
mod assertions;
#[path = "test_plan/shown.rs"]
mod shown;
#[path = "test_plan/suites.rs"]
mod suites;
#[path = "test_plan/worlds.rs"]
mod worlds;

use eventflowc::driver::{Compilation, Request, Tests, compile};
use eventflowc::load::{Disk, Files, Memory};
use eventflowc::render_diagnostic::short;
use std::path::Path;

/// A flow and its tests.
pub(crate) fn compiled(files: &dyn Files, root: &str, tests: Tests) -> Compilation {
    let request = Request { root: Some(root.into()), tests, ..Request::default() };
    compile(&request, files).expect("a root is named")
}

/// Everything that is found in tests, one line each, without the path.
pub(crate) fn found(compilation: &Compilation) -> Vec<String> {
    let all = compilation.findings();
    let of_tests = all.iter().filter(|finding| finding.code.as_str().starts_with("EF06"));
    of_tests.map(|finding| short(finding, &compilation.sources)).collect()
}

/// The plan of one flow, which must be free of findings about its tests, in a readable form.
pub(crate) fn plan_of(flow: &str, test: &str) -> String {
    let files = Memory::new().with("order.flow", flow).with("order.test.flow", test);
    plan_in(&files, "order.flow")
}

/// The plan of a unit.
pub(crate) fn plan_in(files: &dyn Files, root: &str) -> String {
    let compilation = compiled(files, root, Tests::Beside);
    let all: Vec<String> = compilation.findings().iter().map(|finding| short(finding, &compilation.sources)).collect();
    assert_eq!(found(&compilation), Vec::<String>::new(), "{all:#?}");
    shown::plan(compilation.test_plan().unwrap_or_else(|| panic!("a plan: {all:#?}")))
}

#[test]
fn the_tests_of_the_examples_are_lowered_without_findings() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("examples");
    for (root, tests) in [
        ("traffic_light/traffic_light.flow", 10),
        ("checkout/flows/system.flow", 30),
        ("checkout/flows/order.flow", 15),
        ("support_ticket/flows/system.flow", 10),
    ] {
        let root = examples.join(root);
        let compilation = compiled(&Disk, &root.to_string_lossy(), Tests::Beside);
        assert_eq!(found(&compilation), Vec::<String>::new(), "{}", root.display());
        let plan = compilation.test_plan().expect("a plan");
        assert!(plan.tests.len() >= tests, "{}: {} tests", root.display(), plan.tests.len());
    }
}

#[test]
fn test_files_are_found_beside_flows_or_named_and_never_keep_a_flow_from_being_built() {
    let flow = "machine: @order\n\nscenario: s\n\n  on :place from @customer (api)\n    order moves to #placed\n\n  expect:\n    = order is in #plced\n";
    let files = Memory::new()
        .with("order.flow", flow)
        .with("order.test.flow", "test: @odrer\n")
        .with("more.test.flow", "test: nobody\n");
    let codes = |tests| {
        let mut compilation = compiled(&files, "order.flow", tests);
        let generated = compilation.generate().is_some();
        let codes: Vec<&str> = compilation.findings().iter().map(|finding| finding.code.as_str()).collect();
        (codes, compilation.test_plan().is_some(), compilation.failed(), generated)
    };
    assert_eq!(codes(Tests::Ignored), (vec![], false, false, true));
    assert_eq!(codes(Tests::Beside), (vec!["EF0604", "EF0602"], false, true, true));
    assert_eq!(codes(Tests::Of(vec!["more.test.flow".into()])), (vec!["EF0604", "EF0101"], false, true, true));
    let other = vec!["order.flow".into(), "missing.test.flow".into()];
    assert_eq!(codes(Tests::Of(other)), (vec!["EF0612", "EF0201", "EF0604"], false, true, true));
}

#[test]
fn a_plan_holds_the_tests_with_which_nothing_is_wrong() {
    let flow = "machine: @order\n\nscenario: s\n\n  given:\n    $limit is 5\n\n  on :place from @customer (api)\n    \
                ? $limit > 3\n      order moves to #placed\n\n  expect:\n    = order is in #placed\n";
    let more = "\nscenario: t\n\n  given:\n    @custmer is logged in\n\n  on :cancel from @customer (api)\n    order moves to #gone\n\n  \
                expect:\n    = order is in #gone\n";
    let tests = "test: @order\n  for scenario: s\n    for :place:\n      a:\n        = order is in #placed\n      b:\n        = order is in #plced\n  \
                 for scenario: t\n    for :cancel:\n      c:\n        = order is in #gone\n";
    let titles = |flow: &str, tests: &str| {
        let files = Memory::new().with("order.flow", flow).with("order.test.flow", tests);
        let compilation = compiled(&files, "order.flow", Tests::Beside);
        assert_eq!(compilation.test_plan().is_some(), !compilation.failed());
        let plan = compilation.whole_tests().map(|plan| plan.tests.clone()).unwrap_or_default();
        plan.iter().map(|test| test.title.clone()).collect::<Vec<_>>()
    };
    let both = &(flow.to_owned() + more);
    assert_eq!(titles(flow, ""), ["s"]);
    assert_eq!(titles(both, tests), ["s", "a"], "`t` and its variation begin with somebody who is not there");
    assert_eq!(titles(both, &(tests.to_owned() + "    for :place\n")), ["s"], "a line of the file cannot be read");
    assert_eq!(
        titles(&both.replace("order moves to #gone", "emit gone"), tests),
        [""; 0],
        "something is wrong with the flow"
    );
}
