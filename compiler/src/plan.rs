//! Everything that is decided about the Rust before any of it is written: names, types, derives, which functions wait.
//!
//! One entry function, [`plan`]. After it nothing can fail: the renderer reads a [`Plan`] and asks no questions. All
//! names come from [`names`], so that the module of a machine and the module of the system agree on them.

mod fingerprint;
pub mod machine;
pub mod names;
pub mod reply;
pub mod size;
pub mod system;
pub mod test_module;
pub mod waiting;

use crate::diagnostic::{Diagnostics, Reported};
use crate::ir::handled::Handled;
use crate::ir::{self, OriginId, Origins, RecordId, System};
use crate::source::Sources;
use names::{Name, Scope, Wish};
use serde::Serialize;
use std::collections::BTreeMap;

pub use machine::{HandlerPlan, MachinePlan, MessagePlan, SentencePlan, StructPlan};
pub use reply::{ReplyPlan, ReplyShape};
pub use system::{MethodPlan, SupplyPlan, SystemPlan};
pub use test_module::{ScenarioPlan, StagePlan, TestModulePlan};

/// The version of the contract between generated code and the runtime that this generator writes for.
pub const CODEGEN_ABI: u32 = 4;

/// What may be chosen about the generated text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Who generates, for the first line of each file.
    pub generator: String,
    /// The file at which the compilation began, as the user names it; relative.
    pub root: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { generator: concat!("eventflowc ", env!("CARGO_PKG_VERSION")).to_owned(), root: String::new() }
    }
}

/// The plan of everything that is compiled together.
#[derive(Clone, Debug, Serialize)]
pub struct Plan<'a> {
    /// What the flow means.
    #[serde(skip)]
    pub system: &'a System,
    /// Who generates.
    pub generator: String,
    /// The file at which the compilation began.
    pub root: String,
    /// The module of the system.
    pub module: Name,
    /// The module of the system's tests, where they are generated.
    pub tests: Name,
    /// The machines, by [`ir::MachineId`].
    pub machines: Vec<MachinePlan>,
    /// What the ports of external actors are called, by [`ir::ActorId`].
    pub actors: Vec<ActorPlan>,
    /// The record types that port messages are made of, in the module of the system.
    pub records: BTreeMap<RecordId, StructPlan>,
    /// What the system shows to its user: clients, builder, descriptions.
    pub outside: SystemPlan,
    /// The places, by [`OriginId`].
    #[serde(skip)]
    places: Vec<Place>,
}

/// A place of the flow as generated comments show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What stands there, as its author wrote it: a statement, a name, a cell of a table.
    pub text: String,
    /// The whole line, trimmed.
    pub line: String,
    /// Its file and line: `order.flow:17`. Never an absolute path.
    pub at: String,
}

/// An external actor: its module within the module of the system, and what it hears.
#[derive(Clone, Debug, Serialize)]
pub struct ActorPlan {
    /// The module, and the word for the actor in methods: `customer`.
    pub module: Name,
    /// The word for the actor in types: `Customer`.
    pub title: Name,
    /// One entry for each message it hears, by [`ir::PortId`].
    pub hears: Vec<PortPlan>,
}

/// A message to an external actor.
#[derive(Clone, Debug, Serialize)]
pub struct PortPlan {
    /// The method of the port.
    pub method: Name,
    /// Its payload; the struct stands in the actor's module, if the message has fields.
    pub payload: StructPlan,
}

impl Place {
    /// The file alone.
    #[must_use]
    pub fn file(&self) -> &str {
        self.at.rsplit_once(':').map_or(self.at.as_str(), |(file, _)| file)
    }
}

impl Plan<'_> {
    /// A place.
    #[must_use]
    pub fn place(&self, origin: OriginId) -> &Place {
        &self.places[origin.index()]
    }
}

/// Plans the Rust of a system.
///
/// # Errors
/// If names collide; every collision is reported.
pub fn plan<'a>(
    system: &'a System,
    origins: &Origins,
    sources: &Sources,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Result<Plan<'a>, Reported> {
    let mut modules = Scope::default();
    let mut machines = Vec::new();
    for (machine, handled) in system.machines.iter().zip(Handled::of_all(system)) {
        let wish = wish("machine", "@", &machine.name, machine.origin, origins);
        let module = modules.snake(wish, diagnostics);
        machines.push(machine::plan(system, (machine, handled), module, origins, diagnostics));
    }
    let everywhere = system.machines.first().map_or_else(no_place, |machine| origins.get(machine.origin).span);
    let module = modules.invent(&Name::snake(&module_of(system)), everywhere);
    let tests = modules.invent(&Name::snake(&format!("{}_tests", system.name)), everywhere);
    let (actors, records) = actors(system, origins, diagnostics);
    let outside = system::plan(system, origins, diagnostics);
    diagnostics.outcome()?;
    Ok(Plan {
        system,
        generator: options.generator.clone(),
        root: shown(&options.root),
        module,
        tests,
        machines,
        actors,
        records,
        outside,
        places: (0..origins.len()).map(|index| place(origins.get(OriginId::at(index)), sources)).collect(),
    })
}

/// What the module of the system is called: like the system, unless a machine is, as is one that stands alone.
fn module_of(system: &System) -> String {
    let is_taken = system.machines.iter().any(|machine| machine.name == system.name);
    if is_taken { format!("{}_system", system.name) } else { system.name.clone() }
}

/// The names of the system's module: the record types of port messages, and a module for each external actor.
fn actors(
    system: &System,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> (Vec<ActorPlan>, BTreeMap<RecordId, StructPlan>) {
    const FIXED: [&str; 4] = ["DESCRIPTION", "Behaviors", "Running", "System"];
    let mut types = Scope::with_fixed(&FIXED);
    let fields = system
        .actors
        .iter()
        .flat_map(|actor| &actor.hears)
        .flat_map(|port| port.fields.iter().map(|field| &field.ty).chain(port.answer.as_ref()));
    let used = machine::records_of(system, fields);
    let records = machine::name_records(system, &used, &mut types, origins, diagnostics);
    let mut modules = Scope::with_fixed(&["description"]);
    let mut actors = Vec::new();
    for actor in &system.actors {
        let module = modules.snake(wish("actor", "@", &actor.name, actor.origin, origins), diagnostics);
        let mut methods = Scope::default();
        let mut payloads = Scope::with_fixed(&["Port", "Client"]);
        let hears = actor.hears.iter().map(|port| {
            let wish = wish("event", ":", &port.name, port.origin, origins);
            let name = payloads.pascal(wish, diagnostics);
            let payload = machine::name_struct(system, name, &port.fields, origins, diagnostics);
            PortPlan { method: methods.snake(wish, diagnostics), payload }
        });
        let hears = hears.collect();
        actors.push(ActorPlan { module, title: Name::pascal(&actor.name), hears });
    }
    (actors, records)
}

/// Asks for a name for something of the flow.
pub(crate) fn wish<'a>(
    kind: &'static str,
    sigil: &'static str,
    name: &'a str,
    origin: OriginId,
    origins: &Origins,
) -> Wish<'a> {
    Wish { kind, sigil, name, span: origins.get(origin).span }
}

fn no_place() -> crate::source::Span {
    crate::source::Span::new(crate::source::FileId::from_index(0), 0, 0)
}

fn place(origin: &ir::Origin, sources: &Sources) -> Place {
    let line = sources.get(origin.span.file).map_or_else(String::new, |source| {
        source.text()[source.line_range(source.line_index(origin.span.start))].trim().to_owned()
    });
    Place { text: origin.text.clone(), line, at: sources.place(origin.span) }
}

/// A path as generated text shows it: with `/`, and without directories if it is absolute.
fn shown(path: &str) -> String {
    let path = path.replace('\\', "/");
    let absolute = path.starts_with('/') || path.get(1..2) == Some(":");
    let relative = if absolute { path.rsplit('/').next().unwrap_or_default() } else { &path };
    relative.trim_start_matches("./").to_owned()
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn an_absolute_path_is_never_shown() {
        assert_eq!(shown("flows/order.flow"), "flows/order.flow");
        assert_eq!(shown("./order.flow"), "order.flow");
        assert_eq!(shown("/home/me/flows/order.flow"), "order.flow");
        assert_eq!(shown("C:\\flows\\order.flow"), "order.flow");
    }
}
