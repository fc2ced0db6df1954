//! The generated Rust of a system as one module of a program, with what answers for user code behind its sentences.

use crate::adapter::{self, Answering};
use crate::compiled::Compiled;
use eventflowc::diagnostic::Diagnostics;
use eventflowc::plan::{self, Options};
use eventflowc::render::{self, Module};
use std::fmt::Write as _;
use syn::Item;

/// The text of the module of one system: its generated machines, the code behind them, what the system is as a
/// constant, and `parts`, which makes both ready for [`crate::differential`]. The module is to be named `name`.
///
/// # Errors
/// If it cannot be generated; the report is for people.
pub fn module(name: &str, compiled: &Compiled, answering: Answering) -> Result<String, String> {
    let modules = modules(compiled)?;
    let system = &compiled.resolved.system;
    let mut text = format!("pub mod {name} {{\n");
    let mut machines = String::new();
    for (place, (module, machine)) in modules.iter().zip(&system.machines).enumerate() {
        let behavior = adapter::behavior(machine, &module.text, answering);
        let decider = if behavior.is_empty() {
            format!("machine_{place}::Decider")
        } else {
            format!("machine_{place}::Decider::new(code_{place}::Code(code.clone()))")
        };
        let _ = writeln!(text, "pub mod machine_{place} {{\n{}\n}}", module.text);
        if !behavior.is_empty() {
            let _ = writeln!(text, "pub mod code_{place} {{\nuse super::machine_{place}::*;\n{behavior}\n}}");
        }
        let _ = writeln!(
            machines,
            "::std::sync::Arc::new(::eventflow::Typed::new({decider}, &description::MACHINES[{place}])),"
        );
    }
    let described = modules.last().map(|module| description(&module.text)).unwrap_or_default();
    let _ = writeln!(
        text,
        "{described}
pub fn parts(code: &::std::sync::Arc<::eventflow_tests::code::Schemas>) -> ::eventflow_tests::differential::Parts {{
    ::eventflow_tests::differential::Parts {{ description: DESCRIPTION, machines: vec![{machines}] }}
}}
}}"
    );
    Ok(text)
}

/// The generated modules: one for each machine, then the one of the system.
fn modules(compiled: &Compiled) -> Result<Vec<Module>, String> {
    let mut diagnostics = Diagnostics::new();
    let (system, origins) = (&compiled.resolved.system, &compiled.resolved.origins);
    let planned = plan::plan(system, origins, &compiled.sources, &Options::default(), &mut diagnostics);
    let rendered = planned.and_then(|plan| render::render(&plan, &mut diagnostics));
    rendered.map_err(|_| format!("{:?}", diagnostics.into_sorted()))
}

/// What a system is as data, out of the text of its module: builder, clients and ports are not needed here, and take
/// their time to compile.
fn description(text: &str) -> String {
    let file = syn::parse_file(text).expect("generated text is Rust");
    let described = file.items.into_iter().filter(|item| match item {
        Item::Const(item) => item.ident == "DESCRIPTION",
        Item::Mod(item) => item.ident == "description",
        _ => false,
    });
    let items = described.map(quote::ToTokens::into_token_stream);
    items.map(|item| item.to_string() + "\n").collect()
}
