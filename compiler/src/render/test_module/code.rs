//! The code behind one machine in its tests: played, or real with what the tests say before it.

use super::separated;
use crate::ir::{MachineId, Sentence, SentenceKind};
use crate::plan::{MachinePlan, Plan, SentencePlan};
use crate::render::behavior;
use crate::render::types::{Types, ident};
use crate::render::words::{code, doc};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The code behind a machine, where it has any.
pub(super) fn code_behind(plan: &Plan<'_>, id: MachineId, planned: &MachinePlan) -> Option<TokenStream> {
    let machine = plan.system.machine(id);
    if machine.sentences.is_empty() {
        return None;
    }
    let types = Types::new(&planned.records).in_tests(&planned.module);
    let written = Code { plan, id, planned, types };
    let (played, real) = (written.played(), written.real());
    Some(quote! {
        #played
        __blank!();
        #real
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

/// Writes the code behind a machine.
struct Code<'p> {
    plan: &'p Plan<'p>,
    id: MachineId,
    planned: &'p MachinePlan,
    types: Types<'p>,
}

impl Code<'_> {
    /// Code that is all the cast's.
    fn played(&self) -> TokenStream {
        let (module, who, methods) = (ident(&self.planned.module), self.who(), self.methods(By::Cast));
        let docs = doc(&[&format!("The code behind {who}, as the cast of a test plays it.")]);
        let new_docs = doc(&["Asks this cast."]);
        quote! {
            #docs
            pub struct Played {
                cast: ::std::sync::Arc<::eventflow::test_kit::Cast>,
            }

            __blank!();
            impl Played {
                #new_docs
                #[must_use]
                pub fn new(cast: &::std::sync::Arc<::eventflow::test_kit::Cast>) -> Played {
                    Played { cast: ::core::clone::Clone::clone(cast) }
                }
            }

            __blank!();
            impl super::super::#module::Behavior for Played {
                #methods
            }
        }
    }

    /// Real code, and the cast before it.
    fn real(&self) -> TokenStream {
        let (module, who, methods) = (ident(&self.planned.module), self.who(), self.methods(By::Code));
        let docs =
            doc(&[&format!("Real code behind {who} for a test: it carries out what the test itself says nothing of.")]);
        let new_docs = doc(&["Asks this cast first, and then this code."]);
        quote! {
            #docs
            pub struct Real<B> {
                cast: ::std::sync::Arc<::eventflow::test_kit::Cast>,
                code: B,
            }

            __blank!();
            impl<B> Real<B> {
                #new_docs
                #[must_use]
                pub fn new(cast: &::std::sync::Arc<::eventflow::test_kit::Cast>, code: B) -> Real<B> {
                    Real { cast: ::core::clone::Clone::clone(cast), code }
                }
            }

            __blank!();
            impl<B: super::super::#module::Behavior> super::super::#module::Behavior for Real<B> {
                #methods
            }
        }
    }

    /// The machine, as documentation names it.
    fn who(&self) -> String {
        code(&format!("@{}", self.plan.system.machine(self.id).name))
    }

    fn methods(&self, by: By) -> TokenStream {
        let sentences = self.plan.system.machine(self.id).sentences.iter().zip(&self.planned.sentences);
        separated(sentences.map(|(sentence, named)| self.method(sentence, named, by)))
    }

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
            let change = behavior::change_type(&variable.ty, self.types);
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
