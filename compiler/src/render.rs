//! Writes the planned Rust: tokens, laid out item by item, in a frame.
//!
//! One entry function, [`render`]. Nothing is decided here that a reader of the generated code would have to know
//! beforehand: names, types and which functions wait come from the [`Plan`].

mod acceptance;
mod behavior;
mod codec;
mod condition;
mod description;
mod dispatch;
mod expression;
mod frame;
mod handler;
mod machine;
mod reply;
mod statement;
mod structs;
mod system;
mod test_module;
mod types;
mod words;

use crate::diagnostic::{Diagnostics, Reported};
use crate::ir::MachineId;
use crate::plan::{Plan, TestModulePlan};
use crate::test_plan::TestPlan;
use serde::Serialize;

/// The text of one generated module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Module {
    /// The module's name as Rust writes it: `order`, `r#type`.
    pub name: String,
    /// What it is, for its documentation: one sentence.
    pub about: String,
    /// The text; it opens with the line that says who generated it from what.
    pub text: String,
    /// When it is compiled.
    pub part: Part,
}

/// When a module is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Part {
    /// Always.
    Program,
    /// With the tests alone.
    Tests,
}

/// Writes the module of every machine, and that of the system.
///
/// # Errors
/// If generated tokens are no Rust, which is a defect of the generator and reported as such.
pub fn render(plan: &Plan<'_>, diagnostics: &mut Diagnostics) -> Result<Vec<Module>, Reported> {
    let mut modules = Vec::new();
    for index in 0..plan.machines.len() {
        let id = MachineId::at(index);
        let machine = plan.system.machine(id);
        let name = plan.machines[index].module.as_str();
        let mut frame = frame::Frame::new(plan, name, plan.place(machine.origin).file());
        machine::write(plan, id, &mut frame);
        let who = words::code(&format!("@{}", machine.name));
        let about = format!("The machine {who}: its states and events, what it remembers and says, how it decides.");
        modules.push(Module { name: name.to_owned(), about, text: frame.finish(diagnostics)?, part: Part::Program });
    }
    let name = plan.module.as_str();
    let mut frame = frame::Frame::new(plan, name, root_file(plan));
    system::write(plan, &mut frame);
    let title = words::code(&plan.system.title);
    let about = format!("The system {title}: what it needs from outside, who may say what to it, what it is as data.");
    modules.push(Module { name: name.to_owned(), about, text: frame.finish(diagnostics)?, part: Part::Program });
    Ok(modules)
}

/// Writes the module with the tests of a system.
///
/// # Errors
/// If generated tokens are no Rust, which is a defect of the generator and reported as such.
pub fn render_tests(
    plan: &Plan<'_>,
    tests: &TestPlan,
    named: &TestModulePlan,
    diagnostics: &mut Diagnostics,
) -> Result<Module, Reported> {
    let name = plan.tests.as_str();
    let mut frame = frame::Frame::new(plan, name, root_file(plan));
    test_module::write(plan, tests, named, &mut frame);
    let title = words::code(&plan.system.title);
    let about = format!("The tests of {title}: its scenarios and its test files, on the generated machines.");
    Ok(Module { name: name.to_owned(), about, text: frame.finish(diagnostics)?, part: Part::Tests })
}

/// The root flow without its folder, as places name files.
fn root_file<'p>(plan: &'p Plan<'_>) -> &'p str {
    plan.root.rsplit_once('/').map_or(plan.root.as_str(), |(_, file)| file)
}
