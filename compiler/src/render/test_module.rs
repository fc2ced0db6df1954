//! The module with the tests of a system: code that is played, a stage for the machines, and a function for each test.

mod claims;
mod code;
mod stage;

use super::frame::{Frame, blank};
use super::types::ident;
use super::words::{self, doc};
use crate::ir::MachineId;
use crate::plan::{Plan, ScenarioPlan, TestModulePlan};
use crate::test_plan::TestPlan;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// Writes the items of the module.
pub(super) fn write(plan: &Plan<'_>, tests: &TestPlan, named: &TestModulePlan, frame: &mut Frame) {
    let text = raw(&serde_json::to_string_pretty(tests).expect("a test plan is plain data"));
    let system = ident(&plan.module);
    let docs = doc(&["What is tested, as the test kit reads it."]);
    frame.item(quote! {
        #docs
        pub static PLAN: ::eventflow::test_kit::WrittenPlan = ::eventflow::test_kit::WrittenPlan::new(#text);
    });
    frame.item(quote! {
        static DESCRIPTION: ::eventflow::description::SystemDescription = super::#system::DESCRIPTION;
    });
    frame.item(stage::stage(plan, named));
    if !tests.tests.is_empty() {
        frame.item(check());
    }
    for index in 0..plan.machines.len() {
        frame.item(machine(plan, MachineId::at(index), &named.scenarios[index]));
    }
}

/// What each test calls.
fn check() -> TokenStream {
    quote! {
        #[track_caller]
        fn check(test: usize) {
            ::eventflow::test_kit::check(&PLAN, test, &Stage::played());
        }
    }
}

/// The module for one machine: its code, played, and its tests.
fn machine(plan: &Plan<'_>, id: MachineId, scenarios: &[ScenarioPlan]) -> TokenStream {
    let planned = &plan.machines[id.index()];
    let module = ident(&planned.module);
    let who = words::code(&format!("@{}", plan.system.machine(id).name));
    let docs = doc(&[&format!("The tests of {who}, and the code behind it where it is played.")]);
    let code = code::code_behind(plan, id, planned);
    let items = separated(code.into_iter().chain(scenarios.iter().map(scenario)));
    quote! {
        #docs
        pub mod #module { #items }
    }
}

/// Items with a blank line between them.
fn separated(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    let mut all = TokenStream::new();
    for item in items {
        if !all.is_empty() {
            all.extend(blank());
        }
        all.extend(item);
    }
    all
}

/// A text that is written as it is, so that its lines can be compared.
fn raw(text: &str) -> TokenStream {
    let longest = text.split(|letter| letter != '#').map(str::len).max().unwrap_or(0);
    let marks = "#".repeat(longest + 1);
    format!("r{marks}\"{text}\"{marks}").parse().unwrap_or_else(|_| quote!(#text))
}

/// The tests of one scenario.
fn scenario(scenario: &ScenarioPlan) -> TokenStream {
    let module = ident(&scenario.module);
    let functions = scenario.tests.iter().map(|(function, number)| {
        let (function, number) = (ident(function), Literal::usize_unsuffixed(*number));
        quote! {
            #[test]
            fn #function() {
                super::super::check(#number);
            }
        }
    });
    let functions = separated(functions);
    quote!(mod #module { #functions })
}
