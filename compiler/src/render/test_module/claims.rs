//! What a stage holds for claims in free text: a function that decides them.

use crate::render::frame::blank;
use crate::render::words::doc;
use crate::test_plan::{Claim, TestPlan};
use proc_macro2::TokenStream;
use quote::quote;

/// The code that decides claims in free text, where there are any.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Claims {
    /// The tests claim nothing in free text.
    Nothing,
    /// They do.
    InFreeText,
}

impl Claims {
    pub(super) fn of(tests: &TestPlan) -> Self {
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

    pub(super) fn field(self) -> Option<TokenStream> {
        self.needed(quote! {
            claims: ::std::boxed::Box<
                dyn Fn(&::eventflow::test_kit::CodeClaim<'_>)
                    -> ::core::option::Option<::core::result::Result<bool, ::eventflow::BoxError>>
                    + ::core::marker::Send + ::core::marker::Sync,
            >,
        })
    }

    pub(super) fn none(self) -> Option<TokenStream> {
        self.needed(quote!(claims: ::std::boxed::Box::new(|_| ::core::option::Option::None),))
    }

    pub(super) fn setter(self) -> Option<TokenStream> {
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

    pub(super) fn method(self) -> Option<TokenStream> {
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
