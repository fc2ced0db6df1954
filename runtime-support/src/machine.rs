//! What a generated machine is: types, a fold, and a decider. No I/O, no clock, no store.
//!
//! Three things, and not one: a *marker* without values that implements [`Machine`] (the types and the fold over
//! decisions), the *data* (state, context, events, decisions), and a *decider* that holds the user's behavior and
//! implements [`Decide`] or [`DecideAsync`]. So data has no type parameter, and replay needs no behavior.

use crate::call_site::CallSite;
use crate::calls::Caller;
use crate::codec::Decode;
use crate::dynamic::{Failure, Meta, Random};
use crate::effects::EffectsOf;
use crate::json::Json;
use crate::sentence::{Sentence, Witness};
use core::fmt::Debug;
use core::future::Future;

/// The types of one machine and the fold over its decisions.
pub trait Machine: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// The machine's name, without its sigil.
    const NAME: &'static str;
    /// The states, in the order of the description.
    const STATES: &'static [Self::State];
    /// The state before the first transition.
    const INITIAL: Self::State;
    /// Where an instance is.
    type State: Copy + Debug + PartialEq + Send + Sync + 'static;
    /// What an instance remembers.
    type Context: Clone + Debug + Default + PartialEq + Send + Sync + 'static;
    /// What one turn does to the context.
    type Changes: Debug + Default + PartialEq + Send + Sync;
    /// What can happen to an instance.
    type Event: Debug + Send + Sync;
    /// [`Effects`](crate::Effects), or [`NoEffects`](crate::NoEffects) for a machine that has none.
    type Effects: EffectsOf;

    /// The name of a state, without its sigil.
    fn state_name(state: Self::State) -> &'static str;

    /// Folds the changes of one turn into the context. Replay cannot fail here.
    fn apply(context: &mut Self::Context, changes: Self::Changes);
}

/// A machine that waits for nothing: deciding is a plain function.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide for a machine",
    note = "the `Decider` of a generated module does, with a behavior that implements the module's `Behavior`"
)]
pub trait Decide: Send + Sync + 'static {
    /// For which machine.
    type Machine: Machine;

    /// What the event leads to; none if the body has statements and its guards let none run.
    ///
    /// # Errors
    /// If a guard, an action or arithmetic failed, or a rule is broken: then nothing of the turn is kept.
    ///
    /// # Panics
    /// If a guard or an action does. The engine catches that at the border of the turn, and counts it as a failure.
    fn decide(&self, turn: Turn<'_, Self::Machine>) -> Result<Option<Decision<Self::Machine>>, Failure>;

    /// Whether a value keeps a custom validation rule, by the rule's number.
    ///
    /// # Errors
    /// If the user's code failed, or the value has another type.
    fn keeps_rule(&self, rule: usize, value: &Json) -> Result<bool, Failure> {
        let _ = (rule, value);
        Ok(true)
    }
}

/// A machine that may wait, for an action or for the answer to a call. Every [`Decide`] is one, at no cost.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide for a machine",
    note = "the `Decider` of a generated module does, with a behavior that implements the module's `Behavior`"
)]
pub trait DecideAsync: Send + Sync + 'static {
    /// For which machine.
    type Machine: Machine;

    /// What the event leads to; none if the body has statements and its guards let none run.
    ///
    /// # Panics
    /// If a guard or an action does. The engine catches that at the border of the turn, and counts it as a failure.
    fn decide_async<'a>(
        &'a self,
        turn: Turn<'a, Self::Machine>,
        caller: Caller<'a>,
    ) -> impl Future<Output = Result<Option<Decision<Self::Machine>>, Failure>> + Send + 'a;

    /// Whether a value keeps a custom validation rule, by the rule's number.
    ///
    /// # Errors
    /// If the user's code failed, or the value has another type.
    fn keeps_rule(&self, rule: usize, value: &Json) -> Result<bool, Failure> {
        let _ = (rule, value);
        Ok(true)
    }
}

impl<D: Decide> DecideAsync for D {
    type Machine = D::Machine;

    #[inline]
    fn decide_async<'a>(
        &'a self,
        turn: Turn<'a, Self::Machine>,
        _caller: Caller<'a>,
    ) -> impl Future<Output = Result<Option<Decision<Self::Machine>>, Failure>> + Send + 'a {
        core::future::ready(self.decide(turn))
    }

    fn keeps_rule(&self, rule: usize, value: &Json) -> Result<bool, Failure> {
        Decide::keeps_rule(self, rule, value)
    }
}

/// Everything that a decision may depend on, read-only.
pub struct Turn<'a, M: Machine> {
    /// Where the instance is before the turn.
    pub state: M::State,
    /// What it remembers before the turn.
    pub context: &'a M::Context,
    /// What happens.
    pub event: &'a M::Event,
    /// About the turn.
    pub meta: &'a Meta,
    /// Where `uuid()` comes from.
    pub random: &'a dyn Random,
    /// How the turn came about. Whoever calls a decider without the engine leaves it at its default.
    pub situation: Situation<'a>,
}

/// How a turn came about: what the engine, or the turn that this one runs within, knows of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Situation<'a> {
    /// The values that were fixed when a `(queued api)` request was accepted, by variable.
    pub fixed: Option<&'a Json>,
    /// Who is told which sentence's code panicked; none: whoever calls the decider sees the panic itself.
    pub witness: Option<&'a Witness>,
    /// The call of the machine to itself that the handler runs for.
    pub within: Option<&'a CallSite<'a>>,
}

impl<M: Machine> Clone for Turn<'_, M> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Machine> Copy for Turn<'_, M> {}

impl<'a, M: Machine> Turn<'a, M> {
    /// Begins a sentence of the flow that the user's code carries out.
    #[inline]
    pub const fn sentence(&self, text: &'static str, place: &'static str) -> Sentence<'a> {
        Sentence::new(text, place, self.situation.witness)
    }

    /// A call at a place of the handler, as the flow's structure gives it: `checkout/charge_to_card/1`.
    #[inline]
    #[must_use]
    pub const fn call(&self, place: &'static str) -> CallSite<'a> {
        CallSite::new(self.meta, self.situation.within, place)
    }

    /// The turn of another handler of the machine that is called here, within this turn.
    #[inline]
    #[must_use]
    pub const fn calling<'b>(&self, event: &'b M::Event, call: &'b CallSite<'b>) -> Turn<'b, M>
    where
        'a: 'b,
    {
        let situation = Situation { fixed: None, witness: self.situation.witness, within: Some(call) };
        let Turn { state, context, meta, random, .. } = *self;
        Turn { state, context, event, meta, random, situation }
    }

    /// The value that a variable was given when the request was accepted; none if this turn is no such request.
    ///
    /// # Errors
    /// If the stored value has another type.
    pub fn fixed<T: Decode>(&self, variable: &str) -> Result<Option<Option<T>>, Failure> {
        let Some(fixed) = self.situation.fixed else { return Ok(None) };
        let value = fixed.get(variable).unwrap_or(&Json::Null);
        let value = Option::decode(value).map_err(|mismatch| mismatch.in_field(variable))?;
        Ok(Some(value))
    }
}

/// What a turn decided, as data. Replay folds these and nothing else.
#[derive(Debug, PartialEq)]
pub struct Decision<M: Machine> {
    /// The state that was moved to.
    pub state: Option<M::State>,
    /// What changed in the context.
    pub changes: M::Changes,
    /// What the turn does beyond its instance.
    pub effects: M::Effects,
}

impl<M: Machine> Decision<M> {
    /// Nothing decided yet.
    #[inline]
    #[must_use]
    pub fn new() -> Self {
        Self { state: None, changes: M::Changes::default(), effects: M::Effects::default() }
    }
}

impl<M: Machine> Default for Decision<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a handler ran a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ran {
    /// At least one statement that is no guard; or there is none to run.
    Something,
    /// No guard passed.
    Nothing,
}

impl Ran {
    /// The decision, if something ran.
    #[inline]
    #[must_use]
    pub fn decided<M: Machine>(self, decision: Decision<M>) -> Option<Decision<M>> {
        match self {
            Ran::Something => Some(decision),
            Ran::Nothing => None,
        }
    }
}

/// Where a machine has nothing of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Never {}
