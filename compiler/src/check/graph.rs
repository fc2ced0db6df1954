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
                if let Some((recipient, receiver)) = walk::receiver(subject, machine_id, emit) {
                    targets.extend(receiver.map(|(id, _)| ((recipient, id), statement.origin)));
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
    for start in on_cycles(edges) {
        if told.contains(&start) {
            continue;
        }
        if let Some(path) = path_back(edges, start) {
            told.extend(path.iter().map(|(node, _)| *node));
            found.push(path.into_iter().map(|(_, origin)| origin).collect());
        }
    }
    found
}

/// The handlers from which some way may lead back: what is left when those that nothing leads to, and those that lead
/// nowhere, are taken away again and again.
fn on_cycles(edges: &Edges) -> BTreeSet<Node> {
    let mut backwards: BTreeMap<Node, Vec<Node>> = BTreeMap::new();
    for (from, targets) in edges {
        targets.iter().for_each(|(to, _)| backwards.entry(*to).or_default().push(*from));
    }
    let forwards = edges.iter().map(|(from, targets)| (*from, targets.iter().map(|(to, _)| *to).collect()));
    let forwards: BTreeMap<Node, Vec<Node>> = forwards.collect();
    let mut left: BTreeSet<Node> = edges.keys().copied().collect();
    take_ends(&mut left, &forwards, &backwards);
    take_ends(&mut left, &backwards, &forwards);
    left
}

/// Takes away the nodes that lead to no other one that is left.
fn take_ends(left: &mut BTreeSet<Node>, forwards: &BTreeMap<Node, Vec<Node>>, backwards: &BTreeMap<Node, Vec<Node>>) {
    let of = |ways: &BTreeMap<Node, Vec<Node>>, node: Node| ways.get(&node).cloned().unwrap_or_default();
    let mut open: BTreeMap<Node, usize> = BTreeMap::new();
    for node in left.iter() {
        open.insert(*node, of(forwards, *node).iter().filter(|to| left.contains(to)).count());
    }
    let mut ends: Vec<Node> = open.iter().filter(|(_, count)| **count == 0).map(|(node, _)| *node).collect();
    while let Some(end) = ends.pop() {
        left.remove(&end);
        for before in of(backwards, end) {
            let Some(count) = open.get_mut(&before).filter(|_| left.contains(&before)) else { continue };
            *count = count.saturating_sub(1);
            if *count == 0 {
                ends.push(before);
            }
        }
    }
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
