//! From the IR of a system to machines that the engine runs.

use crate::behavior::Behaviors;
use crate::describe::{describe, places};
use crate::machine::Interpreted;
use crate::program::Program;
use eventflow::description::SystemDescription;
use eventflow::dynamic::DynMachine;
use eventflowc::ir::handled::Handled;
use eventflowc::ir::{MachineId, Origins, System};
use eventflowc::source::Sources;
use std::sync::Arc;

/// A system that is interpreted: what an engine needs to run it.
pub struct Interpretation {
    program: Arc<Program>,
}

/// Makes the machines of a system from its IR. `origins` and `sources` say where failures of user code are reported to
/// have happened; `behaviors` carries out the free texts.
#[must_use]
pub fn interpret(
    system: System,
    origins: &Origins,
    sources: &Sources,
    behaviors: Arc<dyn Behaviors>,
) -> Interpretation {
    let places = places(origins, sources);
    let description = Arc::new(describe(&system, &places));
    let handled = Handled::of_all(&system).into();
    let (system, places) = (Arc::new(system), places.into());
    Interpretation { program: Arc::new(Program { system, handled, places, description, behaviors }) }
}

impl Interpretation {
    /// What the system is.
    #[must_use]
    pub fn description(&self) -> &SystemDescription {
        &self.program.description
    }

    /// The same system with other code behind its sentences. It costs next to nothing.
    #[must_use]
    pub fn with(&self, behaviors: Arc<dyn Behaviors>) -> Self {
        let Program { system, handled, places, description, behaviors: _ } = &*self.program;
        let (system, handled) = (Arc::clone(system), Arc::clone(handled));
        let (places, description) = (Arc::clone(places), Arc::clone(description));
        Self { program: Arc::new(Program { system, handled, places, description, behaviors }) }
    }

    /// The machines, in the order of the description.
    #[must_use]
    pub fn machines(&self) -> Vec<Arc<dyn DynMachine>> {
        let count = self.program.system.machines.len();
        let machine = |index| {
            let program = Arc::clone(&self.program);
            Arc::new(Interpreted { program, id: MachineId::at(index) }) as Arc<dyn DynMachine>
        };
        (0..count).map(machine).collect()
    }
}
