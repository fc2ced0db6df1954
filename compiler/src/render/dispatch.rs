//! The decider: the handlers around one exhaustive `match`, the machine's types as the runtime knows them.

use super::expression::number;
use super::frame::{Frame, blank};
use super::handler::{self, Needs, Views};
use super::types::{Types, ident};
use super::words::{doc, one};
use crate::ir::{MachineId, RuleArgument};
use crate::plan::{MachinePlan, Plan};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// What the module says about its decider, and what it used of the rest of the module.
pub(super) struct Dispatch {
    /// The struct, its handlers, and the traits that it implements.
    pub(super) items: Vec<TokenStream>,
    /// Whether some handler makes a view.
    pub(super) views: Views,
    /// Whether some handler returns a `Result`.
    pub(super) fallible: bool,
}

/// The decider of a machine.
pub(super) fn decider(plan: &Plan<'_>, id: MachineId, frame: &mut Frame) -> Dispatch {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let (functions, needs) = handler::functions(plan, id, frame);
    let behaves = !machine.sentences.is_empty();
    let who = one(&machine.name);
    let mut methods = TokenStream::new();
    let definition = if behaves {
        let docs = doc(&[&format!("Decides for {who}, with the user's behavior.")]);
        let constructor = doc(&["With this behavior."]);
        methods.extend(quote! {
            #constructor
            pub const fn new(behavior: B) -> Decider<B> {
                Decider { behavior }
            }
        });
        quote!(#docs #[derive(Clone, Copy, Debug, Default)] pub struct Decider<B> { behavior: B })
    } else {
        let docs = doc(&[&format!("Decides for {who}. It is all in the flow: there is no behavior to supply.")]);
        quote!(#docs #[derive(Clone, Copy, Debug, Default)] pub struct Decider;)
    };
    for function in functions {
        if !methods.is_empty() {
            methods.extend(blank());
        }
        methods.extend(function);
    }
    let rules = keeps_rule(plan, id);
    let mut items = vec![definition];
    if !methods.is_empty() {
        items.push(if behaves {
            quote!(impl<B: Behavior> Decider<B> { #methods })
        } else {
            quote!(impl Decider { #methods })
        });
    }
    items.push(decide(
        machine_plan,
        &needs,
        behaves,
        rules,
        machine.handlers.iter().map(|handler| machine.event(handler.event).fields.is_empty()).collect(),
    ));
    Dispatch {
        items,
        views: needs.iter().map(|needs| needs.view).max().unwrap_or_default(),
        fallible: needs.iter().any(|needs| needs.fallible),
    }
}

fn decide(
    plan: &MachinePlan,
    needs: &[Needs],
    behaves: bool,
    rules: Option<TokenStream>,
    unit: Vec<bool>,
) -> TokenStream {
    let mut arms = TokenStream::new();
    for ((named, needs), unit) in plan.handlers.iter().zip(needs).zip(unit) {
        let (variant, function) = (ident(&named.variant), ident(&named.function));
        let pattern = match (unit, needs.event) {
            (true, _) => quote!(Event::#variant),
            (false, true) => quote!(Event::#variant(event)),
            (false, false) => quote!(Event::#variant(_)),
        };
        let mut arguments = Vec::new();
        arguments.extend(needs.turn.then(|| quote!(turn)));
        arguments.extend(needs.event.then(|| quote!(event)));
        arguments.extend(needs.decision.then(|| quote!(&mut decision)));
        arguments.extend(needs.caller.then(|| quote!(&mut caller)));
        let receiver = if needs.behavior { quote!(self.) } else { quote!(Self::) };
        let waiting = named.waits.then(|| quote!(.await));
        let failing = needs.fallible.then(|| quote!(?));
        arms.extend(quote!(#pattern => #receiver #function(#(#arguments),*)#waiting #failing,));
    }
    let decides = needs.iter().any(|needs| needs.decision);
    let mutable = decides.then(|| quote!(mut));
    let body = if plan.handlers.is_empty() {
        quote!(match *turn.event {})
    } else {
        quote! {
            let #mutable decision = Decision::new();
            let ran = match turn.event { #arms };
            ::core::result::Result::Ok(ran.decided(decision))
        }
    };
    let keeps_rule = rules.map(|rules| {
        let blank = blank();
        quote!(#blank #rules)
    });
    let (generics, subject) =
        if behaves { (Some(quote!(<B: Behavior>)), quote!(Decider<B>)) } else { (None, quote!(Decider)) };
    let blank = blank();
    if plan.waits {
        let calls = needs.iter().any(|needs| needs.caller);
        let caller = if calls { quote!(mut caller) } else { quote!(_caller) };
        quote! {
            impl #generics ::eventflow::DecideAsync for #subject {
                type Machine = Machine;
                #blank
                #[inline]
                async fn decide_async<'a>(
                    &'a self,
                    turn: Turn<'a>,
                    #caller: ::eventflow::Caller<'a>,
                ) -> ::core::result::Result<::core::option::Option<Decision>, ::eventflow::Failure> {
                    #body
                }
                #keeps_rule
            }
        }
    } else {
        quote! {
            impl #generics ::eventflow::Decide for #subject {
                type Machine = Machine;
                #blank
                #[inline]
                fn decide(
                    &self,
                    turn: Turn<'_>,
                ) -> ::core::result::Result<::core::option::Option<Decision>, ::eventflow::Failure> {
                    #body
                }
                #keeps_rule
            }
        }
    }
}

/// The method that asks custom rules by number; none if there are none.
fn keeps_rule(plan: &Plan<'_>, id: MachineId) -> Option<TokenStream> {
    let machine = plan.system.machine(id);
    let machine_plan = &plan.machines[id.index()];
    let types = Types::new(&machine_plan.records);
    let mut arms = TokenStream::new();
    for (index, rule) in machine.custom_rules.iter().enumerate() {
        let sentence = machine.sentence(rule.sentence);
        let Some(parameter) = sentence.parameters.first() else { continue };
        let position = Literal::usize_unsuffixed(index);
        let method = ident(&machine_plan.sentences[rule.sentence.index()].method);
        let owned = types.owned(&parameter.ty);
        let value = if super::types::is_copied(&parameter.ty) { quote!(value) } else { quote!(&value) };
        let arguments = rule.arguments.iter().map(|argument| match argument {
            RuleArgument::Number(text) => number(text),
            RuleArgument::Text(text) => quote!(#text),
        });
        let text = &sentence.text;
        let at = &plan.place(rule.origin).at;
        arms.extend(quote! {
            #position => {
                let value: #owned = ::eventflow::Decode::decode(value)?;
                ::eventflow::__private::judge(#text, #at, || self.behavior.#method(#value #(, #arguments)*))
            }
        });
    }
    (!arms.is_empty()).then(|| {
        quote! {
            fn keeps_rule(
                &self,
                rule: usize,
                value: &::eventflow::Json,
            ) -> ::core::result::Result<bool, ::eventflow::Failure> {
                match rule {
                    #arms
                    _ => ::core::result::Result::Ok(true),
                }
            }
        }
    })
}
