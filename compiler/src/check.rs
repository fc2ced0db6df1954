//! Checks of meaning: what the IR says that will surprise, or cannot work.
//!
//! Every check is one function that reads the IR and reports all it finds; none stops another. A check is named for the
//! problem that it finds.

mod conversation;
mod facts;
mod graph;
mod numbers;
mod paths;
mod reachability;
mod steps;
mod walk;
mod wording;

use crate::diagnostic::Diagnostics;
use crate::ir::facts::Fact;
use crate::ir::handled::Handled;
use crate::ir::{Origins, System};

/// What a check reads.
#[derive(Clone, Copy)]
struct Subject<'a> {
    system: &'a System,
    origins: &'a Origins,
    /// Which handlers an event has, by machine.
    handled: &'a [Handled],
}

/// How much of a flow is known to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// All of it.
    Whole,
    /// What has no errors: the rest left no statements in the IR, or some without a meaning.
    Parts,
}

/// Compares what declarations of states say with what the flow does. Nothing else depends on it, so it is for who asks.
pub fn compare_facts(system: &System, origins: &Origins, facts: &[Fact], diagnostics: &mut Diagnostics) {
    let handled: Vec<Handled> = Handled::of_all(system);
    facts::compare(Subject { system, origins, handled: &handled }, facts, diagnostics);
}

/// Runs every check; on a flow of which only parts are known, those that find what cannot work. What would surprise is
/// asked of a whole flow only: it might be the consequence of an error.
pub fn check(system: &System, origins: &Origins, known: Known, diagnostics: &mut Diagnostics) {
    let handled: Vec<Handled> = Handled::of_all(system);
    let subject = Subject { system, origins, handled: &handled };
    graph::call_cycle(subject, diagnostics);
    paths::two_replies(subject, diagnostics);
    numbers::not_whole(subject, diagnostics);
    if known == Known::Parts {
        return;
    }
    graph::endless_emits(subject, diagnostics);
    paths::two_transitions(subject, diagnostics);
    paths::after_return(subject, diagnostics);
    paths::unreachable_arm(subject, diagnostics);
    reachability::never_entered(subject, diagnostics);
    reachability::only_asked_for(subject, diagnostics);
    reachability::never_left(subject, diagnostics);
    conversation::unhandled_emit(subject, diagnostics);
    conversation::untriggered_handler(subject, diagnostics);
    conversation::missing_field(subject, diagnostics);
    conversation::never_creates(subject, diagnostics);
    conversation::broken_promise(subject, diagnostics);
    conversation::unpromised_callback(subject, diagnostics);
    conversation::missing_answer(subject, diagnostics);
    conversation::answerless_call(subject, diagnostics);
    wording::spelling_variants(subject, diagnostics);
    wording::misspelled_actor(subject, diagnostics);
    wording::never_set(subject, diagnostics);
    wording::without_effect(subject, diagnostics);
}
