//! The stage of the tests: who makes the machines, with code that is played or with real code.

use super::claims::Claims;
use crate::plan::{MachinePlan, Plan, StagePlan, TestModulePlan};
use crate::render::frame::blank;
use crate::render::types::ident;
use crate::render::words::{self, doc};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// The items of the stage.
pub(super) fn stage(plan: &Plan<'_>, named: &TestModulePlan) -> TokenStream {
    let stage = Stage { plan, named, claims: named.claims.as_ref().map(Claims::new) };
    let (definition, make, methods, troupe) = (stage.definition(), make(), stage.methods(), stage.troupe());
    quote!(#definition #make #methods #troupe)
}

/// Writes the stage.
struct Stage<'p> {
    plan: &'p Plan<'p>,
    named: &'p TestModulePlan,
    claims: Option<Claims>,
}

impl Stage<'_> {
    fn fields(&self) -> Vec<Ident> {
        self.named.stage.iter().map(|machine| ident(&machine.field)).collect()
    }

    /// The machines on the stage, with their positions.
    fn machines(&self) -> impl Iterator<Item = (usize, &MachinePlan, &StagePlan)> {
        let machines = self.plan.machines.iter().zip(&self.named.stage).enumerate();
        machines.map(|(index, (planned, named))| (index, planned, named))
    }

    fn definition(&self) -> TokenStream {
        let docs = doc(&["The machines of the tests: the code behind them is played, unless real code is given."]);
        let (fields, claims) = (self.fields(), self.claims.as_ref().map(Claims::field));
        quote! {
            #docs
            pub struct Stage { #(#fields: Make,)* #claims }
        }
    }

    fn methods(&self) -> TokenStream {
        let played = self.played();
        let real = self.machines().filter(|(_, planned, _)| !planned.sentences.is_empty());
        let setters = real.map(|(index, planned, named)| self.setter(index, planned, named));
        let claims = self.claims.as_ref().map(Claims::setter);
        let docs = doc(&[
            "Runs all tests with these machines.",
            "# Panics",
            "If one of them fails; the message says where and why.",
        ]);
        quote! {
            impl Stage {
                #played
                #(#setters)*
                #claims
                __blank!();
                #docs
                pub fn check_all(&self) {
                    ::eventflow::test_kit::check_all(&PLAN, self);
                }
            }
        }
    }

    /// The stage on which all code is played.
    fn played(&self) -> TokenStream {
        let docs = doc(&["With code that is played: what a test says of it, else what is assumed of any."]);
        let made = self.machines().map(|(index, planned, named)| {
            let (field, module) = (ident(&named.field), ident(&planned.module));
            let number = Literal::usize_unsuffixed(index);
            let decider = if planned.sentences.is_empty() {
                quote!(|_| super::#module::Decider)
            } else {
                quote!(|cast| super::#module::Decider::new(#module::Played::new(cast)))
            };
            quote!(#field: make(#number, #decider),)
        });
        let claims = self.claims.as_ref().map(Claims::none);
        quote! {
            #docs
            #[must_use]
            pub fn played() -> Stage {
                Stage { #(#made)* #claims }
            }
        }
    }

    /// The method that puts real code behind a machine.
    fn setter(&self, index: usize, planned: &MachinePlan, named: &StagePlan) -> TokenStream {
        let (module, number) = (ident(&planned.module), Literal::usize_unsuffixed(index));
        let (field, setter) = (ident(&named.field), ident(&named.setter));
        let who = words::code(&format!("@{}", self.plan.system.machines[index].name));
        let docs = doc(&[&format!(
            "With real code behind {who}. What a test says of a sentence is so all the same; the code carries out the rest."
        )]);
        let blank = blank();
        quote! {
            #blank
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
        }
    }

    /// The stage as the test kit knows it.
    fn troupe(&self) -> TokenStream {
        let (fields, claim) = (self.fields(), self.claims.as_ref().map(Claims::method));
        quote! {
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
}

/// What makes a machine for a cast.
fn make() -> TokenStream {
    quote! {
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
    }
}
