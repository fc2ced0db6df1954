//! What only code can say: the trait with a method for each sentence, the view that the methods look through, the
//! setter of actions, and the calls of the methods.

use super::frame::blank;
use super::handler::{Body, Views};
use super::types::{Types, ident, is_copied};
use super::words::{code, doc, line_at, one};
use crate::ir::{MachineId, Sentence, SentenceCall, SentenceKind, Type};
use crate::plan::{Plan, SentencePlan};
use proc_macro2::TokenStream;
use quote::quote;

/// The trait; none if the machine is all in the flow. It carries no `#[diagnostic::…]`: such attributes are looked up
/// in the prelude, which may not be there.
pub(super) fn behavior(plan: &Plan<'_>, id: MachineId) -> Option<TokenStream> {
    let machine = plan.system.machine(id);
    if machine.sentences.is_empty() {
        return None;
    }
    let machine_plan = &plan.machines[id.index()];
    let types = Types::new(&machine_plan.records);
    let sets = !machine_plan.settable.is_empty();
    let mut methods = TokenStream::new();
    for (sentence, named) in machine.sentences.iter().zip(&machine_plan.sentences) {
        if !methods.is_empty() {
            methods.extend(blank());
        }
        methods.extend(method(plan, sentence, named, types, sets));
    }
    let docs = doc(&[&format!("What only code can say about {}.", one(&machine.name))]);
    Some(quote! {
        #docs
        pub trait Behavior: ::core::marker::Send + ::core::marker::Sync + 'static {
            #methods
        }
    })
}

fn method(plan: &Plan<'_>, sentence: &Sentence, named: &SentencePlan, types: Types<'_>, sets: bool) -> TokenStream {
    let name = ident(&named.method);
    let what = sentence.origins.first().map_or_else(
        || code(&sentence.text),
        |origin| {
            let place = plan.place(*origin);
            line_at(place)
        },
    );
    let docs = doc(&[&what, "# Errors", "An error fails the turn: nothing of it is kept."]);
    let lifetime = TokenStream::new();
    let parameters = sentence.parameters.iter().zip(&named.parameters).map(|(parameter, name)| {
        let (name, ty) = (ident(name), types.borrowed(&parameter.ty, &lifetime));
        quote!(, #name: #ty)
    });
    let value = value_type(sentence, types);
    let view = (sentence.kind != SentenceKind::Rule).then(|| quote!(, view: View<'_>));
    let set = (sets && sentence.kind == SentenceKind::Action).then(|| quote!(, set: &mut Set));
    let result = quote!(::core::result::Result<#value, ::eventflow::BoxError>);
    let output = if sentence.asynchronous {
        quote!(impl ::core::future::Future<Output = #result> + ::core::marker::Send)
    } else {
        result
    };
    quote! {
        #docs
        fn #name(&self #view #set #(#parameters)*) -> #output;
    }
}

/// What the method of a sentence gives.
fn value_type(sentence: &Sentence, types: Types<'_>) -> TokenStream {
    match (sentence.kind, &sentence.returns) {
        (SentenceKind::Guard | SentenceKind::Rule, _) => quote!(bool),
        (SentenceKind::Action, None) => quote!(()),
        (SentenceKind::Action, Some(ty)) => types.owned(ty),
        (SentenceKind::Transformer, _) => quote!(::eventflow::Json),
    }
}

/// What guards and actions look through, and handlers read the context through.
pub(super) fn view(plan: &Plan<'_>, id: MachineId, used: Views) -> Vec<TokenStream> {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    if machine.sentences.is_empty() && used == Views::None {
        return Vec::new();
    }
    let who = one(&machine.name);
    let word = machine.name.replace('_', " ");
    let docs = doc(&[&format!("What is to see of {who} within a turn, as the statements so far have left it.")]);
    let state_docs = doc(&[&format!("Where the {word} is.")]);
    let types = Types::new(&machine_plan.records);
    let mut accessors = TokenStream::new();
    for (variable, name) in machine.variables.iter().zip(&machine_plan.variables) {
        if !accessors.is_empty() {
            accessors.extend(blank());
        }
        accessors.extend(accessor(plan, variable, &ident(name), types));
    }
    let reads = !machine.variables.is_empty();
    let fields = reads.then(|| quote!(context: &'a Context, changes: &'a Changes,));
    let filled = reads.then(|| quote!(context: turn.context, changes: &decision.changes,));
    let asks = machine.sentences.iter().any(|sentence| sentence.kind != SentenceKind::Rule);
    let call = asks.then(|| {
        quote! {
            /// Which call of a sentence the view is for: its key is the same on every attempt.
            pub call: ::eventflow::CallSite<'a>,
        }
    });
    let no_call = asks.then(|| quote!(, call: turn.call("")));
    let mut items = vec![quote! {
        #docs
        #[derive(Clone, Copy, Debug)]
        pub struct View<'a> {
            #fields
            #state_docs
            pub state: State,
            /// What happens.
            pub event: &'a Event,
            /// The turn: who sent the event, when, in which conversation.
            pub meta: &'a ::eventflow::Meta,
            #call
        }
    }];
    if reads {
        let borrows = accessors.to_string().contains("& 'a");
        items.push(if borrows {
            quote!(impl<'a> View<'a> { #accessors })
        } else {
            quote!(impl View<'_> { #accessors })
        });
    }
    if used > Views::None {
        items.push(quote! {
            fn view<'a>(turn: Turn<'a>, decision: &'a Decision) -> View<'a> {
                let state = decision.state.unwrap_or(turn.state);
                View { #filled state, event: turn.event, meta: turn.meta #no_call }
            }
        });
    }
    if used == Views::Asked {
        items.push(quote! {
            fn view_at<'a>(turn: Turn<'a>, decision: &'a Decision, place: &'static str) -> View<'a> {
                View { call: turn.call(place), ..view(turn, decision) }
            }
        });
    }
    items
}

fn accessor(
    plan: &Plan<'_>,
    variable: &crate::ir::Variable,
    name: &proc_macro2::Ident,
    types: Types<'_>,
) -> TokenStream {
    let place = plan.place(variable.origin);
    let docs = doc(&[&format!("{}, if it is set ({})", code(&format!("${}", variable.name)), place.at)]);
    let ty = types.borrowed(&variable.ty, &quote!('a));
    let read = quote!(self.changes.#name.over(&self.context.#name));
    let read = match &variable.ty {
        Type::String => quote!(#read.map(::std::string::String::as_str)),
        Type::List(_) => quote!(#read.map(::std::vec::Vec::as_slice)),
        ty if is_copied(ty) => quote!(#read.copied()),
        _ => read,
    };
    quote! {
        #docs
        #[must_use]
        pub fn #name(&self) -> ::core::option::Option<#ty> {
            #read
        }
    }
}

/// What actions may set: the variables that no statement of the machine assigns.
pub(super) fn setter(plan: &Plan<'_>, id: MachineId) -> Option<TokenStream> {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    if machine_plan.settable.is_empty() {
        return None;
    }
    let types = Types::new(&machine_plan.records);
    let secret = machine_plan.settable.iter().any(|id| machine.variable(*id).secret);
    let docs =
        doc(&[&format!("What actions may set of {}: what no statement of the flow assigns.", one(&machine.name))]);
    let mut fields = TokenStream::new();
    let mut takes = TokenStream::new();
    for id in &machine_plan.settable {
        let variable = machine.variable(*id);
        let name = ident(&machine_plan.variables[id.index()]);
        let change = change_type(&variable.ty, types);
        let place = plan.place(variable.origin);
        let docs = doc(&[&line_at(place)]);
        fields.extend(quote!(#docs pub #name: #change,));
        takes.extend(quote!(changes.#name.take(self.#name);));
    }
    let debug = (!secret).then(|| quote!(Debug,));
    let masked = secret.then(|| {
        let shown = machine_plan.settable.iter();
        let shown = shown.map(|id| (ident(&machine_plan.variables[id.index()]), machine.variable(*id).secret));
        super::structs::debug_masked(&quote::format_ident!("Set"), shown)
    });
    Some(quote! {
        #docs
        #[derive(Clone, #debug Default, PartialEq)]
        pub struct Set {
            #fields
        }
        #masked
        impl Set {
            fn into_changes(self, changes: &mut Changes) {
                #takes
            }
        }
    })
}

/// The type of what a turn does to a variable.
pub(super) fn change_type(ty: &Type, types: Types<'_>) -> TokenStream {
    match ty {
        Type::List(element) => {
            let element = types.owned(element);
            quote!(::eventflow::ListChange<#element>)
        }
        _ => {
            let owned = types.owned(ty);
            quote!(::eventflow::Change<#owned>)
        }
    }
}

impl<'p> Body<'p> {
    /// Asks a guard.
    pub(super) fn ask(&mut self, call: &'p SentenceCall) -> TokenStream {
        self.sentence_call(call, false)
    }

    /// Carries out an action or a transformer: what stands before the call, the call, and what stands after it.
    pub(super) fn acted(&mut self, call: &'p SentenceCall) -> (TokenStream, TokenStream, TokenStream) {
        let action = self.machine.sentence(call.sentence).kind == SentenceKind::Action;
        let sets = action && !self.plan.settable.is_empty();
        let call = self.sentence_call(call, sets);
        if sets {
            let before = quote!(let mut set = <Set as ::core::default::Default>::default(););
            (before, call, quote!(set.into_changes(&mut decision.changes);))
        } else {
            (TokenStream::new(), call, TokenStream::new())
        }
    }

    fn sentence_call(&mut self, call: &'p SentenceCall, sets: bool) -> TokenStream {
        let SentenceCall { sentence: id, arguments, origin, place } = call;
        self.needs.behavior = true;
        self.needs.fallible = true;
        let sentence = self.machine.sentence(*id);
        let method = ident(&self.plan.sentences[id.index()].method);
        let text = &sentence.text;
        let at = &self.whole.place(*origin).at;
        let view = self.view_at(place);
        let set = sets.then(|| quote!(, &mut set));
        let values = arguments.iter().map(|argument| self.required(argument).into_borrowed());
        let values: Vec<TokenStream> = values.collect();
        let awaited = sentence.asynchronous.then(|| quote!(.await));
        quote!(turn.sentence(#text, #at).gives(self.behavior.#method(#view #set #(, #values)*)#awaited)?)
    }
}
