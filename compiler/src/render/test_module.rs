//! The module with the tests of a system: code that is played, a stage for the machines, and a function for each test.

mod claims;
mod code;

use super::frame::{Frame, blank};
use super::types::ident;
use super::words::{self, doc};
use crate::ir::MachineId;
use crate::plan::{Plan, ScenarioPlan, TestModulePlan};
use crate::test_plan::TestPlan;
use claims::Claims;
use proc_macro2::{Ident, Literal, TokenStream};
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
    frame.item(stage(plan, named));
    if !tests.tests.is_empty() {
        frame.item(check());
    }
    for index in 0..plan.machines.len() {
        frame.item(machine(plan, MachineId::at(index), &named.scenarios[index]));
    }
}

/// Who makes the machines: with code that is played, or with real code.
fn stage(plan: &Plan<'_>, named: &TestModulePlan) -> TokenStream {
    let fields: Vec<Ident> = named.stage.iter().map(|machine| ident(&machine.field)).collect();
    let played = plan.machines.iter().zip(&fields).enumerate().map(|(index, (planned, field))| {
        let (module, number) = (ident(&planned.module), Literal::usize_unsuffixed(index));
        let decider = if planned.sentences.is_empty() {
            quote!(|_| super::#module::Decider)
        } else {
            quote!(|cast| super::#module::Decider::new(#module::Played::new(cast)))
        };
        quote!(#field: make(#number, #decider),)
    });
    let setters = setters(plan, named);
    let claims = named.claims.as_ref().map(Claims::new);
    let claims_field = claims.as_ref().map(Claims::field);
    let no_claims = claims.as_ref().map(Claims::none);
    let with_claims = claims.as_ref().map(Claims::setter);
    let claim = claims.as_ref().map(Claims::method);
    let stage_docs = doc(&["The machines of the tests: the code behind them is played, unless real code is given."]);
    let played_docs = doc(&["With code that is played: what a test says of it, else what is assumed of any."]);
    let check_docs = doc(&[
        "Runs all tests with these machines.",
        "# Panics",
        "If one of them fails; the message says where and why.",
    ]);
    quote! {
        #stage_docs
        pub struct Stage { #(#fields: Make,)* #claims_field }

        type Make = ::std::boxed::Box<
            dyn ::core::ops::Fn(&::std::sync::Arc<::eventflow::test_kit::Cast>)
                -> ::std::sync::Arc<dyn ::eventflow::dynamic::DynMachine>
                + ::core::marker::Send + ::core::marker::Sync,
        >;

        fn make<D>(
            machine: usize,
            decider: impl ::core::ops::Fn(&::std::sync::Arc<::eventflow::test_kit::Cast>) -> D
                + ::core::marker::Send + ::core::marker::Sync + 'static,
        ) -> Make
        where
            D: ::eventflow::DecideAsync,
            D::Machine: ::eventflow::Recorded,
            ::eventflow::Typed<D>: ::eventflow::dynamic::DynMachine + 'static,
        {
            ::std::boxed::Box::new(move |cast| {
                ::std::sync::Arc::new(::eventflow::Typed::new(decider(cast), &DESCRIPTION.machines[machine]))
            })
        }

        impl Stage {
            #played_docs
            #[must_use]
            pub fn played() -> Stage {
                Stage { #(#played)* #no_claims }
            }
            #setters
            #with_claims
            __blank!();
            #check_docs
            pub fn check_all(&self) {
                ::eventflow::test_kit::check_all(&PLAN, self);
            }
        }

        impl ::eventflow::test_kit::Troupe for Stage {
            fn description(&self) -> &::eventflow::description::SystemDescription {
                &DESCRIPTION
            }
            __blank!();
            fn machines(
                &self,
                cast: &::std::sync::Arc<::eventflow::test_kit::Cast>,
            ) -> ::std::vec::Vec<::std::sync::Arc<dyn ::eventflow::dynamic::DynMachine>> {
                ::std::vec![#((self.#fields)(cast)),*]
            }
            #claim
        }
    }
}

/// The methods that put real code behind the machines.
fn setters(plan: &Plan<'_>, named: &TestModulePlan) -> TokenStream {
    let real = plan.machines.iter().enumerate().filter(|(_, planned)| !planned.sentences.is_empty());
    let mut setters = TokenStream::new();
    for (index, planned) in real {
        let (module, number) = (ident(&planned.module), Literal::usize_unsuffixed(index));
        let (field, setter) = (ident(&named.stage[index].field), ident(&named.stage[index].setter));
        let who = words::code(&format!("@{}", plan.system.machines[index].name));
        let docs = doc(&[&format!(
            "With real code behind {who}. What a test says of a sentence is so all the same; the code carries out the rest."
        )]);
        setters.extend(blank());
        setters.extend(quote! {
            #docs
            #[must_use]
            pub fn #setter<B: super::#module::Behavior>(
                mut self,
                code: impl ::core::ops::Fn(&::std::sync::Arc<::eventflow::test_kit::Cast>) -> B
                    + ::core::marker::Send + ::core::marker::Sync + 'static,
            ) -> Stage {
                self.#field = make(#number, move |cast| {
                    super::#module::Decider::new(#module::Real::new(cast, code(cast)))
                });
                self
            }
        });
    }
    setters
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
    let played = code::played(plan, id, planned);
    let items = separated(played.into_iter().chain(scenarios.iter().map(scenario)));
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
