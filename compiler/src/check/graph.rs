//! Cycles between handlers: calls that would wait for themselves, and emits that nothing stops.

use super::{Subject, walk};
use crate::catalog::flow;
use crate::diagnostic::Diagnostics;
use crate::ir::walk::each_statement;
use crate::ir::{Emit, HandlerId, MachineId, OriginId, Way};
use std::collections::{BTreeMap, BTreeSet};

type Node = (MachineId, HandlerId);

/// Which handler sends to which, each edge with the statement that does.
type Edges = BTreeMap<Node, Vec<(Node, OriginId)>>;

/// A handler whose calls come back to it: the turn would wait for itself.
pub(super) fn call_cycle(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    let edges = edges(subject, |emit, _| walk::is_call(emit));
    for cycle in cycles(&edges) {
        diagnostics.error(flow::call_cycle(subject.origins, &cycle));
    }
}

/// Bare emits between machines that form a cycle in which no guard stands.
pub(super) fn endless_emits(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    let edges = edges(subject, |emit, depth| depth == 0 && emit.way == Way::Bare);
    for cycle in cycles(&edges) {
        diagnostics.warning(flow::endless_emits(subject.origins, &cycle));
    }
}

fn edges(subject: Subject<'_>, counts: impl Fn(&Emit, usize) -> bool) -> Edges {
    let mut edges = Edges::new();
    for (machine_id, machine) in walk::machines(subject.system) {
        for (handler_id, handler) in walk::handlers(machine) {
            let mut targets = Vec::new();
            each_statement(&handler.body, &mut |statement, depth| {
                let Some(emit) = statement.emit().filter(|emit| counts(emit, depth)) else { return };
                if let Some((recipient, receivers)) = walk::receivers(subject.system, machine_id, emit) {
                    targets.extend(receivers.iter().map(|(id, _)| ((recipient, *id), statement.origin)));
                }
            });
            edges.insert((machine_id, handler_id), targets);
        }
    }
    edges
}

/// One cycle, as its statements in order, for each handler that is the first of one; no handler is in two of them.
fn cycles(edges: &Edges) -> Vec<Vec<OriginId>> {
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for start in edges.keys() {
        if told.contains(start) {
            continue;
        }
        if let Some(path) = path_back(edges, *start) {
            told.extend(path.iter().map(|(node, _)| *node));
            found.push(path.into_iter().map(|(_, origin)| origin).collect());
        }
    }
    found
}

/// The shortest way from a handler back to itself: the handlers that send, each with its statement.
fn path_back(edges: &Edges, start: Node) -> Option<Vec<(Node, OriginId)>> {
    let mut reached: BTreeMap<Node, (Node, OriginId)> = BTreeMap::new();
    let mut waiting = std::collections::VecDeque::from([start]);
    while let Some(node) = waiting.pop_front() {
        for (next, origin) in edges.get(&node).into_iter().flatten() {
            if *next == start {
                let mut path = vec![(node, *origin)];
                let mut at = node;
                while let Some((before, origin)) = reached.get(&at).filter(|_| at != start) {
                    path.push((*before, *origin));
                    at = *before;
                }
                path.reverse();
                return Some(path);
            }
            if !reached.contains_key(next) {
                reached.insert(*next, (node, *origin));
                waiting.push_back(*next);
            }
        }
    }
    None
}
