//! A flow file as far as loading needs it: what it imports, and which machines stand in it.

use crate::ast::{FlowFile, FlowItem, Import, Name};

/// The outline of a flow file.
pub(super) struct FlowOutline {
    /// The system's name in its author's words, if the file says that it is one.
    pub(super) system: Option<String>,
    /// The machines, in the order in which they are written.
    pub(super) machines: Vec<Name>,
    /// Imports and machines, in the order in which they are written.
    pub(super) parts: Vec<Part>,
}

/// A part of a flow file.
pub(super) enum Part {
    /// An import.
    Import(Import),
    /// A machine, by its position among the machines of the file.
    Machine(usize),
}

impl FlowOutline {
    /// The outline of this file.
    pub(super) fn of(flow: &FlowFile) -> Self {
        let system = flow.system().map(|system| system.name.text.clone());
        let mut outline = Self { system, machines: Vec::new(), parts: Vec::new() };
        for item in &flow.items {
            match item {
                FlowItem::Uses(uses) => outline.parts.extend(uses.imports.iter().cloned().map(Part::Import)),
                FlowItem::Machine(machine) => {
                    outline.parts.push(Part::Machine(outline.machines.len()));
                    outline.machines.push(machine.name.clone());
                }
                FlowItem::System(_) | FlowItem::Declaration(_) => {}
            }
        }
        outline
    }

    /// Every import of the file.
    pub(super) fn imports(&self) -> impl Iterator<Item = &Import> {
        self.parts.iter().filter_map(|part| match part {
            Part::Import(import) => Some(import),
            Part::Machine(_) => None,
        })
    }

    /// The position of the machine of this name.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.machines.iter().position(|machine| machine.text == name)
    }

    /// What the machines are called.
    pub(super) fn names(&self) -> Vec<&str> {
        self.machines.iter().map(|machine| machine.text.as_str()).collect()
    }
}
