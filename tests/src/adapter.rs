//! The Rust that puts [`crate::code`], or the code of a script, behind the sentences of a generated machine, read off its `Behavior` trait.

use eventflowc::ir::{Machine, SentenceKind, SetBy};
use quote::ToTokens;
use std::fmt::Write as _;
use syn::{FnArg, Item, Pat, ReturnType, TraitItem, TraitItemFn, Type};

/// Where the functions stand that answer for user code: their signatures are those of [`crate::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answering {
    /// In [`crate::code`].
    AtRandom,
    /// In [`crate::conformance`].
    AsScripted,
    /// In [`crate::told::code`].
    AsAssumed,
}

impl Answering {
    const fn path(self) -> &'static str {
        match self {
            Self::AtRandom => "::eventflow_tests::code",
            Self::AsScripted => "::eventflow_tests::conformance",
            Self::AsAssumed => "::eventflow_tests::told::code",
        }
    }
}

/// An `impl` of the `Behavior` of the module whose text is given, for `Code`; empty if the machine has none. It stands
/// in a module that imports all of the machine's.
///
/// # Panics
/// If the text is no Rust.
#[must_use]
pub fn behavior(machine: &Machine, text: &str, answering: Answering) -> String {
    let file = syn::parse_file(text).expect("generated text is Rust");
    let of_trait = file.items.iter().find_map(|item| match item {
        Item::Trait(item) if item.ident == "Behavior" => Some(item),
        _ => None,
    });
    let Some(of_trait) = of_trait else { return String::new() };
    let set: Vec<String> = file
        .items
        .iter()
        .find_map(|item| match item {
            Item::Struct(item) if item.ident == "Set" => Some(&item.fields),
            _ => None,
        })
        .into_iter()
        .flatten()
        .filter_map(|field| field.ident.as_ref().map(ToString::to_string))
        .collect();
    let methods = of_trait.items.iter().filter_map(|item| match item {
        TraitItem::Fn(method) => Some(method),
        _ => None,
    });
    let mut written = format!(
        "use {} as code;\npub struct Code(pub ::std::sync::Arc<::eventflow_tests::code::Schemas>);\n\n\
         impl Behavior for Code {{\n",
        answering.path()
    );
    for (method, sentence) in methods.zip(&machine.sentences) {
        let asked = asked(method, &sentence.name, sentence.kind);
        let answer = match (sentence.kind, &sentence.returns) {
            (SentenceKind::Guard, _) => "code::guard(asked)".to_owned(),
            (SentenceKind::Rule, _) => "code::rule(asked)".to_owned(),
            (SentenceKind::Transformer, _) => {
                "code::works(asked).map(|()| code::value(asked, &::eventflow::schema::Schema::Json))".to_owned()
            }
            (SentenceKind::Action, returns) => {
                let value = if returns.is_some() {
                    let (machine, sentence) = (&machine.name, &sentence.name);
                    format!(
                        "::eventflow::Decode::decode(&code::value(asked, self.0.value({machine:?}, {sentence:?})))\
                         .map_err(::eventflow::BoxError::from)"
                    )
                } else {
                    "Ok(())".to_owned()
                };
                let settings = if takes_set(method) { settings(machine, &set) } else { String::new() };
                format!("code::works(asked).and_then(|()| {{ {settings} {value} }})")
            }
        };
        let waits = matches!(&method.sig.output, ReturnType::Type(_, ty) if matches!(**ty, Type::ImplTrait(_)));
        let answer = if waits { format!("::core::future::ready({answer})") } else { answer };
        let signature = method.sig.to_token_stream();
        let _ = writeln!(written, "    {signature} {{ let asked = {asked}; {answer} }}");
    }
    written.push_str("}\n");
    written
}

fn takes_set(method: &TraitItemFn) -> bool {
    parameters(method).iter().any(|name| name == "set")
}

fn parameters(method: &TraitItemFn) -> Vec<String> {
    let name = |argument: &FnArg| match argument {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(name) => Some(name.ident.to_string()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    };
    method.sig.inputs.iter().filter_map(name).collect()
}

/// The number that the answer follows from.
fn asked(method: &TraitItemFn, name: &str, kind: SentenceKind) -> String {
    let mut parameters = parameters(method);
    let call = if kind == SentenceKind::Rule {
        "None"
    } else {
        parameters.remove(0);
        "Some((view.meta, view.call.key()))"
    };
    if kind == SentenceKind::Action && parameters.first().is_some_and(|name| name == "set") {
        parameters.remove(0);
    }
    let arguments: Vec<String> = parameters.iter().map(|name| format!("code::argument(&{name})")).collect();
    format!("code::asked({name:?}, &[{}], {call})", arguments.join(", "))
}

/// What an action does to the variables that it may set.
fn settings(machine: &Machine, set: &[String]) -> String {
    let variables = machine.variables.iter().filter(|variable| variable.set_by == SetBy::Actions);
    let mut written = String::new();
    for (place, (variable, field)) in variables.zip(set).enumerate() {
        let change = if matches!(variable.ty, eventflowc::ir::Type::List(_)) { "ListChange" } else { "Change" };
        let name = &machine.name;
        let _ = write!(
            written,
            "if let Some(json) = code::setting(asked, {place}, self.0.settable({name:?}, {place})) {{ \
             set.{field} = ::eventflow::{change}::to(::eventflow::Decode::decode(&json)?); }} "
        );
    }
    written
}
