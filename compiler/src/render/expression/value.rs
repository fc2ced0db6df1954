//! The Rust of a value, with what is known of it, and the forms that others need it in.

use crate::ir::Type;
use crate::render::types::is_copied;
use proc_macro2::TokenStream;
use quote::quote;

/// The Rust of a value.
#[derive(Clone)]
pub(in crate::render) struct Value<'p> {
    /// An expression of type `T`, `&T` (texts as `&str`, lists as slices), or an `Option` of either.
    pub(in crate::render) tokens: TokenStream,
    /// The type in the flow.
    pub(in crate::render) ty: &'p Type,
    /// Whether it is an `Option`.
    pub(in crate::render) unset: bool,
    /// Whether it is owned; values that are copied always are.
    pub(in crate::render) owned: bool,
    /// Whether computing it may end the handler.
    pub(in crate::render) fallible: bool,
}

impl<'p> Value<'p> {
    pub(super) fn new(tokens: TokenStream, ty: &'p Type) -> Self {
        Self { tokens, ty, unset: false, owned: true, fallible: false }
    }

    pub(super) fn borrowed(self) -> Self {
        Self { owned: is_copied(self.ty), ..self }
    }

    /// As `T`, or `Option<T>` if it may be unset.
    pub(in crate::render) fn into_owned(self) -> TokenStream {
        let Self { tokens, ty, unset, owned, .. } = self;
        if owned {
            return tokens;
        }
        match (ty, unset) {
            (Type::String | Type::List(_), false) => quote!(::std::borrow::ToOwned::to_owned(#tokens)),
            (Type::String | Type::List(_), true) => quote!(#tokens.map(::std::borrow::ToOwned::to_owned)),
            (_, false) => quote!(::core::clone::Clone::clone(#tokens)),
            (_, true) => quote!(#tokens.cloned()),
        }
    }

    /// As `T`, or `Option<T>`, made an `Option` in any case.
    pub(in crate::render) fn into_option(self) -> TokenStream {
        let unset = self.unset;
        let owned = self.into_owned();
        if unset { owned } else { quote!(::core::option::Option::Some(#owned)) }
    }

    /// As what is only looked at: copied, or `&T`, `&str`, `&[T]`; an `Option` of it if it may be unset.
    pub(in crate::render) fn into_borrowed(self) -> TokenStream {
        let Self { tokens, ty, unset, owned, .. } = self;
        if !owned || is_copied(ty) {
            return tokens;
        }
        match (ty, unset) {
            (Type::String, false) => quote!(#tokens.as_str()),
            (Type::List(_), false) => quote!(#tokens.as_slice()),
            (Type::String | Type::List(_), true) => quote!(#tokens.as_deref()),
            (_, false) => quote!(&#tokens),
            (_, true) => quote!(#tokens.as_ref()),
        }
    }

    /// As `Option<&T>` (`Option<&str>`, `Option<&[T]>`), for the operators of the runtime.
    pub(in crate::render) fn into_option_ref(self) -> TokenStream {
        let Self { ty, unset, .. } = self;
        let tokens = self.into_borrowed();
        match (unset, is_copied(ty)) {
            (true, true) => quote!(#tokens.as_ref()),
            (true, false) => tokens,
            (false, true) => quote!(::core::option::Option::Some(&#tokens)),
            (false, false) => quote!(::core::option::Option::Some(#tokens)),
        }
    }

    /// As `&T` (`&str`, `&[T]`), of a value that is there.
    pub(in crate::render) fn into_ref(self) -> TokenStream {
        let copied = is_copied(self.ty);
        let tokens = self.into_borrowed();
        if copied { quote!(&#tokens) } else { tokens }
    }

    /// As `Option<Json>`.
    pub(super) fn into_widened(self) -> TokenStream {
        if self.unset {
            let tokens = self.into_option_ref();
            return quote!(#tokens.map(::eventflow::__private::Widen::widen));
        }
        let tokens = self.into_ref();
        quote!(::core::option::Option::Some(::eventflow::__private::widen(#tokens)))
    }

    /// As `&Json`, null if it is unset.
    pub(in crate::render) fn into_json_ref(self) -> TokenStream {
        let unset = self.unset;
        let tokens = self.into_borrowed();
        if unset { quote!(#tokens.unwrap_or(&::eventflow::Json::Null)) } else { tokens }
    }
}
