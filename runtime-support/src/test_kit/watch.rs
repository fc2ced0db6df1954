//! Machines that are watched: what their turns do is taken down, whoever decides in them.

use super::Cast;
use super::observe::{Observer, Trace, TurnEnd};
use crate::codec::Mismatch;
use crate::description::{MachineDescription, SystemDescription};
use crate::dynamic::{
    Acceptance, Accepted, BoxFuture, DynDecision, DynMachine, DynTurn, Effect, Failure, Instance, Outcome, Target,
};
use crate::ids::MessageId;
use crate::json::Json;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A machine that is watched.
pub(crate) struct Watched {
    pub(crate) inner: Arc<dyn DynMachine>,
    /// By position in the description.
    pub(crate) machine: usize,
    pub(crate) system: Arc<SystemDescription>,
    pub(crate) cast: Arc<Cast>,
    pub(crate) log: Arc<Mutex<Log>>,
}

/// What was taken down.
#[derive(Default)]
pub(crate) struct Log {
    /// The turns in the order in which they ended: a turn that was called stands before its caller's.
    pub(crate) turns: Vec<TurnLog>,
    /// The variables that instances begin with, by machine: an object in record form.
    pub(crate) given: BTreeMap<usize, Json>,
    /// How many turns are inside of one another now.
    depth: usize,
}

/// One turn.
pub(crate) struct TurnLog {
    pub(crate) machine: usize,
    pub(crate) handler: usize,
    /// The message that it handled; a reserved handler has that of the event in whose place it runs.
    pub(crate) message: MessageId,
    pub(crate) end: End,
    /// Whether it was called by another turn.
    pub(crate) called: bool,
    /// How many sentences had been asked when it ended.
    pub(crate) calls: usize,
    /// Whether a step of the story stands for it.
    pub(crate) claimed: bool,
}

/// How a turn ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Handled,
    Ignored,
    Failed(String),
}

impl DynMachine for Watched {
    fn description(&self) -> &MachineDescription {
        &self.system.machines[self.machine]
    }

    fn fresh(&self) -> Box<dyn Instance> {
        let mut instance = self.inner.fresh();
        let given = lock(&self.log).given.get(&self.machine).cloned();
        if let Some(given) = given {
            instance.apply(None, Some(&given)).expect("the world gives an instance only what it was tried with");
        }
        instance
    }

    fn restore(&self, state: &str, context: &Json) -> Result<Box<dyn Instance>, Mismatch> {
        self.inner.restore(state, context)
    }

    fn decide<'a>(&'a self, turn: DynTurn<'a>) -> BoxFuture<'a, Result<Outcome, Failure>> {
        Box::pin(async move {
            let handler = turn.handler;
            let message = turn.meta.message;
            let before = turn.instance.state().to_owned();
            let staged = self.begin(&turn, &before);
            let decided = self.inner.decide(turn).await;
            let end = match &decided {
                Ok(Outcome::Decided(decision)) => {
                    self.tell(decision, &before);
                    End::Handled
                }
                Ok(Outcome::Ignored) => End::Ignored,
                Err(failure) => End::Failed(failure.to_string()),
            };
            self.end(
                handler,
                staged,
                TurnLog { machine: self.machine, handler, message, end, called: false, calls: 0, claimed: false },
            );
            decided
        })
    }

    fn accept(&self, turn: &Acceptance<'_>) -> Result<Accepted, Failure> {
        self.inner.accept(turn)
    }

    fn keeps_rule(&self, rule: usize, value: &Json) -> Result<bool, Failure> {
        self.inner.keeps_rule(rule, value)
    }
}

impl Watched {
    fn name(&self) -> &str {
        &self.system.machines[self.machine].name
    }

    fn event(&self, handler: usize) -> &str {
        let machine = &self.system.machines[self.machine];
        &machine.events[machine.handlers[handler].event].name
    }

    /// A turn begins; how many events earlier turns of the commit have triggered.
    fn begin(&self, turn: &DynTurn<'_>, state: &str) -> usize {
        lock(&self.log).depth += 1;
        let event = self.event(turn.handler);
        if let Some(observer) = self.cast.observer() {
            observer.notice(&Trace::Turn {
                machine: self.name(),
                instance: turn.meta.instance.key(),
                handler: turn.handler,
                place: &self.system.machines[self.machine].handlers[turn.handler].place,
                event,
                payload: turn.data,
                state,
            });
        }
        let mut memory = self.cast.memory();
        memory.handling.push((self.name().to_owned(), event.to_owned()));
        memory.staged.len()
    }

    fn end(&self, handler: usize, staged: usize, turn: TurnLog) {
        let mut log = lock(&self.log);
        log.depth -= 1;
        let called = log.depth > 0;
        let calls = {
            let mut memory = self.cast.memory();
            memory.handling.pop();
            if turn.end != End::Handled {
                memory.staged.truncate(staged);
            }
            if !called {
                let kept = core::mem::take(&mut memory.staged);
                memory.triggered.extend(kept);
            }
            memory.calls.len()
        };
        if let Some(observer) = self.cast.observer() {
            let end = match &turn.end {
                End::Handled => TurnEnd::Handled,
                End::Ignored => TurnEnd::Ignored,
                End::Failed(why) => TurnEnd::Failed(why),
            };
            observer.notice(&Trace::Ended { machine: self.name(), handler, end });
        }
        log.turns.push(TurnLog { called, calls, ..turn });
    }

    /// Tells whoever watches what a turn decided.
    fn tell(&self, decision: &DynDecision, before: &str) {
        let Some(observer) = self.cast.observer() else { return };
        let machine = self.name();
        if let Some(state) = decision.state {
            let to = &self.system.machines[self.machine].states[state].name;
            observer.notice(&Trace::Moved { machine, from: before, to });
        }
        for (_, effect) in decision.effects.indexed() {
            self.tell_effect(observer, effect);
        }
    }

    fn tell_effect(&self, observer: &dyn Observer, effect: &Effect) {
        let machine = self.name();
        match effect {
            Effect::Emit { way: _, target, event, data } | Effect::Called { target, event, data, answer: _ } => {
                let to = self.target(target);
                observer.notice(&Trace::Emitted { machine, to: &to, event, payload: data });
            }
            Effect::Callback { event, data } => {
                observer.notice(&Trace::Emitted { machine, to: "", event, payload: data });
            }
            Effect::Arm { event, due } => observer.notice(&Trace::Armed { machine, event, due: *due }),
            Effect::Disarm { event } => observer.notice(&Trace::Disarmed { machine, event }),
        }
    }

    fn target(&self, target: &Target) -> Cow<'static, str> {
        match target {
            Target::Itself => self.system.machines[self.machine].name.clone(),
            Target::Machine(machine) | Target::Every { machine, .. } => self.system.machines[*machine].name.clone(),
            Target::Actor(actor) => self.system.actors[*actor].name.clone(),
        }
    }
}

/// The log.
pub(crate) fn lock(log: &Mutex<Log>) -> MutexGuard<'_, Log> {
    // A turn that panics has taken nothing down yet.
    log.lock().unwrap_or_else(PoisonError::into_inner)
}
