//! An instance, folded from records.

use crate::border::{self, Recorded};
use crate::program::Program;
use crate::value::Maybe;
use eventflow::Json;
use eventflow::dynamic::Instance;
use eventflow::{Encoder, Mismatch};
use eventflowc::ir::{Machine, MachineId, StateId};
use std::any::Any;
use std::sync::Arc;

/// The state and the context of one instance.
#[derive(Clone)]
pub(crate) struct Folded {
    program: Arc<Program>,
    id: MachineId,
    pub(crate) state: StateId,
    pub(crate) context: Vec<Maybe>,
}

impl Folded {
    /// An instance without records.
    pub(crate) fn fresh(program: Arc<Program>, id: MachineId) -> Self {
        let machine = program.system.machine(id);
        let (state, variables) = (machine.initial, machine.variables.len());
        Self { program, id, state, context: vec![None; variables] }
    }

    fn machine(&self) -> &Machine {
        self.program.system.machine(self.id)
    }
}

/// The state of this name.
pub(crate) fn state_named(machine: &Machine, name: &str) -> Option<StateId> {
    machine.states.iter().position(|state| state.name == name).map(StateId::at)
}

impl Instance for Folded {
    fn state(&self) -> &str {
        &self.machine().state(self.state).name
    }

    fn apply(&mut self, state: Option<&str>, set: Option<&Json>) -> Result<(), Mismatch> {
        let program = Arc::clone(&self.program);
        let machine = program.system.machine(self.id);
        if let Some(name) = state {
            let unknown = || Mismatch::new("a state of this machine", &Json::text(name));
            self.state = state_named(machine, name).ok_or_else(unknown)?;
        }
        let Some(set) = set else { return Ok(()) };
        let Json::Object(members) = set else { return Err(Mismatch::new("an object", set)) };
        for (name, json) in members {
            let place = machine.variables.iter().position(|variable| variable.name == *name);
            let unknown = || Mismatch::new("a variable of this machine", json).in_field(name);
            let place = place.ok_or_else(unknown)?;
            let ty = &machine.variables[place].ty;
            border::fold(&program.system, ty, json, &mut self.context[place]).map_err(|wrong| wrong.in_field(name))?;
        }
        Ok(())
    }

    fn context(&self) -> String {
        let mut encoder = Encoder::new();
        let mut object = encoder.object();
        for (variable, value) in self.machine().variables.iter().zip(&self.context) {
            object.optional(&variable.name, &Recorded { system: &self.program.system, ty: &variable.ty, value });
        }
        object.end();
        encoder.finish()
    }

    fn boxed_clone(&self) -> Box<dyn Instance> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
