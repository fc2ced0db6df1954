//! Writes a record: keys in their fixed order, absent where there is nothing to say, no white space.

use super::{Armed, Emitted, FORMAT, Recipient, Record, Replied};
use crate::codec::{Encoder, ObjectEncoder};
use crate::dynamic::Sender;
use crate::ids::InstanceId;

impl Record {
    /// The record as it is kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut encoder = Encoder::new();
        let mut out = encoder.object();
        out.field("v", &FORMAT);
        out.begin_field("seq").raw(&self.seq.to_string());
        write_event(&mut out, "type", &self.event);
        out.begin_field("at").raw(&self.at.as_micros().to_string());
        out.field("flow", &self.flow);
        out.field("msg", &self.message.to_string());
        write_sender(&mut out, "from", &self.from);
        out.text("conv", self.conversation.as_str());
        out.begin_field("data").raw(&self.data);
        self.write_decided(&mut out);
        out.end();
        encoder.finish()
    }

    fn write_decided(&self, out: &mut ObjectEncoder<'_>) {
        if !self.state.is_empty() {
            out.field("state", &self.state);
        }
        if let Some(set) = &self.set {
            out.begin_field("set").raw(set);
        }
        if !self.emits.is_empty() {
            let mut list = out.begin_field("emits").list();
            self.emits.iter().for_each(|emitted| write_emitted(list.begin_item(), emitted));
            list.end();
        }
        if !self.armed.is_empty() || !self.disarmed.is_empty() {
            self.write_timers(out.begin_field("timers"));
        }
        if !self.calls.is_empty() {
            let mut list = out.begin_field("calls").list();
            self.calls.iter().for_each(|answer| list.begin_item().raw(answer.as_deref().unwrap_or("null")));
            list.end();
        }
        if let Some(reply) = &self.reply {
            write_reply(out.begin_field("reply"), reply);
        }
        if !self.names.is_empty() {
            out.field("names", &self.names);
        }
        if let Some(note) = &self.note {
            let mut object = out.begin_field("note").object();
            write_event(&mut object, "event", &note.event);
            object.begin_field("data").raw(&note.data);
            object.end();
        }
    }

    fn write_timers(&self, encoder: &mut Encoder) {
        let mut timers = encoder.object();
        if !self.armed.is_empty() {
            let mut list = timers.begin_field("armed").list();
            self.armed.iter().for_each(|timer| write_armed(list.begin_item(), timer));
            list.end();
        }
        if !self.disarmed.is_empty() {
            let mut list = timers.begin_field("disarmed").list();
            self.disarmed.iter().for_each(|id| list.item(&id.to_string()));
            list.end();
        }
        timers.end();
    }
}

/// A timer as `{id, event, due}`.
pub(crate) fn write_armed(encoder: &mut Encoder, timer: &Armed) {
    let mut out = encoder.object();
    out.text("id", &timer.id.to_string());
    write_event(&mut out, "event", &timer.event);
    out.begin_field("due").raw(&timer.due.as_micros().to_string());
    out.end();
}

/// An event's name, with its sigil.
pub(crate) fn write_event(out: &mut ObjectEncoder<'_>, key: &str, event: &str) {
    out.field(key, &format!(":{event}"));
}

/// The sender under a key; nothing for a request made as nobody in particular.
pub(crate) fn write_sender(out: &mut ObjectEncoder<'_>, key: &str, sender: &Sender) {
    match sender {
        Sender::Instance(id) => write_instance(out.begin_field(key), id),
        Sender::Actor { actor, subject } => {
            if actor.is_empty() && subject.is_none() {
                return;
            }
            let mut object = out.begin_field(key).object();
            if !actor.is_empty() {
                object.text("actor", actor);
            }
            object.optional("subject", subject);
            object.end();
        }
        Sender::System => {
            let mut object = out.begin_field(key).object();
            object.text("actor", "system");
            object.end();
        }
    }
}

/// An instance as `{machine, id}`.
pub(crate) fn write_instance(encoder: &mut Encoder, id: &InstanceId) {
    let mut object = encoder.object();
    object.text("machine", id.machine());
    object.text("id", id.key());
    object.end();
}

fn write_emitted(encoder: &mut Encoder, emitted: &Emitted) {
    let mut out = encoder.object();
    out.field("id", &emitted.id.to_string());
    out.text("way", emitted.way.word());
    write_event(&mut out, "event", &emitted.event);
    write_recipient(out.begin_field("to"), &emitted.to);
    out.begin_field("data").raw(&emitted.data);
    out.end();
}

fn write_recipient(encoder: &mut Encoder, to: &Recipient) {
    let mut out = encoder.object();
    match to {
        Recipient::Instance(id) => {
            out.text("machine", id.machine());
            out.text("id", id.key());
        }
        Recipient::Machine(machine) => out.field("machine", machine),
        Recipient::Every { machine, states } => {
            out.field("machine", machine);
            out.field("states", states);
        }
        Recipient::Actor { actor, subject } => {
            out.field("actor", actor);
            out.optional("subject", subject);
        }
    }
    out.end();
}

fn write_reply(encoder: &mut Encoder, reply: &Replied) {
    let mut out = encoder.object();
    out.field("status", &i64::from(reply.status));
    if let Some(body) = &reply.body {
        out.begin_field("body").raw(body);
    }
    if let Some(event) = &reply.promises {
        write_event(&mut out, "promises", event);
    }
    out.end();
}
