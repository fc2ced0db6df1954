//! What one message is about to commit: its turn and those of the machines that it calls.

use super::Inner;
use super::address::{peers_of, subject_id};
use super::message::{Kind, Message};
use super::selection;
use super::working::Working;
use crate::description::Priority;
use crate::dynamic::Sender;
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::record::Recipient;
use crate::request::Refusal;
use crate::store::{Commit, Lease, Link, Name, Outgoing, WorkerId, Write};
use crate::timestamp::Timestamp;

/// The turns that stand or fall together.
pub(crate) struct Stage<'e> {
    pub(crate) engine: &'e Inner,
    /// `now`, for all of them.
    pub(crate) now: Timestamp,
    /// The instances in a turn: the one the message is for, then those called, each by the one before.
    pub(crate) active: Vec<InstanceId>,
    pub(crate) plan: Plan,
}

/// What is staged so far.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    pub(crate) instances: Vec<Working>,
    pub(crate) outgoing: Vec<Waiting>,
    pub(crate) cancelled: Vec<MessageId>,
    pub(crate) links: Vec<Link>,
    pub(crate) names: Vec<Name>,
}

/// A message that is to be kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waiting {
    pub(crate) message: Message,
    pub(crate) delivery: Delivery,
}

/// How a message is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Right after the commit.
    Bare,
    /// By a worker.
    Queued,
    /// By a worker, when it is due.
    Due(Timestamp),
}

impl<'e> Stage<'e> {
    pub(crate) fn new(engine: &'e Inner) -> Self {
        Self { engine, now: engine.clock.now(), active: Vec::new(), plan: Plan::default() }
    }

    /// The instance as it stands, staged records included; none: there is none.
    pub(crate) async fn load(&self, machine: usize, id: &InstanceId) -> Result<Option<Working>, Refusal> {
        match self.plan.instances.iter().find(|working| working.id == *id) {
            Some(working) => Ok(Some(working.clone())),
            None => Working::load(self.engine, machine, id, None).await,
        }
    }

    /// Puts a turn's instance among what is to be committed.
    pub(crate) fn keep(&mut self, working: Working) {
        match self.plan.instances.iter_mut().find(|known| known.id == working.id) {
            Some(known) => *known = working,
            None => self.plan.instances.push(working),
        }
    }

    /// Keeps that an instance takes part in a conversation, and with whom it exchanged a message.
    pub(crate) fn link(&mut self, id: &InstanceId, conversation: &ConversationId, from: &Sender, creates: bool) {
        self.add_link(conversation.clone(), id.clone(), creates);
        if let Some(subject) = subject_id(from) {
            self.add_link(conversation.clone(), subject, false);
        }
        if let Sender::Instance(sender) = from
            && sender != id
        {
            self.add_link(peers_of(sender), id.clone(), false);
            self.add_link(peers_of(id), sender.clone(), false);
        }
    }

    fn add_link(&mut self, conversation: ConversationId, instance: InstanceId, none_yet: bool) {
        let known = |link: &Link| link.conversation == conversation && link.instance == instance;
        if !self.plan.links.iter().any(known) {
            self.plan.links.push(Link { conversation, instance, none_yet });
        }
    }

    /// The commit of all that is staged.
    pub(crate) fn commit(
        &self,
        command: MessageId,
        outcome: String,
        settle: Option<&Lease>,
        worker: &WorkerId,
    ) -> Commit {
        let staged = self.plan.instances.iter().filter(|working| !working.staged.is_empty());
        let writes = staged.map(|working| Write {
            id: working.id.clone(),
            expected: working.expected(),
            records: working.staged.iter().map(crate::record::Record::to_json).collect(),
            state: working.instance.state().to_owned(),
            snapshot: super::snapshot::due(self.engine, working),
        });
        Commit {
            command,
            writes: writes.collect(),
            outgoing: self.plan.outgoing.iter().map(|waiting| waiting.outgoing(self.engine)).collect(),
            cancelled: self.plan.cancelled.clone(),
            links: self.plan.links.clone(),
            names: self.plan.names.clone(),
            outcome,
            settle: settle.cloned(),
            worker: worker.clone(),
            lease: self.engine.options.lease,
        }
    }
}

impl Plan {
    /// Gives an instance that is being created its final id, in everything that was staged while it had another.
    pub(crate) fn rename(&mut self, from: &InstanceId, to: &InstanceId) {
        let rename = |id: &mut InstanceId| {
            if id == from {
                *id = to.clone();
            }
        };
        let rename_sender = |sender: &mut Sender| {
            if let Sender::Instance(id) = sender {
                rename(id);
            }
        };
        for record in self.instances.iter_mut().flat_map(|working| &mut working.staged) {
            rename_sender(&mut record.from);
            for emitted in &mut record.emits {
                if let Recipient::Instance(id) = &mut emitted.to {
                    rename(id);
                }
            }
        }
        for Waiting { message, .. } in &mut self.outgoing {
            rename_sender(&mut message.from);
            if let Kind::Event { to, asked_by, .. } = &mut message.kind {
                to.iter_mut().chain(asked_by).for_each(rename);
            }
        }
        let (old_peers, new_peers) = (peers_of(from), peers_of(to));
        for link in &mut self.links {
            rename(&mut link.instance);
            if link.conversation == old_peers {
                link.conversation = new_peers.clone();
            }
        }
    }
}

impl Waiting {
    pub(crate) fn outgoing(&self, engine: &Inner) -> Outgoing {
        let Self { message, delivery } = self;
        let priority = priority(engine, message);
        let (lane, behind) = lanes(message, *delivery, priority);
        Outgoing {
            id: message.id,
            queue: message.queue(),
            priority,
            due: match delivery {
                Delivery::Due(due) => Some(*due),
                Delivery::Bare | Delivery::Queued => None,
            },
            lane,
            behind,
            body: message.to_json(),
            hold: *delivery == Delivery::Bare,
        }
    }
}

/// The class of the handler that will take the message, if the machine's queue goes by priority.
fn priority(engine: &Inner, message: &Message) -> Priority {
    let system = &engine.system;
    let Some(machine) = selection::machine(system, message.machine()).map(|at| &system.machines[at]) else {
        return Priority::Normal;
    };
    let handler = selection::handler(system, machine, &message.event, &message.from);
    handler.filter(|_| machine.queue.by_priority).map_or(Priority::Normal, |at| machine.handlers[at].priority)
}

/// The lane of a message, and the one that it joins while that is busy.
///
/// Messages of one way from one instance to another share a lane, so that they arrive in order. While the instance is not
/// known, the machine in this conversation stands for it; what is sent to the instance later goes behind those messages.
fn lanes(message: &Message, delivery: Delivery, priority: Priority) -> (Option<String>, Option<String>) {
    let Sender::Instance(from) = &message.from else { return (queued_lane(message), None) };
    let way = match delivery {
        Delivery::Bare => "bare".to_owned(),
        Delivery::Queued => format!("{priority:?}"),
        Delivery::Due(_) => return (None, None),
    };
    let unknown = |machine: &str| Some(format!("{from:?} @{machine} {} {way}", message.conversation));
    match &message.kind {
        Kind::Event { to: Some(to), machine, .. } => (Some(format!("{from:?} {to:?} {way}")), unknown(machine)),
        Kind::Event { to: None, machine, .. } => (unknown(machine), None),
        Kind::Port { actor } => (Some(format!("{from:?} @{actor}")), None),
        Kind::Queued { .. } => (queued_lane(message), None),
        Kind::Timer { .. } | Kind::Broadcast { .. } => (None, None),
    }
}

/// Accepted requests to one instance are run in the order in which they were accepted.
fn queued_lane(message: &Message) -> Option<String> {
    match &message.kind {
        Kind::Queued { to, .. } => Some(format!("{to:?}")),
        Kind::Event { .. } | Kind::Timer { .. } | Kind::Port { .. } | Kind::Broadcast { .. } => None,
    }
}
