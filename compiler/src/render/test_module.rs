//! The module with the tests of a system: code that is played, a stage for the machines, and a function for each test.

use super::frame::{Frame, blank};
use super::types::{Types, ident};
use super::words::{code, doc};
use crate::ir::{MachineId, Sentence, SentenceKind};
use crate::plan::{MachinePlan, Plan, SentencePlan};
use crate::test_plan::{Claim, Test, TestKind, TestPlan};
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
        let who = code(&format!("@{}", plan.system.machines[index].name));
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

/// The code that decides claims in free text, where there are any.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claims {
    /// The tests claim nothing in free text.
    Nothing,
    /// They do.
    InFreeText,
}

impl Claims {
    fn of(tests: &TestPlan) -> Self {
        let mut expected = tests
            .tests
            .iter()
            .flat_map(|test| test.expect.iter().chain(test.steps.iter().flat_map(|step| &step.expect)));
        if expected.any(|assertion| matches!(assertion.claim, Claim::Code { .. })) {
            Self::InFreeText
        } else {
            Self::Nothing
        }
    }

    /// These items, if they are needed.
    fn needed(self, items: TokenStream) -> Option<TokenStream> {
        (self == Self::InFreeText).then_some(items)
    }

    fn field(self) -> Option<TokenStream> {
        self.needed(quote! {
            claims: ::std::boxed::Box<
                dyn Fn(&::eventflow::test_kit::CodeClaim<'_>)
                    -> ::core::option::Option<::core::result::Result<bool, ::eventflow::BoxError>>
                    + ::core::marker::Send + ::core::marker::Sync,
            >,
        })
    }

    fn none(self) -> Option<TokenStream> {
        self.needed(quote!(claims: ::std::boxed::Box::new(|_| ::core::option::Option::None),))
    }

    fn setter(self) -> Option<TokenStream> {
        let docs = doc(&[
            "With code that decides what tests claim in free text, by the name of the claim. What it gives nothing for \
                          stays pending.",
        ]);
        let blank = blank();
        self.needed(quote! {
            #blank
            #docs
            #[must_use]
            pub fn with_claims(
                mut self,
                code: impl Fn(&::eventflow::test_kit::CodeClaim<'_>)
                    -> ::core::option::Option<::core::result::Result<bool, ::eventflow::BoxError>>
                    + ::core::marker::Send + ::core::marker::Sync + 'static,
            ) -> Stage {
                self.claims = ::std::boxed::Box::new(code);
                self
            }
        })
    }

    fn method(self) -> Option<TokenStream> {
        let blank = blank();
        self.needed(quote! {
            #blank
            fn claim(
                &self,
                claim: &::eventflow::test_kit::CodeClaim<'_>,
            ) -> ::core::option::Option<::core::result::Result<bool, ::eventflow::BoxError>> {
                (self.claims)(claim)
            }
        })
    }
}

/// The module for one machine: its code, played, and its tests.
fn machine(plan: &Plan<'_>, tests: &TestPlan, id: MachineId) -> TokenStream {
    let planned = &plan.machines[id.index()];
    let module = ident(&planned.module);
    let who = code(&format!("@{}", plan.system.machine(id).name));
    let docs = doc(&[&format!("The tests of {who}, and the code behind it where it is played.")]);
    let played = played(plan, id, planned);
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

/// The code behind a machine as the cast of a test plays it.
fn played(plan: &Plan<'_>, id: MachineId, planned: &MachinePlan) -> Option<TokenStream> {
    let machine = plan.system.machine(id);
    if machine.sentences.is_empty() {
        return None;
    }
    let module = ident(&planned.module);
    let types = Types::new(&planned.records).in_tests(&planned.module);
    let who = code(&format!("@{}", machine.name));
    let docs = doc(&[&format!("The code behind {who}, as the cast of a test plays it.")]);
    let new_docs = doc(&["Asks this cast."]);
    let real_docs =
        doc(&[&format!("Real code behind {who} for a test: it carries out what the test itself says nothing of.")]);
    let real_new_docs = doc(&["Asks this cast first, and then this code."]);
    let written = Played { plan, id, planned, types };
    let methods = |by: By| {
        let sentences = machine.sentences.iter().zip(&planned.sentences);
        separated(sentences.map(|(sentence, named)| written.method(sentence, named, by)))
    };
    let (played, real) = (methods(By::Cast), methods(By::Code));
    Some(quote! {
        #docs
        pub struct Played {
            cast: ::std::sync::Arc<::eventflow::test_kit::Cast>,
        }

        __blank!();
        impl Played {
            #new_docs
            #[must_use]
            pub fn new(cast: &::std::sync::Arc<::eventflow::test_kit::Cast>) -> Played {
                Played { cast: ::std::sync::Arc::clone(cast) }
            }
        }

        __blank!();
        impl super::super::#module::Behavior for Played {
            #played
        }

        __blank!();
        #real_docs
        pub struct Real<B> {
            cast: ::std::sync::Arc<::eventflow::test_kit::Cast>,
            code: B,
        }

        __blank!();
        impl<B> Real<B> {
            #real_new_docs
            #[must_use]
            pub fn new(cast: &::std::sync::Arc<::eventflow::test_kit::Cast>, code: B) -> Real<B> {
                Real { cast: ::std::sync::Arc::clone(cast), code }
            }
        }

        __blank!();
        impl<B: super::super::#module::Behavior> super::super::#module::Behavior for Real<B> {
            #real
        }
    })
}

/// Who carries out a sentence of which the test says nothing.
#[derive(Clone, Copy)]
enum By {
    /// The cast, which assumes something.
    Cast,
    /// Real code.
    Code,
}

/// Writes the methods of played code.
struct Played<'p> {
    plan: &'p Plan<'p>,
    id: MachineId,
    planned: &'p MachinePlan,
    types: Types<'p>,
}

impl Played<'_> {
    fn method(&self, sentence: &Sentence, named: &SentencePlan, by: By) -> TokenStream {
        let (method, module) = (ident(&named.method), ident(&self.planned.module));
        let names: Vec<Ident> = named.parameters.iter().map(ident).collect();
        let parameters = sentence.parameters.iter().zip(&names).map(|(parameter, name)| {
            let ty = self.types.borrowed(&parameter.ty, &TokenStream::new());
            quote!(, #name: #ty)
        });
        let view = (sentence.kind != SentenceKind::Rule).then(|| quote!(, view: super::super::#module::View<'_>));
        let sets = !self.planned.settable.is_empty() && sentence.kind == SentenceKind::Action;
        let set = sets.then(|| quote!(, set: &mut super::super::#module::Set));
        let value = match (sentence.kind, &sentence.returns) {
            (SentenceKind::Guard | SentenceKind::Rule, _) => quote!(bool),
            (SentenceKind::Action, None) => quote!(()),
            (SentenceKind::Action, Some(ty)) => self.types.owned(ty),
            (SentenceKind::Transformer, _) => quote!(::eventflow::Json),
        };
        let body = match by {
            By::Cast => self.body(sentence, &names, sets),
            By::Code => self.real_body(sentence, named, sets),
        };
        let waits = sentence.asynchronous.then(|| quote!(async));
        quote! {
            #waits fn #method(&self #view #set #(#parameters)*)
                -> ::core::result::Result<#value, ::eventflow::BoxError>
            {
                #body
            }
        }
    }

    /// The question that a sentence is to the cast.
    fn asked(&self, sentence: &Sentence, names: &[Ident]) -> TokenStream {
        let (machine, name) = (&self.plan.system.machine(self.id).name, &sentence.name);
        let meta = match sentence.kind {
            SentenceKind::Rule => quote!(::core::option::Option::None),
            SentenceKind::Guard | SentenceKind::Action | SentenceKind::Transformer => {
                quote!(::core::option::Option::Some(view.meta))
            }
        };
        quote! {
            &::eventflow::test_kit::Asked {
                machine: #machine,
                sentence: #name,
                arguments: &[#(::eventflow::Json::of(&#names)),*],
                meta: #meta,
            }
        }
    }

    /// Asks the cast what the test says, and real code if it says nothing. No name is bound before the code is called: it
    /// might be that of a parameter.
    fn real_body(&self, sentence: &Sentence, named: &SentencePlan, sets: bool) -> TokenStream {
        let names: Vec<Ident> = named.parameters.iter().map(ident).collect();
        let (asked, method) = (self.asked(sentence, &names), ident(&named.method));
        let view = (sentence.kind != SentenceKind::Rule).then(|| quote!(view,));
        let set = sets.then(|| quote!(set,));
        let waits = sentence.asynchronous.then(|| quote!(.await));
        let called = quote!(self.code.#method(#view #set #(#names),*)#waits);
        let answered = |kind: TokenStream| quote!(self.cast.answered(#asked, ::eventflow::test_kit::plan::SentenceKind::#kind, #called));
        let (said, given, answered) = match (sentence.kind, &sentence.returns) {
            (SentenceKind::Guard, _) => (quote!(said_of_guard), None, answered(quote!(Guard))),
            (SentenceKind::Rule, _) => (quote!(said_of_rule), None, answered(quote!(Rule))),
            (SentenceKind::Transformer, _) => (quote!(said_of_transformer), None, answered(quote!(Transformer))),
            (SentenceKind::Action, Some(_)) => {
                (quote!(said_of_action), Some(self.given(sentence, sets)), answered(quote!(Action)))
            }
            (SentenceKind::Action, None) => {
                let acted = quote!(self.cast.acted(#asked, #called));
                (quote!(said_of_action), Some(self.given(sentence, sets)), acted)
            }
        };
        let (bound, given) = match given {
            Some(given) if sets || sentence.returns.is_some() => (quote!(acted), given),
            Some(given) => (quote!(_), given),
            None => (quote!(said), quote!(::core::result::Result::Ok(said))),
        };
        quote! {
            match self.cast.#said(#asked)? {
                ::core::option::Option::Some(#bound) => { #given }
                ::core::option::Option::None => #answered,
            }
        }
    }

    /// Does what an action is said to do: sets what it sets, and gives its value.
    fn given(&self, sentence: &Sentence, sets: bool) -> TokenStream {
        let changes = sets.then(|| self.changes());
        let value = match &sentence.returns {
            Some(ty) => {
                let ty = self.types.owned(ty);
                quote! {
                    let value = acted.value.unwrap_or_default();
                    ::core::result::Result::Ok(<#ty as ::eventflow::Decode>::decode(&value)?)
                }
            }
            None => quote!(::core::result::Result::Ok(())),
        };
        quote!(#changes #value)
    }

    fn body(&self, sentence: &Sentence, names: &[Ident], sets: bool) -> TokenStream {
        let asked = self.asked(sentence, names);
        match sentence.kind {
            SentenceKind::Guard => quote!(self.cast.guard(#asked)),
            SentenceKind::Rule => quote!(self.cast.rule(#asked)),
            SentenceKind::Transformer => quote!(self.cast.transformer(#asked)),
            SentenceKind::Action => {
                let given = self.given(sentence, sets);
                let acted = if sets || sentence.returns.is_some() {
                    quote!(let acted = self.cast.action(#asked)?;)
                } else {
                    quote!(self.cast.action(#asked)?;)
                };
                quote!(#acted #given)
            }
        }
    }

    /// Sets what an action is assumed to set.
    fn changes(&self) -> TokenStream {
        let machine = self.plan.system.machine(self.id);
        let arms = self.planned.settable.iter().map(|id| {
            let variable = machine.variable(*id);
            let (name, field) = (&variable.name, ident(&self.planned.variables[id.index()]));
            let change = super::behavior::change_type(&variable.ty, self.types);
            quote!(#name => set.#field = <#change>::to(::eventflow::Decode::decode(&value)?),)
        });
        quote! {
            for (name, value) in acted.set {
                match name.as_str() {
                    #(#arms)*
                    other => return ::core::result::Result::Err(
                        ::std::format!("no action of this machine sets `{other}`").into(),
                    ),
                }
            }
        }
    }
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
