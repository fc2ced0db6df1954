//! A machine of an interpreted system, as the engine sees it.

use crate::border;
use crate::instance::{Folded, state_named};
use crate::program::Program;
use crate::scene::{Frame, Scene};
use crate::turn::Turn;
use crate::working::Working;
use eventflow::Json;
use eventflow::Mismatch;
use eventflow::description::MachineDescription;
use eventflow::dynamic::{Acceptance, Accepted, BoxFuture, DynMachine, DynTurn, Failure, Instance, Outcome, Reply};
use eventflowc::ir::{Handler, Machine, MachineId, ReplyBody};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One machine.
pub(crate) struct Interpreted {
    pub(crate) program: Arc<Program>,
    pub(crate) id: MachineId,
}

impl Interpreted {
    fn machine(&self) -> &Machine {
        self.program.system.machine(self.id)
    }

    fn handler(&self, position: usize) -> Result<&Handler, Mismatch> {
        let unknown = || Mismatch::new("a handler of this machine", &Json::text(&position.to_string()));
        self.machine().handlers.get(position).ok_or_else(unknown)
    }
}

impl DynMachine for Interpreted {
    fn description(&self) -> &MachineDescription {
        &self.program.description.machines[self.id.index()]
    }

    fn fresh(&self) -> Box<dyn Instance> {
        Box::new(Folded::fresh(Arc::clone(&self.program), self.id))
    }

    fn restore(&self, state: &str, context: &Json) -> Result<Box<dyn Instance>, Mismatch> {
        let mut instance = Folded::fresh(Arc::clone(&self.program), self.id);
        instance.apply(Some(state), Some(context))?;
        Ok(Box::new(instance))
    }

    fn decide<'a>(&'a self, turn: DynTurn<'a>) -> BoxFuture<'a, Result<Outcome, Failure>> {
        Box::pin(async move {
            let DynTurn { instance, handler, data, meta, fixed, random, caller } = turn;
            let handler = self.handler(handler)?;
            let system = &self.program.system;
            let frame = Frame::new(system, self.machine(), handler, Cow::Borrowed(data))?;
            let foreign = || Mismatch::new("an instance of this machine", &Json::text(instance.state()));
            let folded = instance.as_any().downcast_ref::<Folded>().ok_or_else(foreign)?;
            let working = Working::new(folded.state, &folded.context);
            let scene = Scene { program: &self.program, id: self.id, meta, random, working, frame, within: Vec::new() };
            Turn::new(scene, caller, fixed).run().await
        })
    }

    fn accept(&self, turn: &Acceptance<'_>) -> Result<Accepted, Failure> {
        let machine = self.machine();
        let handler = self.handler(turn.handler)?;
        let frame = Frame::new(&self.program.system, machine, handler, Cow::Borrowed(turn.data))?;
        let unknown = || Mismatch::new("a state of this machine", &Json::text(turn.state));
        let state = state_named(machine, turn.state).ok_or_else(unknown)?;
        let working = Working::new(state, &vec![None; machine.variables.len()]);
        let (meta, random) = (turn.meta, turn.random);
        let mut scene = Scene { program: &self.program, id: self.id, meta, random, working, frame, within: Vec::new() };
        for (variable, value) in &handler.fixed {
            let value = scene.evaluate(value)?;
            scene.working.assign(*variable, value);
        }
        let reply = match &handler.acceptance {
            Some(reply) => Some(Reply {
                status: reply.status,
                phrase: reply.phrase.clone().map(Into::into),
                body: match &reply.body {
                    ReplyBody::Fields { fields, .. } => Some(scene.payload(fields)?),
                    ReplyBody::Empty | ReplyBody::Transformer(_) => None,
                },
                promises: None,
            }),
            None => None,
        };
        Ok(Accepted { reply, fixed: fixed_values(&scene)? })
    }

    fn keeps_rule(&self, rule: usize, value: &Json) -> Result<bool, Failure> {
        self.program.keeps_rule(self.id, rule, value)
    }
}

/// The variables that were fixed, as a JSON object in record form.
fn fixed_values(scene: &Scene<'_>) -> Result<Json, Failure> {
    let mut fixed = BTreeMap::new();
    for (variable, _) in &scene.frame.handler.fixed {
        let declared = scene.machine().variable(*variable);
        let json = border::recorded(scene.system(), &declared.ty, scene.working.get(*variable))?;
        fixed.insert(declared.name.clone(), json);
    }
    Ok(Json::Object(fixed))
}
