//! Snapshots: an instance after one of its records, so that those before it need not be read again.
//!
//! A snapshot is a cache. One that another version of the flow wrote, or that cannot be read, is passed over and the
//! instance is rebuilt from its records; nothing is ever converted. With whom the instance has exchanged messages is not
//! in it: the store keeps that as links, which do not grow with every turn.

use super::Inner;
use super::working::{Promise, Working};
use crate::codec::{Encoder, ObjectEncoder};
use crate::dynamic::Instance;
use crate::ids::ConversationId;
use crate::record::read::{Members, armed, conversation};
use crate::record::write::{write_armed, write_event, write_sender};
use crate::record::{Armed, FORMAT, ReadError};

/// What a snapshot holds.
pub(crate) struct Snapshot {
    pub(crate) instance: Box<dyn Instance>,
    pub(crate) home: ConversationId,
    pub(crate) armed: Vec<Armed>,
    pub(crate) promises: Vec<Promise>,
}

/// The snapshot of an instance whose staged records are about to be committed, if it is time for one.
pub(crate) fn due(engine: &Inner, working: &Working) -> Option<String> {
    let every = engine.options.snapshot_every?.get();
    let (before, after) = (working.committed(), working.next_seq() - 1);
    (before / every != after / every).then(|| write(engine, working, after))
}

fn write(engine: &Inner, working: &Working, seq: u64) -> String {
    let mut encoder = Encoder::new();
    let mut out = encoder.object();
    out.field("v", &FORMAT);
    out.text("flow", &engine.system.flow);
    out.begin_field("seq").raw(&seq.to_string());
    out.text("state", working.instance.state());
    out.begin_field("context").raw(&working.instance.context());
    let mut timers = out.begin_field("timers").list();
    working.armed.iter().for_each(|timer| write_armed(timers.begin_item(), timer));
    timers.end();
    out.optional("home", &working.home.as_ref().map(ConversationId::as_str));
    let mut promises = out.begin_field("promises").list();
    for promise in &working.promises {
        let mut object: ObjectEncoder<'_> = promises.begin_item().object();
        write_event(&mut object, "event", &promise.event);
        write_sender(&mut object, "to", &promise.to);
        object.end();
    }
    promises.end();
    out.end();
    encoder.finish()
}

/// The snapshot that a text holds; none if it is of no use here.
pub(crate) fn read(engine: &Inner, machine: usize, text: &str) -> Option<Snapshot> {
    let members = Members::of(text).ok()?;
    let is_ours =
        members.parsed("v") == Ok(FORMAT) && members.text("flow").is_ok_and(|flow| flow == engine.system.flow);
    if !is_ours {
        return None;
    }
    let context = members.raw("context").ok()?.parse().ok()?;
    let instance = engine.machines[machine].restore(&members.text("state").ok()?, &context).ok()?;
    let home = conversation(&members.text("home").ok()?).ok()?;
    let (armed, promises) = (members.list("timers", armed).ok()?, members.list("promises", promise).ok()?);
    Some(Snapshot { instance, home, armed, promises })
}

fn promise(raw: &str) -> Result<Promise, ReadError> {
    let members = Members::of(raw)?;
    Ok(Promise { event: members.event("event")?, to: members.sender("to")? })
}
