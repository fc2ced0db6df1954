//! A crate of generated code: many systems, what stands behind their sentences, and a table of what they are.

use crate::adapter;
use crate::compiled::Compiled;
use crate::interpreted::interpreted;
use eventflowc::diagnostic::Diagnostics;
use eventflowc::plan::{self, Options};
use eventflowc::render;
use std::fmt::Write as _;

/// The text of the module of one system: its generated machines, the code behind them, and `machines`, which makes them
/// run on a description. The module is to be named `name`.
///
/// # Errors
/// If it cannot be generated; the report is for people.
pub fn module(name: &str, compiled: &Compiled) -> Result<String, String> {
    let mut diagnostics = Diagnostics::new();
    let (system, origins) = (&compiled.resolved.system, &compiled.resolved.origins);
    let report = |diagnostics: Diagnostics| format!("{:?}", diagnostics.into_sorted());
    let Ok(plan) = plan::plan(system, origins, &compiled.sources, &Options::default(), &mut diagnostics) else {
        return Err(report(diagnostics));
    };
    let Ok(modules) = render::render(&plan, &mut diagnostics) else { return Err(report(diagnostics)) };
    let mut text = format!("pub mod {name} {{\n");
    let mut machines = String::new();
    for (place, (module, machine)) in modules.iter().zip(&system.machines).enumerate() {
        let behavior = adapter::behavior(system, machine, &module.text);
        let code = if behavior.is_empty() { "" } else { "super::code_" };
        let decider = if code.is_empty() {
            format!("machine_{place}::Decider")
        } else {
            format!("machine_{place}::Decider::new(code_{place}::Code)")
        };
        let _ = writeln!(text, "pub mod machine_{place} {{\n{}\n}}", module.text);
        if !behavior.is_empty() {
            let _ = writeln!(text, "pub mod code_{place} {{\n{IMPORTS}use super::machine_{place}::*;\n{behavior}\n}}");
        }
        let _ = writeln!(
            machines,
            "::std::sync::Arc::new(::eventflow::Typed::new({decider}, &description.machines[{place}])),"
        );
    }
    let _ = writeln!(
        text,
        "pub fn machines(description: &'static ::eventflow::description::SystemDescription) -> \
         Vec<::std::sync::Arc<dyn ::eventflow::dynamic::DynMachine>> {{ vec![{machines}] }}\n}}"
    );
    Ok(text)
}

const IMPORTS: &str = "#[allow(unused_imports)] use eventflow_tests::code;\n\
    #[allow(unused_imports)] use eventflow::Schema;\n\
    #[allow(unused_imports)] use eventflow::description::FieldDescription;\n";

/// What an interpreted system tells about itself, kept for ever: generated machines hold it as a constant.
#[must_use]
pub fn kept(compiled: &Compiled) -> (crate::drive::Driven, &'static eventflow::description::SystemDescription) {
    let Compiled { sources, resolved } = compiled;
    let driven = interpreted(resolved.system.clone(), &resolved.origins, sources);
    let description = Box::leak(Box::new(driven.system.clone()));
    (driven, description)
}
