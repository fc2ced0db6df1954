//! A generated machine as the engine sees it: decode, decide, encode.
//!
//! Only what touches the machine's own types is generic here; everything else works on text and [`Json`].

use crate::calls::Caller;
use crate::codec::{Encoder, Mismatch, ObjectEncoder};
use crate::description::MachineDescription;
use crate::dynamic::{Acceptance, Accepted, BoxFuture, DynDecision, DynMachine, DynTurn, Failure, Instance, Outcome};
use crate::effects::EffectsOf;
use crate::json::Json;
use crate::machine::{DecideAsync, Decision, Machine, Situation, Turn};
use crate::sentence::Witness;
use crate::system::Seen;
use core::any::Any;

/// The codecs of a generated machine.
pub trait Recorded: Machine {
    /// Reads the payload for a handler, by the handler's position in the description.
    ///
    /// # Errors
    /// If a field has another type, or there is no such handler.
    fn decode_event(handler: usize, data: &Json) -> Result<Self::Event, Mismatch>;

    /// Writes the variables that are set, in the order of the context.
    fn encode_context(context: &Self::Context, object: &mut ObjectEncoder<'_>);

    /// Writes the variables that a turn set, in the order of the context.
    fn encode_changes(changes: &Self::Changes, object: &mut ObjectEncoder<'_>);

    /// Folds one recorded variable into the context.
    ///
    /// # Errors
    /// If there is no such variable, or the value has another type.
    fn apply_recorded(context: &mut Self::Context, variable: &str, value: &Json) -> Result<(), Mismatch>;

    /// The value that a turn assigned to the variable that names the instance.
    fn identity(changes: &Self::Changes) -> Option<String> {
        let _ = changes;
        None
    }

    /// What a `(queued api)` handler answers at the door: the reply goes into the decision, the values that are fixed
    /// there are given back as an object.
    ///
    /// # Errors
    /// If the values cannot be computed.
    fn accept(turn: Turn<'_, Self>, decision: &mut Decision<Self>) -> Result<Json, Failure> {
        let _ = (turn, decision);
        Ok(Json::object([]))
    }
}

/// A generated machine, for the engine.
#[derive(Clone, Debug)]
pub struct Typed<D> {
    decider: D,
    description: &'static MachineDescription,
}

impl<D: DecideAsync> Typed<D>
where
    D::Machine: Recorded,
{
    /// The machine that this decider decides for, as its system describes it.
    pub const fn new(decider: D, description: &'static MachineDescription) -> Typed<D> {
        Typed { decider, description }
    }
}

/// An instance of a generated machine.
#[derive(Clone, Debug, PartialEq)]
struct TypedInstance<M: Machine> {
    state: M::State,
    context: M::Context,
}

impl<D: DecideAsync> DynMachine for Typed<D>
where
    D::Machine: Recorded,
{
    fn description(&self) -> &MachineDescription {
        self.description
    }

    fn fresh(&self) -> Box<dyn Instance> {
        Box::new(fresh::<D::Machine>())
    }

    fn restore(&self, state: &str, context: &Json) -> Result<Box<dyn Instance>, Mismatch> {
        let mut instance = fresh::<D::Machine>();
        instance.apply(Some(state), Some(context))?;
        Ok(Box::new(instance))
    }

    fn decide<'a>(&'a self, turn: DynTurn<'a>) -> BoxFuture<'a, Result<Outcome, Failure>> {
        Box::pin(async move {
            let event = <D::Machine as Recorded>::decode_event(turn.handler, turn.data)?;
            let instance = typed::<D::Machine>(turn.instance)?;
            let DynTurn { meta, fixed, random, caller, .. } = turn;
            let (state, context) = (instance.state, &instance.context);
            let witness = Witness::new();
            let situation = Situation { fixed, witness: Some(&witness), within: None };
            let typed = Turn { state, context, event: &event, meta, random, situation };
            // A decider that waits for nothing decides when it is called: that, too, is to be watched.
            let deciding = async { self.decider.decide_async(typed, Caller::new(caller)).await };
            let decision = witness.watch(deciding).await?;
            Ok(decision.map_or(Outcome::Ignored, |decision| Outcome::Decided(encode(decision))))
        })
    }

    fn accept(&self, turn: &Acceptance<'_>) -> Result<Accepted, Failure> {
        let event = <D::Machine as Recorded>::decode_event(turn.handler, turn.data)?;
        let context = Default::default();
        let state = known_state::<D::Machine>(turn.state)?;
        let (meta, random) = (turn.meta, turn.random);
        let situation = Situation::default();
        let typed = Turn { state, context: &context, event: &event, meta, random, situation };
        let mut decision = Decision::new();
        let fixed = <D::Machine as Recorded>::accept(typed, &mut decision)?;
        Ok(Accepted { reply: decision.effects.into_dynamic().reply, fixed })
    }

    fn keeps_rule(&self, rule: usize, value: &Json) -> Result<bool, Failure> {
        self.decider.keeps_rule(rule, value)
    }
}

fn fresh<M: Machine>() -> TypedInstance<M> {
    TypedInstance { state: M::INITIAL, context: M::Context::default() }
}

/// The instance with its types; the engine gives every machine the instances that it made.
fn typed<M: Machine>(instance: &dyn Instance) -> Result<&TypedInstance<M>, Failure> {
    let typed = instance.as_any().downcast_ref::<TypedInstance<M>>();
    typed.ok_or_else(|| Failure::Mismatch(Mismatch::new("an instance of this machine", &Json::text(instance.state()))))
}

/// The instance as generated systems show it.
pub(crate) fn seen<M: Machine>(instance: &dyn Instance) -> Result<Seen<M>, Failure> {
    let TypedInstance { state, context } = typed::<M>(instance)?;
    Ok(Seen { state: *state, context: context.clone() })
}

fn known_state<M: Machine>(name: &str) -> Result<M::State, Mismatch> {
    let known = M::STATES.iter().find(|state| M::state_name(**state) == name);
    known.copied().ok_or_else(|| Mismatch::new("a state of this machine", &Json::text(name)))
}

fn encode<M: Recorded>(decision: Decision<M>) -> DynDecision {
    let Decision { state, changes, effects } = decision;
    let set = object(|object| M::encode_changes(&changes, object));
    let effects = effects.into_dynamic();
    DynDecision {
        state: state.and_then(|state| M::STATES.iter().position(|other| *other == state)),
        set: if set == "{}" { String::new() } else { set },
        effects: effects.effects,
        reply: effects.reply,
        returned: effects.returned,
        identity: M::identity(&changes),
    }
}

/// The text of an object.
fn object(write: impl FnOnce(&mut ObjectEncoder<'_>)) -> String {
    let mut encoder = Encoder::new();
    let mut object = encoder.object();
    write(&mut object);
    object.end();
    encoder.finish()
}

impl<M: Recorded> Instance for TypedInstance<M> {
    fn state(&self) -> &str {
        M::state_name(self.state)
    }

    fn apply(&mut self, state: Option<&str>, set: Option<&Json>) -> Result<(), Mismatch> {
        if let Some(name) = state {
            self.state = known_state::<M>(name)?;
        }
        if let Some(set) = set {
            let Json::Object(variables) = set else { return Err(Mismatch::new("an object", set)) };
            for (name, value) in variables {
                M::apply_recorded(&mut self.context, name, value).map_err(|mismatch| mismatch.in_field(name))?;
            }
        }
        Ok(())
    }

    fn context(&self) -> String {
        object(|object| M::encode_context(&self.context, object))
    }

    fn boxed_clone(&self) -> Box<dyn Instance> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
