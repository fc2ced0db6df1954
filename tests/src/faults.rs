//! Faults of the kind that a code generator may have, planted on purpose: the differential test must find each of them.
//!
//! None of it is in shipped code. A fault changes what the generator is given, so that the Rust is what a wrong generator
//! would write, or the Rust itself; the interpreter gets the flow as it is.

mod change;

use crate::adapter::Answering;
use crate::compiled::{Compiled, compile};
use crate::generated;
use crate::package::{Case, Played};
use crate::random;
use eventflowc::ir::System;

/// A fault.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// What is wrong: letters and underscores.
    pub name: &'static str,
    planted: Planted,
}

/// Where it is planted.
#[derive(Clone, Copy, Debug)]
enum Planted {
    /// In what the generator is given.
    Before(fn(&mut System)),
    /// In what it gives: every occurrence of the first text is the second.
    Behind(&'static str, &'static str),
}

/// All of them.
pub const FAULTS: [Fault; 13] = [
    Fault { name: "a_comparison_is_the_wrong_way_round", planted: Planted::Before(change::turn_comparisons) },
    Fault { name: "emits_side_by_side_change_places", planted: Planted::Before(change::swap_emits) },
    Fault { name: "a_timer_is_not_disarmed", planted: Planted::Before(change::lose_disarms) },
    Fault { name: "a_quotient_is_rounded_too_early", planted: Planted::Before(change::round_early) },
    Fault {
        name: "a_state_is_seen_too_early",
        planted: Planted::Behind("decision.state.unwrap_or(turn.state)", "turn.state"),
    },
    Fault { name: "what_is_required_is_not", planted: Planted::Before(change::forget_required) },
    Fault { name: "what_is_unset_differs_from_everything", planted: Planted::Before(change::let_unset_differ) },
    Fault { name: "arms_are_asked_backwards", planted: Planted::Before(change::turn_arms) },
    Fault { name: "a_broadcast_goes_to_all", planted: Planted::Before(change::drop_filters) },
    Fault { name: "an_assigned_name_is_still_the_payloads", planted: Planted::Before(change::read_the_payload) },
    Fault { name: "a_constraint_asks_no_code", planted: Planted::Before(change::ask_no_code) },
    Fault { name: "a_second_handler_is_for_another", planted: Planted::Before(change::turn_senders) },
    Fault { name: "a_queued_emit_is_sent_at_once", planted: Planted::Behind(".emit_async(", ".emit(") },
];

impl Fault {
    /// A random system whose generated code has the fault; none if it has nothing that the fault could change.
    ///
    /// # Errors
    /// If the system does not compile.
    pub fn case(&self, number: u64) -> Result<Option<Case>, String> {
        self.plant_in(&format!("{}_{number}", self.name), random::system(number))
    }

    /// A flow whose generated code has the fault; none if it has nothing that the fault could change.
    ///
    /// # Errors
    /// If the flow does not compile.
    pub fn plant_in(&self, label: &str, text: String) -> Result<Option<Case>, String> {
        let file = format!("{label}.flow");
        let compiled = compile(&file, &text)?;
        let module = self.plant(label, compiled)?;
        Ok(module.map(|module| Case { label: label.to_owned(), file, text, plays: Played::AtRandom, module }))
    }

    /// The faulty code; none if it is the right one.
    fn plant(&self, label: &str, mut compiled: Compiled) -> Result<Option<String>, String> {
        let generated = |compiled: &Compiled| generated::module(label, compiled, Answering::AtRandom);
        match self.planted {
            Planted::Behind(find, put) => {
                let right = generated(&compiled)?;
                Ok(right.contains(find).then(|| right.replace(find, put)))
            }
            Planted::Before(change) => {
                let hash = compiled.resolved.system.hash();
                change(&mut compiled.resolved.system);
                let changed = compiled.resolved.system.hash();
                if changed == hash {
                    return Ok(None);
                }
                // The flow is the same; it is the code that is wrong.
                Ok(Some(generated(&compiled)?.replace(&changed, &hash)))
            }
        }
    }
}
