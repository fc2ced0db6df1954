//! Who is in a unit: its machines with their states and declarations, and the actors around them.

use super::mentions::Vocabulary;
use super::named::Named;
use super::outline::{ActorOutline, MachineNames, Outline, Unit};
use super::records::{self, Declared};
use super::states::{self, Others, StateTable};
use super::types::Types;
use super::walk::{self, Partner};
use super::{events, handlers};
use crate::ast::{self, Declaration};
use crate::built_in::{self, CURRENT_STATE};
use crate::catalog::names as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::handled::Handled;
use crate::ir::{MachineId, Origins};
use crate::load::{Loaded, LoadedMachine};
use crate::source::{Sources, Span};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Outlines a unit: everything that statements may name is known afterwards.
pub(super) fn outline<'a>(
    loaded: &'a Loaded,
    sources: &'a Sources,
    types: &mut Types,
    origins: &mut Origins,
    diagnostics: &mut Diagnostics,
) -> Unit<'a> {
    let unit = loaded.machines.iter().flat_map(|machine| [machine.name.clone(), machine.own_name.clone()]);
    let unit = Rc::new(unit.collect());
    let mut declared = Declared::default();
    let mut machines = Vec::new();
    for machine in &loaded.machines {
        let Some(tree) = loaded.machine(machine) else { continue };
        let others = Others::of(tree, &machine.name, &unit);
        let declared_states = states::declared(tree, loaded.states(machine));
        let states = StateTable::of((tree, &others), &declared_states, origins, sources, diagnostics);
        let known = records::visible(loaded, machine, &mut declared, types, origins, sources, diagnostics);
        let mut vocabulary = Vocabulary::default();
        tree.scenarios.iter().flat_map(ast::Scenario::handlers).for_each(|handler| vocabulary.add(handler));
        let inspected = vocabulary.inspected();
        let Vocabulary { mut words, assigned, .. } = vocabulary;
        words.insert(CURRENT_STATE.to_owned());
        machines.push(Outline {
            name: machine.name.clone(),
            own_name: machine.own_name.clone(),
            tree,
            others,
            states,
            declared: declared_states,
            events: Named::default(),
            handlers: Vec::new(),
            handled: Handled::among(MachineId::at(machines.len()), 0, []),
            scenarios: Vec::new(),
            variables: Named::default(),
            words,
            assigned,
            inspected,
            responses: responses(loaded, machine, diagnostics),
            records: known,
            queues: queues(loaded, machine),
        });
    }
    declared.fill(&machines, types, diagnostics);
    let names = MachineNames::of(&machines);
    let actors = actors(&machines, &names);
    warn_of_ambiguous_partners(&machines, &names, diagnostics);
    let mut unit = Unit { sources, machines, names, actors };
    for machine in 0..unit.machines.len() {
        let (handlers, scenarios) = handlers::select(&unit, machine, types, origins, sources, diagnostics);
        unit.machines[machine].handlers = handlers;
        unit.machines[machine].scenarios = scenarios;
    }
    events::find(&mut unit, types, diagnostics);
    unit
}

/// The actors that machines name and that are no machines, in the order of their names.
fn actors(machines: &[Outline<'_>], names: &MachineNames) -> Named<ActorOutline> {
    let mut first: BTreeMap<String, Span> = BTreeMap::new();
    let alone = machines.len() == 1;
    for machine in machines {
        walk::partners(machine.tree, &mut |partner| {
            let name = match partner {
                Partner::Sender(name) | Partner::Recipient(name) => name,
                Partner::Every(name) if alone => name,
                Partner::Every(_) => return,
            };
            let is_other = !built_in::is_actor(&name.text) && name.text != machine.own_name;
            if is_other && names.get(&name.text).is_none() {
                first.entry(name.text.clone()).or_insert(name.span);
            }
        });
    }
    let mut actors = Named::default();
    for (name, span) in first {
        let actor = ActorOutline { name: name.clone(), span, hears: Named::default(), answers: Vec::new() };
        actors.add(name, actor);
    }
    actors
}

/// Warns of every partner that two machines of the unit might be, because aliases tell them apart and their own name does not.
fn warn_of_ambiguous_partners(machines: &[Outline<'_>], names: &MachineNames, diagnostics: &mut Diagnostics) {
    for machine in machines {
        walk::partners(machine.tree, &mut |partner| {
            let name = partner.name();
            let candidates = names.candidates(&name.text, machines).filter(|_| name.text != machine.own_name);
            if let Some(candidates) = candidates {
                diagnostics.warning(catalog::ambiguous_partner(name.span, &name.text, &candidates));
            }
        });
    }
}

/// The named responses that a machine sees; its own win.
fn responses<'a>(
    loaded: &'a Loaded,
    machine: &'a LoadedMachine,
    diagnostics: &mut Diagnostics,
) -> Vec<&'a ast::Response> {
    let mut responses: Vec<(usize, &ast::Response)> = Vec::new();
    for (place, declaration) in records::declarations(loaded, machine) {
        let Declaration::Response(response) = declaration else { continue };
        match responses.iter().find(|(_, known)| known.name.text == response.name.text) {
            Some((known, earlier)) if *known == place => {
                records::declared_twice("response", &response.name, earlier.name.span, diagnostics);
            }
            Some(_) => {}
            None => responses.push((place, response)),
        }
    }
    responses.into_iter().map(|(_, response)| response).collect()
}

/// The queue settings that a machine sees, outermost first.
fn queues<'a>(loaded: &'a Loaded, machine: &'a LoadedMachine) -> Vec<&'a ast::Queue> {
    let mut queues: Vec<&ast::Queue> = records::declarations(loaded, machine)
        .filter_map(|(_, declaration)| match declaration {
            Declaration::Queue(queue) => Some(queue),
            Declaration::State(_) | Declaration::Response(_) | Declaration::RecordType(_) => None,
        })
        .collect();
    queues.reverse();
    queues
}
