//! A turn: the statements of a handler, and what they decide.

use crate::border;
use crate::scene::{Frame, Scene};
use crate::value::Maybe;
use eventflow::dynamic::{Caller, DynDecision, Effects, Failure, Outcome, Reply};
use eventflowc::ir::Type;

/// A turn that runs.
pub(crate) struct Turn<'a> {
    pub(crate) scene: Scene<'a>,
    pub(crate) caller: &'a mut dyn Caller,
    /// Values that were fixed when a `(queued api)` request was accepted, by variable name.
    pub(crate) fixed: Option<&'a eventflow::Json>,
    pub(crate) effects: Effects,
    pub(crate) reply: Option<Reply>,
    pub(crate) identity: Option<String>,
    /// Whether a statement of the running handler has run that is no branch.
    pub(crate) ran: bool,
    /// The value of the running handler's `return`.
    pub(crate) returned: Option<Returned>,
}

/// The value of a `return`, with its type.
pub(crate) struct Returned {
    pub(crate) ty: Type,
    pub(crate) value: Maybe,
}

impl<'a> Turn<'a> {
    /// A turn before its first statement.
    pub(crate) fn new(scene: Scene<'a>, caller: &'a mut dyn Caller, fixed: Option<&'a eventflow::Json>) -> Self {
        Self { scene, caller, fixed, effects: Effects::new(), reply: None, identity: None, ran: false, returned: None }
    }

    /// Runs the handler to its end.
    pub(crate) async fn run(mut self) -> Result<Outcome, Failure> {
        let body = &self.scene.frame.handler.body;
        self.block(body).await?;
        if !self.ran && !body.is_empty() {
            return Ok(Outcome::Ignored);
        }
        let (system, machine) = (self.scene.system(), self.scene.machine());
        let returned = self.returned.map(|returned| border::record_form(system, &returned.ty, &returned.value));
        let working = &self.scene.working;
        Ok(Outcome::Decided(DynDecision {
            state: working.moved.then(|| working.state.index()),
            set: working.set(system, machine),
            effects: self.effects,
            reply: self.reply,
            returned,
            identity: self.identity,
        }))
    }

    /// Runs the handler of a call to the own instance within this turn: on the state and the context as they are, with
    /// a payload of its own. Its reply is nobody's.
    pub(crate) async fn nested(
        &mut self,
        frame: Frame<'a>,
        place: &'a str,
    ) -> Result<(bool, Option<Returned>), Failure> {
        let caller = std::mem::replace(&mut self.scene.frame, frame);
        let (ran, returned, reply) = (self.ran, self.returned.take(), self.reply.take());
        let (fixed, identity) = (self.fixed.take(), self.identity.clone());
        self.ran = false;
        self.scene.within.push(place);
        let body = &self.scene.frame.handler.body;
        self.block(body).await?;
        let accepted = self.ran || body.is_empty();
        self.scene.within.pop();
        self.scene.frame = caller;
        self.fixed = fixed;
        self.identity = self.identity.take().or(identity);
        self.reply = reply;
        let answer = std::mem::replace(&mut self.returned, returned);
        self.ran = ran;
        Ok((accepted, answer))
    }
}
