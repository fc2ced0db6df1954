//! What declarations of states say, compared with what the flow does.

use super::Subject;
use super::steps::{self, Step, meant, states};
use super::walk;
use crate::catalog::facts::{NotSo, not_so};
use crate::diagnostic::Diagnostics;
use crate::ir::facts::{Claim, Fact};
use crate::ir::walk::each_statement;
use crate::ir::{Condition, Handler, HandlerId, Machine, OriginId, Party, StateId, StatementKind, Target, Way};
use crate::nearest::nearest;

/// Reports every fact that the flow does not bear out.
pub(super) fn compare(subject: Subject<'_>, facts: &[Fact], diagnostics: &mut Diagnostics) {
    for (id, machine) in walk::machines(subject.system) {
        let mut facts = facts.iter().filter(|fact| fact.machine == id).peekable();
        if facts.peek().is_none() {
            continue;
        }
        let told = Told { subject, machine, steps: steps::of(machine) };
        for fact in facts {
            if let Some(why) = told.unknown(fact).or_else(|| told.wrong(fact)) {
                diagnostics.warning(not_so(subject.origins, fact, &machine.state(fact.state).name, &why));
            }
        }
    }
}

/// A machine as facts are compared with it.
struct Told<'a> {
    subject: Subject<'a>,
    machine: &'a Machine,
    steps: Vec<Step<'a>>,
}

impl<'a> Told<'a> {
    /// What a fact names and is not there.
    fn unknown(&self, fact: &'a Fact) -> Option<NotSo<'a>> {
        let event = fact.event.as_ref().filter(|name| !self.events().any(|known| known == name.as_str()));
        if let Some(name) = event {
            return Some(NotSo::Unknown { what: "event", sigil: ':', name, near: nearest(name, self.events()) });
        }
        let mut names = self.machine.states.iter().map(|state| state.name.as_str());
        if let Some(name) = fact.other.as_ref().filter(|name| !names.clone().any(|known| known == name.as_str())) {
            return Some(NotSo::Unknown { what: "state", sigil: '#', name, near: nearest(name, names.by_ref()) });
        }
        let system = self.subject.system;
        let machines = system.machines.iter().map(|machine| machine.name.as_str());
        let mut partners = machines.chain(system.actors.iter().map(|actor| actor.name.as_str()));
        let partner = fact.partner.as_ref()?;
        let is_known = crate::built_in::is_actor(partner) || partners.clone().any(|known| known == partner.as_str());
        (!is_known).then(|| NotSo::Unknown {
            what: "actor",
            sigil: '@',
            name: partner,
            near: nearest(partner, partners.by_ref()),
        })
    }

    /// Every event that the machine takes or sends.
    fn events(&self) -> impl Iterator<Item = &'a str> {
        let taken = self.machine.events.iter().map(|event| event.name.as_str());
        taken.chain(self.machine.messages.iter().map(|message| message.event.as_str()))
    }

    /// Why a fact is not so; none if it is.
    fn wrong(&self, fact: &'a Fact) -> Option<NotSo<'a>> {
        let state = &self.machine.state(fact.state).name;
        let (so, does) = match fact.claim {
            Claim::Initial => (self.begins(fact.state), format!("begins in `#{state}`")),
            Claim::Terminal => return self.leaves_terminal(fact),
            Claim::When => (self.is_entered_when(fact), format!("leads to `#{state}` under the guard `{}`", fact.text)),
            Claim::ApiMode => return self.answers_otherwise(fact),
            Claim::After | Claim::Then if fact.event.is_none() && fact.other.is_none() => {
                return Some(NotSo::Incomparable { name: "a `#state` or an `:event`" });
            }
            Claim::After => (self.moves(fact, Side::Into), format!("leads to `#{state}`{}", way(fact, "from"))),
            Claim::Then => (self.moves(fact, Side::OutOf), format!("leads from `#{state}`{}", way(fact, "to"))),
            Claim::Emits
            | Claim::EmitsAsync
            | Claim::FireAndForget
            | Claim::SyncCall
            | Claim::WaitingFor
            | Claim::WaitingForAll
                if fact.event.is_none() =>
            {
                return Some(NotSo::Incomparable { name: "an `:event`" });
            }
            Claim::Emits => (self.says(fact, &[Way::Bare]), says(fact, "emits", state)),
            Claim::EmitsAsync => (self.says(fact, &[Way::Async, Way::Broadcast]), says(fact, "emits async", state)),
            Claim::FireAndForget => {
                (self.says(fact, &[Way::Bare, Way::Async, Way::Broadcast]), says(fact, "emits", state))
            }
            Claim::SyncCall => (self.says(fact, &[Way::Call]), says(fact, "calls", state)),
            Claim::WaitingFor => (self.takers(fact).next().is_some(), takes(fact, state)),
            Claim::WaitingForAll => {
                if let Some(at) = self.ends_the_wait(fact) {
                    let event = fact.event.as_deref().unwrap_or_default();
                    let does = format!("`:{event}` alone leaves `#{state}`");
                    return Some(NotSo::Contrary { does, at });
                }
                (self.takers(fact).next().is_some(), takes(fact, state))
            }
        };
        (!so).then_some(NotSo::Nothing { does })
    }

    /// Whether a story begins in a state, or an instance is created for it.
    fn begins(&self, state: StateId) -> bool {
        let told = self.machine.scenarios.iter().any(|scenario| scenario.starts_in == Some(state));
        told || self.machine.handlers.iter().any(|handler| handler.creates && handler.intended.contains(&state))
    }

    /// A transition that leaves a terminal state, of a handler that is meant for it.
    fn leaves_terminal(&self, fact: &Fact) -> Option<NotSo<'a>> {
        let all = states(self.machine).count();
        let leaves = |step: &&Step<'_>| {
            let goes = step.to().is_some_and(|to| to != fact.state);
            goes && step.from.len() < all && step.from.contains(&fact.state)
        };
        let step = self.steps.iter().find(leaves)?;
        let does = format!("`#{}` is terminal, and something leaves it", self.machine.state(fact.state).name);
        Some(NotSo::Contrary { does, at: step.statement.origin })
    }

    /// Whether a transition into or out of the state is as a fact says.
    fn moves(&self, fact: &Fact, side: Side) -> bool {
        self.steps.iter().any(|step| {
            let Some(to) = step.to() else { return false };
            let other = |id: &StateId| fact.other.as_deref().is_none_or(|other| self.machine.state(*id).name == other);
            let leads = match side {
                Side::Into => to == fact.state && step.from.iter().any(other),
                Side::OutOf => step.from.contains(&fact.state) && other(&to),
            };
            leads && self.is_handler_of(self.machine.handler(step.handler), fact)
        })
    }

    /// Whether a handler takes the event that a fact names, from whom it says.
    fn is_handler_of(&self, handler: &Handler, fact: &Fact) -> bool {
        let event = fact.event.as_deref().is_none_or(|name| self.machine.event(handler.event).name == name);
        let from = |party: Party| self.subject.system.party_name(party);
        event && fact.partner.as_deref().is_none_or(|name| handler.from.is_none_or(|party| from(party) == name))
    }

    /// The handlers in a state that take the event of a fact.
    fn takers(&self, fact: &Fact) -> impl Iterator<Item = (HandlerId, &'a Handler)> {
        walk::handlers(self.machine).filter(|(_, handler)| {
            self.is_handler_of(handler, fact) && meant(self.machine, handler).contains(&fact.state)
        })
    }

    /// A transition that leaves the state on this event whatever holds.
    fn ends_the_wait(&self, fact: &Fact) -> Option<OriginId> {
        let takers: Vec<HandlerId> = self.takers(fact).map(|(id, _)| id).collect();
        let of_states = |(_, condition): &(_, Option<&Condition>)| {
            condition.is_some_and(|condition| matches!(condition.asked(), Condition::InState { .. }))
        };
        let ends = |step: &&Step<'_>| {
            let leaves = step.to().is_some_and(|to| to != fact.state) && step.from.contains(&fact.state);
            leaves && takers.contains(&step.handler) && step.guards.iter().all(of_states)
        };
        self.steps.iter().find(ends).map(|step| step.statement.origin)
    }

    /// Whether a handler that leads to the state, or is meant for it, says something in one of these ways.
    fn says(&self, fact: &Fact, ways: &[Way]) -> bool {
        self.steps.iter().any(|step| {
            let Some(emit) = step.statement.emit().filter(|emit| ways.contains(&emit.way)) else { return false };
            let message = self.machine.message(emit.message);
            let event = fact.event.as_deref() == Some(message.event.as_str());
            let to = fact.partner.as_deref().is_none_or(|partner| self.recipient(&message.target) == partner);
            event && to && (step.from.contains(&fact.state) || self.leads_to(step.handler, fact.state))
        })
    }

    fn recipient(&self, target: &Target) -> &'a str {
        match target {
            Target::Itself(_) => &self.machine.name,
            Target::Machine { machine, .. } | Target::Every { machine, .. } => {
                &self.subject.system.machine(*machine).name
            }
            Target::Actor { actor, .. } => &self.subject.system.actor(*actor).name,
        }
    }

    fn leads_to(&self, handler: HandlerId, state: StateId) -> bool {
        self.steps.iter().any(|step| step.handler == handler && step.to() == Some(state))
    }

    /// Whether a guard of these words stands before a transition to the state.
    fn is_entered_when(&self, fact: &Fact) -> bool {
        let wanted = plain(&fact.text);
        let mut ways =
            self.steps.iter().filter(|step| step.to() == Some(fact.state)).flat_map(|step| step.guards.iter());
        ways.any(|(line, condition)| match condition {
            Some(condition) => self.may_ask(condition, &wanted),
            None => self.words(*line) == wanted,
        })
    }

    /// The words of a guard's line.
    fn words(&self, line: OriginId) -> String {
        plain(self.subject.origins.get(line).text.trim_start_matches('?'))
    }

    /// Whether a condition has a guard or asks a free text of these words, or has on one line with others a part whose words
    /// nobody knows.
    fn may_ask(&self, condition: &Condition, wanted: &str) -> bool {
        match condition {
            Condition::Sentence(call) => plain(&self.machine.sentence(call.sentence).text) == wanted,
            Condition::Guard { origin, condition } => self.words(*origin) == wanted || self.may_ask(condition, wanted),
            Condition::Not(inner) => self.may_ask(inner, wanted),
            Condition::All(parts) | Condition::Any(parts) => {
                let has_words = |part: &Condition| {
                    matches!(part, Condition::Guard { .. } | Condition::Sentence(_) | Condition::InState { .. })
                };
                parts.iter().any(|part| !has_words(part) || self.may_ask(part, wanted))
            }
            Condition::InState { .. }
            | Condition::Compare { .. }
            | Condition::Between { .. }
            | Condition::Contains { .. }
            | Condition::IsEmpty { .. }
            | Condition::Exists { .. }
            | Condition::Holds(_) => false,
        }
    }

    /// A handler of requests that is answered in another way than a fact says, or that there is none.
    fn answers_otherwise(&self, fact: &Fact) -> Option<NotSo<'a>> {
        let wanted = MODES.iter().find(|mode| **mode == fact.text);
        let Some(wanted) = wanted else { return Some(NotSo::Incomparable { name: "`sync`, `async` or `queued`" }) };
        let state = &self.machine.state(fact.state).name;
        let api = || walk::handlers(self.machine).filter(|(_, handler)| handler.api);
        let leading: Vec<_> = api().filter(|(id, _)| self.leads_to(*id, fact.state)).collect();
        let running = || api().filter(|(_, handler)| meant(self.machine, handler).contains(&fact.state)).collect();
        let concerned: Vec<_> = if leading.is_empty() { running() } else { leading };
        if concerned.is_empty() {
            let does = format!("that can be called from outside leads to `#{state}` or is handled in it");
            return Some(NotSo::Nothing { does });
        }
        let (_, other) = concerned.into_iter().find(|(_, handler)| !modes(handler).contains(wanted))?;
        let does = format!("`:{}` is answered otherwise", self.machine.event(other.event).name);
        Some(NotSo::Contrary { does, at: other.origin })
    }
}

/// The ways in which requests are answered.
const MODES: [&str; 3] = ["sync", "async", "queued"];

/// How a request is answered: at once, with a promise, or when it is accepted, which is a promise too.
fn modes(handler: &Handler) -> &'static [&'static str] {
    let mut promises = false;
    each_statement(&handler.body, &mut |statement, _| {
        promises |= matches!(statement.kind, StatementKind::Promise { .. });
    });
    match (handler.queued, promises) {
        (true, _) => &["queued", "async"],
        (false, true) => &["async"],
        (false, false) => &["sync"],
    }
}

/// Which way a transition leads, seen from a state.
#[derive(Clone, Copy)]
enum Side {
    Into,
    OutOf,
}

/// A text with its words one space apart.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Which way a transition would lead: from or to another state, and on an event of somebody.
fn way(fact: &Fact, preposition: &str) -> String {
    let other = fact.other.as_ref().map(|name| format!(" {preposition} `#{name}`"));
    let event = fact.event.as_ref().map(|name| format!(" on `:{name}`"));
    let partner = fact.partner.as_ref().filter(|_| event.is_some()).map(|name| format!(" of `@{name}`"));
    [other, event, partner].into_iter().flatten().collect()
}

fn says(fact: &Fact, verb: &str, state: &str) -> String {
    let event = fact.event.as_deref().unwrap_or_default();
    let to = fact.partner.as_ref().map(|partner| format!(" to `@{partner}`")).unwrap_or_default();
    format!("that leads to `#{state}` or runs in it {verb} `:{event}`{to}")
}

fn takes(fact: &Fact, state: &str) -> String {
    let event = fact.event.as_deref().unwrap_or_default();
    let from = fact.partner.as_ref().map(|partner| format!(" from `@{partner}`")).unwrap_or_default();
    format!("handles `:{event}`{from} in `#{state}`")
}
