//! The facts that declared states state.

use super::outline::{Recipient, Unit};
use crate::ast::{self, StateDeclaration, StateKey, StateKeyName, StateKeyValue};
use crate::ir::MachineId;
use crate::ir::facts::{Claim, Fact};

/// Every fact of a unit, by machine and in written order.
pub(super) fn of(unit: &Unit<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (index, outline) in unit.machines.iter().enumerate() {
        for declared in &outline.declared {
            for key in &declared.keys {
                of_key(unit, MachineId::at(index), (declared, key), &mut facts);
            }
        }
    }
    facts
}

fn of_key(unit: &Unit<'_>, machine: MachineId, (declared, key): (&StateDeclaration, &StateKey), facts: &mut Vec<Fact>) {
    let outline = &unit.machines[machine.index()];
    let Some(state) = outline.states.named(&declared.state.text) else { return };
    let of_type = |claim| Fact {
        machine,
        state,
        claim,
        span: key.span,
        text: String::new(),
        event: None,
        other: None,
        partner: None,
    };
    match &key.value {
        StateKeyValue::Type(ast::StateKind::Initial) if state != outline.states.initial => {
            facts.push(of_type(Claim::Initial));
        }
        StateKeyValue::Type(ast::StateKind::Terminal) => facts.push(of_type(Claim::Terminal)),
        StateKeyValue::Type(ast::StateKind::Initial | ast::StateKind::Waiting)
        | StateKeyValue::Outcome(_)
        | StateKeyValue::Description(_) => {}
        StateKeyValue::Facts(stated) => {
            let Some(claim) = claim(key.key) else { return };
            let name = |name: &Option<ast::Name>| name.as_ref().map(|name| name.text.clone());
            facts.extend(stated.iter().map(|fact| Fact {
                span: fact.span,
                text: fact.text.to_text(),
                event: name(&fact.event),
                other: name(&fact.state),
                partner: fact.from.as_ref().or(fact.to.as_ref()).map(|name| in_unit(unit, machine, name)),
                ..of_type(claim)
            }));
        }
    }
}

/// What the unit calls a partner that a machine's file names.
fn in_unit(unit: &Unit<'_>, machine: MachineId, name: &ast::Name) -> String {
    match unit.recipient(machine.index(), Some(&ast::Target::Actor(name.clone()))) {
        Recipient::Itself => unit.machines[machine.index()].name.clone(),
        Recipient::Machine(id) | Recipient::Every(id) => unit.machines[id.index()].name.clone(),
        Recipient::Actor(_) | Recipient::Nobody => name.text.clone(),
    }
}

/// What the facts behind a key say.
fn claim(key: StateKeyName) -> Option<Claim> {
    Some(match key {
        StateKeyName::After => Claim::After,
        StateKeyName::When => Claim::When,
        StateKeyName::Emits => Claim::Emits,
        StateKeyName::EmitsAsync => Claim::EmitsAsync,
        StateKeyName::FireAndForget => Claim::FireAndForget,
        StateKeyName::SyncCall => Claim::SyncCall,
        StateKeyName::ApiMode => Claim::ApiMode,
        StateKeyName::WaitingFor => Claim::WaitingFor,
        StateKeyName::WaitingForAll => Claim::WaitingForAll,
        StateKeyName::Then => Claim::Then,
        StateKeyName::Type | StateKeyName::Outcome | StateKeyName::Description => return None,
    })
}
