//! Which handlers there are: the first telling of each event and sender, who creates, where stories begin.

use super::named::Named;
use super::outline::{HandlerOutline, Outline, Recipient, ScenarioOutline, Unit};
use super::types::Types;
use super::{records, retelling, states};
use crate::ast::{self, ConditionTree, ExpressionKind, GuardTest, ModifierKind, Reading, Statement};
use crate::built_in;
use crate::catalog::meaning as catalog;
use crate::diagnostic::Diagnostics;
use crate::ir::{EventId, HandlerId, Origins, Party, StateId};
use crate::source::Sources;
use std::collections::BTreeMap;

/// Selects the handlers of a machine. Their events are numbered later.
pub(super) fn select<'a>(
    unit: &Unit<'a>,
    machine: usize,
    types: &mut Types,
    origins: &mut Origins,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> (Vec<HandlerOutline<'a>>, Vec<ScenarioOutline<'a>>) {
    let outline = &unit.machines[machine];
    let mut told: Named<&'a ast::Handler, (&'a str, Option<Party>)> = Named::default();
    let mut handlers: Vec<HandlerOutline<'a>> = Vec::new();
    let mut scenarios = Vec::new();
    let with_handlers = outline.tree.scenarios.iter().filter(|scenario| scenario.handlers().next().is_some());
    for (number, scenario) in with_handlers.enumerate() {
        let placed = states::placement(&outline.others, scenario);
        let mut list = Vec::new();
        for (position, tree) in scenario.handlers().enumerate() {
            let from = sender(unit, machine, tree);
            if let Some(known) = told.place(&(tree.event.text.as_str(), from)) {
                let first = told[known];
                if handlers[known].scenario == number {
                    diagnostics.error(catalog::duplicate_handler(tree.span, first.span, &tree.event.text));
                } else {
                    list.push(HandlerId::at(known));
                    if let Some(different) = retelling::difference(&first.body, &tree.body, sources) {
                        diagnostics.warning(catalog::differing_retelling(different, first.span, &tree.event.text));
                    }
                }
                continue;
            }
            let begins = position == 0 && placed.is_none() && !excludes_initial(tree, outline);
            let creates = handlers.is_empty() || begins;
            list.push(HandlerId::at(handlers.len()));
            told.add((tree.event.text.as_str(), from), tree);
            handlers.push(HandlerOutline {
                tree,
                event: EventId::at(0),
                from,
                scenario: number,
                creates,
                aliases: aliases(tree, outline),
                returns: types.unknown(),
                returns_value: returns_value(&tree.body),
            });
        }
        scenarios.push(ScenarioOutline {
            tree: scenario,
            origin: states::origin(origins, sources, scenario.span),
            starts_in: placed.and_then(|state| outline.states.named(&state.text)),
            handlers: list,
        });
    }
    (handlers, scenarios)
}

/// Whom alone a handler admits.
fn sender(unit: &Unit<'_>, machine: usize, handler: &ast::Handler) -> Option<Party> {
    let from = handler.from.as_ref()?;
    match from.text.as_str() {
        built_in::SYSTEM => Some(Party::System),
        _ => match unit.recipient(machine, Some(&ast::Target::Actor(from.clone()))) {
            Recipient::Itself => Some(Party::Machine(crate::ir::MachineId::at(machine))),
            Recipient::Machine(id) | Recipient::Every(id) => Some(Party::Machine(id)),
            Recipient::Actor(id) => Some(Party::Actor(id)),
            Recipient::Nobody => None,
        },
    }
}

/// The variables as which a handler reads fields that its table gives another name.
fn aliases(handler: &ast::Handler, machine: &Outline<'_>) -> BTreeMap<String, String> {
    let mut aliases = BTreeMap::new();
    for row in handler.with.iter().flat_map(|table| &table.rows) {
        if let Some(ExpressionKind::Variable(path) | ExpressionKind::Word(path)) =
            records::reading(row, &machine.records).value.as_ref().map(|value| &value.kind)
            && path.root.text != row.field.text
        {
            aliases.insert(path.root.text.clone(), row.field.text.clone());
        }
    }
    aliases
}

/// Whether a `return` of a body has a value.
fn returns_value(body: &ast::Block) -> bool {
    body.statements.iter().any(|statement| match statement {
        Statement::Return(value) => value.value.is_some(),
        Statement::Guards(chain) => chain.arms.iter().any(|arm| returns_value(&arm.block)),
        Statement::Transition(_)
        | Statement::Change(_)
        | Statement::Emit(_)
        | Statement::Reply(_)
        | Statement::SendCallback(_)
        | Statement::Schedule(_)
        | Statement::StartTimer(_)
        | Statement::Cancel(_)
        | Statement::Action(_) => false,
    })
}

/// The states in which the first guards of a body let it run, if they say so.
pub(super) fn guarded_states(body: &ast::Block, machine: &Outline<'_>) -> Option<Vec<StateId>> {
    let known = |word: &str| machine.words.contains(word);
    let mut all: Vec<StateId> = Vec::new();
    for statement in &body.statements {
        let Statement::Guards(chain) = statement else { continue };
        for arm in &chain.arms {
            let GuardTest::Any(groups) = &arm.test else { continue };
            for guard in groups.iter().flatten() {
                tested(&guard.condition.tree(&known), machine, &mut all);
            }
        }
    }
    (!all.is_empty()).then_some(all)
}

/// Adds the states that a condition asks for.
fn tested(tree: &ConditionTree<'_>, machine: &Outline<'_>, all: &mut Vec<StateId>) {
    let mut add = |states: Vec<StateId>| {
        for state in states {
            if !all.contains(&state) {
                all.push(state);
            }
        }
    };
    match tree {
        ConditionTree::And(parts) | ConditionTree::Or(parts) => {
            parts.iter().for_each(|part| tested(part, machine, all))
        }
        ConditionTree::BuiltIn(Reading::State(test)) => {
            let named: Vec<StateId> =
                test.states.iter().filter_map(|state| machine.states.named(&state.text)).collect();
            if test.negated {
                let others = (0..machine.states.states.len()).map(StateId::at).filter(|state| !named.contains(state));
                add(others.collect());
            } else {
                add(named);
            }
        }
        ConditionTree::BuiltIn(Reading::Expression(_)) | ConditionTree::Not(_) | ConditionTree::Text(_) => {}
    }
}

fn excludes_initial(handler: &ast::Handler, machine: &Outline<'_>) -> bool {
    guarded_states(&handler.body, machine).is_some_and(|states| !states.contains(&machine.states.initial))
}

/// Whether a handler can be called from outside.
pub(super) fn is_api(handler: &ast::Handler) -> bool {
    handler.modifiers.iter().any(|modifier| match modifier.kind {
        ModifierKind::Api { .. } | ModifierKind::QueuedApi => true,
        ModifierKind::Priority(_) => false,
    })
}
