//! The module with the tests of a system: code that is played, a stage for the machines, and a function for each test.

mod claims;
mod code;

use super::frame::{Frame, blank};
use super::types::ident;
use super::words::{self, doc};
use crate::ir::MachineId;
use crate::plan::Plan;
use crate::test_plan::{Test, TestKind, TestPlan};
use claims::Claims;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// Writes the items of the module.
pub(super) fn write(plan: &Plan<'_>, tests: &TestPlan, frame: &mut Frame) {
    let text = raw(&serde_json::to_string_pretty(tests).expect("a test plan is plain data"));
    let system = ident(&plan.module);
    let docs = doc(&["What is tested, as the test kit reads it."]);
    frame.item(quote!(#docs pub const PLAN: &str = #text;));
    frame.item(quote! {
        static DESCRIPTION: ::eventflow::description::SystemDescription = super::#system::DESCRIPTION;
    });
    frame.item(stage(plan, tests));
    for index in 0..plan.machines.len() {
        frame.item(machine(plan, tests, MachineId::at(index)));
    }
}

/// Who makes the machines: with code that is played, or with real code.
fn stage(plan: &Plan<'_>, tests: &TestPlan) -> TokenStream {
    let modules: Vec<Ident> = plan.machines.iter().map(|machine| ident(&machine.module)).collect();
    let played = plan.machines.iter().enumerate().map(|(index, planned)| {
        let (module, number) = (ident(&planned.module), Literal::usize_unsuffixed(index));
        let decider = if planned.sentences.is_empty() {
            quote!(|_| super::#module::Decider)
        } else {
            quote!(|cast| super::#module::Decider::new(#module::Played::new(cast)))
        };
        quote!(#module: make(#number, #decider),)
    });
    let real = plan.machines.iter().enumerate().filter(|(_, planned)| !planned.sentences.is_empty());
    let mut setters = TokenStream::new();
    for (index, planned) in real {
        let (module, number) = (ident(&planned.module), Literal::usize_unsuffixed(index));
        let name = format_ident!("with_{}", planned.module.as_str().trim_start_matches("r#"));
        let who = words::code(&format!("@{}", plan.system.machines[index].name));
        let docs = doc(&[&format!(
            "With real code behind {who}. What a test says of a sentence is so all the same; the code carries out the rest."
        )]);
        setters.extend(blank());
        setters.extend(quote! {
            #docs
            #[must_use]
            pub fn #name<B: super::#module::Behavior>(
                mut self,
                code: impl Fn(&::std::sync::Arc<::eventflow::test_kit::Cast>) -> B
                    + ::core::marker::Send + ::core::marker::Sync + 'static,
            ) -> Stage {
                self.#module = make(#number, move |cast| {
                    super::#module::Decider::new(#module::Real::new(cast, code(cast)))
                });
                self
            }
        });
    }
    let claims = Claims::of(tests);
    let (claims_field, no_claims, with_claims, claim) =
        (claims.field(), claims.none(), claims.setter(), claims.method());
    let stage_docs = doc(&["The machines of the tests: the code behind them is played, unless real code is given."]);
    let played_docs = doc(&["With code that is played: what a test says of it, else what is assumed of any."]);
    let check_docs = doc(&[
        "Runs all tests with these machines.",
        "# Panics",
        "If one of them fails; the message says where and why.",
    ]);
    quote! {
        #stage_docs
        pub struct Stage { #(#modules: Make,)* #claims_field }

        type Make = ::std::boxed::Box<
            dyn Fn(&::std::sync::Arc<::eventflow::test_kit::Cast>)
                -> ::std::sync::Arc<dyn ::eventflow::dynamic::DynMachine>
                + ::core::marker::Send + ::core::marker::Sync,
        >;

        fn make<D>(
            machine: usize,
            decider: impl Fn(&::std::sync::Arc<::eventflow::test_kit::Cast>) -> D
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
                ::eventflow::test_kit::check_all(PLAN, self);
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
                ::std::vec![#((self.#modules)(cast)),*]
            }
            #claim
        }
    }
}

/// The module for one machine: its code, played, and its tests.
fn machine(plan: &Plan<'_>, tests: &TestPlan, id: MachineId) -> TokenStream {
    let planned = &plan.machines[id.index()];
    let module = ident(&planned.module);
    let who = words::code(&format!("@{}", plan.system.machine(id).name));
    let docs = doc(&[&format!("The tests of {who}, and the code behind it where it is played.")]);
    let played = code::played(plan, id, planned);
    let mut stories: BTreeMap<String, Vec<(usize, &Test)>> = BTreeMap::new();
    for (number, test) in tests.tests.iter().enumerate().filter(|(_, test)| test.machine == id.index()) {
        stories.entry(snake(test.scenario.as_deref().unwrap_or("story"))).or_default().push((number, test));
    }
    let stories = stories.iter().map(|(name, tests)| story(name, tests));
    let items = separated(played.into_iter().chain(stories));
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
fn story(name: &str, tests: &[(usize, &Test)]) -> TokenStream {
    let module = format_ident!("{name}");
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let functions = tests.iter().map(|(number, test)| {
        let mut function = match test.kind {
            TestKind::Scenario => "as_it_is_told".to_owned(),
            TestKind::Variation | TestKind::Path => snake(&test.title),
        };
        let count = taken.entry(function.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            function = format!("{function}_{count}");
        }
        let (function, number) = (format_ident!("{function}"), Literal::usize_unsuffixed(*number));
        quote! {
            #[test]
            fn #function() {
                ::eventflow::test_kit::check(super::super::PLAN, #number, &super::super::Stage::played());
            }
        }
    });
    let functions = separated(functions);
    quote!(mod #module { #functions })
}

/// A title as the name of a function.
fn snake(title: &str) -> String {
    let small = title.to_lowercase();
    let words: Vec<&str> =
        small.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    match name.chars().next() {
        Some(first) if first.is_ascii_lowercase() && syn::parse_str::<Ident>(&name).is_ok() => name,
        Some(_) | None => format!("case_{name}").trim_end_matches('_').to_owned(),
    }
}
