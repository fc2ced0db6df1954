//! A history as text that stays the same from run to run.

use super::stage::Entry;
use crate::dynamic::Sender;
use crate::ids::InstanceId;
use crate::record::{Emitted, Recipient, Record};
use std::fmt::Write as _;

/// Writes what happened: a line for each record, and below it one for each message.
pub(crate) fn write(journal: &[Entry]) -> String {
    let mut names = Names(Vec::new());
    let mut text = String::new();
    for Entry { id, record, .. } in journal {
        write_record(&mut text, &mut names, (id, record));
    }
    names.hide(text)
}

fn write_record(text: &mut String, names: &mut Names, (id, record): (&InstanceId, &Record)) {
    let from = match &record.from {
        Sender::Instance(sender) => names.of(sender),
        Sender::Actor { actor, subject } => {
            format!("@{actor}{}", subject.as_ref().map(|subject| format!(" ({subject})")).unwrap_or_default())
        }
        Sender::System => "@system".to_owned(),
    };
    let id = names.of(id);
    // Writing to a string cannot fail.
    let _ = write!(text, "{id} :{} from {from} {}", record.event, record.data);
    for state in &record.state {
        let _ = write!(text, " -> #{state}");
    }
    text.push('\n');
    if let Some(set) = &record.set {
        let _ = writeln!(text, "  sets {set}");
    }
    for emitted in &record.emits {
        let Emitted { way, event, to, data, .. } = emitted;
        let to = match to {
            Recipient::Instance(to) => names.of(to),
            Recipient::Machine(machine) => format!("@{machine}"),
            Recipient::Every { machine, .. } => format!("all @{machine}"),
            Recipient::Actor { actor, .. } => format!("@{actor}"),
        };
        let _ = writeln!(text, "  {} :{event} to {to} {data}", way.word());
    }
    for timer in &record.armed {
        let _ = writeln!(text, "  schedules :{} for {}", timer.event, timer.due);
    }
    if !record.disarmed.is_empty() {
        let _ = writeln!(text, "  cancels {} timer(s)", record.disarmed.len());
    }
    if let Some(reply) = &record.reply {
        let _ = writeln!(text, "  replies {} {}", reply.status, reply.body.as_deref().unwrap_or_default());
    }
    if let Some(note) = &record.note {
        let _ = writeln!(text, "  raised :{} {}", note.event, note.data);
    }
}

/// The instances in the order in which they occur.
struct Names(Vec<InstanceId>);

impl Names {
    /// `order 1`: the first order.
    fn of(&mut self, id: &InstanceId) -> String {
        if !self.0.contains(id) {
            self.0.push(id.clone());
        }
        let before = self.0.iter().take_while(|known| *known != id).filter(|known| known.machine() == id.machine());
        format!("@{} {}", id.machine(), before.count() + 1)
    }

    /// The text with ids as numbers, where they stand in payloads and replies too.
    fn hide(&self, mut text: String) -> String {
        for (place, id) in self.0.iter().enumerate() {
            let before = self.0[..place].iter().filter(|known| known.machine() == id.machine()).count();
            text = text.replace(id.key(), &format!("{} {}", id.machine(), before + 1));
        }
        text
    }
}
