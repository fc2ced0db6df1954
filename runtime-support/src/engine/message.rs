//! A message on its way, and the form in which it waits in the store.

use crate::codec::Encoder;
use crate::dynamic::Sender;
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::record::ReadError;
use crate::record::read::{Members, conversation, instance_of, text_of};
use crate::record::write::{write_event, write_instance, write_sender};
use crate::store::Position;

/// A message on its way: as it stands, one that can wait in the store.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message<K = Kind> {
    /// Its id: the command of the turn that it causes.
    pub(crate) id: MessageId,
    /// The conversation.
    pub(crate) conversation: ConversationId,
    /// Who sent it.
    pub(crate) from: Sender,
    /// The event, without its sigil.
    pub(crate) event: String,
    /// The payload, as JSON text.
    pub(crate) data: String,
    /// What it is, and to whom it goes.
    pub(crate) kind: K,
}

/// A message that is to cause a turn.
pub(crate) type Incoming = Message<Cause>;

/// What causes a turn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cause {
    /// A request, which is answered where it arrives and never waits.
    Request {
        /// The machine.
        machine: String,
        /// The instance, as the caller writes it.
        to: Option<String>,
        /// Whether the caller named the conversation.
        joins: bool,
    },
    /// What was sent, by a machine, a timer or an accepted request.
    Sent(Kind),
}

/// What a message is that waits, and to whom it goes. Machines and actors are named, since a later version of the flow may read it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A request that was accepted and is run by a worker.
    Queued {
        /// The machine.
        machine: String,
        /// The instance: one that exists, or the id that was promised to the one to be created.
        to: InstanceId,
        /// Whether it is to be created.
        creates: bool,
        /// The variables that were fixed at acceptance, as JSON text.
        fixed: String,
        /// The request.
        request: MessageId,
    },
    /// An event from one machine to another, or to itself.
    Event {
        /// The machine.
        machine: String,
        /// The instance, where it was known when the message was sent.
        to: Option<InstanceId>,
        /// The instance of that machine whose message the sender handled.
        asked_by: Option<InstanceId>,
    },
    /// A timer.
    Timer {
        /// The instance that armed it.
        to: InstanceId,
    },
    /// To an external actor.
    Port {
        /// The actor.
        actor: String,
    },
    /// To every instance of a machine that is in one of the states; none named: in any.
    Broadcast {
        /// The machine.
        machine: String,
        /// The states.
        states: Vec<String>,
        /// How far it has come: none before the first page.
        cursor: Option<Cursor>,
        /// The broadcast whose next page this is.
        first: MessageId,
    },
}

/// How far a broadcast has come.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cursor {
    /// The commit that sent the broadcast.
    pub(crate) as_of: Position,
    /// The last instance that got it.
    pub(crate) after: InstanceId,
}

impl Message {
    /// The form in which it waits.
    pub(crate) fn to_json(&self) -> String {
        let mut encoder = Encoder::new();
        let mut out = encoder.object();
        out.text("kind", self.kind.word());
        out.field("id", &self.id.to_string());
        out.text("conv", self.conversation.as_str());
        write_sender(&mut out, "from", &self.from);
        write_event(&mut out, "event", &self.event);
        out.begin_field("data").raw(&self.data);
        match &self.kind {
            Kind::Queued { machine, to, creates, fixed, request } => {
                out.field("machine", machine);
                write_instance(out.begin_field("to"), to);
                out.field("creates", creates);
                out.begin_field("fixed").raw(fixed);
                out.field("request", &request.to_string());
            }
            Kind::Event { machine, to, asked_by } => {
                out.field("machine", machine);
                if let Some(to) = to {
                    write_instance(out.begin_field("to"), to);
                }
                if let Some(asked_by) = asked_by {
                    write_instance(out.begin_field("asked_by"), asked_by);
                }
            }
            Kind::Timer { to } => write_instance(out.begin_field("to"), to),
            Kind::Port { actor } => out.field("actor", actor),
            Kind::Broadcast { machine, states, cursor, first } => {
                out.field("machine", machine);
                out.field("states", states);
                if let Some(cursor) = cursor {
                    out.begin_field("as_of").raw(&cursor.as_of.0.to_string());
                    write_instance(out.begin_field("after"), &cursor.after);
                }
                out.field("first", &first.to_string());
            }
        }
        out.end();
        encoder.finish()
    }

    /// The message that a text holds.
    pub(crate) fn from_json(text: &str) -> Result<Self, ReadError> {
        let members = Members::of(text)?;
        Ok(Self {
            id: members.parsed_text("id")?,
            conversation: conversation(&members.text("conv")?)?,
            from: members.sender("from")?,
            event: members.event("event")?,
            data: members.raw("data")?.to_owned(),
            kind: kind(&members)?,
        })
    }

    /// The machine that it goes to; what goes to an actor goes to none.
    pub(crate) fn machine(&self) -> &str {
        self.kind.machine()
    }

    /// The queue it waits in: the machine's, or the actor's with its sigil.
    pub(crate) fn queue(&self) -> String {
        match &self.kind {
            Kind::Port { actor } => format!("@{actor}"),
            Kind::Queued { .. } | Kind::Event { .. } | Kind::Timer { .. } | Kind::Broadcast { .. } => {
                self.machine().to_owned()
            }
        }
    }
}

impl Incoming {
    /// The machine whose turn it is to cause.
    pub(crate) fn machine(&self) -> &str {
        match &self.kind {
            Cause::Request { machine, .. } => machine,
            Cause::Sent(kind) => kind.machine(),
        }
    }
}

impl From<Message> for Incoming {
    fn from(message: Message) -> Self {
        let Message { id, conversation, from, event, data, kind } = message;
        Self { id, conversation, from, event, data, kind: Cause::Sent(kind) }
    }
}

fn kind(members: &Members<'_>) -> Result<Kind, ReadError> {
    let word = members.text("kind")?;
    Ok(match word.as_str() {
        "queued" => Kind::Queued {
            machine: members.text("machine")?,
            to: instance_of(members.raw("to")?)?,
            creates: members.parsed("creates")?,
            fixed: members.raw("fixed")?.to_owned(),
            request: members.parsed_text("request")?,
        },
        "event" => Kind::Event {
            machine: members.text("machine")?,
            to: members.optional("to", instance_of)?,
            asked_by: members.optional("asked_by", instance_of)?,
        },
        "timer" => Kind::Timer { to: instance_of(members.raw("to")?)? },
        "port" => Kind::Port { actor: members.text("actor")? },
        "broadcast" => Kind::Broadcast {
            machine: members.text("machine")?,
            states: members.list("states", text_of)?,
            cursor: cursor(members)?,
            first: members.parsed_text("first")?,
        },
        _ => return Err(ReadError::new(format!("`{word:.40}` is no kind of message"))),
    })
}

fn cursor(members: &Members<'_>) -> Result<Option<Cursor>, ReadError> {
    let Some(after) = members.optional("after", instance_of)? else { return Ok(None) };
    Ok(Some(Cursor { as_of: Position(members.parsed("as_of")?), after }))
}

impl Kind {
    fn machine(&self) -> &str {
        match self {
            Self::Queued { machine, .. } | Self::Event { machine, .. } | Self::Broadcast { machine, .. } => machine,
            Self::Timer { to } => to.machine(),
            Self::Port { .. } => "",
        }
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Event { .. } => "event",
            Self::Timer { .. } => "timer",
            Self::Port { .. } => "port",
            Self::Broadcast { .. } => "broadcast",
        }
    }
}
