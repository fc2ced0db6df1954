//! What a stage holds for claims in free text: a function that decides them.

use crate::plan::StagePlan;
use crate::render::frame::blank;
use crate::render::types::ident;
use crate::render::words::doc;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// Writes the code that decides claims in free text.
pub(super) struct Claims {
    field: Ident,
    setter: Ident,
}

impl Claims {
    pub(super) fn new(named: &StagePlan) -> Self {
        Self { field: ident(&named.field), setter: ident(&named.setter) }
    }

    pub(super) fn field(&self) -> TokenStream {
        let field = &self.field;
        quote! {
            #field: ::std::boxed::Box<
                dyn ::core::ops::Fn(&::eventflow::test_kit::CodeClaim<'_>)
                    -> ::core::option::Option<::core::result::Result<bool, ::eventflow::BoxError>>
                    + ::core::marker::Send + ::core::marker::Sync,
            >,
        }
    }

    pub(super) fn none(&self) -> TokenStream {
        let field = &self.field;
        quote!(#field: ::std::boxed::Box::new(|_| ::core::option::Option::None),)
    }

    pub(super) fn setter(&self) -> TokenStream {
        let (field, setter) = (&self.field, &self.setter);
        let docs = doc(&[
            "With code that decides what tests claim in free text, by the name of the claim. What it gives nothing for \
                          stays pending.",
        ]);
        let blank = blank();
        quote! {
            #blank
            #docs
            #[must_use]
            pub fn #setter(
                mut self,
                code: impl ::core::ops::Fn(&::eventflow::test_kit::CodeClaim<'_>)
                    -> ::core::option::Option<::core::result::Result<bool, ::eventflow::BoxError>>
                    + ::core::marker::Send + ::core::marker::Sync + 'static,
            ) -> Stage {
                self.#field = ::std::boxed::Box::new(code);
                self
            }
        }
    }

    pub(super) fn method(&self) -> TokenStream {
        let (field, blank) = (&self.field, blank());
        quote! {
            #blank
            fn claim(
                &self,
                claim: &::eventflow::test_kit::CodeClaim<'_>,
            ) -> ::core::option::Option<::core::result::Result<bool, ::eventflow::BoxError>> {
                (self.#field)(claim)
            }
        }
    }
}
