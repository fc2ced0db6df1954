//! A story that is told: one test on its stage, from its world to its last expectation.

use super::exchange::Sent;
use super::firing::{Fired, Turned};
use super::world::Known;
use crate::dynamic::{DynMachine, DynPort};
use crate::ids::{ConversationId, InstanceId};
use crate::json::Json;
use crate::test_kit::claims::{self, Moment, Replied, Verdict};
use crate::test_kit::partners::{PlayedActor, PlayedMachine, alone, hasten};
use crate::test_kit::plan::{Assertion, Firing, Place, Step, Test};
use crate::test_kit::report::{FailedClaim, StepReport, StepStatus, TestReport};
use crate::test_kit::stage::{Stage, Stopped};
use crate::test_kit::{Cast, Options, Troupe};
use core::cell::OnceCell;
use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

/// A test while it runs.
pub(super) struct Story<'t> {
    pub(super) test: &'t Test,
    pub(super) troupe: &'t dyn Troupe,
    pub(super) options: &'t Options,
    pub(super) cast: Arc<Cast>,
    pub(super) stage: Stage,
    /// The conversation in which everything happens, once there is one.
    pub(super) conversation: Option<ConversationId>,
    /// The last reply.
    pub(super) reply: Option<Replied>,
    /// The machines whose instance the world places in the initial state.
    pub(super) placed_initially: BTreeSet<usize>,
    /// How many answers of a partner were told, by the machine that got them and the partner's name.
    pub(super) answers_told: BTreeMap<(usize, String), usize>,
    /// The instances in whose name played machines speak.
    pub(super) partners: BTreeMap<usize, InstanceId>,
    /// Who takes part in the conversation: actors with their subjects.
    pub(super) members: BTreeSet<(String, Option<String>)>,
    pub(super) sent: Vec<Sent>,
    pub(super) steps: Vec<StepReport>,
    pub(super) failed: Vec<FailedClaim>,
    pub(super) pending: Vec<Place>,
    /// The turns that failed and whose step has said so.
    pub(super) told_failures: BTreeSet<String>,
    /// The last step that came to nothing, where claims at the end may be about its reply.
    pub(super) excused: Option<(Place, String)>,
    /// How many events actions have triggered.
    pub(super) triggered: usize,
    /// The step that is told, or was told last.
    pub(super) telling: Option<&'t Step>,
}

/// What claims about a moment may name beside what was committed.
struct About<'a> {
    /// The payload of the turn that has just run, with its machine and its event.
    payload: Option<(usize, usize, &'a Json)>,
    /// What the world gives.
    given: &'a BTreeMap<String, Json>,
}

/// A moment of the story, as lengths of what is taken down.
#[derive(Clone, Copy)]
pub(super) struct Until {
    pub(super) records: usize,
    pub(super) calls: usize,
}

impl<'t> Story<'t> {
    /// Sets the stage for a test.
    pub(super) fn new(
        test: &'t Test,
        troupe: &'t dyn Troupe,
        options: &'t Options,
        cast: &Arc<Cast>,
    ) -> Result<Self, Stopped> {
        let real = troupe.description();
        check(test, real.machines.len())?;
        let mut description = if test.alone { alone(real, test.machine) } else { real.clone() };
        hasten(&mut description);
        let machines = troupe.machines(cast).into_iter().enumerate().map(|(position, inner)| {
            if test.alone && position != test.machine {
                Arc::new(PlayedMachine { inner, cast: Arc::clone(cast) }) as Arc<dyn DynMachine>
            } else {
                inner
            }
        });
        let machines = machines.collect();
        let ports = description.actors.iter().map(|actor| {
            Arc::new(PlayedActor { name: actor.name.to_string(), cast: Arc::clone(cast) }) as Arc<dyn DynPort>
        });
        let ports = ports.collect();
        let stage = Stage::new(description, machines, ports, (cast, options))?;
        Ok(Self {
            test,
            troupe,
            options,
            cast: Arc::clone(cast),
            stage,
            conversation: None,
            reply: None,
            placed_initially: BTreeSet::new(),
            answers_told: BTreeMap::new(),
            partners: BTreeMap::new(),
            members: BTreeSet::new(),
            sent: Vec::new(),
            steps: Vec::new(),
            failed: Vec::new(),
            pending: Vec::new(),
            told_failures: BTreeSet::new(),
            excused: None,
            triggered: 0,
            telling: None,
        })
    }

    /// Tells the story to its end, or as far as it goes.
    pub(super) fn tell(mut self) -> TestReport {
        if let Err(Stopped(why)) = self.play() {
            let place = self.telling.map_or(&self.test.place, |step| &step.place).clone();
            let text = place.text.clone();
            let expected = "a story that comes to its end".to_owned();
            self.failed.push(FailedClaim { place, text, expected, actual: why, hint: None });
        }
        self.into_report()
    }

    fn play(&mut self) -> Result<(), Stopped> {
        let test = self.test;
        let mut known = Known::default();
        self.enter(&test.world, &mut known)?;
        let (told, awaited) = match test.steps.split_last() {
            Some((last, told)) if last.firing == Firing::Awaited => (told, Some(last)),
            Some(_) | None => (test.steps.as_slice(), None),
        };
        for (position, step) in told.iter().enumerate() {
            if awaited.is_some_and(|awaited| self.is_due(awaited)) {
                break;
            }
            self.prepare(&test.steps[position..]);
            self.step(step, &known)?;
        }
        if let Some(awaited) = awaited {
            self.prepare(core::slice::from_ref(awaited));
            self.step(awaited, &known)?;
        }
        let fields = given(&known);
        let until = self.until_now();
        self.judge(&test.expect, until, &About { payload: None, given: &fields }, || None);
        self.look_for_failures();
        Ok(())
    }

    fn step(&mut self, step: &'t Step, known: &Known) -> Result<(), Stopped> {
        let mut known = known.clone();
        self.telling = Some(step);
        if self.has_come(step) {
            // Its turn has run already: what it changed stays as it is.
            self.learn(&step.world, &mut known);
        } else {
            self.enter(&step.world, &mut known)?;
        }
        self.cast.memory().guards.clone_from(&known.guards);
        let (before, triggered) = (self.state(step.machine), self.triggered);
        let begun = Instant::now();
        let fired = self.fire(step, &known)?;
        let took = begun.elapsed();
        match fired {
            Fired::No(why) => self.report_step(step, before, (took, StepStatus::NotFired { why })),
            Fired::Yes(turned) => {
                self.report_step(step, before, (took, turned.status.clone()));
                // What an action is assumed to trigger is part of what the case is about.
                let until = if self.triggered == triggered { self.until(&turned) } else { self.until_now() };
                self.judge_step(step, (&turned, until), &given(&known));
            }
        }
        Ok(())
    }

    /// This moment.
    pub(super) fn until_now(&self) -> Until {
        Until { records: self.stage.journal.len(), calls: self.cast.memory().calls.len() }
    }

    fn state(&self, machine: usize) -> Option<String> {
        self.stage.state(&self.stage.instance(machine)?)
    }

    fn report_step(&mut self, step: &Step, before: Option<String>, (took, status): (Duration, StepStatus)) {
        let machine = self.machine(step.machine);
        let handler = &machine.handlers[step.handler];
        let report = StepReport {
            place: step.place.clone(),
            machine: machine.name.to_string(),
            event: machine.events[handler.event].name.to_string(),
            handler: handler.place.to_string(),
            before,
            after: self.state(step.machine),
            took,
            status,
        };
        self.steps.push(report);
    }

    fn judge_step(&mut self, step: &Step, (turned, until): (&Turned, Until), fields: &BTreeMap<String, Json>) {
        let recorded = turned.message.and_then(|message| {
            let mut records = self.stage.journal[..until.records].iter().map(|entry| &entry.record);
            records.rfind(|record| record.message == message)?.data.parse::<Json>().ok()
        });
        let payload = recorded.or_else(|| turned.payload.clone()).unwrap_or_default();
        let event = self.machine(step.machine).handlers[step.handler].event;
        let hint = hint(&turned.status);
        let about = About { payload: Some((step.machine, event, &payload)), given: fields };
        self.judge(&step.expect, until, &about, || hint.clone());
        self.judge_unexpected(step, turned);
    }

    /// Judges claims about a moment.
    fn judge(&mut self, claims: &[Assertion], until: Until, about: &About<'_>, hint: impl Fn() -> Option<String>) {
        if claims.is_empty() {
            return;
        }
        let calls = self.cast.memory().calls[..until.calls].to_vec();
        let mut failed = Vec::new();
        let mut moment = Moment {
            description: &self.stage.description,
            machines: &self.stage.machines,
            script: self.cast.script(),
            journal: &self.stage.journal[..until.records],
            calls: &calls,
            payload: about.payload,
            reply: self.reply.as_ref(),
            given: about.given,
            now: self.stage.now(),
            machine: self.test.machine,
            seen: (0..self.stage.machines.len()).map(|_| OnceCell::new()).collect(),
        };
        for claim in claims {
            moment.machine = claim.machine;
            match claims::judge(claim, &moment, self.troupe) {
                Verdict::Holds => {}
                Verdict::Fails(expected, actual) => {
                    failed.push(claims::failed(claim, expected, actual, hint().or_else(|| self.trouble())));
                }
                Verdict::Pending => self.pending.push(claim.place.clone()),
            }
        }
        self.failed.append(&mut failed);
    }

    /// What went another way than the story says, as a hint.
    fn trouble(&self) -> Option<String> {
        let step = self.steps.iter().rev().find(|step| step.status != StepStatus::Handled)?;
        Some(match &step.status {
            StepStatus::Handled => return None,
            StepStatus::Ignored => format!("`:{}` was ignored: no guard let anything of its handler run", step.event),
            StepStatus::Refused { why } => format!("`:{}` was refused: {why}", step.event),
            StepStatus::NotFired { why } => format!("`:{}` did not happen: {why}", step.event),
        })
    }
}

fn hint(status: &StepStatus) -> Option<String> {
    match status {
        StepStatus::Handled | StepStatus::NotFired { .. } => None,
        StepStatus::Ignored => Some("the event was ignored: no guard let anything of its handler run".to_owned()),
        StepStatus::Refused { why } => Some(format!("the event was refused: {why}")),
    }
}

/// What a world gives under a name, as far as it is a value.
fn given(known: &Known) -> BTreeMap<String, Json> {
    let values = known.fields.iter().filter_map(|(name, said)| match said {
        super::world::Said::Value(value) => Some((name.clone(), value.clone())),
        super::world::Said::Empty | super::world::Said::Sample | super::world::Said::OneSample => None,
    });
    values.collect()
}

/// Whether a test speaks of machines that there are: a plan of another version of the flow may not.
fn check(test: &Test, machines: usize) -> Result<(), Stopped> {
    let known = |machine: usize| machine < machines;
    if known(test.machine) && test.steps.iter().all(|step| known(step.machine)) {
        return Ok(());
    }
    Err(Stopped("the plan is of another system: it speaks of a machine that this one has not".to_owned()))
}
