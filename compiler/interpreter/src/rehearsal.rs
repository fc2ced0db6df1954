//! An interpreted system that is tested: a cast plays the code behind its sentences.

use crate::behavior::{Acted, Asked, Behaviors, Tried};
use crate::interpret::{Interpretation, interpret};
use eventflow::Json;
use eventflow::description::SystemDescription;
use eventflow::dynamic::{BoxError, BoxFuture, DynMachine};
use eventflow::test_kit::{self, Cast, Trace, Troupe};
use eventflowc::ir::{Origins, System};
use eventflowc::source::Sources;
use std::fmt;
use std::future::ready;
use std::sync::Arc;

/// The machines of an interpreted system, for one test after the other.
pub struct Rehearsal {
    interpretation: Interpretation,
}

/// Prepares the tests of a system. `origins` and `sources` say where things stand.
#[must_use]
pub fn rehearse(system: System, origins: &Origins, sources: &Sources) -> Rehearsal {
    Rehearsal { interpretation: interpret(system, origins, sources, Arc::new(Nobody)) }
}

impl Troupe for Rehearsal {
    fn description(&self) -> &SystemDescription {
        self.interpretation.description()
    }

    fn machines(&self, cast: &Arc<Cast>) -> Vec<Arc<dyn DynMachine>> {
        self.interpretation.with(Arc::new(Played(Arc::clone(cast)))).machines()
    }
}

/// A test plan that the driver cannot read: the two forms have grown apart.
#[derive(Debug)]
pub struct UnreadablePlan(String);

impl fmt::Display for UnreadablePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnreadablePlan {}

/// A test plan of the compiler in the form that the driver runs.
///
/// # Errors
/// If the driver cannot read what the compiler writes, which its tests rule out.
pub fn test_plan(plan: &eventflowc::test_plan::TestPlan) -> Result<test_kit::TestPlan, UnreadablePlan> {
    let text = serde_json::to_string(plan).map_err(|error| UnreadablePlan(error.to_string()))?;
    test_kit::TestPlan::from_json(&text).map_err(|error| UnreadablePlan(error.to_string()))
}

/// The cast, as the interpreter asks it.
struct Played(Arc<Cast>);

impl Behaviors for Played {
    fn guard<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(ready(self.0.guard(&question(&asked))))
    }

    fn action<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Acted, BoxError>> {
        let acted = self.0.action(&question(&asked));
        Box::pin(ready(acted.map(|acted| Acted { value: acted.value, set: acted.set })))
    }

    fn transformer<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Json, BoxError>> {
        Box::pin(ready(self.0.transformer(&question(&asked))))
    }

    fn rule(&self, machine: &str, sentence: &str, arguments: &[Json]) -> Result<bool, BoxError> {
        self.0.rule(&test_kit::Asked { machine, sentence, arguments, meta: None })
    }

    fn tried(&self, tried: Tried<'_>) {
        let Tried { machine, place, passed, values } = tried;
        self.0.watched(|observer| {
            observer.notice(&Trace::Guard { machine, place, passed, values: &values() });
        });
    }
}

fn question<'a>(asked: &'a Asked<'a>) -> test_kit::Asked<'a> {
    let Asked { machine, sentence, arguments, meta, .. } = asked;
    test_kit::Asked { machine, sentence, arguments, meta: Some(meta) }
}

/// Code that nobody wrote: it is replaced before a machine runs.
struct Nobody;

impl Behaviors for Nobody {
    fn guard<'a>(&'a self, _: Asked<'a>) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(ready(Err(nobody())))
    }

    fn action<'a>(&'a self, _: Asked<'a>) -> BoxFuture<'a, Result<Acted, BoxError>> {
        Box::pin(ready(Err(nobody())))
    }

    fn transformer<'a>(&'a self, _: Asked<'a>) -> BoxFuture<'a, Result<Json, BoxError>> {
        Box::pin(ready(Err(nobody())))
    }

    fn rule(&self, _: &str, _: &str, _: &[Json]) -> Result<bool, BoxError> {
        Err(nobody())
    }
}

fn nobody() -> BoxError {
    "nobody plays the sentences of this system".into()
}
