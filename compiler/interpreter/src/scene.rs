//! What expressions read: the instance as it is now, the payload, the turn.

use crate::border;
use crate::program::Program;
use crate::value::Maybe;
use crate::working::Working;
use eventflow::Json;
use eventflow::dynamic::{Meta, Random};
use eventflow::{Fields, Mismatch};
use eventflowc::ir::{Handler, Machine, MachineId, System, VariableId};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Everything that an expression may depend on.
pub(crate) struct Scene<'a> {
    pub(crate) program: &'a Program,
    pub(crate) id: MachineId,
    pub(crate) meta: &'a Meta,
    pub(crate) random: &'a dyn Random,
    pub(crate) working: Working,
    pub(crate) frame: Frame<'a>,
    /// The places of the calls of the machine to itself that the running handler is within, the outermost first.
    pub(crate) within: Vec<&'a str>,
}

/// The handler that runs, and what it handles. A call to self has a frame of its own.
pub(crate) struct Frame<'a> {
    pub(crate) handler: &'a Handler,
    pub(crate) data: Cow<'a, Json>,
    /// The payload's fields, by their position in the event.
    pub(crate) payload: Vec<Maybe>,
    /// The variables that the handler itself has assigned so far.
    pub(crate) assigned: BTreeSet<VariableId>,
}

impl<'a> Frame<'a> {
    /// Reads the payload by the types of the event.
    ///
    /// # Errors
    /// If a field has another type.
    pub(crate) fn new(
        system: &System,
        machine: &Machine,
        handler: &'a Handler,
        data: Cow<'a, Json>,
    ) -> Result<Self, Mismatch> {
        Fields::of(&data)?;
        let fields = &machine.event(handler.event).fields;
        let mut payload = Vec::with_capacity(fields.len());
        for field in fields {
            let json = data.get(&field.name).unwrap_or(&Json::Null);
            payload.push(border::decode(system, &field.ty, json).map_err(|wrong| wrong.in_field(&field.name))?);
        }
        Ok(Self { handler, data, payload, assigned: BTreeSet::new() })
    }
}

impl<'a> Scene<'a> {
    pub(crate) fn system(&self) -> &'a System {
        &self.program.system
    }

    pub(crate) fn machine(&self) -> &'a Machine {
        self.program.system.machine(self.id)
    }
}
