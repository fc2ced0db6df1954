//! Flows to be asked what they mean, for tests.

use eventflowc::driver::{Compilation, Request, compile};
use eventflowc::ir::{Machine, Type};
use eventflowc::load::Memory;

/// A unit of these files.
pub(crate) fn compiled(files: Memory, root: &str) -> Compilation {
    let request = Request { root: Some(root.into()), ..Request::default() };
    compile(&request, &files).expect("a root is named")
}

/// A unit of one file, `order.flow`.
pub(crate) fn compiled_alone(flow: &str) -> Compilation {
    compiled(Memory::new().with("order.flow", flow), "order.flow")
}

/// A machine whose only handler has this table and this body.
pub(crate) fn with_handler(table: &str, lines: &str) -> String {
    format!("machine: @order\n\non :go from @customer (api){table}\n{lines}")
}

/// The type of a variable: of the context, or of a field of an event.
pub(crate) fn type_of(machine: &Machine, name: &str) -> Type {
    let variables = machine.variables.iter().map(|variable| (&variable.name, &variable.ty));
    let fields = machine.events.iter().flat_map(|event| &event.fields).map(|field| (&field.name, &field.ty));
    variables.chain(fields).find(|(known, _)| *known == name).expect("a variable").1.clone()
}
