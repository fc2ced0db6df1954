//! What declarations of states say of the flow. It takes no part in what machines do, so it stands beside the IR.

use super::{MachineId, StateId};
use crate::source::Span;

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Of which machine.
    pub machine: MachineId,
    /// Of which of its states.
    pub state: StateId,
    /// What it says.
    pub claim: Claim,
    /// Where it stands.
    pub span: Span,
    /// Its text.
    pub text: String,
    /// The event that it names.
    pub event: Option<String>,
    /// The state that it names.
    pub other: Option<String>,
    /// The partner that it names behind `from` or `to`, as the unit calls it.
    pub partner: Option<String>,
}

/// What a fact says: the key that it stands behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// `type: initial`, of a state that is not the one in which instances begin otherwise: a story begins in it.
    Initial,
    /// `type: terminal`: nothing leaves it.
    Terminal,
    /// `after`: it is entered from this state, or by the handler of this event.
    After,
    /// `when`: it is entered under this guard.
    When,
    /// `emits`: what leads to it or runs in it emits this.
    Emits,
    /// `emits_async`: the same, with `emit async`.
    EmitsAsync,
    /// `fire_and_forget`: the same, without waiting for an answer.
    FireAndForget,
    /// `sync_call`: the same, as a call.
    SyncCall,
    /// `api_mode`: requests that lead to it, or are handled in it, are answered so.
    ApiMode,
    /// `waiting_for`: it takes this event.
    WaitingFor,
    /// `waiting_for_all`: it takes this event, which alone does not end the wait.
    WaitingForAll,
    /// `then`: it is left for this state, or on this event.
    Then,
}
